"""Losses over frames: identities, and the traps of section 4 of the definitions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osisnr_gui.core.loss import (
    EPS_FUSED,
    EPS_LOSS,
    ExactScores,
    LiteralScores,
    check_gamma,
    fused,
    inverse_osi,
    loss_osi,
)
from osisnr_gui.core.types import ParameterError

repeatable = settings(derandomize=True, deadline=None, max_examples=100, database=None)
positive = st.lists(st.floats(0.01, 200), min_size=1, max_size=30).map(np.array)


@repeatable
@given(positive, st.sampled_from([0.0, EPS_FUSED, EPS_LOSS]))
def test_the_two_methods(osi_db: np.ndarray, eps: float) -> None:
    one, two = loss_osi(osi_db, 1, eps), loss_osi(osi_db, 2, eps)
    assert one == pytest.approx(math.fsum(1 / (x + eps) for x in osi_db) / len(osi_db), rel=1e-12)
    assert two == pytest.approx(1 / (math.fsum(osi_db) / len(osi_db) + eps), rel=1e-12)
    assert one >= two * (1 - 1e-12)  # Jensen: 1/x is convex


@repeatable
@given(positive, st.floats(0, 1000), st.integers(0, 1000))
def test_frames_average_to_the_file(osi_db: np.ndarray, gamma: float, seed: int) -> None:
    mc_mse = np.random.default_rng(seed).uniform(size=osi_db.shape)
    per_frame = inverse_osi(osi_db, EPS_FUSED) + gamma * mc_mse
    whole = fused(loss_osi(osi_db, 1, EPS_FUSED), float(np.mean(mc_mse)), gamma)
    assert float(np.mean(per_frame)) == pytest.approx(whole, rel=1e-12)


@repeatable
@given(positive, st.integers(0, 2**30), st.floats(0, 100), st.sampled_from([1, 2]))
def test_the_two_results_take_their_own_frames(exact: np.ndarray, seed: int, gamma: float, method: int) -> None:
    rng = np.random.default_rng(seed)
    literal = exact - rng.uniform(0, 30, size=exact.shape)
    active = rng.uniform(size=exact.shape) > 0.3
    a = LiteralScores.of(literal).completed(0.25, gamma, method)
    b = ExactScores.of(exact[active]).completed(0.5, gamma, method)
    assert a.osi_db_mean == pytest.approx(np.mean(literal), rel=1e-12)
    assert a.loss_osi_1 == loss_osi(literal, 1, EPS_FUSED)
    assert a.loss_osi_2 == loss_osi(literal, 2, EPS_LOSS)
    assert a.fused == (a.loss_osi_1 if method == 1 else a.loss_osi_2) + gamma * 0.25
    if not active.any():
        assert all(math.isnan(x) for x in (b.osi_db_mean, b.osi_db_median, b.osi_db_p05, b.loss_osi_1, b.fused))
        return
    kept = exact[active]
    assert b.osi_db_mean == pytest.approx(np.mean(kept))
    assert b.osi_db_median == pytest.approx(np.median(kept))
    assert b.osi_db_p05 == pytest.approx(np.quantile(kept, 0.05))
    assert b.loss_osi_1 == pytest.approx(np.mean(1 / kept))
    assert b.loss_osi_2 == pytest.approx(1 / np.mean(kept))
    assert b.fused == (b.loss_osi_1 if method == 1 else b.loss_osi_2) + gamma * 0.5


def test_silence_scores_as_perfect_in_the_literal_loss() -> None:
    osi_db = np.array([10.0, -np.inf, 20.0])
    assert loss_osi(osi_db, 1, 0.0) == pytest.approx((0.1 + 0.05) / 3)
    two = loss_osi(osi_db, 2)
    assert two == 0.0
    assert math.copysign(1, two) == -1


def test_infinite_frames_count_nothing() -> None:
    osi_db = np.array([10.0, np.inf])
    assert loss_osi(osi_db, 1, 0.0) == 0.05
    assert loss_osi(osi_db, 2, 0.0) == 0.0
    found = ExactScores.of(np.array([5.0, np.inf, np.inf]))
    assert found.osi_db_median == np.inf
    assert found.osi_db_p05 > 5


def test_a_few_infinite_frames_do_not_spoil_the_median() -> None:
    exact = np.array([1.0, 2.0, 3.0, np.inf, np.inf])
    found = ExactScores.of(exact)
    assert found.osi_db_median == 3.0
    assert found.osi_db_p05 == pytest.approx(1.2)


def test_an_undefined_frame_makes_the_result_undefined() -> None:
    osi_db = np.array([10.0, np.nan])
    assert math.isnan(loss_osi(osi_db, 1))
    assert math.isnan(loss_osi(osi_db, 2))
    assert math.isnan(loss_osi(np.array([np.inf, -np.inf]), 2))


def test_exactly_zero_decibels_without_eps() -> None:
    assert inverse_osi(np.array([0.0]))[0] == np.inf
    assert loss_osi(np.array([0.0, 5.0]), 1, 0.0) == np.inf
    assert loss_osi(np.array([0.0]), 1, EPS_FUSED) == pytest.approx(1e10)


def test_no_frames() -> None:
    assert math.isnan(loss_osi(np.empty(0), 1))
    assert math.isnan(loss_osi(np.empty(0), 2))
    assert math.isnan(LiteralScores.of(np.empty(0)).osi_db_mean)
    assert math.isnan(ExactScores.of(np.empty(0)).osi_db_median)


@pytest.mark.parametrize("method", [0, 3, -1])
def test_unknown_method(method: int) -> None:
    with pytest.raises(ParameterError):
        loss_osi(np.ones(3), method)


@pytest.mark.parametrize("gamma", [-1e-9, np.nan, np.inf, -np.inf])
def test_gamma_out_of_range(gamma: float) -> None:
    with pytest.raises(ParameterError):
        check_gamma(gamma)
    check_gamma(0.0)


def test_the_printed_example() -> None:
    osi_db = np.array([28.07307793, 30.06463945, 31.86671312])
    assert loss_osi(osi_db, 1) == pytest.approx(0.0334212301, rel=1e-8)
    assert loss_osi(osi_db, 2) == pytest.approx(0.0333316925, rel=1e-8)
    assert fused(loss_osi(osi_db, 1, EPS_FUSED), 0.0013543901, 15.0) == pytest.approx(0.0537370820, rel=1e-8)
