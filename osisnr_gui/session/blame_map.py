"""Which bins carry the loss of a file, for any view of it and any alpha, from the columns on screen.

The map's value is a density: a bin that carries exactly its even share of the loss, 1/(n_frames*n_bins), has 1, and
the mean over all bins and frames that count is 1. Means over larger areas are densities again, so a colour means the
same at every zoom.

    MC-MSE     a bin's part of the leading mc_mse
    OSI-SNR    a bin's part of the leading mean of 1/OSI-SNR: that of its frame, split like the frame's noise energy

Far views do not read every frame: a few of each stored column stand for the others. How much a column carries is
known exactly, of every frame; only its division among the bins is estimated, from frames chosen in proportion to what
they carry, so that the ones that matter are among them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from osisnr_gui.core.blame import mc_mse_blame, osi_noise_blame
from osisnr_gui.core.mc_mse import DEFAULT_ALPHA
from osisnr_gui.core.types import BoolArray, Columns, FloatArray, IntArray, Representation
from osisnr_gui.session.pair_reader import PairReader
from osisnr_gui.session.scores import PairScore
from osisnr_gui.session.session import Formula

CHUNK_COLUMNS = 64
MOST_TAKEN = 4
# Cells of a stored column that are kept: what a new alpha costs, and what a view takes of memory, hangs on it.
TAKEN_CELLS = 1100


class BlameKind(StrEnum):
    """What a blame map divides among the bins."""

    MC_MSE = "mc_mse"
    OSI_NOISE = "osi_noise"

    @property
    def words(self) -> str:
        """Its name on screen."""
        return "MC-MSE" if self is BlameKind.MC_MSE else "1/OSI-SNR"


@dataclass(frozen=True, slots=True, eq=False)
class BlameTerms:
    """What every frame carries: weights (n_frames,), 1 for a frame that carries its even share, 0 if it counts not."""

    alpha: float
    weights: FloatArray

    @classmethod
    def of(cls, score: PairScore, kind: BlameKind) -> BlameTerms:
        """Those of the result that leads. Frames whose 1/OSI-SNR is not a positive number carry nothing."""
        values = score.osi_term() if kind is BlameKind.OSI_NOISE else score.mc_mse()
        values = np.where(counted_frames(score), values, 0.0)
        with np.errstate(invalid="ignore"):
            values = np.where(np.isfinite(values) & (values > 0), values, 0.0)
        total = float(values.sum())
        return cls(score.loss.alpha, values * (score.n_counted / total) if total > 0 else values)


def counted_frames(score: PairScore) -> BoolArray:
    """The frames in the means of the result that leads."""
    facts = score.facts
    return np.ones_like(facts.active) if score.loss.formula is Formula.LITERAL else facts.active


def can_be_blamed(columns: PairReader) -> bool:
    """Whether the cells of a column are frequencies (or rows of a mask): samples of a waveform are not."""
    return columns.framing is None or columns.framing.representation is not Representation.WAVEFORM


@dataclass(frozen=True, slots=True, eq=False)
class _Chunk:
    """Frames taken of CHUNK_COLUMNS stored columns, in rising order.

    s, e : (n, n_bins). starts : place of the first one of every stored column. rarity : (n,) 1/probability of being
    taken, up to a factor for each stored column.
    """

    frames: IntArray
    starts: IntArray
    rarity: FloatArray
    s: Columns
    e: Columns


class BlameMap:
    """Densities of one kind in stored columns, each `step` frames, in chunks of CHUNK_COLUMNS. One thread at a time.

    score : decides which frames are taken; its alpha does not. Raises LoadError while reading.
    """

    def __init__(self, columns: PairReader, score: PairScore, kind: BlameKind) -> None:
        self.columns, self.kind = columns, kind
        self.taken = max(1, min(MOST_TAKEN, TAKEN_CELLS // columns.n_bins))
        self._importance = _importance(score, kind)
        self._step = 0
        self._chunks: dict[int, _Chunk] = {}

    def n_stored(self, step: int) -> int:
        """Stored columns of a step."""
        return -(-self.columns.n_frames // step)

    def missing(self, step: int, first: int, stop: int) -> list[int]:
        """The chunks that must be loaded for the stored columns [first, stop); far ones are dropped."""
        wanted = range(first // CHUNK_COLUMNS, -(-stop // CHUNK_COLUMNS))
        if step != self._step:
            self._step, self._chunks = step, {}
        reach = len(wanted)
        near = range(wanted.start - reach, wanted.stop + reach)
        self._chunks = {index: chunk for index, chunk in self._chunks.items() if index in near}
        return [index for index in wanted if index not in self._chunks]

    def load(self, index: int) -> None:
        """Read a chunk of the step last asked about."""
        first, stop = self._span(index)
        edges = np.append(np.arange(first, stop, self._step), stop)
        if self._step <= self.taken:
            frames, starts, rarity = np.arange(first, stop), edges[:-1] - first, np.ones(stop - first)
        else:
            frames = _chosen(self._importance[first:stop], edges - first, self.taken) + first
            starts = self.taken * np.arange(len(edges) - 1)
            rarity = 1.0 / self._importance[frames]
        self._chunks[index] = _Chunk(frames, starts, rarity, *self.columns.picked(frames))

    def density(self, index: int, terms: BlameTerms) -> FloatArray | None:
        """float64 (n_stored, n_bins) of a chunk; None when it is not loaded."""
        chunk = self._chunks.get(index)
        if chunk is None:
            return None
        if self.kind is BlameKind.MC_MSE:
            cells = mc_mse_blame(chunk.s.T, chunk.e.T, terms.alpha).T
        else:
            cells = osi_noise_blame(chunk.s.T, chunk.e.T).T
        first, stop = self._span(index)
        edges = np.arange(first, stop, self._step)
        carried = np.add.reduceat(terms.weights[first:stop], edges - first) / np.diff(np.append(edges, stop))
        part = chunk.rarity * terms.weights[chunk.frames]
        with np.errstate(divide="ignore", invalid="ignore"):
            per_frame = part / cells.sum(axis=1)
            per_column = self.columns.n_bins * carried / np.add.reduceat(part, chunk.starts)
        per_frame[~np.isfinite(per_frame)] = 0.0
        per_column[~np.isfinite(per_column)] = 0.0
        sums = np.add.reduceat(per_frame[:, None] * cells, chunk.starts, axis=0)
        return np.asarray(per_column[:, None] * sums)

    def _span(self, index: int) -> tuple[int, int]:
        size = CHUNK_COLUMNS * self._step
        return index * size, min((index + 1) * size, self.columns.n_frames)


def _importance(score: PairScore, kind: BlameKind) -> FloatArray:
    """What each frame carries at the default alpha, so that the choice is steady while alpha is moved; never 0."""
    if score.facts.frames.table is not None:
        score = replace(score, loss=replace(score.loss, alpha=DEFAULT_ALPHA))
    return BlameTerms.of(score, kind).weights + 1e-9


def _chosen(importance: FloatArray, edges: IntArray, taken: int) -> IntArray:
    """`taken` frames of each stretch edges[j]:edges[j + 1], evenly spaced in the sum of their importance."""
    reached = np.concatenate(([0.0], np.cumsum(importance)))
    start, stop = reached[edges[:-1], None], reached[edges[1:], None]
    wanted = start + (stop - start) * ((np.arange(taken) + 0.5) / taken)
    places = np.searchsorted(reached, wanted.ravel(), side="right") - 1
    first, last = np.repeat(edges[:-1], taken), np.repeat(edges[1:] - 1, taken)
    return np.asarray(np.clip(places, first, last))
