"""What items share: the base of those drawn for the pixels they cover, the picture of a plot that holds them, and grid
lines; the gate through which arrays reach a plot, polylines, areas, hatches."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen, QPixmap, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from osisnr_gui.core.reduce import runs_of
from osisnr_gui.core.types import FloatArray
from osisnr_gui.qt.plots.axes import TickAxis
from osisnr_gui.qt.plots.view_box import PixelViewBox

#: From here on items lie over lines and regions in a picture that is exported.
OVER_LINES = 20.0


class PixelItem(pg.GraphicsObject):
    """An item of a row's still picture, drawn in pixels of the ViewBox.

    The scene does not draw it, but the still picture does: it calls `draw` with a painter that counts in pixels of the
    ViewBox, which turns data into pixels. `update()` has the still picture drawn again.
    """

    def __init__(self, z: float = 0.0) -> None:
        super().__init__()
        self.setFlag(self.GraphicsItemFlag.ItemHasNoContents)
        self.setZValue(z)
        self.visibleChanged.connect(self.update)

    def draw(self, painter: QPainter, vb: PixelViewBox) -> None:
        """Draw it, clipped to the ViewBox; whatever is done to the painter is undone."""
        raise NotImplementedError

    def paint(self, *_: object) -> None:
        """Draw nothing: an exporter that asks for every item has it from the still picture."""

    def boundingRect(self) -> QRectF:
        """All that is in view."""
        box = self.getViewBox()
        return QRectF() if box is None else box.shown

    def shape(self) -> QPainterPath:
        """Nothing that the mouse could meet."""
        return QPainterPath()

    def _updateView(self) -> None:
        """Hear of no changes of the view: whatever draws the item asks the ViewBox."""

    def update(self) -> None:
        """Draw the picture again that this is part of."""
        box = self.getViewBox()
        if box is not None and self.scene() is not None:
            box.still.forget()


class StillPicture(pg.GraphicsObject):
    """Draws the PixelItems of a plot into a pixmap when one of them changes or the view does, and then shows that.

    Lines and regions lie over the picture, and over them, at `words`, the picture once more. For an exporter the items
    are drawn in its resolution, marks and words over the lines.
    """

    def __init__(self, plot: pg.PlotItem) -> None:
        self._box: PixelViewBox = plot.getViewBox()
        super().__init__(self._box)
        self._plot = plot
        self._words = _Words(self._box, self)
        self._kept_for: tuple[float, ...] = ()  # the view of the kept pixels; (): out of date
        self.pixmap = QPixmap()
        self.words: Sequence[QRectF] = ()  # pixels of the ViewBox that no line may cross
        self.setZValue(-50)
        self._box.still = self
        self._box.sigResized.connect(self._follow_size)
        self._box.sigRangeChanged.connect(self.update)

    def forget(self) -> None:
        """Draw the items anew at the next repaint."""
        self._kept_for = ()
        self.update()

    @property
    def is_exported(self) -> bool:
        """Whether the items are drawn for an exporter, not for the screen."""
        return self._exportOpts is not False

    def boundingRect(self) -> QRectF:
        """The ViewBox."""
        return QRectF(self._box.rect())

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw the kept pixels, 1:1."""
        if self.is_exported:
            wanted = self._exportOpts.get("pixel_ratio")
            self._box.pixel_ratio = wanted or abs(painter.deviceTransform().m11())
            self.draw_items(painter, highest=OVER_LINES)
            return
        ratio = painter.device().devicePixelRatioF() * painter.worldTransform().m11()  # the plot may be enlarged
        size = (self._box.size() * ratio).toSize()
        if size.isEmpty():
            return
        if size != self.pixmap.size() or ratio != self.pixmap.devicePixelRatio():
            self.pixmap, self._kept_for = QPixmap(size), ()
            self.pixmap.setDevicePixelRatio(ratio)
        self._box.pixel_ratio = ratio
        view = self._box.view_key
        if view != self._kept_for:
            self._kept_for = view
            self.pixmap.fill(QColor(self._box.theme.background))
            with QPainter(self.pixmap) as pixels:
                self.draw_items(pixels)
        painter.drawPixmap(QPointF(), self.pixmap)

    def draw_items(self, painter: QPainter, lowest: float = -math.inf, highest: float = math.inf) -> None:
        """Draw the items that are shown and whose z value is from `lowest` up to `highest` (exclusive)."""
        # Clipped to a rectangle Qt draws lines straight into the pixels, without a clip through lists of spans: a veil
        # of 1906 points takes 0.2 instead of 1 ms.
        painter.setClipRect(self._box.rect())
        for item in sorted((i for i in self._plot.items if isinstance(i, PixelItem)), key=lambda i: i.zValue()):
            if item.isVisible() and lowest <= item.zValue() < highest:
                painter.save()
                item.draw(painter, self._box)
                painter.restore()

    def update(self, *_: object) -> None:
        """Repaint the picture, and its words over whatever lies on it."""
        super().update()
        self._words.update()

    def _updateView(self) -> None:
        """Hear of no changes of the view: they are seen when it is painted."""

    def _follow_size(self, _box: pg.ViewBox) -> None:
        self.prepareGeometryChange()
        self._words.prepareGeometryChange()
        self.forget()


