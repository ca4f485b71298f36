"""A line over the plots while a pair of a list is open: where in the list it is, and the way back."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from osisnr_gui.qt.panels.plain_text import GAP, MARGIN, ElidedLabel, tooltip


class FolderStrip(QWidget):
    """Back, previous, next, and the place."""

    back_requested = Signal()
    step_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.back, self.previous, self.next = QToolButton(self), QToolButton(self), QToolButton(self)
        self.place = ElidedLabel(parent=self)
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, 2, MARGIN, 2)
        row.setSpacing(GAP)
        row.addWidget(self.back)
        row.addWidget(self.place, 1)
        for button, text, tip, arrow in (
            (self.back, "Back to the list", "Back to the list of pairs (Ctrl+L)", Qt.ArrowType.LeftArrow),
            (self.previous, "Previous pair", "Open the pair before it in the list (Ctrl+PgUp)", Qt.ArrowType.UpArrow),
            (
                self.next,
                "Next pair",
                "Open the next pair of the list, in its order (Ctrl+PgDown)",
                Qt.ArrowType.DownArrow,
            ),
        ):
            button.setText(text)
            button.setArrowType(arrow)
            button.setAccessibleName(text)
            button.setToolTip(tooltip(tip))
            button.setStatusTip(tip)
        self.back.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        for button, direction in ((self.previous, -1), (self.next, 1)):
            button.clicked.connect(lambda _on=False, direction=direction: self.step_requested.emit(direction))
            row.addWidget(button)
        self.back.clicked.connect(lambda _on=False: self.back_requested.emit())
        self.hide()

    def show_place(self, text: str) -> None:
        """Which pair it is."""
        self.place.set_text(text)
