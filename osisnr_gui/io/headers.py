"""What an audio file's own header claims, read without a codec library and held against the bytes present.

The layouts are walked here because the library behind `soundfile` believes a header first and notices
missing bytes later or never.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .errors import LoadError, LoadWarning, Phrase, Reason, corrupt
from .files import OpenFile

MIN_RATE, MAX_RATE, MAX_CHANNELS = 1_000, 768_000, 64
MAX_CHUNKS = 10_000
CONVERT = Phrase("convert it to WAV or FLAC")
# Codings of samples that lie one after another, and the bytes each takes.
WIDTHS = {
    "PCM_S8": 1, "PCM_U8": 1, "PCM_16": 2, "PCM_24": 3, "PCM_32": 4, "FLOAT": 4, "DOUBLE": 8, "ULAW": 1, "ALAW": 1,
}  # fmt: skip
INTEGERS = {1: "PCM_S8", 2: "PCM_16", 3: "PCM_24", 4: "PCM_32"}  # by their bytes


class RawLayout(NamedTuple):
    """Uncompressed samples from file offset `start`: all that is needed to read them without their header."""

    start: int
    rate: float
    channels: int
    big_endian: bool


@dataclass(slots=True)
class Header:
    """Claims of one file, and how the decoder should be shown it.

    `container` such as "RF64" and `coding` such as "PCM_16" are what the header names; `plain` is set for the codings
    of WIDTHS. `most`: samples per channel after which only padding follows. `promised` and `present` count samples
    per channel; None: not known from the header. `exact`: they follow from byte counts alone. `gap`: a part is missing
    behind those present.
    `seekable`: seeks arrive where they should, those to a place after `last_seek`, in seconds, excepted (None: none
    are). `start` and `end` bound the bytes the decoder sees (end None: all), `patches` maps offsets in the file to
    bytes that put right what the decoder would misread, `prefix` goes before it all.
    """

    container: str
    coding: str = ""
    plain: RawLayout | None = None
    most: int | None = None
    promised: int | None = None
    present: int | None = None
    exact: bool = False
    gap: bool = False
    seekable: bool = True
    warnings: list[LoadWarning] = field(default_factory=list)
    patches: dict[int, bytes] = field(default_factory=dict)
    prefix: bytes = b""
    start: int = 0
    end: int | None = None
    last_seek: float | None = None

    def warn(self, code: str, message: Phrase) -> None:
        """Add what the user must know although the file is read."""
        self.warnings.append(LoadWarning(code, message))


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """An opened sound file.

    `container` such as "WAV", `coding` such as "PCM_16"; `sample_rate` in Hz; `n_samples` per channel, as many
    as can really be read; `warnings` are those known without reading the samples.
    """

    path: str
    container: str
    coding: str
    sample_rate: int
    channels: int
    n_samples: int
    warnings: tuple[LoadWarning, ...]


def id3_size(source: OpenFile) -> int:
    """Bytes taken by ID3v2 tags, which may stand before MP3 and FLAC streams (0 when there is none)."""
    position = 0
    for _ in range(16):
        head = source.read_at(position, 10)
        if len(head) < 10 or head[:3] != b"ID3" or max(head[6:10]) > 127:
            break
        length = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        position += 10 + length + (10 if head[5] & 0x10 else 0)
    return position


def unreadable(source: OpenFile, coding: str) -> LoadError:
    """A LoadError UNKNOWN_FORMAT for sound in a coding that is known but not read here."""
    detail = Phrase("the sound is in a coding this program does not read ({coding})", coding=coding)
    return LoadError(Reason.UNKNOWN_FORMAT, source.path, detail, CONVERT)


def check_channels_and_rate(source: OpenFile, channels: int, rate: float) -> None:
    """Raise LoadError BAD_CHANNELS or BAD_RATE (Hz) when outside the limits of this program."""
    if not 1 <= channels <= MAX_CHANNELS:
        detail = Phrase("the header says {n} channels, 1 to {most} are possible", n=channels, most=MAX_CHANNELS)
        raise LoadError(Reason.BAD_CHANNELS, source.path, detail, Phrase("export the file again with fewer channels"))
    if not MIN_RATE <= rate <= MAX_RATE:
        limits = {"least": MIN_RATE, "most": MAX_RATE}
        detail = Phrase("the header says {rate:.10g} Hz, {least} to {most} Hz are possible", rate=rate, **limits)
        remedy = Phrase("correct the sample rate and export the file again")
        raise LoadError(Reason.BAD_RATE, source.path, detail, remedy)


def set_sample_counts(header: Header, plain: RawLayout, claimed: int, available: int) -> None:
    """Set the samples promised and present from the bytes of sound that are claimed and available.

    `plain` says how uncompressed samples lie. Of sound whose samples only the decoder can count: warn when bytes are
    missing.
    """
    if header.coding in WIDTHS:
        align = WIDTHS[header.coding] * plain.channels
        header.plain, header.exact = plain, True
        header.promised, header.present = claimed // align, min(claimed, available) // align
    elif available < claimed:
        counts = {"missing": claimed - available, "claimed": claimed}
        header.warn("TRUNCATED", Phrase("cut off: {missing} of {claimed} bytes of sound are missing", **counts))


def unpack_fields(source: OpenFile, layout: str, data: bytes) -> tuple[Any, ...]:
    """The fields (struct `layout`) at the beginning of `data`. Raises LoadError CORRUPT where it is too short."""
    if len(data) < struct.calcsize(layout):
        raise corrupt(source.path, Phrase("the format header is cut off"))
    return struct.unpack_from(layout, data)


def walk_chunks(
    source: OpenFile, position: int, layout: str, unit: int, inclusive: bool = False
) -> Iterator[tuple[bytes, int, int]]:
    """Walk chunks (RIFF, AIFF, CAF, W64): name, offset of the body and size of the body, one after another.

    `layout`: struct of name and size; `unit`: chunks are filled up to multiples of so many bytes; `inclusive`: the size
    in the file counts name and size, too.
    """
    for _ in range(MAX_CHUNKS):
        head = source.read_at(position, struct.calcsize(layout))
        if len(head) < struct.calcsize(layout):
            return
        name, size = struct.unpack(layout, head)
        body = position + len(head)
        size -= len(head) if inclusive else 0
        yield name, body, size
        position = body + size + -size % unit


def damaged(readable: int, expected: int | None, rate: float) -> LoadWarning:
    """The warning for a file whose decoding stops or skips before its end."""
    at = {"time": readable / rate, "n": readable}
    message = Phrase("damaged at {time:.3f} s: only {n} samples could be read", **at)
    if expected:
        message = Phrase("damaged at {time:.3f} s: only {n} of {total} samples could be read", total=expected, **at)
    return LoadWarning("DAMAGED", message)


#: The warning for a header without a length.
OPEN_ENDED = LoadWarning(
    "HEADER_SIZE", Phrase("the header does not say how long the sound is; everything up to the end is used")
)
