"""Lines and regions that move over a row: cursor, playhead, crosshair, selection, loop. All are pyqtgraph's own."""

from __future__ import annotations

import math
from functools import cached_property

import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QPen

from osisnr_gui.qt.look.theme import Theme, with_alpha
from osisnr_gui.qt.plots.items.level_line import Line
from osisnr_gui.qt.plots.time_link import NO_HOVER, TimeLink, TimeSpan

PLAYHEAD_WIDTHS = (5, 3)
CURSOR_WIDTHS = (3, 1)
MARKS = ("selection", "loop", "cursor", "playhead", "cross_time", "cross_value")


def _show(plot: pg.PlotItem, item: pg.GraphicsObject, on: bool) -> None:
    """Have an item on a plot only while it shows something: there it hears of all changes of the range."""
    if on and item.scene() is None:
        plot.addItem(item, ignoreBounds=True)
    elif not on and item.scene() is not None:
        plot.removeItem(item)


def _upright(widths: tuple[int, int], z: float, theme: Theme) -> Line:
    """A line over a broader one in the ground's colour: seen on any colour map."""
    line = Line(angle=90)
    line.setZValue(z)
    line.set_pens(pg.mkPen(theme.text, width=widths[1]), pg.mkPen(with_alpha(theme.background, 0.7), width=widths[0]))
    return line


def _cross(angle: int, theme: Theme) -> Line:
    line = Line(angle=angle, pen=pg.mkPen(with_alpha(theme.text, 0.55)))
    line.setZValue(14.0)
    return line


def _with_edges(region: pg.LinearRegionItem, pen: QPen, theme: Theme) -> pg.LinearRegionItem:
    for line in region.lines:
        line.setPen(pen)
        line.setHoverPen(pg.mkPen(theme.accent, width=2))
    return region


