"""Delay of an estimate against its reference, by cross-correlation in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from osisnr_gui.core.types import FloatArray

MAX_DELAY_SECONDS = 0.5
TRUSTED_PEAK = 0.3


@dataclass(frozen=True, slots=True)
class Delay:
    """samples : positive when the estimate is late; peak : normalised correlation there, in [-1, 1]."""

    samples: int
    peak: float

    @property
    def trusted(self) -> bool:
        """Whether the peak is high enough to act on."""
        return self.samples != 0 and abs(self.peak) > TRUSTED_PEAK


class DelayFinder:
    """Cross-correlation r[k] = sum_n reference[n] * estimate[n + k] for |k| <= max_lag, block by block.

    Blocks of `block` reference samples meet `block + 2*max_lag` estimate samples; their products are added up in the
    frequency domain, so memory does not grow with the length of the signals.
    """

    def __init__(self, max_lag: int) -> None:
        self.max_lag = max_lag
        # At least three quarters of every transform are new samples.
        self._n = 1 << max(15, (8 * max_lag - 1).bit_length())
        self.block = self._n - 2 * max_lag
        # Kept from block to block: fresh pages for every spectrum would cost as much as the FFTs.
        self._sum, self._spectrum_s, self._spectrum_e = np.zeros((3, self._n // 2 + 1), dtype=np.complex128)
        self._energy_s = 0.0
        self._energy_e = 0.0

    def feed(self, reference: FloatArray, estimate: FloatArray) -> None:
        """Add one block: reference[a : a+block] and estimate[a-max_lag : a+block+max_lag], zeros outside the file."""
        s, e = self._spectrum_s, self._spectrum_e
        np.conj(np.fft.rfft(reference, self._n, out=s), out=s)
        s *= np.fft.rfft(estimate, self._n, out=e)
        self._sum += s
        middle = estimate[self.max_lag : self.max_lag + self.block]
        self._energy_s += float(reference @ reference)
        self._energy_e += float(middle @ middle)

    def add(self, other: DelayFinder) -> None:
        """Take in what another finder with the same max_lag was fed."""
        self._sum += other._sum
        self._energy_s += other._energy_s
        self._energy_e += other._energy_e

    def find(self) -> Delay:
        """The lag with the largest absolute correlation; 0 when either signal is silent."""
        energy = np.sqrt(self._energy_s) * np.sqrt(self._energy_e)
        if energy == 0.0:
            return Delay(0, 0.0)
        correlation = np.fft.irfft(self._sum, self._n)[: 2 * self.max_lag + 1]
        best = int(np.argmax(np.abs(correlation)))
        return Delay(best - self.max_lag, float(np.clip(correlation[best] / energy, -1.0, 1.0)))


def find_delay(reference: FloatArray, estimate: FloatArray, max_lag: int) -> Delay:
    """Delay of `estimate` (n,) against `reference` (m,) in samples, |delay| <= max_lag."""
    finder = DelayFinder(max_lag)
    padded = np.concatenate((np.zeros(max_lag), estimate, np.zeros(max_lag + len(reference))))
    for start in range(0, len(reference), finder.block):
        part = reference[start : start + finder.block]
        finder.feed(part, padded[start : start + finder.block + 2 * max_lag])
    return finder.find()
