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
    """Cross-correlation r[k] = sum_n reference[n] * estimate[n + k] for |k| <= max_lag of signals that come in pieces.

    Blocks of `block` reference samples meet `block + 2*max_lag` estimate samples; their products are added up in the
    frequency domain, so memory does not grow with the length of the signals. Where the signals are cut into pieces
    changes no bit.
    """

    def __init__(self, max_lag: int) -> None:
        self.max_lag = max_lag
        # At least three quarters of every transform are new samples.
        self._n = 1 << max(15, (8 * max_lag - 1).bit_length())
        self.block = self._n - 2 * max_lag
        # Reference from the next block's start on, estimate from max_lag before it; both are known up to `_filled`.
        # They are transformed in one call: two rows side by side take little longer than one.
        self._ahead = np.zeros(self.block + max_lag)
        self._samples = np.zeros((2, self._n))
        self._filled = max_lag
        self._spectra = np.empty((2, self._n // 2 + 1), dtype=np.complex128)
        self._sum = np.zeros(self._n // 2 + 1, dtype=np.complex128)
        self._energy_s = 0.0
        self._energy_e = 0.0

    def feed(self, reference: FloatArray, estimate: FloatArray) -> None:
        """The next piece of both signals, of one length, beginning at sample 0; zeros where a signal has no samples."""
        done = 0
        while done < len(estimate):
            n = min(len(estimate) - done, self._n - self._filled)
            a = self._filled - self.max_lag
            self._ahead[a : a + n] = reference[done : done + n]
            self._samples[1, self._filled : self._filled + n] = estimate[done : done + n]
            self._filled += n
            done += n
            if self._filled == self._n:
                self._add_block()

    def _add_block(self) -> None:
        estimate = self._samples[1]
        self._samples[0, : self.block] = self._ahead[: self.block]
        new_s, new_e = self._samples[0, : self.block], estimate[self.max_lag : self.max_lag + self.block]
        with np.errstate(all="ignore"):  # infinite samples have no delay; whoever reads files refuses them
            s, e = np.fft.rfft(self._samples, axis=1, out=self._spectra)
            np.conj(s, out=s)
            s *= e
            self._sum += s
            self._energy_s += float(new_s @ new_s)
            self._energy_e += float(new_e @ new_e)
        for row in (self._ahead, estimate):
            kept = len(row) - self.block
            row[:kept] = row[self.block :].copy()
            row[kept:] = 0.0
        self._filled -= self.block

    def find(self) -> Delay:
        """The lag with the largest absolute correlation; 0 when a signal is silent or not finite. Ends the feeding."""
        while self._filled > self.max_lag:
            self._add_block()
        energy = np.sqrt(self._energy_s) * np.sqrt(self._energy_e)
        if energy == 0.0 or not np.isfinite(energy):
            return Delay(0, 0.0)
        correlation = np.fft.irfft(self._sum, self._n)[: 2 * self.max_lag + 1]
        best = int(np.argmax(np.abs(correlation)))
        return Delay(best - self.max_lag, float(np.clip(correlation[best] / energy, -1.0, 1.0)))


def find_delay(reference: FloatArray, estimate: FloatArray, max_lag: int) -> Delay:
    """Delay of `estimate` (n,) against `reference` (m,) in samples, |delay| <= max_lag."""
    finder = DelayFinder(max_lag)
    # What the estimate has after the longest lag meets no sample of the reference.
    length = len(reference) + max_lag
    both = np.zeros((2, length))
    for row, signal in zip(both, (reference, estimate[:length]), strict=True):
        row[: len(signal)] = signal
    finder.feed(*both)
    return finder.find()
