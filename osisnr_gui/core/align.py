"""Delay of an estimate against its reference, by cross-correlation in bounded memory."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np

from osisnr_gui.core.types import FloatArray, IntArray

MAX_DELAY_SECONDS = 0.5
TRUSTED_PEAK = 0.3
# Of the shorter signal: a few samples would fit each other by chance.
LEAST_OVERLAP = 0.1
# Of the whole signals' energies (square roots): below, rounding decides.
LEAST_ENERGY = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class DelayCurve:
    """How well two signals fit once a delay is taken out of the estimate: normalised correlation, in [-1, 1].

    common, padded : float64 (2*max_lag + 1,), for the delays from -max_lag to max_lag. `common` is over the samples
    both signals have, `padded` over those of either, zeros where one has none; what the estimate has before the
    reference begins counts in neither. nan where too little is compared to say anything.
    """

    common: FloatArray
    padded: FloatArray

    def correlation(self, samples: int, *, padded: bool) -> float:
        """The value at one delay; nan outside the range."""
        max_lag = len(self.common) // 2
        if abs(samples) > max_lag:
            return float("nan")
        return float((self.padded if padded else self.common)[max_lag + samples])


@dataclass(frozen=True)
class Delay:
    """Delay of an estimate against its reference.

    samples : positive when the estimate is late; peak : normalised correlation there, in [-1, 1].
    find_curve : gives `curve` when it is asked for the first time; None where a signal is silent or not finite.
    """

    samples: int
    peak: float
    find_curve: Callable[[], DelayCurve] | None = field(default=None, compare=False, repr=False)

    @cached_property
    def curve(self) -> DelayCurve | None:
        """Every other delay; None where a signal is silent or not finite."""
        return None if self.find_curve is None else self.find_curve()

    @property
    def certain(self) -> bool:
        """Whether the peak is high enough to believe it."""
        return abs(self.peak) > TRUSTED_PEAK

    @property
    def trusted(self) -> bool:
        """Whether there is a delay that is certain: something to act on."""
        return self.samples != 0 and self.certain


class _Energy:
    """Energy of a signal that comes in pieces, up to any sample within `reach` of its start or of `end`."""

    def __init__(self, reach: int, end: int) -> None:
        self._reach, self._late = reach, max(reach, end - reach)
        self._stop = max(self._late, end + reach)
        self._squares = np.zeros(reach), np.zeros(self._stop - self._late)
        self._between = self._after = 0.0

    def add(self, position: int, samples: FloatArray) -> None:
        """Add the samples from `position` on."""

        def part(first: int, stop: int) -> slice:
            return slice(max(first - position, 0), max(stop - position, 0))

        for squares, first, stop in zip(self._squares, (0, self._late), (self._reach, self._stop), strict=True):
            new = samples[part(first, stop)]
            at = max(position - first, 0)
            squares[at : at + len(new)] = new * new
        between, after = samples[part(self._reach, self._late)], samples[max(self._stop - position, 0) :]
        self._between += float(between @ between)
        self._after += float(after @ after)

    def before(self, samples: IntArray) -> FloatArray:
        """Energy of all samples before each of these (whole numbers)."""
        head, tail = (np.concatenate(([0.0], np.cumsum(squares))) for squares in self._squares)
        late = head[-1] + self._between + tail[np.clip(samples - self._late, 0, len(tail) - 1)]
        return np.where(samples <= self._reach, head[np.clip(samples, 0, self._reach)], late)

    @property
    def total(self) -> float:
        """Energy of everything."""
        return float(self._squares[0].sum() + self._between + self._squares[1].sum() + self._after)


class DelayFinder:
    """Cross-correlation r[k] = sum_n reference[n] * estimate[n + k] for |k| <= max_lag of signals that come in pieces.

    Blocks of `block` reference samples meet `block + 2*max_lag` estimate samples; their products are added up in the
    frequency domain, so memory does not grow with the length of the signals. Where the signals are cut into pieces
    changes no bit.

    lengths : samples of the reference and of the estimate.
    """

    def __init__(self, max_lag: int, lengths: tuple[int, int]) -> None:
        self.max_lag, self._lengths = max_lag, lengths
        # At least three quarters of every transform are new samples.
        self._n = 1 << max(15, (8 * max_lag - 1).bit_length())
        # Short signals are one block; such lengths, 5 * 2**k among them, are transformed as fast as powers of two.
        whole = max(1, *lengths) + 2 * max_lag
        fast = (factor << k for factor in (3, 4, 5) for k in range(8, 16))
        self._n = min((n for n in (*fast, self._n) if n >= whole), default=self._n)
        self.block = self._n - 2 * max_lag
        # Reference from the next block's start on, estimate from max_lag before it; both are known up to `_filled`.
        # Each is transformed alone: two rows in one call no longer fit into the cache of many a core.
        self._ahead = np.zeros(self.block + max_lag)
        self._samples = np.zeros((2, self._n))
        self._filled = max_lag
        self._spectra = np.empty((2, self._n // 2 + 1), dtype=np.complex128)
        self._sum = np.zeros(self._n // 2 + 1, dtype=np.complex128)
        self._position = 0
        #: Samples of both that were taken already.
        self.n_fed = 0
        self._energies = _Energy(max_lag, min(lengths)), _Energy(max_lag, min(lengths))

    @property
    def n_samples(self) -> int:
        """Samples of both signals to be fed: all there are, and what the longest delay reaches."""
        n_reference, n_estimate = self._lengths
        return max(n_reference + self.max_lag, n_estimate)

    def feed(self, reference: FloatArray, estimate: FloatArray) -> None:
        """Take the next equally long pieces of both signals, from sample 0 on; zeros where a signal has no samples.

        What is beyond `n_samples` is left out.
        """
        done, stop = 0, min(len(estimate), self.n_samples - self.n_fed)
        while done < stop:
            n = min(stop - done, self._n - self._filled)
            a = self._filled - self.max_lag
            self._ahead[a : a + n] = reference[done : done + n]
            self._samples[1, self._filled : self._filled + n] = estimate[done : done + n]
            self._filled += n
            self.n_fed += n
            done += n
            if self._filled == self._n:
                self._add_block()

    def _add_block(self) -> None:
        estimate = self._samples[1]
        self._samples[0, : self.block] = self._ahead[: self.block]
        with np.errstate(all="ignore"):  # infinite samples have no delay; whoever reads files refuses them
            self._energies[0].add(self._position, self._samples[0, : self.block])
            self._energies[1].add(self._position, estimate[self.max_lag : self.max_lag + self.block])
            if self._position < self._lengths[0]:
                s, e = (np.fft.rfft(row, out=out) for row, out in zip(self._samples, self._spectra, strict=True))
                np.conj(s, out=s)
                s *= e
                self._sum += s
        for row in (self._ahead, estimate):
            kept = len(row) - self.block
            row[:kept] = row[self.block :].copy()
            row[kept:] = 0.0
        self._filled -= self.block
        self._position += self.block

    def find(self) -> Delay:
        """The lag with the largest absolute correlation; 0 when a signal is silent or not finite. Ends the feeding."""
        while self._filled > self.max_lag:
            self._add_block()
        reach = np.array([self._lengths[0] + self.max_lag])
        energies = self._energies[0].total, float(self._energies[1].before(np.minimum(reach, self._lengths[1]))[0])
        scale = np.sqrt(energies[0]) * np.sqrt(energies[1])
        if scale == 0.0 or not np.isfinite(scale):
            return Delay(0, 0.0)
        dot = np.fft.irfft(self._sum, self._n)[: 2 * self.max_lag + 1].copy()
        best = int(np.argmax(np.abs(dot)))
        curve = partial(_curve, dot, self._lengths, self._energies)
        return Delay(best - self.max_lag, float(np.clip(dot[best] / scale, -1.0, 1.0)), curve)


def _curve(dot: FloatArray, lengths: tuple[int, int], energies: tuple[_Energy, _Energy]) -> DelayCurve:
    """`dot`, one for every lag, over the energies of what is compared there."""
    (n, m), (s, e) = lengths, energies
    max_lag = len(dot) // 2
    lags = np.arange(-max_lag, max_lag + 1)
    first = np.maximum(-lags, 0)
    stop = np.maximum(np.minimum(n, m - lags), first)
    enough = stop - first >= LEAST_OVERLAP * min(n, m)
    least = LEAST_ENERGY * np.sqrt(s.total) * np.sqrt(e.total)
    begun = e.before(first + lags)
    common = s.before(stop) - s.before(first), e.before(stop + lags) - begun
    padded = np.full(len(lags), s.total), e.total - begun

    def normalised(compared: tuple[FloatArray, FloatArray]) -> FloatArray:
        with np.errstate(all="ignore"):
            scale = np.sqrt(np.maximum(compared[0], 0.0)) * np.sqrt(np.maximum(compared[1], 0.0))
            found = np.clip(dot / scale, -1.0, 1.0)
        return np.where(enough & (scale > least), found, np.nan)

    return DelayCurve(normalised(common), normalised(padded))


def si_snr_of_correlation(correlation: FloatArray | float) -> FloatArray:
    """SI-SNR in dB of signals with this normalised correlation: 10*log10(rho^2 / (1 - rho^2))."""
    rho = np.asarray(correlation, dtype=np.float64)
    with np.errstate(divide="ignore"):
        return np.asarray(10.0 * np.log10(rho * rho / ((1.0 - rho) * (1.0 + rho))))
