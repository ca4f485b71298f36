"""Frames of one pair beside those of another: both lie on the grid of their reference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from osisnr_gui.session.frame_pass import PairFrames

Value = TypeVar("Value", bound=np.generic)


def on_grid(frames: PairFrames, others: PairFrames, values: NDArray[Value], empty: float) -> NDArray[Value]:
    """`values`, one for each of the `others`, at the frames of `frames`; `empty` where the others have none."""
    moved = np.full(frames.n_frames, empty, dtype=values.dtype)
    _, (here, there) = common_part([frames.span, others.span])
    moved[here] = values[there]
    return moved


def common_part(spans: Sequence[range]) -> tuple[int, list[slice]]:
    """The number of the first frame that all have, and where in each the frames are that all have."""
    first = max(span.start for span in spans)
    stop = max(first, min(span.stop for span in spans))
    return first, [slice(first - span.start, stop - span.start) for span in spans]
