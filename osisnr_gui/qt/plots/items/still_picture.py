"""What stays on a plot while pointer and cursor move, kept as the pixels it is shown with."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget


class StillPicture(pg.GraphicsObject):
    """Shows what `render` paints, in pixels of the widget, until `forget` is called or `key` gives something else.

    `render` paints all of the ViewBox and gives the places of its words. Lines and regions lie over the picture, and
    over them, in those places, the picture once more. While an exporter runs everything is painted anew.
    """

    def __init__(
        self, box: pg.ViewBox, render: Callable[[QPainter], Sequence[QRectF]], key: Callable[[], object]
    ) -> None:
        super().__init__(box)
        self._box, self._render, self._key = box, render, key
        self._words = _Words(box, self)
        self._kept_for: object = None  # what `key` gave for the kept pixels; None: out of date
        self.pixmap = QPixmap()
        self.words: Sequence[QRectF] = ()
        self.setZValue(-50)
        box.sigResized.connect(self._follow_size)

    @property
    def origin(self) -> QPointF:
        """The ViewBox's corner in pixels of the widget."""
        return self._box.mapToScene(QPointF())

    def is_bare(self) -> bool:
        """Whether nothing lies over the picture."""
        return not self._box.childGroup.childItems()

    def forget(self) -> None:
        """Paint anew at the next repaint."""
        self._kept_for = None
        self.update()

    def boundingRect(self) -> QRectF:
        """The ViewBox."""
        return QRectF(QPointF(), self._box.size())

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw the kept pixels, 1:1."""
        if widget is None:
            painter.translate(-self.origin)
            self._render(painter)
            return
        ratio = widget.devicePixelRatioF()
        size = (self._box.size() * ratio).toSize()
        if size.isEmpty():
            return
        if size != self.pixmap.size() or ratio != self.pixmap.devicePixelRatio():
            self.pixmap, self._kept_for = QPixmap(size), None
            self.pixmap.setDevicePixelRatio(ratio)
        key = self._key()
        if key != self._kept_for:
            self._kept_for = key
            on_pixels = QPainter(self.pixmap)
            on_pixels.translate(-self.origin)
            self.words = self._render(on_pixels)
            on_pixels.end()
        painter.drawPixmap(QPointF(), self.pixmap)

    def update(self) -> None:
        """Repaint the picture, and its words over whatever lies on it."""
        super().update()
        self._words.update()

    def _follow_size(self, _box: pg.ViewBox) -> None:
        self.prepareGeometryChange()
        self._words.prepareGeometryChange()
        self.forget()


class _Words(pg.GraphicsObject):
    """The parts of a still picture that no line may cross."""

    def __init__(self, box: pg.ViewBox, picture: StillPicture) -> None:
        super().__init__(box)
        self._picture = picture
        self.setZValue(50)

    def boundingRect(self) -> QRectF:
        return self._picture.boundingRect()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if widget is None or self._picture.is_bare():
            return
        origin = self._picture.origin
        for place in self._picture.words:
            painter.setClipRect(place.translated(-origin))
            painter.drawPixmap(QPointF(), self._picture.pixmap)
