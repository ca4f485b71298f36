"""Lines and regions that move over a row: cursor, playhead, crosshair, selection, loop. All are pyqtgraph's own."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt, Signal

from osisnr_gui.qt.look.theme import Theme, with_alpha
from osisnr_gui.qt.plots.items.line import Line
from osisnr_gui.qt.plots.time_link import NO_HOVER, TimeLink, TimeSpan

PLAYHEAD_WIDTHS = (5, 3)
CURSOR_WIDTHS = (3, 1)


def _show(plot: pg.PlotItem, item: pg.GraphicsObject, on: bool) -> bool:
    """Have an item on the plot only while it shows something: there it hears of all changes of the range."""
    if on and item.scene() is None:
        plot.addItem(item, ignoreBounds=True)
    elif not on and item.scene() is not None:
        plot.removeItem(item)
    return on


class UprightLine(Line):
    """A line at a time, on its plot only while there is one; over a broader line in the ground's colour."""

    def __init__(self, plot: pg.PlotItem, widths: tuple[int, int], z: float) -> None:
        super().__init__(angle=90)
        self._plot, self._widths = plot, widths
        self.setZValue(z)

    def follow(self, time: float) -> None:
        """Show the line here, NaN: nowhere."""
        if _show(self._plot, self, math.isfinite(time)):
            self.setValue(time)

    def set_theme(self, theme: Theme) -> None:
        """Apply a theme."""
        broad, narrow = self._widths
        halo = pg.mkPen(with_alpha(theme.background, 0.7), width=broad)
        self.set_pens(pg.mkPen(theme.text, width=narrow), halo)


class TimeMarks(QObject):
    """The marks of one row, following a TimeLink; the edges of selection and loop can be dragged."""

    edge_held = Signal(bool)

    def __init__(self, plot: pg.PlotItem, link: TimeLink, row_id: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._plot, self._link, self._row_id = plot, link, row_id
        self._crosshair = True
        self.selection, self.loop = self._region(self._select), self._region(self._set_loop)
        self.cursor, self.playhead = UprightLine(plot, CURSOR_WIDTHS, 12.0), UprightLine(plot, PLAYHEAD_WIDTHS, 16.0)
        self.cross_time, self.cross_value = Line(angle=90), Line(angle=0)
        for z, item in ((10, self.selection), (11, self.loop), (14, self.cross_time), (15, self.cross_value)):
            item.setZValue(z)
        link.selection_changed.connect(self._follow_selection)
        link.loop_changed.connect(self._follow_loop)
        link.hover_changed.connect(self._follow_hover)
        link.cursor_changed.connect(self._follow_cursor)
        link.playhead_changed.connect(self._follow_playhead)
        self.catch_up()

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
        self._crosshair = on
        self._follow_hover(*self._link.hover)

    def set_theme(self, theme: Theme) -> None:
        """Apply a theme."""
        self.selection.setBrush(with_alpha(theme.accent, theme.selection_opacity))
        self.loop.setBrush(None)
        for region, pen in (
            (self.selection, pg.mkPen(with_alpha(theme.accent, 0.8))),
            (self.loop, pg.mkPen(theme.text, width=2)),
        ):
            for line in region.lines:
                line.setPen(pen)
                line.setHoverPen(pg.mkPen(theme.accent, width=2))
        self.cursor.set_theme(theme)
        self.playhead.set_theme(theme)
        for line in (self.cross_time, self.cross_value):
            line.setPen(pg.mkPen(with_alpha(theme.text, 0.55)))
        box = self._plot.getViewBox().rbScaleBox
        box.setPen(pg.mkPen(theme.accent))
        box.setBrush(with_alpha(theme.accent, theme.selection_opacity))

    def _region(self, moved: object) -> pg.LinearRegionItem:
        """A region whose edges can be dragged; dragging inside it selects anew, as anywhere."""
        region = pg.LinearRegionItem(movable=False)
        for line in region.lines:
            line.setMovable(True)
            line.setCursor(Qt.CursorShape.SplitHCursor)
            line.sigDragged.connect(moved)
            line.sigPositionChangeFinished.connect(self._let_go)
        return region

    def _select(self, line: pg.InfiniteLine) -> None:
        if line.moving:
            self.edge_held.emit(True)
            self._link.select(*self.selection.getRegion())

    def _set_loop(self, line: pg.InfiniteLine) -> None:
        if line.moving:
            self.edge_held.emit(True)
            # A loop made from the selection stays with it.
            together = self._link.selection is not None and self._link.selection == self._link.loop
            self._link.set_loop(*self.loop.getRegion())
            if together and self._link.loop is not None:
                self._link.select(*self._link.loop)

    def _let_go(self, _line: pg.InfiniteLine) -> None:
        self.edge_held.emit(False)

    def _follow_cursor(self, time: float) -> None:
        if self._is_seen:
            self.cursor.follow(time)

    def _follow_playhead(self, time: float) -> None:
        if self._is_seen:
            self.playhead.follow(time)

    def _follow_selection(self, selection: TimeSpan | None) -> None:
        self._show_region(self.selection, selection)

    def _follow_loop(self, loop: TimeSpan | None) -> None:
        self._show_region(self.loop, loop)

    def _follow_hover(self, time: float, value: float, row_id: str) -> None:
        if not self._is_seen:
            return
        if not self._crosshair:
            time, value, row_id = NO_HOVER
        self._show_line(self.cross_time, time)
        self._show_line(self.cross_value, value if row_id == self._row_id else math.nan)

    def _show_line(self, line: Line, at: float) -> None:
        if _show(self._plot, line, math.isfinite(at)):
            line.setValue(at)

    def _show_region(self, region: pg.LinearRegionItem, span: TimeSpan | None) -> None:
        if not self._is_seen:
            return
        moving = any(line.moving for line in region.lines)  # then its edges may lie the other way round
        if _show(self._plot, region, span is not None) and not moving:
            region.setRegion(span)
