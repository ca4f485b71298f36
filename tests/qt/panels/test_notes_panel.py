"""Notes: written on the selection, changed in place, gone to, deleted; all of it undone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from plot_kit import pixels
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from window_kit import open_demo

from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.session.session import Note


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with open_demo(qtbot, "damaged") as window:
        yield window
        window.commands.session_files.may_close = lambda: True


def notes(window: MainWindow) -> tuple[Note, ...]:
    return window.views.store.session.notes


def write(window: MainWindow, qtbot: QtBot, text: str) -> None:
    """Press the button and type."""
    qtbot.mouseClick(window.views.notes.add_button, Qt.MouseButton.LeftButton)
    editor = window.views.notes.table.findChild(QLineEdit)
    assert editor is not None
    qtbot.keyClicks(editor, text)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: text in [note.text for note in notes(window)])


def test_a_note_is_typed_on_the_selection_and_undone(window: MainWindow, qtbot: QtBot) -> None:
    window.views.plots.link.select(0.9, 1.2)
    write(window, qtbot, "dropout <b>")
    assert notes(window) == (Note(0.9, 1.2, "dropout <b>"),)
    assert window.views.notes.isVisible()
    index = window.views.notes.table.model().index(0, 0)
    assert index.data() == "0.90 – 1.20"
    window.views.store.undo()
    assert notes(window) == ()
    window.views.store.redo()
    assert notes(window) == (Note(0.9, 1.2, "dropout <b>"),)


def test_other_words_for_a_note_are_a_step_of_their_own(window: MainWindow, qtbot: QtBot) -> None:
    write(window, qtbot, "first")
    model = window.views.notes.table.model()
    model.setData(model.index(0, 1), "second")
    qtbot.waitUntil(lambda: notes(window)[0].text == "second")
    window.views.store.undo()
    assert notes(window)[0].text == "first"


def test_without_a_selection_a_note_stands_at_the_cursor(window: MainWindow, qtbot: QtBot) -> None:
    window.views.plots.link.set_cursor(2.0)
    write(window, qtbot, "here")
    assert notes(window) == (Note(2.0, 2.0, "here"),)


def test_a_second_note_keeps_what_is_typed_in_the_first(window: MainWindow, qtbot: QtBot) -> None:
    window.views.plots.link.select(0.9, 1.2)
    qtbot.mouseClick(window.views.notes.add_button, Qt.MouseButton.LeftButton)
    editor = window.views.notes.table.findChild(QLineEdit)
    assert editor is not None
    qtbot.keyClicks(editor, "typed text")
    window.views.plots.link.select(2.0, 2.5)
    window.commands.segments.add_note()
    qtbot.waitUntil(lambda: [note.text for note in notes(window)] == ["typed text", ""])


def test_a_click_goes_to_the_note(window: MainWindow, qtbot: QtBot) -> None:
    link, panel = window.views.plots.link, window.views.notes
    link.select(0.9, 1.2)
    write(window, qtbot, "x")
    link.clear_selection()
    link.set_range(3.0, 4.0)
    place = panel.table.visualRect(panel.table.model().index(0, 0)).center()
    qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert link.selection == (0.9, 1.2)
    assert link.visible.start < 0.9 < 1.2 < link.visible.stop


def test_delete_removes_the_chosen_note(window: MainWindow, qtbot: QtBot) -> None:
    for start in (0.5, 1.5):
        window.views.plots.link.select(start, start + 0.25)
        write(window, qtbot, str(start))
    panel = window.views.notes
    panel.table.setCurrentIndex(panel.table.model().index(0, 0))
    qtbot.keyClick(panel.table, Qt.Key.Key_Delete)
    assert [note.text for note in notes(window)] == ["1.5"]


def test_every_row_is_marked(window: MainWindow, qtbot: QtBot) -> None:
    window.views.plots.link.select(0.9, 1.2)
    write(window, qtbot, "x")
    window.views.plots.link.clear_selection()
    window.views.plots.link.set_cursor(float("nan"))
    qtbot.wait(50)
    image, accent = window.views.plots.grab().toImage(), window.views.themes.theme.accent
    for row in filter(QWidget.isVisible, window.views.plots.stack.rows):
        m = pixels(row)
        inside = row.mapTo(window.views.plots, QPoint(round(m.x_of(1.05)), round(m.top) + 1))
        outside = row.mapTo(window.views.plots, QPoint(round(m.x_of(1.35)), round(m.top) + 1))
        assert image.pixelColor(inside).name() == accent, row.row_id
        assert image.pixelColor(outside).name() != accent, row.row_id
