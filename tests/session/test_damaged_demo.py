"""The planted damage of the demo "damaged" leads the lists it should lead, with default settings."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from osisnr_gui.session import edits
from osisnr_gui.session.analysis import Analysis, analyse, rescore
from osisnr_gui.session.demos import demo_session
from osisnr_gui.session.scores import SegmentTable
from osisnr_gui.session.segments.bad_segments import Kind, under_threshold
from osisnr_gui.session.session import Criterion, Formula

Span = tuple[float, float]


@pytest.fixture(scope="module")
def damaged() -> Analysis:
    return analyse(demo_session("damaged"))


@pytest.fixture(scope="module")
def planted(samples: Path) -> dict[str, Span]:
    facts = json.loads((samples / "facts.json").read_text("utf-8"))
    (case,) = (case for case in facts["cases"] if case["id"] == "5_damaged")
    return {defect["kind"]: tuple(defect["interval_s"]) for defect in case["known_facts"]["defects"]}


def _table(analysis: Analysis | None) -> SegmentTable:
    assert analysis is not None
    score = analysis.pairs[0].score
    assert score is not None
    return SegmentTable(score)


def _shared(table: SegmentTable, place: int, span: Span) -> float:
    """Seconds a segment shares with a stretch, over its own length."""
    start, stop = table.span(place)
    return max(0.0, min(stop, span[1]) - max(start, span[0])) / (stop - start)


@pytest.mark.parametrize("formula", list(Formula))
def test_dropout_and_muffled_passage_lead_by_the_absolute_criterion(
    damaged: Analysis, planted: dict[str, Span], formula: Formula
) -> None:
    table = _table(rescore(edits.set_formula(damaged.session, formula), damaged))
    first, second, third = table.worst_first[:3]
    assert _shared(table, first, planted["dropout"]) > 0.8
    assert table.kind[first] == Kind.MISSED
    assert _shared(table, second, planted["muffled"]) == 1.0
    assert _shared(table, third, planted["muffled"]) == 1.0
    assert table.kind[second] == table.kind[third] == Kind.LOW


def test_they_hold_most_of_the_loss(damaged: Analysis) -> None:
    table = _table(damaged)
    score = damaged.pairs[0].score
    assert score is not None
    assert table.shares()[table.worst_first[:3]].sum() > 0.6
    loss = score.frame_loss()
    shares = table.shares()
    for place, (a, b) in enumerate(zip(table.bad.segments.first, table.bad.segments.stop, strict=True)):
        assert table.share(place) == pytest.approx(shares[place])
        assert shares[place] == pytest.approx(np.nansum(loss[a:b]) / loss[score.facts.active].sum(), rel=1e-6)


def test_clicks_lead_against_the_undamaged_estimate(damaged: Analysis, planted: dict[str, Span]) -> None:
    table = _table(rescore(edits.set_bad(damaged.session, criterion=Criterion.AGAINST), damaged))
    first = table.worst_first[0]
    assert table.bad.other is damaged.pairs[1].score.facts  # type: ignore[union-attr]
    assert _shared(table, first, planted["clicks"]) > 0.9
    assert table.length[first] > 0.8 * (planted["clicks"][1] - planted["clicks"][0])
    assert table.kind[first] == Kind.LOW
    # Outside the three defects the two estimates are equal, sample for sample.
    for place in range(len(table)):
        assert max(_shared(table, place, span) for span in planted.values()) > 0.8


def test_clicks_are_found_as_a_sudden_drop_and_not_by_the_threshold(
    damaged: Analysis, planted: dict[str, Span]
) -> None:
    def seconds_in_clicks(table: SegmentTable) -> float:
        shares = [_shared(table, place, planted["clicks"]) for place in range(len(table))]
        return float(np.dot(shares, table.length))

    dropped = _table(rescore(edits.set_bad(damaged.session, criterion=Criterion.DROP), damaged))
    assert seconds_in_clicks(dropped) > 0.09
    for place in dropped.worst_first[:2]:
        assert _shared(dropped, place, planted["clicks"]) > 0.9, "onsets of words drop as far, and come later"
    undamaged = SegmentTable(
        rescore(edits.set_bad(damaged.session, criterion=Criterion.DROP), damaged).pairs[1].score  # type: ignore[union-attr]
    )
    assert seconds_in_clicks(undamaged) == 0.0


def test_pauses_do_not_drown_the_list(damaged: Analysis) -> None:
    gated = _table(damaged)
    every = _table(rescore(edits.set_bad(damaged.session, gate_db=None), damaged))
    score = damaged.pairs[0].score
    assert score is not None
    judged = score.facts.n_active + score.facts.counts["silent_estimate"] + score.facts.counts["silent_reference"]
    assert (gated.bad.n_judged, every.bad.n_judged) == (judged, judged)
    assert gated.bad.n_judged > gated.bad.gate.n_counted
    assert every.bad.n_judged == every.bad.gate.n_counted
    assert every.bad.false_activity.sum() == score.facts.counts["silent_reference"]
    assert gated.bad.false_activity.sum() < every.bad.false_activity.sum()
    assert gated.bad.missed.sum() == score.facts.counts["silent_estimate"]


def test_the_rule_of_the_command_line_knows_no_gate_and_no_criterion(damaged: Analysis) -> None:
    score = damaged.pairs[0].score
    other = rescore(edits.set_bad(damaged.session, criterion=Criterion.LOSS, gate_db=10.0), damaged)
    assert score is not None
    assert other is not None
    changed = other.pairs[0].score
    assert changed is not None
    (bad, segments), (same, same_segments) = (under_threshold(s.facts, s.bad.threshold_db) for s in (score, changed))
    np.testing.assert_array_equal(bad, same)
    np.testing.assert_array_equal(segments.first, same_segments.first)
    assert bad.sum() == score.bad.n_under == changed.bad.n_under
    assert changed.bad.low.sum() != bad.sum()
