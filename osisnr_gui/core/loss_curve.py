"""The loss of every frame at one alpha and gamma, worked out for the frames that are asked for.

A new alpha changes the loss of every frame of every file, but a picture shows a few thousand values of it at most. Of
a long file the curve is kept in blocks of frames, made once: then a picture of hours costs its width.

Sums. The MC-MSE of a block is the sum of that of its frames, so it is a function of alpha of the same kind, and kept
in the same form (`AlphaTable`). Means of 1/OSI and of the loss follow for any alpha and gamma.

Peaks. The largest loss of a block is max_i (o_i + gamma*m_i(alpha)), o = 1/OSI and m = MC-MSE. A frame for which
another one of the block has both a larger o and, at every alpha, a larger m is never the largest. What is left, a
sixth of the frames in blocks of 64 and a fifteenth in blocks of 256, holds the peak of every alpha and gamma >= 0.
It is looked for at the nodes of the table, which lie so close that between them nothing comes up that counts.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from osisnr_gui.core import reduce
from osisnr_gui.core.alpha_table import ALL_FRAMES, N_NODES, NODES, AlphaTable, Frames
from osisnr_gui.core.loss import inverse_osi
from osisnr_gui.core.reduce import GROWTH, PixelColumns, quotients, reduce_groups
from osisnr_gui.core.types import BoolArray, FloatArray, IntArray

#: Frames in the smallest blocks. Smaller ones would keep a third of all frames and more.
SKETCH_STEP = 64
#: Levels stop at this many blocks: pictures are no narrower.
FEWEST_BLOCKS = 2048
#: Blocks that are worked on at a time, so that what they need stays small.
STRETCH_BLOCKS = 1024


@dataclass(frozen=True, slots=True, eq=False)
class SketchLevel:
    """Blocks of frames, one after the other; the last one may hold fewer.

    osi, count : sum of 1/OSI and number of the frames that count, (n_blocks,); mc : their MC-MSE added up, a table of
    n_blocks. first : where the frames kept of each block begin, (n_blocks + 1,); peak_osi : their 1/OSI, nan for a
    block in which no frame counts; peak_mc : their MC-MSE, float32.
    """

    osi: FloatArray
    count: FloatArray
    mc: AlphaTable
    first: IntArray
    peak_osi: FloatArray
    peak_mc: AlphaTable


class LossSketch(dict[int, SketchLevel]):
    """Levels of blocks of SKETCH_STEP frames, GROWTH times as many, and so on: frames in a block -> level."""

    def reduced(self, columns: PixelColumns, alpha: float, gamma: float) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Mean 1/OSI, mean loss and largest loss of each column; its step must be one of the levels'."""
        level = self[columns.step]
        blocks = -(-columns.edges // columns.step)
        seen = slice(int(blocks[0]), int(blocks[-1]))
        edges = blocks - blocks[0]
        count = reduce_groups(np.add, level.count[seen], edges)
        osi = reduce_groups(np.add, level.osi[seen], edges)
        mc = reduce_groups(np.add, level.mc.approximate(alpha, seen), edges)
        kept = slice(int(level.first[seen.start]), int(level.first[seen.stop]))
        loss = level.peak_osi[kept] + gamma * level.peak_mc.approximate(alpha, kept)
        peak = reduce_groups(np.fmax, loss, level.first[blocks] - kept.start)
        return quotients(osi, count), quotients(osi + gamma * mc, count), peak


@lru_cache(maxsize=64)
def sketch_steps(n_frames: int) -> tuple[int, int]:
    """Frames in the smallest and in the largest blocks of a sketch."""
    step = SKETCH_STEP
    while n_frames > FEWEST_BLOCKS * step:
        step *= GROWTH
    return SKETCH_STEP, step


def make_sketch(
    osi_db: FloatArray, eps: float, table: AlphaTable, superseded: Callable[[], bool] = lambda: False
) -> LossSketch | None:
    """What `LossCurve.draw` takes for far views, at any alpha and gamma: the sketch of 1/(osi_db + eps) + gamma*mc_mse.

    Frames where that is not a number do not count.

    superseded : asked now and then; when it says True nothing is made (None).
    """
    sketch = LossSketch()
    step, parts = SKETCH_STEP, _finest(osi_db, eps, table)
    while True:
        found = []
        for part in parts:
            if superseded():
                return None
            found.append(part)
        level = sketch[step] = _joined(found)
        if step == sketch_steps(osi_db.size)[1]:
            return sketch
        step, parts = step * GROWTH, _coarser(level)


def _finest(osi_db: FloatArray, eps: float, table: AlphaTable) -> Iterator[SketchLevel]:
    """The smallest blocks, a stretch of the file after the other."""
    size = STRETCH_BLOCKS * SKETCH_STEP
    for start in range(0, osi_db.size, size):
        frames = slice(start, min(start + size, osi_db.size))
        osi = _rows(inverse_osi(osi_db[frames], eps), SKETCH_STEP, np.nan)
        exponents = _rows(table.exponents[frames], SKETCH_STEP, 0)
        values = _rows(table.values[:, frames], SKETCH_STEP, 0.0)
        counted = ~np.isnan(osi)
        if not np.isfinite(values).all():
            counted &= np.isfinite(values).all(axis=0)
            values = np.where(counted, values, 0.0)
        blocks, peak_osi = _Blocks(counted, exponents, values), np.where(counted, osi, np.nan)
        count = counted.sum(axis=1).astype(np.float64)
        yield SketchLevel(np.where(counted, osi, 0.0).sum(axis=1), count, blocks.sums(), *blocks.peaks(peak_osi))


def _coarser(level: SketchLevel) -> Iterator[SketchLevel]:
    """Blocks of GROWTH blocks of a level, a stretch after the other."""
    for start in range(0, level.osi.size, STRETCH_BLOCKS * GROWTH):
        stop = min(start + STRETCH_BLOCKS * GROWTH, level.osi.size)
        of = slice(start, stop)
        count, sums = (_rows(values[of], GROWTH, 0.0) for values in (level.count, level.osi))
        values = _rows(level.mc.values[:, of], GROWTH, 0.0)
        mc = _Blocks(count > 0, _rows(level.mc.exponents[of], GROWTH, 0), values).sums()
        # The peaks of a block are among those of its parts: a row for each block, filled up with nothing.
        edges = np.append(level.first[start:stop:GROWTH], level.first[stop])
        places = edges[:-1, None] + np.arange(int(np.diff(edges).max()))
        inside = places < edges[1:, None]
        places = np.where(inside, places, edges[0])
        osi = np.where(inside, level.peak_osi[places], np.nan)
        parts = _Blocks(~np.isnan(osi), level.peak_mc.exponents[places], level.peak_mc.values[:, places])
        yield SketchLevel(sums.sum(axis=1), count.sum(axis=1), mc, *parts.peaks(osi))


class _Blocks:
    """MC-MSE of blocks at the nodes, divided by what suits all parts of a block.

    counted, exponents : (n_blocks, n_parts), values : (N_NODES, n_blocks, n_parts), as in AlphaTable. Parts that do
    not count are taken as 0.
    """

    def __init__(self, counted: BoolArray, exponents: NDArray[np.int32], values: NDArray[np.floating]) -> None:
        lowest = exponents.min(initial=0)
        self._common = np.where(counted, exponents, lowest).max(axis=1).astype(np.int32)
        below = self._common[:, None] - exponents
        self._deepest = int(below.max(initial=0, where=counted))
        self._below = np.where(counted, below, self._deepest + 1)
        self._exponents, self._values = exponents, values

    def sums(self) -> AlphaTable:
        """The sum over the parts of each block."""
        sums = np.array([scaled.sum(axis=1) for scaled in self._scaled()])
        return AlphaTable(sums, self._common)

    def peaks(self, osi: FloatArray) -> tuple[IntArray, FloatArray, AlphaTable]:
        """The parts that are the largest of their block at some alpha and gamma: where those of each block begin, their
        1/OSI, and their MC-MSE.

        osi : 1/OSI of all parts, nan where they do not count. One part of every block is kept, whether or not it
        counts.
        """
        order = np.argsort(-osi, axis=1)
        places = order + order.shape[1] * np.arange(len(order))[:, None]
        chosen = np.zeros(order.shape, dtype=np.bool_)
        chosen[:, 0] = True
        for scaled in self._scaled():
            falling = scaled.ravel().take(places)
            highest = np.maximum.accumulate(falling, axis=1)
            chosen[:, 1:] |= falling[:, 1:] > highest[:, :-1]
        kept = np.empty_like(chosen)
        kept.ravel()[places] = chosen
        first, at = np.concatenate(([0], np.cumsum(kept.sum(axis=1)))), np.flatnonzero(kept)
        table = self._values.reshape(N_NODES, -1).take(at, axis=1).astype(np.float32)
        return first, osi.ravel()[at], AlphaTable(table, self._exponents.ravel()[at])

    def _scaled(self) -> Iterator[FloatArray]:
        """The values at one node after the other, all parts of a block divided by the same 4**(alpha*exponent)."""
        depths = np.arange(self._deepest + 1)
        for node, values in zip(NODES, self._values, strict=True):
            scales = np.append(np.exp2(-2.0 * node * depths), 0.0)
            yield scales[self._below] * values


def _rows(values: NDArray[Any], width: int, empty: float) -> NDArray[Any]:
    """The last axis cut into rows of `width`, the last one filled up with `empty`."""
    missing = -values.shape[-1] % width
    if missing:
        filling = np.full((*values.shape[:-1], missing), empty, dtype=values.dtype)
        values = np.concatenate((values, filling), axis=-1)
    return values.reshape(*values.shape[:-1], -1, width)


def _joined(parts: Sequence[SketchLevel]) -> SketchLevel:
    """Stretches that follow each other as one level."""
    offsets = np.cumsum([0, *(part.peak_osi.size for part in parts)])
    first = np.concatenate([[0], *(part.first[1:] + offset for part, offset in zip(parts, offsets, strict=False))])
    rows = zip(*((part.osi, part.count, part.peak_osi) for part in parts), strict=True)
    osi, count, peak_osi = (np.concatenate(row) for row in rows)
    mc, peak_mc = (_joined_tables(tables) for tables in zip(*((part.mc, part.peak_mc) for part in parts), strict=True))
    return SketchLevel(osi, count, mc, first, peak_osi, peak_mc)


def _joined_tables(tables: Sequence[AlphaTable]) -> AlphaTable:
    values = np.concatenate([table.values for table in tables], axis=1)
    return AlphaTable(values, np.concatenate([table.exponents for table in tables]))


class DrawnLoss(NamedTuple):
    """The loss as a picture shows it, float64 (k,) each.

    osi, total : 1/OSI-SNR and the loss at `times`: of single frames; where more share a pixel column their maxima;
    where it is crowded their means. peak : the largest loss of each column, whichever `total` is.
    """

    times: FloatArray
    osi: FloatArray
    total: FloatArray
    peak: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class LossCurve:
    """1/(osi_db + eps) + gamma*mc_mse(alpha) of every frame.

    osi_db : float64 (n_frames,), nan in frames that do not count; table : MC-MSE of the same frames.
    """

    osi_db: FloatArray
    eps: float
    table: AlphaTable
    alpha: float
    gamma: float

    def terms(self, frames: Frames = ALL_FRAMES) -> tuple[FloatArray, FloatArray]:
        """1/OSI-SNR and gamma*MC-MSE of some frames; nan in those that do not count."""
        return loss_terms(self.osi_db[frames], self.eps, self.table.per_frame(self.alpha, frames), self.gamma)

    def highest(self, frames: slice) -> float:
        """The largest loss of some frames, as exact as it can be had; nan where none counts."""
        with np.errstate(over="ignore", invalid="ignore"):
            return float(np.fmax.reduce(np.add(*self.terms(frames)), initial=np.nan))

    def sample(self, limit: int) -> FloatArray:
        """The loss of up to about `limit` frames, evenly spread over all: what an automatic range is made from."""
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray(np.add(*self._drawn_terms(slice(None, None, max(1, self.osi_db.size // limit)))))

    def draw(
        self, t0: float, dt: float, start: float, stop: float, n_columns: int, sketch: LossSketch | None = None
    ) -> DrawnLoss:
        """What a picture of `start..stop` with `n_columns` pixel columns shows; frame i lies at t0 + i*dt.

        sketch : of the same frames; the same picture takes much longer without, where columns hold hundreds of frames.
        """
        n_frames = self.osi_db.size
        first, last = reduce.visible_frames(n_frames, t0, dt, start, stop)
        with np.errstate(over="ignore", invalid="ignore"):
            if 2 * (last - first) <= n_columns:
                osi, mc = self._drawn_terms(slice(first, last))
                return DrawnLoss(reduce.frame_times(t0, dt, first, last), osi, osi + mc, osi + mc)
            columns = reduce.frame_columns(n_frames, t0, dt, start, stop, n_columns, sketch_steps(n_frames))
            if columns.step > 1 and sketch is not None:
                return DrawnLoss(columns.centres, *sketch.reduced(columns, self.alpha, self.gamma))
            return self._reduced(columns, crowded=reduce.is_crowded(dt, start, stop, n_columns))

    def _reduced(self, columns: PixelColumns, *, crowded: bool) -> DrawnLoss:
        first = columns.edges[0]
        edges = columns.edges - first
        osi, mc = self._drawn_terms(slice(first, columns.edges[-1]))
        total = osi + mc
        peak = reduce_groups(np.fmax, total, edges)
        if not crowded:
            return DrawnLoss(columns.centres, reduce_groups(np.fmax, osi, edges), peak, peak)
        mean_osi, mean_total = (reduce.means_per_group(values, edges) for values in (osi, total))
        return DrawnLoss(columns.centres, mean_osi, mean_total, peak)

    def _drawn_terms(self, frames: slice) -> tuple[FloatArray, FloatArray]:
        """`terms` as a picture needs them, MC-MSE to some 1e-5 of its value, in a third of the time."""
        return loss_terms(self.osi_db[frames], self.eps, self.table.approximate(self.alpha, frames), self.gamma)


def loss_terms(osi_db: FloatArray, eps: float, mc_mse: FloatArray, gamma: float) -> tuple[FloatArray, FloatArray]:
    """1/(osi_db + eps) and gamma*mc_mse, nan where OSI-SNR is nan."""
    osi_term = inverse_osi(osi_db, eps)
    return osi_term, np.where(np.isnan(osi_term), np.nan, gamma * mc_mse)
