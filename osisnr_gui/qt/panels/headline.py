"""The one big number, with the words that say which number it is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QColor, QFontMetrics, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from osisnr_gui.qt.look.theme import FONT_PIXELS, SMALL_FONT_PIXELS, Theme, tabular_font
from osisnr_gui.qt.look.themed import Themed
from osisnr_gui.qt.panels.plain_text import tooltip

BIG = 24


class Headline(Themed, QWidget):
    """ "fused loss L = 0.602" over "literal, all 822 frames, method 1"; painted, so that a new digit moves nothing."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._parts = ("fused loss L", "–", "")
        self._warned = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def text(self) -> str:
        """Everything on screen in one line."""
        name, number, which = self._parts
        return f"{name} = {number} ({which})" if which else f"{name} = {number}"

    def show_number(self, number: str, which: str, why: str = "") -> None:
        """Show a number; `which` says which one it is, `why` (tooltip) what is the matter with it."""
        parts = (self._parts[0], number, which)
        if parts != self._parts or bool(why) != self._warned:
            self._parts, self._warned = parts, bool(why)
            self.setAccessibleName(self.text)
            self.update()
        tip = tooltip(f"{self.text}. Lower is better.{' ' + why if why else ''}")
        if tip != self.toolTip():
            self.setToolTip(tip)

    def sizeHint(self) -> QSize:
        """Two lines."""
        return QSize(220, self._height(BIG) + self._height(FONT_PIXELS))

    def minimumSizeHint(self) -> QSize:
        """The same height, narrow."""
        return QSize(160, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Name and number on one baseline, then which."""
        painter = QPainter(self)
        name, number, which = self._parts
        baseline = QFontMetricsF(tabular_font(BIG)).ascent()
        self._draw(painter, QPointF(0, baseline), f"{name} =", FONT_PIXELS, self._theme.muted)
        beside = QFontMetricsF(painter.font()).horizontalAdvance(f"{name} = ")
        self._draw(painter, QPointF(beside, baseline), number, BIG, self._theme.text)
        colour, pixels = self._theme.warning if self._warned else self._theme.muted, self._size_for(which)
        second = self._height(BIG) + QFontMetricsF(tabular_font(pixels)).ascent()
        self._draw(painter, QPointF(0, second), which, pixels, colour)
        painter.end()

    @staticmethod
    def _draw(painter: QPainter, at: QPointF, text: str, pixels: int, colour: str) -> None:
        painter.setFont(tabular_font(pixels))
        painter.setPen(QColor(colour))
        painter.drawText(at, text)

    def _size_for(self, text: str) -> int:
        fits = QFontMetrics(tabular_font(FONT_PIXELS)).horizontalAdvance(text) <= self.width()
        return FONT_PIXELS if fits else SMALL_FONT_PIXELS

    @staticmethod
    def _height(pixels: int) -> int:
        return QFontMetrics(tabular_font(pixels)).height()
