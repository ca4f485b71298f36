"""What a spectrogram picture is, how its columns become pixels, and the cache of its exact pieces: numpy only, no Qt.

Column coordinates: column i covers [i, i + 1). A stored column is the maximum of `step` columns (frames).
"""

import math
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from osisnr_gui.session.pictures import Picture

Codes = NDArray[np.uint8]
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class PictureView:
    """`width` pixels; pixel p covers the column coordinates first_column + [p, p + 1)·columns_per_pixel."""

    first_column: float
    columns_per_pixel: float
    width: int


def step_for(columns_per_pixel: float, coarse_step: int) -> int:
    """Frames per stored column to draw with: 1, 2, 4 … below `coarse_step`, else coarse_step·2^level.

    Two or more stored columns per pixel: an edge is then at most a quarter of a pixel out of place.
    """
    most = columns_per_pixel / 2.0
    step = coarse_step if most >= coarse_step else 1
    while step * 2 <= most:
        step *= 2
    return step


def pixel_columns(view: PictureView, step: int, n_columns: int) -> tuple[Indices, Indices]:
    """Stored columns start..stop (exclusive) under each pixel; empty where there is no data.

    A pixel covers the stored columns whose centre lies in it, so each belongs to exactly one pixel;
    pixels narrower than a column show the one under their middle.
    """
    n_stored = -(-n_columns // step)
    if view.columns_per_pixel < 1.0:
        middle = view.first_column + (np.arange(view.width) + 0.5) * view.columns_per_pixel
        starts = np.floor(middle).astype(np.intp)
        stops = starts + 1
    else:
        edges = view.first_column + np.arange(view.width + 1) * view.columns_per_pixel
        nearest = np.floor(edges / step + 0.5).astype(np.intp)
        starts, stops = nearest[:-1], nearest[1:]
    return np.clip(starts, 0, n_stored), np.clip(stops, 0, n_stored)


def covered(starts: Indices, stops: Indices) -> tuple[int, int]:
    """First and last (exclusive) column under all pixels; (0, 0) when there is none."""
    filled = stops > starts
    if not filled.any():
        return 0, 0
    return int(starts[filled].min()), int(stops[filled].max())


def max_pool(data: Codes, starts: Indices, stops: Indices) -> Codes:
    """(n, k): the maximum over the rows data[starts[i]:stops[i]] of data (m, k); 0 for an empty range.

    Whole rows are taken and compared, the j-th of every range at once: ten to thirty times as fast as
    `np.maximum.reduceat` on uint8.
    """
    if len(data) == 0:
        return np.zeros((len(starts), data.shape[1]), dtype=np.uint8)
    counts = stops - starts
    pooled = data.take(np.minimum(starts, len(data) - 1), axis=0)
    for j in range(1, int(counts.max(initial=0))):
        longer = np.flatnonzero(counts > j)
        if len(longer) == len(counts):
            np.maximum(pooled, data.take(starts + j, axis=0), out=pooled)
        else:
            pooled[longer] = np.maximum(pooled[longer], data.take(starts[longer] + j, axis=0))
    pooled[counts <= 0] = 0
    return pooled


def pool_bins(codes: Codes, starts: Indices, stops: Indices) -> Codes:
    """(n, k): for every row of pixels the maximum over the bins starts[i]:stops[i] (not empty) of codes (k, n_bins).

    The maxima of all runs of 2, 4, 8 … bins are made one after the other, and a range is covered by two runs. In slices
    that fit the cache: with tens of thousands of bins ten times as fast as turning all of them.
    """
    level_of = np.frexp(stops - starts)[1] - 1
    rows_at = [np.flatnonzero(level_of == level) for level in range(int(level_of.max()) + 1)]
    pooled = np.empty((len(codes), len(starts)), dtype=np.uint8)
    for i in range(0, len(codes), 16):
        part, out = codes[i : i + 16], pooled[i : i + 16]
        for level, rows in enumerate(rows_at):
            run = 1 << level
            if level:
                part = np.maximum(part[:, : -(run >> 1)], part[:, run >> 1 :])
            if len(rows):
                out[:, rows] = np.maximum(part[:, starts[rows]], part[:, stops[rows] - run])
    return transposed(pooled)


def transposed(codes: Codes) -> Codes:
    """(k, m) from (m, k), in slices that fit the cache: up to twice as fast as one copy of `codes.T`."""
    turned = np.empty(codes.shape[::-1], dtype=np.uint8)
    for i in range(0, len(codes), 32):
        turned[:, i : i + 32] = codes[i : i + 32].T
    return turned


def pool_columns(codes: Codes, step: int) -> Codes:
    """(ceil(m / step), k): the maximum over groups of `step` rows; the last group may be shorter."""
    codes = np.ascontiguousarray(codes)
    if step == 1:
        return codes if codes.base is None else codes.copy()  # a view would keep its whole base alive
    whole = len(codes) // step * step
    pooled: Codes = codes[:whole].reshape(-1, step, codes.shape[1]).max(axis=1)
    if whole < len(codes):
        pooled = np.concatenate([pooled, codes[whole:].max(axis=0, keepdims=True)])
    return pooled


def is_analysed(source: Picture, view: PictureView) -> bool:
    """Whether the coarse pictures are final wherever a view shows something."""
    stop = min(math.ceil(view.first_column + view.width * view.columns_per_pixel), source.n_columns)
    return source.is_exact(max(math.floor(view.first_column), 0), max(stop, 0))


def coarse_picture(source: Picture, view: PictureView) -> Codes:
    """uint8 (width, n_bins) from the coarse pictures alone: the best level, else a finer one."""
    base = source.coarse_step
    level = max(step_for(view.columns_per_pixel, base) // base, 1).bit_length() - 1
    while (data := source.coarse(level)) is None and level > 0:
        level -= 1
    if data is None:
        return np.zeros((view.width, source.n_bins), dtype=np.uint8)
    return max_pool(data, *pixel_columns(view, base << level, source.n_columns))


def stretched_coarse(source: Picture, step: int, start: int, stop: int) -> Codes:
    """(stop - start, n_bins): stored columns of `step` frames guessed from the coarse picture; 0 beyond it."""
    data = source.coarse(0)
    if data is None or len(data) == 0:
        return np.zeros((stop - start, source.n_bins), dtype=np.uint8)
    index = np.arange(start, stop) * step // source.coarse_step
    codes = data.take(np.minimum(index, len(data) - 1), axis=0)
    codes[index >= len(data)] = 0
    return codes


BLOCK_COLUMNS = 256


@dataclass(frozen=True, slots=True)
class Block:
    """`index` counts blocks of BLOCK_COLUMNS stored columns, each the maximum of `step` frames of the source.

    It is the work that fetches it, too: equal for the same block, so that none is fetched twice at a time.
    """

    source: Picture
    step: int
    index: int

    def __call__(self, _job: object) -> tuple["Block", Codes | None]:
        """On a worker thread; None where the file could not be read, whatever it throws: the coarse picture stays."""
        size = BLOCK_COLUMNS * self.step
        start, stop = self.index * size, min((self.index + 1) * size, self.source.n_columns)
        try:
            codes = np.asarray(self.source.columns(start, stop))
            right = codes.shape == (stop - start, self.source.n_bins) and codes.dtype == np.uint8
            return self, pool_columns(codes, self.step) if right else None
        except Exception:
            return self, None

    @property
    def coarser(self) -> "Block":
        """The block of half the detail that covers it: with its first half or with its second."""
        return Block(self.source, 2 * self.step, self.index // 2)

    @property
    def finer(self) -> list["Block"]:
        """The blocks of twice the detail that make it up, one or two; none below single frames."""
        if self.step == 1:
            return []
        first, step = 2 * self.index, self.step // 2
        n = -(-self.source.n_columns // (BLOCK_COLUMNS * step))
        return [Block(self.source, step, i) for i in range(first, min(first + 2, n))]


def blocks_of(source: Picture, step: int, first: int, last: int) -> list[Block]:
    """The blocks that hold the stored columns first..last (exclusive)."""
    if last <= first:
        return []
    return [Block(source, step, i) for i in range(first // BLOCK_COLUMNS, (last - 1) // BLOCK_COLUMNS + 1)]


class BlockCache:
    """Blocks in order of last use, never more than `cap` bytes."""

    def __init__(self, cap: int) -> None:
        self.cap = cap
        self.size = 0
        self._blocks: OrderedDict[Block, Codes] = OrderedDict()

    def __contains__(self, block: Block) -> bool:
        return block in self._blocks

    def get(self, block: Block) -> Codes | None:
        """The block's codes, now the last one used."""
        codes = self._blocks.get(block)
        if codes is not None:
            self._blocks.move_to_end(block)
        return codes

    def put(self, block: Block, codes: Codes, pinned: frozenset[Block]) -> bool:
        """Keep `codes`, dropping the longest unused that are not pinned; False when there is no room."""
        if block in self._blocks:
            return True
        if codes.nbytes + sum(kept.nbytes for old, kept in self._blocks.items() if old in pinned) > self.cap:
            return False
        while self.size + codes.nbytes > self.cap:
            self._drop(next(old for old in self._blocks if old not in pinned))
        self._blocks[block] = codes
        self.size += codes.nbytes
        return True

    def forget(self, source: Picture) -> None:
        """Drop all blocks of a source."""
        for block in [b for b in self._blocks if b.source is source]:
            self._drop(block)

    def _drop(self, block: Block) -> None:
        self.size -= self._blocks.pop(block).nbytes
