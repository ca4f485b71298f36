"""Maps that a thread makes for the pixels of a view: the strip of bands, and the blame map over a spectrogram, which
shows as heat which bins carry the loss and leaves the others clear."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from osisnr_gui.qt.look.theme import with_alpha
from osisnr_gui.qt.plots.colours import HEAT_MAP, lookup_table
from osisnr_gui.qt.plots.frequency_scale import FrequencyScale, row_bins
from osisnr_gui.qt.plots.items.painting import argb_image
from osisnr_gui.qt.plots.items.pixel_item import SHIFT_DIGITS, PixelItem
from osisnr_gui.qt.plots.items.spectrogram import PixelGrid
from osisnr_gui.qt.plots.view_box import PixelViewBox
from osisnr_gui.text.catalogue import _

Floats = NDArray[np.float64]
Edges = NDArray[np.float64] | NDArray[np.intp]

#: The strip of bands has the same colours as the overview.
COLOUR_MAP, LOWEST_DB, HIGHEST_DB = "viridis", 0.0, 30.0
#: A density of 1, an even share, is the first that shows; from this one on there is but one colour.
HIGHEST = 30.0
#: The picture below is darkened, in both themes: heat begins dark and ends light.
VEIL = with_alpha("#000000", 0.55)


@dataclass(frozen=True, eq=False)
class MapPicture:
    """values : float64 (height, width), one for every pixel of `grid`, from the top; image : their colours."""

    values: Floats
    image: QImage
    grid: PixelGrid


@dataclass(frozen=True, eq=False)
class BlamePicture(MapPicture):
    """values : the mean density under a pixel; 1 is an even share.

    frames : how many frames of how many stand for a pixel, None when all are in it. complete : nothing is missing.
    """

    scale: FrequencyScale
    frames: tuple[int, int] | None = None
    complete: bool = True


class MapItem(PixelItem):
    """Shows the last picture it was given, where it belongs, until one for the present view comes.

    `asks` is told the grid of every view that is painted. `origin` : where the first column begins.
    """

    def __init__(self, z: float = 0.0) -> None:
        super().__init__(z)
        self.asks: Callable[[PixelGrid], None] = lambda _grid: None
        self.origin = 0.0
        self.picture: MapPicture | None = None

    def show_picture(self, picture: MapPicture | None) -> None:
        """Show this one."""
        self.picture = picture
        self.update()

    def value_at(self, time: float, coordinate: float) -> float | None:
        """The value of the pixel under a point; None where there is none."""
        picture = self.picture
        pixel = None if picture is None else picture.grid.pixel(time, coordinate)
        return None if picture is None or pixel is None else float(picture.values[pixel])

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the picture over the ground."""
        vb = self.pixels(painter)
        self.draw_picture(painter, vb, ground=QColor(vb.theme.background))

    def draw_picture(
        self, painter: QPainter, vb: PixelViewBox, *, ground: QColor | None = None, pixel_ratio: float = 0.0
    ) -> None:
        """Ask for the picture of so many pixels per pixel of the ViewBox, and draw what there is, over a ground."""
        grid = PixelGrid.of(vb, self.origin, pixel_ratio=pixel_ratio)
        self.asks(grid)
        if self.picture is None:
            return
        shown = self.picture.grid
        left, right = vb.x_of(shown.time), vb.x_of(shown.time + shown.width * shown.time_step)
        if (shown.time, shown.time_step, shown.width) == (grid.time, grid.time_step, grid.width):
            left, right = 0.0, vb.width()  # whole pixels: nothing is smeared
        ends = vb.y_of(shown.top), vb.y_of(shown.top - shown.height * shown.row_step)
        top, bottom = (round(end, SHIFT_DIGITS) for end in ends)
        place = QRectF(QPointF(left, top), QPointF(right, bottom))
        if ground is not None:
            painter.fillRect(place, ground)
        painter.drawImage(place, self.picture.image)


