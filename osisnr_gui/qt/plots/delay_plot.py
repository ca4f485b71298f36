"""Whole-signal SI-SNR against the delay taken out of an estimate; click, drag or arrow keys choose another delay."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from osisnr_gui.core.pyramid import Pyramid
from osisnr_gui.core.reduce import polyline, upper_edge
from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, tabular_font, with_alpha
from osisnr_gui.qt.plots import axes
from osisnr_gui.qt.plots.geometry import Mapping
from osisnr_gui.qt.plots.painting import line_path, line_pen, paint_tag, tag_width
from osisnr_gui.qt.plots.safe_arrays import FloatArray

LEFT, RIGHT, TOP, BOTTOM = 56, 12, 8, 34
# Samples to each side in the plot of the surroundings.
NEAR = 24
LOWEST_DB, HIGHEST_DB = -60.0, 100.0
POINT_RADIUS, DOT_RADIUS = 4.0, 1.75
RANGE_OPACITY = 0.25  # of the values behind the highest of a pixel
TICK_SHARE = 0.45  # labels of delays are wider than those of values are tall
PEAK_WORDS, ZERO_WORDS = "peak", "as it is"


def value_range(si_snr_db: FloatArray) -> tuple[float, float]:
    """Round ends of an axis that shows the peak in full and of the rest what most delays have."""
    finite = np.minimum(si_snr_db[~np.isnan(si_snr_db) & (si_snr_db > -math.inf)], HIGHEST_DB)
    if not finite.size:
        return -40.0, 10.0
    low = 10.0 * math.floor(float(np.percentile(finite, 10.0)) / 10.0)
    high = 10.0 * math.ceil((float(finite.max()) + 3.0) / 10.0)
    return min(max(low, LOWEST_DB), high - 20.0), high


class DelayPlot(QWidget):
    """The curve over all delays in ms, or over the surroundings of the present one in samples (`near`).

    `moved` while the user chooses, `settled` once that is over; `hovered` with the delay under the pointer or None.
    """

    moved = Signal(int)
    settled = Signal()
    hovered = Signal(object)

    def __init__(self, theme: Theme, *, near: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._near = theme, near
        self._values: FloatArray = np.empty(0)
        self._pyramid = Pyramid(self._values)
        self._rate, self._colour = 1, 0
        self._peak: int | None = None
        self._taken = self._centre = 0
        self._dragged = False
        self._range = value_range(self._values)
        self._scale = axes.LinearScale("SI-SNR (dB)")
        self.setMinimumHeight(110)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        where = "around the present one" if near else "within half a second"
        self.setAccessibleName(f"Whole-signal SI-SNR against delay, {where}")

    @property
    def mapping(self) -> Mapping:
        """Delay in samples and SI-SNR <-> pixels."""
        reach = self.reach
        if self._near:
            centre = min(max(self._centre, NEAR - reach), reach - NEAR) if reach > NEAR else 0
            t0, t1 = centre - NEAR - 0.5, centre + NEAR + 0.5
        else:
            t0, t1 = -max(reach, 1), max(reach, 1)
        width, height = max(self.width() - LEFT - RIGHT, 1), max(self.height() - TOP - BOTTOM, 1)
        return Mapping(LEFT, TOP, width, height, t0, t1, *self._range, self.devicePixelRatioF())

    @property
    def reach(self) -> int:
        """The longest delay either way, in samples."""
        return self._values.size // 2

    def show_curve(self, si_snr_db: FloatArray, rate: int, peak: int | None, colour: int) -> None:
        """The values for the delays from -reach to reach (2*reach + 1,), and where the peak is."""
        self._range = value_range(si_snr_db)
        self._values = np.clip(si_snr_db, 2 * LOWEST_DB, HIGHEST_DB)
        self._pyramid = Pyramid(self._values)
        self._rate, self._peak, self._colour = rate, peak, colour
        self.update()

    def show_taken(self, samples: int) -> None:
        """The delay that is taken out."""
        self._taken = samples
        if not self._dragged and abs(samples - self._centre) > NEAR // 2:
            self._centre = samples
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another look."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """Small."""
        return QSize(560, 160)

    def delay_at(self, x: float) -> int:
        """The delay at a pixel; where many share one, that with the highest value."""
        m = self.mapping
        first, last = math.ceil(m.time_at(x - 0.5)), math.floor(m.time_at(x + 0.5))
        wanted = round(m.time_at(x))
        values = self._values[max(first + self.reach, 0) : max(last + self.reach + 1, 0)]
        if values.size > 1 and not np.isnan(values).all():
            wanted = max(first, -self.reach) + int(np.nanargmax(values))
        return min(max(wanted, -self.reach), self.reach)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Grid, axes, marks, curve."""
        painter, m, theme = QPainter(self), self.mapping, self._theme
        painter.fillRect(self.rect(), QColor(theme.background))
        values, delays = self._scale.ticks(m.lo, m.hi, m.height), self._delay_ticks(m)
        axes.paint_grid(painter, m, theme, delays, values)
        axes.paint_value_axis(painter, m, theme, self._scale.title, values)
        self._paint_delay_axis(painter, m, delays)
        painter.save()
        painter.setClipRect(m.rect)
        self._paint_curve(painter, m)
        painter.restore()
        self._paint_marks(painter, m)
        if self.hasFocus():
            painter.setPen(line_pen(theme.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(m.rect)
        painter.end()

    def _delay_ticks(self, m: Mapping) -> Sequence[axes.Tick]:
        unit = 1.0 if self._near else 1000.0 / self._rate
        ticks = axes.LinearScale().ticks(m.t0 * unit, m.t1 * unit, TICK_SHARE * m.width)
        return [axes.Tick(tick.value / unit, tick.label) for tick in ticks]

    def _paint_delay_axis(self, painter: QPainter, m: Mapping, ticks: Sequence[axes.Tick]) -> None:
        line = axes.paint_lower_labels(painter, m, self._theme, ticks, self.width())
        box = QRectF(m.left, m.bottom + 3 + line, m.width, line)
        unit = "samples" if self._near else "ms"
        for side, words in (("Left", "← early"), ("HCenter", f"delay ({unit})"), ("Right", "late →")):
            painter.drawText(box, Qt.AlignmentFlag[f"Align{side}"], words)

    def _paint_curve(self, painter: QPainter, m: Mapping) -> None:
        if not self._values.size:
            return
        style, where = self._theme.estimate(self._colour), (-self.reach, 1.0, m.t0, m.t1, m.columns)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if not self._near:
            delays, values = polyline(self._pyramid, *where)
            painter.setPen(line_pen(with_alpha(style.colour, RANGE_OPACITY)))
            painter.drawPath(line_path(m.xs_of(delays), m.ys_of(values)))
        painter.setPen(line_pen(style.colour))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        delays, values = upper_edge(self._pyramid, *where)
        xs, ys = m.xs_of(delays), m.ys_of(values)
        painter.drawPath(line_path(xs, ys))
        if self._near:
            painter.setBrush(QColor(style.colour))
            for x, y in zip(xs[~np.isnan(ys)].tolist(), ys[~np.isnan(ys)].tolist(), strict=True):
                painter.drawEllipse(QPointF(x, y), DOT_RADIUS, DOT_RADIUS)

    def _paint_marks(self, painter: QPainter, m: Mapping) -> None:
        """Upright lines at no delay, the peak and the present delay, and a point on the curve for the last."""
        self._paint_mark(painter, m, 0, ZERO_WORDS, 0)
        if self._peak:
            self._paint_mark(painter, m, self._peak, PEAK_WORDS, 1)
        x, theme = m.x_at(self._taken), self._theme
        if x is None:
            return
        painter.setPen(line_pen(theme.accent))
        painter.drawLine(QPointF(x, m.top), QPointF(x, m.bottom))
        value = self._values[self._taken + self.reach] if abs(self._taken) <= self.reach and self.reach else math.nan
        if not math.isnan(value):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.accent))
            painter.drawEllipse(QPointF(x, min(m.y_of(value), m.bottom)), POINT_RADIUS, POINT_RADIUS)

    def _paint_mark(self, painter: QPainter, m: Mapping, delay: int, words: str, line: int) -> None:
        """A dashed line with its name: where the curve is not, and two of them on lines of their own."""
        x = m.x_at(delay)
        if x is None:
            return
        painter.setPen(line_pen(self._theme.muted, (3.0, 3.0)))
        painter.drawLine(QPointF(x, m.top), QPointF(x, m.bottom))
        width, height = tag_width(words), QFontMetricsF(tabular_font(SMALL_FONT_PIXELS)).height()
        left = x + 4 if x + 4 + width < m.right else x - 4 - width
        top = m.bottom - (line + 1) * (height + 2) if self._near else m.top + 2 + line * (height + 2)
        paint_tag(painter, QRectF(left, top, width, height), words, self._theme.muted, self._theme)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the delay under the pointer."""
        self._choose(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on choosing while the button is held; else say what is there."""
        self._choose(event)
        if self._values.size:
            self.hovered.emit(self.delay_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """That is the one."""
        if event.button() == Qt.MouseButton.LeftButton and self._dragged:
            self._dragged = False
            self.show_taken(self._taken)
            self.settled.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer."""
        self.hovered.emit(None)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows: one sample; ten with Shift, a millisecond with Ctrl."""
        direction = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if direction is None or not self._values.size:
            super().keyPressEvent(event)
            return
        held, step = event.modifiers(), 1
        if held & Qt.KeyboardModifier.ControlModifier:
            step = max(1, round(self._rate / 1000))
        elif held & Qt.KeyboardModifier.ShiftModifier:
            step = 10
        self.moved.emit(min(max(self._taken + direction * step, -self.reach), self.reach))

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """A key that repeats itself chooses when it is let go."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and not event.isAutoRepeat():
            self.settled.emit()
        else:
            super().keyReleaseEvent(event)

    def _choose(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._values.size:
            self._dragged = True
            delay = self.delay_at(event.position().x())
            if delay != self._taken:
                self.moved.emit(delay)
