"""Reduce frame-indexed arrays to what a picture of a given width can show, whatever the length of the recording.

Frame `i` lies at time `t0 + i * dt`. A picture as wide as the screen needs the smallest, the largest and the mean
value of each of its pixel columns; with hundreds of frames a column it takes them from blocks of frames that were
reduced before, instead of from all frames. Columns then hold whole blocks, so an edge of one is at most an eighth of
a pixel from its place; no frame is left out and none is counted twice.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from osisnr_gui.core.types import FloatArray

IndexArray = npt.NDArray[np.intp]

#: Frames in the smallest blocks, and smaller blocks in a larger one.
BASE_STEP, GROWTH = 16, 4
LARGEST_STEP = 1 << 40
STEPS = BASE_STEP, LARGEST_STEP
#: PixelColumns are made of no fewer blocks than this.
BLOCKS_PER_COLUMN = 4


class PixelColumns(NamedTuple):
    """Pixel columns of a visible range.

    `edges` (k + 1) are frame indices: column `j` holds the frames `edges[j]:edges[j + 1]`, never
    empty. `centres` (k) are times. All edges but one at the end of the file are multiples of `step`.
    """

    edges: IndexArray
    centres: FloatArray
    step: int = 1


#: What is left of blocks of frames, gaps (NaN) ignored: low and high (NaN in a block of gaps), sum, count.
Blocks = tuple[FloatArray, FloatArray, FloatArray, FloatArray]


def block_step(frames_per_column: float, smallest: int = BASE_STEP, largest: int = LARGEST_STEP) -> int:
    """Frames in the largest blocks of which columns this wide can be made; 1 where no block is small enough."""
    step = 1
    wider = smallest
    while wider * BLOCKS_PER_COLUMN <= frames_per_column and wider <= largest:
        step, wider = wider, wider * GROWTH
    return step


def frame_columns(
    n: int, t0: float, dt: float, start: float, stop: float, n_columns: int, steps: tuple[int, int] = STEPS
) -> PixelColumns:
    """Cut the frames of `start..stop` into pixel columns, made of whole blocks where these are small enough.

    PixelColumns lie on a fixed grid (multiples of their width from time 0), so that a curve does not shimmer
    while it is panned. The outermost columns may reach a little outside the range.
    `steps` : frames in the smallest and in the largest blocks there are.
    """
    width = (stop - start) / n_columns
    step = block_step(width / dt, *steps)
    numbers = np.arange(np.floor(start / width), np.floor(stop / width) + 2)
    edges = np.ceil((numbers * width - t0) / dt)
    if step > 1:
        edges = np.where(edges < n, step * np.rint(edges / step), n)
    edges = np.clip(edges, 0, n).astype(np.intp)
    filled = np.flatnonzero(np.diff(edges))
    if not filled.size:
        return PixelColumns(np.zeros(1, np.intp), np.empty(0))
    return PixelColumns(np.append(edges[filled], edges[filled[-1] + 1]), (numbers[filled] + 0.5) * width, step)


def reduce_groups(how: np.ufunc, values: FloatArray, edges: IndexArray) -> FloatArray:
    """`how` over `values[edges[j]:edges[j + 1]]` for rising edges."""
    if edges.size < 2:
        return values[:0]
    # reduceat runs its last group to the end of the array: cut the array where the last group ends.
    return np.asarray(how.reduceat(values[: edges[-1]], edges[:-1]))


def reduce_ranges(how: np.ufunc, values: FloatArray, starts: IndexArray, stops: IndexArray, empty: float) -> FloatArray:
    """`how` over `values[..., starts[i]:stops[i]]`; `empty` for a range without values."""
    filled = stops > starts
    found = np.full((*values.shape[:-1], filled.size), empty)
    if filled.any():
        bounds = np.column_stack((starts[filled], stops[filled])).ravel()
        # reduceat takes no bound behind the last value.
        padded = np.concatenate((values, values[..., :1]), axis=-1)
        found[..., filled] = how.reduceat(padded, bounds, axis=-1)[..., ::2]
    return found


def sums_per_group(values: FloatArray, edges: IndexArray) -> tuple[FloatArray, FloatArray]:
    """Sum and number of the values in each group that are not NaN."""
    counts = np.diff(edges).astype(np.float64)
    missing = np.isnan(values)
    if missing.any():
        gaps_before = np.searchsorted(np.flatnonzero(missing), edges)
        counts -= np.diff(gaps_before)
        values = np.where(missing, 0.0, values)
    return reduce_groups(np.add, values, edges), counts


def means_per_group(values: FloatArray, edges: IndexArray) -> FloatArray:
    """Mean of the values in each group that are not NaN; NaN where all are."""
    return quotients(*sums_per_group(values, edges))


def quotients(totals: FloatArray, counts: FloatArray) -> FloatArray:
    """Means from sums; NaN where nothing was added up."""
    return np.asarray(np.divide(totals, counts, out=np.full(counts.shape, np.nan), where=counts > 0))


class Pyramid:
    """Values of all frames, and their blocks, which are made when a picture first needs them.

    values : float64 (n_frames,), finite or NaN (a gap). size : n_frames.
    """

    def __init__(self, values: FloatArray) -> None:
        self.values, self.size = values, values.size
        self._levels: dict[int, Blocks] = {}

    def extremes(self, columns: PixelColumns) -> tuple[FloatArray, FloatArray]:
        """Smallest and largest value of each column; NaN only where the whole column is NaN."""
        low = high = self.values
        if columns.step > 1:
            low, high, *_ = self._blocks(columns.step)
        edges = -(-columns.edges // columns.step)  # the last block may be cut short by the end of the file
        return reduce_groups(np.fmin, low, edges), reduce_groups(np.fmax, high, edges)

    def means(self, columns: PixelColumns) -> FloatArray:
        """Mean of the values of each column that are not NaN; NaN where all are."""
        if columns.step == 1:
            first, stop = columns.edges[0], columns.edges[-1]
            return means_per_group(self.values[first:stop], columns.edges - first)
        _, _, total, count = self._blocks(columns.step)
        edges = -(-columns.edges // columns.step)
        return quotients(reduce_groups(np.add, total, edges), reduce_groups(np.add, count, edges))

    def _blocks(self, step: int) -> Blocks:
        if step not in self._levels:
            base = step == BASE_STEP
            low, high, *rest = (self.values, self.values) if base else self._blocks(step // GROWTH)
            edges = np.append(np.arange(0, low.size, BASE_STEP if base else GROWTH), low.size)
            total, count = sums_per_group(low, edges) if base else (reduce_groups(np.add, part, edges) for part in rest)
            self._levels[step] = reduce_groups(np.fmin, low, edges), reduce_groups(np.fmax, high, edges), total, count
        return self._levels[step]


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


def runs_of(mask: npt.ArrayLike) -> tuple[IndexArray, IndexArray]:
    """Starts and stops (exclusive) of the runs of True in a boolean array."""
    changes = np.flatnonzero(np.diff(np.asarray(mask, dtype=bool), prepend=False, append=False))
    return changes[::2], changes[1::2]
