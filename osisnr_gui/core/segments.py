"""Runs of bad frames joined into segments, and what a segment amounts to; no loop over segments anywhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from osisnr_gui.core.pyramid import reduce_ranges
from osisnr_gui.core.reduce import runs_of
from osisnr_gui.core.types import BoolArray, FloatArray, IntArray

MINIMUM_SECONDS = 0.024
JOIN_SECONDS = 0.040


@dataclass(frozen=True, slots=True)
class BadSegments:
    """Runs of bad frames: `first` and `stop` frame (half open), int64 (n_segments,) each, sorted and disjoint."""

    first: IntArray
    stop: IntArray

    def __len__(self) -> int:
        return int(self.first.size)

    def index_at(self, frame: float) -> int | None:
        """The segment that holds a frame; None where there is none."""
        index = int(np.searchsorted(self.first, frame, side="right")) - 1
        return index if index >= 0 and frame < self.stop[index] else None


def find_bad_segments(bad: BoolArray, minimum_frames: int, join_frames: int) -> BadSegments:
    """Join runs at most `join_frames` apart, then drop segments shorter than `minimum_frames`."""
    first, stop = runs_of(bad)
    if first.size:
        apart = first[1:] - stop[:-1] > join_frames
        first, stop = first[np.concatenate(([True], apart))], stop[np.concatenate((apart, [True]))]
        long_enough = stop - first >= minimum_frames
        first, stop = first[long_enough], stop[long_enough]
    return BadSegments(first.astype(np.int64), stop.astype(np.int64))


class FramesWithin:
    """Some frames of the whole, by number, and reductions over those of them that lie in each segment.

    Costs grow with these frames and the segments, not with the length of the recording.
    """

    def __init__(self, frames: IntArray, segments: BadSegments) -> None:
        self.frames = frames
        self._start, self._stop = (np.searchsorted(frames, edge) for edge in (segments.first, segments.stop))

    @classmethod
    def where(cls, mask: BoolArray, segments: BadSegments) -> FramesWithin:
        """The frames at which a mask (n_frames,) is True."""
        return cls(np.flatnonzero(mask).astype(np.int64, copy=False), segments)

    @classmethod
    def every(cls, segments: BadSegments) -> FramesWithin:
        """All frames of all segments."""
        lengths = segments.stop - segments.first
        offsets = np.cumsum(lengths) - lengths
        n_frames = int(lengths.sum())
        return cls(np.repeat(segments.first - offsets, lengths) + np.arange(n_frames, dtype=np.int64), segments)

    @property
    def counts(self) -> IntArray:
        """How many there are in each segment, int64 (n_segments,)."""
        return (self._stop - self._start).astype(np.int64)

    def total(self, values: FloatArray) -> FloatArray:
        """Sum of `values` (one for each of `frames`) in each segment; 0 where it has none."""
        return self._reduced(np.add, values, 0.0)

    def mean(self, values: FloatArray) -> FloatArray:
        """Their mean; nan where a segment has none."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.total(values) / self.counts, dtype=np.float64)

    def least(self, values: FloatArray) -> FloatArray:
        """The smallest; nan where a segment has none."""
        return self._reduced(np.minimum, values, np.nan)

    def most(self, values: FloatArray) -> FloatArray:
        """The largest; nan where a segment has none."""
        return self._reduced(np.maximum, values, np.nan)

    def _reduced(self, how: np.ufunc, values: FloatArray, empty: float) -> FloatArray:
        return reduce_ranges(how, values, self._start, self._stop, empty)
