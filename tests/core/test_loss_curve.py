"""The loss as it is drawn, against all frames."""

from __future__ import annotations

import numpy as np
import pytest
from measures import alpha_table

from osisnr_gui.core.alpha_table import AlphaTable
from osisnr_gui.core.loss_curve import LossCurve, make_sketch, sketch_steps
from osisnr_gui.core.mc_mse import mc_mse_per_frame
from osisnr_gui.core.reduce import frame_columns

N = 30_000
T0, DT = 0.016, 0.008


def pair(n: int = N) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    level = 10 ** rng.uniform(-3, 0, n)
    s = np.abs(rng.normal(size=(4, n))) * level
    return s, np.abs(s + 0.3 * rng.normal(size=s.shape) * level)


S, E = pair()
TABLE = alpha_table(S, E)


def curve(alpha: float = 0.3, gamma: float = 15.0, eps: float = 0.0) -> LossCurve:
    osi_db = np.random.default_rng(1).uniform(1, 40, N)
    osi_db[::5] = np.nan
    osi_db[10_000:11_000] = np.nan
    osi_db[12_345] = np.inf
    return LossCurve(osi_db, eps, TABLE, alpha, gamma)


def test_terms_are_the_direct_formula_for_the_frames_asked_for() -> None:
    shown, frames = curve(alpha=0.41, gamma=3.0, eps=1e-10), slice(12_340, 12_360)
    osi, mc = shown.terms(frames)
    counted = ~np.isnan(shown.osi_db[frames])
    np.testing.assert_allclose(osi, 1 / (shown.osi_db[frames] + 1e-10))
    np.testing.assert_allclose(mc[counted], 3.0 * mc_mse_per_frame(S, E, 0.41)[frames][counted], rtol=1e-6)
    assert np.isnan(mc[~counted]).all()
    assert 0 < counted.sum() < counted.size


@pytest.mark.parametrize("alpha", [0.03, 0.3, 1.0])
@pytest.mark.parametrize(
    ("start", "stop", "columns"), [(0.0, 240.0, 300), (80.0, 200.0, 1000), (95.0, 99.0, 250), (98.7, 98.9, 400)]
)
def test_a_picture_shows_means_and_extremes_of_its_columns(
    alpha: float, start: float, stop: float, columns: int
) -> None:
    shown = curve(alpha)
    osi, total = shown.terms()[0], np.add(*shown.terms())
    times, drawn_osi, drawn_total, peak = shown.draw(T0, DT, start, stop, columns)
    assert len({times.size, drawn_osi.size, drawn_total.size, peak.size}) == 1
    cut = frame_columns(N, T0, DT, start, stop, columns, sketch_steps(N))
    if stop - start < 1:  # every frame for itself
        first = round((times[0] - T0) / DT)
        for drawn, values in ((drawn_osi, osi), (drawn_total, total), (peak, total)):
            np.testing.assert_allclose(drawn, values[first : first + times.size], rtol=2e-4)
        return
    np.testing.assert_array_equal(times, cut.centres)
    crowded = stop - start > 6 * DT * columns
    for j, (a, b) in enumerate(zip(cut.edges[:-1], cut.edges[1:], strict=True)):
        count = ~np.isnan(total[a:b])
        if not count.any():
            assert np.isnan([drawn_osi[j], drawn_total[j], peak[j]]).all()
            continue
        reduce = np.mean if crowded else np.max
        assert drawn_osi[j] == pytest.approx(reduce(osi[a:b][count]), rel=1e-6)
        assert drawn_total[j] == pytest.approx(reduce(total[a:b][count]), rel=2e-4)
        assert peak[j] == pytest.approx(total[a:b][count].max(), rel=2e-4)


def test_far_views_are_the_same_with_and_without_a_sketch() -> None:
    shown = curve()
    sketch = make_sketch(shown.osi_db, shown.eps, shown.table)
    for start, stop, columns in ((0.0, 240.0, 90), (30.0, 200.0, 50), (0.0, 240.0, 20)):
        direct, sketched = (shown.draw(T0, DT, start, stop, columns, each) for each in (None, sketch))
        for a, b in zip(direct, sketched, strict=True):
            np.testing.assert_allclose(a, b, rtol=2e-4)
    near = shown.draw(T0, DT, 10.0, 20.0, 500, sketch)
    np.testing.assert_array_equal(near.peak, shown.draw(T0, DT, 10.0, 20.0, 500).peak)


def test_the_number_of_the_highest_frame_is_exact() -> None:
    shown, frames = curve(), slice(5000, 6000)
    assert shown.highest(frames) == np.nanmax(np.add(*shown.terms())[frames])
    assert np.isnan(shown.highest(slice(10_000, 11_000)))
    assert np.isnan(shown.highest(slice(0, 0)))


def test_a_sample_is_spread_over_all_frames() -> None:
    shown = curve()
    total = np.add(*shown.terms())
    sample = shown.sample(1000)
    np.testing.assert_allclose(sample, total[:: N // 1000], rtol=2e-4)
    assert shown.sample(10 * N).size == N


def test_nothing_to_draw_and_values_beyond_all_measure() -> None:
    empty = LossCurve(np.empty(0), 0.0, AlphaTable.allocate(0), 0.3, 15.0)
    assert [part.size for part in empty.draw(0.0, 0.01, 0.0, 10.0, 100)] == [0, 0, 0, 0]
    assert empty.sample(100).size == 0
    huge = np.full((1, 4000), 1e200)
    shown = LossCurve(np.full(4000, 3.0), 0.0, alpha_table(huge, 0 * huge), 1.0, 1e300)
    for columns in (10, 1000, 100_000):
        assert not (shown.draw(0.0, 1.0, 0.0, 4000.0, columns).peak < 1e300).any()
