"""Delay by cross-correlation."""

from __future__ import annotations

import numpy as np
import pytest

from osisnr_gui.core.align import Delay, DelayFinder, find_delay

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
    finder = DelayFinder(400)
    s = _noise(3 * finder.block + 17)
    assert find_delay(s, _late(s, 399), 400).samples == 399
    assert find_delay(s, _late(s, -399), 400).samples == -399


@pytest.mark.parametrize("piece", [1777, 30_000, 200_000])
def test_the_cut_into_pieces_changes_no_bit(piece: int) -> None:
    s = _noise(100_000)
    e = _late(s, 321)[:100_000] + _noise(100_000, 1)
    whole, pieces = DelayFinder(500), DelayFinder(500)
    whole.feed(s, e)
    for start in range(0, len(s), piece):
        pieces.feed(s[start : start + piece], e[start : start + piece])
    found = pieces.find()
    assert found == whole.find()
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
    finder = DelayFinder(max_lag)
    assert finder.block > 0
    assert finder.block + 2 * max_lag <= 1 << (finder.block + 2 * max_lag - 1).bit_length()
    x = _noise(finder.block + 100)
    assert find_delay(x, _late(x, max_lag), max_lag).samples == max_lag
