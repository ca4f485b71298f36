"""Reduce frame-indexed arrays to what a picture of a given width can show.

Frame ``i`` lies at time ``t0 + i * dt``. A picture with one value per pixel column needs the smallest and
the largest value of each column and nothing more; reducing before drawing makes the cost of a picture
depend on its width and not on the length of the recording.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
Scalar = TypeVar("Scalar", bound=np.generic)

#: From this many frames per pixel column on, the extremes of a column say little more than "everything
#: happens": pictures then show the mean and keep the extremes as a veil.
CROWDED_FRAMES = 6.0
#: More frames than this per column are reduced; fewer are drawn as they are.
RAW_FRAMES_PER_COLUMN = 2


class Columns(NamedTuple):
    """Pixel columns of a visible range.

    ``edges`` (k + 1) are frame indices: column ``j`` holds the frames ``edges[j]:edges[j + 1]``, never
    empty. ``centres`` (k) are times.
    """

    edges: IntArray
    centres: FloatArray


def visible_frames(n: int, t0: float, dt: float, start: float, stop: float) -> tuple[int, int]:
    """First and last-plus-one frame of ``start..stop``, with one more on each side where there is one."""
    if n == 0 or dt <= 0:
        return 0, 0
    first = int(np.clip(np.floor((start - t0) / dt), 0, n))
    last = int(np.clip(np.ceil((stop - t0) / dt) + 1, 0, n))
    return first, max(first, last)


def frame_columns(n: int, t0: float, dt: float, start: float, stop: float, n_columns: int) -> Columns:
    """Cut the frames of ``start..stop`` into pixel columns.

    Columns lie on a fixed grid (multiples of their width from time 0), so that a curve does not shimmer
    while it is panned. The outermost columns may reach a little outside the range.
    """
    width = (stop - start) / n_columns
    numbers = np.arange(np.floor(start / width), np.floor(stop / width) + 2)
    edges = np.clip(np.ceil((numbers * width - t0) / dt), 0, n).astype(np.intp)
    filled = np.flatnonzero(np.diff(edges))
    if not filled.size:
        return Columns(np.zeros(1, np.intp), np.empty(0))
    return Columns(np.append(edges[filled], edges[filled[-1] + 1]), (numbers[filled] + 0.5) * width)


def minimum_per_column(values: FloatArray, columns: Columns) -> FloatArray:
    """Smallest value of each column; NaN only where the whole column is NaN."""
    return _reduced(np.fmin, values, columns)


def maximum_per_column(values: FloatArray, columns: Columns) -> FloatArray:
    """Largest value of each column; NaN only where the whole column is NaN."""
    return _reduced(np.fmax, values, columns)


def mean_per_column(
    values: FloatArray, t0: float, dt: float, start: float, stop: float, n_columns: int
) -> tuple[FloatArray, FloatArray]:
    """Times and mean of the non-NaN values of each column; NaN where a column has none."""
    columns = frame_columns(values.size, t0, dt, start, stop, n_columns)
    if not columns.centres.size:
        return columns.centres, columns.centres
    first = columns.edges[0]
    columns = Columns(columns.edges - first, columns.centres)
    seen = values[first : first + columns.edges[-1]]
    missing = np.isnan(seen)
    totals = _reduced(np.add, np.where(missing, 0.0, seen), columns)
    gaps_before = np.searchsorted(np.flatnonzero(missing), columns.edges)
    counts = np.diff(columns.edges) - np.diff(gaps_before)
    means = np.divide(totals, counts, out=np.full(totals.shape, np.nan), where=counts > 0)
    return columns.centres, means


def is_crowded(dt: float, start: float, stop: float, n_columns: int) -> bool:
    """True when more than :data:`CROWDED_FRAMES` frames share a pixel column."""
    return stop - start > CROWDED_FRAMES * dt * n_columns


def reduce_stretches(
    how: np.ufunc,
    values: npt.NDArray[Scalar],
    empty: Scalar | bool | float,
    where: tuple[float, float, float, float],
    n_columns: int,
) -> npt.NDArray[Scalar]:
    """``how`` over all frames that touch each pixel column, for strips that colour every pixel.

    Here a frame is not a point but the stretch ``dt`` around its time, so that with few frames each one
    covers several columns. ``where`` is ``(t0, dt, start, stop)``; columns without frames get ``empty``.
    Returns one value per column.
    """
    t0, dt, start, stop = where
    n = values.size
    borders = (np.linspace(start, stop, n_columns + 1) - t0) / dt
    first = np.floor(borders[:-1] + 0.5)
    last = np.ceil(borders[1:] - 0.5)
    touched = (last >= 0) & (first < n)
    bounds = np.column_stack((np.clip(first, 0, n), np.clip(np.maximum(last, first) + 1, 0, n)))
    padded = np.append(values, np.asarray([empty], values.dtype))
    reduced: npt.NDArray[Scalar] = how.reduceat(padded, bounds.ravel().astype(np.intp))[::2]
    reduced[~touched] = empty
    return reduced


def is_reduced(n: int, t0: float, dt: float, start: float, stop: float, n_columns: int) -> bool:
    """True when so many frames are visible that only extremes per column are drawn."""
    first, last = visible_frames(n, t0, dt, start, stop)
    return last - first > RAW_FRAMES_PER_COLUMN * n_columns


def polyline(
    values: FloatArray, t0: float, dt: float, start: float, stop: float, n_columns: int
) -> tuple[FloatArray, FloatArray]:
    """The line through ``values`` as a picture ``n_columns`` wide shows it.

    Parameters
    ----------
    values : (n_frames,) float64
        Finite or NaN; NaN stays a gap.
    t0, dt : float
        Time of frame 0 and of one frame step.
    start, stop : float
        Visible range, in the unit of ``t0``.
    n_columns : int
        Pixel columns across the range.

    Returns
    -------
    times, values : float64
        Every visible frame where there are few, else the minimum and maximum of every column at the time
        of its centre. One frame outside is kept on each side, so that the line runs out of the picture.
    """
    first, last = visible_frames(values.size, t0, dt, start, stop)
    if last - first <= RAW_FRAMES_PER_COLUMN * n_columns:
        return _frame_times(t0, dt, first, last), values[first:last]
    columns = frame_columns(values.size, t0, dt, start, stop, n_columns)
    low, high = minimum_per_column(values, columns), maximum_per_column(values, columns)
    times = np.repeat(columns.centres, 2)
    pairs = np.column_stack((low, high)).ravel()
    before, after = int(columns.edges[0]) - 1, int(columns.edges[-1])
    if before >= 0:
        times = np.concatenate(([t0 + dt * before], times))
        pairs = np.concatenate((values[before : before + 1], pairs))
    if after < values.size:
        times = np.concatenate((times, [t0 + dt * after]))
        pairs = np.concatenate((pairs, values[after : after + 1]))
    return times, pairs


def upper_edge(
    values: FloatArray, t0: float, dt: float, start: float, stop: float, n_columns: int
) -> tuple[FloatArray, FloatArray]:
    """Like :func:`polyline`, but only the maximum per column: the upper edge of a filled area.

    Frames are left as they are only where each has two columns or more to itself.
    """
    first, last = visible_frames(values.size, t0, dt, start, stop)
    if 2 * (last - first) <= n_columns:
        return _frame_times(t0, dt, first, last), values[first:last]
    columns = frame_columns(values.size, t0, dt, start, stop, n_columns)
    return columns.centres, maximum_per_column(values, columns)


def runs_of(mask: npt.ArrayLike) -> tuple[IntArray, IntArray]:
    """Starts and stops (exclusive) of the runs of True in a boolean array."""
    flags = np.asarray(mask, dtype=bool)
    changes = np.flatnonzero(flags[1:] != flags[:-1]) + 1
    first = [0] if flags.size and flags[0] else []
    last = [flags.size] if flags.size and flags[-1] else []
    changes = np.concatenate((first, changes, last)).astype(np.intp, copy=False)
    return changes[::2], changes[1::2]


def _frame_times(t0: float, dt: float, first: int, last: int) -> FloatArray:
    return np.asarray(t0 + dt * np.arange(first, last), dtype=np.float64)


def _reduced(how: np.ufunc, values: npt.NDArray[Scalar], columns: Columns) -> npt.NDArray[Scalar]:
    edges = columns.edges
    if edges.size < 2:
        return values[:0]
    # reduceat runs its last group to the end of the array: cut the array where the last column ends.
    reduced: npt.NDArray[Scalar] = how.reduceat(values[: edges[-1]], edges[:-1])
    return reduced
