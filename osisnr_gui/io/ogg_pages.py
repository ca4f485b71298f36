"""Ogg pages: which codec is inside, and how far the stream goes without a gap.

The decoder passes over damaged and missing pages, which moves all that follows, and a stream without an end mark
reads as empty. So it is shown a stream up to the first gap, with the mark set there.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from .errors import LoadError, LoadWarning, Phrase, Reason, corrupt
from .headers import CONVERT, Header, check_channels_and_rate
from .source import OpenFile

_MAX_PAGE = 27 + 255 + 255 * 255
_WINDOW = 1 << 20
_BEGIN_OF_STREAM, _END_OF_STREAM = 2, 4
_OPUS_RATE = 48_000  # positions count at this rate whatever the file's own is
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass(frozen=True, slots=True)
class _Page:
    """A whole page at file offset `offset`; `position`: samples up to its last whole packet, -1 when it ends none.

    `joined`: nothing but other whole pages is before it.
    """

    offset: int
    joined: bool
    size: int
    is_last: bool
    position: int
    number: int


def page_crc(raw: bytes) -> int:
    """The checksum of a page whose own checksum field (bytes 22 to 25) is zero.

    That of zlib with the order of the bits turned round, and without its inversion at both ends.
    """
    value = zlib.crc32(raw.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int.from_bytes(value.to_bytes(4, "little").translate(_MIRRORED), "big")


def _page_at(data: bytes, at: int) -> bytes:
    """The page that begins at `data[at]`; empty unless it is whole and its checksum right."""
    if data[at : at + 5] != b"OggS\0" or len(data) < at + 27:
        return b""
    segments = data[26 + at]
    end = at + 27 + segments + sum(data[at + 27 : at + 27 + segments])
    raw = data[at:end]
    if end > len(data) or page_crc(raw[:22] + b"\0\0\0\0" + raw[26:]) != int.from_bytes(raw[22:26], "little"):
        return b""
    return raw


def _walk(source: OpenFile, serial: bytes) -> Iterator[_Page]:
    """The whole pages of one stream, whatever lies between them."""
    base, at, data, more, joined = 0, 0, b"", True, True
    while at >= 0:
        if more and at + _MAX_PAGE > len(data):
            base, at, data = base + at, 0, source.read_at(base + at, _WINDOW)
            more = len(data) == _WINDOW
        page = _page_at(data, at)
        if page[14:18] == serial:
            position, number = struct.unpack("<q4xI", page[6:22])
            yield _Page(base + at, joined, len(page), bool(page[5] & _END_OF_STREAM), position, number)
        joined = joined and page != b""
        at = at + len(page) if page else data.find(b"OggS", at + 1)
        if at < 0 and more:
            at = len(data) - 3  # a page may begin there


def _check_codec(source: OpenFile, page: bytes) -> tuple[str, int, int]:
    """The coding its first page names, the rate of the positions in Hz, and where they begin."""
    body = page[27 + page[26] :]
    if body[:7] == b"\x01vorbis" and len(body) >= 16:
        rate = struct.unpack("<I", body[12:16])[0]
        check_channels_and_rate(source, body[11], rate)
        return "VORBIS", rate, 0
    if body[:8] == b"OpusHead" and len(body) >= 19:
        check_channels_and_rate(source, body[9], _OPUS_RATE)
        return "OPUS", _OPUS_RATE, struct.unpack("<H", body[10:12])[0]
    detail = Phrase("the Ogg file holds neither Vorbis nor Opus")
    raise LoadError(Reason.UNKNOWN_FORMAT, source.path, detail, CONVERT)


def _without_gap(pages: list[_Page]) -> list[_Page]:
    """The pages from the first on, up to one that is damaged, missing, repeated or out of order, or to the end mark."""
    kept = list[_Page]()
    for page in pages:
        if not page.joined or page.number != pages[0].number + len(kept) or (kept and kept[-1].is_last):
            break
        kept.append(page)
    return kept


def read_ogg(source: OpenFile) -> Header:
    """Header of an Ogg Vorbis or Opus file. Raises LoadError CORRUPT, UNKNOWN_FORMAT, BAD_CHANNELS, BAD_RATE."""
    first = _page_at(source.read_at(0, _MAX_PAGE), 0)
    if not first:
        raise corrupt(source.path, Phrase("the first page is damaged or cut off"))
    coding, rate, origin = _check_codec(source, first)
    pages = list(_walk(source, first[14:18]))
    kept = _without_gap(pages)
    # Pages of the codec's own data count no samples; a page in the middle of a packet counts none either.
    sound = [page for page in kept if page.position > 0]
    if not sound:
        raise corrupt(source.path, Phrase("the first page of sound is damaged or missing"))
    last, header = sound[-1], Header("OGG", coding)

    def seconds(page: _Page) -> float:
        return (page.position - origin) / rate

    # The last page may count fewer samples than it holds. The decoder counts back from there, and misses what it seeks.
    header.last_seek = seconds(sound[-2]) if len(sound) > 1 else 0.0
    after = last.offset + last.size
    if after < source.size:
        header.end = after
        following = _page_at(source.read_at(after, _MAX_PAGE), 0)
        if last.is_last and following and following[5] & _BEGIN_OF_STREAM:
            message = Phrase("another stream follows at {time:.3f} s: only the first is read", time=seconds(last))
            header.warnings.append(LoadWarning("CHAINED", message))
    if not last.is_last:
        _set_end(source, header, last)
        if len(kept) < len(pages):
            message = Phrase(
                "damaged at {time:.3f} s of {whole:.3f} s: only what is before can be read",
                time=seconds(last),
                whole=seconds(pages[-1]),
            )
            header.warnings.append(LoadWarning("DAMAGED", message))
        else:
            message = Phrase("cut off at {time:.3f} s: the stream has no end mark", time=seconds(last))
            header.warnings.append(LoadWarning("TRUNCATED", message))
    return header


def _set_end(source: OpenFile, header: Header, last: _Page) -> None:
    """Show the decoder the mark of the end on a page that has none."""
    page = bytearray(source.read_at(last.offset, last.size))
    page[5] |= _END_OF_STREAM
    page[22:26] = bytes(4)
    header.patches[last.offset + 5] = bytes(page[5:6])
    header.patches[last.offset + 22] = struct.pack("<I", page_crc(bytes(page)))
