"""Reduction to pixel columns against brute force."""

from __future__ import annotations

import numpy as np
import pytest

from osisnr_gui.core import reduce
from osisnr_gui.core.reduce import Pyramid

T0, DT = 0.004, 0.008


def noise(n: int, gaps: float = 0.0, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    values = rng.standard_normal(n)
    values[rng.random(n) < gaps] = np.nan
    return values


def test_polyline_keeps_all_frames_when_there_are_few():
    values = noise(1000)
    times, ys = reduce.polyline(Pyramid(values), T0, DT, 1.0, 2.0, 800)
    expected = (T0 + DT * np.arange(1000) >= 1.0 - DT) & (T0 + DT * np.arange(1000) <= 2.0 + DT)
    np.testing.assert_array_equal(ys, values[expected])
    np.testing.assert_allclose(times, (T0 + DT * np.arange(1000))[expected])


@pytest.mark.parametrize("gaps", [0.0, 0.2])
def test_polyline_reaches_out_of_the_picture_and_loses_no_extreme(gaps):
    values = noise(450_000, gaps)
    values[200_000], values[200_001] = 50.0, -50.0
    times, ys = reduce.polyline(Pyramid(values), T0, DT, 1000.0, 2000.0, 1600)
    assert times.size == ys.size <= 2 * 1602 + 2
    assert times[0] < 1000.0 < 2000.0 < times[-1]
    assert np.all(np.diff(times) >= 0)
    assert (np.nanmin(ys), np.nanmax(ys)) == (-50.0, 50.0)


def test_panning_by_whole_columns_gives_the_same_points():
    values, width = Pyramid(noise(100_000)), 100.0 / 500
    views = [reduce.polyline(values, T0, DT, start, start + 100.0, 500) for start in (200.0, 200.0 + width)]
    one, other = (dict(zip(*np.round(view, 9)[:, 2:-2:2], strict=True)) for view in views)
    common = one.keys() & other.keys()
    assert len(common) > 450
    assert all(one[t] == other[t] for t in common)


def test_mean_ignores_gaps_and_says_nan_where_all_is_gap():
    values = np.concatenate((np.full(100, np.nan), np.tile([1.0, 3.0, np.nan, np.nan], 100)))
    times, low, high, means = reduce.summary_per_column(Pyramid(values), 0.0, 1.0, 0.0, 500.0, 25)
    for reduced, expected in ((low, 1.0), (high, 3.0), (means, 2.0)):
        assert np.isnan(reduced[times < 90]).all()
        np.testing.assert_allclose(reduced[times > 110], expected)


@pytest.mark.parametrize("columns", [7, 100, 1000])
@pytest.mark.parametrize("span", [(0.0, 8.0), (-3.0, 4.0), (2.0, 2.05), (20.0, 30.0)])
def test_stretches_against_brute_force(columns, span):
    n = 1000
    values = noise(n, 0.1)
    got = reduce.lowest_per_stretch(values, T0, DT, *span, columns)
    edges = np.linspace(*span, columns + 1)
    left, right = T0 + DT * (np.arange(n) - 0.5), T0 + DT * (np.arange(n) + 0.5)
    for j in range(columns):
        slack = 1e-6 * DT  # whether a frame that only touches the column counts is a matter of rounding
        sure = values[(right > edges[j] + slack) & (left < edges[j + 1] - slack)]
        maybe = values[(right > edges[j] - slack) & (left < edges[j + 1] + slack)]
        if np.isnan(got[j]):
            assert np.isnan(sure).all()
        else:
            assert got[j] in maybe
            assert not (sure < got[j]).any()


def test_runs_of_masks():
    starts, stops = reduce.runs_of([True, False, True, True, False, True])
    assert starts.tolist() == [0, 2, 5]
    assert stops.tolist() == [1, 4, 6]
    assert [a.size for a in reduce.runs_of([])] == [0, 0]
    assert [a.size for a in reduce.runs_of(np.zeros(5, bool))] == [0, 0]


def test_nothing_to_draw():
    for function in (reduce.polyline, reduce.upper_edge, reduce.summary_per_column):
        times, *values = function(Pyramid(np.empty(0)), 0.0, 1.0, 0.0, 10.0, 100)
        assert times.size == values[0].size == 0
        times, *values = function(Pyramid(noise(10)), 0.0, 1.0, 1e6, 1e6 + 50, 10)
        assert np.isfinite(times).all()
