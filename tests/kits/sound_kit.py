"""Sounds that are known sample by sample, for everything that plays them."""

from __future__ import annotations

import numpy as np


def smooth_noise(n_samples: int, seed: int, rate: int = 16_000, peak: float = 0.5) -> np.ndarray:
    """Noise below 1 kHz: float64 (n_samples,), no two seeds alike, and no steep slopes a click could hide among."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(n_samples))
    spectrum[np.fft.rfftfreq(n_samples, 1 / rate) > 1000] = 0
    noise = np.fft.irfft(spectrum, n_samples)
    return noise * (peak / np.max(np.abs(noise)))


def steepest(samples: np.ndarray) -> float:
    """The largest step from one sample to the next."""
    return float(np.max(np.abs(np.diff(np.asarray(samples, np.float64))), initial=0.0))


class WholeSupply:
    """Stands for `ReadAhead` with everything read: rows of `sounds` (n_sounds, n_samples), mirrored at the end.

    `missing` : samples [start, stop) that are not there yet.
    """

    def __init__(self, sounds: np.ndarray) -> None:
        self.sounds = np.asarray(sounds, np.float32)
        self.n_samples = self.sounds.shape[1]
        self.missing = (0, 0)
        self.error = None
        self._mirrored = np.concatenate((self.sounds, self.sounds[:, ::-1], np.zeros_like(self.sounds)), axis=1)

    def focus(self, *places: int) -> None:
        """Everything is there already."""

    def has(self, start: int, stop: int) -> bool:
        """Whether none of [start, stop) is missing."""
        return not (start < self.missing[1] and stop > self.missing[0])

    def take(self, sound: int, start: int, count: int) -> np.ndarray:
        """As `ReadAhead.take`."""
        out = self._mirrored[sound, start : start + count].copy()
        out[[self.missing[0] <= k < self.missing[1] for k in range(start, start + count)]] = 0
        return out
