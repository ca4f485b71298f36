"""FLAC: the stream header, and how far its frames follow one another without a gap.

The decoder gives zeros for frames that are missing and moves what follows a repeated one, both without an error. Damage
within a frame is an error of the decoder; here frames are only counted, by the numbers they bear.
"""

import re
import struct
from collections.abc import Iterator

from .errors import LoadWarning, Phrase, corrupt
from .headers import MAX_CHUNKS, Header, check_channels_and_rate, id3_size, open_ended, unreadable
from .source import OpenFile

_CODINGS = {8: "PCM_S8", 16: "PCM_16", 24: "PCM_24"}
_WINDOW = 1 << 20
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
    while data := source.read_at(start, _WINDOW + _MOST_HEADER):
        for found in _SYNC.finditer(data, 0, _WINDOW + 1):
            at = found.start()
            yield start + at, data[at : at + _MOST_HEADER].ljust(_MOST_HEADER, b"\0")
        start += _WINDOW


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
        header.warnings.append(open_ended())
    elif header.most is not None and total < header.most:
        message = Phrase(
            "the header promises {promised} samples, there are {present}; all of them are used",
            promised=total,
            present=header.most,
        )
        header.warnings.append(LoadWarning("DAMAGED", message))
    if header.present is not None and header.present != total:  # so that the decoder stops there, and not before
        patched = packed & ~_MOST_SAMPLES | header.present
        header.patches[start + 18] = patched.to_bytes(8, "big")
    return header
