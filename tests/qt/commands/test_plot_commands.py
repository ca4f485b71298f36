"""Estimates beside each other: which curves are drawn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.plots.curve_plot import MIXTURE
from tests.kits.window_kit import open_demo, wait_final


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with open_demo(qtbot, "enhancement") as window:
        yield window


def drawn(window: MainWindow) -> list[int]:
    """Places of the curves of the OSI-SNR plot."""
    return sorted(curve.colour for curve in window.views.plots.stack.row("osi").curves)


def test_h_hides_the_curve_of_the_estimate_in_view(window: MainWindow):
    session = window.views.store.session
    assert drawn(window) == [0, 1]
    QTest.keyClick(window, Qt.Key.Key_H)
    assert drawn(window) == [1]
    assert [gain.colour for gain in window.views.plots.maps.gain_row.curves] == [1]
    QTest.keyClick(window, Qt.Key.Key_2)
    QTest.keyClick(window, Qt.Key.Key_H)
    assert drawn(window) == []
    QTest.keyClick(window, Qt.Key.Key_H, Qt.KeyboardModifier.ShiftModifier)
    assert drawn(window) == [0, 1]
    assert window.views.store.session == session
    window.actions_by_id.by_id["undo"].trigger()
    assert drawn(window) == []
    window.actions_by_id.menu("edit").aboutToShow.emit()
    assert window.actions_by_id.by_id["undo"].text() == "Undo: curve of B hidden"
    assert window.actions_by_id.by_id["redo"].text() == "Redo: curve of A, B shown"
    window.actions_by_id.by_id["undo"].trigger()
    assert window.statusBar().currentMessage() == "Undone: curve of B hidden"
    assert drawn(window) == [1]
    window.actions_by_id.by_id["undo"].trigger()
    assert drawn(window) == [0, 1]
    assert window.views.store.history.previous is None, "opening files begins a new history"


def test_return_on_the_eye_hides_the_curve(window: MainWindow):
    eye = window.views.sources.rows[1].eye
    eye.setFocus()
    QTest.keyClick(eye, Qt.Key.Key_Return)
    assert drawn(window) == [1]
    assert window.views.summary.model.rowCount() == 2


def test_the_mixture_as_a_grey_line(window: MainWindow, qtbot: QtBot):
    action = window.actions_by_id.by_id["mixture_curve"]
    assert not action.isChecked()
    action.trigger()
    assert drawn(window) == [MIXTURE, 0, 1]
    row = window.views.plots.stack.row("osi")
    assert [key.text for key in row.words.keys] == ["A", "B", "mixture"]
    mixture = window.views.store.analysis.unprocessed[0]
    assert next(c for c in row.curves if c.colour == MIXTURE).values is mixture.score.osi_db
    window.commands.open_demo("masks")
    wait_final(qtbot, window)
    assert not action.isEnabled()
    assert drawn(window) == [0]
