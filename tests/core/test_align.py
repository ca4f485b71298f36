"""Delay by cross-correlation."""

from __future__ import annotations

import numpy as np
import pytest
from measures import find_delay

from osisnr_gui.core.align import Delay, DelayFinder, si_snr_of_correlation
from osisnr_gui.core.osi_snr import project_rows, si_snr_db

RATE = 16_000
MAX_LAG = RATE // 2


def _noise(n: int = 4 * RATE, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=n)


def _late(x: np.ndarray, samples: int) -> np.ndarray:
    return np.concatenate((np.zeros(samples), x)) if samples >= 0 else x[-samples:]


@pytest.mark.parametrize("samples", [0, 1, -1, 137, -1600, MAX_LAG, -MAX_LAG])
@pytest.mark.parametrize("gain", [1.0, -1.0, 1e-4])
def test_exact(samples: int, gain: float) -> None:
    x = _noise()
    found = find_delay(x, gain * _late(x, samples), MAX_LAG)
    assert found.samples == samples
    assert np.sign(found.peak) == np.sign(gain)
    assert abs(found.peak) > 0.9
    assert found.trusted == (samples != 0)


@pytest.mark.parametrize("samples", [0, 137, -1600])
def test_at_minus_ten_decibels(samples: int) -> None:
    x = _noise()
    late = _late(x, samples)
    found = find_delay(x, late + 10**0.5 * _noise(len(late), 1), MAX_LAG)
    assert found.samples == samples
    assert found.peak == pytest.approx(1 / np.sqrt(11), abs=0.05)


def test_against_numpy_correlate() -> None:
    s, e = _noise(900), _noise(700, 1)
    lags = range(-50, 51)
    padded = np.concatenate((np.zeros(50), e, np.zeros(1000)))
    wanted = np.array([s @ padded[50 + k : 50 + k + 900] for k in lags])
    best = int(np.argmax(np.abs(wanted)))
    found = find_delay(s, e, 50)
    assert found.samples == lags[best]
    assert found.peak == pytest.approx(wanted[best] / np.linalg.norm(s) / np.linalg.norm(e), rel=1e-9)


def test_blocks_equal_one_correlation() -> None:
    """Signals many blocks long, and a best lag across every block's border."""
    s = _noise(3 * DelayFinder(400, (0, 0)).block + 17)
    assert find_delay(s, _late(s, 399), 400).samples == 399
    assert find_delay(s, _late(s, -399), 400).samples == -399


@pytest.mark.parametrize("piece", [1777, 30_000, 200_000])
def test_the_cut_into_pieces_changes_no_bit(piece: int) -> None:
    s = _noise(100_000)
    e = _late(s, 321)[:100_000] + _noise(100_000, 1)
    whole, pieces = (DelayFinder(500, (len(s), len(e))) for _ in range(2))
    whole.feed(s, e)
    for start in range(0, len(s), piece):
        pieces.feed(s[start : start + piece], e[start : start + piece])
    found, wanted = pieces.find(), whole.find()
    assert found == wanted
    np.testing.assert_array_equal(found.curve.common, wanted.curve.common)
    np.testing.assert_array_equal(found.curve.padded, wanted.curve.padded)
    assert found.samples == 321


def test_samples_that_are_not_finite_have_no_delay() -> None:
    s = _noise(5000)
    s[7] = np.inf
    assert find_delay(s, _noise(5000, 1), 100) == Delay(0, 0.0)


@pytest.mark.parametrize("which", ["reference", "estimate", "both"])
def test_silence_has_no_delay(which: str) -> None:
    s = np.zeros(9000) if which != "estimate" else _noise(9000)
    e = np.zeros(9000) if which != "reference" else _noise(9000)
    found = find_delay(s, e, 800)
    assert found == Delay(0, 0.0)
    assert found.curve is None
    assert not found.trusted


def test_unrelated_signals_are_not_trusted() -> None:
    assert not find_delay(_noise(), _noise(seed=1), MAX_LAG).trusted


@pytest.mark.parametrize("lengths", [(0, 0), (1, 1), (1, 5000), (5000, 1)])
def test_shortest_signals(lengths: tuple[int, int]) -> None:
    found = find_delay(np.ones(lengths[0]), np.ones(lengths[1]), 100)
    assert abs(found.samples) <= 100
    assert abs(found.peak) <= 1.0


@pytest.mark.parametrize("max_lag", [0, 1, 3, 8000, 24_000])
def test_the_block_leaves_room_for_every_lag(max_lag: int) -> None:
    finder = DelayFinder(max_lag, (1, 1))
    assert finder.block > 0
    assert finder.block + 2 * max_lag <= 1 << (finder.block + 2 * max_lag - 1).bit_length()
    x = _noise(finder.block + 100)
    assert find_delay(x, _late(x, max_lag), max_lag).samples == max_lag


@pytest.mark.parametrize("lengths", [(5000, 5000), (5000, 4000), (4000, 5000), (900, 700), (60_000, 90_000)])
def test_the_curve_is_over_what_is_compared_at_every_delay(lengths: tuple[int, int]) -> None:
    """Against the formula on the two signals, shifted and cut by hand."""
    n, m, reach = *lengths, 400
    s = _noise(n) + 0.3
    e = np.resize(_late(s, 137), m) + 0.5 * _noise(m, 1)
    e[:50] *= 30.0  # what a delay leaves out must not count
    curve = find_delay(s, e, reach).curve
    assert len(curve.common) // 2 == reach
    for lag in (-reach, -201, -1, 0, 1, 137, 299, reach):
        pairs = (
            (s[max(0, -lag) : max(0, min(n, m - lag))], e[max(0, lag) : max(0, min(m, n + lag))]),
            _padded(s, e, lag),
        )
        for (a, b), padded in zip(pairs, (False, True), strict=True):
            found = curve.correlation(lag, padded=padded)
            if min(n, m - lag) - max(0, -lag) < 0.1 * min(n, m):
                assert np.isnan(found), "too little to say anything"
            else:
                assert found == pytest.approx(a @ b / np.linalg.norm(a) / np.linalg.norm(b), abs=1e-12)
                wanted = si_snr_db(project_rows(a[None], b[None])[0])[0]
                assert float(si_snr_of_correlation(found)) == pytest.approx(wanted, abs=1e-6)
    assert np.isnan(curve.correlation(reach + 1, padded=False))


def _padded(s: np.ndarray, e: np.ndarray, lag: int) -> tuple[np.ndarray, np.ndarray]:
    """Both on the reference's time axis from its sample 0 on, zeros where one has none."""
    rows = np.zeros((2, len(s) + len(e) + abs(lag)))
    rows[0, : len(s)] = s
    moved = e[max(0, lag) :]
    rows[1, max(0, -lag) : max(0, -lag) + len(moved)] = moved
    return rows[0], rows[1]


def test_a_stretch_that_is_silent_in_one_signal_says_nothing() -> None:
    s, e = _noise(4000), _noise(4000, 1)
    s[300:] = 0.0
    curve = find_delay(s, e, 400).curve
    assert np.isnan(curve.correlation(-350, padded=False))
    assert np.isfinite(curve.correlation(-200, padded=False))


@pytest.mark.parametrize(("correlation", "db"), [(1.0, np.inf), (-1.0, np.inf), (0.5**0.5, 0.0), (0.0, -np.inf)])
def test_si_snr_of_correlation(correlation: float, db: float) -> None:
    assert float(si_snr_of_correlation(correlation)) == pytest.approx(db, abs=1e-12)
