"""WAV, RF64, W64, AIFF, CAF and AU headers: walks that never read more than a few bytes of each chunk."""

import math
import struct
from collections.abc import Iterator
from typing import NamedTuple

from . import headers
from .errors import Phrase, corrupt
from .files import OpenFile
from .headers import WIDTHS, Header, RawLayout, walk_chunks

_W64_TAIL = bytes.fromhex("f3acd3118cd100c04f8edb8a")
_UNKNOWN_SIZE = 0xFFFFFFFF
_PCM, _MS_ADPCM, _FLOAT, _ALAW, _ULAW, _IMA_ADPCM, _EXTENSIBLE = 1, 2, 3, 6, 7, 0x11, 0xFFFE

_ADPCM = {_MS_ADPCM: "MS_ADPCM", _IMA_ADPCM: "IMA_ADPCM"}
# How the identifiers of the extended header end whose beginning is a format tag; the second is ambisonic sound.
_TAGGED = (bytes.fromhex("800000aa00389b71"), bytes.fromhex("8644c8c1ca000000"))

_CONTAINERS = {b"RF64": "RF64", b"BW64": "RF64", b"riff": "W64"}
# Some writers count the bytes that fill up the chunk to whole units as sound.
_UNITS = {"WAV": 1, "RF64": 2, "W64": 8}

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

_NO_FORMAT = Phrase("the format header is missing")
_NO_FORMAT_BEFORE = Phrase("there is no format header before the sound")
_NO_SOUND = Phrase("the file ends before the sound begins")


def _chunks(source: OpenFile, header: Header, order: str) -> Iterator[tuple[bytes, int, int]]:
    """Name, offset of the body and size of the body of the chunks of a whole file."""
    if header.container != "W64":
        yield from walk_chunks(source, header.start + 12, order + "4sI", 2)
        return
    for name, body, size in walk_chunks(source, 40, "<16sQ", 8, inclusive=True):
        if size < 0:
            raise corrupt(source.path, Phrase("a chunk of the file is smaller than its own header"))
        yield name[:4] if name[4:] == _W64_TAIL else b"", body, size


class _Format(NamedTuple):
    """A checked `fmt ` chunk: `align` bytes hold `per_block` samples of all channels."""

    coding: str
    channels: int
    rate: int
    align: int
    per_block: int
    order: str


def _check_format(source: OpenFile, body: bytes, order: str) -> _Format:
    """The fields of a `fmt ` chunk. Raises LoadError CORRUPT, UNKNOWN_FORMAT, BAD_CHANNELS, BAD_RATE."""
    tag, channels, rate, _, align, bits = headers.unpack_fields(source, order + "HHIIHH", body)
    if tag == _EXTENSIBLE:
        field, ending = headers.unpack_fields(source, "24x4s4x8s", body)
        if ending not in _TAGGED:
            raise corrupt(source.path, Phrase("the header names an unknown coding ({name})", name=body[24:40].hex()))
        if order == ">" and any(field[:2]):  # as sox writes it: two numbers of two bytes
            field = field[2:] + field[:2]
        tag = struct.unpack(order + "I", field)[0]  # the one inside the identifier
    headers.check_channels_and_rate(source, channels, rate)
    if tag in _ADPCM:
        if channels > 2:
            raise headers.unreadable(source, Phrase("{coding} with {n} channels", coding=_ADPCM[tag], n=channels))
        per_block: int = headers.unpack_fields(source, order + "18xH", body)[0]
        head, first = (4 * channels, 1) if tag == _IMA_ADPCM else (7 * channels, 2)
        if align <= head or per_block != (align - head) * 2 // channels + first:
            raise corrupt(source.path, Phrase("block size and samples per block contradict each other"))
        return _Format(_ADPCM[tag], channels, rate, align, per_block, order)
    widths, width = {_PCM: range(1, 33), _FLOAT: (32, 64), _ALAW: (8,), _ULAW: (8,)}, (bits + 7) // 8
    if tag not in widths:
        raise corrupt(source.path, Phrase("the header names an unknown coding ({name})", name=f"0x{tag:04x}"))
    if bits not in widths[tag]:
        detail = Phrase("the header says {bits} bits per sample, which its coding does not have", bits=bits)
        raise corrupt(source.path, detail)
    if align != channels * width:
        detail = Phrase("block size {size} does not fit {n} channels of {bits} bits", size=align, n=channels, bits=bits)
        raise corrupt(source.path, detail)
    coding = {_FLOAT: "FLOAT" if width == 4 else "DOUBLE", _ALAW: "ALAW", _ULAW: "ULAW"}.get(tag)
    return _Format(coding or (headers.INTEGERS | {1: "PCM_U8"})[width], channels, rate, align, 1, order)


