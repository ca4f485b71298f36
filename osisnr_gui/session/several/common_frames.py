"""Frames of one pair beside those of another: both lie on the grid of their reference."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from osisnr_gui.session.frame_pass import PairFrames

Value = TypeVar("Value", bound=np.generic)


def on_grid(frames: PairFrames, others: PairFrames, values: NDArray[Value], empty: float) -> NDArray[Value]:
    """`values`, one for each of the `others`, at the frames of `frames`; `empty` where the others have none."""
    moved = np.full(frames.n_frames, empty, dtype=values.dtype)
    first = max(frames.first_frame, others.first_frame)
    stop = min(frames.first_frame + frames.n_frames, others.first_frame + others.n_frames)
    if stop > first:
        there = values[first - others.first_frame : stop - others.first_frame]
        moved[first - frames.first_frame : stop - frames.first_frame] = there
    return moved
