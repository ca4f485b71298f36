from __future__ import annotations

from pathlib import Path

import pytest

from osisnr_gui.io.errors import LoadError, Reason
from osisnr_gui.io.json_file import MAX_JSON_BYTES, load_json


def write(folder: Path, data: bytes) -> str:
    path = folder / "some.json"
    path.write_bytes(data)
    return str(path)


def test_plain_values_come_back(tmp_path: Path) -> None:
    assert load_json(write(tmp_path, b'\xef\xbb\xbf{"a": [1, 2.5, "x", null, true]}')) == {
        "a": [1, 2.5, "x", None, True]
    }


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"a": 1, "a": 2}', "twice"),
        (b"[NaN]", "NaN"),
        (b"[-Infinity]", "Infinity"),
        (b"[1e999]", "too large"),
        (b"[" + b"9" * 10_000 + b"]", "too large"),
        (b"[" * 100_000, "nested"),
        (b'{"a":\n  1,}', "line 2"),
        (b"\xff\xfe", "UTF-8"),
        (b"nothing", "line 1"),
    ],
)
def test_what_is_not_strict_json_is_refused_with_the_place(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(LoadError, match=words) as caught:
        load_json(write(tmp_path, data))
    assert caught.value.reason is Reason.CORRUPT
    assert len(str(caught.value)) <= 300


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(LoadError) as caught:
        load_json(write(tmp_path, b" " * (MAX_JSON_BYTES + 1)))
    assert caught.value.reason is Reason.TOO_LARGE


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(LoadError) as caught:
        load_json(str(tmp_path / "none.json"))
    assert caught.value.reason is Reason.NOT_FOUND
