"""Estimates of one reference beside each other: who is best where, how often, and when that is worked out anew."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from osisnr_gui.session import edits
from osisnr_gui.session.analysis import Analysis, AnalysisOptions, Progress, analyse, rescore
from osisnr_gui.session.session import Session, Source

Write = Callable[..., str]
QUICK = AnalysisOptions(pictures=False, delay=False)


@pytest.fixture
def session(write: Write, noise: Callable[..., np.ndarray]) -> Session:
    """Three estimates: noisier towards the end, towards the beginning and a little shorter, the same as the first."""
    clean, rise = noise(32_000, talk=True), np.linspace(0.01, 1.0, 32_000)
    ends = clean + rise * noise(32_000, 1)
    starts = (clean + rise[::-1] * noise(32_000, 2))[:30_000]
    paths = [write(f"{name}.wav", x) for name, x in (("clean", clean), ("a", ends), ("b", starts), ("c", ends))]
    return Session((Source(paths[0]),), tuple(map(Source, paths[1:])))


def values_of(analysis: Analysis, n: int) -> np.ndarray:
    """Exact OSI-SNR of active frames, nan elsewhere: (estimates, n) of the first frames."""
    return np.array([pair.score.facts.active_osi_db[:n] for pair in analysis.pairs if pair.score])


def test_win_rates_are_shares_of_the_frames_active_in_all(session: Session) -> None:
    two = edits.remove(session, session.estimates[2])
    analysis = analyse(two, wanted=QUICK)
    (best,) = analysis.best
    n = min(pair.frames.n_frames for pair in analysis.pairs if pair.frames)
    assert best.best.place.size == n < analysis.pairs[0].frames.n_frames
    values = values_of(analysis, n)
    counted = ~np.isnan(values).any(axis=0)
    assert 0 < counted.sum() < n, "pauses do not count"
    winner = values.argmax(axis=0)
    for place in range(2):
        assert best.win_rate(place) == (winner[counted] == place).sum() / counted.sum()
    assert best.win_rate(0) + best.win_rate(1) == pytest.approx(1.0)
    half = n // 2
    assert (winner[:half][counted[:half]] == 0).mean() > 0.9 > 0.1 > (winner[half:][counted[half:]] == 0).mean()
    frame = int(np.flatnonzero(counted)[5])
    lead = best.lead_at(best.first_time + frame * best.step)
    assert lead is not None
    assert lead.places == (winner[frame],)
    assert lead.lead_db == pytest.approx(abs(values[0, frame] - values[1, frame]))
    assert best.lead_at(best.first_time + int(np.flatnonzero(~counted)[0]) * best.step) is None
    assert best.lead_at(-1.0) is None


def test_equal_estimates_tie_and_win_nothing(session: Session) -> None:
    (best,) = analyse(session, wanted=QUICK).best
    tied = best.best.counts[best.best.tied] / best.best.n_counted
    assert best.win_rate(0) == best.win_rate(2) == 0.0
    assert tied + best.win_rate(1) == pytest.approx(1.0)
    frame = int(np.flatnonzero(best.best.place == best.best.tied)[0])
    lead = best.lead_at(best.first_time + frame * best.step)
    assert lead is not None
    assert lead.places == (0, 2)


def test_sliders_leave_it_and_the_silence_limit_does_not(session: Session) -> None:
    analysis = analyse(session, wanted=AnalysisOptions(delay=False))
    for edit in (lambda s: edits.set_alpha(s, 0.7), lambda s: edits.set_threshold(s, 9.0)):
        scored = rescore(edit(session), analysis)
        assert scored is not None
        assert scored.best[0] is analysis.best[0]
    louder = rescore(edits.set_silence(session, 6.0), analysis)
    assert louder is not None
    assert louder.best[0].best.n_counted < analysis.best[0].best.n_counted
    again = analyse(session, analysis)
    assert again.best[0] is analysis.best[0]


def test_each_reference_has_its_own_and_one_estimate_has_none(session: Session, write: Write) -> None:
    assert analyse(edits.remove(edits.remove(session, session.estimates[2]), session.estimates[1])).best == ()
    other = Source(write("other.wav", np.random.default_rng(9).normal(size=32_000) * 0.1))
    two = Session((*session.references, other), session.estimates, pairing=(0, 1, 0))
    analysis = analyse(two, wanted=QUICK)
    assert [best.places for best in analysis.best] == [(0, 2)]
    assert analysis.best_with(2) is analysis.best[0]
    assert analysis.best_with(1) is None


def test_broken_files_take_no_part_and_silent_ones_leave_nothing_to_count(session: Session, write: Write) -> None:
    broken = Source(write("broken.wav", np.zeros(0)))
    analysis = analyse(Session(session.references, (*session.estimates[:2], broken)), wanted=QUICK)
    assert analysis.pairs[2].error is not None
    assert analysis.best[0].places == (0, 1)
    silent = Source(write("silent.wav", np.zeros(32_000)))
    analysis = analyse(Session(session.references, (session.estimates[0], silent)), wanted=QUICK)
    assert analysis.best[0].best.n_counted == 0
    assert math.isnan(analysis.best[0].win_rate(0))


def test_nothing_is_said_before_all_have_frames(session: Session) -> None:
    seen: list[Analysis] = []

    def report(progress: Progress) -> None:
        if progress.analysis is not None:
            seen.append(progress.analysis)

    last = analyse(session, wanted=QUICK, progress=report)
    for analysis in (*seen, last):
        assert bool(analysis.best) == all(pair.score is not None for pair in analysis.pairs)
    assert last.best
