"""Interpolation keeps what was there; the band-pass keeps its band; any stretch equals a slice of the whole."""

from __future__ import annotations

import numpy as np
import pytest

from osisnr_gui.core.filters import BandPass, Upsampler
from osisnr_gui.core.types import ParameterError

RATE = 16_000


def _stretch(filtered: Upsampler | BandPass, whole: np.ndarray, start: int, stop: int) -> np.ndarray:
    """Output [start, stop) from the input it says it needs, zeros outside."""
    first, end = filtered.span(start, stop)
    padded = np.zeros((len(whole), end - first))
    a, b = max(first, 0), min(end, whole.shape[1])
    padded[:, a - first : b - first] = whole[:, a:b]
    return filtered.run(padded, first, start, stop)


@pytest.mark.parametrize("factor", [1, 2, 3, 6])
def test_upsampling_keeps_every_sample(factor: int) -> None:
    x = np.random.default_rng(0).standard_normal((2, 500))
    y = _stretch(Upsampler(factor), x, 0, 500 * factor)
    np.testing.assert_array_equal(y[:, ::factor], x)


@pytest.mark.parametrize("frequency", [100.0, 1000.0, 6500.0])
def test_between_the_samples_lies_the_same_tone(frequency: float) -> None:
    tone = [np.sin(2 * np.pi * frequency * np.arange(n) / r + 0.3) for n, r in ((4000, RATE), (12_000, 3 * RATE))]
    y = _stretch(Upsampler(3), tone[0][None, :], 0, 12_000)
    np.testing.assert_allclose(y[0, 600:-600], tone[1][600:-600], atol=2e-4)


@pytest.mark.parametrize("filtered", [Upsampler(3), BandPass(500.0, 2000.0, RATE)])
@pytest.mark.parametrize(("start", "stop"), [(0, 1), (17, 400), (1000, 1003), (-5, 20), (2990, 3010)])
def test_any_stretch_equals_a_slice_of_the_whole(filtered: Upsampler | BandPass, start: int, stop: int) -> None:
    x = np.random.default_rng(1).standard_normal((3, 1000))
    whole = _stretch(filtered, x, -100, 3100)
    np.testing.assert_allclose(_stretch(filtered, x, start, stop), whole[:, start + 100 : stop + 100], atol=1e-12)


@pytest.mark.parametrize(
    ("band", "inside", "outside"),
    [
        ((1000.0, 2000.0), (1100.0, 1900.0), (880.0, 2120.0)),
        ((0.0, 500.0), (20.0, 400.0), (620.0, 4000.0)),
        ((3000.0, 9000.0), (3100.0, 7900.0), (2880.0, 500.0)),
    ],
)
def test_the_band_passes_and_the_rest_does_not(
    band: tuple[float, float], inside: tuple[float, float], outside: tuple[float, float]
) -> None:
    time = np.arange(8000) / RATE
    for frequencies, passes in ((inside, True), (outside, False)):
        for frequency in frequencies:
            tone = np.sin(2 * np.pi * frequency * time)
            y = _stretch(BandPass(*band, RATE), tone[None, :], 0, 8000)[0]
            middle = slice(1000, 7000)
            if passes:
                np.testing.assert_allclose(y[middle], tone[middle], atol=0.01)
            else:
                assert np.max(np.abs(y[middle])) < 0.01


@pytest.mark.parametrize("make", [lambda: Upsampler(0), lambda: BandPass(5, 5, 10), lambda: BandPass(-1, 5, 10)])
def test_nonsense_is_refused(make: object) -> None:
    with pytest.raises(ParameterError):
        make()  # type: ignore[operator]
