"""Blame: every cell's share, exact where the measures are."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measures import alpha_table, project, sums_of

from osisnr_gui.core.mc_mse import mc_mse_blame, mc_mse_per_frame, osi_noise_blame
from osisnr_gui.core.osi_snr import exact_osi_db
from osisnr_gui.core.types import ParameterError, ShapeError

repeatable = settings(derandomize=True, deadline=None, max_examples=60, database=None)
seeds = st.integers(0, 2**32 - 1)
ALPHAS = (0.01, 0.1, 0.3, 0.5, 0.77, 1.0)
KINDS = ("real", "signed", "complex")


def _pair(kind: str, seed: int = 0, shape: tuple[int, int] = (33, 40)) -> tuple[np.ndarray, np.ndarray]:
    """Columns over many decades with some zeros."""
    rng = np.random.default_rng(seed)
    s, e = 10 ** rng.uniform(-5, 2, size=(2, *shape)) * (rng.uniform(size=(2, *shape)) > 0.1)
    if kind == "signed":
        s, e = s * rng.choice([-1, 1], size=shape), e * rng.choice([-1, 1], size=shape)
    if kind == "complex":
        s, e = s * np.exp(2j * np.pi * rng.uniform(size=shape)), e * np.exp(2j * np.pi * rng.uniform(size=shape))
    return s, e


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("alpha", ALPHAS)
def test_mc_mse_blame_sums_to_mc_mse(kind: str, alpha: float) -> None:
    s, e = _pair(kind)
    blame = mc_mse_blame(s, e, alpha)
    assert blame.shape == s.shape
    assert blame.dtype == np.float64
    assert np.all(blame >= 0)
    assert float(blame.sum()) == pytest.approx(float(np.mean(mc_mse_per_frame(s, e, alpha))), rel=1e-12)
    assert float(blame.sum()) == pytest.approx(sums_of(alpha_table(s, e)).mean(alpha), rel=1e-9)
    np.testing.assert_allclose(blame.sum(axis=0) * s.shape[1], mc_mse_per_frame(s, e, alpha), rtol=1e-12)


def test_mc_mse_blame_of_a_single_wrong_bin() -> None:
    s = np.ones((4, 3))
    e = s.copy()
    e[2, 1] = 16.0
    blame = mc_mse_blame(s, e, 0.5)
    assert np.flatnonzero(blame).tolist() == [2 * 3 + 1]
    assert blame[2, 1] == pytest.approx(9.0 / 12.0)


@pytest.mark.parametrize("kind", KINDS)
def test_noise_blame_is_the_noise_of_the_definition(kind: str) -> None:
    s, e = _pair(kind, 1)
    shares = osi_noise_blame(s, e)
    lam = np.sum(np.abs(e) ** 2, axis=0) / np.sum((np.conj(s) * e).real, axis=0)
    noise = np.abs(e - lam * s) ** 2
    np.testing.assert_allclose(shares, noise / noise.sum(axis=0), rtol=1e-9)


@repeatable
@given(seeds, st.floats(-150, 150), st.floats(-150, 150))
def test_noise_blame_sums_to_one_at_any_level(seed: int, level_s: float, level_e: float) -> None:
    s, e = np.abs(np.random.default_rng(seed).normal(size=(2, 9, 5)))
    shares = osi_noise_blame(s, e)
    np.testing.assert_allclose(shares.sum(axis=0), 1.0, rtol=1e-14)
    np.testing.assert_allclose(osi_noise_blame(10**level_s * s, -(10**level_e) * e), shares, rtol=1e-8)


@pytest.mark.parametrize("distance", [1e-3, 1e-6, 1e-9, 1e-12])
def test_noise_blame_keeps_its_digits_where_the_columns_agree(distance: float) -> None:
    rng = np.random.default_rng(3)
    s = rng.uniform(1, 2, size=(7, 1))
    e = s + distance * rng.normal(size=s.shape)
    exact_s, exact_e = ([Fraction(float(x)) for x in column[:, 0]] for column in (s, e))
    lam = sum(b * b for b in exact_e) / sum(a * b for a, b in zip(exact_s, exact_e, strict=True))
    noise = [b - lam * a for a, b in zip(exact_s, exact_e, strict=True)]
    energy = sum(n * n for n in noise)
    wanted = np.array([float(n * n / energy) for n in noise])
    assert (abs(osi_noise_blame(s, e)[:, 0] - wanted) <= _share_error(noise, energy, wanted, largest=e.max())).all()


def _share_error(noise: list[Fraction], energy: Fraction, shares: np.ndarray, largest: float) -> np.ndarray:
    """Bound of the rounding error of shares n_k**2/|n|**2 of m bins, where n = e - lam*s.

    e - (C/S)*s: the product is rounded once, by at most eps/2 of it; the difference of two numbers within a factor of
    2 is exact. An error of C/S, whatever the kernel of the dot products, lies along s and is taken out again when
    the residual is made orthogonal; normalising s and e by their peaks rounds each once more. So every n_k is off by
    at most d = 2 eps max(e), and n_k**2 by 2|n_k|d + d**2; the sum of m of them, with sum |n_j| <= sqrt(m)|n|, by
    2 sqrt(m)|n|d + m d**2. All else is relative: fewer than 40 operations.
    """
    m, d, size = len(noise), 2 * np.finfo(float).eps * largest, math.sqrt(float(energy))
    each = np.array([2 * abs(float(n)) * d + d**2 for n in noise]) / float(energy)
    common = (2 * math.sqrt(m) * size * d + m * d**2) / float(energy)
    return each + shares * (common + 40 * np.finfo(float).eps)


def test_noise_of_orthogonal_columns_is_the_reference() -> None:
    s = np.array([[3.0], [4.0], [0.0]])
    e = np.array([[0.0], [0.0], [2.0]])
    np.testing.assert_allclose(osi_noise_blame(s, e)[:, 0], [0.36, 0.64, 0.0])


def test_noise_blame_follows_the_slope_of_osi() -> None:
    """d osi_db / d e_k = -(20/ln 10) n_k/|n|**2: its squares are in proportion to the shares."""
    s, e = np.abs(np.random.default_rng(5).normal(size=(2, 8, 1)))
    step = 1e-6
    slopes = []
    for k in range(8):
        up, down = e.copy(), e.copy()
        up[k] += step
        down[k] -= step
        slopes.append((exact_osi_db(project(s, up)) - exact_osi_db(project(s, down)))[0] / (2 * step))
    squares = np.square(slopes)
    np.testing.assert_allclose(osi_noise_blame(s, e)[:, 0], squares / squares.sum(), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_columns_without_noise_have_no_blame(kind: str) -> None:
    s, e = _pair(kind, 2, (9, 5))
    s[:, 0] = 0
    e[:, 1] = 0
    e[:, 2] = 0.25 * s[:, 2]
    e[3, 3] = np.nan
    np.testing.assert_allclose(osi_noise_blame(s, e).sum(axis=0), [0, 0, 0, 0, 1])


def test_one_real_and_one_complex() -> None:
    s, e = _pair("real", 4)[0], _pair("complex", 4)[1]
    np.testing.assert_array_equal(osi_noise_blame(s, e), osi_noise_blame(s.astype(complex), e))
    assert float(mc_mse_blame(s, e, 0.3).sum()) == pytest.approx(float(np.mean(mc_mse_per_frame(s, e, 0.3))))


def test_refusals() -> None:
    with pytest.raises(ShapeError):
        mc_mse_blame(np.ones((2, 2)), np.ones((2, 3)), 0.3)
    with pytest.raises(ShapeError):
        osi_noise_blame(np.ones((2, 2)), np.ones((3, 2)))
    with pytest.raises(ParameterError):
        mc_mse_blame(np.ones((2, 2)), np.ones((2, 2)), 0.0)
