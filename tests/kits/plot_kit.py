"""Where things are on a pyqtgraph plot, and a hand that points at them."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication

from osisnr_gui.qt.look.theme import DARK
from osisnr_gui.qt.plots.items.painting import PixelItem
from osisnr_gui.qt.plots.time_plot import TimePlot
from osisnr_gui.qt.plots.view_box import PixelViewBox


def pixel_of(plot: pg.PlotWidget, x: float, y: float | None = None) -> QPoint:
    """The pixel of the plot's viewport at a place in view coordinates; the middle of its height without a value."""
    low, high = plot.viewRange()[1]
    at = QPointF(x, (low + high) / 2 if y is None else y)
    return plot.mapFromScene(plot.getViewBox().mapViewToScene(at))


def click(plot: pg.PlotWidget, x: float, y: float | None = None) -> None:
    """Click with the left button at a place in view coordinates."""
    drag(plot, pixel_of(plot, x, y))


def hover(plot: pg.PlotWidget, x: float, y: float | None = None) -> None:
    """Move the pointer to a place in view coordinates, no button held."""
    _send(plot, QEvent.Type.MouseMove, pixel_of(plot, x, y), held=False)


def drag(plot: pg.PlotWidget, *places: QPoint, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press the left button at the first pixel of the viewport, move over the others, release at the last."""
    for _ in dragging(plot, *places, keys=keys):
        pass


def dragging(
    plot: pg.PlotWidget, *places: QPoint, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> Iterator[QPoint]:
    """The same, with a rest after every move."""
    _send(plot, QEvent.Type.MouseButtonPress, places[0], held=True, keys=keys)
    for place in places[1:]:
        _send(plot, QEvent.Type.MouseMove, place, held=True, keys=keys)
        yield place
    _send(plot, QEvent.Type.MouseButtonRelease, places[-1], held=False, keys=keys)


def double_click(plot: pg.PlotWidget, place: QPoint) -> None:
    """Press the left button a second time, and let it go."""
    _send(plot, QEvent.Type.MouseButtonDblClick, place, held=True)
    _send(plot, QEvent.Type.MouseButtonRelease, place, held=False)


def right_click(plot: pg.PlotWidget, place: QPoint) -> None:
    """Press the right button, and let it go."""
    right = Qt.MouseButton.RightButton
    _send(plot, QEvent.Type.MouseButtonPress, place, held=True, with_=right)
    _send(plot, QEvent.Type.MouseButtonRelease, place, held=False, with_=right)


def turn_wheel(plot: pg.PlotWidget, place: QPoint, notches: int) -> QWheelEvent:
    """Turn the wheel at a pixel of the viewport; the event says whether it was taken."""
    at, world = QPointF(place), QPointF(plot.viewport().mapToGlobal(place))
    held, keys, phase = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(at, world, QPoint(), QPoint(0, 120 * notches), held, keys, phase, False)
    QApplication.sendEvent(plot.viewport(), event)
    return event


def _send(
    plot: pg.PlotWidget,
    kind: QEvent.Type,
    at: QPoint,
    *,
    held: bool,
    with_: Qt.MouseButton = Qt.MouseButton.LeftButton,
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Not QTest: it warns of a viewport that leaves an event to its scene."""
    place, world = QPointF(at), QPointF(plot.viewport().mapToGlobal(at))
    none = Qt.MouseButton.NoButton
    button = none if kind is QEvent.Type.MouseMove else with_
    event = QMouseEvent(kind, place, world, button, with_ if held else none, keys)
    QApplication.sendEvent(plot.viewport(), event)


class Pixels:
    """A plot in pixels of its widget, as its ViewBox maps them."""

    def __init__(self, plot: pg.PlotWidget) -> None:
        self._box = plot.getViewBox()
        (self.t0, self.t1), (self.lo, self.hi) = self._box.viewRange()
        self.rect = self._box.sceneBoundingRect()
        self.left, self.right, self.top, self.bottom = (
            self.rect.left(),
            self.rect.right(),
            self.rect.top(),
            self.rect.bottom(),
        )
        self.width, self.height = self.rect.width(), self.rect.height()
        self.columns = max(round(self.width * plot.devicePixelRatioF()), 1)

    def x_of(self, time: float) -> float:
        return self._box.mapViewToScene(QPointF(time, self.lo)).x()

    def y_of(self, value: float) -> float:
        return self._box.mapViewToScene(QPointF(self.t0, value)).y()

    def time_at(self, x: float) -> float:
        return self._box.mapSceneToView(QPointF(x, self.top)).x()

    def value_at(self, y: float) -> float:
        return self._box.mapSceneToView(QPointF(self.left, y)).y()


def pixels(plot: pg.PlotWidget) -> Pixels:
    """Where things are on a plot now."""
    if hasattr(plot, "link"):
        plot.link.flush()
    return Pixels(plot)


def title_box(row: TimePlot) -> QRectF:
    """The plate of a row's title, in pixels of the row."""
    pixels(row)
    return row.words.title_box.translated(row.box.scenePos())


def view_box(
    width: float, height: float, t0: float, t1: float, lo: float = 0.0, hi: float = 1.0, pixel_ratio: float = 1.0
) -> PixelViewBox:
    """A ViewBox of this size that shows these ranges, in no plot."""
    box = PixelViewBox(DARK)
    box.resize(width, height)
    box.setRange(xRange=(t0, t1), yRange=(lo, hi), padding=0.0)
    box.pixel_ratio = pixel_ratio
    box.still = SimpleNamespace(is_exported=True)
    return box


def drawn(item: PixelItem, box: PixelViewBox, ground: str = "#000000") -> QImage:
    """What an item draws for a ViewBox."""
    if item.getViewBox() is not box:
        box.addItem(item, ignoreBounds=True)
    image = QImage(
        round(box.width() * box.pixel_ratio), round(box.height() * box.pixel_ratio), QImage.Format.Format_RGB32
    )
    image.setDevicePixelRatio(box.pixel_ratio)
    image.fill(QColor(ground))
    painter = QPainter(image)
    painter.setClipRect(box.rect())
    item.draw(painter, box)
    painter.end()
    return image
