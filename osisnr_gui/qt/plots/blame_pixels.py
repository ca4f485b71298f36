"""From densities of stored columns to pixels and colours: pure numpy, no threads."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from osisnr_gui.qt.plots.frequency_scale import FrequencyScale, row_bins
from osisnr_gui.qt.plots.items.spectrogram import PixelGrid
from osisnr_gui.qt.plots.picture_pooling import Indices

Floats = NDArray[np.float64]

#: A density of 1, an even share, is the first that shows; from this one on there is but one colour.
HIGHEST = 30.0


def step_for(columns_per_pixel: float) -> int:
    """Frames in a stored column: 1, 2, 4 …, at least one stored column to a pixel where there is one frame."""
    return 2 ** max(0, math.floor(math.log2(columns_per_pixel))) if columns_per_pixel >= 1.0 else 1


def mean_over_time(columns: Floats, first: float, columns_per_pixel: float, width: int) -> Floats:
    """(width, k): mean of columns (n, k) under each pixel; 0 beyond them.

    Pixel p covers first + [p, p + 1)*columns_per_pixel, column i covers [i, i + 1). Columns count as far as they lie
    under a pixel, so that what all pixels show adds up to what there is.
    """
    edges = np.clip(first + np.arange(width + 1) * columns_per_pixel, 0.0, len(columns))
    sums = np.concatenate((np.zeros((1, columns.shape[1])), np.cumsum(columns, axis=0)))
    whole = np.minimum(np.floor(edges).astype(np.intp), max(len(columns) - 1, 0))
    reached = sums[whole] + (edges - whole)[:, None] * columns[whole] if len(columns) else sums[whole]
    covered = np.diff(edges)[:, None]
    totals = np.diff(reached, axis=0)
    return np.divide(totals, covered, out=np.zeros_like(totals), where=covered > 0)


def mean_over_bins(values: Floats, starts: Indices, stops: Indices) -> Floats:
    """(len(starts), n): mean of values (n, n_bins) over the bins starts[i]:stops[i]; 0 for an empty range."""
    sums = np.concatenate((np.zeros((1, len(values))), np.cumsum(values.T, axis=0)))
    counts = np.maximum(stops - starts, 0)[:, None]
    totals = sums[np.maximum(stops, starts)] - sums[starts]
    return np.divide(totals, counts, out=np.zeros_like(totals), where=counts > 0)


def density_pixels(
    columns: Floats, first: float, columns_per_pixel: float, grid: PixelGrid, scale: FrequencyScale, bin_step: float
) -> Floats:
    """float64 (height, width): mean density under every pixel of a grid.

    columns : (n, n_bins) stored columns; pixel p of the grid covers first + [p, p + 1)*columns_per_pixel of them.
    """
    over_time = mean_over_time(columns, first, columns_per_pixel, grid.width)
    starts, stops = row_bins(scale, grid.top, grid.row_step, grid.height, columns.shape[1], bin_step)
    # Rounding of the running sums must not leave a trace where there is nothing.
    return np.maximum(mean_over_bins(over_time, starts, stops), 0.0)


def heat_codes(density: Floats) -> NDArray[np.uint8]:
    """0 up to a density of 1, then to 255 at HIGHEST: equal ratios are equal steps."""
    with np.errstate(divide="ignore"):
        place = np.log(density) / math.log(HIGHEST)
    return np.rint(255.0 * np.clip(place, 0.0, 1.0)).astype(np.uint8)
