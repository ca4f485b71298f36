"""The inspector in the window: its key, its arrow keys, its place, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from window_kit import open_demo, wait_final

from osisnr_gui.qt.jobs import is_busy
from osisnr_gui.qt.main_window import MainWindow


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with open_demo(qtbot, "damaged") as window:
        yield window


def _press(qtbot: QtBot, window: MainWindow, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    target = QApplication.focusWidget() or window
    QTest.keyClick(target, key, *modifiers)
    wait_final(qtbot, window)


def _frame(window: MainWindow) -> int:
    inspection = window.views.inspector.inspection
    assert inspection is not None
    return inspection.columns.frame


def test_one_key_brings_it_and_takes_it_away(qtbot: QtBot, window: MainWindow) -> None:
    dock, action = window.views.docks["inspector"], window.actions_by_id.by_id["inspector"]
    assert not dock.is_in_front
    assert not action.isChecked()
    window.activateWindow()
    window.views.plots.setFocus()
    _press(qtbot, window, Qt.Key.Key_I)
    assert dock.is_in_front
    assert action.isChecked()
    assert window.views.inspector.hasFocus()
    window.views.docks["loss"].raise_()
    qtbot.waitUntil(lambda: not dock.is_in_front)
    action.trigger()  # behind another tab: to the front, not away
    QApplication.processEvents()
    assert dock.is_in_front
    assert action.isChecked()
    action.trigger()
    assert not dock.isVisible()
    assert not action.isChecked()
    action.trigger()
    dock.close()
    assert not action.isChecked()


def test_arrow_keys_go_frame_by_frame_where_it_has_the_focus(qtbot: QtBot, window: MainWindow) -> None:
    link = window.views.plots.link
    window.actions_by_id.by_id["inspector"].trigger()
    link.set_cursor(2.936)
    wait_final(qtbot, window)
    assert _frame(window) == 365
    window.views.inspector.setFocus()
    _press(qtbot, window, Qt.Key.Key_Right)
    assert _frame(window) == 366
    assert link.cursor == pytest.approx(2.944)
    _press(qtbot, window, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert _frame(window) == 356
    window.actions_by_id.by_id["frame_right"].trigger()
    wait_final(qtbot, window)
    assert _frame(window) == 357
    link.set_cursor(0.016)
    wait_final(qtbot, window)
    _press(qtbot, window, Qt.Key.Key_Left)
    assert _frame(window) == 0
    # Elsewhere the same key is still a second.
    window.views.plots.setFocus()
    link.set_cursor(3.0)
    _press(qtbot, window, Qt.Key.Key_Right)
    assert link.cursor == pytest.approx(4.0)


def test_bad_segments_are_shown_as_they_are_visited(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_by_id.by_id["inspector"].trigger()
    window.actions_by_id.by_id["worst"].trigger()
    wait_final(qtbot, window)
    inspection, pair = window.views.inspector.inspection, window.views.plots.pair
    assert inspection is not None
    assert pair is not None
    assert pair.score is not None
    assert pair.frames is not None
    assert inspection.exact.osi_db == pair.frames.exact_osi_db[pair.score.facts.active].min()
    assert inspection.bad


def test_it_says_whether_the_frame_is_bad_by_the_limit_in_force(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_by_id.by_id["inspector"].trigger()
    window.views.plots.link.set_cursor(2.936)
    wait_final(qtbot, window)
    for limit in (3.0, 40.0):
        window.views.plots.limit_requested.emit(limit)
        wait_final(qtbot, window)
        said = [label.text() for label in window.views.inspector.page.findChildren(QLabel)]
        assert any(f"under {limit:.1f} dB" in text for text in said) == (limit == 40.0)


def test_behind_another_tab_it_reads_nothing(qtbot: QtBot, window: MainWindow) -> None:
    link, panel = window.views.plots.link, window.views.inspector
    window.actions_by_id.by_id["inspector"].trigger()
    link.set_cursor(2.936)
    wait_final(qtbot, window)
    window.views.docks["loss"].raise_()
    qtbot.waitUntil(lambda: not window.views.docks["inspector"].is_in_front)
    link.set_cursor(3.936)
    assert not is_busy(panel)
    assert _frame(window) == 365
    window.views.docks["inspector"].raise_()
    qtbot.waitUntil(lambda: _frame(window) == 490)


def test_it_goes_with_the_files_and_comes_back_with_them(qtbot: QtBot, window: MainWindow) -> None:
    dock = window.views.docks["inspector"]
    window.actions_by_id.by_id["inspector"].trigger()
    assert dock.isVisible()
    window.actions_by_id.by_id["close_files"].trigger()
    wait_final(qtbot, window)
    assert not dock.isVisible()
    window.actions_by_id.by_id["undo"].trigger()
    wait_final(qtbot, window)
    assert dock.isVisible()


def test_the_numbers_can_be_copied_from_the_menu(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_by_id.by_id["inspector"].trigger()
    window.views.plots.link.set_cursor(2.936)
    wait_final(qtbot, window)
    copy = window.actions_by_id.by_id["copy_frame"]
    copy.trigger()
    assert QApplication.clipboard().text().startswith("frame\t365\n")
    window.views.docks["loss"].raise_()
    qtbot.waitUntil(lambda: not copy.isEnabled())  # out of sight it follows nothing: its numbers may be old


def test_it_is_remembered(qtbot: QtBot) -> None:
    found = []
    for wanted in (True, False, False):
        with open_demo(qtbot, "enhancement") as window:
            dock = window.views.docks["inspector"]
            found.append(dock.isVisible())
            assert window.actions_by_id.by_id["inspector"].isChecked() is dock.isVisible()
            dock.hide()
            dock.toggle() if wanted else dock.close()
    assert found == [False, True, False]
