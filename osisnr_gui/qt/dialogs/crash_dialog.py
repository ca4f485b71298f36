"""The dialog after an unexpected error: what happened, in words, and the details to copy."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel, QWidget

from osisnr_gui.qt.dialogs.close_dialog import FaultDialog
from osisnr_gui.qt.panels.plain_text import GAP, plain_label

# A loop of different errors must not grow the dialog without end.
MOST_DETAILS = 20
HEADING = "Something in the program went wrong. Your files are untouched and you can go on."


class CrashDialog(FaultDialog):
    """Stays beside the program, which goes on; later errors are added to it."""

    return_closes = False

    def __init__(self, summary: str, details: str, log_folder: str, parent: QWidget | None = None) -> None:
        super().__init__("Unexpected error", details, parent)
        self.resize(640, 400)
        self._count = 1
        self._log_folder = log_folder
        self.heading: QLabel = plain_label(HEADING, wrap=True, selectable=True)
        self.summary: QLabel = plain_label(summary, wrap=True, selectable=True)
        self.add_button("&Copy details", self.copy)
        self.add_button("&Open log folder", self._open_folder)
        self.lay_out(self.heading, self.summary, (self.details, 1), margins=None, spacing=GAP)

    def add(self, details: str) -> None:
        """One more error, while the first is still on screen."""
        self._count += 1
        self.setWindowTitle(f"{self._count} unexpected errors")
        if self._count <= MOST_DETAILS:
            self.details.appendPlainText(f"\n{details}")

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._log_folder))
