"""How often values occur in masks: one outline of counts for each, over the same bins, with its range marked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from osisnr_gui.core.types import IntArray
from osisnr_gui.qt.look.theme import Theme, with_alpha
from osisnr_gui.qt.panels.plain_text import tooltip
from osisnr_gui.qt.plots import axes
from osisnr_gui.qt.plots.geometry import Mapping
from osisnr_gui.qt.plots.painting import line_path, line_pen, round_up
from osisnr_gui.session import words

LEFT, RIGHT, TOP, BOTTOM = 62, 10, 8, 34
FILL = 0.18
TIP = (
    "Cells in each of 80 equal steps, the same for all masks. Grey outline: the reference; in the estimate's colour: "
    "the estimate in view. Triangles: lowest and highest value."
)
MARK = 5.0  # half width of a triangle at the end of a range
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, eq=False)
class Outline:
    """Counts of one mask, its lowest and highest value, and how it is drawn."""

    counts: IntArray
    low: float
    high: float
    colour: str
    dash: tuple[float, ...] = ()


class HistogramPlot(QWidget):
    """Counts by value; `bin_hovered` gives the bin under the pointer, −1 for none."""

    bin_hovered = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._range = (0.0, 1.0)
        self._outlines: tuple[Outline, ...] = ()
        self._log = True
        self._hovered = -1
        self.setMouseTracking(True)
        self.setMinimumHeight(140)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("How often each value occurs in the masks")
        self.setToolTip(tooltip(TIP))

    @property
    def mapping(self) -> Mapping:
        """Value, and count or its logarithm, <-> pixels."""
        most = max((int(outline.counts.max(initial=0)) for outline in self._outlines), default=1)
        top = math.log10(max(most, 1)) + 0.3 if self._log else round_up(1.1 * max(most, 1))
        low = -0.3 if self._log else 0.0  # one cell still has a height
        width, height = max(self.width() - LEFT - RIGHT, 1), max(self.height() - TOP - BOTTOM, 1)
        return Mapping(LEFT, TOP, width, height, *self._range, low, top, self.devicePixelRatioF())

    def show_outlines(self, low: float, high: float, outlines: Sequence[Outline]) -> None:
        """Draw counts in equal bins from low to high."""
        self._range, self._outlines = (low, high), tuple(outlines)
        self.update()

    def set_log(self, on: bool) -> None:
        """Counts on a logarithmic or a linear axis."""
        self._log = on
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another look."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """Small."""
        return QSize(260, 190)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say which bin is under the pointer."""
        m, n = self.mapping, self._n_bins
        at = event.position()
        place = (at.x() - m.left) / m.width
        self._hover(int(place * n) if n and 0 <= place < 1 and m.top <= at.y() <= m.bottom else -1)

    def leaveEvent(self, _event: QEvent) -> None:
        """None any more."""
        self._hover(-1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Grid, the bin under the pointer, outlines, ranges."""
        painter, m, theme = QPainter(self), self.mapping, self._theme
        painter.fillRect(self.rect(), QColor(theme.background))
        counts = _powers(m.hi) if self._log else _whole_ticks(m)
        values = axes.LinearScale().ticks(m.t0, m.t1, m.width * 0.6)
        axes.paint_grid(painter, m, theme, values, counts)
        axes.paint_value_axis(painter, m, theme, "Cells", counts)
        self._paint_values_axis(painter, m, values)
        if self._hovered >= 0 and self._n_bins:
            step = m.width / self._n_bins
            painter.fillRect(QRectF(m.left + self._hovered * step, m.top, step, m.height), QColor(theme.hover))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for outline in self._outlines:
            self._paint_outline(painter, m, outline)
        painter.end()

    @property
    def _n_bins(self) -> int:
        return self._outlines[0].counts.size if self._outlines else 0

    def _hover(self, index: int) -> None:
        if index != self._hovered:
            self._hovered = index
            self.bin_hovered.emit(index)
            self.update()

    def _paint_values_axis(self, painter: QPainter, m: Mapping, ticks: Sequence[axes.Tick]) -> None:
        line = axes.paint_lower_labels(painter, m, self._theme, ticks, self.width(), gap=6.0)
        name = QRectF(m.left, m.bottom + 4 + line, m.width, line)
        painter.drawText(name, Qt.AlignmentFlag.AlignCenter, "Value")

    def _paint_outline(self, painter: QPainter, m: Mapping, outline: Outline) -> None:
        """Steps, filled faintly; triangles under the axis at the lowest and the highest value."""
        counts = outline.counts.astype(np.float64)
        heights = np.log10(np.maximum(counts, 10.0**m.lo)) if self._log else counts
        edges = np.linspace(m.left, m.left + m.width, counts.size + 1)
        xs = np.repeat(edges, 2)
        ys = np.concatenate(([m.bottom], np.repeat(m.ys_of(heights), 2), [m.bottom]))
        path = line_path(xs, ys)
        painter.fillPath(path, with_alpha(outline.colour, FILL))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(line_pen(outline.colour, outline.dash))
        painter.drawPath(path)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(outline.colour))
        for value in (outline.low, outline.high):
            x = m.x_of(min(max(value, m.t0), m.t1))
            painter.drawPolygon(
                [QPointF(x, m.bottom), QPointF(x - MARK, m.bottom + 6), QPointF(x + MARK, m.bottom + 6)]
            )


def _powers(top: float) -> list[axes.Tick]:
    """1, 10, 100, then powers, up to 10**top."""
    words_of = ("1", "10", "100")
    steps = range(int(max(top, 0.0)) + 1)
    return [axes.Tick(float(n), words_of[n] if n < 3 else f"10{str(n).translate(SUPERSCRIPTS)}") for n in steps]


def _whole_ticks(m: Mapping) -> list[axes.Tick]:
    ticks = axes.LinearScale().ticks(m.lo, m.hi, m.height)
    return [axes.Tick(t.value, words.count(round(t.value))) for t in ticks if t.value == round(t.value)]
