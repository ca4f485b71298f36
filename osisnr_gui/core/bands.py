"""Bands of bins, and OSI-SNR per band over any stretch of time.

Bands are octaves above 500 Hz, or equal parts where bins have no frequency. Half octaves divide the octaves: what is
drawn over time is finer than what is written of one frame.

Band and stretch are one long column: with the sums over its cells

    S = sum |s|**2    C = sum Re conj(s)*e    R = sum |e - (C/S) s|**2

its exact OSI-SNR is 10*log10(1 + (C**2/S)/R). Sums of neighbouring stretches add up; decibels do not. Neither do
bands: each one has a gain C/S of its own, so the OSI-SNR of the whole column is no mean of theirs.
"""

from itertools import chain, count, pairwise, takewhile
from typing import NamedTuple

import numpy as np

from osisnr_gui.core.osi_snr import PROPORTIONAL_LIMIT, both_alike
from osisnr_gui.core.reduce import reduce_ranges
from osisnr_gui.core.types import Columns, FloatArray, IntArray

LOWEST_EDGE_HZ = 500.0
EQUAL_PARTS = 5
# Two columns of one positive value are always proportional, and of a few nearly so: narrow bands flatter any estimate.
LEAST_BINS = 4


class FrequencyBand(NamedTuple):
    """The bins [first, stop), which are the frequencies from `low` to under `high`: Hz, or bins without a rate."""

    first: int
    stop: int
    low: float
    high: float


def octave_bands(n_bins: int, bin_hz: float) -> tuple[FrequencyBand, ...]:
    """Below 500 Hz, then octaves (0.5-1, 1-2, 2-4, 4-8 kHz, …); the last one ends with the last bin.

    Bin k lies at k*bin_hz. Bands without a bin are left out.
    """
    top = (n_bins - 1) * bin_hz
    edges = [0.0, *takewhile(lambda edge: edge < top, (LOWEST_EDGE_HZ * 2**k for k in count())), top]
    bins = [*(_first_bin(edge, bin_hz) for edge in edges[:-1]), n_bins]
    parts = zip(bins, bins[1:], edges, edges[1:], strict=False)
    return tuple(FrequencyBand(*part) for part in parts if part[0] < part[1])


def half_octave_bands(n_bins: int, bin_hz: float) -> tuple[FrequencyBand, ...]:
    """0-250-500-1000-1500-2000-3000-4000-6000-8000 Hz and so on; the last one ends with the last bin.

    Bands of fewer than LEAST_BINS bins are joined to their neighbour.
    """
    edges = [(0, 0.0)]
    # 250, 500, 1000, 1500, 2000, 3000, 4000, 6000, …: every octave from 1 kHz on has a round middle.
    higher = (part * LOWEST_EDGE_HZ * 2**k for k in count(1) for part in (1.0, 1.5))
    half_octaves = chain((LOWEST_EDGE_HZ / 2, LOWEST_EDGE_HZ), higher)
    for edge in takewhile(lambda edge: edge < n_bins * bin_hz, half_octaves):
        first = _first_bin(edge, bin_hz)
        if first - edges[-1][0] >= LEAST_BINS and n_bins - first >= LEAST_BINS:
            edges.append((first, edge))
    edges.append((n_bins, (n_bins - 1) * bin_hz))
    return tuple(FrequencyBand(a[0], b[0], a[1], b[1]) for a, b in pairwise(edges))


def equal_bands(n_bins: int, parts: int = EQUAL_PARTS) -> tuple[FrequencyBand, ...]:
    """At most `parts` bands of nearly equal width, in bins."""
    parts = min(parts, n_bins)
    edges = [round(part * n_bins / parts) for part in range(parts + 1)]
    return tuple(FrequencyBand(a, b, float(a), float(b)) for a, b in pairwise(edges))


def _first_bin(frequency: float, bin_hz: float) -> int:
    """The lowest bin at or above a frequency; a bin that misses it by rounding counts as at it."""
    return int(-(-(frequency / bin_hz - 1e-9) // 1))


class BandSums(NamedTuple):
    """Sums S, C and R of bands over stretches of time, each float64 (n_bands, n_stretches)."""

    reference_energy: FloatArray
    dot: FloatArray
    residual_energy: FloatArray

    @classmethod
    def of_rows(cls, s: Columns, e: Columns, edges: tuple[int, ...]) -> "BandSums":
        """Sums of every frame; s, e : (n_frames, n_bins), one frame a row, real or complex.

        Cells so large or small that their squares leave float64's range make a band that has no value.
        """
        # A complex cell is two real ones beside each other.
        s, e = (np.ascontiguousarray(rows).view(np.float64) for rows in both_alike(s, e))
        bounds = np.array(edges) * (s.shape[1] // edges[-1])
        starts, widths = bounds[:-1], np.diff(bounds)
        with np.errstate(all="ignore"):
            energy = np.add.reduceat(s * s, starts, axis=1)
            dot = np.add.reduceat(s * e, starts, axis=1)
            gain = np.where(energy > 0, dot / energy, 0.0)
            r = e - np.repeat(gain, widths, axis=1) * s
            return cls(energy.T, dot.T, np.add.reduceat(r * r, starts, axis=1).T)

    @classmethod
    def joined(cls, parts: list["BandSums"]) -> "BandSums":
        """Concatenate along the stretches."""
        return cls(*(np.concatenate(sums, axis=1) for sums in zip(*parts, strict=True)))

    def pooled(self, starts: IntArray, stops: IntArray) -> "BandSums":
        """Sums over the stretches starts[i]:stops[i], all zero where that is empty.

        The residuals add, plus what it costs that one gain must do for all: R = sum R_i + sum S_i (C_i/S_i - C/S)**2.
        """
        with np.errstate(all="ignore"):
            energy = reduce_ranges(np.add, self.reference_energy, starts, stops, 0.0)
            dot = reduce_ranges(np.add, self.dot, starts, stops, 0.0)
            counts = np.maximum(stops - starts, 0)
            member = np.repeat(starts - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
            gain = np.repeat(dot / energy, counts, axis=1)
            own = self.reference_energy[:, member]
            cost = np.where(own > 0, own * (self.dot[:, member] / own - gain) ** 2, 0.0)
            ends = np.cumsum(counts)
            residual = reduce_ranges(np.add, self.residual_energy[:, member] + cost, ends - counts, ends, 0.0)
        return BandSums(energy, dot, residual)

    def osi_db(self) -> FloatArray:
        """Exact OSI-SNR of every band and stretch, dB; inf where nothing is left over, nan where a signal is zero."""
        with np.errstate(all="ignore"):
            explained = self.dot * (self.dot / self.reference_energy)
            osi: FloatArray = (10.0 / np.log(10.0)) * np.log1p(explained / self.residual_energy)
        estimate_energy = np.where(self.reference_energy > 0, explained, 0.0) + self.residual_energy
        osi[self.residual_energy <= PROPORTIONAL_LIMIT * estimate_energy] = np.inf
        osi[(self.reference_energy == 0) | (estimate_energy == 0)] = np.nan
        return osi
