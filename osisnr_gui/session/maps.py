"""Maps of OSI-SNR per frequency band, and of the bins that carry the loss, for any view of a file.

Bands. Sums of S, C and R add up over time and decibels do not: stored columns hold sums, and what a pixel shows is
worked out from the sums of all frames it covers. Only active frames count.

Blame, for any alpha. The map's value is a density: a bin that carries exactly its even share of the loss,
1/(n_frames*n_bins), has 1, and the mean over all bins and frames that count is 1. Means over larger areas are
densities again, so a colour means the same at every zoom.

    MC-MSE     a bin's part of the leading mc_mse
    OSI-SNR    a bin's part of the leading mean of 1/OSI-SNR: that of its frame, split like the frame's noise energy

Far views do not read every frame: a few of each stored column stand for the others. How much a column carries is
known exactly, of every frame; only its division among the bins is estimated, from frames chosen in proportion to what
they carry, so that the ones that matter are among them.
"""

from collections import OrderedDict
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from osisnr_gui.core.bands import LEAST_BINS, BandSums, equal_bands, half_octave_bands
from osisnr_gui.core.mc_mse import DEFAULT_ALPHA, mc_mse_blame, osi_noise_blame
from osisnr_gui.core.types import BoolArray, Columns, FloatArray, IntArray, Representation
from osisnr_gui.session.pairs import PairReader
from osisnr_gui.session.scores import PairScore
from osisnr_gui.session.session import Formula

EQUAL_BANDS = 8
BLOCK_FRAMES = 8192
MOST_COLUMNS = 1024
STEP_BASE = 8
MOST_BLOCKS = 128  # of at most 200 kB
_WORK_FRAMES = 256


def block_columns(step: int) -> int:
    """Stored columns in a block."""
    return max(1, min(MOST_COLUMNS, BLOCK_FRAMES // step))


def band_step(frames_per_pixel: float) -> int:
    """Frames in a stored column: a power of STEP_BASE, two or more columns to a pixel where they are more than 1."""
    step = 1
    while 2 * STEP_BASE * step <= frames_per_pixel:
        step *= STEP_BASE
    return step


class BandMap:
    """Band sums of stored columns, each `step` frames, in blocks. One thread at a time.

    active : (n_frames,) the frames that count. Raises LoadError while reading.
    """

    def __init__(self, columns: PairReader, active: BoolArray) -> None:
        bin_hz = columns.frames.grid.bin_hz
        self.columns = columns
        self.in_hz = bin_hz is not None
        if bin_hz is not None:
            self.bands = half_octave_bands(columns.n_bins, bin_hz)
        else:
            self.bands = equal_bands(columns.n_bins, max(1, min(EQUAL_BANDS, columns.n_bins // LEAST_BINS)))
        self._edges = (*(band.first for band in self.bands), columns.n_bins)
        self._active = active
        self._blocks: OrderedDict[tuple[int, int], BandSums] = OrderedDict()

    def n_stored(self, step: int) -> int:
        """Stored columns of a step."""
        return -(-self.columns.n_frames // step)

    def missing(self, step: int, first: int, stop: int) -> list[int]:
        """The blocks that must be loaded for the stored columns [first, stop)."""
        return [index for index in _blocks(step, first, stop) if (step, index) not in self._blocks]

    def load(self, step: int, index: int) -> None:
        """Read a block."""
        size = block_columns(step) * step
        first, stop = index * size, min((index + 1) * size, self.columns.n_frames)
        parts = []
        for start in range(first, stop, _WORK_FRAMES):
            end = min(start + _WORK_FRAMES, stop)
            sums = BandSums.of_rows(*self.columns.rows(start, end), self._edges)
            active = self._active[start:end]  # the others count like silence
            parts.append(BandSums(*(np.where(active, part, 0.0) for part in sums)))
        sums = BandSums.joined(parts)
        if step > 1:
            starts = np.arange(0, stop - first, step)
            sums = sums.pooled(starts, np.minimum(starts + step, stop - first))
        self._blocks[step, index] = sums
        while len(self._blocks) > MOST_BLOCKS:
            self._blocks.popitem(last=False)

    def sums(self, step: int, starts: IntArray, stops: IntArray) -> BandSums:
        """Sums over the stored columns starts[i]:stops[i] (ascending); what is not loaded counts as silence."""
        filled = stops > starts
        if not filled.any():
            return BandSums(*(np.zeros((3, len(self.bands), len(starts)))))
        first, stop = int(starts[filled].min()), int(stops[filled].max())
        size = block_columns(step)
        parts = []
        for index in _blocks(step, first, stop):
            block = self._blocks.get((step, index))
            n = min((index + 1) * size, self.n_stored(step)) - index * size
            if block is None:
                block = BandSums(*np.zeros((3, len(self.bands), n)))
            else:
                self._blocks.move_to_end((step, index))
            parts.append(block)
        offset = first // size * size
        return BandSums.joined(parts).pooled(np.maximum(starts - offset, 0), np.maximum(stops - offset, 0))


def _blocks(step: int, first: int, stop: int) -> range:
    size = block_columns(step)
    return range(first // size, -(-stop // size)) if stop > first else range(0)


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


class BlameTerms:
    """What every frame carries: weights (n_frames,), 1 for a frame that carries its even share, 0 if it counts not."""

    def __init__(self, score: PairScore, kind: BlameKind) -> None:
        """Those of the result that leads. Frames whose 1/OSI-SNR is not a positive number carry nothing."""
        values = score.osi_term() if kind is BlameKind.OSI_NOISE else score.mc_mse()
        if score.loss.formula is not Formula.LITERAL:
            values = np.where(score.facts.active, values, 0.0)
        with np.errstate(invalid="ignore"):
            values = np.where(np.isfinite(values) & (values > 0), values, 0.0)
        total = float(values.sum())
        self.alpha, self.weights = score.loss.alpha, (values * (score.n_counted / total) if total > 0 else values)


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
        if score.facts.frames.table is not None:
            score = PairScore(score.facts, replace(score.loss, alpha=DEFAULT_ALPHA), score.bad)
        # What each frame carries at the default alpha, so that the choice is steady while alpha is moved; never 0.
        self._importance = BlameTerms(score, kind).weights + 1e-9
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


def _chosen(importance: FloatArray, edges: IntArray, taken: int) -> IntArray:
    """`taken` frames of each stretch edges[j]:edges[j + 1], evenly spaced in the sum of their importance."""
    reached = np.concatenate(([0.0], np.cumsum(importance)))
    start, stop = reached[edges[:-1], None], reached[edges[1:], None]
    wanted = start + (stop - start) * ((np.arange(taken) + 0.5) / taken)
    places = np.searchsorted(reached, wanted.ravel(), side="right") - 1
    first, last = np.repeat(edges[:-1], taken), np.repeat(edges[1:] - 1, taken)
    return np.asarray(np.clip(places, first, last))
