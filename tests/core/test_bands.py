"""OSI-SNR per band over any stretch is that of one long column."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from measures import project

from osisnr_gui.core.bands import BandSums
from osisnr_gui.core.osi_snr import exact_osi_db


def _rows(kind: str, seed: int = 0, n_frames: int = 30, n_bins: int = 24) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    s, e = np.abs(rng.normal(size=(2, n_frames, n_bins)))
    if kind == "complex":
        s, e = s * np.exp(6j * rng.uniform(size=s.shape)), e * np.exp(6j * rng.uniform(size=e.shape))
    if kind == "alike":  # a different gain in every frame, and 120 dB beside it
        e = s * rng.uniform(0.5, 2, size=(n_frames, 1)) * (1 + 1e-6 * rng.normal(size=s.shape))
    return s, e


def _direct(s: np.ndarray, e: np.ndarray, frames: slice, bins: slice) -> float:
    """OSI-SNR of a band over frames, as one column."""
    columns = (x[frames, bins].reshape(-1, 1) for x in (s, e))
    return float(exact_osi_db(project(*columns))[0])


@pytest.mark.parametrize("kind", ["real", "complex", "alike"])
def test_of_rows_and_pooled_by_brute_force(kind: str) -> None:
    s, e = _rows(kind)
    edges = (0, 4, 12, 24)
    sums = BandSums.of_rows(s, e, edges)
    bands = [slice(a, b) for a, b in itertools.pairwise(edges)]
    wanted = [[_direct(s, e, slice(i, i + 1), band) for i in range(30)] for band in bands]
    np.testing.assert_allclose(sums.osi_db(), wanted, atol=1e-6)
    starts, stops = np.array([0, 3, 29, 5, 7]), np.array([30, 9, 30, 5, 8])
    pooled = sums.pooled(starts, stops).osi_db()
    for k, (a, b) in enumerate(zip(starts, stops, strict=True)):
        if b > a:
            np.testing.assert_allclose(pooled[:, k], [_direct(s, e, slice(a, b), band) for band in bands], atol=1e-6)
    assert np.isnan(pooled[:, 3]).all()


def test_pooling_twice_is_pooling_once() -> None:
    sums = BandSums.of_rows(*_rows("alike"), (0, 8, 24))
    starts = np.arange(0, 30, 5)
    twice = sums.pooled(starts, starts + 5).pooled(np.array([1]), np.array([5]))
    once = sums.pooled(np.array([5]), np.array([25]))
    np.testing.assert_allclose(twice.osi_db(), once.osi_db(), atol=1e-9)
    parts = BandSums.joined([BandSums(*(part[:, half] for part in sums)) for half in (slice(7), slice(7, None))])
    np.testing.assert_array_equal(parts.pooled(starts, starts + 5).dot, sums.pooled(starts, starts + 5).dot)


def test_decibels_are_never_averaged() -> None:
    """A loud bad frame decides the stretch, however good the quiet ones are."""
    rng = np.random.default_rng(7)
    s, e = np.abs(rng.normal(size=(2, 3, 8)))
    s[0] *= 1e3
    e[0] *= 1e3
    e[1:] = s[1:] * (1 + 1e-4 * rng.normal(size=(2, 8)))
    sums = BandSums.of_rows(s, e, (0, 8))
    per_frame, pooled = sums.osi_db()[0], float(sums.pooled(np.array([0]), np.array([3])).osi_db()[0, 0])
    assert pooled == pytest.approx(per_frame[0], abs=0.1)
    assert per_frame.mean() > pooled + 20


def test_silence_and_perfection() -> None:
    s = np.ones((4, 8))
    e = np.ones((4, 8))
    s[0] = e[1] = 0
    osi = BandSums.of_rows(s, e, (0, 4, 8)).osi_db()
    assert np.isnan(osi[:, :2]).all()
    assert np.isposinf(osi[:, 2:]).all()
    both = BandSums.of_rows(s, e, (0, 4, 8)).pooled(np.array([0]), np.array([4])).osi_db()
    np.testing.assert_allclose(both, [[_direct(s, e, slice(0, 4), slice(0, 4))]] * 2)


def test_no_stretches() -> None:
    sums = BandSums.of_rows(*_rows("real"), (0, 24))
    assert sums.pooled(np.zeros(0, int), np.zeros(0, int)).osi_db().shape == (1, 0)
