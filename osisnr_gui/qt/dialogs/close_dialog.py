"""What the dialogs share: a Close button, and being gone once they are closed."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QWidget

from osisnr_gui.qt.panels.layouts import Margins, Part, column_of
from osisnr_gui.qt.panels.plain_text import GAP, tooltip

ButtonRole = QDialogButtonBox.ButtonRole
PAGE_MARGINS = (24, 24, 24, 16)


class CloseDialog(QDialog):
    """A dialog with a row of buttons, one of them Close."""

    #: Whether Return presses Close though another button has the focus.
    return_closes = True

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.box.rejected.connect(self.reject)

    def add_button(
        self, text: str, run: Callable[[], object], tip: str = "", role: ButtonRole = ButtonRole.ActionRole
    ) -> QPushButton:
        """A further button."""
        button: QPushButton = self.box.addButton(text, role)
        button.setToolTip(tooltip(tip))
        button.setAutoDefault(not self.return_closes)
        button.clicked.connect(lambda _on=False: run())
        return button

    def lay_out(self, *parts: Part, margins: Margins | None = PAGE_MARGINS, spacing: int = 2 * GAP) -> None:
        """Parts one under the other, the buttons last."""
        column_of(*parts, self.box, owner=self, margins=margins, spacing=spacing)
