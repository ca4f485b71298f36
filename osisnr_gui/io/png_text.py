"""A text inside a PNG file, in a chunk (iTXt, not compressed) that any program for pictures keeps or leaves out."""

import struct
import zlib

from .files import OpenFile

PNG_ENDING, PNG_START = ".png", b"\x89PNG"
_HEAD_BYTES, _NO_LANGUAGE = 33, b"\0\0\0\0\0"
_MOST_CHUNKS = 1000


def with_text(png: bytes, keyword: bytes, text: bytes) -> bytes:
    """The PNG with a UTF-8 text after its head."""
    body = b"iTXt" + keyword + _NO_LANGUAGE + text
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return png[:_HEAD_BYTES] + chunk + png[_HEAD_BYTES:]


def text_in(path: str, keyword: bytes, max_bytes: int) -> bytes | None:
    """The text of this keyword; None where there is none, or a longer one. Raises LoadError, from OpenFile."""
    start = b"iTXt" + keyword + _NO_LANGUAGE
    with OpenFile(path) as file:
        place = 8 if file.read_at(0, 4) == PNG_START else file.size
        for _ in range(_MOST_CHUNKS):
            head = file.read_at(place, 4 + len(start))
            if len(head) < 8:
                break
            (length,) = struct.unpack_from(">I", head)
            size = length + 4 - len(start)
            if head[4:] == start and size <= max_bytes:
                return file.read_at(place + len(head), size)
            place += 12 + length
    return None
