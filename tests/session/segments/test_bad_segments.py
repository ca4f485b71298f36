"""Criteria, what they reuse while a limit moves, and the table of segments against sums by hand."""

from __future__ import annotations

import numpy as np
import pytest

from osisnr_gui.core.bad_frames import LossShares
from osisnr_gui.session import edits
from osisnr_gui.session.analysis import Analysis, analyse, rescore
from osisnr_gui.session.demos import demo_session
from osisnr_gui.session.scores import (
    PairScore,
    SegmentTable,
    set_carriers,
    set_worst_share,
    worst_frame,
)
from osisnr_gui.session.segments.bad_segments import Kind, other_place, rivals
from osisnr_gui.session.session import BadChoice, Criterion, Note, Session, Source


@pytest.fixture(scope="module")
def damaged() -> Analysis:
    return analyse(demo_session("damaged"))


@pytest.fixture(scope="module")
def speakers() -> Analysis:
    """Both outputs against one talker."""
    session = demo_session("speakers")
    return analyse(edits.remove(session, session.references[1]))


def _score(analysis: Analysis | None, index: int = 0) -> PairScore:
    assert analysis is not None
    score = analysis.pairs[index].score
    assert score is not None
    return score


def _with(analysis: Analysis, **changes: object) -> Analysis:
    found = rescore(edits.set_bad(analysis.session, **changes), analysis)
    assert found is not None
    return found


@pytest.mark.parametrize("criterion", list(Criterion))
def test_a_new_limit_gives_what_a_fresh_start_gives(damaged: Analysis, criterion: Criterion) -> None:
    here = _with(damaged, criterion=criterion)
    for limit in (0.5, 2.0, 8.0):
        session = edits.set_limit(here.session, limit)
        moved, fresh = _score(rescore(session, here)), _score(rescore(session, damaged))
        np.testing.assert_array_equal(moved.bad.bad, fresh.bad.bad)
        np.testing.assert_array_equal(moved.bad.segments.first, fresh.bad.segments.first)
        # Only the limit moved: neither the gate nor the curve it is held against is found again.
        assert moved.bad.gate is _score(here).bad.gate
        assert moved.bad.drop_db is _score(here).bad.drop_db
    again = rescore(here.session, here)
    assert _score(again).bad is _score(here).bad
    assert _score(again) is _score(here)


@pytest.mark.parametrize("criterion", list(Criterion))
def test_alpha_moves_the_list_only_by_the_loss(damaged: Analysis, criterion: Criterion) -> None:
    here = _with(damaged, criterion=criterion)
    moved = rescore(edits.set_alpha(here.session, 0.8), here)
    assert (_score(moved).bad is _score(here).bad) == (criterion is not Criterion.LOSS)


def test_the_loss_limit_is_on_the_fused_loss_of_frames_that_count(damaged: Analysis) -> None:
    score = _score(_with(damaged, criterion=Criterion.LOSS, loss_limit=2.0))
    fused = score.frame_loss()
    np.testing.assert_array_equal(score.bad.low, score.bad.gate.active & (fused > 2.0))
    worst = worst_frame(score)
    assert worst == int(np.argmax(np.where(score.bad.gate.active, fused, -np.inf)))


def test_the_worst_frame_is_one_that_counts(damaged: Analysis) -> None:
    score = _score(damaged)
    worst = worst_frame(score)
    assert worst is not None
    assert score.bad.gate.active[worst]
    exact = score.facts.frames.exact_osi_db
    assert exact[worst] == exact[score.bad.gate.active].min()
    drop = _score(_with(damaged, criterion=Criterion.AGAINST))
    assert drop.bad.drop_db is not None
    assert worst_frame(drop) == int(np.nanargmax(drop.bad.drop_db))


def test_the_other_estimate_stays_out_of_what_both_share(damaged: Analysis) -> None:
    bad = _score(_with(damaged, criterion=Criterion.AGAINST)).bad
    other = _score(damaged, 1).facts
    assert not np.any(bad.missed & (other.status == 3))
    assert not np.any(bad.false_activity & (other.status == 2))
    assert bad.missed.sum() == 35


def test_alone_nothing_can_be_worse_than_another(damaged: Analysis) -> None:
    session = edits.remove(damaged.session, damaged.session.estimates[1])
    alone = analyse(edits.set_bad(session, criterion=Criterion.AGAINST), damaged)
    assert not _score(alone).bad.bad.any()
    assert worst_frame(_score(alone)) is not None


def _of(n_estimates: int, against: int | None = None, pairing: tuple[int, ...] = ()) -> Session:
    estimates = tuple(Source(f"{k}.wav") for k in range(n_estimates))
    references = (Source("r.wav"), Source("q.wav"))[: 2 if pairing else 1]
    return Session(references, estimates, bad=BadChoice(against=against), pairing=pairing)


def test_which_estimate_is_held_against_which() -> None:
    assert [other_place(_of(3), k) for k in range(3)] == [1, 0, 0]
    assert [other_place(_of(3, 1), k) for k in range(3)] == [1, 0, 1]
    assert other_place(_of(2, 7), 0) == 1
    assert other_place(_of(1), 0) is None


def test_only_estimates_of_one_reference_are_held_against_each_other() -> None:
    session = _of(4, 1, (0, 1, 0, 1))
    assert [rivals(session, k) for k in range(4)] == [(2,), (3,), (0,), (1,)]
    assert [other_place(session, k) for k in range(4)] == [2, 3, 0, 1]


