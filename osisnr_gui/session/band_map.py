"""OSI-SNR per frequency band for any view of a file, from sums over the columns on screen.

Sums of S, C and R add up over time and decibels do not: stored columns hold sums, and what a pixel shows is worked out
from the sums of all frames it covers. Only active frames count.
"""

from collections import OrderedDict

import numpy as np

from osisnr_gui.core.bands import BandSums
from osisnr_gui.core.frequency_bands import LEAST_BINS, equal_bands, half_octave_bands
from osisnr_gui.core.types import BoolArray, IntArray
from osisnr_gui.session.pair_reader import PairReader

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
            parts.append(sums.where(self._active[start:end]))
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
