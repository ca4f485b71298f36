"""Number fields in the window: what is typed, how it is left, and whose keys come then. Real key events throughout."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication
from pytestqt.qtbot import QtBot
from window_kit import open_window, show_files

from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.panels.value_slider import _Field

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot: QtBot, samples: Path) -> Iterator[MainWindow]:
    with open_window(qtbot) as window:
        names = ("clean", "est_dfn3", "est_gate")
        show_files(qtbot, window, *(samples / f"2_enhancement_{name}.flac" for name in names))
        window.actions_by_id.by_id["bad_list"].trigger()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        yield window


def press(*keys: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Keys go where a user's keys go: to what has the focus, else to the window."""
    for key in keys:
        QTest.keyClick(QApplication.focusWidget() or QApplication.activeWindow(), key, modifiers)
    QApplication.processEvents()


def type_into(field: QAbstractSpinBox, text: str) -> None:
    """Click into a field, choose all of it, and type."""
    dock = field.window().views.loss.parentWidget() if isinstance(field, _Field) else None
    if dock is not None:
        dock.raise_()
    assert field.isVisible()
    QTest.mouseClick(field.lineEdit(), LEFT, pos=field.lineEdit().rect().center())
    press(Key.Key_A, modifiers=Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(QApplication.focusWidget(), text)
    QApplication.processEvents()


def test_after_return_digits_space_and_undo_are_the_programs(qtbot: QtBot, window: MainWindow) -> None:
    views, played = window.views, []
    window.actions_by_id.by_id["play"].triggered.connect(lambda: played.append(True))
    before = views.store.session.loss.alpha
    type_into(views.loss.alpha.field, "0.52")
    assert views.store.session.loss.alpha == before, "what is being typed is not taken yet"
    press(Key.Key_Return)
    qtbot.waitUntil(lambda: views.store.session.loss.alpha == 0.52)
    assert not views.loss.alpha.field.hasFocus()
    press(Key.Key_2)
    assert views.selection.index == 1
    press(Key.Key_Space)
    assert played == [True]
    press(Key.Key_Z, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert views.store.session.loss.alpha == before
    assert views.loss.alpha.field.text() == "0.30"


def test_a_field_that_is_typed_in_keeps_digits_and_its_own_undo(window: MainWindow) -> None:
    views, before = window.views, window.views.store.session
    type_into(views.loss.gamma.field, "2")
    press(Key.Key_2)
    assert views.loss.gamma.field.text() == "22"
    assert views.selection.index == 0
    press(Key.Key_Z, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert views.loss.gamma.field.text() != "22"
    assert views.store.session == before


def test_escape_puts_the_old_value_back_and_leaves(window: MainWindow) -> None:
    views, before = window.views, window.views.store.session
    for field in (views.loss.alpha.field, views.stft.n_fft, views.segments.criterion.decibels, views.view_bar._low):
        shown = field.text()
        type_into(field, "-7")
        press(Key.Key_Escape)
        assert field.text() == shown
        assert not field.hasFocus()
        press(Key.Key_2, Key.Key_1)
        assert field.text() == shown
    assert views.store.session == before


@pytest.mark.parametrize("leave", ["return", "tab", "plot", "button", "label"])
def test_leaving_takes_what_is_there_as_one_step(qtbot: QtBot, window: MainWindow, leave: str) -> None:
    views, before = window.views, window.views.store.session
    type_into(views.loss.gamma.field, "40")
    if leave in ("return", "tab"):
        press(Key.Key_Return if leave == "return" else Key.Key_Tab)
    elif leave == "plot":
        QTest.mouseClick(views.plots.stack.row("osi").viewport(), LEFT)
    elif leave == "button":
        button = window.toolbar.widgetForAction(window.actions_by_id.by_id["fit"])
        QTest.mouseClick(button, LEFT)
    else:
        QTest.mouseClick(window.statusBar(), LEFT, pos=QPoint(2, 2))
    qtbot.waitUntil(lambda: views.store.session.loss.gamma == 40.0)
    assert not views.loss.gamma.field.hasFocus()
    press(Key.Key_Z, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert views.store.session == before


def test_text_that_is_no_number_goes_back_with_a_message(window: MainWindow) -> None:
    views, before = window.views, window.views.store.session
    for field in (views.loss.alpha.field, views.stft.n_fft, views.segments.criterion.decibels):
        shown = field.text()
        type_into(field, "4our")
        press(Key.Key_Return)
        assert field.text() == shown
        assert window.statusBar().currentMessage() == f"“4our” is no number: {shown} stays"
    assert views.store.session == before
