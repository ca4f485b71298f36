"""Frames under a threshold, joined into segments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from osisnr_gui.core.reduce import runs_of
from osisnr_gui.core.types import BoolArray, FloatArray, IntArray

DEFAULT_THRESHOLD_DB = 3.0
MINIMUM_SECONDS = 0.024
JOIN_SECONDS = 0.040


@dataclass(frozen=True, slots=True)
class BadSegments:
    """Runs of bad frames: `first` and `stop` frame (half open), int64 (n_segments,) each."""

    first: IntArray
    stop: IntArray

    def __len__(self) -> int:
        return int(self.first.size)


def find_bad_frames(exact_osi_db: FloatArray, active: BoolArray, threshold_db: float) -> BoolArray:
    """True where an active frame's exact OSI-SNR is under the threshold."""
    with np.errstate(invalid="ignore"):
        return np.asarray(active & (exact_osi_db < threshold_db))


def find_bad_segments(bad: BoolArray, minimum_frames: int, join_frames: int) -> BadSegments:
    """Join runs at most `join_frames` apart, then drop segments shorter than `minimum_frames`."""
    first, stop = runs_of(bad)
    if first.size:
        apart = first[1:] - stop[:-1] > join_frames
        first, stop = first[np.concatenate(([True], apart))], stop[np.concatenate((apart, [True]))]
        long_enough = stop - first >= minimum_frames
        first, stop = first[long_enough], stop[long_enough]
    return BadSegments(first.astype(np.int64), stop.astype(np.int64))
