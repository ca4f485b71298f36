"""The blame map over a spectrogram: which bins carry the loss, as heat that leaves the others clear."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from osisnr_gui.qt.look.theme import with_alpha
from osisnr_gui.qt.plots.colours import HEAT_MAP, lookup_table
from osisnr_gui.qt.plots.frequency_scale import FrequencyScale, row_bins
from osisnr_gui.qt.plots.items.pixel_item import PixelItem
from osisnr_gui.qt.plots.items.spectrogram import PixelGrid

Floats = NDArray[np.float64]

#: A density of 1, an even share, is the first that shows; from this one on there is but one colour.
HIGHEST = 30.0
#: The picture below is darkened, in both themes: heat begins dark and ends light.
VEIL = with_alpha("#000000", 0.55)


@dataclass(frozen=True, eq=False)
class BlamePicture:
    """density : float64 (height, width), the mean under every pixel of `grid`; 1 is an even share. image : its colours.

    frames : how many frames of how many stand for a pixel, None when all are in it. complete : nothing is missing.
    """

    density: Floats
    image: QImage
    grid: PixelGrid
    scale: FrequencyScale
    frames: tuple[int, int] | None = None
    complete: bool = True


def mean_between(rows: Floats, starts: NDArray[np.float64 | np.intp], stops: NDArray[np.float64 | np.intp]) -> Floats:
    """(m, k): mean of rows (n, k) from starts[i] to stops[i]; 0 where there are none. Row i covers [i, i + 1).

    Rows count as far as they lie between, so that what all pixels show adds up to what there is.
    """
    starts, stops = np.clip((starts, stops), 0.0, len(rows))
    sums = np.concatenate((np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0)))

    def reached(edges: Floats) -> Floats:
        whole = np.floor(edges).astype(np.intp)
        rest = (edges - whole)[:, None]
        return sums[whole] + rest * rows[np.minimum(whole, len(rows) - 1)] if rest.any() else sums[whole]

    lengths = (stops - starts)[:, None]
    totals = reached(stops) - reached(starts)
    return np.divide(totals, lengths, out=np.zeros_like(totals), where=lengths > 0)


def density_pixels(
    columns: Floats, first: float, columns_per_pixel: float, grid: PixelGrid, scale: FrequencyScale, bin_step: float
) -> Floats:
    """float64 (height, width): mean density under every pixel of a grid.

    columns : (n, n_bins) stored columns; pixel p of the grid covers first + [p, p + 1)*columns_per_pixel of them.
    """
    edges = first + np.arange(grid.width + 1) * columns_per_pixel
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


class BlameItem(PixelItem):
    """Shows the last picture it was given, where it belongs, until one for the present view comes.

    `asks` is told the grid of every view that is painted. `origin` : where the first column begins.
    """

    def __init__(self) -> None:
        super().__init__(1.0)
        self.asks: Callable[[PixelGrid], None] = lambda _grid: None
        self.on = False
        self.words = ""  # for the title: of what it is, or why there is none; "" : none was asked for
        self.origin = 0.0
        self.picture: BlamePicture | None = None

    def show_picture(self, picture: BlamePicture | None) -> None:
        """Show this one."""
        self.picture = picture
        self.update()

    def note(self) -> str:
        """What the title must say of it."""
        picture = self.picture if self.on else None
        frames = picture.frames if picture is not None else None
        sampled = f", {frames[0]} of {frames[1]} frames a pixel" if frames else ""
        return f"blame: {self.words}{sampled}{', reading' if picture is not None and not picture.complete else ''}"

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw it."""
        if not self.on:
            return
        vb = self.pixels(painter)
        painter.fillRect(vb.rect(), VEIL)
        # Pixels of the widget: on fine screens they are coarser than the screen's, at a quarter of the cost.
        grid = PixelGrid.of(vb, self.origin, pixel_ratio=1.0)
        self.asks(grid)
        picture = self.picture
        if picture is None:
            return
        shown = picture.grid
        if shown == grid:
            place = QRectF(vb.rect())
        else:
            right, bottom = shown.time + shown.width * shown.time_step, shown.top - shown.height * shown.row_step
            place = QRectF(QPointF(vb.x_of(shown.time), vb.y_of(shown.top)), QPointF(vb.x_of(right), vb.y_of(bottom)))
        painter.drawImage(place, picture.image)

    def value_at(self, time: float, coordinate: float) -> float | None:
        """The density of the pixel under a point; None where there is none."""
        pixel = self.picture.grid.pixel(time, coordinate) if self.on and self.picture is not None else None
        return None if pixel is None or self.picture is None else float(self.picture.density[pixel])
