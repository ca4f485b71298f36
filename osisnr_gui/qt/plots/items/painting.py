"""What items share: the gate through which arrays reach a plot, polylines, areas, hatches, tags."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtGui import QBrush, QColor, QImage, QPainterPath, QPen

from osisnr_gui.core.reduce import runs_of
from osisnr_gui.core.types import FloatArray
from osisnr_gui.qt.plots.view_box import PixelViewBox

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


def area_image(vb: PixelViewBox, areas: Sequence[tuple[FloatArray, QColor]]) -> QImage:
    """Areas under edges from :func:`edge_per_column`, later ones over earlier ones, down to the bottom.

    Filled with numpy: Qt's scan conversion of one jagged polygon as wide as the screen takes 10 to 80 ms.
    """
    rows = np.arange(vb.rows)[:, None] + 0.5
    pixels = np.zeros((rows.size, vb.columns), np.uint32)
    for edge, colour in areas:
        pixels[rows >= edge] = _premultiplied(colour)
    return argb_image(pixels)


def tint_image(vb: PixelViewBox, edge: FloatArray, above: QColor, below: QColor) -> QImage:
    """The area between zero and an edge from :func:`edge_per_column`, in one colour above and one below zero.

    Gaps of the edge stay clear.
    """
    rows = np.arange(vb.rows)[:, None] + 0.5
    zero = vb.y_of(0.0) * vb.pixel_ratio
    pixels = np.zeros((rows.size, vb.columns), np.uint32)
    with np.errstate(invalid="ignore"):
        pixels[(rows >= edge) & (rows < zero)] = _premultiplied(above)
        pixels[(rows < edge) & (rows >= zero)] = _premultiplied(below)
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
    image = argb_image(pixels)
    image.setDevicePixelRatio(pixel_ratio)
    return QBrush(image)


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
