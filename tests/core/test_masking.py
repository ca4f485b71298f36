"""Masks applied to an STFT and put together again: numbers against the mixture itself and against scipy."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy.signal import istft

from osisnr_gui.core.stft import MaskFrames, stft, window
from osisnr_gui.core.types import ParameterError

SETTINGS = [(256, 128, "hann"), (256, 64, "hann"), (512, 100, "hamming"), (400, 160, "hann"), (255, 60, "hann")]


@pytest.mark.parametrize(("n_fft", "hop", "name"), SETTINGS)
def test_spectra_that_nothing_was_done_to_give_the_samples_back(n_fft: int, hop: int, name: str) -> None:
    x = np.random.default_rng(0).normal(size=4 * n_fft + 17)
    frames = MaskFrames(n_fft, hop, window=name)
    y = frames.istft(stft(x, n_fft, hop, name))
    full = slice(n_fft, len(y) - n_fft)  # as many frames overlap as anywhere
    np.testing.assert_allclose(y[full], x[: len(y)][full], rtol=0, atol=1e-12)
    # Before that fewer do: no sample is louder than it was.
    assert np.all(np.abs(y) <= np.abs(x[: len(y)]) + 1e-12)


@pytest.mark.parametrize(("n_fft", "hop", "name"), SETTINGS)
def test_as_scipy_has_it(n_fft: int, hop: int, name: str) -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=6 * n_fft)
    frames = MaskFrames(n_fft, hop, window=name)
    masked = stft(x, n_fft, hop, name) * rng.random((1 + (len(x) - n_fft) // hop, n_fft // 2 + 1))
    y = frames.istft(masked)
    values = window(name, n_fft)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no frame has a sample at the very beginning
        _, expected = istft(masked.T, window=values, nperseg=n_fft, noverlap=n_fft - hop, boundary=False)
    expected = expected / values.sum()  # scipy's spectra are divided by the sum of the window
    full = slice(n_fft, len(y) - n_fft)
    np.testing.assert_allclose(y[full], expected[: len(y)][full], rtol=0, atol=1e-12)


def test_windows_that_leave_gaps_are_refused() -> None:
    with pytest.raises(ParameterError, match="gaps"):
        MaskFrames(256, 256)
    with pytest.raises(ParameterError, match="hann windows of 100 samples every 95"):
        MaskFrames(100, 95)
    with pytest.raises(ParameterError):
        MaskFrames(256, 300)


@pytest.mark.parametrize("offset", [0, -128, -100])
def test_which_frames_lie_inside_and_which_touch(offset: int) -> None:
    frames = MaskFrames(200, 50, offset)
    for start, stop in ((0, 1000), (130, 777), (0, 199), (0, 200), (90, 91)):
        begins = {i: offset + 50 * i for i in range(-10, 60)}
        inside = [i for i, at in begins.items() if i >= 0 and start <= at and at + 200 <= stop]
        touching = [i for i, at in begins.items() if at < stop and at + 200 > start]
        assert list(range(*frames.inside(start, stop))) == inside
        assert list(range(*frames.touching(start, stop))) == touching
