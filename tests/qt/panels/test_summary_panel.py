"""The summary table: one named result at a time, exact headers, sorting, copying."""

from __future__ import annotations

import gc
import math
import weakref
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from window_kit import show_parts

from osisnr_gui.qt.look.theme import DARK, LIGHT, set_theme_inside
from osisnr_gui.qt.panels.summary_model import columns_for
from osisnr_gui.qt.panels.summary_panel import SummaryPanel
from osisnr_gui.session import edits, words
from osisnr_gui.session.analysis import Analysis, analyse, rescore
from osisnr_gui.session.changes import find_changes
from osisnr_gui.session.demos import demo_session
from osisnr_gui.session.session import Formula, Session

ROLE = Qt.ItemDataRole


@pytest.fixture
def panel(shown) -> SummaryPanel:
    return shown(SummaryPanel(DARK), 700, 240)


def column(panel: SummaryPanel, key: str) -> int:
    return panel.model.section(key)


def cell(panel: SummaryPanel, row: int, key: str, role: ROLE = ROLE.DisplayRole):
    return panel.model.index(row, column(panel, key)).data(role)


def order(panel: SummaryPanel) -> list[int]:
    return [panel.model.place(row) for row in range(panel.model.rowCount())]


def figure(panel: SummaryPanel, analysis: Analysis, row: int, key: str) -> float:
    assert panel.model.rows[row].pair is analysis.pairs[row]
    return panel.model.columns[column(panel, key)].value(panel.model.rows[row])


def literal_of(analysis: Analysis) -> Analysis:
    return rescore(edits.set_formula(analysis.session, Formula.LITERAL), analysis)


def test_figures_are_those_of_the_result_named_above(panel: SummaryPanel, sound: Analysis):
    show_parts(panel, sound, 0)
    score = sound.pairs[0].score
    assert panel.part.text() == "exact, active frames"
    assert cell(panel, 0, "fused") == f"{score.exact.fused:.3f}"
    assert cell(panel, 0, "osi_db_mean") == f"{score.exact.osi_db_mean:.1f}"
    assert cell(panel, 0, "active") == "683"
    assert cell(panel, 0, "false") == str(np.count_nonzero(sound.pairs[0].score.bad.false_activity))
    assert "Literal, all frames: not defined: 129 silent frames" in cell(panel, 0, "osi_db_mean", ROLE.ToolTipRole)
    assert f"Literal, all frames: {score.literal.fused:.3f}" in cell(panel, 0, "fused", ROLE.ToolTipRole)
    show_parts(panel, literal_of(sound), 0)
    assert panel.part.text() == "literal, all frames"
    assert cell(panel, 0, "fused") == f"{score.literal.fused:.3f}"
    assert cell(panel, 0, "osi_db_mean") == "not defined"
    assert "not defined: 129 silent frames" in cell(panel, 0, "osi_db_mean", ROLE.ToolTipRole)
    assert cell(panel, 0, "loss_osi_2") == "not defined", "not −0"
    assert cell(panel, 0, "loss_osi_1") == f"{score.literal.loss_osi_1:.3f}"


def test_the_table_follows_the_one_switch(panel: SummaryPanel, sound: Analysis):
    show_parts(panel, sound, 1)
    literal = literal_of(sound)
    show_parts(panel, literal, 1, find_changes(sound, literal))
    assert panel.model.formula is Formula.LITERAL
    moved = rescore(edits.set_gamma(literal.session, 2.0), literal)
    show_parts(panel, moved, 1, find_changes(literal, moved))
    assert panel.model.formula is Formula.LITERAL, "a slider must not turn the table over"
    assert panel.table.selectionModel().currentIndex().row() == 1


def test_every_header_says_which_frames_and_no_other_result(panel: SummaryPanel):
    for formula, own, other in (
        (Formula.LITERAL, "literal, all", "exact, act"),
        (Formula.EXACT, "exact, act", "literal, all"),
    ):
        for figure in columns_for(formula):
            if figure.key in (
                "fused",
                "loss_osi_1",
                "loss_osi_2",
                "mc_mse",
                "osi_db_mean",
                "osi_db_median",
                "osi_db_p05",
            ):
                assert own in figure.tip
            assert other not in figure.tip
    assert all("\n" in figure.title for figure in panel.model.columns)


def test_the_best_value_is_marked(panel: SummaryPanel, sound: Analysis, masks: Analysis):
    show_parts(panel, sound, 0)
    assert cell(panel, 0, "fused", ROLE.FontRole).bold()
    assert cell(panel, 1, "fused", ROLE.FontRole) is None
    best = np.argmin([pair.score.bad.counts.under for pair in sound.pairs])
    assert cell(panel, int(best), "bad", ROLE.FontRole).bold()
    assert cell(panel, 0, "gain_db", ROLE.FontRole) is None, "no gain is better than another"
    show_parts(panel, masks, 0)
    assert cell(panel, 0, "fused", ROLE.FontRole) is None, "one estimate has nothing to be better than"


