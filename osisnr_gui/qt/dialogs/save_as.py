"""Asking where to save, so that nothing is replaced unasked, and saying plainly when it did not work."""

from __future__ import annotations

import os

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from osisnr_gui.io.errors import SaveError, display_name
from osisnr_gui.session.session import Session


def is_open(path: str, session: Session) -> bool:
    """Whether `path` is one of the session's own files, by whatever name: links and other spellings count."""
    for source in session.sources:
        if os.path.realpath(source.path) == os.path.realpath(path):
            return True
        try:
            if os.path.samefile(source.path, path):
                return True
        except OSError:  # one of the two does not exist: not the same file
            continue
    return False


def ask_where(parent: QWidget, folder: str, session: Session, title: str, name: str, kind: str) -> str:
    """Where to save; "" when nothing is to be saved. `name` is the first proposal and gives the ending."""
    ending = os.path.splitext(name)[1]
    path, _ = QFileDialog.getSaveFileName(parent, title, os.path.join(folder, name), kind)
    if path and not os.path.splitext(path)[1]:
        path += ending
        # The dialog has asked about the name as it was typed. Its own default suffix would leave it to each
        # desktop's dialog whether it is added before the question or after.
        if os.path.lexists(path) and not _may_replace(parent, path):
            return ""
    if path and is_open(path, session):
        warn(parent, "Not saved", str(SaveError(path, "not saved: it is open in this window", "choose another name")))
        return ""
    return path


def warn(parent: QWidget, title: str, error: str) -> None:
    """Say what did not work, and why; the window goes on."""
    box = QMessageBox(QMessageBox.Icon.Warning, title, error, QMessageBox.StandardButton.Ok, parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.open()


def _may_replace(parent: QWidget, path: str) -> bool:
    question = f"{display_name(path)} exists already. Replace it?"
    box = QMessageBox(QMessageBox.Icon.Question, "Replace the file?", question, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    replace_button = box.addButton("&Replace", QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    box.exec()
    box.deleteLater()
    return box.clickedButton() is replace_button
