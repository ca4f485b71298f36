"""A line across a plot that costs as little as a line can."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPen


class Line(pg.InfiniteLine):
    """InfiniteLine without antialiasing: sharp, and drawn ten times as fast with a pen of several pixels.

    `halo` : a broader pen under it, so that it is seen on any colour.
    """

    halo: QPen | None = None

    def set_pens(self, pen: QPen, halo: QPen) -> None:
        """Draw with the pen, over the halo."""
        self.halo = halo
        self.setHoverPen(halo)  # the broader one decides how much is repainted
        self.setPen(pen)

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw from end to end."""
        left, right = self._endPoints
        scale = self._exportOpts.get("resolutionScale", 1.0) if self._exportOpts else 1.0
        for pen in (self.currentPen,) if self.halo is None else (self.halo, self.pen):
            scaled = QPen(pen)
            scaled.setWidthF(max(pen.widthF(), 1.0) * scale)
            painter.setPen(pen if scale == 1.0 else scaled)
            painter.drawLine(QPointF(left, 0.0), QPointF(right, 0.0))
