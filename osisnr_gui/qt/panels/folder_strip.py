"""A line over the plots while a pair of a list is open: where in the list it is, and the way back."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton, QWidget

from osisnr_gui.qt.panels.buttons import Run, tool_button
from osisnr_gui.qt.panels.layouts import row_of
from osisnr_gui.qt.panels.plain_text import GAP, MARGIN, ElidedLabel


class FolderStrip(QWidget):
    """Back, previous, next, and the place."""

    back_requested = Signal()
    step_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        arrows, step = Qt.ArrowType, self.step_requested.emit
        back = "Back to the list of pairs (Ctrl+L)"
        before = "Open the pair before it in the list (Ctrl+PgUp)"
        after = "Open the next pair of the list, in its order (Ctrl+PgDown)"
        self.back = self._button("Back to the list", back, arrows.LeftArrow, self.back_requested.emit)
        self.previous = self._button("Previous pair", before, arrows.UpArrow, partial(step, -1))
        self.next = self._button("Next pair", after, arrows.DownArrow, partial(step, 1))
        self.back.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.place = ElidedLabel(parent=self)
        parts = self.back, (self.place, 1), self.previous, self.next
        row_of(*parts, owner=self, margins=(MARGIN, 2, MARGIN, 2), spacing=GAP)
        self.hide()

    def _button(self, text: str, tip: str, arrow: Qt.ArrowType, run: Run) -> QToolButton:
        button = tool_button(text, tip, run, self, name=text)
        button.setStatusTip(tip)
        button.setArrowType(arrow)
        return button
