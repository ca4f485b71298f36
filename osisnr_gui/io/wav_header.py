"""WAV, RF64 and W64: chunk walks that never read more than a few bytes of each chunk."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from .headers import (
    Container,
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

_W64_TAIL = bytes.fromhex("f3acd3118cd100c04f8edb8a")
_UNKNOWN_SIZE = 0xFFFFFFFF
_PCM, _MS_ADPCM, _FLOAT, _ALAW, _ULAW, _IMA_ADPCM, _EXTENSIBLE = 1, 2, 3, 6, 7, 0x11, 0xFFFE

_ADPCM = {_MS_ADPCM: "MS_ADPCM", _IMA_ADPCM: "IMA_ADPCM"}
# How the identifiers of the extended header end whose beginning is a format tag; the second is ambisonic sound.
_TAGGED = (bytes.fromhex("800000aa00389b71"), bytes.fromhex("8644c8c1ca000000"))

_CONTAINERS: dict[bytes, Container] = {b"RF64": "RF64", b"BW64": "RF64", b"riff": "W64"}
# Some writers count the bytes that fill up the chunk to whole units as sound.
_UNITS = {"WAV": 1, "RF64": 2, "W64": 8}


def _chunks(source: Source, container: Container, order: str) -> Iterator[tuple[bytes, int, int]]:
    """Name, offset of the body and size of the body of the chunks of a whole file."""
    if container != "W64":
        yield from walk_chunks(source, 12, order + "4sI", 2)
        return
    for name, body, size in walk_chunks(source, 40, "<16sQ", 8, inclusive=True):
        if size < 0:
            raise corrupt(source, "a chunk of the file is smaller than its own header")
        yield name[:4] if name[4:] == _W64_TAIL else b"", body, size


@dataclass(frozen=True, slots=True)
class _Format:
    """A checked `fmt ` chunk: `align` bytes hold `per_block` samples of all channels."""

    coding: str
    channels: int
    rate: int
    align: int
    per_block: int
    order: str


def _check_adpcm(source: Source, tag: int, channels: int, align: int, body: bytes, order: str) -> int:
    """The samples per block. Raises LoadError CORRUPT when they do not fit the size of a block."""
    if len(body) < 20:
        raise corrupt(source, "the format header is too short for its coding")
    per_block = int(struct.unpack(order + "H", body[18:20])[0])
    head = (4 if tag == _IMA_ADPCM else 7) * channels
    first = 1 if tag == _IMA_ADPCM else 2
    if align <= head or per_block != (align - head) * 2 // channels + first:
        raise corrupt(source, "block size and samples per block contradict each other")
    return per_block


def _extended_tag(source: Source, body: bytes, order: str) -> int:
    """The format tag inside the identifier of an extended header."""
    if len(body) < 40:
        raise corrupt(source, "the extended format header is cut off")
    field = body[24:28]
    if body[32:40] not in _TAGGED:
        raise corrupt(source, f"the header names an unknown coding ({body[24:40].hex()})")
    if order == ">" and any(field[:2]):  # as sox writes it: two numbers of two bytes
        field = field[2:] + field[:2]
    return int(struct.unpack(order + "I", field)[0])


def _check_format(source: Source, body: bytes, order: str) -> _Format:
    if len(body) < 16:
        raise corrupt(source, "the format header is cut off")
    tag, channels, rate, _, align, bits = struct.unpack(order + "HHIIHH", body[:16])
    if tag == _EXTENSIBLE:
        tag = _extended_tag(source, body, order)
    check_channels_and_rate(source, channels, rate)
    if tag in _ADPCM:
        if channels > 2:
            raise unreadable(source, f"{_ADPCM[tag]} with {channels} channels")
        per_block = _check_adpcm(source, tag, channels, align, body, order)
        return _Format(_ADPCM[tag], channels, rate, align, per_block, order)
    widths = {_PCM: range(1, 33), _FLOAT: (32, 64), _ALAW: (8,), _ULAW: (8,)}
    if tag not in widths:
        raise corrupt(source, f"the header names an unknown coding (0x{tag:04x})")
    if bits not in widths[tag]:
        raise corrupt(source, f"the header says {bits} bits per sample, which its coding does not have")
    if align != channels * ((bits + 7) // 8):
        raise corrupt(source, f"block size {align} does not fit {channels} channels of {bits} bits")
    width = (bits + 7) // 8
    coding = {_FLOAT: "FLOAT" if width == 4 else "DOUBLE", _ALAW: "ALAW", _ULAW: "ULAW"}.get(tag)
    return _Format(coding or integer_coding(width, "PCM_U8") or "", channels, rate, align, 1, order)


def _is_chunk_chain(source: Source, order: str, start: int) -> bool:
    """Whether chunks follow one another from `start` exactly to the end of the file."""
    end = start
    for name, body, size in walk_chunks(source, start, order + "4sI", 2):
        if not all(32 <= byte < 127 for byte in name):
            return False
        end = body + size + (size & 1)
    return end == source.size or end == source.size + 1


def _number_at(source: Source, position: int, layout: str) -> int:
    """The number at an offset; of a file that ends inside it, with zeros behind."""
    size = struct.calcsize(layout)
    return int(struct.unpack(layout, source.read_at(position, size).ljust(size, b"\0"))[0])


def read_wave(source: Source) -> Header:
    """Header of a RIFF/RIFX/RF64 WAVE or Sony Wave64 file. Raises LoadError CORRUPT, BAD_CHANNELS, BAD_RATE."""
    magic = source.read_at(0, 4)
    order = ">" if magic == b"RIFX" else "<"
    header = Header(_CONTAINERS.get(magic, "WAV"))
    is_wave64 = header.container == "W64"
    layout: _Format | None = None
    long_size: int | None = None
    count = 0
    for name, body, size in _chunks(source, header.container, order):
        if name == b"ds64" and size >= 16 and not is_wave64:
            long_size, count = (_number_at(source, body + offset, "<Q") for offset in (8, 16))
        elif name == b"fact" and long_size is None:
            count = _number_at(source, body, "<Q" if is_wave64 else order + "I")
        elif name == b"fmt ":
            layout = _check_format(source, source.read_at(body, min(size, 64)), order)
        elif name == b"data":
            if layout is None:
                raise corrupt(source, "there is no format header before the sound")
            if size == _UNKNOWN_SIZE and long_size is not None:
                size = long_size
            if header.container == "RF64" and layout.per_block > 1:
                raise unreadable(source, f"{layout.coding} in RF64")
            if not is_wave64:
                size = _mend_size(source, header, layout, body, size)
            _settle(source, header, layout, body, size, count)
            return header
    raise corrupt(source, "the file ends before the sound begins" if layout else "the format header is missing")


def _mend_size(source: Source, header: Header, layout: _Format, body: int, size: int) -> int:
    """The bytes of sound, also where the header does not say: then it is put right for the decoder."""
    rest, order = source.size - body, layout.order
    if size != _UNKNOWN_SIZE and (size or rest <= 0 or _is_chunk_chain(source, order, body)):
        return size
    size = rest - rest % layout.align
    header.warnings.append(open_ended())
    # The decoder takes a size of 0 at its word, so it is shown a size that is true; the outer
    # size too, because it bounds the chunks inside.
    header.patches[body - 4] = struct.pack(order + "I", min(size, _UNKNOWN_SIZE - 1))
    header.patches[4] = struct.pack(order + "I", min(source.size - 8, _UNKNOWN_SIZE - 1))
    return size


def _settle(source: Source, header: Header, layout: _Format, body: int, claimed: int, count: int) -> None:
    """Fill in the coding and the counts; `count` is what the header says of samples per channel, 0: nothing."""
    header.coding = layout.coding
    if layout.per_block > 1:  # adaptive codings: the decoder counts, and the last block is filled up
        padding = claimed // layout.align * layout.per_block - count
        header.most = count if count and 0 <= padding < layout.per_block else None
    elif count and 0 < claimed - count * layout.align < _UNITS[header.container]:
        claimed = count * layout.align
    settle(header, Plain(body, layout.rate, layout.channels, layout.order == ">"), claimed, source.size - body)
