"""What the charts have in common: a PlotWidget with two tick axes, a grid, and the pointer in data coordinates."""

import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseDragEvent
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtWidgets import QGraphicsSceneWheelEvent, QWidget

from osisnr_gui.core.types import FloatArray
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.axes import TickAxis, ValueScale
from osisnr_gui.qt.plots.items.painting import Grid
from osisnr_gui.qt.plots.time_plot import PlotWidget
from osisnr_gui.qt.plots.view_box import PixelViewBox

#: Name of the places, places (n,), names of the columns, values (n, columns).
Table = tuple[str, FloatArray, list[str], FloatArray]

RIGHT_MARGIN, MOST_ZOOM = 10, 1e4


class ChartBox(PixelViewBox):
    """ViewBox that says where the left button points; wheel and drags over an axis zoom and move that axis."""

    pointed = Signal(QPointF)  # view coordinates
    released = Signal()

    def wheelEvent(self, event: QGraphicsSceneWheelEvent, axis: int | None = None) -> None:
        """Zoom an axis; over the plot the wheel scrolls the panel that the chart lies in."""
        if axis is None:
            event.ignore()
        else:
            super().wheelEvent(event, axis)

    def click(self, point: QPointF, *, twice: bool) -> None:
        """Point once."""
        self.pointed.emit(self.mapSceneToView(point))
        self.released.emit()

    def mouseDragEvent(self, event: MouseDragEvent, axis: int | None = None) -> None:
        """A drag of the left button points at every move."""
        if axis is not None:
            super().mouseDragEvent(event, axis)
        elif event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            self.pointed.emit(self.mapSceneToView(event.scenePos()))
            if event.isFinish():
                self.released.emit()


class Chart(PlotWidget):
    """PlotWidget with tick axes and a grid that shows all there is (`fit`) until an axis is zoomed (`ZOOMS`).

    `pointer_at` gives the place under the pointer in view coordinates, or None when it left. NAME : of exported files.
    AXES : width of the left axis and height of the lower one, TOP : margin above the plot, in pixels.
    """

    LEAST = (160, 96)
    NAME, ZOOMS, AXES, TOP = "chart", True, (56, 32), 7
    pointer_at = Signal(object)

    def __init__(self, theme: Theme, across: ValueScale, upright: ValueScale, parent: QWidget | None = None) -> None:
        self.box = ChartBox(theme, mouse=self.ZOOMS)
        self._left = TickAxis("left", theme, upright, self.AXES[0])
        self._lower = TickAxis("bottom", theme, across, self.AXES[1], room=RIGHT_MARGIN - 2)
        super().__init__(self.box, self._left, self._lower, parent=parent)
        self._whole = (0.0, 1.0), (0.0, 1.0)
        self._is_zoomed = False
        self.box.sigRangeChangedManually.connect(self._zoom)
        self.plotItem.layout.setContentsMargins(0, self.TOP, RIGHT_MARGIN, 0)
        self.add(Grid(self._lower, self._left))
        self.scene().sigMouseMoved.connect(self._say_place)
        self._is_built = True

    def match(self, items: list[pg.PlotCurveItem], wanted: int) -> None:
        """Add curves or take them away until there are as many as wanted."""
        while len(items) > wanted:
            self.removeItem(items.pop())
        while len(items) < wanted:
            items.append(curve_item())
            self.add(items[-1])

    def fit(self, across: tuple[float, float], upright: tuple[float, float]) -> None:
        """This is all there is: show it, unless the user has zoomed."""
        self._whole = across, upright
        if self.ZOOMS:
            (left, right), (low, high) = across, upright
            least = {"minXRange": (right - left) / MOST_ZOOM, "minYRange": (high - low) / MOST_ZOOM}
            self.box.setLimits(xMin=left, xMax=right, yMin=low, yMax=high, **least)
        if not self._is_zoomed:
            self.setRange(xRange=across, yRange=upright, padding=0.0)

    def view_all(self) -> None:
        """Show all there is again."""
        self._is_zoomed = False
        self.fit(*self._whole)
        self._resized()

    def table(self) -> Table | None:
        """What is plotted, as numbers."""

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer."""
        super().leaveEvent(event)
        self.pointer_at.emit(None)

    @property
    def columns(self) -> int:
        """Columns of the screen's pixels across the plot, also while it is drawn for an export."""
        return max(round(self.box.width() * float(self.devicePixelRatioF())), 1)

    def _zoom(self, *_: object) -> None:
        self._is_zoomed = True
        self._resized()

    def _say_place(self, at: QPointF) -> None:
        inside = self.box.sceneBoundingRect().contains(at)
        self.pointer_at.emit(self.box.mapSceneToView(at) if inside else None)


def curve_item() -> pg.PlotCurveItem:
    """An empty antialiased curve; NaN is a gap."""
    return pg.PlotCurveItem(antialias=True, connect="finite")


def point_item() -> pg.ScatterPlotItem:
    """An empty item for round marks on a curve."""
    return pg.ScatterPlotItem(size=7, pen=None, antialias=True)