def _is_chunk_chain(source: OpenFile, order: str, start: int) -> bool:
    """Whether chunks follow one another from `start` exactly to the end of the file."""
    end = start
    for name, body, size in walk_chunks(source, start, order + "4sI", 2):
        if not all(32 <= byte < 127 for byte in name):
            return False
        end = body + size + (size & 1)
    return end == source.size or end == source.size + 1


def _number_at(source: OpenFile, position: int, layout: str) -> int:
    """The number at an offset; of a file that ends inside it, with zeros behind."""
    size = struct.calcsize(layout)
    return int(struct.unpack(layout, source.read_at(position, size).ljust(size, b"\0"))[0])


def read_wave(source: OpenFile) -> Header:
    """Header of a RIFF/RIFX/RF64 WAVE or Sony Wave64 file. Raises LoadError CORRUPT, BAD_CHANNELS, BAD_RATE."""
    start = headers.id3_size(source)
    magic = source.read_at(start, 4)
    order = ">" if magic == b"RIFX" else "<"
    header = Header(_CONTAINERS.get(magic, "WAV"), start=start)
    is_wave64 = header.container == "W64"
    layout: _Format | None = None
    long_size: int | None = None
    count = 0
    for name, body, size in _chunks(source, header, order):
        if name == b"ds64" and size >= 16 and not is_wave64:
            long_size, count = (_number_at(source, body + offset, "<Q") for offset in (8, 16))
        elif name == b"fact" and long_size is None:
            count = _number_at(source, body, "<Q" if is_wave64 else order + "I")
        elif name == b"fmt ":
            layout = _check_format(source, source.read_at(body, min(size, 64)), order)
        elif name == b"data":
            if layout is None:
                raise corrupt(source.path, _NO_FORMAT_BEFORE)
            if size == _UNKNOWN_SIZE and long_size is not None:
                size = long_size
            if header.container == "RF64" and layout.per_block > 1:
                raise headers.unreadable(source, Phrase("{coding} in RF64", coding=layout.coding))
            if not is_wave64:
                size = _repaired_size(source, header, layout, body, size)
            _set_counts(source, header, layout, body, size, count)
            return header
    raise corrupt(source.path, _NO_SOUND if layout else _NO_FORMAT)


def _repaired_size(source: OpenFile, header: Header, layout: _Format, body: int, size: int) -> int:
    """The bytes of sound, also where the header does not say: then it is put right for the decoder."""
    rest, order = source.size - body, layout.order
    if size != _UNKNOWN_SIZE and (size or rest <= 0 or _is_chunk_chain(source, order, body)):
        return size
    size = rest - rest % layout.align
    header.warnings.append(headers.OPEN_ENDED)
    # The decoder takes a size of 0 at its word, so it is shown a size that is true; the outer
    # size too, because it bounds the chunks inside.
    header.patches[body - 4] = struct.pack(order + "I", min(size, _UNKNOWN_SIZE - 1))
    whole = source.size - header.start - 8
    header.patches[header.start + 4] = struct.pack(order + "I", min(whole, _UNKNOWN_SIZE - 1))
    return size


