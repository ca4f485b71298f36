"""The title of a row as a button."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip

from osisnr_gui.qt.panels.plain_text import tooltip
from osisnr_gui.qt.plots.geometry import Mapping
from osisnr_gui.qt.plots.plot_row import PlotRow


class TitleButton(QObject):
    """Calls `clicked` when the title is pressed and let go; `tip` appears over it."""

    cursor = Qt.CursorShape.PointingHandCursor

    def __init__(self, row: PlotRow, tip: str, clicked: Callable[[], object]) -> None:
        super().__init__(row)
        self._row, self._tip, self._clicked = row, tip, clicked
        self._inside = False
        row.add_handle(self)
        row.viewport().installEventFilter(self)

    def hit(self, m: Mapping, pos: QPointF) -> bool:
        """Whether the pointer is on the title."""
        self._inside = self._row.overlay.title_box(m).contains(pos)
        return self._inside

    def drag(self, m: Mapping, pos: QPointF) -> None:
        """Let go elsewhere it does nothing."""
        self.hit(m, pos)

    def release(self) -> None:
        """The press is over."""
        if self._inside:
            self._clicked()

    def eventFilter(self, _row: QObject, event: QEvent) -> bool:
        """The tip belongs to the title, not to the plot."""
        if not isinstance(event, QHelpEvent) or event.type() != QEvent.Type.ToolTip:
            return False
        over = self.hit(self._row.mapping, QPointF(event.pos()))
        if over:
            QToolTip.showText(event.globalPos(), tooltip(self._tip), self._row)
        return over