def test_what_is_no_number_says_why(panel: SummaryPanel, mixed: Analysis, masks: Analysis):
    show_parts(panel, mixed, 0)
    broken, hostile, silent = 0, 2, 3
    assert cell(panel, broken, "fused") == "–"
    assert "broken.wav" in cell(panel, broken, "fused", ROLE.ToolTipRole)
    assert "<img" not in panel.model.index(hostile, 0).data(ROLE.ToolTipRole)
    assert cell(panel, silent, "osi_db_median") == "–"
    assert "silent" in cell(panel, silent, "osi_db_median", ROLE.ToolTipRole)
    show_parts(panel, masks, 0)
    assert cell(panel, 0, "si_snr_db") == "–"
    assert "no signal in time" in cell(panel, 0, "si_snr_db", ROLE.ToolTipRole)


def test_sorting_puts_what_is_no_number_last_either_way(panel: SummaryPanel, mixed: Analysis):
    show_parts(panel, mixed, 0)
    values = [figure(panel, mixed, row, "mc_mse") for row in range(4)]
    missing = {row for row, value in enumerate(values) if math.isnan(value)}
    assert missing
    for direction in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        panel.table.sortByColumn(column(panel, "mc_mse"), direction)
        assert set(order(panel)[-len(missing) :]) == missing


def test_sorting_by_value(panel: SummaryPanel, sound: Analysis):
    show_parts(panel, sound, 0)
    panel.table.sortByColumn(column(panel, "fused"), Qt.SortOrder.DescendingOrder)
    assert order(panel) == [1, 0]
    panel.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    assert order(panel) == [0, 1]


def test_selection_goes_both_ways_and_knows_sorting(panel: SummaryPanel, sound: Analysis):
    chosen: list[int] = []
    panel.selected_changed.connect(chosen.append)
    show_parts(panel, sound, 0)
    panel.table.sortByColumn(column(panel, "fused"), Qt.SortOrder.DescendingOrder)
    show_parts(panel, sound, 1)
    assert panel.table.selectionModel().currentIndex().row() == 0
    assert chosen == [], "showing selects nothing"
    panel.table.setCurrentIndex(panel.model.index(1, 0))
    assert chosen == [0]


def test_copy_takes_the_selected_rows_with_all_digits(panel: SummaryPanel, sound: Analysis):
    show_parts(panel, sound, 1)
    panel.table.setFocus()
    QTest.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().rstrip("\n").split("\n")
    assert len(lines) == 2
    header, row = (line.split("\t") for line in lines)
    assert header[0] == "estimate (exact, active frames, method 1)"
    assert row[0] == "B (est_gate)"
    assert float(row[header.index("fused L")]) == pytest.approx(sound.pairs[1].score.exact.fused, rel=1e-9)
    panel.table.copy_rows(every=True)
    assert len(QGuiApplication.clipboard().text().rstrip("\n").split("\n")) == 3


def test_a_name_cannot_break_a_copied_line(panel: SummaryPanel, mixed: Analysis):
    show_parts(panel, mixed, 0)
    panel.table.copy_rows(every=True)
    lines = QGuiApplication.clipboard().text().rstrip("\n").split("\n")
    assert len(lines) == 1 + len(mixed.pairs)
    assert len({line.count("\t") for line in lines}) == 1


def test_only_columns_that_follow_a_slider_are_shown_anew(panel: SummaryPanel, sound: Analysis):
    show_parts(panel, sound, 0)
    told: set[str] = set()
    panel.model.dataChanged.connect(lambda first, _last: told.add(panel.model.columns[first.column()].key))
    panel.model.layoutChanged.connect(lambda: told.add("layout"))
    same = rescore(sound.session, sound)
    show_parts(panel, same, 0, find_changes(sound, same))
    assert told == set()
    moved = rescore(edits.set_gamma(sound.session, 1.0), sound)
    show_parts(panel, moved, 0, find_changes(same, moved))
    assert told == {"fused", "mc_mse", "delta_fused"}
    told.clear()
    stricter = rescore(edits.set_threshold(moved.session, 9.0), moved)
    show_parts(panel, stricter, 0, find_changes(moved, stricter))
    assert told == {"bad", "missed", "false"}


def test_rows_sorted_by_the_loss_follow_a_slider(panel: SummaryPanel, many: Analysis):
    show_parts(panel, many, 0)
    panel.model.sort(panel.model.section("fused"))
    moved = rescore(edits.set_gamma(many.session, 500.0), many)
    show_parts(panel, moved, 0, find_changes(many, moved))
    losses = [moved.pairs[panel.model.place(row)].score.exact.fused for row in range(12)]
    assert losses == sorted(losses)


def test_widths_stay_while_numbers_change(panel: SummaryPanel, sound: Analysis):
    show_parts(panel, sound, 0)
    header = panel.table.horizontalHeader()
    before = [header.sectionSize(i) for i in range(header.count())]
    show_parts(panel, rescore(edits.set_gamma(sound.session, 1e6), sound), 0)
    QApplication.processEvents()
    assert [header.sectionSize(i) for i in range(header.count())] == before


def test_it_can_be_painted_in_both_looks_with_many_rows(panel: SummaryPanel, many: Analysis):
    show_parts(panel, many, 11)
    set_theme_inside(panel, LIGHT)
    assert panel.model.rowCount() == 12
    assert not panel.grab().isNull()
    show_parts(panel, Analysis(Session()), 0)
    assert panel.model.rowCount() == 0


