"""Checks and figures of the samples themselves, gathered block by block."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from .errors import LoadError, LoadWarning, Reason
from .headers import damaged
from .info import AudioInfo

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
CLIP_LEVEL = 0.999
CLIP_RUN = 3
SILENCE = 1e-9  # -180 dB of full scale: below the last bit of any coding that is heard
# Lossy decoders overshoot full scale on loud music; that is no fault of the file.
_OVERSHOOT = {"VORBIS": 2.0, "OPUS": 2.0, "MPEG_LAYER_I": 2.0, "MPEG_LAYER_II": 2.0, "MPEG_LAYER_III": 2.0}
_SPANS_KEPT = 100_000


@dataclass(slots=True)
class _Clips:
    """Runs of clipped samples of one channel; `open_length` counts the run that reached the last block's end."""

    runs: int = 0
    samples: int = 0
    open_length: int = 0
    spans: list[IntArray] = field(default_factory=list)
    kept: int = 0

    def feed(self, values: FloatArray, start: int, peak: float) -> None:
        """Take the next block, which begins at sample `start` and reaches `peak`."""
        if peak < CLIP_LEVEL:
            if self.open_length:
                self._add(np.array([[start - self.open_length, self.open_length]]))
                self.open_length = 0
            return
        hot = np.zeros(len(values) + 2, dtype=np.int8)
        hot[1:-1] = np.abs(values) >= CLIP_LEVEL
        edges = np.flatnonzero(np.diff(hot))
        begins, ends = edges[::2] + start, edges[1::2] + start
        if self.open_length:
            if begins[0] == start:
                begins[0] -= self.open_length
            else:
                begins = np.concatenate(([start - self.open_length], begins))
                ends = np.concatenate(([start], ends))
        self.open_length = 0
        if ends[-1] == start + len(values):
            self.open_length = int(ends[-1] - begins[-1])
            begins, ends = begins[:-1], ends[:-1]
        self._add(np.stack((begins, ends - begins), axis=1))

    def finish(self, end: int) -> None:
        """Close a run that lasts to the end, at sample `end`."""
        if self.open_length:
            self._add(np.array([[end - self.open_length, self.open_length]]))
            self.open_length = 0

    def _add(self, spans: IntArray) -> None:
        spans = spans[spans[:, 1] >= CLIP_RUN]
        self.runs += len(spans)
        self.samples += int(spans[:, 1].sum())
        if len(spans) and self.kept < _SPANS_KEPT:
            spans = spans[: _SPANS_KEPT - self.kept]
            self.kept += len(spans)
            self.spans.append(spans.astype(np.int64))


class SampleChecks:
    """Figures per channel over all blocks fed, in order and without gaps.

    `rms`, `mean` and `peak` are float arrays of one value per channel (linear, full scale is 1);
    `clipped_runs` and `clipped_samples` are int arrays: runs of 3 or more samples at 0.999 or above in
    magnitude, and the samples in them. `clip_spans` has per channel an int array (k, 2) of first sample and
    length, the first 100 000 runs.
    """

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
        value = float(block[sample, channel])
        what = f"{value:g} is too large" if np.isfinite(value) else f"the value is {value}"
        raise LoadError(
            Reason.NONFINITE,
            self._info.path,
            f"at sample {self.n_samples + sample} of channel {channel + 1} {what}",
            "repair or export the file again without such values",
        )

    @property
    def rms(self) -> FloatArray:
        """Root mean square per channel."""
        return np.asarray(np.sqrt(self._squares / max(self.n_samples, 1)))

    @property
    def mean(self) -> FloatArray:
        """Mean (DC) per channel."""
        return np.asarray(self._sum / max(self.n_samples, 1))

    @property
    def clipped_runs(self) -> IntArray:
        """Clipped runs per channel."""
        return np.array([clips.runs for clips in self._clips], dtype=np.int64)

    @property
    def clipped_samples(self) -> IntArray:
        """Samples inside clipped runs, per channel."""
        return np.array([clips.samples for clips in self._clips], dtype=np.int64)

    @property
    def clip_spans(self) -> tuple[IntArray, ...]:
        """First sample and length of the clipped runs, one array (k, 2) per channel."""
        empty = np.zeros((0, 2), dtype=np.int64)
        return tuple(np.concatenate([empty, *clips.spans]) for clips in self._clips)

    def finish(self) -> tuple[LoadWarning, ...]:
        """Call once after the last block; returns the warnings of `info` and those of the samples."""
        for clips in self._clips:
            clips.finish(self.n_samples)
        found = list(self._info.warnings)
        if self.n_samples < self._info.n_samples:
            found.append(damaged(self.n_samples, self._info.n_samples, self._info.sample_rate))
        silent = [str(index + 1) for index, peak in enumerate(self.peak) if peak < SILENCE]
        if len(silent) == len(self.peak):
            found.append(LoadWarning("SILENT", "there is only silence"))
        elif silent:
            found.append(LoadWarning("SILENT", f"only silence in channel {', '.join(silent)}"))
        if self.peak.max() > _OVERSHOOT.get(self._info.coding, 1.0):
            message = f"values reach {self.peak.max():.4g}, full scale is 1; nothing was rescaled"
            found.append(LoadWarning("OUT_OF_RANGE", message))
        return tuple(found)
