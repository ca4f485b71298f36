"""Frames in blocks of rising size, so that a picture of hours costs as much as one of minutes.

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


class Blocks(NamedTuple):
    """What is left of blocks of frames, gaps (NaN) ignored: extremes (NaN in a block of gaps), sum, count."""

    low: FloatArray
    high: FloatArray
    total: FloatArray
    n_values: FloatArray


def block_step(frames_per_column: float, smallest: int = BASE_STEP, largest: int = LARGEST_STEP) -> int:
    """Frames in the largest blocks of which columns this wide can be made; 1 where no block is small enough."""
    step = 1
    wider = smallest
    while wider * BLOCKS_PER_COLUMN <= frames_per_column and wider <= largest:
        step, wider = wider, wider * GROWTH
    return step


def frame_columns(
    n: int,
    t0: float,
    dt: float,
    start: float,
    stop: float,
    n_columns: int,
    steps: tuple[int, int] = (BASE_STEP, LARGEST_STEP),
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

    values : float64 (n_frames,), finite or NaN (a gap).
    """

    def __init__(self, values: FloatArray) -> None:
        self.values = values
        self._levels: dict[int, Blocks] = {}

    @property
    def size(self) -> int:
        """Number of frames."""
        return self.values.size

    def extremes(self, columns: PixelColumns) -> tuple[FloatArray, FloatArray]:
        """Smallest and largest value of each column; NaN only where the whole column is NaN."""
        low = high = self.values
        if columns.step > 1:
            low, high, *_ = self._blocks(columns.step)
        edges = _block_edges(columns)
        return reduce_groups(np.fmin, low, edges), reduce_groups(np.fmax, high, edges)

    def means(self, columns: PixelColumns) -> FloatArray:
        """Mean of the values of each column that are not NaN; NaN where all are."""
        if columns.step == 1:
            first, stop = columns.edges[0], columns.edges[-1]
            return means_per_group(self.values[first:stop], columns.edges - first)
        _, _, total, count = self._blocks(columns.step)
        edges = _block_edges(columns)
        return quotients(reduce_groups(np.add, total, edges), reduce_groups(np.add, count, edges))

    def _blocks(self, step: int) -> Blocks:
        known = self._levels.get(step)
        if known is None:
            known = self._levels[step] = self._reduced(step)
        return known

    def _reduced(self, step: int) -> Blocks:
        if step == BASE_STEP:
            edges = np.append(np.arange(0, self.size, step), self.size)
            totals, counts = sums_per_group(self.values, edges)
            low, high = (reduce_groups(how, self.values, edges) for how in (np.fmin, np.fmax))
            return Blocks(low, high, totals, counts)
        finer = self._blocks(step // GROWTH)
        edges = np.append(np.arange(0, finer.low.size, GROWTH), finer.low.size)
        parts = zip((np.fmin, np.fmax, np.add, np.add), finer, strict=True)
        return Blocks(*(reduce_groups(how, part, edges) for how, part in parts))


def _block_edges(columns: PixelColumns) -> IndexArray:
    """The edges as numbers of blocks; the last block may be cut short by the end of the file."""
    return -(-columns.edges // columns.step)