def test_frames_that_are_no_longer_on_show_are_let_go(panel: SummaryPanel):
    first, second = analyse(demo_session("masks")), analyse(demo_session("masks"))
    held = weakref.ref(first.pairs[0].score.facts.status)
    show_parts(panel, first, 0)
    assert cell(panel, 0, "osi_db_median") != "–"
    show_parts(panel, second, 0)
    del first
    gc.collect()
    assert held() is None


def test_what_was_gained_over_the_mixture(panel: SummaryPanel, sound: Analysis):
    show_parts(panel, sound, 0)
    mixture = sound.unprocessed[0]
    for row, pair in enumerate(sound.pairs):
        gained = pair.score.exact.osi_db_median - mixture.score.exact.osi_db_median
        assert gained > 1.0, "both programs made it better"
        assert cell(panel, row, "delta_osi_db_median") == f"+{gained:.1f}"
        assert cell(panel, row, "delta_si_snr_db") == f"{pair.whole.si_snr_db - mixture.whole.si_snr_db:+.1f}".replace(
            "-", "−"
        )
        change = pair.score.exact.fused - mixture.score.exact.fused
        assert cell(panel, row, "delta_fused") == f"{'+' if change > 0 else ''}{words.loss(change)}"
    tip = panel.model.headerData(column(panel, "delta_osi_db_median"), Qt.Orientation.Horizontal, ROLE.ToolTipRole)
    assert "exact, active frames" in tip
    assert "minus that of the unprocessed mixture" in tip


def test_how_often_each_is_the_best(panel: SummaryPanel, sound: Analysis, masks: Analysis):
    for analysis in (literal_of(sound), sound):
        show_parts(panel, analysis, 0)
        osi_db = [pair.score.facts.active_osi_db for pair in sound.pairs]
        counted = ~np.isnan(osi_db[0]) & ~np.isnan(osi_db[1])
        wins = [100 * np.mean(osi_db[k][counted] > osi_db[1 - k][counted]) for k in range(2)]
        assert wins[0] > 80, "A lies above B in nine frames of ten"
        assert [cell(panel, row, "wins") for row in range(2)] == [f"{value:.1f}" for value in wins]
        assert cell(panel, 0, "wins", ROLE.FontRole).bold()
        tip = panel.model.headerData(column(panel, "wins"), Qt.Orientation.Horizontal, ROLE.ToolTipRole)
        assert "frames active in every estimate of this reference" in tip
        assert "highest exact OSI-SNR" in tip
        panel.table.copy_rows(every=True)
        lines = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
        place = lines[0].index("wins % active")
        assert [float(line[place]) for line in lines[1:]] == pytest.approx(wins)
    show_parts(panel, masks, 0)
    assert "wins" not in [figure.key for figure in panel.model.columns]


def test_every_measure_is_there_for_both_results(panel: SummaryPanel, sound: Analysis):
    show_parts(panel, sound, 0)
    for analysis in (literal_of(sound), sound):
        show_parts(panel, analysis, 0)
        keys = {figure.key for figure in panel.model.columns}
        assert keys >= {"fused", "loss_osi_1", "loss_osi_2", "mc_mse", "osi_db_mean", "osi_db_median", "osi_db_p05"}
        assert keys >= {"si_snr_db", "missed", "false", "wins"}
    score = sound.pairs[0].score
    assert figure(panel, sound, 0, "loss_osi_1") == score.exact.loss_osi_1
    assert figure(panel, sound, 0, "loss_osi_2") == score.exact.loss_osi_2
    assert figure(panel, sound, 0, "osi_db_p05") == score.exact.osi_db_p05


def test_no_improvement_is_shown_without_a_mixture(panel: SummaryPanel, masks: Analysis, sound: Analysis):
    show_parts(panel, masks, 0)
    assert not [column for column in panel.model.columns if column.key.startswith("delta_")]
    show_parts(panel, sound, 0)
    assert len([column for column in panel.model.columns if column.key.startswith("delta_")]) == 3


@pytest.mark.parametrize("key", ["fused", "bad", "si_snr_db", "snr_db", "gain_db", "delta_fused"])
def test_rows_stay_sorted_by_their_column_when_others_come_and_go(panel: SummaryPanel, sound: Analysis, key: str):
    show_parts(panel, sound, 0)
    panel.table.sortByColumn(column(panel, key), Qt.SortOrder.DescendingOrder)
    alone = analyse(replace(sound.session, mixture=None), sound)
    steps = [sound, literal_of(sound), sound] + [alone, sound] * (not key.startswith("delta"))
    for before, after in pairwise(steps):
        show_parts(panel, after, 0, find_changes(before, after))
        values = [figure(panel, after, panel.model.place(row), key) for row in range(2)]
        assert values == sorted(values, reverse=True)
        assert panel.table.horizontalHeader().sortIndicatorSection() == column(panel, key)
    show_parts(panel, alone, 0)
    assert panel.model.rowCount() == 2, "a column that is gone sorts nothing"
