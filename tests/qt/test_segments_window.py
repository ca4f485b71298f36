"""From the list of bad segments to the plots and back, in the whole window."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from plot_kit import double_click, dragging, pixels
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot
from window_kit import open_demo, wait_final

from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.plots.comparison_plots import RibbonPlot
from osisnr_gui.session import edits
from osisnr_gui.session.session import Criterion


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with open_demo(qtbot, "damaged") as window:
        yield window


def _spans(window: MainWindow, presses: int, key: str = "N") -> list[tuple[float, float]]:
    spans = []
    for _ in range(presses):
        QTest.keySequence(window, QKeySequence(key))
        spans.append(tuple(window.views.plots.link.selection))  # type: ignore[arg-type]
    return spans


def _choose(window: MainWindow, **changes: object) -> None:
    window.views.store.edit(lambda session: edits.set_bad(session, **changes))


def test_n_visits_the_planted_damage_first_and_goes_round_the_ends(window: MainWindow) -> None:
    n_segments = len(window.views.plots.pair.score.bad.segments)  # type: ignore[union-attr]
    spans = _spans(window, n_segments + 1)
    (a0, a1), (b0, b1), (c0, c1) = spans[:3]
    assert 0.8 < a0 < 0.9 < 1.1 < a1 < 1.25
    assert all(4.3 <= start < stop <= 5.3 for start, stop in ((b0, b1), (c0, c1)))
    assert len(set(spans[:-1])) == n_segments
    assert spans[-1] == spans[0]
    assert window.statusBar().currentMessage() == f"Bad segment 1 of {n_segments}, worst first"
    assert _spans(window, 1, "Shift+N") == [spans[-2]]
    assert _spans(window, 1, "F3") == [spans[0]]
    link = window.views.plots.link
    assert spans[0][0] <= link.cursor < spans[0][1]
    assert link.visible.start < spans[0][0] < spans[0][1] < link.visible.stop < link.extent.stop


@pytest.mark.parametrize("way", ["N", "click"])
def test_a_bad_segment_is_looped_at_its_worst_audible_frame_and_space_plays_it(window: MainWindow, way: str) -> None:
    link, panel, played = window.views.plots.link, window.views.segments, []
    window.actions_by_id.by_id["play"].triggered.connect(lambda: played.append(True))
    panel.criterion.minimum.valueChanged.emit(1.0)  # single frames, too
    window.actions_by_id.by_id["bad_list"].trigger()
    QApplication.processEvents()
    for row in range(3):
        if way == "N":
            QTest.keySequence(window, QKeySequence("N"))
        else:
            where = panel.table.visualRect(panel.model.index(row, 1)).center()
            QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=where)
        (start, stop), loop = link.selection, link.loop  # type: ignore[misc]
        assert loop is not None
        assert loop.start <= start < stop <= loop.stop
        assert loop.length >= 0.3 - 1e-9
        pair = window.views.plots.pair
        assert pair is not None
        assert pair.score is not None
        times, bad = pair.frames.times(), pair.score.bad  # type: ignore[union-attr]
        inside = (times > start) & (times < stop)
        frame = int(np.argmin(np.abs(times - link.cursor)))
        assert inside[frame]
        assert bad.bad[frame]
        assert bad.gate.passed[frame], "it can be heard"
        exact = np.where(inside & bad.low, pair.frames.exact_osi_db, np.nan)  # type: ignore[union-attr]
        if bad.low[frame]:
            assert exact[frame] <= np.nanmedian(exact)
    assert not window.views.player.is_playing, "autoplay is off at first"
    QTest.keySequence(window, QKeySequence("Space"))
    assert played == [True]


def test_n_follows_the_order_on_show(window: MainWindow) -> None:
    window.views.segments.table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    starts = [start for start, _ in _spans(window, 6)]
    assert starts == sorted(starts)
    assert window.statusBar().currentMessage().endswith("in order of time")


def test_n_begins_with_the_clicks_against_the_undamaged_estimate(window: MainWindow) -> None:
    _choose(window, criterion=Criterion.AGAINST)
    ((start, stop),) = _spans(window, 1)
    assert 2.9 <= start < 2.95 < 3.25 < stop <= 3.35


def test_sudden_drops_rank_the_clicks_before_the_onsets_of_words(window: MainWindow) -> None:
    """As the program starts, without a look at the undamaged estimate."""
    _choose(window, criterion=Criterion.DROP)
    for start, stop in _spans(window, 2):
        assert 2.9 <= start < stop <= 3.35


def test_shading_follows_the_criterion_on_every_plot(window: MainWindow) -> None:
    images = {}
    window.views.plots.stack.set_row_visible("difference", True)
    # A ribbon is full of colours of its own.
    rows = [row for row in window.views.plots.stack.rows if row.isVisible() and not isinstance(row, RibbonPlot)]
    assert {row.row_id for row in rows} == {"reference", "estimate", "difference", "osi", "loss"}
    for criterion in (Criterion.OSI, Criterion.AGAINST):
        _choose(window, criterion=criterion)
        QApplication.processEvents()
        images[criterion] = [row.grab().toImage() for row in rows]
        images[criterion].append(window.views.plots.overview.grab().toImage())
    assert all(one != other for one, other in zip(*images.values(), strict=True))


def test_a_double_click_on_a_plot_selects_the_segment_there(window: MainWindow) -> None:
    row = window.views.plots.stack.row("osi")
    m = pixels(row)
    for time, found in ((1.0, True), (1.5, False)):
        window.views.plots.link.clear_selection()
        double_click(row, QPoint(round(m.x_of(time)), round(m.top + m.height / 3)))
        selection = window.views.plots.link.selection
        assert (selection is not None) == found
    assert not window.views.segments.table.selectionModel().hasSelection()


def test_list_and_plots_mark_the_same_segment(window: MainWindow) -> None:
    window.actions_by_id.by_id["bad_list"].trigger()
    QApplication.processEvents()
    panel = window.views.segments
    assert not panel.visibleRegion().isEmpty()
    where = panel.table.visualRect(panel.model.index(1, 1)).center()
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    table = panel.model.table
    assert table is not None
    assert tuple(window.views.plots.link.selection) == pytest.approx(table.span(int(table.worst_first[1])))  # type: ignore[arg-type]
    QTest.keySequence(window, QKeySequence("N"))
    assert panel.table.currentIndex().row() == 2
    window.views.plots.link.clear_selection()
    assert not panel.table.selectionModel().hasSelection()


def test_orange_is_the_legends_orange_in_the_segment_that_n_loops(window: MainWindow) -> None:
    row = window.views.plots._osi

    def colour_in(start: float, stop: float) -> str:
        m, image = pixels(row), row.grab().toImage()
        x, y = round(m.x_of(start + 0.8 * (stop - start))), round(m.y_of(24.0))
        return image.pixelColor(x, y).name()

    link = window.views.plots.link
    for segment in _spans(window, 2):  # the second one is so short that its loop is longer
        window.commands.segments.go_to_segment(*segment)
        QApplication.processEvents()
        assert link.loop is not None
        looped = colour_in(*segment)
        link.clear_selection()
        link.clear_loop()
        QApplication.processEvents()
        assert looped == colour_in(*segment) != window.views.themes.theme.background


@pytest.mark.parametrize("criterion", [Criterion.OSI, Criterion.DROP, Criterion.LOSS])
def test_the_sentence_the_first_row_and_n_name_one_place_and_w_says_that_its_is_another(
    qtbot: QtBot, window: MainWindow, criterion: Criterion
) -> None:
    window.commands.open_demo("echo")  # its worst segment is long
    wait_final(qtbot, window)
    _choose(window, criterion=criterion)
    link = window.views.plots.link
    window.actions_by_id.by_id["bad_list"].trigger()
    (named,) = re.findall("worst at ([0-9.]+)", window.views.loss.sentence.text())
    QTest.keySequence(window, QKeySequence("N"))
    assert f"{link.cursor:.1f}" == named
    assert window.views.segments.table.currentIndex().row() == 0
    QTest.keySequence(window, QKeySequence("W"))
    assert "worst single frame; N goes to the worst segment" in window.statusBar().currentMessage()


def test_w_goes_to_the_worst_frame_by_the_criterion(window: MainWindow) -> None:
    pair = window.views.plots.pair
    assert pair is not None
    assert pair.frames is not None
    assert pair.score is not None
    QTest.keySequence(window, QKeySequence("W"))
    exact = np.where(pair.score.bad.gate.active, pair.frames.exact_osi_db, np.inf)
    assert window.views.plots.link.cursor == pytest.approx(pair.frames.times()[np.argmin(exact)])
    _choose(window, criterion=Criterion.AGAINST)
    QTest.keySequence(window, QKeySequence("W"))
    drop = window.views.plots.pair.score.bad.drop_db  # type: ignore[union-attr]
    assert window.views.plots.link.cursor == pytest.approx(pair.frames.times()[np.nanargmax(drop)])


def test_the_line_of_the_loss_is_dragged_live(window: MainWindow) -> None:
    _choose(window, criterion=Criterion.LOSS)
    plots, panel = window.views.plots, window.views.segments
    window.actions_by_id.by_id["bad_list"].trigger()
    assert np.isnan(plots._osi.threshold_line.level)
    row, counts = plots._loss, []
    m = pixels(row)
    x = round(m.left + m.width / 2)
    levels = [1.0, 2.5, 8.0]
    for _ in dragging(row, *(QPoint(x, round(m.y_of(level))) for level in levels)):
        counts.append(panel.model.rowCount())
        level = levels[len(counts)]
        assert window.views.store.session.bad.loss_limit == pytest.approx(level, abs=0.5)
    assert counts[0] > counts[1] > 0
    assert panel.criterion.loss.value() == pytest.approx(window.views.store.session.bad.loss_limit, abs=1e-3)
    window.views.store.undo()
    assert window.views.store.session.bad.loss_limit == 1.0


def test_the_curve_to_stay_over_is_drawn(window: MainWindow) -> None:
    curve = window.views.plots._osi.limit_curve
    assert curve.values.size == 0
    _choose(window, criterion=Criterion.AGAINST)
    a, b = (pair.score.facts for pair in window.views.store.analysis.pairs)  # type: ignore[union-attr]
    both = ~np.isnan(curve.values)
    assert both.sum() > 500
    assert curve.values[both] == pytest.approx(b.frames.exact_osi_db[both] - 3.0)
    _choose(window, criterion=Criterion.OSI)
    assert curve.values.size == 0
    assert window.views.plots._osi.threshold_line.level == a.frames.exact_osi_db.dtype.type(3.0)


def test_the_list_is_saved_as_csv(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, proposed = tmp_path / "bad.csv", list[str]()

    def choose(_parent: object, _title: str, name: str, _kind: str) -> tuple[str, str]:
        proposed.append(Path(name).name)
        return str(path), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    window.actions_by_id.by_id["export_segments"].trigger()
    qtbot.waitUntil(path.exists)
    rows = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert len(rows) == 1 + len(window.views.plots.pair.score.bad.segments)  # type: ignore[union-attr]
    assert rows[1].startswith("1,0.844,")
    window.views.selection.select(1, 2)
    window.actions_by_id.by_id["export_segments"].trigger()
    assert proposed == ["bad_segments_A.csv", "bad_segments_B.csv"], "of the estimate in view only"
