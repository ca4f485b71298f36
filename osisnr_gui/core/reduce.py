"""Reduce frame-indexed arrays to what a picture of a given width can show.

Frame `i` lies at time `t0 + i * dt`. A picture with one value per pixel column needs the smallest and
the largest value of each column and nothing more; reducing before drawing makes the cost of a picture
depend on its width and not on the length of the recording.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from osisnr_gui.core.pyramid import Pyramid, frame_columns, reduce_ranges
from osisnr_gui.core.types import FloatArray

IntArray = npt.NDArray[np.intp]

#: From this many frames per pixel column on, the extremes of a column say little more than "everything
#: happens": pictures then show the mean and keep the extremes as a veil.
CROWDED_FRAMES = 6.0
#: More frames than this per column are reduced; fewer are drawn as they are.
RAW_FRAMES_PER_COLUMN = 2


def visible_frames(n: int, t0: float, dt: float, start: float, stop: float) -> tuple[int, int]:
    """First and last-plus-one frame of `start..stop`, with one more on each side where there is one."""
    if n == 0 or dt <= 0:
        return 0, 0
    first = int(np.clip(np.floor((start - t0) / dt), 0, n))
    last = int(np.clip(np.ceil((stop - t0) / dt) + 1, 0, n))
    return first, max(first, last)


def is_crowded(dt: float, start: float, stop: float, n_columns: int) -> bool:
    """True when more than `CROWDED_FRAMES` frames share a pixel column."""
    return stop - start > CROWDED_FRAMES * dt * n_columns


def lowest_per_stretch(
    values: FloatArray, t0: float, dt: float, start: float, stop: float, n_columns: int
) -> FloatArray:
    """Smallest value of all frames that touch each pixel column, for strips that colour every pixel.

    Here a frame is not a point but the stretch `dt` around its time, so that with few frames each one
    covers several columns. One value per column; NaN in those without frames.
    """
    n = values.size
    borders = (np.linspace(start, stop, n_columns + 1) - t0) / dt
    first = np.floor(borders[:-1] + 0.5)
    last = np.ceil(borders[1:] - 0.5)
    touched = (last >= 0) & (first < n)
    starts, stops = (np.clip(edge, 0, n).astype(np.intp) for edge in (first, np.maximum(last, first) + 1))
    lowest = reduce_ranges(np.fmin, values, starts, stops, np.nan)
    lowest[~touched] = np.nan
    return lowest


def is_reduced(n: int, t0: float, dt: float, start: float, stop: float, n_columns: int) -> bool:
    """True when so many frames are visible that only extremes per column are drawn."""
    first, last = visible_frames(n, t0, dt, start, stop)
    return last - first > RAW_FRAMES_PER_COLUMN * n_columns


def polyline(
    values: Pyramid, t0: float, dt: float, start: float, stop: float, n_columns: int
) -> tuple[FloatArray, FloatArray]:
    """Times and values of the line through `values` as a picture `n_columns` pixels wide shows it, float64 (k,) each.

    Every visible frame where there are few, else the minimum and maximum of every column at the time of its centre.
    One frame outside is kept on each side, so that the line runs out of the picture.

    values : of n_frames, finite or NaN, which stays a gap. t0, dt : time of frame 0 and of one frame step.
    start, stop : visible range, in the unit of `t0`.
    """
    first, last = visible_frames(values.size, t0, dt, start, stop)
    if last - first <= RAW_FRAMES_PER_COLUMN * n_columns:
        return frame_times(t0, dt, first, last), values.values[first:last]
    columns = frame_columns(values.size, t0, dt, start, stop, n_columns)
    pairs = np.column_stack(values.extremes(columns)).ravel()
    first, last = int(columns.edges[0]), int(columns.edges[-1])
    before, after = slice(max(first - 1, 0), first), slice(last, min(last + 1, values.size))
    ends = [frame_times(t0, dt, part.start, part.stop) for part in (before, after)]
    times = np.concatenate((ends[0], np.repeat(columns.centres, 2), ends[1]))
    return times, np.concatenate((values.values[before], pairs, values.values[after]))


def summary_per_column(
    values: Pyramid, t0: float, dt: float, start: float, stop: float, n_columns: int
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Times, and smallest, largest and mean non-NaN value of each column; NaN where a column has none."""
    columns = frame_columns(values.size, t0, dt, start, stop, n_columns)
    return columns.centres, *values.extremes(columns), values.means(columns)


def upper_edge(
    values: Pyramid, t0: float, dt: float, start: float, stop: float, n_columns: int
) -> tuple[FloatArray, FloatArray]:
    """Like `polyline`, but only the maximum per column: the upper edge of a filled area.

    Frames are left as they are only where each has two columns or more to itself.
    """
    first, last = visible_frames(values.size, t0, dt, start, stop)
    if 2 * (last - first) <= n_columns:
        return frame_times(t0, dt, first, last), values.values[first:last]
    columns = frame_columns(values.size, t0, dt, start, stop, n_columns)
    return columns.centres, values.extremes(columns)[1]


def frame_times(t0: float, dt: float, first: int, last: int) -> FloatArray:
    """Times of the frames `first` to `last` - 1."""
    return np.asarray(t0 + dt * np.arange(first, last), dtype=np.float64)


def runs_of(mask: npt.ArrayLike) -> tuple[IntArray, IntArray]:
    """Starts and stops (exclusive) of the runs of True in a boolean array."""
    flags = np.asarray(mask, dtype=bool)
    changes = np.flatnonzero(flags[1:] != flags[:-1]) + 1
    first = [0] if flags.size and flags[0] else []
    last = [flags.size] if flags.size and flags[-1] else []
    changes = np.concatenate((first, changes, last)).astype(np.intp, copy=False)
    return changes[::2], changes[1::2]


def value_counts(
    blocks: Iterable[npt.NDArray[Any]],
    low: float,
    high: float,
    n_bins: int,
    cancelled: Callable[[], bool] | None = None,
) -> IntArray | None:
    """Exact counts int64 (n_bins,) of all values in [low, high], bin i from low + i*(high - low)/n_bins on.

    The last bin has its upper end too. Values are real; those outside are not counted. None once `cancelled()`.
    """
    counts = np.zeros(n_bins, dtype=np.int64)
    # A quarter of everything: nothing is rounded, and the distance of two ends near float64's limits stays finite.
    ends = 0.25 * low, 0.25 * high
    for block in blocks:
        if cancelled is not None and cancelled():
            return None
        part, _ = np.histogram(0.25 * np.asarray(block, dtype=np.float64), bins=n_bins, range=ends)
        counts += part
    return counts
