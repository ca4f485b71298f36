"""The base of the items that are drawn for the pixels they cover."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPainterPath, QTransform

from osisnr_gui.qt.plots.view_box import PixelViewBox

#: Sums of matrices differ from whole pixels by less than this, and lines between pixels are blurred.
SCALE_DIGITS, SHIFT_DIGITS = 9, 6


class PixelItem(pg.GraphicsObject):
    """An item of a row's still picture, drawn in pixels of the ViewBox.

    `paint` begins with ``vb = self.pixels(painter)``: after that the painter counts in pixels of the ViewBox, which
    turns data into pixels. The scene does not call it, but the still picture does, and a running exporter.
    `update()` has the still picture drawn again.
    """

    def __init__(self, z: float = 0.0) -> None:
        super().__init__()
        self.setFlag(self.GraphicsItemFlag.ItemHasNoContents)
        self.setZValue(z)

    def boundingRect(self) -> QRectF:
        """All that is in view."""
        box = self.getViewBox()
        return QRectF() if box is None else box.shown

    def shape(self) -> QPainterPath:
        """Nothing that the mouse could meet."""
        return QPainterPath()

    def pixels(self, painter: QPainter) -> PixelViewBox:
        """Let the painter count in pixels of the ViewBox, clipped to it; give the ViewBox."""
        box: PixelViewBox = self.getViewBox()
        if painter is box.still.painter:  # counts in pixels already
            return box
        t = box.childGroup.transform().inverted()[0] * painter.transform()
        scale = [round(v, SCALE_DIGITS) for v in (t.m11(), t.m12(), t.m21(), t.m22())]
        painter.setTransform(QTransform(*scale, round(t.dx(), SHIFT_DIGITS), round(t.dy(), SHIFT_DIGITS)))
        box.pixel_ratio = abs(painter.deviceTransform().m11())
        painter.setClipRect(box.rect())
        return box

    def hide(self) -> None:
        """Leave the picture."""
        super().hide()
        self.update()

    def show(self) -> None:
        """Come back into it."""
        super().show()
        self.update()

    def _updateView(self) -> None:
        """Hear of no changes of the view: whatever draws the item asks the ViewBox."""

    def update(self) -> None:
        """Draw the picture again that this is part of."""
        box = self.getViewBox()
        if box is not None and self.scene() is not None:
            box.still.forget()

    def setExportMode(self, export: bool, opts: object = None) -> None:
        """While something is exported the item is drawn by itself, in the resolution of the export."""
        super().setExportMode(export, opts)
        self.setFlag(self.GraphicsItemFlag.ItemHasNoContents, not export)
