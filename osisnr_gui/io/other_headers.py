"""AIFF/AIFC, CAF, AU and FLAC headers."""

import math
import struct

from .headers import (
    MAX_CHUNKS,
    Header,
    check_channels_and_rate,
    corrupt,
    open_ended,
    pcm_coding,
    settle,
    settle_packets,
)
from .source import Source
from .tags import id3_size

_AIFC_BYTES = {
    b"NONE": 0, b"twos": 0, b"sowt": 0, b"in24": 3, b"in32": 4, b"fl32": 4, b"FL32": 4, b"fl64": 8,
    b"FL64": 8, b"ulaw": 1, b"ULAW": 1, b"alaw": 1, b"ALAW": 1,
}  # fmt: skip
_AU_BYTES = {1: 1, 2: 1, 3: 2, 4: 3, 5: 4, 6: 4, 7: 8, 27: 1}
_AU_CODINGS = {1: "ULAW", 2: "PCM_S8", 3: "PCM_16", 4: "PCM_24", 5: "PCM_32", 6: "FLOAT", 7: "DOUBLE", 27: "ALAW"}
_NAMED = {b"fl32": "FLOAT", b"fl64": "DOUBLE", b"ulaw": "ULAW", b"alaw": "ALAW"}
_CAF_FLOAT = 1  # flag of lpcm
_CAF_PLAIN = (b"lpcm", b"ulaw", b"alaw")
_AU_UNKNOWN_SIZE = 0xFFFFFFFF


def _extended_float(raw: bytes) -> float:
    """An 80-bit IEEE number (sample rate in AIFF) as float; inf for what a rate can never be."""
    exponent, mantissa = struct.unpack(">HQ", raw)
    power = (exponent & 0x7FFF) - 16383 - 63
    if exponent & 0x8000 or power > 100:
        return math.inf if mantissa else 0.0
    return math.ldexp(float(mantissa), power)


def _aiff_sample_bytes(source: Source, common: bytes) -> int | None:
    """Bytes per sample of one channel from a COMM chunk; None for a coding in packets."""
    bits = struct.unpack(">h", common[6:8])[0]
    if not 1 <= bits <= 64:
        raise corrupt(source, f"the header says {bits} bits per sample")
    if source.read_at(8, 4) == b"AIFF" or len(common) < 22:
        return int((bits + 7) // 8)
    width = _AIFC_BYTES.get(common[18:22])
    return (bits + 7) // 8 if width == 0 else width


def _aiff_coding(source: Source, common: bytes, width: int | None) -> str:
    if width is None:
        return ""
    name = b"" if source.read_at(8, 4) == b"AIFF" else common[18:22].lower()
    return _NAMED.get(name) or pcm_coding(8 * width)


def read_aiff(source: Source) -> Header:
    """Header of an AIFF or AIFC file. Raises LoadError CORRUPT, BAD_CHANNELS, BAD_RATE."""
    header = Header("AIFF")
    common = b""
    sound: tuple[int, int] | None = None  # offset of the first sample, bytes claimed
    position = 12
    for _ in range(MAX_CHUNKS):
        head = source.read_at(position, 8)
        if len(head) < 8 or (common and sound):
            break
        size = struct.unpack(">I", head[4:])[0]
        if head[:4] == b"COMM":
            common = source.read_at(position + 8, min(size, 22))
            if len(common) < 18:
                raise corrupt(source, "the format header is cut off")
        elif head[:4] == b"SSND":
            skip = struct.unpack(">I", source.read_at(position + 8, 4).ljust(4, b"\0"))[0]
            sound = position + 16 + skip, max(size - 8 - skip, 0)
        position += 8 + size + (size & 1)
    if not common or sound is None:
        raise corrupt(source, "the sound is missing" if common else "the format header is missing")
    channels, promised = struct.unpack(">hI", common[:6])
    check_channels_and_rate(source, channels, _extended_float(common[8:18]))
    width = _aiff_sample_bytes(source, common)
    header.coding = _aiff_coding(source, common, width)
    available = max(source.size - sound[0], 0)
    if width is None:
        settle_packets(header, sound[1], available)
    else:
        align = width * channels
        settle(header, promised * align, min(sound[1], available), align)
    return header


def read_caf(source: Source) -> Header:
    """Header of a Core Audio file. Raises LoadError CORRUPT, BAD_CHANNELS, BAD_RATE."""
    header = Header("CAF")
    align: int | None = None
    described = False
    position = 8
    for _ in range(MAX_CHUNKS):
        head = source.read_at(position, 12)
        if len(head) < 12:
            break
        size = struct.unpack(">q", head[4:])[0]
        if head[:4] == b"desc":
            body = source.read_at(position + 12, 32)
            if len(body) < 32:
                raise corrupt(source, "the format header is cut off")
            rate, coding, flags, packet, per_packet, channels, bits = struct.unpack(">d4sIIIII", body)
            check_channels_and_rate(source, channels, rate)
            described = True
            align = packet if coding in _CAF_PLAIN and per_packet == 1 and packet > 0 else None
            if coding == b"lpcm":
                is_float = flags & _CAF_FLOAT
                header.coding = ("FLOAT" if bits == 32 else "DOUBLE") if is_float else pcm_coding(bits)
            else:
                header.coding = _NAMED.get(coding, "")
        elif head[:4] == b"data":
            if not described:
                raise corrupt(source, "there is no format header before the sound")
            rest = max(source.size - position - 16, 0)
            if size == -1:
                header.warnings.append(open_ended())
            claimed = rest if size == -1 else max(size - 4, 0)
            if claimed > rest:  # the decoder would stop eight bytes short of what is there
                header.patches[position + 4] = struct.pack(">q", rest + 4)
            if align is None:
                settle_packets(header, claimed, rest)
            else:
                settle(header, claimed, rest, align)
            return header
        if size < 0:
            raise corrupt(source, "a chunk of the file has a negative size")
        position += 12 + size
    raise corrupt(source, "the file ends before the sound begins")


def read_au(source: Source) -> Header:
    """Header of a Sun/NeXT file. Raises LoadError CORRUPT, BAD_CHANNELS, BAD_RATE."""
    head = source.read_at(0, 24)
    if len(head) < 24:
        raise corrupt(source, "the format header is cut off")
    order = ">" if head[:4] == b".snd" else "<"
    offset, size, coding, rate, channels = struct.unpack(order + "5I", head[4:])
    check_channels_and_rate(source, channels, rate)
    if coding not in _AU_BYTES or offset < 24:
        raise corrupt(source, "the header names an unknown coding" if offset >= 24 else "the header is too short")
    header = Header("AU", coding=_AU_CODINGS[coding])
    rest = max(source.size - offset, 0)
    if size == _AU_UNKNOWN_SIZE:
        header.warnings.append(open_ended())
        size = rest
    settle(header, size, rest, _AU_BYTES[coding] * channels)
    return header


def read_flac(source: Source) -> Header:
    """Header of a FLAC stream, after any ID3 tag. Raises LoadError CORRUPT, BAD_CHANNELS, BAD_RATE."""
    head = source.read_at(id3_size(source), 42)
    if len(head) < 42 or head[4] & 0x7F != 0:
        raise corrupt(source, "the stream header is missing")
    packed = int.from_bytes(head[18:26], "big")
    rate, channels, total = packed >> 44, (packed >> 41 & 7) + 1, packed & (1 << 36) - 1
    check_channels_and_rate(source, channels, rate)
    header = Header("FLAC")
    if total == 0:
        header.warnings.append(open_ended())
    else:
        header.promised = total
    return header
