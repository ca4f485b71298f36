"""Grid lines at the ticks of two axes."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from osisnr_gui.qt.plots.axis_items import TickAxis
from osisnr_gui.qt.plots.items.pixel_item import PixelItem


class Grid(pg.GraphicsObject):
    """One-pixel lines at the ticks of a horizontal and an upright axis.

    Instead of `PlotItem.showGrid`, which replays a picture of every line at each repaint (measured: 3 ms an axis).
    """

    def __init__(self, across: TickAxis, upright: TickAxis, pen: QPen) -> None:
        super().__init__()
        self._across, self._upright, self.pen = across, upright, pen
        self.setZValue(-100)

    def setPen(self, pen: QPen) -> None:
        """Draw the lines with this cosmetic pen."""
        self.pen = pen
        self.update()

    def viewRangeChanged(self) -> None:
        """Follow the view: the lines are those of the range in it."""
        self.prepareGeometryChange()
        self.update()

    def boundingRect(self) -> QRectF:
        """All that is in view."""
        view = self.getViewBox()
        return QRectF() if view is None else view.viewRect().normalized()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Draw all lines at once."""
        area = self.boundingRect()
        painter.setPen(self.pen)
        lines = [QLineF(t.value, area.top(), t.value, area.bottom()) for t in self._across.ticks()]
        lines += [QLineF(area.left(), t.value, area.right(), t.value) for t in self._upright.ticks()]
        painter.drawLines(lines)


class StillGrid(PixelItem):
    """The same as part of a row's still picture, at whole pixels."""

    def __init__(self, across: TickAxis, upright: TickAxis) -> None:
        super().__init__(-100)
        self._across, self._upright = across, upright

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw all lines at once."""
        vb = self.pixels(painter)
        painter.setPen(QColor(vb.theme.grid))
        xs, ys = (
            [round(place(tick.value)) for tick in axis.ticks()]
            for axis, place in ((self._across, vb.x_of), (self._upright, vb.y_of))
        )
        painter.drawLines([QLineF(x, 0, x, vb.height() - 1) for x in xs])
        painter.drawLines([QLineF(0, y, vb.width() - 1, y) for y in ys])
