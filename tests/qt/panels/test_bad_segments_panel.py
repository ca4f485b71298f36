"""The list of bad segments: its rows, its order, what a click asks for, and the bar above it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from plot_kit import click
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from osisnr_gui.qt.look.theme import DARK, LIGHT, set_theme_inside
from osisnr_gui.qt.panels.bad_segments_panel import BadSegmentsPanel
from osisnr_gui.session import edits
from osisnr_gui.session.analysis import Analysis, analyse, rescore
from osisnr_gui.session.demos import demo_session
from osisnr_gui.session.scores import SegmentTable
from osisnr_gui.session.session import BadChoice, Criterion, Note, Session

Shown = Callable[..., BadSegmentsPanel]


@pytest.fixture(scope="module")
def damaged() -> Analysis:
    return analyse(demo_session("damaged"))


@pytest.fixture
def panel(shown: Shown, damaged: Analysis) -> BadSegmentsPanel:
    panel = shown(BadSegmentsPanel(DARK), 320, 700)
    panel.show_analysis(damaged, 0)
    return panel


def _texts(panel: BadSegmentsPanel, key: str) -> list[str]:
    keys = [column.key for column in panel.model.columns]
    return [panel.model.index(row, keys.index(key)).data() for row in range(panel.model.rowCount())]


def _rescored(analysis: Analysis, **changes: object) -> Analysis:
    found = rescore(edits.set_bad(analysis.session, **changes), analysis)
    assert found is not None
    return found


def _column(panel: BadSegmentsPanel, key: str) -> int:
    return [column.key for column in panel.model.columns].index(key)


def test_worst_first_with_kinds_and_figures(panel: BadSegmentsPanel) -> None:
    table = panel.model.table
    assert table is not None
    assert _texts(panel, "rank") == [str(k + 1) for k in range(len(table))]
    assert _texts(panel, "kind")[:3] == ["missed 35/40", "low OSI", "low OSI"]
    worst = table.worst_first
    assert _texts(panel, "share")[:3] == [f"{100 * table.share(k):.1f}" for k in worst[:3]]
    assert _texts(panel, "start")[:3] == ["0.84", "4.50", "5.02"]
    assert panel.table.isColumnHidden(_column(panel, "worst"))
    titles = [panel.model.headerData(k, Qt.Orientation.Horizontal) for k in range(panel.model.columnCount())]
    assert titles[:5] == ["#\n", "start\ns", "length\nms", "min\ndB", "mean\ndB"]


@pytest.mark.parametrize("key", ["start", "length", "min", "mean", "kind", "share", "note"])
def test_a_click_on_a_title_sorts_and_a_second_one_turns_it_round(panel: BadSegmentsPanel, key: str) -> None:
    table = panel.model.table
    assert table is not None
    header, column = panel.table.horizontalHeader(), _column(panel, key)
    header.setSortIndicator(column, Qt.SortOrder.AscendingOrder)
    values = panel.model.values(key)[panel.model.order]
    there = values[~np.isnan(values)]
    assert np.all(np.diff(there) >= 0)
    assert np.isnan(values[there.size :]).all()
    header.setSortIndicator(column, Qt.SortOrder.DescendingOrder)
    values = panel.model.values(key)[panel.model.order]
    assert np.all(np.diff(values[: there.size]) <= 0)
    assert sorted(panel.model.order.tolist()) == list(range(len(table)))
    assert [panel.model.row(panel.model.place(row)) for row in range(len(table))] == list(range(len(table)))


def test_the_first_click_shows_the_largest_share_first(panel: BadSegmentsPanel) -> None:
    header, column = panel.table.horizontalHeader(), _column(panel, "share")
    panel.table.setColumnHidden(_column(panel, "min"), True)
    where = QPoint(header.sectionViewportPosition(column) + 8, 10)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert panel.model.order_words == "by loss, falling"
    shares = [float(text) for text in _texts(panel, "share")]
    assert shares == sorted(shares, reverse=True)


def test_rows_follow_the_threshold_and_keep_the_order(panel: BadSegmentsPanel, damaged: Analysis) -> None:
    panel.table.sortByColumn(_column(panel, "start"), Qt.SortOrder.AscendingOrder)
    counts = []
    for threshold in (1.0, 3.0, 6.0):
        session = edits.set_threshold(damaged.session, threshold)
        found = rescore(session, damaged)
        assert found is not None
        panel.show_analysis(found, 0)
        counts.append(panel.model.rowCount())
        starts = panel.model.table.start[panel.model.order]  # type: ignore[union-attr]
        assert np.all(np.diff(starts) > 0)
        assert f"{counts[-1]} segments" in panel.sentence.text()
        assert panel.criterion.decibels.value() == threshold
    assert len(set(counts)) == 3


def test_steps_walk_the_rows_round_the_ends(panel: BadSegmentsPanel) -> None:
    table, seen = panel.model.table, []
    assert table is not None
    panel.segment_shown.connect(lambda a, b: (seen.append((a, b)), panel.show_selection((a, b))))
    words = [panel.step(1) for _ in range(len(table) + 1)]
    assert words[0] == f"Bad segment 1 of {len(table)}, worst first"
    assert words[-1] == words[0]
    assert seen[:-1] == [table.span(k) for k in table.worst_first]
    assert panel.table.currentIndex().row() == 0
    assert panel.step(-1) == f"Bad segment {len(table)} of {len(table)}, worst first"
    panel.show_selection(None)
    assert not panel.table.selectionModel().hasSelection()
    assert panel.step(-1) == f"Bad segment {len(table)} of {len(table)}, worst first"


def test_a_row_that_is_clicked_again_is_gone_to_again(panel: BadSegmentsPanel) -> None:
    seen = []
    panel.segment_shown.connect(lambda a, b: seen.append((a, b)))
    where = panel.table.visualRect(panel.model.index(2, 1)).center()
    for times in (1, 2, 3):
        QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=where)
        assert len(seen) == times
    table = panel.model.table
    assert table is not None
    assert set(seen) == {table.span(table.worst_first[2])}


def test_arrow_keys_go_enter_activates_and_focus_alone_does_nothing(panel: BadSegmentsPanel) -> None:
    shown, activated = [], []
    panel.segment_shown.connect(lambda a, b: shown.append((a, b)))
    panel.segment_activated.connect(lambda a, b: activated.append((a, b)))
    panel.activateWindow()
    panel.table.setFocus()
    assert shown == []
    QTest.keyClick(panel.table, Qt.Key.Key_Down)
    assert len(shown) == 1
    QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert activated == shown


def test_return_without_a_current_row_plays_none(panel: BadSegmentsPanel, damaged: Analysis) -> None:
    """A list that was filled anew has no current row, one without rows never has."""
    played: list[tuple[float, float]] = []
    panel.segment_activated.connect(lambda *span: played.append(span))
    panel.table.setFocus()
    for limit in (12.0, -20.0):
        found = rescore(edits.set_threshold(damaged.session, limit), damaged)
        assert found is not None
        panel.show_analysis(found, 0)
        assert not panel.table.currentIndex().isValid()
        QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert not played


def test_the_selected_segment_is_marked_even_after_the_limit_moved(panel: BadSegmentsPanel, damaged: Analysis) -> None:
    table = panel.model.table
    assert table is not None
    place = int(table.worst_first[1])
    panel.show_selection(table.span(place))
    assert panel.table.currentIndex().row() == 1
    found = rescore(edits.set_threshold(damaged.session, 3.4), damaged)
    assert found is not None
    shown: list[object] = []
    panel.segment_shown.connect(lambda *span: shown.append(span))
    panel.show_analysis(found, 0)
    moved = panel.model.table
    assert moved is not None
    row = panel.table.currentIndex().row()
    start, stop = moved.span(panel.model.place(row))
    assert start <= table.span(place)[0]
    assert stop >= table.span(place)[1]
    assert shown == []
    panel.show_selection((0.5, 5.0))
    assert not panel.table.selectionModel().hasSelection()


def test_a_place_on_the_plots_goes_to_its_segment(panel: BadSegmentsPanel) -> None:
    shown = []
    panel.segment_shown.connect(lambda a, b: shown.append((a, b)))
    assert panel.go_to(1.0)
    assert shown[0][0] < 1.0 < shown[0][1]
    assert not panel.go_to(1.5)
    assert len(shown) == 1


def test_notes_stand_beside_their_segment(panel: BadSegmentsPanel, damaged: Analysis) -> None:
    found = rescore(edits.add_note(damaged.session, Note(1.0, 1.1, "<b>gap</b>")), damaged)
    assert found is not None
    panel.show_analysis(found, 0)
    assert _texts(panel, "note")[:2] == ["<b>gap</b>", ""]


def test_copied_rows_are_those_selected(panel: BadSegmentsPanel) -> None:
    panel.table.copy_rows()
    every = QGuiApplication.clipboard().text().splitlines()
    assert len(every) == 1 + panel.model.rowCount()
    assert every[0].split("\t")[:3] == ["#", "start s", "length ms"]
    panel.table.selectRow(1)
    QTest.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().splitlines() == [every[0], every[2]]


def test_nothing_is_worked_out_while_it_is_out_of_sight(panel: BadSegmentsPanel, damaged: Analysis) -> None:
    before = panel.model.table
    panel.set_seen(False)
    found = _rescored(damaged, minimum_s=0.1)
    panel.show_analysis(found, 0)
    assert panel.model.table is before
    panel.step(1)
    assert panel.model.table is not before
    panel.show_analysis(damaged, 0)
    panel.set_seen(True)
    assert panel.model.rowCount() == len(damaged.pairs[0].score.bad.segments)  # type: ignore[union-attr]


def test_a_criterion_brings_its_limit_and_its_column(panel: BadSegmentsPanel, damaged: Analysis, edits_of) -> None:
    taken = edits_of(panel, damaged.session)
    names = [panel.criterion.box.itemText(k) for k in range(panel.criterion.box.count())]
    assert names == [
        *("exact OSI-SNR under", "fused loss over", "sudden drop of at least", "worse than B by at least"),
        *("worst share of the frames", "share of the loss"),
    ]
    for index, (criterion, limit) in enumerate(
        ((Criterion.OSI, 3.0), (Criterion.LOSS, 1.0), (Criterion.DROP, 6.0), (Criterion.AGAINST, 3.0))
    ):
        panel.criterion.box.activated.emit(index)
        assert taken.session.bad.criterion is criterion
        found = rescore(taken.session, damaged)
        assert found is not None
        panel.show_analysis(found, 0)
        assert panel.criterion.box.currentIndex() == index
        field = panel.criterion.loss if criterion is Criterion.LOSS else panel.criterion.decibels
        assert field.isVisible()
        assert field.value() == limit
        assert panel.criterion.loss.isVisible() != panel.criterion.decibels.isVisible()
        assert panel.table.isColumnHidden(_column(panel, "worst")) == (criterion is Criterion.OSI)
        field.setValue(limit + 1)
        assert edits.limit_of(taken.session) == limit + 1
    assert taken.session.bad.against == 1
    panel.show_analysis(rescore(taken.session, damaged), 1)
    assert panel.criterion.box.currentText() == "worse than A by at least"


def test_a_share_of_the_frames_or_of_the_loss_is_a_criterion(
    panel: BadSegmentsPanel, damaged: Analysis, edits_of
) -> None:
    taken = edits_of(panel, damaged.session)
    for text, shown, typed in (("worst share of the frames", "1.0 %", 5.0), ("share of the loss", "50.0 %", 80.0)):
        panel.criterion.box.activated.emit(panel.criterion.box.findText(text))
        panel.show_analysis(rescore(taken.session, damaged), 0)
        assert panel.criterion.box.currentText() == text
        assert panel.criterion.percent.isVisible()
        assert panel.criterion.percent.text() == shown
        panel.criterion.percent.setValue(typed)
        assert edits.limit_of(taken.session) == pytest.approx(typed / 100)
        panel.show_analysis(rescore(taken.session, damaged), 0)
        assert panel.table.isColumnHidden(_column(panel, "worst"))
        assert panel.model.rowCount()
    assert (taken.session.bad.minimum_s, taken.session.bad.gate_db) == (0.0, None), "however short, however quiet"
    panel.criterion.box.activated.emit(0)
    usual = BadChoice()
    assert (taken.session.bad.minimum_s, taken.session.bad.gate_db) == (usual.minimum_s, usual.gate_db)


def test_a_list_of_all_estimates_brings_the_one_of_a_row_into_view(panel: BadSegmentsPanel, damaged: Analysis) -> None:
    tables = [SegmentTable(pair.score) for pair in damaged.pairs]  # type: ignore[arg-type]
    seen: list[object] = []
    panel.chosen.connect(seen.append)
    panel.segment_shown.connect(lambda start, stop: (seen.append((start, stop)), panel.show_selection((start, stop))))
    assert panel.table.isColumnHidden(_column(panel, "estimate"))
    panel.scope._buttons[1].click()
    assert panel.model.rowCount() == sum(map(len, tables))
    assert not panel.table.isColumnHidden(_column(panel, "estimate"))
    severity = np.concatenate([table.severity for table in tables])
    letters = np.repeat(["A", "B"], [len(table) for table in tables])[np.argsort(-severity, kind="stable")]
    assert _texts(panel, "estimate") == letters.tolist()
    assert _texts(panel, "rank") == [str(k + 1) for k in range(letters.size)]
    row = letters.tolist().index("B")
    QTest.mouseClick(
        panel.table.viewport(),
        Qt.MouseButton.LeftButton,
        pos=panel.table.visualRect(panel.model.index(row, 0)).center(),
    )
    assert seen == [1, tables[1].span(tables[1].worst_first[0])]
    assert panel.table.chosen_row == row
    assert panel.model.table is not None
    assert panel.model.table.score is damaged.pairs[1].score
    panel.step(1)
    assert panel.table.chosen_row == row + 1
    assert panel.csv().count(b"\n") == 6 + len(panel.model.table)  # type: ignore[union-attr]
    panel.scope._buttons[0].click()
    assert panel.model.rowCount() == len(panel.model.table)


def test_presets_and_options_are_edits(panel: BadSegmentsPanel, damaged: Analysis, edits_of) -> None:
    taken = edits_of(panel, damaged.session)
    _worst1, worst5, _worst10, half = panel.criterion.presets.menu().actions()
    assert worst5.text() == "Worst 5 % of the frames that count"
    worst5.trigger()
    found = rescore(taken.session, damaged)
    assert found is not None
    bad = found.pairs[0].score.bad  # type: ignore[union-attr]
    assert bad.low.sum() == round(0.05 * bad.gate.active.sum())
    half.trigger()
    assert (taken.session.bad.gate_db, taken.session.bad.minimum_s) == (None, 0.0)
    options = panel.criterion
    options.gate.setValue(30.0)
    options.minimum.setValue(50.0)
    options.join.setValue(100.0)
    options.window_field.setValue(2.0)
    bad_choice = taken.session.bad
    assert (bad_choice.gate_db, bad_choice.minimum_s, bad_choice.join_s, bad_choice.window_s) == (30.0, 0.05, 0.1, 2.0)
    options.gate.setValue(options.gate.maximum())
    assert options.gate.text() == "off"
    assert taken.session.bad.gate_db is None


def test_the_curve_of_the_loss_chooses_frames(panel: BadSegmentsPanel, damaged: Analysis, edits_of) -> None:
    taken = edits_of(panel, damaged.session)
    assert panel.plot.isVisible()
    assert panel.carriers.text().startswith("Worst 5 % of active frames (32): 80 % of the loss")
    click(panel.plot, np.sqrt(0.1), 0.5)
    found = rescore(taken.session, damaged)
    assert found is not None
    n_active = damaged.pairs[0].score.facts.n_active  # type: ignore[union-attr]
    assert found.pairs[0].score.bad.low.sum() == pytest.approx(0.1 * n_active, rel=0.05)  # type: ignore[union-attr]
    assert taken.session.bad.criterion is Criterion.OSI


def test_a_low_panel_keeps_its_rows_instead_of_the_curve(shown: Shown, damaged: Analysis) -> None:
    panel = shown(BadSegmentsPanel(DARK), 300, 430)
    panel.show_analysis(damaged, 0)
    assert not panel.plot.isVisible()
    assert panel.table.viewport().height() >= 5 * 26
    panel.curve.click()
    assert panel.plot.isVisible()
    panel.resize(300, 440)
    assert panel.plot.isVisible()


def test_no_files_and_other_look(panel: BadSegmentsPanel, qtbot: QtBot) -> None:
    set_theme_inside(panel, LIGHT)
    panel.show_analysis(Analysis(Session()), 0)
    assert panel.model.rowCount() == 0
    assert panel.sentence.text() == panel.carriers.text() == ""
    assert panel.csv() is None
    assert not panel.criterion.presets.isEnabled()
    assert panel.step(1) == "Nothing has been compared yet."
    assert not panel.go_to(1.0)


def test_masks_count_in_frames(shown: Shown, masks: Analysis) -> None:
    panel = shown(BadSegmentsPanel(DARK), 320, 700)
    panel.show_analysis(masks, 0)
    titles = [panel.model.headerData(k, Qt.Orientation.Horizontal) for k in range(3)]
    assert titles == ["#\n", "start\nframes", "length\nframes"]
    assert panel.model.rowCount() > 0
    assert all(text.replace("−", "-").lstrip("-").isdecimal() for text in _texts(panel, "length"))


def test_what_is_being_typed_stays_when_results_arrive(panel: BadSegmentsPanel, damaged: Analysis) -> None:
    field = panel.criterion.decibels
    field.setFocus()
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_7)
    panel.show_analysis(_rescored(damaged, join_s=0.1), 0)
    assert field.lineEdit().text() == "7"
    panel.show_analysis(rescore(edits.set_threshold(damaged.session, 5.0), damaged), 0)
    assert field.text() == "5.0 dB"
