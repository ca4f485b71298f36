"""What a frame must not cross: a line to drag, or a curve the frames are held against."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from osisnr_gui.core.pyramid import Pyramid
from osisnr_gui.core.reduce import is_crowded, polyline, summary_per_column
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.geometry import Mapping
from osisnr_gui.qt.plots.painting import lay_tags, line_path, line_pen, paint_level, paint_tag
from osisnr_gui.qt.plots.plot_row import PlotRow
from osisnr_gui.qt.plots.safe_arrays import FloatArray

GRAB_PIXELS = 5.0
DASHES = (6.0, 4.0)


class LimitLine:
    """A dashed level with its words, to be dragged; hidden while the level is NaN."""

    cursor = Qt.CursorShape.SplitVCursor

    def __init__(self, row: PlotRow, words: Callable[[float], str], moved: Callable[[float], None]) -> None:
        self._row, self._words, self._moved = row, words, moved
        self.level = math.nan
        row.add_layer(self)
        row.add_handle(self)

    def show_level(self, level: float) -> None:
        """Put the line here; nothing is said."""
        if level != self.level and not (math.isnan(level) and math.isnan(self.level)):
            self.level = level
            self._row.refresh()

    def paint(self, painter: QPainter, m: Mapping, theme: Theme) -> None:
        """Line and label."""
        if math.isfinite(self.level):
            paint_level(painter, m, self.level, line_pen(theme.bad, DASHES))
            text = self._words(self.level)
            (box,) = lay_tags(m, [(self.level, text)])
            paint_tag(painter, box, text, theme.bad, theme)

    def hit(self, m: Mapping, pos: QPointF) -> bool:
        """Whether the pointer is on the line."""
        return math.isfinite(self.level) and abs(m.y_of(self.level) - pos.y()) <= GRAB_PIXELS

    def drag(self, m: Mapping, pos: QPointF) -> None:
        """Follow the pointer, in steps a pixel can tell apart."""
        digits = 1 - math.floor(math.log10(max((m.hi - m.lo) / m.height, 1e-12)))
        level = round(min(max(m.value_at(pos.y()), m.lo), m.hi), max(digits - 1, 0))
        if level != self.level:
            self.show_level(level)
            self._moved(level)

    def release(self) -> None:
        """Nothing more to say: every move was said."""


class LimitCurve:
    """A dashed curve under which frames are bad; NaN stays a gap."""

    def __init__(self, row: PlotRow) -> None:
        self._row = row
        self._t0, self._dt = 0.0, 1.0
        self._values = Pyramid(np.empty(0))
        row.add_layer(self)

    def show_curve(self, t0: float, dt: float, values: FloatArray) -> None:
        """Draw these, ``values[i]`` at ``t0 + i * dt``; an empty array draws nothing."""
        if values is not self._values.values and (values.size or self._values.size):
            self._t0, self._dt, self._values = t0, dt, Pyramid(values)
            self._row.refresh()

    def paint(self, painter: QPainter, m: Mapping, theme: Theme) -> None:
        """The curve, or its mean where many frames share a pixel."""
        if not self._values.size:
            return
        where = (self._t0, self._dt, m.t0, m.t1, m.columns)
        if is_crowded(self._dt, m.t0, m.t1, m.columns):
            times, _, _, values = summary_per_column(self._values, *where)
        else:
            times, values = polyline(self._values, *where)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(line_pen(theme.bad, DASHES))
        painter.drawPath(line_path(m.xs_of(times), m.ys_of(values)))
