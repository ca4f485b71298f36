"""OSI-SNR and its companions: what must hold for any pair of matrices."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measures import project

from osisnr_gui.core.bad_frames import frame_status
from osisnr_gui.core.osi_snr import (
    Projection,
    angle_degrees,
    exact_osi_db,
    literal_osi_db,
    merge,
    project_rows,
    si_snr_db,
    snr_db,
)
from osisnr_gui.core.types import FrameStatus, ShapeError

repeatable = settings(derandomize=True, deadline=None, max_examples=60, database=None)
seeds = st.integers(0, 2**32 - 1)
decades = st.floats(-8, 8)


def _pair(seed: int, error_db: float = -10.0, bins: int = 33, frames: int = 7) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    s = rng.normal(size=(bins, frames))
    return s, s + 10 ** (error_db / 20) * rng.normal(size=s.shape)


def _textbook(s: np.ndarray, e: np.ndarray) -> np.ndarray:
    """Section 2 of the definitions, line by line."""
    s, e = s.astype(np.float64), e.astype(np.float64)
    with np.errstate(all="ignore"):
        lam = np.sum(e * e, axis=0) / (np.sum(s * e, axis=0) + 1e-10)
        target = lam * s
        noise = e - lam * s
        return 10 * np.log10(np.sum(target**2, axis=0) / (np.sum(noise**2, axis=0) + 1e-8))


def _exact_by_fractions(s: np.ndarray, e: np.ndarray) -> float:
    """OSI-SNR of one column in rational arithmetic; only the logarithm is rounded."""
    a, b = [Fraction(float(x)) for x in s], [Fraction(float(x)) for x in e]
    dot = sum(x * y for x, y in zip(a, b, strict=True))
    both = sum(x * x for x in a) * sum(y * y for y in b)
    return float(10 * np.log10(float(both / (both - dot * dot))))


@repeatable
@given(seeds, st.floats(-60, 20))
def test_literal_is_the_written_formula(seed: int, error_db: float) -> None:
    s, e = _pair(seed, error_db)
    np.testing.assert_allclose(literal_osi_db(project(s, e)), _textbook(s, e), rtol=0, atol=1e-8)


@repeatable
@given(seeds, st.floats(-300, 20))
def test_exact_keeps_every_digit_up_to_300_db(seed: int, error_db: float) -> None:
    s, e = _pair(seed, error_db, bins=9, frames=1)
    if np.array_equal(s, e):
        return
    found = exact_osi_db(project(s, e))[0]
    wanted = _exact_by_fractions(s[:, 0], e[:, 0])
    if wanted > 300:
        assert found > 280
        return
    # r = e - (C/S) s is rounded to the last place of e: the smaller it is, the more of it that is.
    assert found == pytest.approx(wanted, abs=1e-9 + 2e-15 * 10 ** (wanted / 20))


@repeatable
@given(seeds, st.floats(-120, 20), decades, decades, st.sampled_from([1, -1]), st.sampled_from([1, -1]))
def test_exact_ignores_gain_and_polarity(seed: int, error_db: float, g: float, h: float, p: int, q: int) -> None:
    s, e = _pair(seed, error_db)
    base = exact_osi_db(project(s, e))
    np.testing.assert_allclose(exact_osi_db(project(p * 10**g * s, q * 10**h * e)), base, rtol=0, atol=1e-7)
    # Powers of two change no digit at all.
    np.testing.assert_array_equal(exact_osi_db(project(p * 0.125 * s, q * 1024 * e)), base)


@repeatable
@given(seeds, st.floats(-120, 20))
def test_exact_is_symmetric(seed: int, error_db: float) -> None:
    s, e = _pair(seed, error_db)
    np.testing.assert_allclose(exact_osi_db(project(s, e)), exact_osi_db(project(e, s)), rtol=0, atol=1e-7)


@repeatable
@given(seeds, st.floats(-100, 40))
def test_exact_is_one_plus_si_snr(seed: int, error_db: float) -> None:
    s, e = _pair(seed, error_db)
    p = project(s, e)
    np.testing.assert_allclose(10 ** (exact_osi_db(p) / 10), 1 + 10 ** (si_snr_db(p) / 10), rtol=1e-12)


@repeatable
@given(seeds, st.floats(-200, 200), decades)
def test_exact_is_never_negative(seed: int, error_db: float, g: float) -> None:
    s, e = _pair(seed, error_db)
    assert np.all(exact_osi_db(project(s, 10**g * e)) >= 0)
    unrelated = np.random.default_rng(seed + 1).normal(size=s.shape)
    assert np.all(exact_osi_db(project(s, unrelated)) >= 0)


@repeatable
@given(seeds, st.floats(-40, 0))
def test_literal_tends_to_exact_for_loud_columns(seed: int, error_db: float) -> None:
    s, e = _pair(seed, error_db)
    for loudness in (1e2, 1e4, 1e6):
        p = project(loudness * s, loudness * e)
        np.testing.assert_allclose(literal_osi_db(p), exact_osi_db(p), rtol=0, atol=1e-4 / loudness**2 + 1e-12)


@repeatable
@given(seeds, st.floats(-60, 20))
def test_angle_is_the_angle_between_the_columns(seed: int, error_db: float) -> None:
    s, e = _pair(seed, error_db)
    cosine = np.abs(np.sum(s * e, axis=0)) / np.linalg.norm(s, axis=0) / np.linalg.norm(e, axis=0)
    np.testing.assert_allclose(angle_degrees(exact_osi_db(project(s, e))), np.degrees(np.arccos(cosine)), atol=1e-5)


def test_angle_at_the_ends() -> None:
    np.testing.assert_allclose(angle_degrees(np.array([np.inf, 0.0, -5.0, 10 * np.log10(4)])), [0, 90, 90, 30])


@repeatable
@given(seeds, st.floats(-60, 20), st.floats(-3, 3))
def test_snr_and_gain(seed: int, error_db: float, g: float) -> None:
    s, e = _pair(seed, error_db)
    e = e * 10**g
    p = project(s, e)
    np.testing.assert_allclose(snr_db(p), 10 * np.log10(np.sum(s**2, 0) / np.sum((s - e) ** 2, 0)), atol=1e-7)
    np.testing.assert_allclose(p.gain, np.sum(s * e, 0) / np.sum(s * s, 0), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(p.reference_db, 10 * np.log10(np.sum(s * s, 0)), atol=1e-12)
    np.testing.assert_allclose(p.estimate_db, 10 * np.log10(np.sum(e * e, 0)), atol=1e-12)


@repeatable
@given(seeds, st.floats(-60, 20))
def test_complex_counts_as_twice_as_many_real_numbers(seed: int, error_db: float) -> None:
    s, e = _pair(seed, error_db, bins=20)
    p = project(s[:10] + 1j * s[10:], e[:10] + 1j * e[10:])
    real = project(s, e)
    np.testing.assert_allclose(exact_osi_db(p), exact_osi_db(real), atol=1e-9)
    np.testing.assert_allclose(literal_osi_db(p), literal_osi_db(real), atol=1e-9)


@repeatable
@given(seeds, st.floats(0, 2 * np.pi))
def test_complex_mode_abs_ignores_a_common_phase(seed: int, phase: float) -> None:
    s, e = _pair(seed, bins=20)
    a, b = s[:10] + 1j * s[10:], e[:10] + 1j * e[10:]
    turned = exact_osi_db(project(a, b * np.exp(1j * phase), "abs"))
    np.testing.assert_allclose(turned, exact_osi_db(project(a, b, "abs")), atol=1e-9)
    assert np.all(turned >= exact_osi_db(project(a, b)) - 1e-9)


def test_real_against_complex() -> None:
    s, e = _pair(5)
    np.testing.assert_allclose(exact_osi_db(project(s, e + 0j)), exact_osi_db(project(s, e)), atol=1e-12)
    np.testing.assert_allclose(exact_osi_db(project(s + 0j, e)), exact_osi_db(project(s, e)), atol=1e-12)


@pytest.mark.parametrize("dtype", ["f2", "f4", "i1", "u1", "?", "i2", "i4", ">f4", ">f8", ">i2", "u8"])
@pytest.mark.parametrize("layout", ["C", "F", "strided", "reversed"])
def test_any_type_and_layout_gives_the_float64_result(dtype: str, layout: str) -> None:
    rng = np.random.default_rng(3)
    wide = rng.normal(size=(2, 40, 30))
    matrices = [m > 0 for m in wide] if dtype == "?" else [m * (1.0 if "f" in dtype else 20.0) for m in wide]
    matrices = [np.abs(m) if dtype.startswith("u") else m for m in matrices]
    matrices = [m.astype(dtype) for m in matrices]
    if layout == "F":
        matrices = [np.asfortranarray(m) for m in matrices]
    elif layout == "strided":
        matrices = [m[::2, ::3] for m in matrices]
    elif layout == "reversed":
        matrices = [m[::-1, ::-1] for m in matrices]
    s, e = matrices
    wanted = project(s.astype(np.float64), e.astype(np.float64))
    found = project(s, e)
    np.testing.assert_array_equal(literal_osi_db(found), literal_osi_db(wanted))
    np.testing.assert_array_equal(exact_osi_db(found), exact_osi_db(wanted))
    np.testing.assert_allclose(literal_osi_db(found), _textbook(s, e), atol=1e-8)


def test_int16_extremes_do_not_wrap() -> None:
    s = np.array([[32767, -32768], [-32768, 32767]], dtype=np.int16)
    p = project(s, -s.astype(np.int32))
    assert np.all(np.isinf(exact_osi_db(p)))
    np.testing.assert_allclose(p.gain, -1)


def test_inputs_are_left_alone() -> None:
    s, e = _pair(1)
    s[:, 0] *= 1e-200
    e[:, 1] *= 1e200
    before = s.copy(), e.copy()
    literal_osi_db(project(s, e))
    project_rows(s.T.copy(), e.T.copy())
    np.testing.assert_array_equal(s, before[0])
    np.testing.assert_array_equal(e, before[1])


@pytest.mark.parametrize("a", [-1020, -560, -300, 0, 300, 540, 1000])
@pytest.mark.parametrize("b", [-1020, -560, -300, 0, 300, 540, 1000])
def test_extreme_scales(a: int, b: int) -> None:
    """Gains far outside what squares survive; the literal value against rational arithmetic."""
    s, e = _pair(11, bins=5, frames=3)
    s, e = np.ldexp(s, a), np.ldexp(e, b)
    p = project(s, e)
    np.testing.assert_allclose(exact_osi_db(p), exact_osi_db(project(*_pair(11, bins=5, frames=3))), atol=1e-9)
    wanted = [_literal_by_fractions(s[:, i], e[:, i]) for i in range(3)]
    np.testing.assert_allclose(literal_osi_db(p), wanted, rtol=1e-12, atol=1e-9)


def test_scales_that_cancel_are_not_no_scales() -> None:
    s, e = np.array([[1.0], [0.5], [-0.25]]), np.array([[1.0], [0.25], [0.125]])
    s, e = np.ldexp(s, 300), np.ldexp(e, -300)
    np.testing.assert_allclose(literal_osi_db(project(s, e)), [_literal_by_fractions(s[:, 0], e[:, 0])], rtol=1e-12)


def _log10(x: Fraction) -> float:
    shift = x.numerator.bit_length() - x.denominator.bit_length()
    return float(np.log10(float(x / Fraction(2) ** shift)) + shift * np.log10(2.0))


def _literal_by_fractions(s: np.ndarray, e: np.ndarray) -> float:
    a, b = [Fraction(float(x)) for x in s], [Fraction(float(x)) for x in e]
    lam = sum(y * y for y in b) / (sum(x * y for x, y in zip(a, b, strict=True)) + Fraction(1e-10))
    target = sum((lam * x) ** 2 for x in a)
    noise = sum((y - lam * x) ** 2 for x, y in zip(a, b, strict=True))
    return 10 * (_log10(target) - _log10(noise + Fraction(1e-8)))


def test_a_frame_does_not_care_what_stands_beside_it() -> None:
    """Extreme columns switch the literal formula to logarithms; their neighbours must not notice."""
    s, e = _pair(4)
    alone = literal_osi_db(project(s, e))
    mixed = literal_osi_db(project(np.c_[s, np.ldexp(s[:, :1], 700)], np.c_[e, e[:, :1]]))
    np.testing.assert_allclose(mixed[:-1], alone, rtol=1e-13, atol=1e-13)


@repeatable
@given(seeds, st.floats(-150, 10), st.integers(1, 500), st.floats(-3, 3))
def test_merge_is_the_projection_of_the_concatenation(seed: int, error_db: float, cut: int, g: float) -> None:
    s, e = _pair(seed, error_db, bins=512, frames=1)
    e = e * 10**g
    whole = project(s, e)
    parts = merge(project(s[:cut], e[:cut]), project(s[cut:], e[cut:]))
    np.testing.assert_allclose(exact_osi_db(parts), exact_osi_db(whole), rtol=0, atol=1e-6)
    np.testing.assert_allclose(parts.gain, whole.gain, rtol=1e-12)
    np.testing.assert_allclose(snr_db(parts), snr_db(whole), atol=1e-6)


@pytest.mark.parametrize("which", ["reference", "estimate", "both", "first reference, second estimate"])
def test_merge_with_silence(which: str) -> None:
    s, e = _pair(8, bins=64, frames=1)
    if which.startswith(("reference", "both", "first")):
        s[:20] = 0
    if which in ("estimate", "both"):
        e[:20] = 0
    if which.startswith("first"):
        e[20:] = 0
    for cut in (20, 10, 40):
        parts = merge(project(s[:cut], e[:cut]), project(s[cut:], e[cut:]))
        np.testing.assert_allclose(exact_osi_db(parts), exact_osi_db(project(s, e)), atol=1e-12)


@pytest.mark.parametrize("power", [-900, -300, 300, 900])
def test_merge_of_parts_at_extreme_levels(power: int) -> None:
    """A fade-out in a 64-bit float file ends in blocks whose squares underflow."""
    s, e = _pair(2, bins=64, frames=1)
    s[32:], e[32:] = np.ldexp(s[32:], power), np.ldexp(e[32:], power)
    parts = merge(project(s[:32], e[:32]), project(s[32:], e[32:]))
    whole = project(s, e)
    np.testing.assert_allclose(exact_osi_db(parts), exact_osi_db(whole), atol=1e-9)
    np.testing.assert_allclose(parts.reference_db, whole.reference_db, rtol=1e-12)
    np.testing.assert_allclose(snr_db(parts), snr_db(whole), atol=1e-9)


@repeatable
@given(seeds, st.floats(-100, 10))
def test_residual_of_project_rows(seed: int, error_db: float) -> None:
    s, e = _pair(seed, error_db)
    p, residual = project_rows(np.ascontiguousarray(s.T), np.ascontiguousarray(e.T))
    np.testing.assert_allclose(np.sum(residual**2, axis=1), p.residual_energy, rtol=1e-12)
    np.testing.assert_allclose(residual, (e - p.gain * s).T, atol=1e-14)
    orthogonal = np.abs(np.sum(residual.T * s, axis=0))
    assert np.all(orthogonal <= 1e-14 * np.linalg.norm(s, axis=0) * np.linalg.norm(e, axis=0))


@repeatable
@given(seeds, st.floats(-280, -125))
def test_residual_of_near_equals_is_orthogonal_once_more(seed: int, error_db: float) -> None:
    """The rounding of C/S would leave 1e-16 of the reference in a residual that is not much larger."""
    s, e = _pair(seed, error_db, bins=257)
    _, residual = project_rows(np.ascontiguousarray(s.T), np.ascontiguousarray(3.3 * e.T))
    along = np.abs(np.sum(residual * s.T, axis=1))
    assert np.all(along <= 1e-13 * np.linalg.norm(s, axis=0) * np.linalg.norm(residual, axis=1))


def test_projection_allocate_put_and_slice() -> None:
    s, e = _pair(3, frames=10)
    whole = project(s, e)
    filled = Projection.allocate(10)
    filled.put(0, project(s[:, :4], e[:, :4]))
    filled.put(4, project(s[:, 4:], e[:, 4:]))
    np.testing.assert_array_equal(exact_osi_db(filled), exact_osi_db(whole))
    assert whole[2:5].dot.size == 3
    assert np.shares_memory(filled[2:5].dot, filled.dot)


@pytest.mark.parametrize("gain", [1.0, -1.0, 1 / 3, 7.7, 1e-5, -1e5])
@pytest.mark.parametrize("bins", [1, 2, 257, 4097])
def test_multiples_are_proportional(gain: float, bins: int) -> None:
    s = np.random.default_rng(bins).normal(size=(bins, 20))
    p = project(s, gain * s)
    assert np.all(np.isposinf(exact_osi_db(p)))
    assert np.all(np.isposinf(si_snr_db(p)))
    assert set(frame_status(p)) == {FrameStatus.PROPORTIONAL}


def test_one_last_place_off_is_not_proportional_beyond_reason() -> None:
    s = np.random.default_rng(0).normal(size=(257, 5))
    p = project(s, s * (1 + 1e-12 * np.random.default_rng(1).normal(size=s.shape)))
    assert np.all(np.isfinite(exact_osi_db(p)))
    assert np.all(np.abs(exact_osi_db(p) - 240) < 3)


def test_not_finite_cells_are_named_not_scored() -> None:
    s, e = _pair(0, frames=5)
    s[2, 0], e[3, 1], s[0, 2], e[0, 3] = np.nan, np.nan, np.inf, -np.inf
    p = project(s, e)
    status = frame_status(p)
    assert list(status) == [FrameStatus.NONFINITE] * 4 + [FrameStatus.OK]
    assert np.all(np.isnan(exact_osi_db(p)[:4]))


@pytest.mark.parametrize(
    "shapes", [((3, 4), (3, 5)), ((3, 4), (4, 4)), ((3,), (3,)), ((0, 4), (0, 4)), ((1, 2, 3),) * 2]
)
def test_shapes_that_do_not_fit(shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    with pytest.raises(ShapeError):
        project(np.ones(shapes[0]), np.ones(shapes[1]))


def test_no_frames_at_all() -> None:
    p = project(np.ones((3, 0)), np.ones((3, 0)))
    assert exact_osi_db(p).shape == literal_osi_db(p).shape == frame_status(p).shape == (0,)
