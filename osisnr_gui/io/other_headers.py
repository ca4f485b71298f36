"""AIFF/AIFC, CAF and AU headers."""

import math
import struct

from .headers import (
    WIDTHS,
    Header,
    Plain,
    check_channels_and_rate,
    corrupt,
    integer_coding,
    open_ended,
    settle,
    unreadable,
    walk_chunks,
)  # fmt: skip
from .source import Source

_AIFC_INTEGERS = (b"NONE", b"twos", b"sowt")  # as many bits as the header says
_AIFC_CODINGS = {
    b"raw ": "PCM_U8", b"in24": "PCM_24", b"42n1": "PCM_24", b"42ni": "PCM_24", b"in32": "PCM_32", b"23ni": "PCM_32",
    b"fl32": "FLOAT", b"FL32": "FLOAT", b"fl64": "DOUBLE", b"FL64": "DOUBLE", b"ulaw": "ULAW", b"ULAW": "ULAW",
    b"alaw": "ALAW", b"ALAW": "ALAW", b"ima4": "IMA_ADPCM",
}  # fmt: skip
_AIFC_LITTLE = (b"sowt", b"42n1", b"42ni", b"23ni")  # 42n1: as the decoder's own library writes it
_AU_CODINGS = {
    1: "ULAW", 2: "PCM_S8", 3: "PCM_16", 4: "PCM_24", 5: "PCM_32", 6: "FLOAT", 7: "DOUBLE", 27: "ALAW",
}  # fmt: skip
_CAF_FLOAT, _CAF_LITTLE = 1, 2
_ALAC_CODINGS = {1: "ALAC_16", 2: "ALAC_20", 3: "ALAC_24", 4: "ALAC_32"}
_AU_UNKNOWN_SIZE = 0xFFFFFFFF


def _extended_float(raw: bytes) -> float:
    """An 80-bit IEEE number (sample rate in AIFF) as float; inf for what a rate can never be."""
    exponent, mantissa = struct.unpack(">HQ", raw)
    power = (exponent & 0x7FFF) - 16383 - 63
    if exponent & 0x8000 or power > 100:
        return math.inf if mantissa else 0.0
    return math.ldexp(float(mantissa), power)


def _aiff_coding(source: Source, common: bytes) -> tuple[str, bool]:
    """The coding from a COMM chunk, and whether the lowest byte comes last."""
    kind = b"NONE" if source.read_at(8, 4) == b"AIFF" or len(common) < 22 else common[18:22]
    if kind not in _AIFC_INTEGERS:
        if kind not in _AIFC_CODINGS:
            raise unreadable(source, kind.decode("latin-1"))
        return _AIFC_CODINGS[kind], kind not in _AIFC_LITTLE
    bits = struct.unpack(">h", common[6:8])[0]
    coding = integer_coding((bits + 7) // 8)
    if coding is None:
        raise corrupt(source, f"the header says {bits} bits per sample")
    return coding, kind not in _AIFC_LITTLE


def read_aiff(source: Source) -> Header:
    """Header of an AIFF or AIFC file. Raises LoadError CORRUPT, BAD_CHANNELS, BAD_RATE."""
    header = Header("AIFF")
    common = b""
    sound: tuple[int, int] | None = None  # offset of the first sample, bytes claimed
    for name, body, size in walk_chunks(source, 12, ">4sI", 2):
        if name == b"COMM":
            common = source.read_at(body, min(size, 22))
            if len(common) < 18:
                raise corrupt(source, "the format header is cut off")
        elif name == b"SSND":
            skip = struct.unpack(">I", source.read_at(body, 4).ljust(4, b"\0"))[0]
            sound = body + 8 + skip, max(size - 8 - skip, 0)
        if common and sound:
            break
    if not common or sound is None:
        raise corrupt(source, "the sound is missing" if common else "the format header is missing")
    channels, promised = struct.unpack(">hI", common[:6])
    rate = _extended_float(common[8:18])
    check_channels_and_rate(source, channels, rate)
    header.coding, big_endian = _aiff_coding(source, common)
    start, claimed = sound
    available = min(claimed, max(source.size - start, 0))
    if header.coding in WIDTHS:
        claimed = promised * WIDTHS[header.coding] * channels
    settle(header, Plain(start, rate, channels, big_endian), claimed, available)
    return header


def _caf_coding(source: Source, kind: bytes, flags: int, packet: int, channels: int, bits: int) -> str:
    """The coding from the fields of a `desc` chunk."""
    if kind == b"alac" and flags not in _ALAC_CODINGS:
        raise unreadable(source, "Apple Lossless without its number of bits in the header")
    if kind == b"lpcm":
        width = (bits + 7) // 8
        named = {4: "FLOAT", 8: "DOUBLE"}.get(width) if flags & _CAF_FLOAT else integer_coding(width)
    else:
        width = 1
        named = {b"ulaw": "ULAW", b"alaw": "ALAW", b"alac": _ALAC_CODINGS.get(flags)}.get(kind)
    if named is None:
        raise unreadable(source, f"{kind.decode('latin-1')}, {bits} bits")
    if kind != b"alac" and packet != width * channels:
        raise corrupt(source, f"packets of {packet} bytes do not fit {channels} channels of {bits} bits")
    return named


def read_caf(source: Source) -> Header:
    """Header of a Core Audio file. Raises LoadError CORRUPT, BAD_CHANNELS, BAD_RATE."""
    header = Header("CAF")
    described: tuple[float, int, bool] | None = None  # rate in Hz, channels, whether the lowest byte comes last
    for name, body, size in walk_chunks(source, 8, ">4sq", 1):
        if name == b"desc":
            fields = source.read_at(body, 32)
            if len(fields) < 32:
                raise corrupt(source, "the format header is cut off")
            rate, kind, flags, packet, _, channels, bits = struct.unpack(">d4sIIIII", fields)
            check_channels_and_rate(source, channels, rate)
            header.coding = _caf_coding(source, kind, flags, packet, channels, bits)
            described = rate, channels, not flags & _CAF_LITTLE
        elif name == b"data":
            if described is None:
                raise corrupt(source, "there is no format header before the sound")
            rest = max(source.size - body - 4, 0)
            if size == -1:
                header.warnings.append(open_ended())
            claimed = rest if size == -1 else max(size - 4, 0)
            if claimed > rest:  # the decoder would stop eight bytes short of what is there
                header.patches[body - 8] = struct.pack(">q", rest + 4)
            settle(header, Plain(body + 4, *described), claimed, rest)
            return header
        if size < 0:
            raise corrupt(source, "a chunk of the file has a negative size")
    raise corrupt(source, "the file ends before the sound begins")


def read_au(source: Source) -> Header:
    """Header of a Sun/NeXT file. Raises LoadError CORRUPT, BAD_CHANNELS, BAD_RATE."""
    head = source.read_at(0, 24)
    if len(head) < 24:
        raise corrupt(source, "the format header is cut off")
    order = ">" if head[:4] == b".snd" else "<"
    offset, size, coding, rate, channels = struct.unpack(order + "5I", head[4:])
    check_channels_and_rate(source, channels, rate)
    if coding not in _AU_CODINGS or offset < 24:
        raise corrupt(source, "the header names an unknown coding" if offset >= 24 else "the header is too short")
    header = Header("AU", _AU_CODINGS[coding])
    rest = max(source.size - offset, 0)
    if size == _AU_UNKNOWN_SIZE:
        header.warnings.append(open_ended())
        size = rest
    settle(header, Plain(offset, rate, channels, order == ">"), size, rest)
    return header
