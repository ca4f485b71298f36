"""One row of the linked plots: a PlotWidget bound to the shared :class:`TimeLink`.

Each row is a widget of its own, so a change repaints one row and not the whole stack. What stays while pointer and
cursor move (grid, pictures, curves, shading, words) is one still picture under pyqtgraph's own lines and regions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots import axes
from osisnr_gui.qt.plots.axis_items import TickAxis, TimeAxis
from osisnr_gui.qt.plots.geometry import LEFT_AXIS_WIDTH, RIGHT_MARGIN, ROW_GAP, TIME_AXIS_HEIGHT, Mapping, plot_rect
from osisnr_gui.qt.plots.items.still_picture import StillPicture
from osisnr_gui.qt.plots.loop_handle import LoopHandle
from osisnr_gui.qt.plots.plot_widget import PlotWidget
from osisnr_gui.qt.plots.row_marks import RowMarks
from osisnr_gui.qt.plots.row_mouse import DragHandle, RowMouse
from osisnr_gui.qt.plots.row_overlay import RowOverlay
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.qt.plots.time_view_box import TimeViewBox

MIN_HEIGHT = 48
#: Sent to the widget itself they are meant for its viewport.
_POINTER_EVENTS = frozenset(
    {
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.MouseButtonDblClick,
        QEvent.Type.Wheel,
        QEvent.Type.ToolTip,
    }
)


class Layer(Protocol):
    """Something that paints itself on a row in pixels. Equal mappings must give equal pictures."""

    def paint(self, painter: QPainter, m: Mapping, theme: Theme) -> None:
        """Paint; the painter is clipped to the plot area and in widget pixels."""
        ...


class PlotRow(PlotWidget):
    """A plot whose x axis is the shared time and whose mouse follows the house rules.

    ``row_id`` names the row in hover signals.
    """

    context_menu_requested = Signal(QPoint, float, float)  # global position, time, value
    double_clicked = Signal(float, float)  # time, value
    y_range_changed = Signal(float, float)
    handle_held = Signal(bool)  # a line or an edge is taken, is let go

    def __init__(
        self, link: TimeLink, theme: Theme, row_id: str, title: str = "", parent: QWidget | None = None
    ) -> None:
        self.box = TimeViewBox(link)
        self._left = TickAxis("left", theme, axes.LinearScale(), LEFT_AXIS_WIDTH)
        self._lower = TimeAxis(link, theme, TIME_AXIS_HEIGHT)
        super().__init__(
            parent, background=theme.background, viewBox=self.box, axisItems={"left": self._left, "bottom": self._lower}
        )
        self.link, self.theme, self.row_id = link, theme, row_id
        self.overlay = RowOverlay(title=title)
        self.time_axis = False
        self.y_by_hand = False  # the user chose the value range: automatic ranges keep off
        self.y_is_held = False  # for the moment nothing but the user changes it
        self._y, self._y_limits = (0.0, 1.0), (-math.inf, math.inf)
        self._below: list[Layer] = []
        self._over: list[Layer] = []
        self._top: list[Layer] = []
        self._mouse = RowMouse(self)
        self._still = StillPicture(self.box, self._paint_still, lambda: self.mapping)
        self.marks = RowMarks(self.plotItem, link, row_id)
        self.marks.set_theme(theme)
        self._place_axes()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setMinimumHeight(MIN_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(title or row_id)
        link.range_changed.connect(self._follow_range)
        self.box.show_range(*link.visible)
        self.box.setYRange(*self._y, padding=0.0)
        self.add_handle(LoopHandle(link))
        self._is_built = True

    @property
    def mapping(self) -> Mapping:
        """Present data <-> pixel mapping (widget pixels)."""
        rect = plot_rect(self.width(), self.height(), time_axis=self.time_axis)
        sides = (rect.left(), rect.top(), rect.width(), rect.height())
        return Mapping(*sides, *self.link.visible, *self._y, self.devicePixelRatioF())

    def add_layer(self, layer: Layer, *, over: bool = False, top: bool = False) -> None:
        """Paint ``layer`` after those added before it: below all shading, as shading, or on top of it."""
        (self._top if top else self._over if over else self._below).append(layer)
        self.refresh()

    def add_handle(self, handle: DragHandle) -> None:
        """Let the left button grab ``handle`` before it selects or seeks."""
        self._mouse.handles.append(handle)

    def refresh(self) -> None:
        """Repaint at the end of this event-loop turn."""
        self._still.forget()

    def set_theme(self, theme: Theme) -> None:
        """Apply another theme."""
        self.theme = theme
        self.setBackground(theme.background)
        for part in (self._left, self._lower, self.marks):
            part.set_theme(theme)
        self.refresh()

    def set_title(self, title: str, colour: str | None = None) -> None:
        """Text in the top-left corner, with a colour swatch for an estimate."""
        if (title, colour) != (self.overlay.title, self.overlay.title_colour):
            self.overlay.title, self.overlay.title_colour = title, colour
            self.setAccessibleName(title or self.row_id)
            self.refresh()

    def set_marked(self, on: bool) -> None:
        """Mark the row as the one of its kind that is in view."""
        if on != self.overlay.marked:
            self.overlay.marked = on
            self.refresh()

    def set_message(self, text: str, *, error: bool = False) -> None:
        """A state over the plot ("loading…", what went wrong); empty to remove it."""
        if (text, error) != (self.overlay.message, self.overlay.message_is_error):
            self.overlay.message, self.overlay.message_is_error = text, error
            self.refresh()

    def set_crosshair(self, on: bool) -> None:
        """Show or hide the crosshair on this row."""
        self.marks.set_crosshair(on)

    def set_time_axis(self, on: bool) -> None:
        """Show time labels under this row (the lowest one of a stack)."""
        if on != self.time_axis:
            self.time_axis = on
            self._place_axes()
            self.refresh()

    @property
    def value_scale(self) -> axes.ValueScale:
        """Title and ticks of the left axis."""
        return self._left.scale_of_values

    def set_y_scale(self, scale: axes.ValueScale) -> None:
        """Take title and ticks of the left axis from this scale."""
        self._left.set_scale(scale)
        self.refresh()

    def set_y_range(self, lo: float, hi: float) -> None:
        """Show these values, clamped to the limits; nonsense is ignored."""
        least, most = self._y_limits
        lo, hi = max(lo, least), min(hi, most)
        if not (math.isfinite(lo) and math.isfinite(hi) and abs(lo) < 1e150 and hi - lo > 1e-12 * max(abs(lo), 1)):
            return
        if (lo, hi) != self._y:
            self._y = (lo, hi)
            self.box.setYRange(lo, hi, padding=0.0)
            self.refresh()
            self.y_range_changed.emit(lo, hi)

    def set_y_limits(self, lo: float, hi: float) -> None:
        """Values beyond which zooming and panning never go."""
        self._y_limits = (lo, hi)
        self.set_y_range(*self._y)

    def zoom_y(self, factor: float, at: float) -> None:
        """Zoom the value axis; the value ``at`` stays where it is."""
        (lo, hi), pivot = self._y, min(max(at, self._y[0]), self._y[1])
        self.y_by_hand = True
        if (hi - lo) * factor > 1e-6:
            self.set_y_range(pivot - (pivot - lo) * factor, pivot + (hi - pivot) * factor)

    @property
    def follows_data(self) -> bool:
        """Whether the value range is the automatic one."""
        return not (self.y_by_hand or self.y_is_held)

    def pan_y(self, fraction: float) -> None:
        """Move a value axis that was zoomed by hand, as far as the limits allow."""
        (lo, hi), (least, most) = self._y, self._y_limits
        if self.y_by_hand and math.isfinite(least) and math.isfinite(most):
            step = min(max((hi - lo) * fraction, least - lo), most - hi)
            self.set_y_range(lo + step, hi + step)

    # ---- painting -------------------------------------------------------------------------------

    def _paint_still(self, painter: QPainter) -> Sequence[QRectF]:
        """Ground, grid, layers, shading and words; the places of the words."""
        m = self.mapping
        painter.setClipRect(m.rect)
        painter.fillRect(m.rect, QColor(self.theme.background))
        values = self.value_scale.ticks(m.lo, m.hi, m.height)
        axes.paint_grid(painter, m, self.theme, axes.time_ticks(m.t0, m.t1, m.width, self.link.unit), values)
        self.overlay.note, self.overlay.corner = self._title_note(m), self._corner_width(m)
        for layers in (self._below, self._over, self._top):
            self._paint_layers(layers, painter, m)
        self.overlay.paint_words(painter, m, self.theme)
        return self.overlay.plates

    def _place_axes(self) -> None:
        """The lowest row of a stack has time labels under it."""
        (self._lower.show if self.time_axis else self._lower.hide)()
        self.plotItem.layout.setContentsMargins(0, ROW_GAP, RIGHT_MARGIN, 0 if self.time_axis else ROW_GAP)
        self.plotItem.layout.activate()

    def _title_note(self, _m: Mapping) -> str:
        """What a row adds to its title at this zoom, e.g. that it shows reduced data."""
        return ""

    def _corner_width(self, _m: Mapping) -> float:
        """Pixels at the right end of the title's line that something else needs, e.g. a colour bar."""
        return 0.0

    def _paint_layers(self, layers: list[Layer], painter: QPainter, m: Mapping) -> None:
        for layer in layers:
            painter.save()
            layer.paint(painter, m, self.theme)
            painter.restore()

    def _follow_range(self, *_range: float) -> None:
        if self.isVisible():
            self.box.show_range(*self.link.visible)
            self._still.update()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up: a row that is not seen does not follow."""
        self._follow_range()
        super().showEvent(event)

    # ---- Qt events --------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """A medium row."""
        return QSize(640, 140)

    def event(self, event: QEvent) -> bool:
        """Pass what is sent to the widget itself on to the viewport."""
        return self.viewportEvent(event) if event.type() in _POINTER_EVENTS else super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """See :class:`RowMouse`."""
        self._mouse.wheel(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """See :class:`RowMouse`."""
        self._mouse.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """See :class:`RowMouse`."""
        self._mouse.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """See :class:`RowMouse`."""
        self._mouse.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Tell where; the second click is not a second seek."""
        m, pos = self.mapping, event.position()
        if event.button() == Qt.MouseButton.LeftButton and m.rect.contains(pos):
            self.double_clicked.emit(m.time_at(pos.x()), m.value_at(pos.y()))

    def leaveEvent(self, _event: QEvent) -> None:
        """The crosshair goes when the pointer goes."""
        self._mouse.leave()
