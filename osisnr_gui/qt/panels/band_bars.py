"""Where in frequency a frame's errors are: two small bars for each band."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, tabular_font
from osisnr_gui.qt.look.themed import Themed
from osisnr_gui.qt.panels.plain_text import tooltip
from osisnr_gui.session import words

BAR, LINE = 4.0, 15.0
GAP = 6.0
TIP = (
    "Part of each band in the frame's errors. Grey: in the energy of e − λs, which OSI-SNR counts as noise. "
    "Blue: in MC-MSE."
)


class BandBars(Themed, QWidget):
    """Bands from low to high, each with its share of OSI-SNR's noise and of MC-MSE."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._bands: tuple[tuple[str, float, float], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setToolTip(tooltip(TIP))

    def show_bands(self, bands: Sequence[tuple[str, float, float]]) -> None:
        """(name, share of the noise, share of MC-MSE) of each band; nan draws no bar."""
        shown = tuple(bands)
        if repr(shown) != repr(self._bands):  # nan is never equal to itself
            self._bands = shown
            said = (f"{name}: noise {words.percent(noise)}, MC-MSE {words.percent(mc)}" for name, noise, mc in shown)
            self.setAccessibleName("; ".join(said))
            self.setToolTip(tooltip("\n".join((TIP, *said_lines(shown)))))
            self.update()

    def sizeHint(self) -> QSize:
        """A line for the names of the bars and one for each band."""
        return QSize(140, math.ceil(LINE * 7))

    def minimumSizeHint(self) -> QSize:
        """The same, narrower."""
        return QSize(110, math.ceil(LINE * 6))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Names left, bars right; the highest band on top, as in a spectrogram."""
        painter = QPainter(self)
        painter.setFont(tabular_font(SMALL_FONT_PIXELS))
        metrics = QFontMetricsF(painter.font())
        self._paint_legend(painter, metrics)
        if self._bands:
            height = min((self.height() - LINE) / len(self._bands), 20.0)
            names = [name for name, _, _ in self._bands]
            left = max(metrics.horizontalAdvance(name) for name in names) + GAP
            for line, band in enumerate(reversed(self._bands)):
                self._paint_band(painter, QRectF(0, LINE + line * height, self.width(), height), left, band)
        painter.end()

    def _paint_legend(self, painter: QPainter, metrics: QFontMetricsF) -> None:
        x = 0.0
        for name, colour in (("OSI noise", self._theme.loss_osi), ("MC-MSE", self._theme.loss_mc)):
            painter.fillRect(QRectF(x, LINE / 2 - 3, 6, 6), QColor(colour))
            painter.setPen(QColor(self._theme.muted))
            width = metrics.horizontalAdvance(name)
            painter.drawText(QRectF(x + 9, 0, width + 1, LINE), Qt.AlignmentFlag.AlignVCenter, name)
            x += width + 17

    def _paint_band(self, painter: QPainter, box: QRectF, left: float, band: tuple[str, float, float]) -> None:
        name, *shares = band
        painter.setPen(QColor(self._theme.muted))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, box.top(), left - GAP, box.height()), right, name)
        room, middle = box.width() - left, box.center().y()
        for share, colour, y in zip(
            shares, (self._theme.loss_osi, self._theme.loss_mc), (middle - BAR, middle), strict=True
        ):
            painter.fillRect(QRectF(left, y, room, BAR - 0.5), QColor(self._theme.hover))
            if math.isfinite(share):
                painter.fillRect(QRectF(left, y, room * share, BAR - 0.5), QColor(colour))


def said_lines(bands: Sequence[tuple[str, float, float]]) -> list[str]:
    """The shares in words, the highest band first."""
    return [f"{name}: {words.percent(noise)} and {words.percent(mc)}" for name, noise, mc in reversed(bands)]
