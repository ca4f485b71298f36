"""OSI-SNR per frequency band, over any stretch of time.

Band and stretch are one long column: with the sums over its cells

    S = sum |s|**2    C = sum Re conj(s)*e    R = sum |e - (C/S) s|**2

its exact OSI-SNR is 10*log10(1 + (C**2/S)/R). Sums of neighbouring stretches add up; decibels do not. Neither do
bands: each one has a gain C/S of its own, so the OSI-SNR of the whole column is no mean of theirs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from osisnr_gui.core.osi_snr import PROPORTIONAL_LIMIT
from osisnr_gui.core.pyramid import reduce_ranges
from osisnr_gui.core.types import BoolArray, Columns, FloatArray, IntArray


class BandSums(NamedTuple):
    """Sums S, C and R of bands over stretches of time, each float64 (n_bands, n_stretches)."""

    reference_energy: FloatArray
    dot: FloatArray
    residual_energy: FloatArray

    @classmethod
    def of_rows(cls, s: Columns, e: Columns, edges: tuple[int, ...]) -> BandSums:
        """Sums of every frame; s, e : (n_frames, n_bins), one frame a row, both real or both complex.

        Cells so large or small that their squares leave float64's range make a band that has no value.
        """
        # A complex cell is two real ones beside each other.
        s, e = (np.ascontiguousarray(rows).view(np.float64) for rows in (s, e))
        bounds = np.array(edges) * (s.shape[1] // edges[-1])
        starts, widths = bounds[:-1], np.diff(bounds)
        with np.errstate(all="ignore"):
            energy = np.add.reduceat(s * s, starts, axis=1)
            dot = np.add.reduceat(s * e, starts, axis=1)
            gain = np.where(energy > 0, dot / energy, 0.0)
            r = e - np.repeat(gain, widths, axis=1) * s
            return cls(energy.T, dot.T, np.add.reduceat(r * r, starts, axis=1).T)

    @classmethod
    def joined(cls, parts: list[BandSums]) -> BandSums:
        """Concatenate along the stretches."""
        return cls(*(np.concatenate(sums, axis=1) for sums in zip(*parts, strict=True)))

    def where(self, counted: BoolArray) -> BandSums:
        """The same sums, all zero, like silence, where `counted` (n_stretches,) is False."""
        return BandSums(*(np.where(counted, sums, 0.0) for sums in self))

    def pooled(self, starts: IntArray, stops: IntArray) -> BandSums:
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
