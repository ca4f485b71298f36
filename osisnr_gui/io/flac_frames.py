"""FLAC: the stream header, and how far its frames follow one another without a gap.

The decoder gives zeros for frames that are missing and moves what follows a repeated one, both without an error. Damage
within a frame is an error of the decoder; here frames are only counted, by the numbers they bear.
"""

import re
import struct
from collections.abc import Iterator

from .errors import LoadWarning
from .headers import MAX_CHUNKS, Header, check_channels_and_rate, corrupt, open_ended, unreadable
from .source import Source
from .tags import id3_size

_CODINGS = {8: "PCM_S8", 16: "PCM_16", 24: "PCM_24"}
_WINDOW = 1 << 20
_MOST_HEADER = 16
_SEEK_TABLE = 3
_LAST_BLOCK = 0x80
_NO_POINT = (1 << 64) - 1
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


def _header_is_sound(head: bytes) -> bool:
    value = 0
    for byte in head:
        value = _CRC8[value ^ byte]
    return value == 0


def _frame_is_whole(frame: bytes) -> bool:
    value = 0
    for byte in frame:
        value = value << 8 & 0xFF00 ^ _CRC16[value >> 8 ^ byte]
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
    return (number, samples) if code and rate < 15 and _header_is_sound(head[: at + 1]) else None


def _candidates(source: Source, start: int) -> Iterator[tuple[int, bytes]]:
    """Offsets of all bytes that may begin a frame, and as many bytes as its header may have."""
    while data := source.read_at(start, _WINDOW + _MOST_HEADER):
        for found in _SYNC.finditer(data, 0, _WINDOW + 1):
            at = found.start()
            yield start + at, data[at : at + _MOST_HEADER].ljust(_MOST_HEADER, b"\0")
        start += _WINDOW


def _count_frames(source: Source, header: Header, head: bytes, widest: int) -> None:
    """Follow the frames and fill `header` with what they hold.

    `head`: the stream header; `widest`: bytes that a sample of all channels may take.
    """
    start, table = _find_start(source, head)
    places, kind, samples, place, most, ended = dict[int, int](), b"", 0, 0, 0, False
    for at, code in _candidates(source, start):
        if places and at > place + most:
            break  # no frame is as long
        parsed, new_kind = _parse(code), bytes((code[1], code[2] & 15, code[3] & 15))
        if parsed is None:
            continue
        if parsed[0] == (samples if code[1] & 1 else len(places)) and new_kind == (kind or new_kind):
            places[samples], kind, place = at, new_kind, at
            samples, most = samples + parsed[1], 64 + parsed[1] * widest
        elif places and (ended := _frame_is_whole(source.read_at(place, at - place))):
            break  # not sound that looks like a header
    else:
        at = source.size
    if not places:
        raise corrupt(source, "the first frame of sound, or the header before it, is damaged or missing")
    header.most, header.seekable = samples, _tells_truth(head, table, start, places, samples)
    header.gap = at < source.size and (header.promised is None or samples < header.promised)
    if ended or _ends_file(source, place, most):
        header.present = samples


def _ends_file(source: Source, place: int, most: int) -> bool:
    """Whether the frame at offset `place`, of `most` bytes at most, ends where the file or its last tag does."""
    end = source.size - (_TAG if source.read_at(source.size - _TAG, 3) == b"TAG" else 0)
    return end <= place + most and _frame_is_whole(source.read_at(place, end - place))


def _tells_truth(head: bytes, table: bytes, start: int, places: dict[int, int], samples: int) -> bool:
    """Whether the header names the length of the frames and their places; by these the decoder seeks."""
    least, most = struct.unpack(">HH", head[8:12])
    block = [*places, samples][1]
    points = ((sample, start + offset) for sample, offset in struct.iter_unpack(">QQ2x", table) if sample != _NO_POINT)
    return places[0] == start and least <= block <= most and places.items() >= set(points)


def _find_start(source: Source, head: bytes) -> tuple[int, bytes]:
    """Where the frames should begin, and the points of the seek table."""
    at, last, table = id3_size(source) + 42, head[4] & _LAST_BLOCK, b""
    for _ in range(MAX_CHUNKS):
        block = source.read_at(at, 4)
        size = int.from_bytes(block[1:], "big")
        if last or len(block) < 4 or at + 4 + size > source.size:
            break
        if block[0] & 0x7F == _SEEK_TABLE:
            table = source.read_at(at + 4, size // 18 * 18)
        last, at = block[0] & _LAST_BLOCK, at + 4 + size
    return at, table


def read_flac(source: Source) -> Header:
    """Header of a FLAC stream, after any ID3 tag. Raises LoadError CORRUPT, BAD_CHANNELS, BAD_RATE."""
    start = id3_size(source)
    head = source.read_at(start, 42)
    if len(head) < 42 or head[4] & 0x7F != 0:
        raise corrupt(source, "the stream header is missing")
    packed = int.from_bytes(head[18:26], "big")
    rate, channels, total = packed >> 44, (packed >> 41 & 7) + 1, packed & _MOST_SAMPLES
    check_channels_and_rate(source, channels, rate)
    bits = (packed >> 36 & 31) + 1
    if bits not in _CODINGS:
        raise unreadable(source, f"FLAC with {bits} bits per sample")
    header = Header("FLAC", _CODINGS[bits], promised=total or None)
    _count_frames(source, header, head, channels * (bits + 8) // 8)
    if total == 0:
        header.warnings.append(open_ended())
    elif header.most is not None and total < header.most:
        message = f"the header promises {total} samples, there are {header.most}; all of them are used"
        header.warnings.append(LoadWarning("DAMAGED", message))
    if header.present is not None and header.present != total:  # so that the decoder stops there, and not before
        patched = packed & ~_MOST_SAMPLES | header.present
        header.patches[start + 18] = patched.to_bytes(8, "big")
    return header
