"""Arrays in one file: every bit comes back, or nothing does."""

from __future__ import annotations

import json
import resource
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from osisnr_gui.io import cache_folder
from osisnr_gui.io.cache_folder import MAGIC, ArrayFile, array_file_parts
from osisnr_gui.io.errors import Cancelled, LoadError
from osisnr_gui.io.files import write_atomically

LARGE = 1 << 30


def _arrays() -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    special = np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324, np.pi])
    table = random.integers(0, 2**63, (28, 50), dtype=np.uint64).view(np.float64)
    return {
        "special": special,
        "table": table,
        "part": table[:, 3:40:2],  # not contiguous
        "exponents": np.arange(-20, 30, dtype=np.int32),
        "codes": random.integers(0, 256, (9, 257), dtype=np.uint8),
        "empty": np.empty((0, 5)),
        "swapped": np.arange(5.0).astype(">f8"),
    }


def _write(path: Path, facts: dict[str, Any] | None = None, arrays: dict[str, np.ndarray] | None = None) -> str:
    write_atomically(str(path), array_file_parts(facts or {}, _arrays() if arrays is None else arrays))
    return str(path)


def _read_all(path: str) -> dict[str, np.ndarray]:
    with ArrayFile(path, LARGE) as file:
        return {name: file.read(name) for name in file.shapes}


def _forge(path: Path, header: object, data: bytes = b"") -> str:
    """A file whose checksums are right and whose header says whatever it likes."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(MAGIC + len(text).to_bytes(4, "little") + zlib.crc32(text).to_bytes(4, "little") + text + data)
    return str(path)


@pytest.mark.parametrize("chunk", [16, 1 << 20])
def test_every_bit_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(cache_folder, "CHUNK", chunk)
    facts = {"number": 0.1, "nothing": None, "words": "süß \udcff", "list": [1, [2.5e-300]]}
    path = _write(tmp_path / "a", facts)
    with ArrayFile(path, LARGE) as file:
        assert file.facts == facts
    for name, array in _read_all(path).items():
        wanted = _arrays()[name]
        assert array.dtype == wanted.dtype.newbyteorder("=")
        assert array.shape == wanted.shape
        assert array.tobytes() == np.ascontiguousarray(wanted).astype(array.dtype).tobytes()


def test_no_change_of_a_byte_and_no_cut_is_missed(tmp_path: Path) -> None:
    arrays = {"a": np.arange(6.0).reshape(2, 3), "b": np.arange(5, dtype=np.uint8)}
    whole = Path(_write(tmp_path / "whole", {"n": 1}, arrays)).read_bytes()
    path = tmp_path / "changed"
    for at in range(len(whole)):
        for changed in (whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :], whole[:at]):
            path.write_bytes(changed)
            with pytest.raises(LoadError):
                _read_all(str(path))
    path.write_bytes(whole + b"\0")
    with pytest.raises(LoadError):
        _read_all(str(path))


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"no json",
        b"[" * 100_000,
        {},
        [],
        {"facts": {}, "arrays": [["a", "<f8", [2**40, 2**20], 0]]},
        {"facts": {}, "arrays": [["a", "<f8", [-1], 0], ["b", "<f8", [2], 0]]},
        {"facts": {}, "arrays": [["a", "|O", [1], 0]]},
        {"facts": {}, "arrays": [["a", "<f8", [True], 0]]},
        {"facts": {}, "arrays": [["a", "<f8", [1, 1, 1], 0]]},
        {"facts": {}, "arrays": [["a", "<f8", 1, 0]]},
        {"facts": {}, "arrays": [["a", "<f8", [1]]]},
        {"facts": [], "arrays": [["a", "<f8", [1], 0]]},
        {"arrays": [["a", "<f8", [1], 0]]},
    ],
)
def test_claims_are_checked_before_memory_is_taken(tmp_path: Path, header: object) -> None:
    path = _forge(tmp_path / "forged", header, bytes(8))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(LoadError):
        ArrayFile(path, LARGE)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_a_header_longer_than_the_file_or_the_limit_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(MAGIC + b"\xff\xff\xff\x7f" + bytes(100))
    with pytest.raises(LoadError):
        ArrayFile(str(path), LARGE)
    written = _write(path)
    with pytest.raises(LoadError):
        ArrayFile(written, path.stat().st_size - 1)


def test_a_sparse_giant_costs_nothing(tmp_path: Path) -> None:
    size = 1 << 36
    path = _forge(tmp_path / "sparse", {"facts": {}, "arrays": [["a", "|u1", [size], 0]]})
    with open(path, "r+b") as file:
        file.truncate(Path(path).stat().st_size + size)
    with pytest.raises(LoadError):
        ArrayFile(path, LARGE)


def test_other_files_are_not_taken_for_ours(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.arange(100.0))
    with pytest.raises(LoadError):
        ArrayFile(str(tmp_path / "a.npy"), LARGE)
    for missing in (tmp_path / "nothing", tmp_path):
        with pytest.raises(LoadError):
            ArrayFile(str(missing), LARGE)


def test_what_is_not_there_and_what_is_not_stored(tmp_path: Path) -> None:
    with ArrayFile(_write(tmp_path / "a"), LARGE) as file, pytest.raises(LoadError):
        file.read("nothing like it")
    for arrays in ({"a": np.array(["text"])}, {"a": np.array([None])}, {"a": np.ones(3, dtype=np.float32)}):
        with pytest.raises(ValueError, match="not stored"):
            list(array_file_parts({}, arrays))
    with pytest.raises(ValueError, match="JSON"):
        list(array_file_parts({"a": float("nan")}, {}))
    with pytest.raises(ValueError, match="too long"):
        list(array_file_parts({"a": "x" * cache_folder.MAX_HEADER}, {}))


def test_reading_can_be_cancelled(tmp_path: Path) -> None:
    with ArrayFile(_write(tmp_path / "a"), LARGE) as file, pytest.raises(Cancelled):
        file.read("table", lambda: True)
