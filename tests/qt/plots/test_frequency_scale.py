"""Frequency scales: round trips, which bins a pixel row covers, and round ticks at every zoom."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from osisnr_gui.qt.plots.scales import SCALE_NAMES, make_scale, row_bins

GRIDS = [(257, 31.25), (513, 46.875), (129, 187.5), (2049, 11.71875), (64, 1.0), (3, 1.0), (1, 1.0), (2, 4000.0)]


@pytest.mark.parametrize("name", SCALE_NAMES)
@pytest.mark.parametrize(("n_bins", "bin_step"), GRIDS)
def test_round_trip_and_ends(name: str, n_bins: int, bin_step: float) -> None:
    scale = make_scale(name, n_bins, bin_step)
    assert scale.to_axis(scale.low) == pytest.approx(0.0)
    assert scale.to_axis(scale.high) == pytest.approx(1.0)
    coordinates = np.linspace(0.0, 1.0, 101)
    frequencies = scale.to_frequency(coordinates)
    assert np.all(np.diff(frequencies) > 0)
    np.testing.assert_allclose(scale.to_axis(frequencies), coordinates, atol=1e-12)


def test_mel_is_htk_and_log_starts_at_50_hz() -> None:
    mel = make_scale("mel", 257, 31.25)
    assert mel.to_axis(1000.0) == pytest.approx(np.log10(1 + 1000 / 700) / np.log10(1 + 8000 / 700))
    assert make_scale("log", 257, 31.25).low == 50.0
    assert make_scale("log", 129, 187.5).low == pytest.approx(93.75)


def test_unknown_frequency_counts_bins() -> None:
    assert make_scale("mel", 64, 1.0).name == "linear"
    assert make_scale("linear", 64, 1.0).unit == "bin"
    assert {t.label for t in make_scale("linear", 64, 1.0).ticks(0, 1, 220)} >= {"0", "20", "40"}


@pytest.mark.parametrize("name", SCALE_NAMES)
@pytest.mark.parametrize(("n_bins", "bin_step"), GRIDS)
@pytest.mark.parametrize("height", [7, 220, 1300])
def test_rows_partition_the_bins(name: str, n_bins: int, bin_step: float, height: int) -> None:
    scale = make_scale(name, n_bins, bin_step)
    starts, stops = row_bins(scale, 1.0, 1.0 / height, height, n_bins, bin_step)
    assert np.all(stops > starts)
    assert starts.min() >= 0
    assert stops.max() == n_bins
    shown = {k for a, b in zip(starts, stops, strict=True) for k in range(a, b)}
    lowest = 0 if name != "log" else int(np.ceil(scale.low / bin_step))
    assert shown >= set(range(min(lowest, n_bins - 1), n_bins))
    several = np.flatnonzero(stops - starts > 1)
    assert np.all(np.diff(starts) <= 0)
    if len(several) > 1:
        assert np.all(starts[several[:-1]] >= stops[several[1:]])  # downwards, no bin twice


@given(
    name=st.sampled_from(SCALE_NAMES),
    grid=st.sampled_from(GRIDS[:5]),
    bottom=st.floats(0.0, 0.97),
    span=st.floats(0.03, 1.0),
    length=st.integers(60, 1500),
)
def test_at_least_two_round_labels(name: str, grid: tuple[int, float], bottom: float, span: float, length: int) -> None:
    scale = make_scale(name, *grid)
    top = min(bottom + span, 1.0)
    low, high = scale.to_frequency(np.array([bottom, top]))
    ticks = scale.ticks(bottom, top, length)
    if grid[1] == 1.0 and np.floor(high) - np.ceil(low) < 1:
        return  # fewer than two whole bins in sight
    assert len(ticks) >= 2
    assert len({t.label for t in ticks}) == len(ticks)
    slack = 1e-9 * scale.high
    for tick in ticks:
        frequency = float(tick.label.removesuffix("k")) * (1000 if tick.label.endswith("k") else 1)
        assert low - slack <= frequency <= high + slack
        assert tick.value == pytest.approx(float(scale.to_axis(frequency)))
    gaps = np.diff([t.value for t in ticks]) * length / (top - bottom)
    assert np.all(gaps > 0)
    if len(ticks) > 2:
        assert gaps.min() >= 22.0 - 1e-6


def test_log_labels() -> None:
    labels = [t.label for t in make_scale("log", 513, 46.875).ticks(0.0, 1.0, 300)]
    assert labels == ["50", "100", "200", "500", "1k", "2k", "5k", "10k", "20k"]
