"""Both columns of one frame over frequency, bins or time: the scaled reference, the estimate, and what is left."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from osisnr_gui.core.pyramid import Pyramid
from osisnr_gui.core.reduce import polyline
from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, tabular_font, with_alpha
from osisnr_gui.qt.plots import axes
from osisnr_gui.qt.plots.geometry import Mapping
from osisnr_gui.qt.plots.painting import area_image, edge_per_column, line_path, line_pen, round_up
from osisnr_gui.qt.plots.safe_arrays import FloatArray, safe_array
from osisnr_gui.session import words
from osisnr_gui.session.inspection.curves import FrameCurves

LEFT, RIGHT, TOP, BOTTOM = 36, 6, 16, 17
SPAN_DB = 90.0
#: The value axis stays while the highest value is between these: no jump from frame to frame.
KEEP_DB = 30.0
KEEP_LOW, KEEP_HIGH = 0.3, 1.0
SAMPLE, PAD = 12.0, 4.0


class FrameSpectrum(QWidget):
    """Three curves, their names, and the values under the pointer."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._curves: FrameCurves | None = None
        self._lines: tuple[FloatArray, ...] = ()
        self._colour = 0
        self._range = (0.0, 1.0)
        self._pointer = math.nan
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Reference, estimate and noise of the frame")

    @property
    def mapping(self) -> Mapping:
        """Frequency (bin, time) and value <-> pixels."""
        n = self._lines[1].size if self._lines else 2
        step = self._curves.step if self._curves else 1.0
        width, height = max(self.width() - LEFT - RIGHT, 1), max(self.height() - TOP - BOTTOM, 1)
        low, high = self._range
        return Mapping(LEFT, TOP, width, height, 0.0, max(n - 1, 1) * step, low, high, self.devicePixelRatioF())

    def show_curves(self, curves: FrameCurves | None, colour: int) -> None:
        """Draw a frame's curves, the estimate in its colour; None draws an empty plot."""
        new_kind = curves is None or self._curves is None or _kind(curves) != _kind(self._curves)
        self._curves, self._colour = curves, colour
        self._lines = ()
        if curves is not None:
            # -inf is a level under every floor, not a gap.
            low = -1e3 if curves.in_db else -np.inf
            every = (curves.reference, curves.estimate, curves.error)
            self._lines = tuple(safe_array(np.maximum(values, low)) for values in every)
            self._follow_data(curves, keep=not new_kind)
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another look."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """Small."""
        return QSize(260, 140)

    def minimumSizeHint(self) -> QSize:
        """Smaller."""
        return QSize(160, 110)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The values here."""
        self._point_at(event.position().x())

    def leaveEvent(self, _event: QEvent) -> None:
        """No values."""
        self._point_at(math.nan)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Grid, axes, curves, names or values."""
        painter, m, theme = QPainter(self), self.mapping, self._theme
        painter.fillRect(self.rect(), QColor(theme.background))
        if self._curves is not None:
            self._paint_axes(painter, m, self._curves)
            self._paint_lines(painter, m)
            self._paint_words(painter, m, self._curves)
        painter.end()

    def _follow_data(self, curves: FrameCurves, *, keep: bool) -> None:
        found = [values[np.isfinite(values)] for values in self._lines]
        signed = any(values.size and values.min() < 0 for values in found)
        # The noise may be far larger than both columns where they have little in common: they set the scale.
        tops = [float((values if curves.in_db else np.abs(values)).max()) for values in found[:2] if values.size]
        top, high = max(tops, default=0.0), self._range[1]
        if curves.in_db:
            if not (keep and high - KEEP_DB <= top <= high):
                high = max(10.0 * math.ceil(top / 10.0 + 0.2), -200.0)
            self._range = high - SPAN_DB, high
            return
        if not (keep and KEEP_LOW * high <= top <= KEEP_HIGH * high):
            high = round_up(1.15 * top)
        self._range = -high if signed else 0.0, high

    def _paint_axes(self, painter: QPainter, m: Mapping, curves: FrameCurves) -> None:
        values = axes.LinearScale().ticks(m.lo, m.hi, m.height)
        scale = 1000.0 if curves.unit == "Hz" and m.t1 >= 2000.0 else 1.0
        places = axes.LinearScale().ticks(0.0, m.t1 / scale, m.width / 1.4)
        places = [axes.Tick(tick.value * scale, tick.label) for tick in places]
        axes.paint_grid(painter, m, self._theme, places, values)
        painter.setFont(tabular_font(SMALL_FONT_PIXELS))
        metrics = QFontMetricsF(painter.font())
        painter.setPen(QColor(self._theme.muted))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        half, last = metrics.height() / 2, math.inf
        for tick in sorted(values, key=lambda t: t.value):
            y = min(max(m.y_of(tick.value), m.top + half - 3), m.bottom - half + 3)
            if y <= last - metrics.height():
                painter.drawText(QRectF(0, y - half, LEFT - 4, 2 * half), right, tick.label)
                last = y
        unit = "kHz" if scale > 1 else curves.unit
        for tick in places:
            text = f"{tick.label} {unit}" if tick is places[-1] else tick.label
            width = metrics.horizontalAdvance(text)
            x = min(m.x_of(tick.value) - metrics.horizontalAdvance(tick.label) / 2, self.width() - width)
            painter.drawText(QPointF(x, m.bottom + 2 + metrics.ascent()), text)

    def _paint_lines(self, painter: QPainter, m: Mapping) -> None:
        assert self._curves is not None
        theme, step = self._theme, self._curves.step
        painter.setClipRect(m.rect)
        reference, estimate, error = (
            polyline(Pyramid(values), 0.0, step, m.t0, m.t1, m.columns) for values in self._lines
        )
        if (error[0].size and m.lo >= 0.0) or self._curves.in_db:
            area = [(edge_per_column(m, *error), with_alpha(theme.bad, theme.bad_opacity))]
            painter.drawImage(m.rect, area_image(m, area))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = (theme.bad, theme.text, theme.estimate(self._colour).colour)
        for (places, values), colour in zip((error, reference, estimate), colours, strict=True):
            painter.setPen(line_pen(colour))
            painter.drawPath(line_path(m.xs_of(places), m.ys_of(values)))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setClipping(False)

    def _paint_words(self, painter: QPainter, m: Mapping, curves: FrameCurves) -> None:
        """Above the plot: the unit and the curves' names, or the values under the pointer."""
        index = round(m.time_at(self._pointer) / curves.step) if math.isfinite(self._pointer) else -1
        pointed = 0 <= index < self._lines[1].size
        if pointed:
            x = round(m.x_of(index * curves.step))
            painter.setPen(with_alpha(self._theme.text, 0.55))
            painter.drawLine(QPointF(x, m.top), QPointF(x, m.bottom))
        painter.setFont(tabular_font(SMALL_FONT_PIXELS))
        metrics = QFontMetricsF(painter.font())
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(QRectF(PAD, 0, 1, TOP), middle, _place(index, curves) if pointed else curves.title)
        colours = (self._theme.text, self._theme.estimate(self._colour).colour, self._theme.bad)
        x = self.width() - PAD
        for name, values, colour in reversed(list(zip(curves.names, self._lines, colours, strict=True))):
            if name:
                text = f"{name} {self._value(float(values[index]))}" if pointed else name
                width = metrics.horizontalAdvance(text)
                painter.setPen(QColor(self._theme.text))
                painter.drawText(QRectF(x - width, 0, width, TOP), middle, text)
                painter.fillRect(QRectF(x - width - SAMPLE, TOP / 2 - 1, SAMPLE - PAD, 2), QColor(colour))
                x -= width + SAMPLE + PAD

    def _value(self, value: float) -> str:
        assert self._curves is not None
        if not self._curves.in_db:
            return words.loss(value)
        return words.number(value if value > -1e3 else -math.inf, 1)

    def _point_at(self, x: float) -> None:
        self._pointer = x
        self.update()


def _kind(curves: FrameCurves) -> tuple[object, ...]:
    return curves.unit, curves.title, curves.step, curves.estimate.size


def _place(index: int, curves: FrameCurves) -> str:
    """Where the pointer is, in the axis' own unit."""
    if curves.unit == "Hz":
        return words.hertz(index * curves.step)
    return f"bin {index}" if curves.unit == "bin" else f"{words.number(index * curves.step, 2)} ms"
