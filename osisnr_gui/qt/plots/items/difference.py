"""What shows which of two is better: the tinted areas, and whose they are."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, tabular_font
from osisnr_gui.qt.plots.items.curve import CurveItem
from osisnr_gui.qt.plots.items.painting import TAG_MARGIN, edge_per_column, paint_tag, tag_width, tint_image
from osisnr_gui.qt.plots.items.pixel_item import PixelItem


class TintItem(PixelItem):
    """The area between a curve and zero, in one colour above and another below."""

    def __init__(self) -> None:
        super().__init__(-1.0)
        self._curve: CurveItem | None = None
        self._colours = QColor(), QColor()
        self._image, self._image_of = QImage(), ()

    def show_curve(self, curve: CurveItem | None) -> None:
        """Tint up to this curve, or nothing."""
        self._curve, self._image_of = curve, ()
        self.update()

    def set_colours(self, above: QColor, below: QColor) -> None:
        """Tint with these."""
        self._colours, self._image_of = (above, below), ()
        self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the picture of this view."""
        if self._curve is None:
            return
        vb = self.pixels(painter)
        if vb.view_key != self._image_of:
            self._image_of = vb.view_key
            self._image = tint_image(vb, edge_per_column(vb, *self._curve.points(vb)), 0.0, *self._colours)
        painter.drawImage(vb.rect(), self._image)


class BetterTags(PixelItem):
    """Beside zero, at the right end: who is better above and below."""

    def __init__(self, lowest_taken: Callable[[], float]) -> None:
        """`lowest_taken` : the labels lie below this pixel."""
        super().__init__(210.0)
        self._lowest_taken = lowest_taken
        self.contestants: tuple[tuple[str, str], ...] = ()  # name and colour above zero, and below

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the labels that have room."""
        vb = self.pixels(painter)
        height, zero = QFontMetricsF(tabular_font(SMALL_FONT_PIXELS)).height(), vb.y_of(0.0)
        for (name, colour), top in zip(self.contestants, (zero - height - 1, zero + 2), strict=False):
            text = f"{name} better"
            width = tag_width(text)
            box = QRectF(vb.width() - width - TAG_MARGIN, top, width, height)
            if vb.rect().contains(box) and box.top() > self._lowest_taken():
                paint_tag(painter, box, text, colour, vb.theme)
