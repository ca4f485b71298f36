"""Sound files: opened once their header was held against their bytes, read in blocks, checked sample by sample."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Self

import numpy as np

from osisnr_gui.core.types import FloatArray, IntArray

from . import errors
from .decoder import BLOCK, BlockReader
from .errors import REMEDY, Cancel, LoadError, LoadWarning, Phrase, Reason
from .files import BoundedCache, Identity, OpenFile
from .formats import CHOOSE_SOUND, SoundFormat, find_format, is_misnamed, unknown_format
from .headers import AudioInfo, Header, check_channels_and_rate, damaged

DAMAGED = Phrase("the header or the data is damaged")
# Every analysis opens a file more than once, and some headers take a look at the whole file.
_headers: BoundedCache[Identity, Header] = BoundedCache()
# Samples per channel found by decoding a file to where it ends or breaks, and whether it breaks inside.
_counts: BoundedCache[Identity, tuple[int, bool]] = BoundedCache()


def _read_header(source: OpenFile) -> Header:
    content = find_format(source)
    if not isinstance(content, SoundFormat):
        raise unknown_format(source.path, CHOOSE_SOUND)
    header = _headers.get(source.identity()) or content.read(source)
    _headers.put(source.identity(), header)
    if not is_misnamed(source.path, content):
        return header
    message = Phrase("the content is {format}, whatever the name says", format=header.container)
    return replace(header, warnings=[*header.warnings, LoadWarning("EXTENSION", message)])


class AudioFile(OpenFile):
    """An open sound file whose header's claims were held against the bytes that are there; close it or use `with`.

    Use from one thread; several objects may read one path at the same time. `info` tells what it is.
    Samples come as float64, integer codings scaled to ±1. `listener(start, block)` is told of all that is read.

    Raises LoadError: NOT_FOUND, NOT_A_FILE, NO_PERMISSION, EMPTY_FILE, UNKNOWN_FORMAT, CORRUPT, NO_FRAMES,
    BAD_CHANNELS, BAD_RATE, TOO_LARGE.
    """

    info: AudioInfo
    listener: Callable[[int, FloatArray], None] | None = None

    def __init__(self, path: str) -> None:
        super().__init__(path)
        with ExitStack() as opened, errors.as_load_errors(path, DAMAGED):
            opened.callback(super().close)
            header = self._header = _read_header(self)
            reader = self._reader = BlockReader(self, header)
            opened.callback(reader.close)
            check_channels_and_rate(self, reader.channels, reader.rate)
            self.info = AudioInfo(path, header.container, header.coding, reader.rate, reader.channels, *self._measure())
            opened.pop_all()  # they stay open

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
            at = {"time": length / rate, "present": length, "promised": promised}
            message = Phrase(
                "cut off at {time:.3f} s: {present} of the {promised} samples promised by the header are there", **at
            )
            warnings.append(LoadWarning("TRUNCATED", message))
        if length <= 0:
            if promised or told:
                raise errors.corrupt(self.path, Phrase("none of its samples can be read"))
            raise LoadError(Reason.NO_FRAMES, self.path, Phrase("there are no samples inside"), REMEDY)
        if self._reader.channels > 1:
            message = Phrase("{n} channels: one is used unless you choose otherwise", n=self._reader.channels)
            warnings.append(LoadWarning("MULTICHANNEL", message))
        return length, tuple(warnings)

    def _count(self) -> tuple[int, bool]:
        """The readable samples per channel, and whether they end before the file does because it is damaged."""
        header, frames = self._header, self._reader.frames
        most = 1 << 62 if header.most is None else header.most
        known = _counts.get(self.identity())
        if known is not None:
            return min(known[0], most), known[1]
        if header.present is not None:
            return min(header.present, frames), False
        if header.container == "OGG" and frames > 0:
            return frames, False
        length = self._reader.find_end(most)
        _counts.put(self.identity(), (length, False))
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

    def broken_off(self, n_samples: int) -> LoadError:
        """What to raise when nothing more than `n_samples` came; later opens of the same content know."""
        if not self.unchanged():
            return errors.overwritten(self.path)
        n_samples = self.remember_length(n_samples)
        message = damaged(n_samples, self.info.n_samples, self.info.sample_rate).message
        return errors.BrokenOffError(Reason.CORRUPT, self.path, message, REMEDY)

    def remember_length(self, n_samples: int) -> int:
        """Let later opens of the same content know that reading breaks off after `n_samples`, or before; where."""
        if self._reader.stop is not None:
            n_samples = min(n_samples, self._reader.stop)
        _counts.put(self.identity(), (n_samples, True))
        return n_samples

    def close(self) -> None:
        """Close the file; may be called twice."""
        self._reader.close()
        super().close()


CLIP_LEVEL = 0.999
CLIP_RUN = 3
SILENCE = 1e-9  # -180 dB of full scale: below the last bit of any coding that is heard
# Lossy decoders overshoot full scale on loud music; that is no fault of the file.
_OVERSHOOT = {"VORBIS": 2.0, "OPUS": 2.0, "MPEG_LAYER_I": 2.0, "MPEG_LAYER_II": 2.0, "MPEG_LAYER_III": 2.0}
_SPANS_KEPT = 100_000


class _Clips:
    """Runs of clipped samples of one channel."""

    def __init__(self) -> None:
        self.runs = 0
        self._spans = [np.zeros((0, 2), dtype=np.int64)]
        self._open = np.zeros(0, dtype=np.int64)  # where the run began that reached the last block's end, if one did

    def feed(self, values: FloatArray, start: int, peak: float) -> None:
        """Take the next block, which begins at sample `start` and reaches `peak`."""
        was_open = len(self._open) > 0
        if peak < CLIP_LEVEL and not was_open:
            return
        changes = np.flatnonzero(np.diff(np.abs(values) >= CLIP_LEVEL, prepend=was_open)) + start
        edges = np.concatenate((self._open, changes))
        whole = len(edges) // 2 * 2
        begins, ends, self._open = edges[:whole:2], edges[1:whole:2], edges[whole:]
        spans = np.stack((begins, ends - begins), axis=1)[ends - begins >= CLIP_RUN]
        if len(spans) and self.runs < _SPANS_KEPT:
            self._spans.append(spans[: _SPANS_KEPT - self.runs])
        self.runs += len(spans)

    def finish(self, end: int) -> IntArray:
        """First sample and length of the runs up to sample `end`."""
        self.feed(np.zeros(1), end, 0.0)
        return np.concatenate(self._spans)


class SampleChecks:
    """Figures over all blocks fed, in order and without gaps; `rms`, `mean` and `peak` (linear) per channel.

    After `finish`, per channel: `clipped_runs` of 3 or more samples at 0.999 or above in magnitude; `clip_spans`, an
    int array (k, 2), first sample and length of the first 100 000 of them.
    """

    clipped_runs: tuple[int, ...]
    clip_spans: tuple[IntArray, ...]
    warnings: tuple[LoadWarning, ...]

    def __init__(self, info: AudioInfo) -> None:
        self.info = info
        self.n_samples = 0
        self._sum = np.zeros(info.channels)
        self._squares = np.zeros(info.channels)
        self.peak: FloatArray = np.zeros(info.channels)
        self._clips = [_Clips() for _ in range(info.channels)]

    def feed(self, block: FloatArray) -> None:
        """Take the next block, shape (n, channels).

        Raises LoadError NONFINITE at the first NaN, infinity, or value whose square is no longer finite.
        """
        if len(block) == 0:
            return
        channels = np.ascontiguousarray(block.T)
        with np.errstate(over="ignore", invalid="ignore"):
            squares = np.einsum("cn,cn->c", channels, channels)
        if not np.isfinite(squares).all():
            self._refuse(block)
        self._sum += channels.sum(axis=1)
        self._squares += squares
        peaks = np.maximum(channels.max(axis=1), -channels.min(axis=1))
        np.maximum(self.peak, peaks, out=self.peak)
        for clips, values, peak in zip(self._clips, channels, peaks, strict=True):
            clips.feed(values, self.n_samples, float(peak))
        self.n_samples += len(block)

    def _refuse(self, block: FloatArray) -> None:
        with np.errstate(over="ignore", invalid="ignore"):
            bad = np.argwhere(~(np.abs(block) < 1e150))
        sample, channel = (int(i) for i in bad[0]) if len(bad) else (0, 0)
        values = {"value": float(block[sample, channel]), "sample": self.n_samples + sample, "channel": channel + 1}
        detail = Phrase("at sample {sample} of channel {channel} the value is {value}", **values)
        if np.isfinite(values["value"]):
            detail = Phrase("at sample {sample} of channel {channel} {value:g} is too large", **values)
        remedy = Phrase("repair or export the file again without such values")
        raise LoadError(Reason.NONFINITE, self.info.path, detail, remedy)

    @property
    def rms(self) -> FloatArray:
        """Root mean square per channel."""
        return np.asarray(np.sqrt(self._squares / max(self.n_samples, 1)))

    @property
    def mean(self) -> FloatArray:
        """Mean (DC) per channel."""
        return np.asarray(self._sum / max(self.n_samples, 1))

    def finish(self) -> Self:
        """Call once after the last block; the warnings are those of `info` and those of the samples."""
        self.clip_spans = tuple(clips.finish(self.n_samples) for clips in self._clips)
        self.clipped_runs = tuple(clips.runs for clips in self._clips)
        found = list(self.info.warnings)
        if self.n_samples < self.info.n_samples:
            found.append(damaged(self.n_samples, self.info.n_samples, self.info.sample_rate))
        silent = [str(index + 1) for index, peak in enumerate(self.peak) if peak < SILENCE]
        if len(silent) == len(self.peak):
            found.append(LoadWarning("SILENT", Phrase("there is only silence")))
        elif silent:
            message = Phrase("only silence in channel {channels}", channels=", ".join(silent))
            found.append(LoadWarning("SILENT", message))
        peak = float(self.peak.max())
        if peak > _OVERSHOOT.get(self.info.coding, 1.0):
            message = Phrase("values reach {peak:.4g}, full scale is 1; nothing was rescaled", peak=peak)
            found.append(LoadWarning("OUT_OF_RANGE", message))
        self.warnings = tuple(found)
        if self.n_samples < self.info.n_samples:
            self.info = replace(self.info, n_samples=self.n_samples, warnings=self.warnings)
        return self


class AudioScanner:
    """Checks every sample of an open file once, whoever reads it.

    What is read in order from the start is checked on its way; `finish` reads what is left. A file that is read for
    another purpose anyway need not be decoded twice.
    """

    def __init__(self, file: AudioFile) -> None:
        self._file = file
        self._checks = SampleChecks(file.info)
        self._refusal: LoadError | None = None
        file.listener = self._take

    def _take(self, start: int, block: FloatArray) -> None:
        new = self._checks.n_samples - start
        if not 0 <= new < len(block) or self._refusal is not None:
            return
        try:
            self._checks.feed(block[new:])
        except LoadError as refusal:
            # Whoever reads now did not ask: `finish` tells.
            self._refusal = refusal

    def finish(self, cancelled: Cancel | None = None) -> SampleChecks:
        """Read and check the rest; see `scan_audio` for arguments and errors."""
        file, info, checks = self._file, self._file.info, self._checks
        step = max(1, min(BLOCK, 2 * BLOCK // info.channels))
        with errors.as_load_errors(info.path, DAMAGED):
            while checks.n_samples < info.n_samples and self._refusal is None:
                errors.stop_if(cancelled, info.path)
                block = file.read(checks.n_samples, step)
                if len(block) < step:
                    break
            if self._refusal is not None:
                raise self._refusal
            if not file.unchanged():
                raise errors.overwritten(info.path)
            if checks.n_samples == 0:
                raise errors.corrupt(info.path, DAMAGED)
            if checks.n_samples < info.n_samples:
                file.remember_length(checks.n_samples)
            return checks.finish()


def scan_audio(path: str, cancelled: Cancel | None = None) -> SampleChecks:
    """Read a sound file once from start to end and check every sample.

    Raises what `AudioFile` does, LoadError NONFINITE, CORRUPT when the file changes meanwhile, and Cancelled once
    `cancelled()` is true.
    """
    with AudioFile(path) as file:
        return AudioScanner(file).finish(cancelled)
