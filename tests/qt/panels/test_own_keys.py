"""Keys in a window full of shortcuts: what has the focus comes first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from window_kit import open_in_front

from osisnr_gui.qt.main_window import MainWindow

Key = Qt.Key


@pytest.fixture
def window(qtbot: QtBot, samples: Path) -> Iterator[MainWindow]:
    with open_in_front(qtbot, samples) as window:
        yield window


def state(window: MainWindow) -> tuple[object, ...]:
    """Everything the window's own keys would change."""
    link = window.views.plots.link
    return tuple(link.visible), repr(link.cursor), window.views.selection.index


def press(widget: QWidget, *keys: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    widget.setFocus()
    assert widget.hasFocus()
    for key in keys:
        QTest.keyClick(widget, key, modifiers)
    QApplication.processEvents()


def test_without_a_field_the_keys_are_the_windows(window: MainWindow):
    before = state(window)
    press(window.views.plots.stack if window.views.plots.stack.focusPolicy() else window, Key.Key_Up, Key.Key_2)
    assert state(window)[0] != before[0]
    assert state(window)[2] == 1


def test_number_fields_step_and_take_digits(window: MainWindow):
    before, views = state(window), window.views
    for field in (
        views.stft.n_fft,
        views.stft.hop,
        views.stft.silence,
        views.segments.criterion.decibels,
        views.view_bar._low,
    ):
        value = field.value()
        press(field, Key.Key_Up)
        assert field.value() > value
        press(field, Key.Key_Down)
        assert field.value() == value
        press(field, Key.Key_Home, Key.Key_End)
        field.selectAll()
        press(field, Key.Key_2)
        assert field.lineEdit().text().startswith("2")
        field.setValue(value)
    alpha = views.loss.alpha
    value = alpha.value
    press(alpha.field, Key.Key_Up)
    assert alpha.value > value
    press(alpha.field, Key.Key_Down, Key.Key_Home, Key.Key_End)
    assert state(window) == before


def test_boxes_choose_and_leave_digits_to_the_window(window: MainWindow):
    before, views = state(window), window.views
    for box in (views.view_bar._scale, views.view_bar._colours, views.stft.window_box):
        index = box.currentIndex()
        press(box, Key.Key_Down)
        assert box.currentIndex() == index + 1
        press(box, Key.Key_End)
        assert box.currentIndex() == box.count() - 1
        press(box, Key.Key_Home)
        assert box.currentIndex() == 0
    press(views.view_bar._third, Key.Key_Up)
    assert state(window) == before
    press(views.view_bar._third, Key.Key_2)
    assert state(window)[2] == 1


def test_the_table_walks_through_its_rows(window: MainWindow):
    before, table = state(window), window.views.summary.table
    press(table, Key.Key_Down)
    assert window.views.selection.index == 1
    press(table, Key.Key_Up, Key.Key_Right, Key.Key_Left, Key.Key_Home, Key.Key_End)
    press(table, Key.Key_Right, modifiers=Qt.KeyboardModifier.ShiftModifier)
    assert state(window) == before


def test_keys_with_ctrl_or_alt_stay_the_windows(window: MainWindow):
    cursor = window.views.plots.link.cursor
    press(window.views.stft.n_fft, Key.Key_Right, modifiers=Qt.KeyboardModifier.AltModifier)
    assert window.views.plots.link.cursor != cursor
