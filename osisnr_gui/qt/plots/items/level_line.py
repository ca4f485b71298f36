"""Lines across a plot that cost as little as a line can, and those at a value, with their words at the right end."""

import math
from collections.abc import Callable, Sequence

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPen

from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.items.painting import LARGEST, lay_tags, paint_tag
from osisnr_gui.qt.plots.items.pixel_item import PixelItem
from osisnr_gui.qt.plots.view_box import PixelViewBox

DASHES = [6.0, 4.0]
#: Under the crosshair.
Z_VALUE = 5.0


class Line(pg.InfiniteLine):
    """InfiniteLine without antialiasing: sharp, and drawn ten times as fast with a pen of several pixels.

    `halo` : a broader pen under it, so that it is seen on any colour.
    """

    halo: QPen | None = None
    _bounds: QRectF  # pyqtgraph's

    def __init__(self, **options: object) -> None:
        """`options` : those of InfiniteLine."""
        super().__init__(**options)
        # A line is no reason for an automatic range, so the ViewBox need not hear of its moves.
        self.setFlag(self.GraphicsItemFlag.ItemSendsGeometryChanges, False)

    def set_pens(self, pen: QPen, halo: QPen) -> None:
        """Draw with the pen, over the halo."""
        self.halo = halo
        self.setHoverPen(halo)  # the broader one decides how much is repainted
        self.setPen(pen)

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw from end to end."""
        left, right = self._endPoints
        scale = self._exportOpts.get("resolutionScale", 1.0) if self._exportOpts else 1.0
        for pen in (self.currentPen,) if self.halo is None else (self.halo, self.pen):
            if scale != 1.0:
                pen = QPen(pen)
                pen.setWidthF(max(pen.widthF(), 1.0) * scale)
            painter.setPen(pen)
            painter.drawLine(QPointF(left, 0.0), QPointF(right, 0.0))

    def _computeBoundingRect(self) -> QRectF:
        """From end to end of the ViewBox, as broad as the broadest pen.

        The ViewBox knows it; pyqtgraph works it out from transforms, which takes longer than to draw the line.
        """
        vb = self.getViewBox()
        if vb is None:
            return QRectF()
        upright = self.angle == 90
        pixel = (vb.t1 - vb.t0) / max(vb.width(), 1.0) if upright else (vb.hi - vb.lo) / max(vb.height(), 1.0)
        half = pixel * (max(self.pen.widthF(), self.hoverPen.widthF()) / 2 + 1)
        self._endPoints = first, last = (vb.lo, vb.hi) if upright else (vb.t0, vb.t1)
        bounds = QRectF(first, -half, last - first, 2 * half)
        if bounds != self._bounds:
            self._bounds = bounds
            self.prepareGeometryChange()
        return bounds


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
        is_shown = abs(level) < LARGEST
        self.setVisible(is_shown)
        if is_shown:
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
        lines = [line for line in self._lines if math.isfinite(line.level)]
        tags = [(line.level, line.words(vb), line.words_ink) for line in lines if line.words is not None]
        boxes = lay_tags(vb, [tag[:2] for tag in tags])
        taken = self._taken()
        for box, (_level, text, ink) in zip(boxes, tags, strict=True):
            if not box.intersects(taken):
                paint_tag(painter, box, text, getattr(vb.theme, ink), vb.theme)
