"""`analyse`: stages, reuse, partial results, and one bad file among good ones."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable
from dataclasses import astuple, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from measures import columns, project

from osisnr_gui.core.loss import fused, loss_osi
from osisnr_gui.core.mc_mse import mc_mse_per_frame
from osisnr_gui.core.osi_snr import exact_osi_db, literal_osi_db, si_snr_db, snr_db
from osisnr_gui.core.types import Framing, Representation
from osisnr_gui.io.audio import AudioFile
from osisnr_gui.io.errors import Cancelled, LoadError
from osisnr_gui.session import analysis as analysis_module
from osisnr_gui.session import edits, frame_pass
from osisnr_gui.session import pairs as pairs_module
from osisnr_gui.session.analysis import Analysis, AnalysisOptions, Progress, analyse, rescore
from osisnr_gui.session.delays import measure_delay
from osisnr_gui.session.frame_pass import worker_count
from osisnr_gui.session.pairs import Fit, PairAnalysis, start_frame
from osisnr_gui.session.pictures import TimeGrid
from osisnr_gui.session.session import DOWNMIX, Formula, FramingChoice, Lengths, LossChoice, Session, Source
from osisnr_gui.session.tracks import check_track, open_track

Write = Callable[..., str]
Noise = Callable[..., np.ndarray]


@pytest.fixture
def pair_of_files(write: Write, noise: Noise) -> Session:
    s = noise(16_000, 0, talk=True)
    return Session((Source(write("s.wav", s)),), (Source(write("e.wav", s + 0.03 * noise(16_000, 1))),))


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame_pass, "CHUNK_CELLS", 257 * 16)
    monkeypatch.setattr(frame_pass, "BLOCK_CELLS", 257 * 8)
    monkeypatch.setattr(analysis_module, "PARTIAL_SECONDS", 0.0)
    # With a clock that stands still every part is reported, however slow the machine is.
    monkeypatch.setattr(analysis_module, "time", SimpleNamespace(monotonic=lambda: 0.0, time_ns=time.time_ns))


def _only(analysis: Analysis) -> PairAnalysis:
    (pair,) = analysis.pairs
    assert pair.error is None, pair.error
    assert pair.frames is not None
    assert pair.score is not None
    return pair


def test_numbers_of_a_pair(write: Write, noise: Noise) -> None:
    """End to end against the formulas on whole matrices, literal and exact, table and direct."""
    s = noise(20_000, 0, talk=True)
    e = 0.5 * s + 0.02 * noise(20_000, 1)
    session = Session((Source(write("s.wav", s)),), (Source(write("e.wav", e)),))
    framing = Framing(Representation.MAGNITUDE, 512, 128)
    a, b = columns(s, framing), columns(e, framing)
    p = project(a, b)
    literal, exact, mc_mse = literal_osi_db(p), exact_osi_db(p), mc_mse_per_frame(a, b, 0.3)
    for wanted in (AnalysisOptions(), AnalysisOptions(pictures=False, delay=False, alpha=0.3)):
        analysis = analyse(session, wanted=wanted)
        assert analysis.complete
        assert analysis.framing == framing
        pair = _only(analysis)
        score, facts = pair.score, pair.score.facts
        active = (p.reference_db > p.reference_db.max() - 60) & (p.estimate_db > p.estimate_db.max() - 60)
        np.testing.assert_array_equal(facts.active, active)
        assert score.literal.osi_db_mean == pytest.approx(np.mean(literal), rel=1e-12)
        assert score.literal.loss_osi_1 == pytest.approx(loss_osi(literal, 1, 1e-10), rel=1e-12)
        assert score.literal.fused == pytest.approx(
            fused(loss_osi(literal, 1, 1e-10), float(np.mean(mc_mse)), 15), rel=1e-9
        )
        assert score.exact.osi_db_median == pytest.approx(np.median(exact[active]), rel=1e-12)
        assert score.exact.mc_mse == pytest.approx(np.mean(mc_mse[active]), rel=1e-9)
        assert score.exact.loss_osi_2 == pytest.approx(1 / np.mean(exact[active]), rel=1e-12)
        expected = np.where(active, 1 / exact + 15 * mc_mse, np.nan)
        np.testing.assert_allclose(np.add(*score.terms()), expected, rtol=1e-9)
        assert sum(score.shares) == pytest.approx(score.exact.fused, rel=1e-12)
        assert score.n_counted == active.sum() < facts.frames.n_frames == 153
        score = _only(rescore(edits.set_formula(session, Formula.LITERAL), analysis)).score
        np.testing.assert_allclose(np.add(*score.terms()), 1 / (literal + 1e-10) + 15 * mc_mse, rtol=1e-9)
        assert sum(score.shares) == pytest.approx(score.literal.fused, rel=1e-12)
        assert score.n_counted == 153
        whole = project(s[:, None], e[:, None])
        assert pair.whole.osi_db == pytest.approx(exact_osi_db(whole)[0], rel=1e-12)
        assert pair.whole.si_snr_db == pytest.approx(si_snr_db(whole)[0], rel=1e-12)
        assert pair.whole.snr_db == pytest.approx(snr_db(whole)[0], rel=1e-12)
        assert pair.whole.gain_db == pytest.approx(20 * np.log10(whole.gain[0]), rel=1e-12)


@pytest.mark.parametrize("formula", list(Formula))
@pytest.mark.parametrize("method", [1, 2])
def test_the_two_results_are_never_mixed(write: Write, noise: Noise, formula: Formula, method: int) -> None:
    s, e = noise(16_000, 0), noise(16_000, 1)
    e[4000:8000] = 0
    session = Session(
        (Source(write("s.wav", s)),), (Source(write("e.wav", e)),), loss=LossChoice(0.5, 7, method, formula)
    )
    score = _only(analyse(session)).score
    facts, literal = score.facts, formula is Formula.LITERAL
    kept = np.ones(122, dtype=bool) if literal else facts.active
    assert facts.n_active < 122
    assert score.n_counted == np.count_nonzero(kept)
    osi_db = facts.frames.literal_osi_db if literal else facts.frames.exact_osi_db
    np.testing.assert_array_equal(score.osi_db[kept], osi_db[kept])
    assert all(np.all(np.isnan(term[~kept])) for term in score.terms())
    assert score.leading is (score.literal if literal else score.exact)
    mean = np.mean(score.mc_mse()[kept])
    assert score.leading.mc_mse == pytest.approx(mean, rel=1e-9)
    assert score.mc_mse_at(0.5) == pytest.approx(mean, rel=1e-9)
    eps = (0.0, 0.0) if not literal else (1e-10, 1e-8)
    loss = loss_osi(osi_db[kept], method, eps[method - 1])
    assert score.leading.fused == pytest.approx(loss + 7 * mean, rel=1e-9)
    assert facts.not_meaningful >= 122 - facts.n_active


def test_light_changes_reuse_everything_heavy(pair_of_files: Session) -> None:
    first = analyse(pair_of_files)
    pair = _only(first)
    changes = {
        "alpha": edits.set_alpha(pair_of_files, 0.7),
        "gamma": edits.set_gamma(pair_of_files, 3),
        "method": edits.set_method(pair_of_files, 2),
        "formula": edits.set_formula(pair_of_files, Formula.LITERAL),
        "threshold": edits.set_threshold(pair_of_files, 9),
        "silence": edits.set_silence(pair_of_files, 20),
    }
    for name, session in changes.items():
        for again in (analyse(session, first), rescore(session, first)):
            assert again is not None
            assert again.session == session
            new = _only(again)
            assert new.frames is pair.frames
            assert new.pictures is pair.pictures
            assert new.estimate is pair.estimate
            assert new.whole is pair.whole
            assert new.delay is pair.delay
            assert again.reference is first.reference
            assert (new.score.facts is pair.score.facts) == (name != "silence")
            assert (new.score.bad is pair.score.bad) == (name not in ("silence", "threshold"))
            assert new.score is not pair.score
            fresh = _only(analyse(session))
            np.testing.assert_array_equal(new.score.mc_mse(), fresh.score.mc_mse())
            assert new.score.literal == fresh.score.literal
            assert new.score.exact == fresh.score.exact
            np.testing.assert_array_equal(new.score.bad.bad, fresh.score.bad.bad)
    assert _only(analyse(pair_of_files, first)).score is pair.score
    assert _only(rescore(pair_of_files, first)).score is pair.score


def test_rescore_leaves_heavy_changes_alone(pair_of_files: Session) -> None:
    first = analyse(pair_of_files)
    estimate = pair_of_files.estimates[0]
    heavy = [
        edits.set_framing(pair_of_files, hop=64),
        edits.set_framing(pair_of_files, window="boxcar"),
        edits.set_framing(pair_of_files, representation=Representation.COMPLEX),
        edits.change_source(pair_of_files, estimate, delay=1),
        edits.change_source(pair_of_files, estimate, channel=1),
        edits.remove(pair_of_files, estimate),
        edits.swap(pair_of_files, estimate),
        replace(pair_of_files, lengths=Lengths.PAD),
        replace(pair_of_files, same_rate_only=True),
    ]
    for session in heavy:
        assert rescore(session, first) is None
        again = analyse(session, first)
        if again.pairs and again.pairs[0].error is None and session.lengths is Lengths.COMMON:
            fresh = analyse(session)
            np.testing.assert_array_equal(_only(again).frames.exact_osi_db, _only(fresh).frames.exact_osi_db)


def test_rescore_needs_the_table_for_another_alpha(pair_of_files: Session) -> None:
    direct = analyse(pair_of_files, wanted=AnalysisOptions(alpha=0.3))
    assert rescore(edits.set_gamma(pair_of_files, 3), direct) is not None
    assert rescore(edits.set_alpha(pair_of_files, 0.5), direct) is None


def test_pictures_asked_for_later_are_made(pair_of_files: Session) -> None:
    bare = analyse(pair_of_files, wanted=AnalysisOptions(pictures=False))
    assert _only(bare).pictures.estimate is None
    full = analyse(pair_of_files, bare)
    assert _only(full).pictures.estimate.coarse(0).any()


@pytest.mark.parametrize("lengths", [(16_000, 16_000), (20_000, 16_000), (16_000, 20_000)])
@pytest.mark.parametrize("policy", [Lengths.COMMON, Lengths.PAD])
def test_levels_and_delay_are_those_of_the_files_alone(
    write: Write, noise: Noise, lengths: tuple[int, int], policy: Lengths
) -> None:
    """Both are gathered while the pass reads, which leaves out what the other file does not have."""
    s, e = (noise(n, k) for k, n in enumerate(lengths))
    e[300:15_000] += s[:14_700]
    sources = [Source(write("s.wav", s)), Source(write("e.wav", e)), Source(write("f.wav", e[200:]), delay=-200)]
    analysis = analyse(Session((sources[0],), tuple(sources[1:]), lengths=policy))
    for track in analysis.tracks:
        alone = check_track(open_track(track.source))
        assert track.level.peak == alone.level.peak
        np.testing.assert_allclose(astuple(track.level), astuple(alone.level), rtol=1e-12)
    for pair, late in zip(analysis.pairs, (300, 100), strict=True):
        alone = measure_delay(analysis.reference, pair.estimate)
        assert pair.delay == alone
        assert pair.delay.samples == late, "what the file is late by, whatever was taken out"
        np.testing.assert_array_equal(pair.delay.curve.common, alone.curve.common)
        np.testing.assert_array_equal(pair.delay.curve.padded, alone.curve.padded)


def test_every_file_is_decoded_once(
    pair_of_files: Session, write: Write, noise: Noise, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: dict[str, int] = {}
    original = AudioFile.read

    def counted(self: AudioFile, start: int, count: int) -> np.ndarray:
        block = original(self, start, count)
        read[self.info.path] = read.get(self.info.path, 0) + len(block)
        return block

    monkeypatch.setattr(AudioFile, "read", counted)
    longer = replace(pair_of_files, estimates=(Source(write("f.wav", noise(24_000, 2))),))
    for session in (pair_of_files, longer):
        read.clear()
        first = analyse(session)
        once = {source.path: track.n_samples for source, track in zip(session.sources, first.tracks, strict=True)}
        assert read == once
        read.clear()
        reframed = analyse(edits.set_framing(session, hop=64), first)
        assert read == once, "neither checked nor searched for a delay again"
        assert _only(reframed).delay is first.pairs[0].delay
        assert reframed.pairs[0].estimate is first.pairs[0].estimate


def test_another_estimate_leaves_the_first_alone(pair_of_files: Session, write: Write, noise: Noise) -> None:
    first = analyse(pair_of_files)
    more = edits.add_files(pair_of_files, [write("f.wav", noise(16_000, 2))])
    again = analyse(more, first)
    assert again.pairs[0].frames is first.pairs[0].frames
    assert again.pairs[0].score is first.pairs[0].score
    assert again.pairs[1].score is not None
    assert again.pairs[1].pictures.reference is first.pairs[0].pictures.reference
    back = analyse(pair_of_files, again)
    assert back.pairs[0].frames is first.pairs[0].frames
    turned = analyse(replace(more, estimates=more.estimates[::-1]), again)
    assert [p.frames for p in turned.pairs] == [p.frames for p in again.pairs[::-1]]


def test_a_changed_file_is_read_again(pair_of_files: Session, write: Write, noise: Noise) -> None:
    first = analyse(pair_of_files)
    path = Path(pair_of_files.estimates[0].path)
    write("e.wav", noise(16_000, 5))
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1))
    again = analyse(pair_of_files, first)
    assert again.pairs[0].frames is not first.pairs[0].frames
    assert again.reference is first.reference
    assert _only(again).score.exact.osi_db_mean < _only(first).score.exact.osi_db_mean


@pytest.mark.usefixtures("small_chunks")
def test_progress_and_partial_results(pair_of_files: Session, write: Write, noise: Noise) -> None:
    session = edits.add_files(pair_of_files, [write("f.wav", noise(16_000, 2))])
    seen: list[Progress] = []
    final = analyse(session, progress=seen.append)
    fractions = [p.fraction for p in seen]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0.0
    assert fractions[-1] <= 1.0
    assert all(p.words for p in seen)
    counts: dict[int, list[int]] = {0: [], 1: []}
    for part in (p.analysis for p in seen if p.analysis is not None):
        assert not part.complete
        assert part.session == session
        assert len(part.pairs) == 2
        for index, pair in enumerate(part.pairs):
            if pair.frames is None:
                assert pair.score is None
                continue
            n = pair.frames.n_frames
            counts[index].append(n)
            assert pair.score.facts.frames is pair.frames
            assert len(pair.score.mc_mse()) == len(pair.score.osi_db) == n
            np.testing.assert_array_equal(pair.frames.exact_osi_db, final.pairs[index].frames.exact_osi_db[:n])
            assert pair.frames.complete == (pair.whole is not None)
    for found in counts.values():
        assert len(set(found)) > 3
        assert found == sorted(found)


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("around", [-5.0, 0.0, 0.5, 0.99, 77.0])
def test_what_is_on_screen_comes_first(pair_of_files: Session, monkeypatch: pytest.MonkeyPatch, around: float) -> None:
    monkeypatch.setattr(pairs_module, "SOON_FRAMES", 8)
    seen: list[Analysis] = []
    plain = _only(analyse(pair_of_files))
    found = _only(
        analyse(
            pair_of_files,
            wanted=AnalysisOptions(around=around),
            progress=lambda p: p.analysis is not None and seen.append(p.analysis),
        )
    )
    parts = [pair for part in seen for pair in part.pairs if pair.score is not None]
    times = parts[0].frames.times()
    if 0.1 < around < 1.0:
        assert times[0] <= around < times[-1] + 0.008
        assert times[0] > 0.1
    else:
        assert times[0] == plain.frames.times()[0]
    np.testing.assert_array_equal(found.frames.exact_osi_db, plain.frames.exact_osi_db)
    assert found.score.literal == plain.score.literal
    assert found.score.exact == plain.score.exact
    assert found.delay == plain.delay
    assert found.whole == plain.whole
    for a, b in (
        (found.estimate.level, plain.estimate.level),
        (found.reference.level, plain.reference.level),
    ):
        np.testing.assert_allclose(astuple(a), astuple(b), rtol=1e-12, atol=1e-12)


def test_the_beginning_is_not_worth_a_detour() -> None:
    """Near it everything is there soon, and a pass that reads all in order saves reading for checks and delay."""
    fit, grid = Fit(100, 1_000_000, None), TimeGrid(0.016, 0.008)
    soon = grid.first + (100 + pairs_module.SOON_FRAMES) * grid.step
    assert start_frame(fit, grid, None) is None
    assert start_frame(fit, grid, soon) is None
    assert start_frame(fit, grid, soon + 0.0081) == 100 + pairs_module.SOON_FRAMES + 1
    assert start_frame(fit, grid, 1e9) is None


@pytest.mark.usefixtures("small_chunks")
def test_any_partial_result_may_be_the_next_previous(pair_of_files: Session) -> None:
    """A window that cancels a run starts the next one from what it has."""
    seen: list[Analysis] = []
    final = analyse(pair_of_files, progress=lambda p: p.analysis is not None and seen.append(p.analysis))
    assert len(seen) > 4
    for part in seen:
        again = _only(analyse(pair_of_files, part))
        assert again.whole == _only(final).whole
        assert again.delay == _only(final).delay
        assert again.estimate.level is not None
        assert again.score.literal == _only(final).score.literal
        np.testing.assert_array_equal(again.pictures.estimate.coarse(0), _only(final).pictures.estimate.coarse(0))


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("after", [0, 1, 3, 7, 10])
def test_cancel(pair_of_files: Session, after: int) -> None:
    calls = 0

    def cancelled() -> bool:
        nonlocal calls
        calls += 1
        return calls > after

    with pytest.raises(Cancelled):
        analyse(pair_of_files, cancelled=cancelled)
    assert after < calls <= after + worker_count()  # every thread asks once more


def test_one_bad_file_among_good_ones(pair_of_files: Session, write: Write, noise: Noise, tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("this is no sound at all")
    (tmp_path / "empty.wav").touch()
    bad = {
        "nan.wav": write("nan.wav", np.r_[noise(8000), np.nan, noise(8000)]),
        "short.wav": write("short.wav", noise(100)),
        "mask.npy": write("mask.npy", np.ones((5, 5))),
        "gone.wav": str(tmp_path / "gone.wav"),
        "text.wav": str(tmp_path / "text.wav"),
        "empty.wav": str(tmp_path / "empty.wav"),
        "folder": str(tmp_path),
    }
    good = pair_of_files.estimates[0]
    sources = [Source(path) for path in bad.values()]
    session = replace(pair_of_files, estimates=(*sources[:3], good, *sources[3:]))
    analysis = analyse(session)
    assert analysis.complete
    assert [pair.source for pair in analysis.pairs] == list(session.estimates)
    for pair in analysis.pairs:
        assert (pair.error is None) == (pair.source == good), pair.source
    found = next(pair for pair in analysis.pairs if pair.source == good)
    np.testing.assert_array_equal(found.frames.exact_osi_db, _only(analyse(pair_of_files)).frames.exact_osi_db)
    again = analyse(session, analysis)
    assert [pair.error is None for pair in again.pairs] == [pair.error is None for pair in analysis.pairs]


@pytest.mark.parametrize("kind", ["gone", "not finite", "text"])
def test_a_bad_reference(pair_of_files: Session, write: Write, noise: Noise, tmp_path: Path, kind: str) -> None:
    (tmp_path / "text.wav").write_text("this is no sound at all")
    path = {
        "gone": str(tmp_path / "gone.wav"),
        "text": str(tmp_path / "text.wav"),
        "not finite": write("nan.wav", np.r_[noise(8000), np.inf, noise(8000)]),
    }[kind]
    analysis = analyse(replace(pair_of_files, references=(Source(path),)))
    assert analysis.complete
    assert analysis.reference.error is not None
    assert any(n.code == "refused" and n.source == Source(path) for n in analysis.notices)
    assert analysis.pairs[0].estimate.error is None


@pytest.mark.parametrize("which", ["nothing", "reference", "estimate", "mixture"])
def test_incomplete_sessions(pair_of_files: Session, which: str) -> None:
    source = pair_of_files.estimates[0]
    session = {
        "nothing": Session(),
        "reference": Session(references=(source,)),
        "estimate": Session(estimates=(source,)),
        "mixture": Session(mixture=source),
    }[which]
    analysis = analyse(session)
    assert analysis.complete
    assert len(analysis.tracks) == len(session.sources)
    assert all(track.level is not None for track in analysis.tracks)
    assert all(pair.frames is None and pair.error is None for pair in analysis.pairs)
    assert rescore(edits.set_alpha(session, 0.9), analysis).session.loss.alpha == 0.9


def test_same_file_as_both(pair_of_files: Session) -> None:
    source = pair_of_files.references[0]
    pair = _only(analyse(Session((source,), (source,))))
    assert np.all(np.isposinf(pair.frames.exact_osi_db[pair.score.facts.active]))
    assert pair.score.exact.osi_db_median == np.inf
    assert pair.score.exact.loss_osi_1 == 0.0
    assert pair.score.exact.mc_mse == 0.0
    assert pair.delay.samples == 0


def test_a_file_that_goes_away_after_it_was_opened(pair_of_files: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    path = pair_of_files.estimates[0].path

    def vanish(progress: Progress) -> None:
        if progress.analysis is not None and os.path.exists(path):
            os.remove(path)

    analysis = analyse(pair_of_files, progress=vanish)
    assert analysis.complete
    assert analysis.pairs[0].error is not None
    assert analysis.pairs[0].score is None
    assert analysis.reference.error is None


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("which", ["reference", "estimate"])
def test_a_file_that_shrinks_during_the_pass(write: Write, noise: Noise, which: str) -> None:
    session = Session((Source(write("s.wav", noise(400_000))),), (Source(write("e.wav", noise(400_000, 1))),))
    source = session.reference if which == "reference" else session.estimates[0]

    def cut(progress: Progress) -> None:
        if 0.05 < progress.fraction < 0.5 and os.path.getsize(source.path) > 2_000_000:
            os.truncate(source.path, 1_000_000)

    analysis = analyse(session, progress=cut)
    assert analysis.complete
    assert analysis.pairs[0].error is not None, "half of the frames are silence that the file never had"
    assert analysis.pairs[0].score is None


@pytest.mark.skipif(sys.platform != "linux", reason="counts descriptors in /proc")
@pytest.mark.may_skip
def test_forgotten_analyses_keep_no_file_open(pair_of_files: Session) -> None:
    def open_files() -> int:
        gc.collect()
        return len(os.listdir("/proc/self/fd"))

    before = open_files()
    for _ in range(3):
        pictures = _only(analyse(pair_of_files)).pictures
        for picture in (pictures.reference, pictures.estimate, pictures.residual):
            assert picture.columns(0, 20).any()
        del pictures, picture
    assert open_files() == before


@pytest.mark.parametrize(("frames", "policy", "n"), [(80, "common", 80), (120, "common", 100), (80, "pad", 100)])
def test_masks_of_different_length(write: Write, frames: int, policy: str, n: int) -> None:
    rng = np.random.default_rng(0)
    s, e = rng.uniform(size=(33, 100)), rng.uniform(size=(33, frames))
    session = Session((Source(write("s.npy", s)),), (Source(write("e.npy", e)),), lengths=Lengths(policy))
    pair = _only(analyse(session))
    common = min(100, frames)
    assert pair.frames.n_frames == n
    np.testing.assert_allclose(
        pair.frames.exact_osi_db[:common], exact_osi_db(project(s[:, :common], e[:, :common])), rtol=1e-12
    )
    assert np.all(np.isneginf(pair.frames.literal_osi_db[common:]))
    assert pair.whole is None
    assert pair.delay is None


def test_masks_that_do_not_fit(write: Write) -> None:
    session = Session((Source(write("s.npy", np.ones((33, 60)))),), (Source(write("e.npy", np.ones((60, 33)))),))
    (pair,) = analyse(session).pairs
    assert "60 × 33" in str(pair.error)
    assert "33 × 60" in str(pair.error)
    assert "transpose" in str(pair.error)
    turned = analyse(edits.change_source(session, session.estimates[0], transpose=True))
    assert _only(turned).frames.n_frames == 60


@pytest.mark.parametrize(
    ("matrix", "n_bins"),
    [
        (np.arange(40, dtype=np.uint8).reshape(1, 40), 1),
        (np.arange(1, 41, dtype=np.float32).reshape(40, 1), 40),
        (np.random.default_rng(0).integers(0, 256, (33, 20)).astype(np.uint8), 33),
        (np.random.default_rng(0).uniform(size=(33, 20)) > 0.5, 33),
        (np.random.default_rng(0).uniform(size=(33, 20)).astype(np.float16), 33),
        (np.asfortranarray(np.random.default_rng(0).uniform(size=(33, 20))).astype(">f4"), 33),
        (np.zeros((5, 5)), 5),
    ],
)
def test_unusual_masks(write: Write, matrix: np.ndarray, n_bins: int) -> None:
    other = np.roll(matrix, 1, axis=0)
    pair = _only(analyse(Session((Source(write("s.npy", matrix)),), (Source(write("e.npy", other)),))))
    wanted = project(matrix.astype(np.float64), other.astype(np.float64))
    np.testing.assert_allclose(pair.frames.exact_osi_db, exact_osi_db(wanted), rtol=1e-12)
    np.testing.assert_allclose(pair.frames.literal_osi_db, literal_osi_db(wanted), rtol=1e-12)
    assert pair.frames.n_bins == n_bins
    assert pair.pictures.residual.coarse(0) is not None


def test_mask_against_audio(pair_of_files: Session, write: Write) -> None:
    mask = Source(write("m.npy", np.ones((257, 50))))
    for session in (replace(pair_of_files, references=(mask,)), replace(pair_of_files, estimates=(mask,))):
        (pair,) = analyse(session).pairs
        error = str(pair.error)
        assert "m.npy: this is a mask" in error or "m.npy is a mask" in error
        assert pair.score is None


@pytest.mark.parametrize(
    ("choice", "fits"),
    [
        (FramingChoice(n_fft=513, hop=100), True),
        (FramingChoice(n_fft=2, hop=1), True),
        (FramingChoice(n_fft=3), True),
        (FramingChoice(n_fft=16_000), True),
        (FramingChoice(n_fft=16_001), False),
        (FramingChoice(n_fft=512, hop=513), False),
        (FramingChoice(n_fft=1), False),
        (FramingChoice(hop=0), False),
        (FramingChoice(hop=600), False),
        (FramingChoice(window="none"), False),
        (FramingChoice(Representation.MASK), False),
        (FramingChoice(Representation.WAVEFORM, 333, 111), True),
    ],
)
def test_framings(pair_of_files: Session, choice: FramingChoice, fits: bool) -> None:
    analysis = analyse(replace(pair_of_files, framing=choice))
    (pair,) = analysis.pairs
    if not fits:
        assert pair.score is None
        assert pair.error is not None or analysis.reference.error is not None
        assert any(notice.code == "refused" for notice in analysis.notices) or pair.error is not None
        return
    framing = analysis.framing
    assert framing.n_fft == choice.n_fft
    assert _only(analysis).frames.n_frames == 1 + (16_000 - framing.n_fft) // framing.hop


def test_representation_of_sound_for_masks(write: Write) -> None:
    mask = Source(write("m.npy", np.ones((3, 5))))
    analysis = analyse(Session((mask,), (mask,), framing=FramingChoice(Representation.COMPLEX)))
    assert "complex" in str(analysis.reference.error)
    assert analysis.complete


@pytest.mark.parametrize("rate", [8000, 11_025, 44_100])
def test_other_rates(write: Write, noise: Noise, rate: int) -> None:
    s = noise(rate)
    session = Session((Source(write("s.wav", s, rate)),), (Source(write("e.wav", s + 0.1 * noise(rate, 1), rate)),))
    pair = _only(analyse(session))
    assert pair.sample_rate == rate
    assert pair.frames.grid.step == pytest.approx(0.008, rel=0.01)
    assert pair.frames.times()[-1] < 1.0


@pytest.mark.parametrize("channel", [None, 1, 7, 64, DOWNMIX])
def test_64_channels(write: Write, noise: Noise, channel: int | None) -> None:
    s = np.stack([noise(8000, k) for k in range(64)], axis=1)
    reference = s.mean(axis=1) if channel == DOWNMIX else s[:, (channel or 1) - 1]
    session = Session((Source(write("s.wav", reference)),), (Source(write("e.wav", s), channel),))
    pair = _only(analyse(session))
    assert pair.score.exact.osi_db_median > 250


@pytest.mark.parametrize("channel", [2, 65, -1])
def test_channel_out_of_range(pair_of_files: Session, channel: int) -> None:
    session = edits.change_source(pair_of_files, pair_of_files.estimates[0], channel=channel)
    assert f"no channel {channel}" in str(analyse(session).pairs[0].error)


@pytest.mark.parametrize("delay", [-15_600, -16_000, -1_000_000, 15_600, 16_000, 1_000_000])
def test_delays_longer_than_the_file(pair_of_files: Session, delay: int) -> None:
    session = edits.change_source(pair_of_files, pair_of_files.estimates[0], delay=delay)
    (pair,) = analyse(session).pairs
    assert "fewer than one frame" in str(pair.error)
    in_common = int(str(pair.error).split(" samples in common")[0].split()[-1])
    assert in_common == max(0, 16_000 - abs(delay))
    padded = analyse(replace(session, lengths=Lengths.PAD)) if abs(delay) < 20_000 else None
    assert padded is None or _only(padded).frames.complete


@pytest.mark.parametrize("which", ["reference", "estimate", "both"])
def test_silent_files(write: Write, noise: Noise, which: str) -> None:
    s = noise(8000) * (which == "estimate")
    e = noise(8000, 1) * (which == "reference")
    pair = _only(analyse(Session((Source(write("s.wav", s)),), (Source(write("e.wav", e)),))))
    assert pair.score.facts.counts[f"silent_{which}"] == pair.frames.n_frames
    assert pair.score.facts.n_active == 0
    assert np.isnan(pair.score.exact.fused)
    assert pair.score.literal.loss_osi_1 == 0.0
    assert pair.delay.samples == 0


@pytest.mark.parametrize(("hop", "gap", "joined"), [(128, 5, True), (128, 6, False), (1024, 1, False)])
def test_segments_are_joined_over_40_ms_at_most(write: Write, hop: int, gap: int, joined: bool) -> None:
    """Waveform frames that do not overlap: bad where the estimate is unrelated."""
    rng = np.random.default_rng(0)
    s = rng.normal(size=(30, hop))
    e = s + 0.01 * rng.normal(size=s.shape)
    bad = [5, 6, 7, 8 + gap, 9 + gap, 10 + gap]
    e[bad] = rng.normal(size=(6, hop))
    session = Session(
        (Source(write("s.wav", s.ravel() / 10)),), (Source(write("e.wav", e.ravel() / 10)),),
        framing=FramingChoice(Representation.WAVEFORM, hop, hop),
    )  # fmt: skip
    found = _only(analyse(session)).score.bad
    assert np.flatnonzero(found.bad).tolist() == bad
    assert len(found.segments) == (1 if joined else 2)


@pytest.mark.parametrize(
    ("hop", "run", "kept"), [(128, 2, False), (128, 3, True), (160, 2, False), (256, 2, True), (1024, 1, True)]
)
def test_segments_shorter_than_24_ms_are_dropped(write: Write, hop: int, run: int, kept: bool) -> None:
    rng = np.random.default_rng(0)
    s = rng.normal(size=(30, hop))
    e = s + 0.01 * rng.normal(size=s.shape)
    e[10 : 10 + run] = rng.normal(size=(run, hop))
    session = Session(
        (Source(write("s.wav", s.ravel() / 10)),), (Source(write("e.wav", e.ravel() / 10)),),
        framing=FramingChoice(Representation.WAVEFORM, hop, hop),
    )  # fmt: skip
    assert len(_only(analyse(session)).score.bad.segments) == kept


def test_a_picture_of_a_file_that_changed_is_not_painted_from_the_new_one(write: Write, noise: Noise) -> None:
    session = Session((Source(write("s.wav", noise(40_000))),), (Source(write("e.wav", noise(40_000, 1))),))
    picture = _only(analyse(session)).pictures.estimate
    before = picture.columns(10, 20)
    write("e.wav", noise(40_000, 2))
    os.utime(session.estimates[0].path, (1, 1))
    with pytest.raises(LoadError, match="changed after it was compared"):
        picture.columns(30, 40)
    fresh = _only(analyse(session)).pictures.estimate
    assert not np.array_equal(fresh.columns(10, 20), before)
