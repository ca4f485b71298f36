"""What rows and charts have in common, and one row of the linked plots, bound to the shared :class:`TimeLink`.

Each row is a widget of its own, so a change repaints one row and not the whole stack. What stays while pointer and
cursor move (grid, pictures, curves, shading, words) is one still picture under pyqtgraph's own lines and regions.
"""

import math

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QHideEvent, QMouseEvent, QResizeEvent, QShowEvent, QTransform
from PySide6.QtWidgets import QWidget

from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots import axes
from osisnr_gui.qt.plots.axes import NoAxis, TickAxis, TimeAxis, ValueScale
from osisnr_gui.qt.plots.items.lines import LevelLine, LevelTags
from osisnr_gui.qt.plots.items.painting import Grid, PixelItem, StillPicture
from osisnr_gui.qt.plots.items.shading import NoteMarks, Shading
from osisnr_gui.qt.plots.items.words import RowWords
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.qt.plots.time_marks import TimeMarks
from osisnr_gui.qt.plots.view_box import CLICK_PIXELS, PixelViewBox, TimeViewBox
from osisnr_gui.session.analysis import Analysis

MIN_HEIGHT = 48
#: Above the highest value: room for the title.
TITLE_PIXELS = 24.0


class PlotWidget(pg.PlotWidget):
    """PlotWidget without pyqtgraph's buttons and option menus, for a ViewBox that neither zooms nor pans by itself.

    `_resized` is called once the subclass is built (`_is_built`).
    """

    context_menu_requested = Signal(QPoint, object)  # global position, this plot
    SIZE, LEAST = (240, 140), (0, 0)  # pixels that it likes to have, and needs
    _is_built, _scale = False, 1.0

    def __init__(self, box: PixelViewBox, *axes: TickAxis, parent: QWidget | None = None) -> None:
        """`axes` : those it has, left or bottom; the other sides have none."""
        self.theme, self._axes = box.theme, axes
        shown = {axis.orientation: axis for axis in axes}
        hidden = {side: NoAxis(side) for side in ("left", "top", "right", "bottom") if side not in shown}
        axis_items = shown | hidden
        super().__init__(parent, box.theme.background, viewBox=box, axisItems=axis_items, enableMenu=False)
        # Every paint fills the whole place: neither Qt nor a kept picture of the ground has to do it before.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        self.plotItem.hideButtons()
        for side in hidden:  # an axis that is given is shown
            self.plotItem.hideAxis(side)
        # It would stay as a window of its own; as a child its forty controls would be styled with the plot.
        self.destroyed.connect(self.plotItem.ctrlMenu.deleteLater)
        self.still = StillPicture(self.plotItem)
        box.menu_requested.connect(lambda at: self.context_menu_requested.emit(at, self))

    def add(self, *items: pg.GraphicsObject) -> None:
        """Add items."""
        for item in items:
            self.addItem(item, ignoreBounds=True)

    def set_theme(self, theme: Theme) -> None:
        """Apply another theme."""
        self.theme = self.getViewBox().theme = theme
        self.setBackground(theme.background)
        for axis in self._axes:
            axis.setTextPen(theme.muted)
        self._dress()
        self.refresh()

    def refresh(self) -> None:
        """Draw the still picture again at the end of this event-loop turn."""
        self.still.forget()

    def updateMatrix(self, propagate: bool = True) -> None:
        """Enlarge to the pixel: pyqtgraph leaves a margin when it scales."""
        super().updateMatrix(propagate)
        if not self.autoPixelRange:
            self.setTransform(QTransform.fromScale(self._scale, self._scale))
            self.sigDeviceTransformChanged.emit(self)

    def is_final(self) -> bool:
        """Whether what is on screen is the best there will be."""
        return True

    def close(self) -> bool:
        """Close the widget only: pyqtgraph's own way leaves the scene behind."""
        return QWidget.close(self)

    def sizeHint(self) -> QSize:
        """What it likes to have."""
        return QSize(*self.SIZE)

    def minimumSizeHint(self) -> QSize:
        """What it needs."""
        return QSize(*self.LEAST)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Lay out at once, not at the next turn of the event loop; pyqtgraph calls this before anything is there."""
        if not self.autoPixelRange:
            self.range = QRectF(QPointF(), QSizeF(self.size()) / self._scale)
        super().resizeEvent(event)
        if self._is_built:
            self.plotItem.layout.activate()
            self._resized()

    def _dress(self) -> None:
        """Apply the theme to the items that do not ask the ViewBox for it."""

    def _resized(self) -> None:
        """Adapt to another size in pixels."""


class TimePlot(PlotWidget):
    """A plot whose x axis is the shared time. `row_id` names it in hover signals."""

    SIZE = (640, 140)
    y_range_changed = Signal(float, float)
    shown_changed = Signal()  # comes into sight, or leaves it: some rows are worked out only while they are seen
    handle_held = Signal(bool)  # a line or an edge is dragged, is let go

    #: Of bad frames, in rows that have frames.
    shading: Shading | None = None

    def __init__(self, link: TimeLink, theme: Theme, row_id: str, title: str = "") -> None:
        self.box = TimeViewBox(link, theme)
        self.left = TickAxis("left", theme, axes.LinearScale(), axes.LEFT_AXIS_WIDTH)
        self._lower = TimeAxis(link, theme, axes.TIME_AXIS_HEIGHT)
        super().__init__(self.box, self.left, self._lower)
        self.link, self.row_id = link, row_id
        self.time_axis = False
        self.y_by_hand = False  # the user chose the value range: automatic ranges keep off
        self._y, self._y_limits = (0.0, 1.0), (-math.inf, math.inf)
        self._under_title: tuple[float, float] | None = None  # values whose range leaves room for the title
        self.words, self.notes = RowWords(title, self._title_note, self._corner_width), NoteMarks()
        self._level_lines: list[LevelLine] = []
        self.add(Grid(self._lower, self.left), self.words, self.notes)
        self.marks = TimeMarks(self.plotItem, link, theme, row_id)
        self._listen()
        self._place_axes()
        self.setMinimumHeight(MIN_HEIGHT)
        self.setAccessibleName(title or row_id)
        self.box.show_range(*link.visible)
        self._is_built = True

    def _listen(self) -> None:
        self.link.range_changed.connect(self._follow_range)
        self.marks.edge_held.connect(self.handle_held)
        self.box.values_zoomed.connect(self.zoom_y)
        self.box.values_panned.connect(self.pan_y)
        self.scene().sigMouseMoved.connect(self.point_at)
        for signal in (self.scene().sigItemAdded, self.scene().sigItemRemoved):
            signal.connect(self._take_item)
        self.scene().setItemIndexMethod(self.scene().ItemIndexMethod.NoIndex)  # items move with every view
        # Nothing here is smoothed beyond its bounds; else what lies beside the plot is drawn with all that moves in it.
        self.setOptimizationFlag(self.OptimizationFlag.DontAdjustForAntialiasing)
        self.scene().setMoveDistance(CLICK_PIXELS)
        self.scene().minDragTime = math.inf  # a click may take its time
        self.box.sigYRangeChanged.connect(self._adopt_values)
        self.scene().setClickRadius(CLICK_PIXELS)

    def add_levels(self, *lines: LevelLine) -> None:
        """Add lines at a value, with their words."""
        self.add(*lines)
        for line in lines:
            line.set_theme(self.theme)
            for signal in (line.sigDragged, line.sigPositionChangeFinished):
                signal.connect(self._follow_line)
        self._level_lines += lines
        self.add(LevelTags(lines, lambda: self.words.title_box))

    def set_theme(self, theme: Theme) -> None:
        """Apply another theme."""
        if theme is not self.theme:
            super().set_theme(theme)
            self.marks.set_theme(theme)
            for line in self._level_lines:
                line.set_theme(theme)

    def set_title(self, title: str, colour: str | None = None, *, marked: bool = False) -> None:
        """Text in the top-left corner, with a colour swatch for an estimate; marked in the row of the one in view."""
        if (title, colour, marked) != (self.words.title, self.words.title_colour, self.words.marked):
            self.words.title, self.words.title_colour, self.words.marked = title, colour, marked
            self.setAccessibleName(title or self.row_id)
            self.refresh()

    def enlarge(self, scale: float) -> None:
        """Draw everything so many times as large, type and margins too, as on a finer screen."""
        self._scale, self.autoPixelRange, self.marks.scale = scale, False, scale

    def set_message(self, text: str, *, error: bool = False) -> None:
        """A state over the plot ("loading…", what went wrong); empty to remove it."""
        if (text, error) != (self.words.message, self.words.message_is_error):
            self.words.message, self.words.message_is_error = text, error
            self.refresh()

    def set_time_axis(self, on: bool) -> None:
        """Show time labels under this row (the lowest one of a stack)."""
        if on != self.time_axis:
            self.time_axis = on
            self._place_axes()
            self._resized()
            self.refresh()

    def set_y_scale(self, scale: ValueScale) -> None:
        """Take title and ticks of the left axis from this scale."""
        self.left.set_scale(scale)
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

    def set_range_under_title(self, lo: float, hi: float) -> None:
        """Show these values below the title, as far as there is room for both; they stay there at any size."""
        self._under_title = (lo, hi)
        height = self.box.height()
        self.set_y_range(lo, lo + (hi - lo) * height / max(height - TITLE_PIXELS, height / 2))

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
        return not (self.y_by_hand or self.link.holds_values)

    def show_analysis(self, analysis: Analysis, selected: int) -> None:
        """Show what the row is about with one estimate in view; see `rows.PlotRow.depends`."""

    def fit_y(self) -> None:
        """Back to the automatic value range."""
        self.y_by_hand = False
        self._fit_values()

    def pan_y(self, fraction: float) -> None:
        """Move a value axis that was zoomed by hand, as far as the limits allow."""
        (lo, hi), (least, most) = self._y, self._y_limits
        if self.y_by_hand and math.isfinite(least) and math.isfinite(most):
            step = min(max((hi - lo) * fraction, least - lo), most - hi)
            self.set_y_range(lo + step, hi + step)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up: a row that is not seen does not follow."""
        self._follow_range()
        self.marks.catch_up()
        super().showEvent(event)
        self.shown_changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Follow nothing any more."""
        super().hideEvent(event)
        self.marks.is_seen = False
        self.shown_changed.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """The crosshair goes when the pointer goes."""
        super().leaveEvent(event)
        self.link.set_hover(math.nan)

    def _fit_values(self) -> None:
        """Show the values there are: here all that the limits allow, if there are limits."""
        self.set_y_range(*self._y_limits)

    def _resized(self) -> None:
        """Leave as much room for the title as before."""
        if self._under_title is not None and not self.y_by_hand:
            self.set_range_under_title(*self._under_title)

    def _follow_line(self, line: LevelLine) -> None:
        self.refresh()
        self.handle_held.emit(line.moving)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """With Shift a drag zooms wherever it begins: nothing else can be taken."""
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._set_movable(False)
            self.scene().lastHoverEvent = None  # it may have promised the drag to a line
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Lines can be taken again."""
        super().mouseReleaseEvent(event)
        self._set_movable(True)

    def _take_item(self, item: object) -> None:
        """An item of the still picture was added or removed by whoever has the PlotItem."""
        if isinstance(item, PixelItem):
            self.refresh()

    def _set_movable(self, on: bool) -> None:
        lines = [line for line in self._level_lines if line.is_handle]
        edges = [edge for region in self.marks.regions.values() for edge in region.lines]
        for line in (*lines, *edges):
            line.setMovable(on)

    def _adopt_values(self, _box: PixelViewBox, values: tuple[float, float]) -> None:
        """Someone has set the range of the ViewBox: as if it were zoomed by hand."""
        if tuple(values) != self._y:
            self.y_by_hand = True
            self.set_y_range(*values)
            self.box.setYRange(*self._y, padding=0.0)

    def _place_axes(self) -> None:
        """The lowest row of a stack has time labels under it."""
        (self._lower.show if self.time_axis else self._lower.hide)()
        gap = axes.ROW_GAP
        self.plotItem.layout.setContentsMargins(0, gap, axes.RIGHT_MARGIN, 0 if self.time_axis else gap)
        self.plotItem.layout.activate()

    def _title_note(self, _vb: PixelViewBox) -> str:
        """What a row adds to its title at this zoom, e.g. that it shows reduced data."""
        return ""

    def _corner_width(self, _vb: PixelViewBox) -> float:
        """Pixels at the right end of the title's line that something else needs, e.g. a colour bar."""
        return 0.0

    def _follow_range(self, *_range: float) -> None:
        if self.isVisible():
            self.box.show_range(*self.link.visible)

    def point_at(self, point: QPointF) -> None:
        """The pointer is at this place of the scene."""
        at = self.box.place_of(point)
        inside = self.box.sceneBoundingRect().contains(point)
        self.link.set_hover(*((at.x(), at.y(), self.row_id) if inside else (math.nan,)))
