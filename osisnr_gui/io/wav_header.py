"""WAV, RF64 and W64: chunk walks that never read more than a few bytes of each chunk."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from .headers import MAX_CHUNKS, Header, check_channels_and_rate, corrupt, open_ended, pcm_coding, settle
from .source import Source

_W64_TAIL = bytes.fromhex("f3acd3118cd100c04f8edb8a")
_UNKNOWN_SIZE = 0xFFFFFFFF
_PCM, _MS_ADPCM, _FLOAT, _ALAW, _ULAW, _IMA_ADPCM, _EXTENSIBLE = 1, 2, 3, 6, 7, 0x11, 0xFFFE

Chunk = tuple[bytes, int, int, int]  # id, offset of the size field, offset of the body, size of the body


def _riff_chunks(source: Source, order: str, start: int) -> Iterator[Chunk]:
    position = start
    for _ in range(MAX_CHUNKS):
        head = source.read_at(position, 8)
        if len(head) < 8:
            return
        size = struct.unpack(order + "I", head[4:])[0]
        yield head[:4], position + 4, position + 8, size
        position += 8 + size + (size & 1)


def _w64_chunks(source: Source) -> Iterator[Chunk]:
    position = 40
    for _ in range(MAX_CHUNKS):
        head = source.read_at(position, 24)
        if len(head) < 24:
            return
        size = struct.unpack("<Q", head[16:])[0]
        if size < 24:
            raise corrupt(source, "a chunk of the file is smaller than its own header")
        name = head[:4] if head[4:16] == _W64_TAIL else b""
        yield name, position + 16, position + 24, size - 24
        position += size + (-size % 8)


def _check_adpcm(source: Source, tag: int, channels: int, align: int, body: bytes, order: str) -> None:
    if len(body) < 20:
        raise corrupt(source, "the format header is too short for its coding")
    per_block = struct.unpack(order + "H", body[18:20])[0]
    head = (4 if tag == _IMA_ADPCM else 7) * channels
    first = 1 if tag == _IMA_ADPCM else 2
    if align <= head or per_block != (align - head) * 2 // channels + first:
        raise corrupt(source, "block size and samples per block contradict each other")


class Layout(NamedTuple):
    """Of a `fmt ` chunk: the coding's tag, bytes of a block, whether a block is one sample, the decoder's name."""

    tag: int
    align: int
    plain: bool
    coding: str


def _coding(tag: int, bits: int) -> str:
    if tag == _PCM:
        return pcm_coding(bits, signed_bytes=False)
    if tag == _FLOAT:
        return "FLOAT" if bits == 32 else "DOUBLE"
    return {_ALAW: "ALAW", _ULAW: "ULAW", _MS_ADPCM: "MS_ADPCM", _IMA_ADPCM: "IMA_ADPCM"}[tag]


def _check_format(source: Source, body: bytes, order: str) -> Layout:
    """The layout of a `fmt ` chunk, checked; of an extensible one that of the coding it names."""
    if len(body) < 16:
        raise corrupt(source, "the format header is cut off")
    tag, channels, rate, _, align, bits = struct.unpack(order + "HHIIHH", body[:16])
    if tag == _EXTENSIBLE:
        if len(body) < 26:
            raise corrupt(source, "the extended format header is cut off")
        tag = struct.unpack(order + "H", body[24:26])[0]
    check_channels_and_rate(source, channels, rate)
    if tag in (_MS_ADPCM, _IMA_ADPCM):
        _check_adpcm(source, tag, channels, align, body, order)
        return Layout(tag, align, False, _coding(tag, bits))
    widths = {_PCM: range(1, 33), _FLOAT: (32, 64), _ALAW: (8,), _ULAW: (8,)}
    if tag not in widths:
        raise corrupt(source, f"the header names an unknown coding (0x{tag:04x})")
    if bits not in widths[tag]:
        raise corrupt(source, f"the header says {bits} bits per sample, which its coding does not have")
    if align != channels * ((bits + 7) // 8):
        raise corrupt(source, f"block size {align} does not fit {channels} channels of {bits} bits")
    return Layout(tag, align, True, _coding(tag, bits))


def _is_chunk_chain(source: Source, order: str, start: int) -> bool:
    """Whether chunks follow one another from `start` exactly to the end of the file."""
    end = start
    for name, _, body, size in _riff_chunks(source, order, start):
        if not all(32 <= byte < 127 for byte in name):
            return False
        end = body + size + (size & 1)
    return end == source.size or end == source.size + 1


def read_riff(source: Source) -> Header:
    """Header of a RIFF/RIFX/RF64 WAVE file. Raises LoadError CORRUPT, BAD_CHANNELS, BAD_RATE."""
    magic = source.read_at(0, 4)
    order = ">" if magic == b"RIFX" else "<"
    header = Header("RF64" if magic in (b"RF64", b"BW64") else "WAV")
    layout: Layout | None = None
    long_size: int | None = None
    for name, size_at, body, size in _riff_chunks(source, order, 12):
        if name == b"ds64" and size >= 16:
            long_size = struct.unpack("<Q", source.read_at(body + 8, 8).ljust(8, b"\0"))[0]
        elif name == b"fmt ":
            layout = _check_format(source, source.read_at(body, min(size, 64)), order)
        elif name == b"data":
            if layout is None:
                raise corrupt(source, "there is no format header before the sound")
            if size == _UNKNOWN_SIZE and long_size is not None:
                size = long_size
            _settle_riff(source, header, layout, order, size_at, body, size)
            return header
    raise corrupt(source, "the file ends before the sound begins" if layout else "the format header is missing")


def _settle_riff(
    source: Source, header: Header, layout: Layout, order: str, size_at: int, body: int, size: int
) -> None:
    rest = source.size - body
    align, header.coding = layout.align, layout.coding
    streamed = size == _UNKNOWN_SIZE or (size == 0 and rest > 0 and not _is_chunk_chain(source, order, body))
    if streamed:
        size = rest - rest % align
        header.warnings.append(open_ended())
        # The decoder takes a size of 0 at its word, so it is shown a size that is true; the outer
        # size too, because it bounds the chunks inside.
        header.patches[size_at] = struct.pack(order + "I", min(size, _UNKNOWN_SIZE - 1))
        header.patches[4] = struct.pack(order + "I", min(source.size - 8, _UNKNOWN_SIZE - 1))
    settle(header, size, rest, align)
    if not layout.plain:  # adaptive codings: several samples per block, the decoder counts them
        header.promised = header.present = None
        header.exact = False


def _tag(source: Source, body: int) -> int:
    return int(struct.unpack("<H", source.read_at(body, 2))[0])


def read_w64(source: Source) -> Header:
    """Header of a Sony Wave64 file. Raises LoadError CORRUPT, BAD_CHANNELS, BAD_RATE."""
    header = Header("W64")
    layout: Layout | None = None
    for name, _, body, size in _w64_chunks(source):
        if name == b"fmt ":
            layout = _check_format(source, source.read_at(body, min(size, 64)), "<")
            header.coding = layout.coding
            # The decoder takes any extensible header here for integers; it is shown the tag that is meant.
            header.patches = {body: struct.pack("<H", layout.tag)} if layout.tag != _tag(source, body) else {}
        elif name == b"data":
            if layout is None:
                raise corrupt(source, "there is no format header before the sound")
            settle(header, size, source.size - body, layout.align)
            if not layout.plain:
                header.promised = header.present = None
                header.exact = False
            return header
    raise corrupt(source, "the file ends before the sound begins" if layout else "the format header is missing")
