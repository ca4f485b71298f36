"""The ViewBoxes of the time plots: data in pixels, and what the mouse does."""

import numpy as np
import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent, MouseDragEvent
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtWidgets import QGraphicsSceneResizeEvent, QGraphicsSceneWheelEvent

from osisnr_gui.core.types import FloatArray
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.scales import Number
from osisnr_gui.qt.plots.time_link import TimeLink

CLICK_PIXELS = 4.0
ZOOM_PER_NOTCH = 0.8
NOTCH = 120.0


class PixelViewBox(pg.ViewBox):
    """ViewBox whose items can be drawn in its own pixels: (0, 0) is the upper left corner.

    It shows the times `t0` to `t1` and the values `lo` to `hi`, which are the rectangle `shown`; `pixel_ratio` is the
    number of device pixels per pixel of whatever is painted on: a screen, or an exported picture.
    """

    menu_requested = Signal(QPoint)  # global position

    def __init__(self, theme: Theme, *, mouse: bool = False) -> None:
        """`mouse` : pyqtgraph's own drags and wheel."""
        self.theme = theme
        self.pixel_ratio = 1.0
        self.t0, self.t1, self.lo, self.hi = 0.0, 1.0, 0.0, 1.0
        self.shown = QRectF()
        self._width = self._height = 0.0
        super().__init__(enableMouse=mouse, enableMenu=False, defaultPadding=0.0)
        self.disableAutoRange()
        self.borderRect.hide()

    def paint(self, *_: object) -> None:
        """Draw no border: a line of no width costs as much as a row of text; `borderRect` can be shown."""

    def mouseClickEvent(self, event: MouseClickEvent) -> None:
        """The right button asks for a menu, the left one says where it points."""
        event.accept()
        if event.button() == Qt.MouseButton.RightButton and self.scene().dragItem is None:
            self.menu_requested.emit(event.screenPos().toPoint())
        elif event.button() == Qt.MouseButton.LeftButton and self.sceneBoundingRect().contains(event.scenePos()):
            self.click(event.scenePos(), twice=event.double())

    def click(self, point: QPointF, *, twice: bool) -> None:
        """Answer a click of the left button, or a double click, at a point of the scene."""

    def resizeEvent(self, event: QGraphicsSceneResizeEvent) -> None:
        """Keep the size: pyqtgraph asks Qt for it, and a pan asks for it 350 times."""
        self._width, self._height = event.newSize().width(), event.newSize().height()
        super().resizeEvent(event)
        self.borderRect.setRect(self.rect().adjusted(0, 1, -1, -1))

    def width(self) -> float:
        """Pixels across."""
        return self._width

    def height(self) -> float:
        """Pixels upright."""
        return self._height

    @property
    def columns(self) -> int:
        """Columns of device pixels: the finest detail worth computing."""
        return max(round(self.width() * self.pixel_ratio), 1)

    @property
    def rows(self) -> int:
        """Rows of device pixels."""
        return max(round(self.height() * self.pixel_ratio), 1)

    @property
    def view_key(self) -> tuple[float, ...]:
        """Everything a picture depends on: what is equal for the same view is kept."""
        return self.t0, self.t1, self.lo, self.hi, self.width(), self.height(), self.pixel_ratio

    def x_of(self, time: Number) -> Number:
        """Pixel of a time, or of many."""
        return (time - self.t0) * (self.width() / (self.t1 - self.t0))

    def y_of(self, value: float) -> float:
        """Pixel of a value."""
        return (self.hi - value) / (self.hi - self.lo) * self.height()

    def ys_of(self, values: FloatArray) -> FloatArray:
        """Pixels of many values, kept within one height of the plot.

        A painter clips, but not without arithmetic on what it clips: far values are brought near.
        """
        height = self.height()
        return np.clip((self.hi - values) * (height / (self.hi - self.lo)), -height, 2 * height)

    def boundingRect(self) -> QRectF:
        """The plot to the pixel; pyqtgraph adds half of one, and lines would end beyond it."""
        return QRectF(self.rect())

    def updateViewRange(self, *force: bool, **forced: bool) -> None:
        """Bring the transform up to date at once: pyqtgraph does it while it paints, and then paints twice."""
        super().updateViewRange(*force, **forced)
        (self.t0, self.t1), (self.lo, self.hi) = self.state["viewRange"]
        self.shown = self.viewRect()
        self.updateMatrix()