def _set_counts(source: OpenFile, header: Header, layout: _Format, body: int, claimed: int, count: int) -> None:
    """Fill in the coding and the counts; `count` is what the header says of samples per channel, 0: nothing."""
    header.coding = layout.coding
    if layout.per_block > 1:  # adaptive codings: the decoder counts, and the last block is filled up
        padding = claimed // layout.align * layout.per_block - count
        header.most = count if count and 0 <= padding < layout.per_block else None
    elif count and 0 < claimed - count * layout.align < _UNITS[header.container]:
        claimed = count * layout.align
    plain = RawLayout(body, layout.rate, layout.channels, layout.order == ">")
    headers.set_sample_counts(header, plain, claimed, source.size - body)


def _extended_float(raw: bytes) -> float:
    """An 80-bit IEEE number (sample rate in AIFF) as float; inf for what a rate can never be."""
    exponent, mantissa = struct.unpack(">HQ", raw)
    power = (exponent & 0x7FFF) - 16383 - 63
    if exponent & 0x8000 or power > 100:
        return math.inf if mantissa else 0.0
    return math.ldexp(float(mantissa), power)


def _aiff_coding(source: OpenFile, common: bytes, bits: int) -> tuple[str, bool]:
    """The coding from a COMM chunk, and whether the lowest byte comes last."""
    kind = b"NONE" if source.read_at(8, 4) == b"AIFF" or len(common) < 22 else common[18:22]
    if kind not in _AIFC_INTEGERS:
        if kind not in _AIFC_CODINGS:
            raise headers.unreadable(source, kind.decode("latin-1"))
        return _AIFC_CODINGS[kind], kind not in _AIFC_LITTLE
    coding = headers.INTEGERS.get((bits + 7) // 8)
    if coding is None:
        raise corrupt(source.path, Phrase("the header says {bits} bits per sample", bits=bits))
    return coding, kind not in _AIFC_LITTLE


def read_aiff(source: OpenFile) -> Header:
    """Header of an AIFF or AIFC file. Raises LoadError CORRUPT, BAD_CHANNELS, BAD_RATE."""
    header, common = Header("AIFF"), b""
    sound: tuple[int, int] | None = None  # offset of the first sample, bytes claimed
    for name, body, size in walk_chunks(source, 12, ">4sI", 2):
        if name == b"COMM":
            common = source.read_at(body, min(size, 22))
            channels, promised, bits, raw_rate = headers.unpack_fields(source, ">hIh10s", common)
        elif name == b"SSND":
            skip = _number_at(source, body, ">I")
            sound = body + 8 + skip, max(size - 8 - skip, 0)
        if common and sound:
            break
    if not common or sound is None:
        raise corrupt(source.path, Phrase("the sound is missing") if common else _NO_FORMAT)
    rate = _extended_float(raw_rate)
    headers.check_channels_and_rate(source, channels, rate)
    header.coding, big_endian = _aiff_coding(source, common, bits)
    start, claimed = sound
    available = min(claimed, max(source.size - start, 0))
    if header.coding in WIDTHS:
        claimed = promised * WIDTHS[header.coding] * channels
    headers.set_sample_counts(header, RawLayout(start, rate, channels, big_endian), claimed, available)
    return header


def _alac_flags(source: OpenFile, position: int) -> int:
    """What the format header's flags should be, from the decoder's configuration in a chunk behind `position`.

    Raises LoadError UNKNOWN_FORMAT where that does not name the bits per sample.
    """
    for name, body, size in walk_chunks(source, position, ">4sq", 1):
        if name == b"kuki":
            cookie = source.read_at(body, 48)
            for atom in (b"frma", b"alac"):  # twelve bytes each, which may be left out
                cookie = cookie[12:] if cookie[4:8] == atom else cookie
            if (flags := {16: 1, 20: 2, 24: 3, 32: 4}.get(int.from_bytes(cookie[5:6], "big"))) is not None:
                return flags
        if name == b"data" or size < 0:
            break
    raise headers.unreadable(source, Phrase("Apple Lossless without its number of bits in the header"))


def _caf_coding(source: OpenFile, kind: bytes, flags: int, packet: int, channels: int, bits: int) -> str:
    """The coding from the fields of a `desc` chunk."""
    if kind == b"lpcm":
        width = (bits + 7) // 8
        named = {4: "FLOAT", 8: "DOUBLE"}.get(width) if flags & _CAF_FLOAT else headers.INTEGERS.get(width)
    else:
        width = 1
        named = {b"ulaw": "ULAW", b"alaw": "ALAW", b"alac": _ALAC_CODINGS.get(flags)}.get(kind)
    if named is None:
        raise headers.unreadable(source, Phrase("{coding}, {bits} bits", coding=kind.decode("latin-1"), bits=bits))
    if kind != b"alac" and packet != width * channels:
        counts = {"size": packet, "n": channels, "bits": bits}
        detail = Phrase("packets of {size} bytes do not fit {n} channels of {bits} bits", **counts)
        raise corrupt(source.path, detail)
    return named


def read_caf(source: OpenFile) -> Header:
    """Header of a Core Audio file. Raises LoadError CORRUPT, BAD_CHANNELS, BAD_RATE."""
    header = Header("CAF")
    described: tuple[float, int, bool] | None = None  # rate in Hz, channels, whether the lowest byte comes last
    for name, body, size in walk_chunks(source, 8, ">4sq", 1):
        if name == b"desc":
            fields = headers.unpack_fields(source, ">d4sIIIII", source.read_at(body, 32))
            rate, kind, flags, packet, _, channels, bits = fields
            headers.check_channels_and_rate(source, channels, rate)
            if kind == b"alac" and flags not in _ALAC_CODINGS:  # as ffmpeg writes it; the decoder needs the flags
                flags = _alac_flags(source, body + size)
                header.patches[body + 12] = struct.pack(">I", flags)
            header.coding = _caf_coding(source, kind, flags, packet, channels, bits)
            described = rate, channels, not flags & _CAF_LITTLE
        elif name == b"data":
            if described is None:
                raise corrupt(source.path, _NO_FORMAT_BEFORE)
            rest = max(source.size - body - 4, 0)
            if size == -1:
                header.warnings.append(headers.OPEN_ENDED)
            claimed = rest if size == -1 else max(size - 4, 0)
            if claimed > rest:  # the decoder would stop eight bytes short of what is there
                header.patches[body - 8] = struct.pack(">q", rest + 4)
            headers.set_sample_counts(header, RawLayout(body + 4, *described), claimed, rest)
            return header
        if size < 0:
            raise corrupt(source.path, Phrase("a chunk of the file has a negative size"))
    raise corrupt(source.path, _NO_SOUND)


def read_au(source: OpenFile) -> Header:
    """Header of a Sun/NeXT file. Raises LoadError CORRUPT, BAD_CHANNELS, BAD_RATE."""
    head = source.read_at(0, 24)
    order = ">" if head[:4] == b".snd" else "<"
    offset, size, coding, rate, channels = headers.unpack_fields(source, order + "4x5I", head)
    headers.check_channels_and_rate(source, channels, rate)
    if offset < 24:
        raise corrupt(source.path, Phrase("the header is too short"))
    if coding not in _AU_CODINGS:
        raise corrupt(source.path, Phrase("the header names an unknown coding"))
    header = Header("AU", _AU_CODINGS[coding])
    rest = max(source.size - offset, 0)
    if size == _UNKNOWN_SIZE:
        header.warnings.append(headers.OPEN_ENDED)
        size = rest
    headers.set_sample_counts(header, RawLayout(offset, rate, channels, order == ">"), size, rest)
    return header
