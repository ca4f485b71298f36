"""MC-MSE against alpha: a small curve per estimate with the present point; click or drag to choose alpha."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots import axes
from osisnr_gui.qt.plots.geometry import Mapping
from osisnr_gui.qt.plots.painting import line_path, line_pen, round_up
from osisnr_gui.qt.plots.safe_arrays import FloatArray, safe_array, safe_arrays, safe_number

LEFT, RIGHT, TOP, BOTTOM = 56, 10, 6, 32
POINT_RADIUS = 3.5


class AlphaPlot(QWidget):
    """The curves, with the default alpha as a dashed line and the present one as a line with points."""

    alpha_requested = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._alphas: FloatArray = np.empty(0)
        self._curves: list[tuple[FloatArray, int]] = []
        self._alpha = self._default = math.nan
        self._top = 1.0
        self._scale = axes.LinearScale("MC-MSE")
        self.setMinimumHeight(110)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("MC-MSE against alpha")

    @property
    def mapping(self) -> Mapping:
        """Alpha and MC-MSE <-> pixels."""
        lo, hi = (self._alphas[0], self._alphas[-1]) if self._alphas.size > 1 else (0.0, 1.0)
        width, height = max(self.width() - LEFT - RIGHT, 1), max(self.height() - TOP - BOTTOM, 1)
        return Mapping(LEFT, TOP, width, height, float(lo), float(hi), 0.0, self._top, self.devicePixelRatioF())

    def show_alpha(
        self,
        alphas: npt.ArrayLike,
        curves: Sequence[tuple[npt.ArrayLike, int]],
        alpha: float,
        default_alpha: float,
    ) -> None:
        """Draw ``(values, colour index)`` of each estimate over rising ``alphas``."""
        nodes = safe_array(alphas)
        self._alphas = nodes if np.all(np.diff(nodes) > 0) and np.all(np.isfinite(nodes)) else np.empty(0)
        self._curves = [(safe_arrays(values, self._alphas)[0], colour) for values, colour in curves]
        self._alpha, self._default = safe_number(alpha, math.nan), safe_number(default_alpha, math.nan)
        finite = [v[np.isfinite(v)] for v, _ in self._curves]
        top = max((float(v.max()) for v in finite if v.size), default=0.0)
        self._top = round_up(1.1 * top)
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another look."""
        self._theme = theme
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Grid, axes, curves, present point."""
        painter, m, theme = QPainter(self), self.mapping, self._theme
        painter.fillRect(self.rect(), QColor(theme.background))
        values = self._scale.ticks(m.lo, m.hi, m.height)
        alphas = axes.LinearScale().ticks(m.t0, m.t1, m.width)
        axes.paint_grid(painter, m, theme, alphas, values)
        axes.paint_value_axis(painter, m, theme, self._scale.title, values)
        self._paint_alpha_axis(painter, m, alphas)
        if math.isfinite(self._default):
            self._paint_upright(painter, m, self._default, theme.faint, (3.0, 3.0))
        if math.isfinite(self._alpha):
            self._paint_upright(painter, m, self._alpha, theme.accent, ())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for curve, colour in self._curves:
            self._paint_curve(painter, m, curve, colour)
        painter.end()

    def _paint_alpha_axis(self, painter: QPainter, m: Mapping, ticks: Sequence[axes.Tick]) -> None:
        line = axes.paint_lower_labels(painter, m, self._theme, ticks, self.width())
        name = QRectF(m.left, m.bottom + 2 + line, m.width, line)
        painter.drawText(name, Qt.AlignmentFlag.AlignCenter, "α")

    def _paint_upright(self, painter: QPainter, m: Mapping, alpha: float, colour: str, dash: tuple[float, ...]) -> None:
        if m.t0 <= alpha <= m.t1:
            painter.setPen(line_pen(colour, dash))
            x = round(m.x_of(alpha))
            painter.drawLine(QPointF(x, m.top), QPointF(x, m.bottom))

    def _paint_curve(self, painter: QPainter, m: Mapping, values: FloatArray, colour: int) -> None:
        if values.size < 2:
            return
        style = self._theme.estimate(colour)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(line_pen(style.colour, style.dash))
        painter.drawPath(line_path(m.xs_of(self._alphas[: values.size]), m.ys_of(values)))
        value = float(np.interp(self._alpha, self._alphas[: values.size], values))
        if math.isfinite(value) and m.t0 <= self._alpha <= m.t1:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(style.colour))
            painter.drawEllipse(QPointF(m.x_of(self._alpha), m.y_of(value)), POINT_RADIUS, POINT_RADIUS)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ask for the alpha under the pointer."""
        self._request(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on asking while the button is held."""
        self._request(event)

    def sizeHint(self) -> QSize:
        """Small."""
        return QSize(240, 150)

    def _request(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._alphas.size > 1:
            m = self.mapping
            alpha = round(min(max(m.time_at(event.position().x()), m.t0), m.t1), 3)
            if alpha != self._alpha:
                self.alpha_requested.emit(alpha)
