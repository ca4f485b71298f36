"""Which frames carry the loss: the part that the worst frames hold, and how much of it the threshold cuts off."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from osisnr_gui.core.loss_shares import LossShares
from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, tabular_font, with_alpha
from osisnr_gui.qt.plots import axes
from osisnr_gui.qt.plots.geometry import Mapping
from osisnr_gui.qt.plots.painting import line_path, line_pen
from osisnr_gui.session import words

LEFT, RIGHT, TOP, BOTTOM = 56, 10, 6, 32
POINT_RADIUS = 3.5
#: The worst few per cent are the story: the axis of frames goes by the square root.
FRAME_TICKS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0)
LOSS_TICKS = (0.0, 0.5, 1.0)
N_POINTS = 200


class SharePlot(QWidget):
    """Cumulative share of the loss over active frames from worst to best; a click chooses the worst frames."""

    frames_requested = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shares: LossShares | None = None
        self._curve = (np.empty(0), np.empty(0))
        self._chosen = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Share of the loss that the worst frames hold")

    @property
    def mapping(self) -> Mapping:
        """Square root of the share of frames, and share of the loss, <-> pixels."""
        width, height = max(self.width() - LEFT - RIGHT, 1), max(self.height() - TOP - BOTTOM, 1)
        return Mapping(LEFT, TOP, width, height, 0.0, 1.0, 0.0, 1.05, self.devicePixelRatioF())

    def show_shares(self, shares: LossShares | None, chosen: int) -> None:
        """Draw the shares; `chosen` worst frames lie under the threshold in force."""
        if shares is not self._shares:
            self._shares = shares
            self._curve = _curve(shares)
        self._chosen = chosen
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another look."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """Low."""
        return QSize(240, 118)

    def minimumSizeHint(self) -> QSize:
        """The same height."""
        return QSize(160, 96)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the frames up to here."""
        self._request(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on choosing while the button is held."""
        self._request(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Grid, what is chosen, the curve, its point."""
        painter, m, theme = QPainter(self), self.mapping, self._theme
        painter.fillRect(self.rect(), QColor(theme.background))
        frames = [axes.Tick(math.sqrt(share), f"{100 * share:g}") for share in FRAME_TICKS]
        losses = [axes.Tick(share, f"{100 * share:g}") for share in LOSS_TICKS]
        axes.paint_grid(painter, m, theme, frames, losses)
        axes.paint_value_axis(painter, m, theme, "% of loss", losses)
        self._paint_frame_axis(painter, m, frames)
        times, held = self._curve
        if times.size:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_curve(painter, m, times, held)
        painter.end()

    def _paint_frame_axis(self, painter: QPainter, m: Mapping, ticks: list[axes.Tick]) -> None:
        line = axes.paint_lower_labels(painter, m, self._theme, ticks, self.width())
        name = QRectF(m.left, m.bottom + 2 + line, m.width, line)
        painter.drawText(name, Qt.AlignmentFlag.AlignCenter, "% of active frames, worst first")

    def _paint_curve(self, painter: QPainter, m: Mapping, times: np.ndarray, held: np.ndarray) -> None:
        theme, shares = self._theme, self._shares
        assert shares is not None
        line = line_path(m.xs_of(times), m.ys_of(held))
        if self._chosen:
            place = math.sqrt(self._chosen / len(shares))
            painter.save()
            painter.setClipRect(QRectF(m.left, m.top, m.x_of(place) - m.left, m.height))
            area = QPainterPath(line)
            area.lineTo(m.right, m.bottom)
            area.lineTo(m.left, m.bottom)
            painter.fillPath(area, with_alpha(theme.bad, theme.bad_opacity))
            painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(line_pen(theme.text))
        painter.drawPath(line)
        if self._chosen:
            share = shares.held_by(self._chosen)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.bad))
            painter.drawEllipse(QPointF(m.x_of(place), m.y_of(share)), POINT_RADIUS, POINT_RADIUS)
            self._paint_figure(painter, m, share)

    def _paint_figure(self, painter: QPainter, m: Mapping, share: float) -> None:
        """What the chosen frames hold, where the curve never is."""
        assert self._shares is not None
        frames = words.percent(self._chosen / len(self._shares), 1)
        painter.setFont(tabular_font(SMALL_FONT_PIXELS))
        metrics = QFontMetricsF(painter.font())
        painter.setPen(QColor(self._theme.text))
        box = QRectF(m.left, m.bottom - metrics.height() - 3, m.width - 4, metrics.height())
        text = f"{frames} of frames hold {words.percent(share)}"
        painter.drawText(box, Qt.AlignmentFlag.AlignRight, text)

    def _request(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._shares is not None and len(self._shares):
            m = self.mapping
            place = min(max(m.time_at(event.position().x()), 0.0), 1.0)
            n_frames = max(1, round(place**2 * len(self._shares)))
            if n_frames != self._chosen:
                self.frames_requested.emit(n_frames)


def _curve(shares: LossShares | None) -> tuple[np.ndarray, np.ndarray]:
    """Points of the curve, evenly spaced on the axis; empty without a finite loss."""
    if shares is None or not len(shares) or not np.isfinite(shares.share[-1]):
        return np.empty(0), np.empty(0)
    counts = np.unique(np.round(np.linspace(0, 1, N_POINTS) ** 2 * len(shares)).astype(np.int64))
    held = np.concatenate(([0.0], shares.share))[counts]
    return np.sqrt(counts / len(shares)), held
