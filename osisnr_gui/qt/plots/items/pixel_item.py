"""The base of items drawn for the pixels they cover, the picture of a plot that holds them, and grid lines."""

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from osisnr_gui.qt.plots.axes import TickAxis
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
        self.visibleChanged.connect(self.update)

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
        m11, m12, m21, m22 = (round(v, SCALE_DIGITS) for v in (t.m11(), t.m12(), t.m21(), t.m22()))
        painter.setTransform(QTransform(m11, m12, m21, m22, round(t.dx(), SHIFT_DIGITS), round(t.dy(), SHIFT_DIGITS)))
        box.pixel_ratio = abs(painter.deviceTransform().m11())
        painter.setClipRect(box.rect())
        return box

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


class StillPicture(pg.GraphicsObject):
    """Draws the PixelItems of a plot into a pixmap when one of them changes or the view does, and then shows that.

    Lines and regions lie over the picture, and over them, at `words`, the picture once more. While an exporter runs it
    shows nothing: then the items draw themselves.
    """

    def __init__(self, plot: pg.PlotItem) -> None:
        self._box: PixelViewBox = plot.getViewBox()
        super().__init__(self._box)
        self._plot = plot
        self._words = _Words(self._box, self)
        self._kept_for: tuple[float, ...] = ()  # the view of the kept pixels; (): out of date
        self.pixmap = QPixmap()
        self.painter: QPainter | None = None  # counts in pixels of the ViewBox, while the items are drawn
        self.words: Sequence[QRectF] = ()  # pixels of the ViewBox that no line may cross
        self.setZValue(-50)
        self._box.still = self
        self._box.sigResized.connect(self._follow_size)
        self._box.sigRangeChanged.connect(self.update)

    def forget(self) -> None:
        """Draw the items anew at the next repaint."""
        self._kept_for = ()
        self.update()

    def boundingRect(self) -> QRectF:
        """The ViewBox."""
        return QRectF(self._box.rect())

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw the kept pixels, 1:1."""
        if self._exportOpts is not False:
            return
        ratio = painter.device().devicePixelRatioF()
        size = (self._box.size() * ratio).toSize()
        if size.isEmpty():
            return
        if size != self.pixmap.size() or ratio != self.pixmap.devicePixelRatio():
            self.pixmap, self._kept_for = QPixmap(size), ()
            self.pixmap.setDevicePixelRatio(ratio)
        self._box.pixel_ratio = ratio
        view = self._box.view_key
        if view != self._kept_for:
            self._kept_for = view
            self._draw()
        painter.drawPixmap(QPointF(), self.pixmap)

    def update(self, *_: object) -> None:
        """Repaint the picture, and its words over whatever lies on it."""
        super().update()
        self._words.update()

    def _updateView(self) -> None:
        """Hear of no changes of the view: they are seen when it is painted."""

    def _draw(self) -> None:
        self.pixmap.fill(QColor(self._box.theme.background))
        painter = self.painter = QPainter(self.pixmap)
        # Clipped to a rectangle Qt draws lines straight into the pixels, without a clip through lists of spans: a veil
        # of 1906 points takes 0.2 instead of 1 ms.
        painter.setClipRect(self._box.rect())
        for item in sorted((i for i in self._plot.items if isinstance(i, PixelItem)), key=lambda i: i.zValue()):
            if item.isVisible():
                painter.save()
                item.paint(painter, None, None)
                painter.restore()
        self.painter = None
        painter.end()

    def _follow_size(self, _box: pg.ViewBox) -> None:
        self.prepareGeometryChange()
        self._words.prepareGeometryChange()
        self.forget()


class _Words(pg.GraphicsObject):
    """The parts of a still picture that no line may cross."""

    def __init__(self, box: PixelViewBox, picture: StillPicture) -> None:
        super().__init__(box)
        self._box, self._picture = box, picture
        self.setFlag(self.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.setZValue(50)

    def _updateView(self) -> None:
        pass

    def boundingRect(self) -> QRectF:
        return QRectF(self._box.rect())

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        places = [place for place in self._picture.words if place.intersects(option.exposedRect)]
        if widget is None or not places or all(isinstance(i, PixelItem) for i in self._box.childGroup.childItems()):
            return
        for place in places:
            painter.setClipRect(place)
            painter.drawPixmap(QPointF(), self._picture.pixmap)


class Grid(PixelItem):
    """Lines at the ticks of a horizontal and an upright axis, at whole pixels.

    Instead of `PlotItem.showGrid`, which replays a picture of every line at each repaint (measured: 3 ms an axis).
    """

    def __init__(self, across: TickAxis, upright: TickAxis) -> None:
        super().__init__(-100)
        self._across, self._upright = across, upright

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw all lines at once."""
        vb = self.pixels(painter)
        # Whole device pixels: on fractional scales lines would be one or two of them wide.
        painter.setPen(QPen(QColor(vb.theme.grid), max(round(vb.pixel_ratio), 1) / vb.pixel_ratio))
        xs, ys = (
            [round(place(tick.value)) for tick in axis.ticks()]
            for axis, place in ((self._across, vb.x_of), (self._upright, vb.y_of))
        )
        painter.drawLines([QLineF(x, 0, x, vb.height() - 1) for x in xs])
        painter.drawLines([QLineF(0, y, vb.width() - 1, y) for y in ys])
