"""Marks at an edge of a plot over runs of frames."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, tabular_font
from osisnr_gui.qt.plots.items.painting import TAG_MARGIN, column_spans, paint_tag, tag_width
from osisnr_gui.qt.plots.items.pixel_item import PixelItem
from osisnr_gui.qt.plots.stretches import NOWHERE, Stretches

MARK_PIXELS = 4.0


class RunMarks(PixelItem):
    """Bars at the lower edge, or the upper one, in `ink`, the name of a colour in a theme or the colour itself.

    `words` : what the bars mean, at the right end beside them.
    """

    def __init__(self, ink: str = "", *, upper: bool = False, words: str = "") -> None:
        super().__init__(200.0)
        self._ink, self._upper, self._words = ink, upper, words
        self._runs = NOWHERE

    def show_runs(self, runs: Stretches, ink: str = "") -> None:
        """Mark these, in another colour if one is given."""
        self._runs, self._ink = runs, ink or self._ink
        self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw all bars at once."""
        vb = self.pixels(painter)
        top = 0.0 if self._upper else vb.height() - MARK_PIXELS
        spans = column_spans(self._runs.coverage(vb) > 0, vb)
        if not spans:
            return
        ink = getattr(vb.theme, self._ink, self._ink)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ink))
        painter.drawRects([QRectF(a, top, max(b - a, 1.0), MARK_PIXELS) for a, b in spans])
        if self._words:
            height = QFontMetricsF(tabular_font(SMALL_FONT_PIXELS)).height()
            width = tag_width(self._words)
            box = QRectF(vb.width() - width - TAG_MARGIN, top - height - 1, width, height)
            paint_tag(painter, box, self._words, ink, vb.theme)
