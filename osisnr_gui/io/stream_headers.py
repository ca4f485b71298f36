"""FLAC and Ogg streams: their headers, and how far their frames or pages follow one another without a gap.

FLAC. The decoder gives zeros for frames that are missing and moves what follows a repeated one, both without an error.
Damage within a frame is an error of the decoder; here frames are only counted, by the numbers they bear.

Ogg. The decoder passes over damaged and missing pages, which moves all that follows, and a stream without an end mark
reads as empty. So it is shown a stream up to the first gap, with the mark set there.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from .errors import LoadError, Phrase, Reason, corrupt
from .files import OpenFile
from .headers import CONVERT, MAX_CHUNKS, OPEN_ENDED, Header, check_channels_and_rate, id3_size, unreadable

_CODINGS = {8: "PCM_S8", 16: "PCM_16", 24: "PCM_24"}
_READ_AT_ONCE = 1 << 20
_MOST_HEADER = 16
_LAST_BLOCK = 0x80
_MOST_SAMPLES = (1 << 36) - 1
_SYNC = re.compile(b"\xff[\xf8\xf9]")
_TAG = 128  # bytes of a tag that may follow the last frame


def _crc_table(width: int, polynomial: int) -> tuple[int, ...]:
    table = []
    for byte in range(256):
        value = byte << width - 8
        for _ in range(8):
            value = value << 1 ^ (polynomial if value >> width - 1 else 0)
        table.append(value)
    return tuple(table)


_CRC8, _CRC16 = _crc_table(8, 0x107), _crc_table(16, 0x18005)


def _is_sound(data: bytes, width: int, table: tuple[int, ...]) -> bool:
    """Whether a frame or its header, which end with a checksum of `width` bits, are as they were written."""
    value = 0
    for byte in data:
        value = value << 8 & (1 << width) - 1 ^ table[value >> width - 8 ^ byte]
    return value == 0


def _parse(head: bytes) -> tuple[int, int] | None:
    """The number in a frame header and the samples per channel; None when `head` begins with none."""
    code, rate = head[2] >> 4, head[2] & 15
    at = 5 + max(7 - (head[4] ^ 0xFF).bit_length(), 0)
    number = head[4] & 0xFF >> (at - 4 + (at > 5))
    for byte in head[5:at]:
        number = number << 6 | byte & 0x3F
    if code in (6, 7):
        samples = int.from_bytes(head[at : at + code - 5], "big") + 1
        at += code - 5
    else:
        samples = 192 if code == 1 else 576 << (code - 2 & 3) if code < 6 else 256 << code - 8
    at += 1 if rate == 12 else 2 if rate in (13, 14) else 0
    return (number, samples) if code and rate < 15 and _is_sound(head[: at + 1], 8, _CRC8) else None


def _candidates(source: OpenFile, start: int) -> Iterator[tuple[int, bytes]]:
    """Offsets of all bytes that may begin a frame, and as many bytes as its header may have."""
    while data := source.read_at(start, _READ_AT_ONCE + _MOST_HEADER):
        for found in _SYNC.finditer(data, 0, _READ_AT_ONCE + 1):
            at = found.start()
            yield start + at, data[at : at + _MOST_HEADER].ljust(_MOST_HEADER, b"\0")
        start += _READ_AT_ONCE


def _count_frames(source: OpenFile, header: Header, info: bytes, widest: int) -> None:
    """Follow the frames and fill `header` with what they hold.

    `info`: the block that describes the stream; `widest`: bytes that a sample of all channels may take.
    """
    kind, number, samples, place, most, ended, at = b"", 0, 0, 0, 0, False, 0
    for at, head in _candidates(source, _find_start(source, info)):
        if kind and at > place + most:
            break  # no frame is as long
        parsed, new_kind = _parse(head), bytes((head[1], head[2] & 15, head[3] & 15))
        if parsed is None:
            continue
        if parsed[0] == (samples if head[1] & 1 else number) and new_kind == (kind or new_kind):
            if not kind:  # a block length that is wrong leads the decoder to other places than it seeks
                header.seekable = info[8:10] <= struct.pack(">H", parsed[1] & 0xFFFF) <= info[10:12]
            kind, number, place = new_kind, number + 1, at
            samples, most = samples + parsed[1], 64 + parsed[1] * widest
        elif kind and (ended := _ends_at(source, place, at)):
            break  # not sound that looks like a header
    else:
        at = source.size
    if not kind:
        detail = Phrase("the first frame of sound, or the header before it, is damaged or missing")
        raise corrupt(source.path, detail)
    header.most = samples
    header.gap = at < source.size and (header.promised is None or samples < header.promised)
    end = source.size - (_TAG if source.read_at(max(source.size - _TAG, 0), 3) == b"TAG" else 0)
    if ended or (end <= place + most and _ends_at(source, place, end)):
        header.present = samples


def _ends_at(source: OpenFile, place: int, end: int) -> bool:
    """Whether a frame that begins at offset `place` ends where `end` is."""
    return _is_sound(source.read_at(place, end - place), 16, _CRC16)


def _find_start(source: OpenFile, info: bytes) -> int:
    """Where the frames should begin."""
    at, last = id3_size(source) + 42, info[4] & _LAST_BLOCK
    for _ in range(MAX_CHUNKS):
        block = source.read_at(at, 4)
        if last or len(block) < 4:
            break
        last, at = block[0] & _LAST_BLOCK, at + 4 + int.from_bytes(block[1:], "big")
    return at


def read_flac(source: OpenFile) -> Header:
    """Header of a FLAC stream, after any ID3 tag. Raises LoadError CORRUPT, BAD_CHANNELS, BAD_RATE."""
    start = id3_size(source)
    head = source.read_at(start, 42)
    if len(head) < 42 or head[4] & 0x7F != 0:
        raise corrupt(source.path, Phrase("the stream header is missing"))
    packed = int.from_bytes(head[18:26], "big")
    rate, channels, total = packed >> 44, (packed >> 41 & 7) + 1, packed & _MOST_SAMPLES
    check_channels_and_rate(source, channels, rate)
    bits = (packed >> 36 & 31) + 1
    if bits not in _CODINGS:
        raise unreadable(source, Phrase("FLAC with {bits} bits per sample", bits=bits))
    header = Header("FLAC", _CODINGS[bits], promised=total or None)
    _count_frames(source, header, head, channels * (bits + 8) // 8)
    if total == 0:
        header.warnings.append(OPEN_ENDED)
    elif header.most is not None and total < header.most:
        counts = {"promised": total, "present": header.most}
        message = Phrase("the header promises {promised} samples, there are {present}; all of them are used", **counts)
        header.warn("DAMAGED", message)
    if header.present is not None and header.present != total:  # so that the decoder stops there, and not before
        patched = packed & ~_MOST_SAMPLES | header.present
        header.patches[start + 18] = patched.to_bytes(8, "big")
    return header


_MAX_PAGE = 27 + 255 + 255 * 255
_BEGIN_OF_STREAM, _END_OF_STREAM = 2, 4
_OPUS_RATE = 48_000  # positions count at this rate whatever the file's own is
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class _Page(NamedTuple):
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
            base, at, data = base + at, 0, source.read_at(base + at, _READ_AT_ONCE)
            more = len(data) == _READ_AT_ONCE
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
            header.warn("CHAINED", message)
    if not last.is_last:
        _set_end(source, header, last)
        if len(kept) < len(pages):
            times = {"time": seconds(last), "whole": seconds(pages[-1])}
            message = Phrase("damaged at {time:.3f} s of {whole:.3f} s: only what is before can be read", **times)
            header.warn("DAMAGED", message)
        else:
            header.warn("TRUNCATED", Phrase("cut off at {time:.3f} s: the stream has no end mark", time=seconds(last)))
    return header


def _set_end(source: OpenFile, header: Header, last: _Page) -> None:
    """Show the decoder the mark of the end on a page that has none."""
    page = bytearray(source.read_at(last.offset, last.size))
    page[5] |= _END_OF_STREAM
    page[22:26] = bytes(4)
    header.patches[last.offset + 5] = bytes(page[5:6])
    header.patches[last.offset + 22] = struct.pack("<I", page_crc(bytes(page)))
