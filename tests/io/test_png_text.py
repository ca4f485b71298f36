"""A text inside a PNG: read back, also where the file is damaged or is none."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from osisnr_gui.io.png_text import text_in, with_text


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


HEAD = _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
PNG = b"\x89PNG\r\n\x1a\n" + HEAD + _chunk(b"IDAT", zlib.compress(b"\0\0")) + _chunk(b"IEND", b"")


def _text(path: Path, data: bytes, most: int = 100) -> bytes | None:
    path.write_bytes(data)
    return text_in(str(path), b"osisnr session", most)


def test_the_text_comes_back(tmp_path: Path) -> None:
    words = "µ – é".encode()
    data = with_text(with_text(PNG, b"other", b"no"), b"osisnr session", words)
    assert _text(tmp_path / "a.png", data) == words
    assert with_text(PNG, b"osisnr session", words).count(_chunk(b"iTXt", b"osisnr session\0\0\0\0\0" + words)) == 1


@pytest.mark.parametrize(
    "data",
    [
        PNG,
        b"no picture",
        PNG[:20],
        PNG[:33] + b"\xff\xff\xff\xffiTXtosisnr session\0\0\0\0\0",
        PNG[:33] + b"\0\0\0\0" * 5000,
        with_text(PNG, b"osisnr session", b"x" * 101),
    ],
)
def test_nothing_else_is_taken_for_one(tmp_path: Path, data: bytes) -> None:
    assert _text(tmp_path / "a.png", data) is None


def test_a_text_that_ends_early_is_as_long_as_it_is(tmp_path: Path) -> None:
    data = with_text(PNG, b"osisnr session", b"abcdef")
    assert _text(tmp_path / "a.png", data[:60]) == b"abcdef"[: 60 - 33 - 8 - 19]
