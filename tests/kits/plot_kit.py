"""Where things are on a pyqtgraph plot, and a hand that points at them."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication


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


def drag(plot: pg.PlotWidget, *places: QPoint) -> None:
    """Press the left button at the first pixel of the viewport, move over the others, release at the last."""
    _send(plot, QEvent.Type.MouseButtonPress, places[0], held=True)
    for place in places[1:]:
        _send(plot, QEvent.Type.MouseMove, place, held=True)
    _send(plot, QEvent.Type.MouseButtonRelease, places[-1], held=False)


def _send(plot: pg.PlotWidget, kind: QEvent.Type, at: QPoint, *, held: bool) -> None:
    """Not QTest: it warns of a viewport that leaves an event to its scene."""
    place, world = QPointF(at), QPointF(plot.viewport().mapToGlobal(at))
    none, left = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
    button = none if kind is QEvent.Type.MouseMove else left
    event = QMouseEvent(kind, place, world, button, left if held else none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(plot.viewport(), event)
