"""The error dialog: one for one error, however often it comes."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from osisnr_gui.qt.dialogs.close_dialog import ErrorDialog


def test_an_error_that_comes_back_does_not_pile_up(qtbot: QtBot):
    window = QWidget()
    qtbot.addWidget(window)
    for sentence in ("It broke", "It broke", "Something else broke", "It broke"):
        ErrorDialog.show_once(sentence, "Traceback", window)
    dialogs = window.findChildren(ErrorDialog)
    assert [dialog.sentence.text() for dialog in dialogs] == ["It broke", "Something else broke"]
    dialogs[0].close()
    ErrorDialog.show_once("It broke", "Traceback", window)
    assert sum(dialog.isVisible() for dialog in window.findChildren(ErrorDialog)) == 2
