"""What the charts have in common: a PlotWidget with two tick axes, a grid, and the pointer in data coordinates."""

from __future__ import annotations

import math

import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent, MouseDragEvent
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QWidget

from osisnr_gui.qt.look.theme import EstimateStyle, Theme
from osisnr_gui.qt.plots.axes import ValueScale
from osisnr_gui.qt.plots.axis_items import TickAxis
from osisnr_gui.qt.plots.items.grid import Grid
from osisnr_gui.qt.plots.plot_widget import PlotWidget

LEFT_WIDTH, LOWER_HEIGHT = 56, 32
RIGHT_MARGIN, TOP_MARGIN = 10, 7
POINT_PIXELS = 7


class ChartBox(pg.ViewBox):
    """ViewBox that says where the left button points, and neither zooms nor pans."""

    pointed = Signal(QPointF)  # view coordinates
    released = Signal()

    def __init__(self) -> None:
        super().__init__(enableMouse=False, enableMenu=False, defaultPadding=0.0)
        self.disableAutoRange()

    def mouseClickEvent(self, event: MouseClickEvent) -> None:
        """A click of the left button points once."""
        if event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            self.pointed.emit(self.mapSceneToView(event.scenePos()))
            self.released.emit()

    def mouseDragEvent(self, event: MouseDragEvent, axis: int | None = None) -> None:
        """A drag of the left button points at every move."""
        if event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            self.pointed.emit(self.mapSceneToView(event.scenePos()))
            if event.isFinish():
                self.released.emit()


class Chart(PlotWidget):
    """PlotWidget of fixed ranges with tick axes and a grid.

    `pointer_at` gives the place under the pointer in view coordinates, or None when it left.
    """

    LEAST = (160, 96)
    pointer_at = Signal(object)

    def __init__(
        self,
        theme: Theme,
        across: ValueScale,
        upright: ValueScale,
        parent: QWidget | None = None,
        *,
        sizes: tuple[int, int] = (LEFT_WIDTH, LOWER_HEIGHT),
        top: int = TOP_MARGIN,
    ) -> None:
        """`sizes`: width of the left axis and height of the lower one; `top`: margin above the plot, in pixels."""
        self.box = ChartBox()
        self._left = TickAxis("left", theme, upright, sizes[0])
        self._lower = TickAxis("bottom", theme, across, sizes[1], room=RIGHT_MARGIN - 2)
        super().__init__(
            parent, background=theme.background, viewBox=self.box, axisItems={"left": self._left, "bottom": self._lower}
        )
        self._theme = theme
        self.plotItem.layout.setContentsMargins(0, top, RIGHT_MARGIN, 0)
        self._grid = Grid(self._lower, self._left, pg.mkPen(theme.grid))
        self.addItem(self._grid, ignoreBounds=True)
        self.scene().sigMouseMoved.connect(self._say_place)
        self._is_built = True

    def set_theme(self, theme: Theme) -> None:
        """Apply another theme."""
        self._theme = theme
        self.setBackground(theme.background)
        self._grid.set_pen(pg.mkPen(theme.grid))
        for axis in (self._left, self._lower):
            axis.set_theme(theme)
        self._dress()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer."""
        super().leaveEvent(event)
        self.pointer_at.emit(None)

    @property
    def columns(self) -> int:
        """Columns of physical pixels across the plot."""
        return max(round(self.box.width() * self.devicePixelRatioF()), 1)

    def _dress(self) -> None:
        """Apply the theme to the items of the chart."""

    def _say_place(self, at: QPointF) -> None:
        inside = self.box.sceneBoundingRect().contains(at)
        self.pointer_at.emit(self.box.mapSceneToView(at) if inside else None)


def curve_pen(style: EstimateStyle) -> QPen:
    """The cosmetic one-pixel pen of an estimate's curve."""
    return pg.mkPen(style.colour, dash=list(style.dash)) if style.dash else pg.mkPen(style.colour)


def curve_item() -> pg.PlotCurveItem:
    """An empty antialiased curve; NaN is a gap."""
    return pg.PlotCurveItem(antialias=True, connect="finite")


def point_item() -> pg.ScatterPlotItem:
    """An empty item for round marks on a curve."""
    return pg.ScatterPlotItem(size=POINT_PIXELS, pen=None, antialias=True)


def upright_line(pen: QPen) -> pg.InfiniteLine:
    """A vertical line without a place yet."""
    line = pg.InfiniteLine(angle=90, movable=False, pen=pen)
    line.hide()
    return line


def place_line(line: pg.InfiniteLine, at: float) -> None:
    """Move a line; hide it where there is no place."""
    line.setVisible(math.isfinite(at))
    if math.isfinite(at):
        line.setPos(at)
