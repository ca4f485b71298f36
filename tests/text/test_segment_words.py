"""Bad segments in words are true to the figures; their CSV reads back."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest

from osisnr_gui.core.bad_frames import LossShares
from osisnr_gui.export.csv_files import SEGMENT_COLUMNS, segments_csv
from osisnr_gui.session import edits
from osisnr_gui.session.analysis import Analysis, analyse, rescore
from osisnr_gui.session.demos import demo_session
from osisnr_gui.session.scores import SegmentTable
from osisnr_gui.session.segments.bad_segments import Kind
from osisnr_gui.session.session import Criterion
from osisnr_gui.text.segment_words import (
    ALONE_WORDS,
    carriers_sentence,
    count_words,
    counts_sentence,
    counts_tip,
    kind_name,
    limit_words,
    no_segment_words,
    other_letter,
)


@pytest.fixture(scope="module")
def damaged() -> Analysis:
    return analyse(demo_session("damaged"))


def _table(analysis: Analysis, **changes: object) -> SegmentTable:
    found = rescore(edits.set_bad(analysis.session, **changes), analysis)
    assert found is not None
    score = found.pairs[0].score
    assert score is not None
    return SegmentTable(score)


def test_the_counts_are_those_of_the_frames(damaged: Analysis) -> None:
    table = _table(damaged)
    bad = table.bad
    assert counts_sentence(table, "B") == (
        f"{len(table)} segments; frames: {bad.low.sum()} low OSI, 35 missed, {bad.false_activity.sum()} of false "
        f"activity. Level gate: {bad.n_judged - bad.gate.n_counted} of 759 left out."
    )
    assert "under 3.0 dB exact OSI-SNR, active in both signals" in counts_tip(table, "B")
    assert "more than 40 dB below the loudest one" in counts_tip(table, "B")
    assert counts_sentence(_table(damaged, gate_db=None), "B").endswith("76 of false activity. No level gate.")


@pytest.mark.parametrize(
    ("criterion", "low", "limit"),
    [
        (Criterion.OSI, "low OSI", "under 3.0 dB exact OSI-SNR"),
        (Criterion.LOSS, "high loss", "over a fused loss of 1.000"),
        (Criterion.DROP, "drop", "6.0 dB or more under the median of 1.0 s around"),
        (Criterion.AGAINST, "below B", "3.0 dB or more under B"),
    ],
)
def test_every_criterion_names_its_frames(damaged: Analysis, criterion: Criterion, low: str, limit: str) -> None:
    table = _table(damaged, criterion=criterion)
    assert limit_words(table.bad, "B") == limit
    place = int(np.argmax(table.counts[Kind.LOW] * (table.kind == Kind.LOW)))
    assert kind_name(table, place, "B") == low
    assert f"{table.counts[Kind.LOW, place]} {limit}" in count_words(table, place, "B")


def test_a_segment_names_its_commonest_kind_and_all_counts(damaged: Analysis) -> None:
    table = _table(damaged)
    worst = int(table.worst_first[0])
    missed, false_activity, low = table.counts[:, worst]
    n_frames = table.bad.segments.stop[worst] - table.bad.segments.first[worst]
    assert kind_name(table, worst, "") == "missed"
    assert count_words(table, worst, "") == (
        f"{n_frames} frames: {low} under 3.0 dB exact OSI-SNR, {missed} missed, {false_activity} of false activity, "
        f"{n_frames - low - missed - false_activity} between them"
    )


def test_a_limit_chosen_by_share_keeps_its_second_decimal(damaged: Analysis) -> None:
    bad = _table(damaged).bad
    assert limit_words(replace(bad, threshold_db=0.362), "") == "under 0.36 dB exact OSI-SNR"


def test_alone_is_said(damaged: Analysis) -> None:
    session = edits.remove(damaged.session, damaged.session.estimates[1])
    alone = analyse(session, damaged)
    table = _table(alone, criterion=Criterion.AGAINST)
    assert other_letter(alone.session, 0) == ""
    assert other_letter(damaged.session, 0) == "B"
    assert counts_sentence(table, "") == no_segment_words(table, "") == ALONE_WORDS
    assert no_segment_words(None, "") == "Nothing has been compared yet."


def test_who_carries_the_loss() -> None:
    osi_db = np.array([0.01, *([10.0] * 39)])
    shares = LossShares(osi_db, np.ones(40, bool))
    assert carriers_sentence(shares) == (
        "Worst 5 % of active frames (2): 96 % of the loss (exact, method 1); half of it in 1 frame."
    )
    assert carriers_sentence(LossShares(np.empty(0), np.empty(0, bool))) == "No active frame has a loss."


def test_the_csv_has_the_order_and_the_figures_of_the_table(damaged: Analysis) -> None:
    table = _table(damaged)
    places = list(range(len(table)))[::-1]
    text = segments_csv(table, places, {0: '=a, "b"'}, ("/x/r,1.wav", "/x/e.wav"), "B").decode("utf-8")
    head = [line for line in text.splitlines() if line.startswith("#")]
    assert head[0] == '# reference: "/x/r,1.wav"'
    assert "# level gate: 40 dB" in head
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    assert tuple(rows[0]) == SEGMENT_COLUMNS
    ranks = [int(row["rank"]) for row in rows]
    assert sorted(ranks) == list(range(1, len(table) + 1))
    assert [places[ranks.index(k + 1)] for k in range(len(table))] == table.worst_first.tolist()
    for place, row in zip(places, rows, strict=True):
        assert float(row["start"]) == pytest.approx(table.start[place])
        assert int(row["n_missed"]) == table.counts[Kind.MISSED, place]
        assert int(row["first_frame"]) == table.bad.segments.first[place]
        assert (float(row["exact_osi_db_min"]) == table.osi_min[place]) if row["exact_osi_db_min"] else True
        assert row["worst"] == ""
        assert float(row["loss_share"]) == pytest.approx(table.share(place))
    assert rows[-1]["note"] == '\'=a, "b"'
