"""Horizontal lines at a value, with their words at the right end."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter

from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.items.line import Line
from osisnr_gui.qt.plots.items.painting import lay_tags, paint_tag
from osisnr_gui.qt.plots.items.pixel_item import PixelItem
from osisnr_gui.qt.plots.view_box import PixelViewBox

DASHES = [6.0, 4.0]
#: Under the crosshair.
Z_VALUE = 5.0


class LevelLine(Line):
    """A line at `level`, hidden while that is NaN.

    `ink` : the name of its colour in a theme. `words` : of its label, for a ViewBox; None: it has none. `digits` : it
    can be dragged, in steps of so many decimals; None: it cannot.
    """

    level_dragged = Signal(float)

    def __init__(
        self,
        ink: str,
        words: Callable[[PixelViewBox], str] | None = None,
        *,
        words_ink: str = "",
        digits: Callable[[PixelViewBox], int] | None = None,
    ) -> None:
        super().__init__(angle=0, movable=digits is not None)
        self.words, self.words_ink = words, words_ink or ink
        self.is_handle = digits is not None
        if self.is_handle:
            self.setCursor(Qt.CursorShape.SplitVCursor)
        self._ink, self._digits = ink, digits
        self.level = math.nan
        self.setZValue(Z_VALUE)
        self.hide()
        self.sigDragged.connect(self._snap)

    def show_level(self, level: float) -> None:
        """Put the line here, NaN hides it. Nothing is emitted."""
        if level == self.level or (math.isnan(level) and math.isnan(self.level)):
            return
        self.level = level
        self.setVisible(math.isfinite(level))
        if math.isfinite(level):
            self.setValue(level)
        self.getViewBox().still.forget()  # its words are there

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme; a line that can be dragged is dashed."""
        dash = {"dash": DASHES} if self.is_handle else {}
        self.setPen(pg.mkPen(getattr(theme, self._ink), **dash))
        self.setHoverPen(pg.mkPen(getattr(theme, self._ink), width=2))

    def _snap(self) -> None:
        vb: PixelViewBox = self.getViewBox()
        assert self._digits is not None, "it could be dragged"
        level = round(min(max(self.value(), vb.lo), vb.hi), self._digits(vb))
        self.setValue(level)
        if level != self.level:
            self.level = level
            self.level_dragged.emit(level)


class LevelTags(PixelItem):
    """The words of the lines on a plot, clear of each other and of `taken`, a place of the plot."""

    def __init__(self, lines: Sequence[LevelLine], taken: Callable[[], QRectF]) -> None:
        super().__init__(50.0)
        self._lines, self._taken = lines, taken
        for line in lines:
            line.visibleChanged.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self.setVisible(any(line.isVisible() for line in self._lines))

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the words of the lines that are seen."""
        vb = self.pixels(painter)
        lines = [line for line in self._lines if line.words is not None and math.isfinite(line.level)]
        tags = [(line.level, line.words(vb)) for line in lines]
        taken = self._taken()
        for line, box, (_, text) in zip(lines, lay_tags(vb, tags), tags, strict=True):
            if not box.intersects(taken):
                paint_tag(painter, box, text, getattr(vb.theme, line.words_ink), vb.theme)
