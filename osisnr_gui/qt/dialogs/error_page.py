"""What went wrong, in a sentence, and the details for whoever wants to report it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from osisnr_gui.qt.dialogs.about import version_text
from osisnr_gui.qt.panels.plain_text import GAP, plain_label


class ErrorDialog(QDialog):
    """A sentence; details behind a button, so that nobody has to look at a traceback."""

    def __init__(self, sentence: str, details: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Something went wrong")
        self.setMinimumWidth(480)
        self.sentence = plain_label(sentence, wrap=True, parent=self)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.details = QPlainTextEdit(f"{details.rstrip()}\n\n{version_text()}", self)
        self.details.setReadOnly(True)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setAccessibleName("Details of the error")
        self.details.setMinimumHeight(200)
        self.details.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.show_button: QPushButton = buttons.addButton("Show &details", role)
        self.show_button.setCheckable(True)
        self.show_button.toggled.connect(self._toggle)
        self.copy_button: QPushButton = buttons.addButton("&Copy details", role)
        self.copy_button.clicked.connect(self.copy)
        for button in buttons.buttons():
            button.setAutoDefault(button is buttons.button(QDialogButtonBox.StandardButton.Close))
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(2 * GAP)
        for part, stretch in ((self.sentence, 0), (self.details, 1), (buttons, 0)):
            column.addWidget(part, stretch)

    @classmethod
    def show_once(cls, sentence: str, details: str, parent: QWidget | None = None) -> None:
        """Open the dialog, unless one that says the same sentence is open: an error that comes back does not pile up.

        What the open one shows stays: the first error is the one to report.
        """
        others = (widget for widget in QApplication.topLevelWidgets() if isinstance(widget, cls))
        if not any(other.isVisible() and other.sentence.text() == sentence for other in others):
            cls(sentence, details, parent).open()

    def copy(self) -> None:
        """Sentence, details and versions to the clipboard."""
        QGuiApplication.clipboard().setText(f"{self.sentence.text()}\n\n{self.details.toPlainText()}")

    def _toggle(self, on: bool) -> None:
        self.details.setVisible(on)
        self.show_button.setText("Hide &details" if on else "Show &details")
        self.resize(max(self.width(), 640) if on else self.minimumWidth(), self.sizeHint().height())