class BlameItem(MapItem):
    """The blame map, over a picture."""

    picture: BlamePicture | None

    def __init__(self) -> None:
        super().__init__(1.0)
        self.on = False
        self.words = ""  # for the title: of what it is, or why there is none; "" : none was asked for

    def note(self) -> str:
        """What the title must say of it."""
        picture = self.picture if self.on else None
        frames = picture.frames if picture is not None else None
        reading = picture is not None and not picture.complete
        sampled = _("{n} of {all} frames a pixel").format(n=frames[0], all=frames[1]) if frames else ""
        parts = self.words, sampled, _("reading") if reading else ""
        return _("where the loss comes from: {what}").format(what=", ".join(filter(None, parts)))

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw it."""
        if self.on:
            vb = self.pixels(painter)
            painter.fillRect(vb.rect(), VEIL)
            # Pixels of the widget: on fine screens they are coarser than the screen's, at a quarter of the cost.
            self.draw_picture(painter, vb, pixel_ratio=1.0)

    def value_at(self, time: float, coordinate: float) -> float | None:
        """The density of the pixel under a point; None where there is none."""
        return super().value_at(time, coordinate) if self.on else None


def colour_image(osi_db: Floats) -> QImage:
    """One pixel per value of a (rows, columns) array; clear where it is NaN."""
    with np.errstate(invalid="ignore"):
        place = np.clip((osi_db - LOWEST_DB) / (HIGHEST_DB - LOWEST_DB), 0.0, 1.0)
    codes = np.rint(255 * np.nan_to_num(place)).astype(np.intp)
    rgb = lookup_table(COLOUR_MAP)[codes].astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], dtype=np.uint32)
    return argb_image(np.where(np.isnan(place), 0, rgb | 0xFF000000).astype(np.uint32))


def mean_between(rows: Floats, starts: Edges, stops: Edges) -> Floats:
    """(m, k): mean of rows (n, k) from starts[i] to stops[i]; 0 where there are none. Row i covers [i, i + 1).

    Rows count as far as they lie between, so that what all pixels show adds up to what there is.
    """
    first, last = (np.clip(np.asarray(edges, dtype=np.float64), 0.0, len(rows)) for edges in (starts, stops))
    sums = np.concatenate((np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0)))

    def reached(edges: Floats) -> Floats:
        whole = np.floor(edges).astype(np.intp)
        rest = (edges - whole)[:, None]
        found: Floats = sums[whole]
        return found + rest * rows[np.minimum(whole, len(rows) - 1)] if rest.any() else found

    lengths = (last - first)[:, None]
    totals = reached(last) - reached(first)
    means: Floats = np.divide(totals, lengths, out=np.zeros_like(totals), where=lengths > 0)
    return means


def density_pixels(
    columns: Floats, first: float, columns_per_pixel: float, grid: PixelGrid, scale: FrequencyScale, bin_step: float
) -> Floats:
    """float64 (height, width): mean density under every pixel of a grid.

    columns : (n, n_bins) stored columns; pixel p of the grid covers first + [p, p + 1)*columns_per_pixel of them.
    """
    edges = first + np.arange(grid.width + 1, dtype=np.float64) * columns_per_pixel
    over_time = mean_between(columns, edges[:-1], edges[1:])
    bins = row_bins(scale, grid.top, grid.row_step, grid.height, columns.shape[1], bin_step)
    # Rounding of the running sums must not leave a trace where there is nothing.
    return np.maximum(mean_between(over_time.T, *bins), 0.0)


def heat_codes(density: Floats) -> NDArray[np.uint8]:
    """0 up to a density of 1, then to 255 at HIGHEST: equal ratios are equal steps."""
    with np.errstate(divide="ignore"):
        place = np.log(density) / math.log(HIGHEST)
    return np.rint(255.0 * np.clip(place, 0.0, 1.0)).astype(np.uint8)


def heat_image(density: Floats) -> QImage:
    """A density as colours, more or less clear; on any thread."""
    codes = heat_codes(density)
    pixels = lookup_table(HEAT_MAP)[codes]
    pixels[codes == 0] = 0
    height, width = codes.shape
    image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
