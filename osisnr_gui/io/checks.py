"""Checks and figures of the samples themselves, gathered block by block."""

from dataclasses import dataclass, replace

import numpy as np

from osisnr_gui.core.types import FloatArray, IntArray

from .audio import DAMAGED, AudioFile, open_audio
from .decoder import BLOCK
from .errors import Cancel, LoadError, LoadWarning, Reason, as_load_errors, corrupt, overwritten, stop_if
from .headers import AudioInfo, damaged
from .phrase import Phrase

CLIP_LEVEL = 0.999
CLIP_RUN = 3
SILENCE = 1e-9  # -180 dB of full scale: below the last bit of any coding that is heard
# Lossy decoders overshoot full scale on loud music; that is no fault of the file.
_OVERSHOOT = {"VORBIS": 2.0, "OPUS": 2.0, "MPEG_LAYER_I": 2.0, "MPEG_LAYER_II": 2.0, "MPEG_LAYER_III": 2.0}
_SPANS_KEPT = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class AudioScan:
    """All samples were read once. `rms`, `mean`, `peak` (linear) and the clipped runs have one value per channel.

    `clipped_runs`: of 3 or more samples at 0.999 or above in magnitude; `clip_spans`: per channel an int array (k, 2),
    first sample and length of the first 100 000 of them.
    """

    info: AudioInfo
    n_samples: int
    rms: tuple[float, ...]
    mean: tuple[float, ...]
    peak: tuple[float, ...]
    clipped_runs: tuple[int, ...]
    clip_spans: tuple[IntArray, ...]
    warnings: tuple[LoadWarning, ...]


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
    """Figures over all blocks fed, in order and without gaps; `rms`, `mean` and `peak` (linear) per channel."""

    def __init__(self, info: AudioInfo) -> None:
        self._info = info
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
        raise LoadError(Reason.NONFINITE, self._info.path, detail, remedy)

    @property
    def rms(self) -> FloatArray:
        """Root mean square per channel."""
        return np.asarray(np.sqrt(self._squares / max(self.n_samples, 1)))

    @property
    def mean(self) -> FloatArray:
        """Mean (DC) per channel."""
        return np.asarray(self._sum / max(self.n_samples, 1))

    def finish(self) -> AudioScan:
        """Call once after the last block; the warnings are those of `info` and those of the samples."""
        spans = tuple(clips.finish(self.n_samples) for clips in self._clips)
        info, warnings = self._info, self._warnings()
        if self.n_samples < info.n_samples:
            info = replace(info, n_samples=self.n_samples, warnings=warnings)
        rms, mean, peak = (tuple(values.tolist()) for values in (self.rms, self.mean, self.peak))
        runs = tuple(clips.runs for clips in self._clips)
        return AudioScan(info, self.n_samples, rms, mean, peak, runs, spans, warnings)

    def _warnings(self) -> tuple[LoadWarning, ...]:
        found = list(self._info.warnings)
        if self.n_samples < self._info.n_samples:
            found.append(damaged(self.n_samples, self._info.n_samples, self._info.sample_rate))
        silent = [str(index + 1) for index, peak in enumerate(self.peak) if peak < SILENCE]
        if len(silent) == len(self.peak):
            found.append(LoadWarning("SILENT", Phrase("there is only silence")))
        elif silent:
            message = Phrase("only silence in channel {channels}", channels=", ".join(silent))
            found.append(LoadWarning("SILENT", message))
        peak = float(self.peak.max())
        if peak > _OVERSHOOT.get(self._info.coding, 1.0):
            message = Phrase("values reach {peak:.4g}, full scale is 1; nothing was rescaled", peak=peak)
            found.append(LoadWarning("OUT_OF_RANGE", message))
        return tuple(found)


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

    def finish(self, cancelled: Cancel | None = None) -> AudioScan:
        """Read and check the rest; see `scan_audio` for arguments and errors."""
        with as_load_errors(self._file.info.path, DAMAGED):
            return self._finish(cancelled)

    def _finish(self, cancelled: Cancel | None) -> AudioScan:
        file, info, checks = self._file, self._file.info, self._checks
        step = max(1, min(BLOCK, 2 * BLOCK // info.channels))
        while checks.n_samples < info.n_samples and self._refusal is None:
            stop_if(cancelled, info.path)
            block = file.read(checks.n_samples, step)
            if len(block) < step:
                break
        if self._refusal is not None:
            raise self._refusal
        if not file.unchanged():
            raise overwritten(info.path)
        if checks.n_samples == 0:
            raise corrupt(info.path, DAMAGED)
        if checks.n_samples < info.n_samples:
            file.remember_length(checks.n_samples)
        return checks.finish()


def scan_audio(path: str, cancelled: Cancel | None = None) -> AudioScan:
    """Read a sound file once from start to end and check every sample.

    Raises what `open_audio` does, LoadError NONFINITE, CORRUPT when the file changes meanwhile, and Cancelled once
    `cancelled()` is true.
    """
    with open_audio(path) as file:
        return AudioScanner(file).finish(cancelled)
