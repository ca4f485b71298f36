"""MC-MSE by the direct formula."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osisnr_gui.core.loss import check_alpha
from osisnr_gui.core.mc_mse import compress, mc_mse_per_frame
from osisnr_gui.core.types import ParameterError, ShapeError

repeatable = settings(derandomize=True, deadline=None, max_examples=60, database=None)
alphas = st.floats(0.01, 1.0)
seeds = st.integers(0, 2**32 - 1)


def _by_hand(s: np.ndarray, e: np.ndarray, alpha: float) -> float:
    def c(x: complex) -> complex:
        return 0.0 if x == 0 else abs(x) ** alpha * x / abs(x)

    terms = [abs(c(a) - c(b)) ** 2 for a, b in zip(s.ravel().tolist(), e.ravel().tolist(), strict=True)]
    return math.fsum(terms) / len(terms)


@repeatable
@given(seeds, alphas, st.booleans())
def test_mean_over_frames_is_the_global_mean(seed: int, alpha: float, is_complex: bool) -> None:
    rng = np.random.default_rng(seed)
    s, e = rng.normal(size=(2, 9, 5)) * (rng.uniform(size=(2, 9, 5)) > 0.2)
    if is_complex:
        s, e = s + 1j * rng.normal(size=s.shape), e - 1j * rng.normal(size=s.shape)
    per_frame = mc_mse_per_frame(s, e, alpha)
    assert per_frame.shape == (5,)
    assert float(np.mean(per_frame)) == pytest.approx(_by_hand(s, e, alpha), rel=1e-12)


@repeatable
@given(seeds, alphas, st.floats(-6, 6))
def test_scales_as_gain_to_two_alpha(seed: int, alpha: float, g: float) -> None:
    s, e = np.random.default_rng(seed).normal(size=(2, 9, 5))
    base = mc_mse_per_frame(s, e, alpha)
    np.testing.assert_allclose(mc_mse_per_frame(10**g * s, 10**g * e, alpha), base * 10 ** (2 * alpha * g), rtol=1e-10)


@repeatable
@given(seeds, alphas)
def test_symmetric_and_polarity_of_both(seed: int, alpha: float) -> None:
    s, e = np.random.default_rng(seed).normal(size=(2, 9, 5))
    base = mc_mse_per_frame(s, e, alpha)
    np.testing.assert_array_equal(mc_mse_per_frame(e, s, alpha), base)
    np.testing.assert_array_equal(mc_mse_per_frame(-s, -e, alpha), base)
    assert not np.any(mc_mse_per_frame(s, s, alpha))
    np.testing.assert_allclose(mc_mse_per_frame(s, -s, alpha), 4 * np.mean(np.abs(s) ** (2 * alpha), axis=0))


def test_alpha_one_is_the_plain_mse() -> None:
    s, e = np.random.default_rng(0).normal(size=(2, 9, 5))
    np.testing.assert_allclose(mc_mse_per_frame(s, e, 1.0), np.mean((s - e) ** 2, axis=0), rtol=1e-14)


@pytest.mark.parametrize("dtype", ["f2", "f4", "i1", "u1", "?", "i2", ">f4", ">i2", "c8", ">c16"])
def test_any_type_gives_the_float64_result(dtype: str) -> None:
    rng = np.random.default_rng(1)
    s, e = (rng.uniform(0, 100, size=(2, 20, 6)) * (rng.uniform(size=(2, 20, 6)) > 0.3)).astype(dtype)
    wide = np.complex128 if "c" in dtype else np.float64
    wanted = mc_mse_per_frame(s.astype(wide), e.astype(wide), 0.3)
    np.testing.assert_array_equal(mc_mse_per_frame(s, e, 0.3), wanted)
    np.testing.assert_array_equal(mc_mse_per_frame(np.asfortranarray(s), np.asfortranarray(e), 0.3), wanted)
    np.testing.assert_allclose(mc_mse_per_frame(s[::-1, ::-2], e[::-1, ::-2], 0.3), wanted[::-2], rtol=1e-13)


@pytest.mark.parametrize("size", [0.0, 5e-324, 1e-310, 1e-200, 1.0, 1e200, 1.7e308])
@pytest.mark.parametrize("alpha", [0.01, 0.3, 1.0])
def test_compress_over_the_whole_range_of_float64(size: float, alpha: float) -> None:
    wanted = size**alpha if size else 0.0
    real = compress(np.array([[size, -size]]), alpha)
    np.testing.assert_allclose(real, [[wanted, -wanted]], rtol=1e-13)
    turned = compress(np.array([[size * 1j, -size]]), alpha)
    np.testing.assert_allclose(np.abs(turned), [[wanted, wanted]], rtol=1e-13)
    if wanted:
        np.testing.assert_allclose(np.angle(turned), [[np.pi / 2, np.pi]])


@pytest.mark.parametrize("alpha", [0.0, -0.1, 1.0000001, np.nan, np.inf])
def test_alpha_out_of_range(alpha: float) -> None:
    with pytest.raises(ParameterError):
        check_alpha(alpha)
    with pytest.raises(ParameterError):
        mc_mse_per_frame(np.ones((2, 2)), np.ones((2, 2)), alpha)


def test_shapes_must_agree() -> None:
    with pytest.raises(ShapeError):
        mc_mse_per_frame(np.ones((2, 2)), np.ones((2, 3)), 0.3)
