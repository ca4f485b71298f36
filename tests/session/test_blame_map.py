"""Blame maps: near views are the core's blame, far views keep what every stored column carries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from osisnr_gui.core.mc_mse import mc_mse_blame, mc_mse_per_frame, osi_noise_blame
from osisnr_gui.core.types import Representation
from osisnr_gui.session.analysis import Analysis, analyse, rescore
from osisnr_gui.session.maps import CHUNK_COLUMNS, BlameKind, BlameMap, BlameTerms, can_be_blamed
from osisnr_gui.session.pairs import PairReader
from osisnr_gui.session.scores import PairScore
from osisnr_gui.session.session import Formula, FramingChoice, Lengths, LossChoice, Session, Source

Write = Callable[..., str]
Noise = Callable[..., np.ndarray]
ALPHAS = (0.05, 0.3, 0.62, 1.0)


def _analysis(write: Write, noise: Noise, n: int = 40_000, **settings: object) -> Analysis:
    """Talk with pauses, an estimate with noise of a changing level and a burst."""
    s = noise(n, 1, talk=True)
    e = 0.8 * s + noise(n, 2) * np.linspace(0, 0.3, n)
    e[n // 3 : n // 3 + 200] += 0.5
    session = Session((Source(write("ref.wav", s)),), (Source(write("est.wav", e)),), **settings)
    return analyse(session)


def _parts(analysis: Analysis) -> tuple[PairReader, PairScore]:
    pair = analysis.pairs[0]
    assert pair.score is not None
    return PairReader(pair), pair.score


def _densities(blame: BlameMap, step: int, terms: BlameTerms) -> np.ndarray:
    n = blame.n_stored(step)
    for index in blame.missing(step, 0, n):
        blame.load(index)
    assert blame.missing(step, 0, n) == []
    return np.concatenate([blame.density(i, terms) for i in range(-(-n // CHUNK_COLUMNS))])  # type: ignore[misc]


@pytest.mark.parametrize("representation", [Representation.MAGNITUDE, Representation.COMPLEX])
@pytest.mark.parametrize("alpha", ALPHAS)
def test_near_views_sum_to_mc_mse(write: Write, noise: Noise, representation: Representation, alpha: float) -> None:
    analysis = _analysis(
        write,
        noise,
        framing=FramingChoice(representation=representation),
        loss=LossChoice(alpha=alpha, formula=Formula.LITERAL),
    )
    columns, score = _parts(analysis)
    density = _densities(BlameMap(columns, score, BlameKind.MC_MSE), 1, BlameTerms(score, BlameKind.MC_MSE))
    s, e = columns.rows(0, columns.n_frames)
    assert density.mean() == pytest.approx(1.0, rel=1e-9)
    share = density / density.size
    np.testing.assert_allclose(share * score.literal.mc_mse, mc_mse_blame(s.T, e.T, alpha).T, rtol=1e-8, atol=1e-18)
    assert (share * score.literal.mc_mse).sum() == pytest.approx(np.mean(mc_mse_per_frame(s.T, e.T, alpha)), rel=1e-9)


def test_signed_masks(write: Write) -> None:
    s, e = np.random.default_rng(0).normal(size=(2, 12, 90))
    session = Session((Source(write("a.npy", s)),), (Source(write("b.npy", e)),))
    columns, score = _parts(analyse(session))
    density = _densities(BlameMap(columns, score, BlameKind.MC_MSE), 1, BlameTerms(score, BlameKind.MC_MSE))
    wanted = mc_mse_blame(s, e, 0.3)
    np.testing.assert_allclose(density.T, wanted / wanted.mean(), rtol=1e-8)


def test_exact_counts_active_frames_only(write: Write, noise: Noise) -> None:
    columns, score = _parts(_analysis(write, noise, loss=LossChoice(formula=Formula.EXACT), silence_db=30.0))
    active = score.facts.active
    assert 0 < active.sum() < active.size
    s, e = columns.rows(0, columns.n_frames)
    for kind, values in (
        (BlameKind.MC_MSE, mc_mse_blame(s.T, e.T, 0.3).T),
        (BlameKind.OSI_NOISE, osi_noise_blame(s.T, e.T).T / score.facts.frames.exact_osi_db[:, None]),
    ):
        density = _densities(BlameMap(columns, score, kind), 1, BlameTerms(score, kind))
        assert not density[~active].any()
        np.testing.assert_allclose(density[active], values[active] / values[active].mean(), rtol=1e-7, atol=1e-12)
        assert density[active].mean() == pytest.approx(1.0, rel=1e-9)


def test_frames_whose_literal_term_is_no_positive_number_carry_nothing(write: Write, noise: Noise) -> None:
    s, e = noise(20_000, 1), noise(20_000, 2)
    e[8_000:12_000] = 0.0
    loss = LossChoice(formula=Formula.LITERAL)
    session = Session((Source(write("a.wav", s)),), (Source(write("b.wav", e)),), loss=loss)
    columns, score = _parts(analyse(session))
    terms = BlameTerms(score, BlameKind.OSI_NOISE)
    silent = score.facts.frames.projection.estimate_energy == 0
    assert silent.any()
    assert not terms.weights[silent].any()
    assert terms.weights.mean() == pytest.approx(1.0)
    assert np.isfinite(_densities(BlameMap(columns, score, BlameKind.OSI_NOISE), 1, terms)).all()


@pytest.mark.parametrize("step", [2, 4, 16, 64])
@pytest.mark.parametrize("kind", list(BlameKind))
def test_far_views_keep_what_a_column_carries(write: Write, noise: Noise, step: int, kind: BlameKind) -> None:
    columns, score = _parts(_analysis(write, noise, 90_000))
    terms = BlameTerms(score, kind)
    blame = BlameMap(columns, score, kind)
    near, far = _densities(blame, 1, terms), _densities(blame, step, terms)
    edges = np.arange(0, len(near), step)
    wanted = np.add.reduceat(near, edges, axis=0) / np.diff(np.append(edges, len(near)))[:, None]
    np.testing.assert_allclose(far.mean(axis=1), wanted.mean(axis=1), rtol=1e-9)
    if step <= blame.taken:
        np.testing.assert_allclose(far, wanted, rtol=1e-9, atol=1e-12)
    else:  # a few frames stand for many: right on the average
        assert np.corrcoef(far.ravel(), wanted.ravel())[0, 1] > 0.6
        low, high = slice(0, columns.n_bins // 4), slice(columns.n_bins // 2, None)
        for band in (low, high):
            assert far[:, band].mean() == pytest.approx(wanted[:, band].mean(), rel=0.1)


def test_the_frame_that_carries_a_column_is_among_those_taken(write: Write, noise: Noise) -> None:
    """A burst of one frame in a hundred thousandths of noise: its bins, not those of its neighbours, are blamed."""
    n = 16_000
    s = noise(n, 1)
    e = s + 1e-4 * noise(n, 2)
    e[8_000:8_256] += 2 * np.sin(2 * np.pi * 3000 / 16_000 * np.arange(256))
    session = Session((Source(write("a.wav", s)),), (Source(write("b.wav", e)),), loss=LossChoice(alpha=0.5))
    columns, score = _parts(analyse(session))
    far = _densities(BlameMap(columns, score, BlameKind.MC_MSE), 64, BlameTerms(score, BlameKind.MC_MSE))
    column, bin_ = np.unravel_index(np.argmax(far), far.shape)
    assert column == 61 // 64
    assert abs(bin_ * 16_000 / 512 - 3000) < 100


def test_moving_alpha_reads_nothing(write: Write, noise: Noise, monkeypatch: pytest.MonkeyPatch) -> None:
    analysis = _analysis(write, noise)
    columns, score = _parts(analysis)
    blame = BlameMap(columns, score, BlameKind.MC_MSE)
    _densities(blame, 1, BlameTerms(score, BlameKind.MC_MSE))
    monkeypatch.setattr(columns, "picked", lambda _frames: pytest.fail("read again"))
    for alpha in ALPHAS:
        moved = rescore(replace(analysis.session, loss=LossChoice(alpha=alpha, formula=Formula.LITERAL)), analysis)
        assert moved is not None
        assert moved.pairs[0].score is not None
        density = _densities(blame, 1, BlameTerms(moved.pairs[0].score, BlameKind.MC_MSE))
        assert density.mean() == pytest.approx(1.0, rel=1e-9)


def test_chunks_far_from_the_view_are_dropped(write: Write, noise: Noise) -> None:
    columns, score = _parts(_analysis(write, noise, 120_000))
    blame = BlameMap(columns, score, BlameKind.MC_MSE)
    terms = BlameTerms(score, BlameKind.MC_MSE)
    for index in blame.missing(1, 0, CHUNK_COLUMNS):
        blame.load(index)
    assert blame.density(0, terms) is not None
    assert blame.missing(1, CHUNK_COLUMNS, 2 * CHUNK_COLUMNS) == [1]
    assert blame.density(0, terms) is not None
    assert blame.missing(1, 5 * CHUNK_COLUMNS, 6 * CHUNK_COLUMNS) == [5]
    assert blame.density(0, terms) is None


def test_waveforms_have_no_frequencies(write: Write, noise: Noise) -> None:
    columns, _ = _parts(_analysis(write, noise, framing=FramingChoice(representation=Representation.WAVEFORM)))
    assert not can_be_blamed(columns)
    columns, _ = _parts(_analysis(write, noise))
    assert can_be_blamed(columns)


def test_columns_are_those_of_the_pass(write: Write, noise: Noise) -> None:
    """Shifted, shorter and padded: the frames read again are the frames that were scored."""
    s, e = noise(20_000, 1), noise(15_000, 2)
    estimate = Source(write("b.wav", e), delay=-700)
    for lengths in (Lengths.COMMON, Lengths.PAD):
        analysis = analyse(Session((Source(write("a.wav", s)),), (estimate,), lengths=lengths))
        columns, score = _parts(analysis)
        frames = np.array([0, 1, 1, 40, columns.n_frames - 1])
        for x, y in (columns.picked(frames), [rows[frames] for rows in columns.rows(0, columns.n_frames)]):
            np.testing.assert_allclose(mc_mse_per_frame(x.T, y.T, 0.3), score.mc_mse(frames), rtol=1e-8, atol=1e-15)


def test_a_real_and_a_complex_mask(write: Write) -> None:
    rng = np.random.default_rng(0)
    s, e = rng.uniform(size=(9, 30)), rng.normal(size=(9, 30)) + 1j * rng.normal(size=(9, 30))
    columns, score = _parts(analyse(Session((Source(write("a.npy", s)),), (Source(write("b.npy", e)),))))
    density = _densities(BlameMap(columns, score, BlameKind.OSI_NOISE), 1, BlameTerms(score, BlameKind.OSI_NOISE))
    assert np.isfinite(density).all()
    assert [part.dtype for part in columns.rows(0, 3)] == [np.float64, np.complex128]


def test_a_pair_without_frames_is_refused(write: Write, noise: Noise) -> None:
    analysis = _analysis(write, noise)
    with pytest.raises(ValueError, match="no columns"):
        PairReader(replace(analysis.pairs[0], frames=None))
