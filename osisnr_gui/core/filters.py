"""Filters for listening: integer-factor interpolation and zero-phase band-pass, both windowed sinc (Kaiser window).

Both answer for any stretch of a signal as if the whole had been filtered at once: `span` says which input samples a
stretch of output needs, `run` computes it from those. Signals are (n_signals, n_samples), filtered along the last axis.
"""

import math

import numpy as np

from osisnr_gui.core.types import FloatArray, ParameterError

_UPSAMPLER_HALF = 32  # input samples on each side of an output sample
_UPSAMPLER_BETA = 8.0
_BAND_HALF_SECONDS = 0.032  # transition bands of about 60 Hz
_BAND_BETA = 6.0


class Upsampler:
    """Interpolation by an integer factor. Output sample k*factor is input sample k, to the last digit."""

    def __init__(self, factor: int) -> None:
        """Raises ParameterError unless factor >= 1."""
        if factor < 1:
            raise ParameterError(f"the factor must be at least 1, not {factor}")
        self.up = factor
        # Column p of the taps gives the sample p/factor after input sample i from inputs i-half+1 to i+half.
        steps = np.arange(1 - _UPSAMPLER_HALF, _UPSAMPLER_HALF + 1)[:, None] - np.arange(factor)[None, :] / factor
        inside = np.sqrt(np.maximum(0.0, 1.0 - (steps / _UPSAMPLER_HALF) ** 2))
        self._taps = np.sinc(steps) * np.i0(_UPSAMPLER_BETA * inside) / np.i0(_UPSAMPLER_BETA)
        self._taps[:, 0] = steps[:, 0] == 0.0

    def span(self, start: int, stop: int) -> tuple[int, int]:
        """The input samples [a, b) that the output samples [start, stop) need."""
        return start // self.up - _UPSAMPLER_HALF + 1, -(-stop // self.up) + _UPSAMPLER_HALF

    def run(self, samples: FloatArray, first: int, start: int, stop: int) -> FloatArray:
        """Output samples (n_signals, stop - start) from the input that begins at `first` (see `span`)."""
        windows = np.lib.stride_tricks.sliding_window_view(samples, 2 * _UPSAMPLER_HALF, axis=-1)
        out = (windows @ self._taps).reshape(len(samples), -1)
        skip = start - (first + _UPSAMPLER_HALF - 1) * self.up
        return np.asarray(out[:, skip : skip + stop - start])


class BandPass:
    """Band-pass filter from `low` to `high` Hz, without delay: linear phase, and the delay taken out again."""

    def __init__(self, low: float, high: float, rate: float) -> None:
        """Raises ParameterError unless 0 <= low < high; `high` may lie above half the rate."""
        if not 0.0 <= low < high:
            raise ParameterError(f"a band needs 0 <= low < high, not {low} and {high}")
        self.half = max(1, math.ceil(_BAND_HALF_SECONDS * rate))
        n = np.arange(-self.half, self.half + 1)

        def low_pass(frequency: float) -> FloatArray:
            # Above half the rate: everything passes.
            share = min(frequency / (0.5 * rate), 1.0)
            return np.asarray(share * np.sinc(share * n))

        self._taps = (low_pass(high) - low_pass(low)) * np.kaiser(n.size, _BAND_BETA)

    def span(self, start: int, stop: int) -> tuple[int, int]:
        """The input samples [a, b) that the output samples [start, stop) need."""
        return start - self.half, stop + self.half

    def run(self, samples: FloatArray, first: int, start: int, stop: int) -> FloatArray:
        """Output samples (n_signals, stop - start) from the input that begins at `first` (see `span`)."""
        n = 1 << (samples.shape[-1] - 1).bit_length()
        spectrum = np.fft.rfft(samples, n) * np.fft.rfft(self._taps, n)
        # Of the circular convolution, the part from 2*half on is not wrapped around.
        skip = start + self.half - first
        return np.fft.irfft(spectrum, n)[:, skip : skip + stop - start]
