"""Lines and regions that move over a row: cursor, playhead, crosshair, selection, loop. All are pyqtgraph's own."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import QRectF

from osisnr_gui.qt.look.theme import Theme, with_alpha
from osisnr_gui.qt.plots.items.line import Line
from osisnr_gui.qt.plots.time_link import NO_HOVER, TimeLink, TimeSpan

PLAYHEAD_WIDTHS = (5, 3)
CURSOR_WIDTHS = (3, 1)


class RowMarks:
    """The marks of one row, following a TimeLink."""

    def __init__(self, plot: pg.PlotItem, link: TimeLink, row_id: str) -> None:
        self._plot, self._link, self._row_id = plot, link, row_id
        self._crosshair = True
        self.selection, self.loop = (pg.LinearRegionItem(movable=False, span=(0, 1)) for _ in range(2))
        # A broad line of the ground's colour under each: seen on any colour map.
        self.cursor, self.playhead = (tuple(Line(angle=90) for _ in range(2)) for _ in range(2))
        self.cross_time, self.cross_value = Line(angle=90), Line(angle=0)
        lines = (*self.cursor, self.cross_time, self.cross_value, *self.playhead)
        for z, item in enumerate((self.selection, self.loop, *lines)):
            item.setZValue(10 + z)
        link.selection_changed.connect(self._follow_selection)
        link.loop_changed.connect(self._follow_loop)
        link.hover_changed.connect(self._follow_hover)
        link.cursor_changed.connect(self._follow_cursor)
        link.playhead_changed.connect(self._follow_playhead)
        self._follow_selection(link.selection)
        self._follow_loop(link.loop)
        self._follow_cursor(link.cursor)

    def set_crosshair(self, on: bool) -> None:
        """Show or hide the crosshair."""
        self._crosshair = on
        self._follow_hover(*self._link.hover)

    def show_box(self, box: QRectF | None) -> None:
        """Show the zoom box over these pixels of the widget while it is dragged; None hides it."""
        view = self._plot.getViewBox()
        if box is None:
            view.rbScaleBox.hide()
        else:
            view.updateScaleBox(*(view.mapSceneToView(at) for at in (box.topLeft(), box.bottomRight())))

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
        for lines, widths in ((self.cursor, CURSOR_WIDTHS), (self.playhead, PLAYHEAD_WIDTHS)):
            for line, width, colour in zip(lines, widths, (with_alpha(theme.background, 0.7), theme.text), strict=True):
                line.setPen(pg.mkPen(colour, width=width))
        for line in (self.cross_time, self.cross_value):
            line.setPen(pg.mkPen(with_alpha(theme.text, 0.55)))
        box = self._plot.getViewBox().rbScaleBox
        box.setPen(pg.mkPen(theme.accent))
        box.setBrush(with_alpha(theme.accent, theme.selection_opacity))

    def _follow_selection(self, selection: TimeSpan | None) -> None:
        self._show_region(self.selection, selection)

    def _follow_loop(self, loop: TimeSpan | None) -> None:
        self._show_region(self.loop, loop)

    def _follow_cursor(self, time: float) -> None:
        for line in self.cursor:
            self._show_line(line, time)

    def _follow_playhead(self, time: float) -> None:
        for line in self.playhead:
            self._show_line(line, time)

    def _follow_hover(self, time: float, value: float, row_id: str) -> None:
        if not self._crosshair:
            time, value, row_id = NO_HOVER
        self._show_line(self.cross_time, time)
        self._show_line(self.cross_value, value if row_id == self._row_id else math.nan)

    def _show_line(self, line: Line, at: float) -> None:
        if self._put(line, math.isfinite(at)):
            line.setValue(at)

    def _show_region(self, region: pg.LinearRegionItem, span: TimeSpan | None) -> None:
        if self._put(region, span is not None):
            region.setRegion(span)

    def _put(self, item: pg.GraphicsObject, on: bool) -> bool:
        """Have an item on the plot only while it shows something: there it hears of all changes of the range."""
        if on and item.scene() is None:
            self._plot.addItem(item, ignoreBounds=True)
        elif not on and item.scene() is not None:
            self._plot.removeItem(item)
        return on