class TimeViewBox(PixelViewBox):
    """ViewBox of a row: its x range is that of the TimeLink, and its mouse follows the rules of the window.

    Dragging selects, with Shift it zooms to a box; the middle button pans; the wheel zooms the time at the pointer,
    with Shift it scrolls, with Ctrl or over the left axis it zooms the values. What is asked of the values is said by
    signals, because a plot may have rules of its own.
    """

    values_zoomed = Signal(float, float)  # factor, the value that stays
    values_panned = Signal(float)  # share of the range
    double_clicked = Signal(float, float)  # time, value

    def __init__(self, link: TimeLink, theme: Theme) -> None:
        self._link = link
        self._is_following = False
        self._anchor = 0.0  # the end of the new selection that stays
        self._zooms = self._selects = False  # what the drag does; neither: it is a click until it moves
        super().__init__(theme)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.sigXRangeChanged.connect(self._ask_for_range)

    def show_range(self, start: float, stop: float) -> None:
        """Show this time range without asking for it."""
        self._is_following = True
        self.setXRange(start, stop, padding=0.0)
        self._is_following = False

    def place_of(self, point: QPointF) -> QPointF:
        """Time and value at a point of the scene.

        The time is that of the link's range, which may be ahead of what was painted: quick turns of the wheel do not
        drift.
        """
        start, stop = self._link.visible
        at = self.mapFromScene(point)
        value = self.hi - at.y() / self.height() * (self.hi - self.lo)
        return QPointF(start + at.x() / max(self.width(), 1.0) * (stop - start), value)

    def wheelEvent(self, event: QGraphicsSceneWheelEvent, axis: int | None = None) -> None:
        """Zoom or scroll; `axis` : the wheel is over this one, not over the plot."""
        event.accept()
        notches, modifiers, at = event.delta() / NOTCH, event.modifiers(), self.place_of(event.scenePos())
        if event.orientation() == Qt.Orientation.Horizontal or modifiers & Qt.KeyboardModifier.ShiftModifier:
            self._link.pan(-notches * 0.1)
        elif axis == pg.ViewBox.YAxis or modifiers & Qt.KeyboardModifier.ControlModifier:
            self._link.remember_once()
            self.values_zoomed.emit(ZOOM_PER_NOTCH**notches, at.y())
        else:
            self._link.zoom(ZOOM_PER_NOTCH**notches, at.x())

    def mouseDragEvent(self, event: MouseDragEvent, axis: int | None = None) -> None:
        """Select, zoom to a box, or pan."""
        if event.button() == Qt.MouseButton.MiddleButton:
            event.accept()
            step = event.scenePos() - event.lastScenePos()
            self._link.pan(-step.x() / max(self.width(), 1.0))
            self.values_panned.emit(step.y() / max(self.height(), 1.0))
        elif event.button() == Qt.MouseButton.LeftButton and axis is None:
            event.accept()
            if event.isStart():
                self._anchor = self.place_of(event.buttonDownScenePos()).x()
                self._zooms = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self._selects = False
            if self._zooms:
                self._drag_box(event)
                return
            time = self.place_of(event.scenePos()).x()
            self._selects |= abs(event.scenePos().x() - event.buttonDownScenePos().x()) > CLICK_PIXELS
            if self._selects:
                self._link.select(self._anchor, time)
            elif event.isFinish():
                self._link.request_seek(time)
        else:
            event.ignore()

    def click(self, point: QPointF, *, twice: bool) -> None:
        """Seek, or tell of a double click."""
        at = self.place_of(point)
        if twice:
            self.double_clicked.emit(at.x(), at.y())
        else:
            self._link.request_seek(at.x())

    def _drag_box(self, event: MouseDragEvent) -> None:
        ends = event.buttonDownScenePos(), event.scenePos()
        if not event.isFinish():
            self.updateScaleBox(*(self.mapFromScene(end) for end in ends))
            return
        self.rbScaleBox.hide()
        box = QRectF(*map(self.place_of, ends)).normalized()
        size = event.scenePos() - event.buttonDownScenePos()
        self._link.remember()
        if abs(size.x()) > CLICK_PIXELS:
            self._link.set_range(box.left(), box.right())
        if abs(size.y()) > 3 * CLICK_PIXELS:  # a nearly flat box means time only
            self.setYRange(box.top(), box.bottom(), padding=0.0)

    def _ask_for_range(self, _box: pg.ViewBox, visible: tuple[float, float]) -> None:
        if not self._is_following:
            self._link.set_range(*visible)
            self.show_range(*self._link.visible)  # it may be less than was asked for