def test_estimates_of_other_length_are_held_against_each_other_frame_by_frame(speakers: Analysis) -> None:
    session = edits.change_source(speakers.session, speakers.session.estimates[1], delay=1600)
    moved = analyse(edits.set_bad(session, criterion=Criterion.AGAINST, against_db=0.0), speakers)
    a, b = (_score(moved, k) for k in (0, 1))
    drop = a.bad.drop_db
    assert drop is not None
    exact = a.facts.frames.exact_osi_db
    assert a.facts.frames.first_frame <= b.facts.frames.first_frame
    lag = b.facts.frames.first_frame - a.facts.frames.first_frame
    both = np.flatnonzero(~np.isnan(drop))
    assert both.size > 100
    np.testing.assert_allclose(drop[both], b.facts.frames.exact_osi_db[both - lag] - exact[both])


def test_figures_of_every_segment(damaged: Analysis) -> None:
    score = _score(damaged)
    table, bad, frames = SegmentTable(score), score.bad, score.facts.frames
    assert len(table) == len(bad.segments) > 5
    for k, (a, b) in enumerate(zip(bad.segments.first, bad.segments.stop, strict=True)):
        inside = slice(a, b)
        osi_db = frames.exact_osi_db[inside][bad.low[inside]]
        assert table.counts[Kind.LOW, k] == osi_db.size
        assert table.counts[Kind.MISSED, k] == bad.missed[inside].sum()
        assert table.counts[Kind.FALSE_ACTIVITY, k] == bad.false_activity[inside].sum()
        if osi_db.size:
            assert table.osi_min[k] == osi_db.min()
            assert table.osi_mean[k] == pytest.approx(osi_db.mean())
        depth = np.where(bad.low[inside], 1 - frames.exact_osi_db[inside] / 3.0, 1.0)
        severity = (depth * bad.gate.weight[inside])[bad.bad[inside]].sum() * frames.grid.step
        assert table.severity[k] == pytest.approx(severity)
        start, stop = table.span(k)
        assert start == pytest.approx(frames.times()[a] - 0.004)
        assert stop == pytest.approx(frames.times()[b - 1] + 0.004)
        assert table.place_at((start + stop) / 2) == k
        assert table.place_like(start - 0.001, stop + 0.002) == k
    assert np.all(np.diff(table.severity[table.worst_first]) <= 0)
    assert table.place_at(0.01) is None
    assert table.place_like(0.0, 0.05) is None


def test_notes_belong_to_the_segments_they_touch(damaged: Analysis) -> None:
    table = SegmentTable(_score(damaged))
    start, stop = table.span(2)
    following = table.span(3)[0]
    notes = (Note(start, start, "a"), Note(stop - 0.001, following + 0.001, "b"), Note(0.0, 0.05, "none"))
    assert table.notes_of(notes) == {2: "a; b", 3: "b"}


@pytest.mark.parametrize("criterion", list(Criterion))
@pytest.mark.parametrize("share", [0.01, 0.05, 0.1])
def test_the_limit_of_the_worst_share(damaged: Analysis, criterion: Criterion, share: float) -> None:
    here = _with(damaged, criterion=criterion)
    session = set_worst_share(here.session, _score(here), share)
    bad = _score(rescore(session, here)).bad
    values = bad.gate.active if bad.drop_db is None else ~np.isnan(bad.drop_db)
    assert bad.low.sum() == pytest.approx(share * values.sum(), abs=1)


def test_frames_that_hold_half_of_the_loss_are_all_listed(damaged: Analysis) -> None:
    facts = _score(damaged).facts
    shares = LossShares(facts.frames.exact_osi_db, facts.active)
    loud_only = _with(damaged, criterion=Criterion.DROP)
    found = _score(rescore(set_carriers(loud_only.session, shares, shares.frames_for(0.5)), damaged))
    low = found.bad.low
    assert low.sum() == shares.frames_for(0.5)
    inverse = 1 / facts.frames.exact_osi_db
    assert inverse[low].sum() >= 0.5 * inverse[facts.active].sum()
    assert SegmentTable(found).counts[Kind.LOW].sum() == low.sum()


def test_nothing_to_share_leaves_the_session_alone() -> None:
    empty = LossShares(np.empty(0), np.empty(0, bool))
    assert set_carriers(Session(), empty, empty.frames_for(0.5)) == Session()


def test_limits_are_set_where_they_belong() -> None:
    for criterion, value in (
        (Criterion.OSI, lambda s: s.threshold_db),
        (Criterion.LOSS, lambda s: s.bad.loss_limit),
        (Criterion.DROP, lambda s: s.bad.drop_db),
        (Criterion.AGAINST, lambda s: s.bad.against_db),
    ):
        session = edits.set_limit(edits.set_bad(Session(), criterion=criterion), 4.5)
        assert value(session) == 4.5
        assert sum(a != b for a, b in zip(_limits(session), _limits(Session()), strict=True)) == 1


def _limits(session: Session) -> tuple[float, ...]:
    return session.threshold_db, session.bad.loss_limit, session.bad.drop_db, session.bad.against_db


def test_shares_pick_the_worst_frames_of_each_estimate(damaged: Analysis) -> None:
    for gate_db in (None, 40.0):
        for share in (0.01, 0.25):
            score = _score(_with(damaged, criterion=Criterion.WORST, worst_share=share, gate_db=gate_db))
            counted = score.facts.frames.exact_osi_db[score.bad.gate.active]
            assert score.bad.low.sum() == max(1, round(share * counted.size))
            assert score.facts.frames.exact_osi_db[score.bad.low].max() < np.sort(counted)[score.bad.low.sum()]
    score = _score(_with(damaged, criterion=Criterion.SHARE, gate_db=None))
    shares = LossShares(score.facts.frames.exact_osi_db, score.facts.active)
    assert score.bad.low.sum() == shares.frames_for(0.5)
    inverse = 1 / score.facts.frames.exact_osi_db[score.facts.active]
    assert (1 / score.facts.frames.exact_osi_db[score.bad.low]).sum() >= 0.5 * inverse.sum()