class TimeMarks(QObject):
    """The marks of one row, following a TimeLink; the edges of selection and loop can be dragged.

    Each is made when it is first shown: most rows never show most of them.
    """

    edge_held = Signal(bool)

    def __init__(self, plot: pg.PlotItem, link: TimeLink, row_id: str, theme: Theme) -> None:
        super().__init__()
        self._plot, self._link, self._row_id, self._theme = plot, link, row_id, theme
        self.has_crosshair = True
        self._is_seen = False
        link.selection_changed.connect(self._follow_selection)
        link.loop_changed.connect(self._follow_loop)
        link.hover_changed.connect(self._follow_hover)
        link.cursor_changed.connect(self._follow_cursor)
        link.playhead_changed.connect(self._follow_playhead)
        self.set_theme(theme)

    @cached_property
    def selection(self) -> pg.LinearRegionItem:
        """What is selected."""
        region = self._region(10.0)
        region.setBrush(with_alpha(self._theme.accent, self._theme.selection_opacity))
        return _with_edges(region, pg.mkPen(with_alpha(self._theme.accent, 0.8)), self._theme)

    @cached_property
    def loop(self) -> pg.LinearRegionItem:
        """What is played over and over."""
        region = self._region(11.0)
        region.setBrush(None)
        return _with_edges(region, pg.mkPen(self._theme.text, width=2), self._theme)

    @cached_property
    def cursor(self) -> Line:
        """Where Play begins."""
        return _upright(CURSOR_WIDTHS, 12.0, self._theme)

    @cached_property
    def playhead(self) -> Line:
        """What is heard now."""
        return _upright(PLAYHEAD_WIDTHS, 16.0, self._theme)

    @cached_property
    def cross_time(self) -> Line:
        """The pointer's time."""
        return _cross(90, self._theme)

    @cached_property
    def cross_value(self) -> Line:
        """The pointer's value."""
        return _cross(0, self._theme)

    @property
    def edges(self) -> list[pg.InfiniteLine]:
        """What can be dragged of the regions there are."""
        return [line for name in MARKS[:2] if name in self.__dict__ for line in self.__dict__[name].lines]

    @property
    def pointers(self) -> list[Line]:
        """The lines that say where the pointer, the cursor and the sound are, as far as there are any."""
        return [self.__dict__[name] for name in MARKS[2:] if name in self.__dict__]

    def catch_up(self) -> None:
        """Show what changed while the row was not seen: hidden rows do not follow."""
        link, self._is_seen = self._link, True
        self._follow_selection(link.selection)
        self._follow_loop(link.loop)
        self._follow_cursor(link.cursor)
        self._follow_playhead(link.playhead)
        self._follow_hover(*link.hover)

    def rest(self) -> None:
        """Follow nothing until `catch_up`."""
        self._is_seen = False

    def set_crosshair(self, on: bool) -> None:
        """Show or hide the crosshair."""
        self.has_crosshair = on
        self._follow_hover(*self._link.hover)

    def set_theme(self, theme: Theme) -> None:
        """Make all marks anew in the colours of a theme."""
        self._theme = theme
        for name in MARKS:
            if name in self.__dict__:
                _show(self._plot, self.__dict__.pop(name), False)
        box = self._plot.getViewBox().rbScaleBox
        box.setPen(pg.mkPen(theme.accent))
        box.setBrush(with_alpha(theme.accent, theme.selection_opacity))
        if self._is_seen:
            self.catch_up()

    def _region(self, z: float) -> pg.LinearRegionItem:
        """A region whose edges can be dragged; dragging inside it selects anew, as anywhere."""
        region = pg.LinearRegionItem(movable=False)
        region.setZValue(z)
        for line in region.lines:
            line.setMovable(True)
            line.setCursor(Qt.CursorShape.SplitHCursor)
            line.sigDragged.connect(self._move)
            line.sigPositionChangeFinished.connect(self._let_go)
        return region

    def _move(self, line: pg.InfiniteLine) -> None:
        if line.moving:
            self.edge_held.emit(True)
            self._take(line.parentItem())

    def _let_go(self, line: pg.InfiniteLine) -> None:
        """Take what the region shows now (a right click has put the edge back), and show what became of it."""
        self._take(line.parentItem())
        self.edge_held.emit(False)
        self.catch_up()

    def _take(self, region: pg.LinearRegionItem) -> None:
        """Tell the link what a region shows. A loop made from the selection stays with it."""
        link = self._link
        together = link.selection is not None and link.selection == link.loop
        is_loop = region is self.__dict__.get("loop")
        (link.set_loop if is_loop else link.select)(*region.getRegion())
        if is_loop and together and link.loop is not None:
            link.select(*link.loop)

    def _follow_cursor(self, time: float) -> None:
        self._show_line("cursor", time)

    def _follow_playhead(self, time: float) -> None:
        self._show_line("playhead", time)

    def _follow_hover(self, time: float, value: float, row_id: str) -> None:
        if not self.has_crosshair:
            time, value, row_id = NO_HOVER
        self._show_line("cross_time", time)
        self._show_line("cross_value", value if row_id == self._row_id else math.nan)

    def _follow_selection(self, selection: TimeSpan | None) -> None:
        self._show_region("selection", selection)

    def _follow_loop(self, loop: TimeSpan | None) -> None:
        self._show_region("loop", loop)

    def _show_line(self, name: str, at: float) -> None:
        on = math.isfinite(at)
        if self._is_seen and (on or name in self.__dict__):
            line: Line = getattr(self, name)
            _show(self._plot, line, on)
            if on:
                line.setValue(at)

    def _show_region(self, name: str, span: TimeSpan | None) -> None:
        if self._is_seen and (span is not None or name in self.__dict__):
            region: pg.LinearRegionItem = getattr(self, name)
            if any(line.moving for line in region.lines):
                return  # an edge that is dragged may lie beyond the other one, or beyond the file
            _show(self._plot, region, span is not None)
            if span is not None:
                region.setRegion(span)
