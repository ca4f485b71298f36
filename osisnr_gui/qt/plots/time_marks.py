"""Lines and regions that move over a row: cursor, playhead, crosshair, selection, loop. All are pyqtgraph's own."""

import math

import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt, Signal

from osisnr_gui.qt.look.theme import Theme, with_alpha
from osisnr_gui.qt.plots.items.lines import Line
from osisnr_gui.qt.plots.time_link import NO_HOVER, TimeLink, TimeSpan

#: Lines that are seen on any colour map, because they lie over a broader one: widths of both.
WIDTHS = {"cursor": (1, 3), "playhead": (3, 5)}
#: What lies over what.
Z_VALUES = {"selection": 10, "loop": 11, "cursor": 12, "cross_time": 14, "cross_value": 14, "playhead": 16}


class TimeMarks(QObject):
    """The marks of one row, following a TimeLink; the edges of selection and loop can be dragged.

    lines : "cursor" (where Play begins), "playhead" (what is heard now), "cross_time" and "cross_value" (the pointer).
    regions : "selection", and "loop", which is played over and over. Each is made when it is first shown: most rows
    never show most of them.
    """

    edge_held = Signal(bool)

    def __init__(self, plot: pg.PlotItem, link: TimeLink, theme: Theme, row_id: str | None) -> None:
        """`row_id` : of the row under the pointer the crosshair has both lines; None: here it has none."""
        super().__init__()
        self._plot, self._link, self._row_id, self._theme = plot, link, row_id, theme
        self.lines: dict[str, Line] = {}
        self.regions: dict[str, pg.LinearRegionItem] = {}
        self.scale = 1.0  # of the widths of lines
        self.is_seen = False  # while it is not, nothing is followed until `catch_up`
        for signal in (link.selection_changed, link.loop_changed, link.cursor_changed, link.playhead_changed):
            signal.connect(self._follow)
        link.hover_changed.connect(self._follow_hover)
        self.set_theme(theme)

    def catch_up(self) -> None:
        """Show what changed while the row was not seen: hidden rows do not follow."""
        self.is_seen = True
        self._follow()
        self._follow_hover(*self._link.hover)

    def set_theme(self, theme: Theme) -> None:
        """Make all marks anew in the colours of a theme."""
        self._theme = theme
        for mark in (*self.lines.values(), *self.regions.values()):
            if mark.scene() is not None:
                self._plot.removeItem(mark)
        self.lines, self.regions = {}, {}
        box = self._plot.getViewBox().rbScaleBox
        box.setPen(pg.mkPen(theme.accent))
        box.setBrush(with_alpha(theme.accent, theme.selection_opacity))
        if self.is_seen:
            self.catch_up()

    def _make_line(self, name: str) -> Line:
        theme, line = self._theme, Line(angle=0 if name == "cross_value" else 90)
        line.setZValue(Z_VALUES[name])
        if name in WIDTHS:
            width, broader = (math.ceil(self.scale * width) for width in WIDTHS[name])
            ground = with_alpha(theme.background, 0.7)
            line.set_pens(pg.mkPen(theme.text, width=width), pg.mkPen(ground, width=broader))
        else:
            line.setPen(pg.mkPen(with_alpha(theme.text, 0.55)))
        return line

    def _make_region(self, name: str) -> pg.LinearRegionItem:
        """A region whose edges can be dragged; dragging inside it selects anew, as anywhere."""
        theme, region = self._theme, pg.LinearRegionItem(movable=False)
        region.setZValue(Z_VALUES[name])
        chosen = name == "selection"
        region.setBrush(with_alpha(theme.accent, theme.selection_opacity) if chosen else None)
        pen = pg.mkPen(with_alpha(theme.accent, 0.8)) if chosen else pg.mkPen(theme.text, width=2)
        for line in region.lines:
            line.setPen(pen)
            line.setHoverPen(pg.mkPen(theme.accent, width=2))
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
        is_loop = region is self.regions.get("loop")
        (link.set_loop if is_loop else link.select)(*region.getRegion())
        if is_loop and together and link.loop is not None:
            link.select(*link.loop)

    def _follow(self, *_: object) -> None:
        """All but the pointer; what has not moved costs next to nothing."""
        selection, loop = self._link.selection, self._link.loop
        looped = selection is not None and loop is not None and math.isclose(sum(selection), sum(loop))
        # The edges of a loop round it say as much as a fill, which would grey the colours of what is bad inside.
        self._show("selection", None if looped else selection)
        self._show("loop", loop)
        self._show("cursor", self._link.cursor)
        self._show("playhead", self._link.playhead)

    def _follow_hover(self, time: float, value: float, row_id: str) -> None:
        if self._row_id is None or not self._link.has_crosshair:
            time, value, row_id = NO_HOVER
        self._show("cross_time", time)
        self._show("cross_value", value if row_id == self._row_id else math.nan)

    def _show(self, name: str, value: float | TimeSpan | None) -> None:
        """Have a mark on the plot only while it shows something: there it hears of all changes of the range."""
        on = isinstance(value, TimeSpan) or (value is not None and math.isfinite(value))
        is_region = name in ("selection", "loop")
        marks, make = (self.regions, self._make_region) if is_region else (self.lines, self._make_line)
        if not self.is_seen or not (on or name in marks):
            return
        mark = marks[name] = marks.get(name) or make(name)
        if is_region and any(line.moving for line in mark.lines):
            return  # an edge that is dragged may lie beyond the other one, or beyond the file
        if on and mark.scene() is None:
            self._plot.addItem(mark, ignoreBounds=True)
        elif not on and mark.scene() is not None:
            self._plot.removeItem(mark)
        if isinstance(value, TimeSpan):
            mark.setRegion(value)
        elif value is not None:
            mark.place(value)