class _Words(pg.GraphicsObject):
    """The parts of a still picture that no line may cross."""

    def __init__(self, box: PixelViewBox, picture: StillPicture) -> None:
        super().__init__(box)
        self._box, self._picture = box, picture
        self.setFlag(self.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.setZValue(50)

    def _updateView(self) -> None:
        pass

    def boundingRect(self) -> QRectF:
        return QRectF(self._box.rect())

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self._picture.is_exported:
            self._picture.draw_items(painter, lowest=OVER_LINES)
            return
        places = [place for place in self._picture.words if place.intersects(option.exposedRect)]
        if widget is None or not places or all(isinstance(i, PixelItem) for i in self._box.childGroup.childItems()):
            return
        for place in places:
            painter.setClipRect(place)
            painter.drawPixmap(QPointF(), self._picture.pixmap)


class Grid(PixelItem):
    """Lines at the ticks of a horizontal and an upright axis, at whole pixels.

    Instead of `PlotItem.showGrid`, which replays a picture of every line at each repaint (measured: 3 ms an axis).
    """

    def __init__(self, across: TickAxis, upright: TickAxis) -> None:
        super().__init__(-100)
        self._across, self._upright = across, upright

    def draw(self, painter: QPainter, vb: PixelViewBox) -> None:
        """Draw all lines at once."""
        # Whole device pixels: on fractional scales lines would be one or two of them wide.
        painter.setPen(QPen(QColor(vb.theme.grid), max(round(vb.pixel_ratio), 1) / vb.pixel_ratio))
        xs, ys = (
            [round(place(tick.value)) for tick in axis.ticks()]
            for axis, place in ((self._across, vb.x_of), (self._upright, vb.y_of))
        )
        painter.drawLines([QLineF(x, 0, x, vb.height() - 1) for x in xs])
        painter.drawLines([QLineF(0, y, vb.width() - 1, y) for y in ys])


#: Values beyond this cannot be mapped to pixels without overflow; they become gaps.
LARGEST = 1e150


def safe_array(values: npt.ArrayLike, *, keep_inf: bool = False) -> FloatArray:
    """``values`` as 1-D float64, finite or NaN, every ``|x| < 1e150``.

    Anything that is no number (objects, text, complex with an imaginary part) becomes an empty array
    rather than an exception, because a plot with nothing in it is better than a dead window. With
    ``keep_inf`` +inf stays (a perfect frame is drawn at the top edge); everything else unusable is NaN.
    Returns the same array when nothing had to change, so that views can test identity.
    """
    array = np.asarray(values)
    if array.dtype.kind not in "fiub":
        return np.empty(0)
    array = (array if array.ndim == 1 else array.ravel()).astype(np.float64, copy=False)
    if array.size == 0 or (np.fmin.reduce(array) > -LARGEST and np.fmax.reduce(array) < LARGEST):
        return array  # the usual case, found without a temporary array
    if np.isnan(np.fmax.reduce(array)):
        return array  # nothing but gaps
    with np.errstate(invalid="ignore"):
        usable = np.abs(array) < LARGEST
        if keep_inf:
            usable |= array == np.inf
    usable |= np.isnan(array)
    return array if usable.all() else np.where(usable, array, np.nan)


def line_pen(colour: str | QColor, dash: tuple[float, ...] = ()) -> QPen:
    """A one-pixel pen. Wider pens send long lines through Qt's stroker: 300 times slower."""
    pen = QPen(QColor(colour), 1)
    pen.setCosmetic(True)
    if dash:
        pen.setDashPattern(dash)
    return pen


def line_path(xs: FloatArray, ys: FloatArray) -> QPainterPath:
    """A path through pixel positions; NaN is a gap, and a point alone between gaps still shows."""
    if not xs.size or not np.isnan(ys).any():
        return QPainterPath(pg.arrayToQPath(xs, ys, connect="all", finiteCheck=False))
    starts, stops = runs_of(~np.isnan(ys))
    points = (xs[starts] == xs[stops - 1]) & (ys[starts] == ys[stops - 1])
    # A run that is one point would have no length: it is drawn one pixel long.
    ends = stops[points]
    xs, ys = np.insert(xs, ends, xs[ends - 1] + 1.0), np.insert(ys, ends, ys[ends - 1])
    return QPainterPath(pg.arrayToQPath(xs, ys, connect="finite"))


def column_spans(marked: npt.NDArray[np.bool_], vb: PixelViewBox) -> list[tuple[float, float]]:
    """Left and right pixel of every run of marked pixel columns."""
    pixel = vb.width() / vb.columns
    return [(a * pixel, b * pixel) for a, b in zip(*(ends.tolist() for ends in runs_of(marked)), strict=True)]


def edge_per_column(vb: PixelViewBox, times: FloatArray, values: FloatArray) -> FloatArray:
    """A line sampled once per pixel column, as image rows from the top; NaN where there is nothing.

    Lines with a point per column are taken point by point, because interpolating would halve peaks.
    """
    if not times.size:
        return np.full(vb.columns, np.nan)
    wanted = vb.t0 + (np.arange(vb.columns) + 0.5) * ((vb.t1 - vb.t0) / vb.columns)
    spacing = (times[-1] - times[0]) / max(times.size - 1, 1)
    if spacing >= 1.5 * (vb.t1 - vb.t0) / vb.columns:
        sampled = np.interp(wanted, times, values, left=np.nan, right=np.nan)
    else:
        middles = (times[1:] + times[:-1]) / 2
        sampled = values[np.searchsorted(middles, wanted)]
        reach = max(spacing, (vb.t1 - vb.t0) / vb.columns)
        sampled = np.where((wanted < times[0] - reach) | (wanted > times[-1] + reach), np.nan, sampled)
    return vb.ys_of(sampled) * vb.pixel_ratio


def area_image(height: int, areas: Sequence[tuple[FloatArray, QColor]]) -> QImage:
    """Areas under edges, later ones over earlier ones, down to the bottom; NaN in an edge is a gap.

    An edge has a row of the image for every column, counted from the top. Filled with numpy: Qt's scan conversion of
    one jagged polygon as wide as the screen takes 10 to 80 ms.
    """
    rows = np.arange(height)[:, None] + 0.5
    pixels = np.zeros((height, areas[0][0].size), np.uint32)
    for edge, colour in areas:
        pixels[rows >= edge] = _premultiplied(colour)
    return argb_image(pixels)


def argb_image(pixels: npt.NDArray[np.uint32]) -> QImage:
    """An image of (rows, columns) pixels whose colours are multiplied by their opacity."""
    rows, columns = pixels.shape
    return QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_ARGB32_Premultiplied).copy()


