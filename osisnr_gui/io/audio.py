"""Sound files: opened after their header was held against their bytes, and read in blocks as float64."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from osisnr_gui.core.types import FloatArray

from .decoder import BlockReader
from .errors import REMEDY, BrokenOffError, LoadError, LoadWarning, Reason, as_load_errors, corrupt, overwritten
from .formats import CHOOSE_SOUND, SoundFormat, find_format, is_misnamed, unknown_format
from .headers import AudioInfo, Header, check_channels_and_rate, damaged, truncated
from .phrase import Phrase
from .source import Closing, IdentityCache, OpenFile

DAMAGED = Phrase("the header or the data is damaged")
_ENDLESS = 1 << 62
# Those that take a look at the whole file.
_headers: IdentityCache[Header] = IdentityCache()
# Samples per channel found by decoding a file to where it ends or breaks, and whether it breaks inside.
_counts: IdentityCache[tuple[int, bool]] = IdentityCache()


def _read_header(source: OpenFile) -> Header:
    content = find_format(source)
    if content is None:
        raise unknown_format(source.path, CHOOSE_SOUND)
    if not isinstance(content, SoundFormat):
        detail = Phrase("this is a matrix or data file, not sound")
        raise LoadError(Reason.UNKNOWN_FORMAT, source.path, detail, CHOOSE_SOUND)
    header = _headers.get(source) or content.read(source)
    if not header.exact:
        _headers.put(source, header)
    if not is_misnamed(source.path, content):
        return header
    message = Phrase("the content is {format}, whatever the name says", format=header.container)
    return replace(header, warnings=[*header.warnings, LoadWarning("EXTENSION", message)])


class AudioFile(Closing):
    """An open sound file, made by `open_audio`; close it or use `with`.

    Use from one thread; several objects may read one path at the same time. `info` tells what it is.
    Samples come as float64, integer codings scaled to ±1. `listener(start, block)` is told of all that is read.
    """

    info: AudioInfo
    listener: Callable[[int, FloatArray], None] | None = None

    def __init__(self, source: OpenFile) -> None:
        self._source = source
        self._header = _read_header(source)
        self._reader = BlockReader(source, self._header)
        try:
            check_channels_and_rate(source, self._reader.channels, self._reader.rate)
            length, warnings = self._measure()
        except BaseException:
            self._reader.close()
            raise
        self.info = AudioInfo(
            path=source.path,
            container=self._header.container,
            coding=self._header.coding,
            sample_rate=self._reader.rate,
            channels=self._reader.channels,
            n_samples=length,
            file_size=source.size,
            modified_ns=source.status.st_mtime_ns,
            warnings=warnings,
        )

    def _measure(self) -> tuple[int, tuple[LoadWarning, ...]]:
        """The readable samples per channel, and what the user must know of them."""
        header, frames, rate = self._header, self._reader.frames, self._reader.rate
        warnings, promised = list(header.warnings), header.promised
        length, broken = self._count()
        if header.container == "MP3" and promised is None and 0 < frames < 1 << 60:
            promised = frames
        told = any(warning.code in ("TRUNCATED", "DAMAGED") for warning in warnings)
        if broken or header.gap:
            warnings.append(damaged(length, promised, rate))
            self._reader.seekable = False
        elif promised is not None and length < promised and not told:
            warnings.append(truncated(length, promised, rate))
        if length <= 0:
            if promised or told:
                raise corrupt(self._source.path, Phrase("none of its samples can be read"))
            raise LoadError(Reason.NO_FRAMES, self._source.path, Phrase("there are no samples inside"), REMEDY)
        if self._reader.channels > 1:
            message = Phrase("{n} channels: one is used unless you choose otherwise", n=self._reader.channels)
            warnings.append(LoadWarning("MULTICHANNEL", message))
        return length, tuple(warnings)

    def _count(self) -> tuple[int, bool]:
        """The readable samples per channel, and whether they end before the file does because it is damaged."""
        header, frames = self._header, self._reader.frames
        most = _ENDLESS if header.most is None else header.most
        known = _counts.get(self._source)
        if known is not None:
            return min(known[0], most), known[1]
        if header.present is not None:
            return min(header.present, frames), False
        if header.container == "OGG" and frames > 0:
            return frames, False
        length = self._reader.find_end(most)
        _counts.put(self._source, (length, False))
        return length, False

    def read(self, start: int, count: int) -> FloatArray:
        """Samples `start` to `start + count` as float64 of shape (n, channels).

        n < count only at the end, or where the file breaks off. Reading on from where the last call ended
        does not seek. Raises ValueError for a negative start or count.
        """
        if start < 0 or count < 0:
            raise ValueError(f"start and count must not be negative: {start}, {count}")
        out = np.empty((max(0, min(count, self.info.n_samples - start)), self._reader.channels))
        if len(out) == 0:
            return out
        out = out[: self._reader.fill(start, out)]
        if self.listener is not None:
            self.listener(start, out)
        return out

    def read_channel(self, start: int, count: int, channel: int) -> FloatArray:
        """As `read`, one channel as a 1-D array: 1 is the first channel, 0 the mean of all.

        Raises ValueError when there is no such channel.
        """
        if not 0 <= channel <= self._reader.channels:
            raise ValueError(f"channel {channel} of a file with {self._reader.channels}")
        block = self.read(start, count)
        if self._reader.channels == 1:
            return block[:, 0]
        if channel == 0:
            return np.asarray(block.mean(axis=1))
        return np.ascontiguousarray(block[:, channel - 1])

    def unchanged(self) -> bool:
        """Whether the file still has the size and time it had when it was opened."""
        return self._source.unchanged()

    def broken_off(self, n_samples: int) -> LoadError:
        """What to raise when nothing more than `n_samples` came; later opens of the same content know."""
        if not self.unchanged():
            return overwritten(self.info.path)
        n_samples = self.remember_length(n_samples)
        message = damaged(n_samples, self.info.n_samples, self.info.sample_rate).message
        return BrokenOffError(Reason.CORRUPT, self.info.path, message, REMEDY)

    def remember_length(self, n_samples: int) -> int:
        """Let later opens of the same content know that reading breaks off after `n_samples`, or before; where."""
        if self._reader.stop is not None:
            n_samples = min(n_samples, self._reader.stop)
        _counts.put(self._source, (n_samples, True))
        return n_samples

    def close(self) -> None:
        """Close the file; may be called twice."""
        self._reader.close()
        self._source.close()


def open_audio(path: str) -> AudioFile:
    """Open a sound file after checking what its header claims against the bytes that are there.

    Raises LoadError: NOT_FOUND, NOT_A_FILE, NO_PERMISSION, EMPTY_FILE, UNKNOWN_FORMAT, CORRUPT, NO_FRAMES,
    BAD_CHANNELS, BAD_RATE, TOO_LARGE.
    """
    source = OpenFile(path)
    try:
        with as_load_errors(path, DAMAGED):
            return AudioFile(source)
    except BaseException:
        source.close()
        raise
