"""A line across a plot that costs as little as a line can."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen


class Line(pg.InfiniteLine):
    """InfiniteLine without antialiasing: sharp, and drawn ten times as fast with a pen of several pixels.

    `halo` : a broader pen under it, so that it is seen on any colour.
    """

    halo: QPen | None = None

    def __init__(self, **options: object) -> None:
        """`options` : those of InfiniteLine."""
        super().__init__(**options)
        # A line is no reason for an automatic range, so the ViewBox need not hear of its moves.
        self.setFlag(self.GraphicsItemFlag.ItemSendsGeometryChanges, False)

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
            if scale != 1.0:
                pen = QPen(pen)
                pen.setWidthF(max(pen.widthF(), 1.0) * scale)
            painter.setPen(pen)
            painter.drawLine(QPointF(left, 0.0), QPointF(right, 0.0))

    def _computeBoundingRect(self) -> QRectF:
        """From end to end of the ViewBox, as broad as the broadest pen.

        The ViewBox knows it; pyqtgraph works it out from transforms, which takes longer than to draw the line.
        """
        vb = self.getViewBox()
        if vb is None:
            return QRectF()
        upright = self.angle == 90
        pixel = (vb.t1 - vb.t0) / max(vb.width(), 1.0) if upright else (vb.hi - vb.lo) / max(vb.height(), 1.0)
        half = pixel * (max(self.pen.widthF(), self.hoverPen.widthF()) / 2 + 1)
        self._endPoints = first, last = (vb.lo, vb.hi) if upright else (vb.t0, vb.t1)
        bounds = QRectF(first, -half, last - first, 2 * half)
        if bounds != self._bounds:
            self._bounds = bounds
            self.prepareGeometryChange()
        return bounds
