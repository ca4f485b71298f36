"""One row of the linked plots, bound to the shared :class:`TimeLink`.

Each row is a widget of its own, so a change repaints one row and not the whole stack. A row paints, from the
ground up: grid, layers *below* (curves, pictures), layers *over* (shading), the selection, layers on *top*
(colour bar), which nothing may tint, and the title. All that is kept as one picture, so that crosshair and
cursor, which move all the time, cost a copy of it and two lines.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Protocol

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPixmap, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots import axes
from osisnr_gui.qt.plots.geometry import Mapping, plot_rect
from osisnr_gui.qt.plots.loop_handle import LoopHandle
from osisnr_gui.qt.plots.row_mouse import DragHandle, RowMouse
from osisnr_gui.qt.plots.row_overlay import RowOverlay, column_rect
from osisnr_gui.qt.plots.time_link import Hover, TimeLink, TimeSpan

MIN_HEIGHT = 48


class Layer(Protocol):
    """Something that paints itself on a row in pixels. Equal mappings must give equal pictures."""

    def paint(self, painter: QPainter, m: Mapping, theme: Theme) -> None:
        """Paint; the painter is clipped to the plot area and in widget pixels."""
        ...


class PlotRow(QWidget):
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
        super().__init__(parent)
        self.link, self.theme, self.row_id = link, theme, row_id
        self.scale: axes.ValueScale = axes.LinearScale()
        self.overlay = RowOverlay(title=title, selection=link.selection, cursor=link.cursor, loop=link.loop)
        self.time_axis = False
        self.y_by_hand = False  # the user chose the value range: automatic ranges keep off
        self.y_is_held = False  # for the moment nothing but the user changes it
        self._y, self._y_limits = (0.0, 1.0), (-math.inf, math.inf)
        self._below: list[Layer] = []
        self._over: list[Layer] = []
        self._top: list[Layer] = []
        self._mouse = RowMouse(self)
        self._still = QPixmap()  # everything but crosshair, cursor and zoom box
        self._still_of: Mapping | None = None  # what it shows; None: nothing, or out of date
        self._axis_of: object = None  # the value axis in it
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setMinimumHeight(MIN_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(title or row_id)
        link.range_changed.connect(self._follow_range)
        link.selection_changed.connect(self._follow_selection)
        link.hover_changed.connect(self._follow_hover)
        link.cursor_changed.connect(self._follow_cursor)
        link.playhead_changed.connect(self._follow_playhead)
        link.loop_changed.connect(self._follow_loop)
        self.add_handle(LoopHandle(link))

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
        self._still_of = None
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another look."""
        self.theme, self._axis_of = theme, None
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
        self.overlay.crosshair = on
        self.update()

    def set_time_axis(self, on: bool) -> None:
        """Show time labels under this row (the lowest one of a stack)."""
        if on != self.time_axis:
            self.time_axis = on
            self.refresh()

    def set_y_scale(self, scale: axes.ValueScale) -> None:
        """Title and ticks of the left axis."""
        self.scale = scale
        self.refresh()

    def set_y_range(self, lo: float, hi: float) -> None:
        """Show these values, clamped to the limits; nonsense is ignored."""
        least, most = self._y_limits
        lo, hi = max(lo, least), min(hi, most)
        if not (math.isfinite(lo) and math.isfinite(hi) and abs(lo) < 1e150 and hi - lo > 1e-12 * max(abs(lo), 1)):
            return
        if (lo, hi) != self._y:
            self._y = (lo, hi)
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

    def paintEvent(self, event: QPaintEvent) -> None:
        """The still picture, painted anew when it is out of date, and what moves over it."""
        m = self.mapping
        if m != self._still_of:
            self._paint_still(m)
            self._still_of = m
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._still)
        painter.setClipRect(m.rect, Qt.ClipOperation.IntersectClip)
        if self.overlay.paint_moving(painter, m, self.theme, self.row_id):
            for plate in self.overlay.plates:  # words lie over the lines
                painter.setClipRect(plate)
                painter.drawPixmap(0, 0, self._still)
        painter.end()

    def _paint_still(self, m: Mapping) -> None:
        """Ground, grid, axes, layers, selection and words."""
        size = self.size() * m.pixel_ratio
        if size != self._still.size() or m.pixel_ratio != self._still.devicePixelRatio():
            self._still, self._axis_of = QPixmap(size), None
            self._still.setDevicePixelRatio(m.pixel_ratio)
        self.overlay.note, self.overlay.corner = self._title_note(m), self._corner_width(m)
        painter = QPainter(self._still)
        times = axes.time_ticks(m.t0, m.t1, m.width, self.link.unit)
        values = self._paint_axes(painter, m, times)
        painter.setClipRect(m.rect)
        axes.paint_grid(painter, m, self.theme, times, values)
        self._paint_layers(self._below, painter, m)
        self._paint_layers(self._over, painter, m)
        self.overlay.paint_selection(painter, m, self.theme)
        self._paint_layers(self._top, painter, m)
        self.overlay.paint_words(painter, m, self.theme)
        painter.end()

    def _paint_axes(self, painter: QPainter, m: Mapping, times: Sequence[axes.Tick]) -> Sequence[axes.Tick]:
        """The ground and both axes; the value axis stays as it is when only the time moved. The value ticks."""
        values, ground = self.scale.ticks(m.lo, m.hi, m.height), QColor(self.theme.background)
        axis = (self.scale.title, values, m.lo, m.hi, m.top, m.height)
        if axis == self._axis_of:
            painter.fillRect(QRectF(m.left, 0, self.width() - m.left, self.height()), ground)
        else:
            self._axis_of = axis
            painter.fillRect(self.rect(), ground)
            axes.paint_value_axis(painter, m, self.theme, self.scale.title, values)
        if self.time_axis:
            below = m.bottom + 2  # the lowest label of the value axis may reach that far
            painter.fillRect(QRectF(0, below, m.left, self.height() - below), ground)
            axes.paint_time_axis(painter, m, self.theme, self.link.unit, times)
        return values

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

    # ---- following the link ---------------------------------------------------------------------

    def _follow_range(self, *_range: float) -> None:
        self.update()

    def _follow_selection(self, selection: TimeSpan | None) -> None:
        self.overlay.selection = selection
        self.refresh()

    def _follow_hover(self, time: float, value: float, row_id: str) -> None:
        m = self.mapping
        strips = self.overlay.hover_rects(m, self.row_id)
        self.overlay.hover = Hover(time, value, row_id)
        self._update_strips(strips + self.overlay.hover_rects(m, self.row_id))

    def _follow_cursor(self, time: float) -> None:
        m = self.mapping
        self._update_strips([column_rect(m, t) for t in (self.overlay.cursor, time) if math.isfinite(t)])
        self.overlay.cursor = time

    def _follow_playhead(self, time: float) -> None:
        # Many times a second on every row: nothing to do while it stays on its pixel.
        m, old = self.mapping, self.overlay.playhead
        if m.x_at(old) != m.x_at(time):
            self._update_strips([column_rect(m, t) for t in (old, time) if m.t0 <= t <= m.t1])
        self.overlay.playhead = time

    def _follow_loop(self, loop: TimeSpan | None) -> None:
        self.overlay.loop = loop
        self.update()

    def _update_strips(self, strips: Iterable[QRect]) -> None:
        for strip in strips:
            self.update(strip)

    # ---- Qt events --------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """A medium row."""
        return QSize(640, 140)

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
