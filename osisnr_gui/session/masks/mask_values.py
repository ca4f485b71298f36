"""Histograms of the values of masks, in bins common to all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from osisnr_gui.core.reduce import value_counts
from osisnr_gui.core.types import IntArray
from osisnr_gui.io.errors import Cancel
from osisnr_gui.io.mask_cells import blocks_of, real_values
from osisnr_gui.io.masks import Mask

N_BINS = 80


@dataclass(frozen=True, slots=True)
class ValueBins:
    """`N_BINS` equal steps from low to high, the upper end included."""

    low: float
    high: float

    @classmethod
    def of(cls, masks: Sequence[Mask]) -> ValueBins:
        """Bins that hold every value of all these masks, and 0 to 1 in any case."""
        return cls(min([0.0, *(m.minimum for m in masks)]), max([1.0, *(m.maximum for m in masks)]))

    def edges(self, index: int) -> tuple[float, float]:
        """Lower and upper end of a bin."""
        # Not by a step from the lower end: the distance of two ends may be beyond float64.
        first, stop = (self.low * (1 - k / N_BINS) + self.high * (k / N_BINS) for k in (index, index + 1))
        return first, stop


def count_values(mask: Mask, bins: ValueBins, cancelled: Cancel | None = None) -> IntArray | None:
    """Cells in each bin, int64 (N_BINS,), every cell counted (magnitudes of complex ones); None once cancelled."""
    blocks = (real_values(block) for block in blocks_of(mask.values))
    return value_counts(blocks, bins.low, bins.high, N_BINS, cancelled)
