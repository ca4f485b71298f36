"""The question which file is the reference, asked when no name tells."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCommandLinkButton
from pytestqt.qtbot import QtBot

from osisnr_gui.qt.dialogs.file_dialogs import RolesDialog
from osisnr_gui.session.guess import Role, read_roles

R, E, M = Role.REFERENCE, Role.ESTIMATE, Role.MIXTURE


def _dialog(qtbot: QtBot, *paths: str) -> RolesDialog:
    dialog = RolesDialog(paths, read_roles(paths))
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def _buttons(dialog: RolesDialog) -> list[QCommandLinkButton]:
    return dialog.findChildren(QCommandLinkButton)


def test_both_readings_are_buttons(qtbot: QtBot) -> None:
    dialog = _dialog(qtbot, "/x/a.wav", "/x/b & c.wav")
    assert [button.text() for button in _buttons(dialog)] == ["a.wav is the reference", "b && c.wav is the reference"]
    assert [button.description() for button in _buttons(dialog)] == ["estimate: b & c.wav", "estimate: a.wav"]


def test_a_click_chooses(qtbot: QtBot) -> None:
    dialog = _dialog(qtbot, "/x/a.wav", "/x/b.wav", "/x/noisy.wav")
    qtbot.mouseClick(_buttons(dialog)[1], Qt.MouseButton.LeftButton)
    assert dialog.roles == (E, R, M)
    assert not dialog.isVisible()


def test_escape_chooses_nothing(qtbot: QtBot) -> None:
    dialog = _dialog(qtbot, "/x/a.wav", "/x/b.wav")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.roles is None


def test_files_of_one_name_are_told_apart_by_their_folders(qtbot: QtBot) -> None:
    dialog = _dialog(qtbot, "/x/one/v.wav", "/x/two/v.wav")
    assert _buttons(dialog)[0].text() == "one/v.wav is the reference"
