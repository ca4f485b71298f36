"""Ogg pages: which codec is inside, and where the stream really ends.

The decoder takes the length from the last page and needs its end mark; a stream cut off without one
reads as empty. Such a file is shown to the decoder up to its last whole page, with the mark set there.
"""

import struct
from dataclasses import dataclass

from .errors import LoadError, LoadWarning, Reason
from .headers import Header, check_channels_and_rate, corrupt
from .source import Source

_MAX_PAGE = 27 + 255 + 255 * 255
_MAX_TRIES = 64  # checksums cost 10 ms each
_END_OF_STREAM = 4
_POLYNOMIAL = 0x04C11DB7


@dataclass(frozen=True, slots=True)
class _Page:
    offset: int
    raw: bytes

    @property
    def end(self) -> int:
        return self.offset + len(self.raw)

    @property
    def is_last(self) -> bool:
        return bool(self.raw[5] & _END_OF_STREAM)

    @property
    def position(self) -> int:
        return int(struct.unpack("<q", self.raw[6:14])[0])

    @property
    def serial(self) -> bytes:
        return self.raw[14:18]


def _crc_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = (value << 1 ^ (_POLYNOMIAL if value & 0x80000000 else 0)) & 0xFFFFFFFF
        table.append(value)
    return tuple(table)


_TABLE = _crc_table()


def page_crc(raw: bytes) -> int:
    """The checksum of a page whose own checksum field (bytes 22 to 25) is zero."""
    value = 0
    for byte in raw:
        value = (value << 8 & 0xFFFFFFFF) ^ _TABLE[value >> 24 ^ byte]
    return value


def _page_at(data: bytes, at: int, base: int) -> _Page | None:
    """The page that begins at `data[at]` if it is whole; `base` is the file offset of `data`."""
    if data[at : at + 5] != b"OggS\0" or len(data) < at + 27:
        return None
    segments = data[26 + at]
    end = at + 27 + segments + sum(data[at + 27 : at + 27 + segments])
    return _Page(base + at, data[at:end]) if end <= len(data) else None


def _last_page(source: Source, serial: bytes, before: int | None = None) -> _Page | None:
    """The last whole page of the stream, or of what is `before` an offset, on which a packet ends."""
    size = source.size if before is None else before
    base = max(0, size - 4 * _MAX_PAGE)
    data = source.read_at(base, size - base)
    at = data.rfind(b"OggS")
    for _ in range(_MAX_TRIES):
        if at < 0:
            break
        page = _page_at(data, at, base)
        if page is not None and page.serial == serial and page.position >= 0 and _is_sound(page):
            return page
        at = data.rfind(b"OggS", 0, at)
    return None


def _is_sound(page: _Page) -> bool:
    stored = struct.unpack("<I", page.raw[22:26])[0]
    return page_crc(page.raw[:22] + b"\0\0\0\0" + page.raw[26:]) == int(stored)


def _check_codec(source: Source, page: _Page) -> str:
    """The coding its first page names."""
    body = page.raw[27 + page.raw[26] :]
    if body[:7] == b"\x01vorbis" and len(body) >= 16:
        check_channels_and_rate(source, body[11], struct.unpack("<I", body[12:16])[0])
        return "VORBIS"
    if body[:8] == b"OpusHead" and len(body) >= 19:
        check_channels_and_rate(source, body[9], 48_000)
        return "OPUS"
    detail = "the Ogg file holds neither Vorbis nor Opus"
    raise LoadError(Reason.UNKNOWN_FORMAT, source.path, detail, "convert it to WAV or FLAC")


def read_ogg(source: Source) -> Header:
    """Header of an Ogg Vorbis or Opus file. Raises LoadError CORRUPT, UNKNOWN_FORMAT, BAD_CHANNELS, BAD_RATE."""
    first = _page_at(source.read_at(0, _MAX_PAGE), 0, 0)
    if first is None:
        raise corrupt(source, "the first page is damaged or cut off")
    coding = _check_codec(source, first)
    last = _last_page(source, first.serial)
    if last is None or last.position == 0:  # header pages count no samples
        raise corrupt(source, "no whole page of sound is left")
    header = Header("OGG", coding)
    # The last page may count fewer samples than it holds. The decoder counts back from there, and misses what it seeks.
    previous = _last_page(source, first.serial, last.offset)
    header.last_seek = 0 if previous is None else previous.position
    if last.end < source.size:
        header.end = last.end
    if not last.is_last:
        marked = last.raw[:5] + bytes([last.raw[5] | _END_OF_STREAM]) + last.raw[6:22]
        checksum = page_crc(marked + b"\0\0\0\0" + last.raw[26:])
        header.patches[last.offset + 5] = marked[5:6]
        header.patches[last.offset + 22] = struct.pack("<I", checksum)
        header.warnings.append(LoadWarning("TRUNCATED", "cut off: the stream breaks off before its end mark"))
    return header
