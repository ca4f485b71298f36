"""Lines: a value per frame, however many frames there are, with the tint of a difference; and those at one value."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QTransform

from osisnr_gui.core.reduce import Pyramid, is_crowded, is_reduced, polyline, runs_of, summary_per_column, upper_edge
from osisnr_gui.core.types import FloatArray
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.items.painting import LARGEST, PixelItem, area_image, edge_per_column, line_path, safe_array
from osisnr_gui.qt.plots.items.words import TAG_MARGIN, lay_tags, paint_tag, tag_box
from osisnr_gui.qt.plots.view_box import PixelViewBox
from osisnr_gui.text.catalogue import _

#: From this distance between frames on, each frame gets a dot.
DOT_PIXELS = 12.0
#: Height of the bars over perfect frames, and from one curve's bars to the next one's.
CAP_PIXELS, CAP_STEP = 2.0, 3.0


WordsOf = Callable[[PixelViewBox], str] | None
DigitsOf = Callable[[PixelViewBox], int] | None


class CurveItem(PixelItem):
    """A curve over equal steps of time: instead of PlotCurveItem, which would be drawn again at every move of a cursor.

    The line goes through every frame, through the extremes of pixel columns with a few frames, through the means of
    crowded ones, which then have a veil of their extremes behind them if there is a pen for it. NaN is a gap. +inf is
    not in the line: with `cap` those frames have bars at the upper edge, below that of `cap` other curves. With a tint
    the area between the line and zero is filled.
    """

    def __init__(self, name: str = "", *, dots: bool = False) -> None:
        super().__init__()
        self.label, self._dots = name, dots
        self.t0, self.dt = 0.0, 1.0
        self.cap: int | None = None
        self._values, self.perfect = Pyramid(np.empty(0)), Pyramid(np.empty(0))  # what is finite; 1 where it is +inf
        self._data = np.empty(0)
        self._pen, self._veil_pen, self._strong = QPen(), QPen(Qt.PenStyle.NoPen), False
        self._paths = QPainterPath(), QPainterPath()
        self._paths_of: tuple[float, ...] = ()
        self._tint: tuple[QColor, QColor] | None = None
        self._tint_image = QImage()

    def name(self) -> str:
        """What the curve is, e.g. for a legend."""
        return self.label

    def setData(self, t0: float, dt: float, values: FloatArray) -> None:
        """Draw these: `values[i]` belongs to the time ``t0 + i * dt``."""
        if values is self._data and (t0, dt) == (self.t0, self.dt):
            return
        self.t0, self.dt, self._data = t0, dt, values
        finite = safe_array(values, keep_inf=True)
        perfect = np.isposinf(finite)
        self.perfect = Pyramid(perfect.astype(np.float64)) if perfect.any() else Pyramid(np.empty(0))
        self.set_pyramid(Pyramid(np.where(np.isinf(finite), np.nan, finite) if np.isinf(finite).any() else finite))

    def set_pyramid(self, values: Pyramid) -> None:
        """Draw these finite values, whose pyramid is made."""
        self._values, self._paths_of = values, ()
        self.update()

    def getData(self) -> tuple[FloatArray, FloatArray]:
        """(times, values) of all frames, as pyqtgraph's curves give them."""
        return self.t0 + self.dt * np.arange(self._values.size, dtype=np.float64), self._values.values

    def set_pens(self, pen: QPen, veil: QPen | None = None, *, strong: bool = False) -> None:
        """Draw with this one-pixel pen, twice if strong, and the veil with that."""
        self._pen, self._veil_pen, self._strong = pen, veil or QPen(Qt.PenStyle.NoPen), strong
        self.update()

    def set_tint(self, above: QColor, below: QColor) -> None:
        """Fill between the line and zero, in one colour above it and another below."""
        self._tint, self._paths_of = (above, below), ()
        self.update()

    @property
    def values(self) -> FloatArray:
        """What the line goes through."""
        return self._values.values

    def is_crowded(self, vb: PixelViewBox) -> bool:
        """Whether the line is a mean of many frames per pixel."""
        return is_crowded(self.dt, vb.t0, vb.t1, vb.columns)

    def draw(self, painter: QPainter, vb: PixelViewBox) -> None:
        """Draw tint, veil, line, dots and bars."""
        if not self._values.size:
            return
        if vb.view_key != self._paths_of:
            self._paths_of, self._paths = vb.view_key, self._make_paths(vb)
            if self._tint is not None:
                self._tint_image = self._fill(vb, *self._tint)
        path, veil = self._paths
        if self._tint is not None:
            painter.drawImage(vb.rect(), self._tint_image)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if not veil.isEmpty() and self._veil_pen.style() != Qt.PenStyle.NoPen:
            painter.setPen(self._veil_pen)
            painter.drawPath(veil)
        reduced = is_reduced(self._values.size, self.t0, self.dt, vb.t0, vb.t1, vb.columns)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not reduced)
        if self._exportOpts:
            pen = QPen(self._pen)
            pen.setCosmetic(False)
            pen.setWidthF(2.0 if self._strong else 1.0)
            painter.setPen(pen)
            painter.drawPath(path)
        else:
            painter.setPen(self._pen)
            # Drawn again a device pixel lower: a stronger line without a wide (slow) pen.
            for k in range(max(round(vb.pixel_ratio), 1) * (2 if self._strong else 1)):
                painter.drawPath(path.translated(0.0, k / vb.pixel_ratio))
        if self._dots and self.dt * vb.width() >= DOT_PIXELS * (vb.t1 - vb.t0):
            self._paint_dots(painter, vb)
        if self.cap is not None and self.perfect.size:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            self._paint_caps(painter, vb, 2.0 + CAP_STEP * self.cap)

    def _make_paths(self, vb: PixelViewBox) -> tuple[QPainterPath, QPainterPath]:
        """The line, and the range behind it, which is empty unless the line is crowded.

        With many frames per pixel the extremes of several curves are solid blocks that hide each other.
        """
        where = (self.t0, self.dt, vb.t0, vb.t1, vb.columns)
        if not self.is_crowded(vb):
            times, found = polyline(self._values, *where)
            return line_path(vb.x_of(times), vb.ys_of(found)), QPainterPath()
        times, low, high, mean = summary_per_column(self._values, *where)
        xs, pairs = vb.x_of(times), np.column_stack((low, high)).ravel()
        return line_path(xs, vb.ys_of(mean)), line_path(np.repeat(xs, 2), vb.ys_of(pairs))

    def _fill(self, vb: PixelViewBox, above: QColor, below: QColor) -> QImage:
        """The area between zero and the frames in view, or the means of those that share a pixel."""
        where = (self.t0, self.dt, vb.t0, vb.t1, vb.columns)
        if is_reduced(self._values.size, *where):
            times, _, _, values = summary_per_column(self._values, *where)
        else:
            times, values = polyline(self._values, *where)
        edge = edge_per_column(vb, times, values)
        zero = np.where(np.isnan(edge), np.nan, vb.y_of(0.0) * vb.pixel_ratio)
        return area_image(vb.rows, [(edge, above), (zero, below), (np.maximum(edge, zero), QColor("transparent"))])

    def _paint_dots(self, painter: QPainter, vb: PixelViewBox) -> None:
        times, values = polyline(self._values, self.t0, self.dt, vb.t0, vb.t1, vb.columns)
        pen = QPen(self._pen.color(), 4)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        points = zip(vb.x_of(times).tolist(), vb.ys_of(values).tolist(), strict=True)
        painter.drawPoints([QPointF(x, y) for x, y in points if y == y])

    def _paint_caps(self, painter: QPainter, vb: PixelViewBox, y: float) -> None:
        times, flags = upper_edge(self.perfect, self.t0, self.dt, vb.t0, vb.t1, vb.columns)
        starts, stops = runs_of(flags > 0)
        if not starts.size:
            return
        left, right = vb.x_of(times[starts]), vb.x_of(times[stops - 1])
        half = max(self.dt * vb.width() / (vb.t1 - vb.t0), 1.0) / 2
        opaque = QColor(self._pen.color())
        opaque.setAlphaF(1.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(opaque)
        pairs = zip(left.tolist(), right.tolist(), strict=True)
        painter.drawRects([QRectF(a - half, y - CAP_PIXELS / 2, b - a + 2 * half, CAP_PIXELS) for a, b in pairs])


class BetterTags(PixelItem):
    """Beside zero, at the right end: who is better above and below."""

    def __init__(self, lowest_taken: Callable[[], float]) -> None:
        """`lowest_taken` : the labels lie below this pixel."""
        super().__init__(210.0)
        self._lowest_taken = lowest_taken
        self.contestants: tuple[tuple[str, str], ...] = ()  # name and colour above zero, and below

    def draw(self, painter: QPainter, vb: PixelViewBox) -> None:
        """Draw the labels that have room."""
        for (name, colour), is_below in zip(self.contestants, (False, True), strict=False):
            text = _("{name} better").format(name=name)
            tag, zero = tag_box(text), vb.y_of(0.0)
            top = zero + 2 if is_below else zero - tag.height() - 1
            box = tag.translated(vb.width() - tag.width() - TAG_MARGIN, top)
            if vb.rect().contains(box) and box.top() > self._lowest_taken():
                paint_tag(painter, box, text, colour, vb.theme)


class Line(pg.InfiniteLine):
    """InfiniteLine without antialiasing: sharp, and drawn ten times as fast with a pen of several pixels.

    It is hidden until it has a place. `halo` : a broader pen under it, so that it is seen on any colour.
    """

    halo: QPen | None = None
    _bounds: QRectF  # pyqtgraph's

    def __init__(self, **options: object) -> None:
        """`options` : those of InfiniteLine."""
        super().__init__(**options)
        # A line is no reason for an automatic range, so the ViewBox need not hear of its moves.
        self.setFlag(self.GraphicsItemFlag.ItemSendsGeometryChanges, False)
        self.hide()

    def place(self, at: float) -> None:
        """Move it here; NaN hides it."""
        self.setVisible(math.isfinite(at))
        if math.isfinite(at):
            self.setValue(at)

    def set_pens(self, pen: QPen, halo: QPen) -> None:
        """Draw with the pen, over the halo."""
        self.halo = halo
        self.setHoverPen(halo)  # the broader one decides how much is repainted
        self.setPen(pen)

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw from end to end."""
        line = QLineF(self._endPoints[0], 0.0, self._endPoints[1], 0.0)
        if self._exportOpts:  # in pixels: a pen that no transform broadens is too thin in a fine figure
            line = painter.transform().map(line)
            painter.setTransform(QTransform())
        for pen in (self.currentPen,) if self.halo is None else (self.halo, self.pen):
            if self._exportOpts:
                pen = QPen(pen)
                pen.setCosmetic(False)
                pen.setWidthF(max(pen.widthF(), 1.0))
            painter.setPen(pen)
            painter.drawLine(line)

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

    def __init__(self, ink: str, words: WordsOf = None, *, words_ink: str = "", digits: DigitsOf = None) -> None:
        super().__init__(angle=0, movable=digits is not None)
        self.words, self.words_ink = words, words_ink or ink
        self.is_handle = digits is not None
        if self.is_handle:
            self.setCursor(Qt.CursorShape.SplitVCursor)
        self._ink, self._digits = ink, digits
        self.level = math.nan
        self.setZValue(5.0)  # under the crosshair
        self.sigDragged.connect(self._snap)

    def show_level(self, level: float) -> None:
        """Put the line here, NaN hides it. Nothing is emitted."""
        if level == self.level or (math.isnan(level) and math.isnan(self.level)):
            return
        self.level = level
        self.place(level if abs(level) < LARGEST else math.nan)
        self.getViewBox().still.forget()  # its words are there

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme; a line that can be dragged is dashed."""
        dash = {"dash": [6.0, 4.0]} if self.is_handle else {}
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

    def draw(self, painter: QPainter, vb: PixelViewBox) -> None:
        """Draw the words of the lines that are seen."""
        lines = [line for line in self._lines if math.isfinite(line.level)]
        tags = [(line.level, line.words(vb), line.words_ink) for line in lines if line.words is not None]
        boxes = lay_tags(vb, [tag[:2] for tag in tags])
        for box, (_level, text, ink) in zip(boxes, tags, strict=True):
            if not box.intersects(self._taken()):
                paint_tag(painter, box, text, getattr(vb.theme, ink), vb.theme)
