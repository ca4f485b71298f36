"""Hashes of files."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from osisnr_gui.io import files
from osisnr_gui.io.errors import Cancelled
from osisnr_gui.io.files import OpenFile


def test_it_is_that_of_all_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_HASHED_AT_ONCE", 7)
    path = tmp_path / "x.bin"
    path.write_bytes(bytes(range(50)))
    with OpenFile(str(path)) as file:
        assert file.sha256() == hashlib.sha256(bytes(range(50))).hexdigest()


def test_it_can_be_cancelled(tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(b"x")
    with OpenFile(str(path)) as file, pytest.raises(Cancelled):
        file.sha256(lambda: True)
