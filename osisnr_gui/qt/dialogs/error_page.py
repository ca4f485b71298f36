"""What went wrong, in a sentence, and the details for whoever wants to report it."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QWidget

from osisnr_gui.qt.dialogs.about import version_text
from osisnr_gui.qt.dialogs.close_dialog import FaultDialog
from osisnr_gui.qt.panels.plain_text import plain_label


class ErrorDialog(FaultDialog):
    """A sentence; details behind a button, so that nobody has to look at a traceback."""

    def __init__(self, sentence: str, details: str, parent: QWidget | None = None) -> None:
        super().__init__("Something went wrong", f"{details.rstrip()}\n\n{version_text()}", parent)
        self.setMinimumWidth(480)
        self.sentence = plain_label(sentence, wrap=True, selectable=True, parent=self)
        self.details.setMinimumHeight(200)
        self.details.hide()
        self.show_button = self.add_button("Show &details", self._toggle)
        self.show_button.setCheckable(True)
        self.copy_button = self.add_button("&Copy details", self.copy)
        self.lay_out(self.sentence, (self.details, 1), margins=(16, 16, 16, 16))

    @classmethod
    def show_once(cls, sentence: str, details: str, parent: QWidget | None = None) -> None:
        """Open the dialog, unless one that says the same sentence is open: an error that comes back does not pile up.

        What the open one shows stays: the first error is the one to report.
        """
        others = (widget for widget in QApplication.topLevelWidgets() if isinstance(widget, cls))
        if not any(other.isVisible() and other.sentence.text() == sentence for other in others):
            cls(sentence, details, parent).open()

    @property
    def report(self) -> str:
        """Sentence, details and versions."""
        return f"{self.sentence.text()}\n\n{super().report}"

    def _toggle(self) -> None:
        on = self.show_button.isChecked()
        self.details.setVisible(on)
        self.show_button.setText("Hide &details" if on else "Show &details")
        self.resize(max(self.width(), 640) if on else self.minimumWidth(), self.sizeHint().height())
