"""The alpha table against the direct formula over the whole range of alpha."""

from __future__ import annotations

import numpy as np
import pytest
from measures import alpha_table, columns, sums_of

from osisnr_gui.core.alpha_table import (
    N_NODES,
    NODES,
    AlphaTable,
    interpolation_weights,
    log_magnitudes,
    nearby_nodes,
)
from osisnr_gui.core.mc_mse import mc_mse_per_frame
from osisnr_gui.core.osi_snr import rows_of
from osisnr_gui.core.types import Framing, Representation

ALPHAS = np.linspace(0.01, 1.0, 100)
MAGNITUDE = Framing(Representation.MAGNITUDE, 512, 128)


def _uniform(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(size=shape)


def _normal(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def _sine(amplitude: float, noise: float, seed: int = 0) -> np.ndarray:
    n = np.arange(12_000)
    tone = amplitude * np.sin(2 * np.pi * 1000 * n / 16_000)
    return columns(tone + noise * _normal(seed, n.size), MAGNITUDE)


def _speech_like(seed: int) -> np.ndarray:
    """Noise in bands that come and go over 80 dB, digital silence between."""
    rng = np.random.default_rng(seed)
    n = 24_000
    envelope = 10 ** (-4 * np.abs(np.sin(2 * np.pi * 3 * np.arange(n) / 16_000)))
    envelope[8000:10_000] = 0
    return columns(np.cumsum(rng.normal(size=n)) * 0.01 * envelope, MAGNITUDE)


CASES: dict[str, tuple[np.ndarray, np.ndarray, float]] = {
    "masks": (_uniform(0, 257, 200), _uniform(1, 257, 200), 1e-11),
    "speech": (_speech_like(0), _speech_like(1), 1e-9),
    "zeros": (_uniform(2, 65, 300).round() * _uniform(3, 65, 300), _uniform(4, 65, 300), 1e-11),
    "binary masks": (_uniform(5, 65, 300).round(), _uniform(6, 65, 300).round(), 1e-12),
    "signed": (_normal(7, 65, 300), _normal(8, 65, 300), 1e-11),
    "inverted": (_normal(7, 65, 300), -_normal(7, 65, 300), 1e-11),
    "complex": (_normal(9, 65, 300) + 1j * _normal(10, 65, 300), _normal(11, 65, 300) - 0.5j, 1e-11),
    "complex against real": (_normal(9, 65, 300) + 1j * _normal(10, 65, 300), _normal(11, 65, 300), 1e-11),
    "one bin": (_uniform(12, 1, 500), _uniform(13, 1, 500), 1e-9),
    "one bin, signed": (_normal(12, 1, 500), _normal(13, 1, 500), 1e-9),
    "huge": (_uniform(14, 33, 50) * 1e150, _uniform(15, 33, 50) * 1e150, 1e-11),
    "tiny": (_uniform(14, 33, 50) * 1e-150, _uniform(15, 33, 50) * 1e-150, 1e-11),
    "smallest": (_uniform(14, 33, 50) * 1e-305, _uniform(15, 33, 50) * 1e-305, 1e-11),
    "gain of 60 dB": (_uniform(16, 65, 100), 1000 * _uniform(16, 65, 100), 1e-9),
    "frames at many levels": (
        _uniform(17, 65, 300) * 10 ** (24 * _uniform(18, 300) - 12),
        _uniform(19, 65, 300) * 10 ** (4 * _uniform(20, 300) - 2),
        1e-6,
    ),
    "cells at many levels": (10 ** (-12 * _uniform(21, 65, 300)), 10 ** (-12 * _uniform(22, 65, 300)), 1e-8),
    "tones": (_sine(1, 0), _sine(0.5, 0), 1e-6),
    "a tone agrees, the rest does not": (_sine(1, 0), _sine(1, 1e-3), 1e-6),
    "a tone in two noises": (_sine(1, 1e-3, 1), _sine(1, 1e-3, 2), 1e-6),
}


@pytest.mark.parametrize("name", CASES)
def test_against_the_direct_formula(name: str) -> None:
    s, e, tolerance = CASES[name]
    table = alpha_table(s, e)
    sums = sums_of(table)
    for alpha in ALPHAS:
        wanted = mc_mse_per_frame(s, e, alpha)
        # Subnormal numbers have fewer digits than the tolerance asks for.
        np.testing.assert_allclose(table.per_frame(alpha), wanted, rtol=tolerance, atol=1e-320)
        assert sums.mean(alpha) == pytest.approx(np.mean(wanted), rel=tolerance, abs=1e-320)


@pytest.mark.parametrize("difference", [1e-3, 1e-6, 1e-9, 1e-12])
def test_columns_that_nearly_agree(difference: float) -> None:
    """Against expm1(alpha * log1p(..)), which keeps the digits that a difference of two powers loses."""
    s = 0.01 + _uniform(0, 65, 300)
    e = s * (1 + difference * _normal(1, 65, 300))
    table = alpha_table(s, e)
    log_ratio = np.log1p((s - e) / e)
    for alpha in ALPHAS:
        wanted = np.mean((e**alpha * np.expm1(alpha * log_ratio)) ** 2, axis=0)
        size = np.mean(e ** (2 * alpha), axis=0)
        np.testing.assert_allclose(np.sqrt(table.per_frame(alpha)), np.sqrt(wanted), rtol=1e-9, atol=4e-16 * size.max())


@pytest.mark.parametrize("of", ["real", "complex"])
def test_silent_and_equal_frames_are_exactly_zero(of: str) -> None:
    s = np.zeros((33, 6)) + (0j if of == "complex" else 0)
    e = s.copy()
    s[:, 2] = e[:, 2] = _uniform(0, 33)
    s[:, 3] = _uniform(1, 33)
    e[:, 4] = 1e200 * _uniform(1, 33)
    table = alpha_table(s, e)
    for alpha in (0.01, 0.3, 1.0):
        found = table.per_frame(alpha)
        assert list(found[[0, 1, 2, 5]]) == [0.0] * 4
        with np.errstate(over="ignore"):
            np.testing.assert_allclose(found[3:5], mc_mse_per_frame(s, e, alpha)[3:5], rtol=1e-11)
    assert sums_of(alpha_table(s[:, :2], e[:, :2])).mean(0.3) == 0.0


def test_beyond_float64_it_is_infinite_and_equal_frames_stay_zero() -> None:
    s = np.full((4, 2), 1.5e308)
    e = np.c_[s[:, 0], -s[:, 1]]
    table = alpha_table(s, e)
    np.testing.assert_array_equal(table.per_frame(1.0), [0.0, np.inf])
    assert sums_of(table).mean(1.0) == np.inf
    assert table.split_sums(np.array([True, False]))[1].mean(1.0) == 0.0


def test_weights_at_a_node_choose_it() -> None:
    for k, node in enumerate(NODES):
        weights = interpolation_weights(float(node))
        assert weights[k] == pytest.approx(1.0, abs=1e-6)
        assert np.abs(np.delete(weights, k)).max() < 1e-6
    hits = [k for k, node in enumerate(NODES) if np.count_nonzero(interpolation_weights(float(node))) == 1]
    assert hits, "at least one node is hit to the last digit, where the formula divides by zero"


@pytest.mark.parametrize("alpha", [1e-9, 0.01, 0.123456789, 0.3, 0.999, 1.0])
def test_weights_reproduce_polynomials(alpha: float) -> None:
    weights, t, at = interpolation_weights(alpha), np.log(NODES + 0.3), np.log(alpha + 0.3)
    assert weights.shape == (N_NODES,)
    for power in (0, 1, 2, 7, N_NODES - 1):
        assert weights @ t**power == pytest.approx(at**power, rel=1e-9, abs=1e-12)


def test_nodes_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="read-only"):
        NODES[0] = 1.0


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_sums_of_chosen_frames(share: float) -> None:
    s, e = CASES["speech"][:2]
    chosen = np.random.default_rng(0).uniform(size=s.shape[1]) < share
    everything, sums = alpha_table(s, e).split_sums(chosen)
    assert everything.n_frames == s.shape[1]
    assert everything.mean(0.3) == pytest.approx(np.mean(mc_mse_per_frame(s, e, 0.3)), rel=1e-9)
    assert sums.n_frames == np.count_nonzero(chosen)
    for alpha in (0.01, 0.3, 1.0):
        if not chosen.any():
            assert np.isnan(sums.mean(alpha))
        else:
            assert sums.mean(alpha) == pytest.approx(np.mean(mc_mse_per_frame(s, e, alpha)[chosen]), rel=1e-9)


def test_filled_in_pieces_and_sliced() -> None:
    s, e = CASES["signed"][:2]
    whole, pieces = alpha_table(s, e), AlphaTable.allocate(300)
    for a, b in ((0, 1), (1, 64), (64, 300)):
        pieces.put_rows(a, *log_magnitudes(rows_of(s[:, a:b]), rows_of(e[:, a:b])))
    np.testing.assert_allclose(pieces.per_frame(0.3), whole.per_frame(0.3), rtol=1e-13)
    np.testing.assert_allclose(whole[10:20].per_frame(0.3), whole.per_frame(0.3)[10:20], rtol=1e-13)
    np.testing.assert_allclose(whole.per_frame(0.3, slice(10, 20)), whole.per_frame(0.3)[10:20], rtol=1e-13)
    assert whole[10:20].exponents.size == 10
    assert whole.per_frame(0.3, slice(5, 5)).shape == (0,)


def test_never_negative() -> None:
    s = _uniform(0, 65, 200)
    table = alpha_table(s, s * (1 + 1e-16))
    for alpha in ALPHAS:
        assert table.per_frame(alpha).min() >= 0.0
        assert sums_of(table).mean(alpha) >= 0.0


@pytest.mark.parametrize("name", ["masks", "speech", "zeros", "signed", "complex", "one bin", "huge", "gain of 60 dB"])
def test_what_is_drawn_is_right_to_a_hundredth_of_a_pixel(name: str) -> None:
    reference, estimate, _ = CASES[name]
    table = alpha_table(reference, estimate)
    for alpha in (*ALPHAS, NODES[0], NODES[12], NODES[24]):
        np.testing.assert_allclose(table.approximate(alpha), table.per_frame(alpha), rtol=2e-4, atol=0)
    np.testing.assert_allclose(table.approximate(0.3, slice(3, None, 7)), table.approximate(0.3)[3::7], rtol=1e-13)


def test_nearby_weights_are_a_few_nodes_around_alpha() -> None:
    for alpha in ALPHAS:
        nodes = nearby_nodes(alpha)
        weights = interpolation_weights(alpha, nodes)
        assert NODES[nodes].size == weights.size < N_NODES / 3
        assert NODES[nodes][0] <= max(alpha, NODES[0]) <= NODES[nodes][-1]
        assert weights.sum() == pytest.approx(1.0)
