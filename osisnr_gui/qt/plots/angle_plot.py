"""The angle between two columns, drawn as what OSI-SNR makes of it: a right-angled triangle.

The scaled reference λs is the longest side and the estimate e one of the others; the noise e − λs, upright on e, is the
third. Whatever the angle, the tip of e moves on the half circle over λs, so the picture never leaves its frame.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, tabular_font, with_alpha
from osisnr_gui.qt.panels.plain_text import tooltip
from osisnr_gui.qt.plots.painting import line_pen

MARGIN, LABEL = 10.0, 15.0
ARROW = 7.0
SHORT = 0.35  # an estimate's vector with less than this part of the length of λs
ARC = 0.22  # radius of the angle's arc, as a part of λs
TIP = (
    "The two columns as vectors: the scaled reference λs along the base, the estimate e at the angle θ to it, and the "
    "noise e − λs upright on e. OSI-SNR = |λs|²/|e − λs|² = 1/sin²θ: 0° is the same but for level, 90° has nothing "
    "in common (0 dB)."
)


def tip_of(angle: float) -> tuple[float, float]:
    """Where the estimate ends, with λs from (0, 0) to (1, 0); `angle` in degrees."""
    theta = math.radians(angle)
    return math.cos(theta) ** 2, math.sin(theta) * math.cos(theta)


class AnglePlot(QWidget):
    """The triangle of λs, e and e − λs, with the angle and the OSI-SNR it means."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._angle = math.nan
        self._colour = 0
        self._names = ("", "", "")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setToolTip(tooltip(TIP))

    def show_angle(self, degrees: float, words: str, osi_words: str, *, colour: int, reversed_: bool = False) -> None:
        """Draw an angle (nan: none), named by `words`; the OSI-SNR it means goes below. `reversed_`: λ is below 0."""
        shown = (words, osi_words, "−λs" if reversed_ else "λs")
        if repr((degrees, colour, shown)) != repr((self._angle, self._colour, self._names)):
            self._angle, self._colour, self._names = degrees, colour, shown
            self.setAccessibleName(f"angle {words}, {osi_words}")
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another look."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """Twice as wide as high, and a line of words."""
        return QSize(140, 105)

    def minimumSizeHint(self) -> QSize:
        """The same, narrower."""
        return QSize(100, 90)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Half circle, triangle, angle, words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(tabular_font(SMALL_FONT_PIXELS))
        metrics = QFontMetricsF(painter.font())
        words_box = QRectF(0, self.height() - LABEL, self.width(), LABEL)
        painter.setPen(QColor(self._theme.text))
        words = " · ".join(filter(None, self._names[:2]))
        if metrics.horizontalAdvance(words) > self.width():
            words = self._names[0]
        painter.drawText(words_box, Qt.AlignmentFlag.AlignCenter, words)
        length = max(min(self.width() - 2 * MARGIN, 2 * (self.height() - 2 * LABEL - MARGIN - 6)), 20.0)
        left = (self.width() - length) / 2
        base = QPointF(left, self.height() - 2 * LABEL - 2)
        self._paint_circle(painter, base, length)
        if math.isfinite(self._angle):
            self._paint_triangle(painter, metrics, base, length)
        painter.end()

    def _paint_circle(self, painter: QPainter, base: QPointF, length: float) -> None:
        painter.setPen(line_pen(self._theme.grid))
        painter.drawArc(QRectF(base.x(), base.y() - length / 2, length, length), 0, 180 * 16)

    def _paint_triangle(self, painter: QPainter, metrics: QFontMetricsF, base: QPointF, length: float) -> None:
        theme, angle = self._theme, self._angle
        x, y = tip_of(angle)
        end, tip = base + QPointF(length, 0), base + QPointF(x * length, -y * length)
        estimate = theme.estimate(self._colour).colour
        painter.setPen(QPen(QColor(theme.bad), 1.6, Qt.PenStyle.DashLine))
        painter.drawLine(end, tip)
        _paint_vector(painter, base, end, theme.text)
        if math.cos(math.radians(angle)) < SHORT:
            # So short beside λs that its direction is hard to see: a ray shows it.
            turn = math.radians(angle)
            painter.setPen(line_pen(estimate, (2.0, 3.0)))
            painter.drawLine(base, base + QPointF(math.cos(turn), -math.sin(turn)) * (0.5 * length))
        _paint_vector(painter, base, tip, estimate)
        painter.setPen(QPen(with_alpha(theme.text, 0.7), 1))
        radius = ARC * length
        painter.drawArc(QRectF(base.x() - radius, base.y() - radius, 2 * radius, 2 * radius), 0, round(16 * angle))
        name = self._names[2]
        painter.setPen(QColor(theme.text))
        painter.drawText(QPointF(end.x() - metrics.horizontalAdvance(name) - 2, base.y() + metrics.ascent() + 2), name)
        painter.setPen(QColor(estimate))
        above = base + (tip - base) * 0.62 + QPointF(-9, -4) if y * length > 10 else base + QPointF(-9, -6)
        painter.drawText(above, "e")
        if y * length > 14:
            width = metrics.horizontalAdvance("e − λs")
            middle = tip + (end - tip) * 0.45 + QPointF(5, -2)
            painter.setPen(QColor(theme.bad))
            # Beside the leg where there is room, else over the picture's edge.
            painter.drawText(QPointF(min(middle.x(), self.width() - width), min(middle.y(), tip.y() - 4)), "e − λs")


def _paint_vector(painter: QPainter, start: QPointF, stop: QPointF, colour: str) -> None:
    """A line with an arrow head."""
    painter.setPen(QPen(QColor(colour), 2))
    painter.drawLine(start, stop)
    along = stop - start
    size = math.hypot(along.x(), along.y())
    if size < 2 * ARROW:
        return
    ux, uy = along.x() / size, along.y() / size
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    half = 0.45 * ARROW
    foot = stop - QPointF(ux, uy) * ARROW
    painter.drawPolygon([stop, foot + QPointF(-uy, ux) * half, foot - QPointF(-uy, ux) * half])
    painter.setBrush(Qt.BrushStyle.NoBrush)