def column_brush(colour: QColor, opacity: FloatArray, pixel_ratio: float) -> QBrush:
    """Columns of one colour, each with its own opacity (0-1), endless downwards.

    A texture one pixel high that Qt tiles: several times faster than stretching that row to the height.
    """
    # Blue, green, red, opacity, times opacity: the format Qt blends without converting.
    channels = np.array((colour.blueF(), colour.greenF(), colour.redF(), 1.0))
    pixels = np.rint(opacity[:, None] * channels * 255).astype(np.uint8).view(np.uint32)
    return _texture(pixels.reshape(1, -1), pixel_ratio)


def hatch_brush(mask: npt.NDArray[np.bool_], ground: QColor, line: QColor, pixel_ratio: float) -> QBrush:
    """45° hatch, a line every 8 pixels, over the columns where ``mask`` is True, endless downwards.

    Qt's own hatch over hundreds of rectangles takes 5 ms a row of plots, this one 0.1 ms.
    """
    thickness = max(round(pixel_ratio), 1)
    period = 8 * thickness
    diagonal = (np.arange(mask.size) + np.arange(period)[:, None]) % period < thickness
    pixels = np.zeros((period, mask.size), np.uint32)
    pixels[:, mask] = _premultiplied(ground)
    pixels[diagonal & mask] = _premultiplied(line)
    return _texture(pixels, pixel_ratio)


def _texture(pixels: npt.NDArray[np.uint32], pixel_ratio: float) -> QBrush:
    # A pixel ratio of the image would do on a screen; vector files leave it out.
    brush = QBrush(argb_image(pixels))
    brush.setTransform(QTransform.fromScale(1 / pixel_ratio, 1 / pixel_ratio))
    return brush


def _premultiplied(colour: QColor) -> int:
    """The colour as a pixel of ``Format_ARGB32_Premultiplied``."""
    opacity = colour.alphaF()
    red, green, blue = (round(255 * c * opacity) for c in (colour.redF(), colour.greenF(), colour.blueF()))
    return colour.alpha() << 24 | red << 16 | green << 8 | blue


def round_up(value: float) -> float:
    """The next larger multiple of 1, 2 or 5 tenths of the value's power of ten: a calm axis end."""
    if value <= 0 or not math.isfinite(value):
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    step = next(f for f in (0.1, 0.2, 0.5, 1.0) if value / power <= 20 * f) * power
    return math.ceil(value / step - 1e-9) * step
