"""Bands cover every bin once and mean the frequencies they say."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osisnr_gui.core.bands import LEAST_BINS, equal_bands, half_octave_bands, octave_bands


def test_octaves_at_16_khz() -> None:
    bands = octave_bands(257, 31.25)
    assert [(band.low, band.high) for band in bands] == [
        (0, 500), (500, 1000), (1000, 2000), (2000, 4000), (4000, 8000),
    ]  # fmt: skip
    assert [band.first for band in bands] == [0, 16, 32, 64, 128]
    assert bands[-1].stop == 257  # the last bin lies at 8 kHz exactly and belongs to the band that ends there


@pytest.mark.parametrize(("rate", "n_fft"), [(8000, 256), (11_025, 352), (44_100, 1408), (48_000, 1536), (96_000, 64)])
def test_the_last_band_ends_at_half_the_rate(rate: int, n_fft: int) -> None:
    bands = octave_bands(n_fft // 2 + 1, rate / n_fft)
    assert bands[-1].high == pytest.approx(rate / 2)
    assert bands[-1].low < bands[-1].high


@given(n_bins=st.integers(1, 5000), bin_hz=st.floats(0.01, 50_000.0))
def test_octaves_cover_every_bin_once(n_bins: int, bin_hz: float) -> None:
    bands = octave_bands(n_bins, bin_hz)
    assert bands[0].first == 0
    assert bands[-1].stop == n_bins
    assert all(one.stop == other.first for one, other in pairwise(bands))
    for band in bands:
        assert band.first < band.stop
        assert band.low <= band.first * bin_hz * (1 + 1e-6)
        assert (band.stop - 1) * bin_hz <= band.high * (1 + 1e-6)


def test_half_octaves_at_16_khz() -> None:
    bands = half_octave_bands(257, 31.25)
    assert [band.low for band in bands] == [0, 250, 500, 1000, 1500, 2000, 3000, 4000, 6000]
    assert [band.first for band in bands] == [0, 8, 16, 32, 48, 64, 96, 128, 192]
    assert (bands[-1].stop, bands[-1].high) == (257, 8000)


@given(n_bins=st.integers(1, 5000), bin_hz=st.floats(0.01, 50_000.0))
def test_half_octaves_cover_every_bin_once_and_divide_octaves(n_bins: int, bin_hz: float) -> None:
    bands = half_octave_bands(n_bins, bin_hz)
    assert bands[0].first == 0
    assert bands[-1].stop == n_bins
    assert all(one.stop == other.first and one.high == other.low for one, other in pairwise(bands))
    assert all(band.stop - band.first >= min(LEAST_BINS, n_bins) for band in bands)
    wide = {band.first for band in octave_bands(n_bins, bin_hz) if band.low * 1.5 <= bands[-1].low and band.low >= 1000}
    narrow = LEAST_BINS * bin_hz > 250
    assert narrow or wide <= {band.first for band in bands}


@given(n_bins=st.integers(1, 5000), parts=st.integers(1, 20))
def test_equal_bands_cover_every_bin_once(n_bins: int, parts: int) -> None:
    bands = equal_bands(n_bins, parts)
    assert len(bands) == min(parts, n_bins)
    assert (bands[0].first, bands[-1].stop) == (0, n_bins)
    assert all(one.stop == other.first for one, other in pairwise(bands))
    widths = [band.stop - band.first for band in bands]
    assert max(widths) - min(widths) <= 1
