"""Panels: each with a key, back with the width it had, and all of them as at first after Reset layout."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot
from window_kit import open_window, show_files, wait_final

from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.panels.plain_text import ElidedLabel
from osisnr_gui.qt.panels.summary_panel import LINE_SIZE, NARROW_NAME
from osisnr_gui.qt.views import PANEL_KEYS, Docks

PAIR = "2_enhancement_clean.flac", "2_enhancement_est_dfn3.flac"
SIZE = 1280, 720


def sizes(window: MainWindow) -> dict[str, tuple[int, int]]:
    """Width and height of every panel in sight."""
    QApplication.processEvents()
    docks = {name: window.views.docks[name] for name in PANEL_KEYS}
    return {name: (dock.width(), dock.height()) for name, dock in docks.items() if dock.is_in_front}


def drag_edge(window: MainWindow, x: int, by: int) -> None:
    """Move the edge of a column, as a user does."""
    window.setAnimated(False)
    for act, place in ((QTest.mousePress, x), (QTest.mouseMove, x + by)):
        act(window, *((Qt.MouseButton.LeftButton,) if act is QTest.mousePress else ()), pos=QPoint(place, 300))
        QApplication.processEvents()
    QTest.mouseRelease(window, Qt.MouseButton.LeftButton, pos=QPoint(x + by, 300))
    QApplication.processEvents()


def press(qtbot: QtBot, window: MainWindow, name: str) -> None:
    key = Qt.Key(ord(PANEL_KEYS[name][-1]))
    qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
    QApplication.processEvents()


def test_every_panel_goes_and_comes_by_its_key_with_its_width(qtbot: QtBot, samples: Path) -> None:
    with open_window(qtbot, SIZE) as window:
        show_files(qtbot, window, *(samples / name for name in PAIR))
        docks: Docks = window.views.docks
        drag_edge(window, docks["sources"].geometry().right() + 1, -20)
        drag_edge(window, docks["loss"].x() - 1, -30)
        assert (docks["sources"].width(), docks["loss"].width()) == (236, 370)
        before = sizes(window)
        for name in PANEL_KEYS:
            if not docks[name].is_in_front:
                press(qtbot, window, name)
                assert docks[name].is_in_front, f"{name}: behind a tab it comes to the front"
            press(qtbot, window, name)
            assert not docks[name].isVisible()
            assert not window.actions_by_id.by_id[f"panel_{name}"].isChecked()
        assert sizes(window) == {}
        assert window.views.plots.width() > SIZE[0] - 20, "all the room is the plots'"
        for name in reversed(PANEL_KEYS):
            press(qtbot, window, name)
            assert docks[name].is_in_front
        for name in ("sources", "loss"):
            docks[name].bring()
            assert sizes(window)[name][0] == before[name][0]


def test_hidden_panels_stay_hidden_until_asked_for(qtbot: QtBot, samples: Path) -> None:
    with open_window(qtbot, SIZE) as window:
        show_files(qtbot, window, *(samples / name for name in PAIR))
        press(qtbot, window, "sources")
        window.commands.close_files()
        qtbot.waitUntil(lambda: not window.views.docks["loss"].isVisible())
        show_files(qtbot, window, *(samples / name for name in PAIR))
        assert not window.views.docks["sources"].isVisible()
    with open_window(qtbot, SIZE) as window:
        show_files(qtbot, window, *(samples / name for name in PAIR))
        assert not window.views.docks["sources"].isVisible()
        assert window.views.docks["loss"].isVisible()
        press(qtbot, window, "sources")
        assert window.views.docks["sources"].isVisible()


@pytest.mark.qt_log_ignore("does not support raise", extend=True)
@pytest.mark.parametrize("size", [SIZE, (1440, 900)])
def test_reset_layout_undoes_everything(qtbot: QtBot, samples: Path, size: tuple[int, int]) -> None:
    with open_window(qtbot, size) as window:
        show_files(qtbot, window, *(samples / name for name in PAIR))
        docks, stack, act = window.views.docks, window.views.plots.stack, window.actions_by_id.by_id
        before, heights = sizes(window), stack._splitter.sizes()
        window.resizeDocks([docks["sources"], docks["loss"]], [300, 400], Qt.Orientation.Horizontal)
        docks["bad_segments"].setFloating(True)
        docks["frames"].close()
        docks["notes"].bring()
        docks["summary"].bring()
        for action in ("row_loss", "row_difference", "overview", "transport"):
            act[action].trigger()
        stack._splitter.setSizes([300, *stack._splitter.sizes()[1:]])
        stack._remember_move()
        assert sizes(window) != before
        act["reset_layout"].trigger()
        qtbot.waitUntil(lambda: sizes(window) == before)
        qtbot.waitUntil(lambda: stack._splitter.sizes() == heights)
        assert act["overview"].isChecked()
        assert act["transport"].isChecked()
        assert not docks["bad_segments"].isFloating()


@pytest.mark.parametrize("demo", ["enhancement", "speakers", "masks", "echo", "damaged"])
@pytest.mark.usefixtures("dressed")
def test_the_window_can_be_1000_pixels_wide(qtbot: QtBot, demo: str) -> None:
    with open_window(qtbot, (1000, 640)) as window:
        window.commands.open_demo(demo)
        wait_final(qtbot, window)
        assert window.width() == 1000
        for button in window.commands.playback.bar.findChildren(QToolButton):
            if button.isVisible():  # what is hidden has no width of its own
                assert button.width() >= button.sizeHint().width() - 1, button.objectName() or button.text()


def _nine(folder: Path, samples: Path) -> list[Path]:
    """A reference and nine estimates whose names differ in the middle."""
    names = ["model_clean_reference", *(f"model_epoch{k}0_output" for k in range(1, 10))]
    kinds = ["clean", *("est_dfn3", "est_gate") * 5]
    return [
        Path(shutil.copy(samples / f"2_enhancement_{kind}.flac", folder / f"{name}.flac"))
        for name, kind in zip(names, kinds, strict=False)
    ]


@pytest.mark.parametrize("count", [5, 9])
@pytest.mark.usefixtures("dressed")
def test_a_small_window_has_room_for_many_estimates_and_gives_back_what_it_took(
    qtbot: QtBot, samples: Path, tmp_path: Path, count: int
) -> None:
    with open_window(qtbot, (1600, 840)) as window:
        show_files(qtbot, window, *_nine(tmp_path, samples)[: count + 1])
        docks, bar = window.views.docks, window.commands.playback.bar
        before = sizes(window)
        window.resize(1000, 700)
        qtbot.waitUntil(lambda: docks["loss"].width() < before["loss"][0])
        wait_final(qtbot, window)
        assert window.width() == 1000
        assert bar.minimumSizeHint().width() <= bar.width()
        for button in bar.findChildren(QToolButton):
            if button.isVisible():
                assert button.width() >= button.sizeHint().width() - 1, button.text()
        assert [row.name.shown_text for row in window.views.sources.rows[1:3]] == ["epoch10", "epoch20"]
        assert "…" not in window.views.loss.verdict.shown_text
        QTest.keyClick(window, Qt.Key(ord(str(count))))
        assert bar._estimates[count - 1].isVisible(), "what is heard has its button"
        window.resize(1600, 840)
        qtbot.waitUntil(lambda: sizes(window)["loss"][0] == before["loss"][0])
        assert sizes(window)["sources"][0] == before["sources"][0]
        assert all(button.isVisible() for button in bar._estimates)


def test_names_are_whole_where_there_is_room(qtbot: QtBot) -> None:
    with open_window(qtbot, (2000, 1200)) as window:
        window.commands.open_demo("damaged")
        wait_final(qtbot, window)
        panel = window.views.summary
        for row in range(panel.model.rowCount()):
            name = panel.model.index(row, 0).data()
            words = panel.table.fontMetrics().horizontalAdvance(name)
            assert panel.table.columnWidth(0) >= words + LINE_SIZE.width() + 8
        window.resize(1300, 1200)
        QApplication.processEvents()
        window.views.docks["summary"].setMaximumWidth(340)
        qtbot.waitUntil(lambda: panel.table.columnWidth(0) <= NARROW_NAME)


@pytest.mark.usefixtures("dressed")
def test_nothing_is_elided_in_a_large_window(qtbot: QtBot) -> None:
    with open_window(qtbot, (2560, 1440)) as window:
        window.commands.open_demo("damaged")
        wait_final(qtbot, window)
        labels = [label for label in window.findChildren(ElidedLabel) if label.isVisible()]
        assert labels
        assert not [label.text() for label in labels if "…" in label.shown_text]
        table = window.views.summary.table
        assert table.columnViewportPosition(table.model().columnCount() - 1) > 0
        assert table.horizontalScrollBar().maximum() == 0


@pytest.mark.usefixtures("dressed")
@pytest.mark.parametrize("size", [(1280, 720), (1024, 700)])
def test_what_is_looked_at_first_is_in_sight_in_a_small_window(
    qtbot: QtBot, samples: Path, size: tuple[int, int]
) -> None:
    with open_window(qtbot, size) as window:
        estimates = (PAIR[1], "2_enhancement_est_gate.flac", "5_damaged_est.flac", "3_echo_est.flac")
        show_files(qtbot, window, *(samples / name for name in (PAIR[0], *estimates)))
        window.views.docks["summary"].bring()
        wait_final(qtbot, window)
        table, model = window.views.summary.table, window.views.summary.model
        assert [column.key for column in model.columns[:5]] == ["name", "osi_db_median", "fused", "wins", "si_snr_db"]
        assert table.columnViewportPosition(4) + table.columnWidth(4) <= table.viewport().width()
        assert table.rowViewportPosition(2) + table.rowHeight(2) <= table.viewport().height()
        metrics = table.fontMetrics()
        for column in range(1, 5):
            for row in range(4):
                text = str(model.index(row, column).data())
                assert metrics.horizontalAdvance(text) + 6 <= table.columnWidth(column), text
        window.views.docks["frames"].bring()
        window.resizeDocks([window.views.docks["sources"]], [1], Qt.Orientation.Horizontal)
        wait_final(qtbot, window)
        panel = window.views.stft
        for note in (panel.n_fft_note, panel.hop_note):
            words = note.text().split(" ")
            assert max(map(note.fontMetrics().horizontalAdvance, words)) <= note.width(), note.text()


def test_the_readout_leaves_room_for_messages(qtbot: QtBot, samples: Path) -> None:
    with open_window(qtbot, SIZE) as window:
        show_files(qtbot, window, *(samples / name for name in PAIR))
        window.views.plots.link.set_hover(2.3, 0.5, "estimate")
        QApplication.processEvents()
        assert "t 2.300 s" in window.views.readout.text
        assert "osi" in window.views.readout.shown_fields()
        assert window.views.sentence.width() >= 0.4 * SIZE[0]


def test_where_no_files_are_open_no_key_brings_an_empty_panel(qtbot: QtBot, samples: Path) -> None:
    with open_window(qtbot, SIZE) as window:
        actions = window.actions_by_id.by_id
        others = [actions[name] for name in ("inspector", "mask_values", "bad_list")]
        for opened in (False, True, False):
            if opened:
                show_files(qtbot, window, *(samples / name for name in PAIR))
            elif not window.views.store.session.is_empty:
                actions["close_files"].trigger()
                wait_final(qtbot, window)
            assert {action.isEnabled() for action in others} == {opened}
            wanted = [dock.wanted for dock in window.views.docks.values()]
            for name in () if opened else PANEL_KEYS:
                press(qtbot, window, name)
            assert [dock.wanted for dock in window.views.docks.values()] == wanted
            assert any(dock.isVisible() for dock in window.views.docks.values()) is opened
