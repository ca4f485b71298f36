"""Text inside a PNG file: put there, and read back."""

import struct
import zlib

from .files import OpenFile

PNG_ENDING, PNG_START = ".png", b"\x89PNG"
_HEAD_BYTES, _NO_LANGUAGE = 33, b"\0\0\0\0\0"
_MOST_BEFORE = 1 << 20  # bytes, e.g. a colour profile that another program put there


def with_text(png: bytes, keyword: bytes, text: bytes) -> bytes:
    """The PNG with a UTF-8 text after its head."""
    body = b"iTXt" + keyword + _NO_LANGUAGE + text
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return png[:_HEAD_BYTES] + chunk + png[_HEAD_BYTES:]


def text_in(path: str, keyword: bytes, max_bytes: int) -> bytes | None:
    """The text of this keyword; None where there is none, or a longer one. Raises LoadError, from OpenFile."""
    start = b"iTXt" + keyword + _NO_LANGUAGE
    with OpenFile(path) as file:
        data = file.read_at(0, max_bytes + _MOST_BEFORE)
    place = data.find(start) if data.startswith(PNG_START) else -1
    length = int.from_bytes(data[place - 4 : place]) + 4 - len(start)
    return None if place < 0 or length > max_bytes else data[place + len(start) :][:length]
