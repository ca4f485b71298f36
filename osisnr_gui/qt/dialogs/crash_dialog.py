"""The dialog after an unexpected error: what happened, in words, and the details to copy."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

# A loop of different errors must not grow the dialog without end.
MOST_DETAILS = 20
_BUTTON = QDialogButtonBox.ButtonRole


class CrashDialog(QDialog):
    """Stays beside the program, which goes on; later errors are added to it."""

    def __init__(self, summary: str, details: str, log_folder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Unexpected error")
        self.resize(640, 400)
        self._count = 1
        self._log_folder = log_folder
        self.heading = _label("Something in the program went wrong. Your files are untouched and you can go on.")
        self.summary = _label(summary)
        self.details = QPlainTextEdit(details)
        self.details.setReadOnly(True)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setAccessibleName("Details of the error")
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(self.heading)
        layout.addWidget(self.summary)
        layout.addWidget(self.details, 1)
        layout.addWidget(self._buttons())

    def add(self, details: str) -> None:
        """One more error, while the first is still on screen."""
        self._count += 1
        self.setWindowTitle(f"{self._count} unexpected errors")
        if self._count <= MOST_DETAILS:
            self.details.appendPlainText(f"\n{details}")

    def copy(self) -> None:
        """The details to the clipboard."""
        QGuiApplication.clipboard().setText(self.details.toPlainText())

    def _buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        box.addButton("&Copy details", _BUTTON.ActionRole).clicked.connect(self.copy)
        box.addButton("&Open log folder", _BUTTON.ActionRole).clicked.connect(self._open_folder)
        box.rejected.connect(self.reject)
        return box

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._log_folder))


def _label(text: str) -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)  # an error's text may hold anything a file name can
    label.setWordWrap(True)
    label.setText(text)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
