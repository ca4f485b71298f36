"""Pixels of a density: means that add up to what there is, whatever the zoom."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osisnr_gui.qt.plots.items.maps import HIGHEST, density_pixels, heat_codes, mean_between
from osisnr_gui.qt.plots.items.spectrogram import PixelGrid
from osisnr_gui.qt.plots.map_plots import step_for
from osisnr_gui.qt.plots.scales import make_scale

repeatable = settings(derandomize=True, deadline=None, max_examples=80, database=None)


@repeatable
@given(st.integers(0, 2**32 - 1), st.floats(-20, 60), st.floats(0.05, 9), st.integers(1, 40))
def test_time_by_brute_force(seed: int, first: float, per_pixel: float, width: int) -> None:
    columns = np.random.default_rng(seed).uniform(size=(37, 3))
    edges = first + np.arange(width + 1) * per_pixel
    found = mean_between(columns, edges[:-1], edges[1:])
    for p in range(width):
        a, b = first + p * per_pixel, first + (p + 1) * per_pixel
        overlap = np.array([max(0.0, min(b, i + 1) - max(a, i)) for i in range(37)])
        wanted = overlap @ columns / overlap.sum() if overlap.sum() > 0 else np.zeros(3)
        if not 0 < overlap.sum() < 1e-9:  # a sliver of rounding
            np.testing.assert_allclose(found[p], wanted, atol=1e-6)


def test_nothing_under_any_pixel() -> None:
    starts = 2.0 * np.arange(5)
    assert not mean_between(np.zeros((0, 4)), starts, starts + 2.0).any()
    assert not mean_between(np.ones((3, 4)), starts + 10.0, starts + 12.0).any()


def test_bins_by_brute_force() -> None:
    values = np.random.default_rng(0).uniform(size=(5, 20))
    starts, stops = np.array([15, 7, 7, 0, 20]), np.array([20, 15, 8, 7, 20])
    found = mean_between(values.T, starts, stops)
    wanted = [values[:, a:b].mean(axis=1) if b > a else np.zeros(5) for a, b in zip(starts, stops, strict=True)]
    np.testing.assert_allclose(found, wanted, atol=1e-12)


@pytest.mark.parametrize("name", ["linear", "mel", "log"])
@pytest.mark.parametrize("height", [16, 64, 300])
def test_a_flat_density_stays_flat(name: str, height: int) -> None:
    grid = PixelGrid(0.0, 0.013, 120, 1.0, 1.0 / height, height)
    pixels = density_pixels(np.ones((400, 65)), 0.0, 2.7, grid, make_scale(name, 65, 125.0), 125.0)
    np.testing.assert_allclose(pixels, 1.0, rtol=1e-9)


def test_on_a_grid_of_whole_bins_the_mean_is_kept() -> None:
    columns = np.random.default_rng(1).exponential(size=(96, 64))
    grid = PixelGrid(0.0, 1.0, 12, 1.0, 1.0 / 16, 16)
    pixels = density_pixels(columns, 0.0, 8.0, grid, make_scale("linear", 64, 1.0), 1.0)
    assert pixels.shape == (16, 12)
    assert pixels.mean() == pytest.approx(columns.mean(), rel=1e-12)
    assert pixels[-1, 0] == pytest.approx(columns[:8, :4].mean())


def test_one_stored_column_or_more_to_a_pixel() -> None:
    assert [step_for(x) for x in (0.01, 0.99, 1, 1.99, 2, 7.9, 8, 500)] == [1, 1, 1, 1, 2, 4, 8, 256]


def test_heat_begins_above_an_even_share() -> None:
    codes = heat_codes(np.array([0.0, 0.5, 1.0, HIGHEST**0.5, HIGHEST, 1e9]))
    assert codes.tolist() == [0, 0, 0, 128, 255, 255]
    assert np.all(np.diff(heat_codes(np.geomspace(1, HIGHEST, 50)).astype(int)) >= 0)
