"""The one big number, and under it the two terms it is made of as a bar with their numbers."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QFontMetricsF, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from osisnr_gui.qt.look.theme import FONT_PIXELS, SMALL_FONT_PIXELS, Theme, contrast_ratio, tabular_font
from osisnr_gui.qt.look.themed import Themed
from osisnr_gui.qt.panels.plain_text import tooltip
from osisnr_gui.session import words

BIG = 24
BAR = 16
GAP = 6
SWATCH = 8


def share_widths(first: float, second: float) -> tuple[float, float] | None:
    """Shares of the bar for two terms, adding up to 1; None when they cannot be shares of a whole.

    A term that is infinite takes all; negative terms and those that are no numbers leave nothing to share.
    """
    if math.isnan(first) or math.isnan(second) or first < 0 or second < 0:
        return None
    if math.isinf(first) or math.isinf(second):
        infinite = math.isinf(first) + math.isinf(second)
        return math.isinf(first) / infinite, math.isinf(second) / infinite
    total = first + second
    if total == 0 or math.isinf(total):
        return None
    return first / total, second / total


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


class ShareBar(Themed, QWidget):
    """L_OSI against γ·MC-MSE: a bar, and under it each name with its number."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._terms = (math.nan, math.nan)
        self._names = ("L_OSI", "γ·MC-MSE")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(
            tooltip("The two terms of the fused loss L = L_OSI + γ·MC-MSE. L_OSI is 1/OSI-SNR averaged over frames.")
        )

    @property
    def shares(self) -> tuple[float, float] | None:
        """What part of the bar each term has; None when there is nothing to draw."""
        return share_widths(*self._terms)

    def show_terms(self, loss_osi: float, mc_term: float) -> None:
        """Show two terms of a loss; any float will do."""
        if (loss_osi, mc_term) != self._terms:
            self._terms = (loss_osi, mc_term)
            first, second = self._names
            self.setAccessibleName(f"{first} {words.loss(loss_osi)}, {second} {words.loss(mc_term)}")
            self.update()

    def sizeHint(self) -> QSize:
        """Room for the bar and a line of numbers."""
        return QSize(240, BAR + GAP + QFontMetrics(tabular_font()).height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Bar above, names and numbers below."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._theme.loss_osi, self._theme.loss_mc
        bar = QRectF(0, 0, self.width(), BAR)
        self._paint_bar(painter, bar, colours)
        self._paint_legend(painter, colours)
        painter.end()

    def _paint_bar(self, painter: QPainter, bar: QRectF, colours: tuple[str, str]) -> None:
        outline = QPainterPath()
        outline.addRoundedRect(bar, 3, 3)
        painter.setClipPath(outline)
        painter.fillRect(bar, QColor(self._theme.hover))
        shares = self.shares
        painter.setFont(tabular_font(SMALL_FONT_PIXELS))
        if shares is None:
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(bar, Qt.AlignmentFlag.AlignCenter, self._no_shares())
        else:
            left = bar.left()
            for share, colour in zip(shares, colours, strict=True):
                part = QRectF(left, 0, share * bar.width(), BAR)
                painter.fillRect(part, QColor(colour))
                left = part.right()
                text = words.percent(share)
                if painter.fontMetrics().horizontalAdvance(text) + 8 <= part.width():
                    painter.setPen(QColor(self._on(colour)))
                    painter.drawText(part, Qt.AlignmentFlag.AlignCenter, text)
        painter.setClipping(False)

    def _paint_legend(self, painter: QPainter, colours: tuple[str, str]) -> None:
        top = BAR + GAP
        height = self.height() - top
        lefts = (0.0, self.width() * 0.46)
        for left, name, colour, term in zip(lefts, self._names, colours, self._terms, strict=True):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(left, top + (height - SWATCH) / 2, SWATCH, SWATCH), 2, 2)
            painter.setFont(tabular_font(FONT_PIXELS))
            baseline = top + (height + painter.fontMetrics().capHeight()) / 2
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(QPointF(left + SWATCH + 4, baseline), name)
            x = left + SWATCH + 10 + painter.fontMetrics().horizontalAdvance(name)
            painter.setPen(QColor(self._theme.text))
            painter.drawText(QPointF(x, baseline), words.loss(term))

    def _no_shares(self) -> str:
        if any(math.isnan(term) for term in self._terms):
            return ""
        return "a term below 0 has no share" if min(self._terms) < 0 else ""

    def _on(self, colour: str) -> str:
        """The readable one of the theme's two extremes on a colour."""
        return max((self._theme.text, self._theme.background), key=lambda ink: contrast_ratio(ink, colour))
