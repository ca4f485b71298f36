"""The strip of colours of the bands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.colours import lookup_table
from osisnr_gui.qt.plots.items.pixel_item import PixelItem
from osisnr_gui.qt.plots.items.spectrogram import PixelGrid

#: The same colours as in the overview.
COLOUR_MAP, LOWEST_DB, HIGHEST_DB = "viridis", 0.0, 30.0


@dataclass(frozen=True, eq=False)
class BandPicture:
    """osi_db : float64 (n_bands, width), OSI-SNR of all frames under a pixel together; nan where none counts."""

    osi_db: NDArray[np.float64]
    grid: PixelGrid

    def image(self, theme: Theme) -> QImage:
        """One pixel per value, the highest band on top."""
        return colour_image(self.osi_db[::-1], QColor(theme.background))


def colour_image(osi_db: NDArray[np.float64], missing: QColor) -> QImage:
    """One pixel per value of a (rows, columns) array; those that are NaN have a colour of their own."""
    with np.errstate(invalid="ignore"):
        place = np.clip((osi_db - LOWEST_DB) / (HIGHEST_DB - LOWEST_DB), 0.0, 1.0)
    codes = np.rint(255 * np.nan_to_num(place)).astype(np.intp)
    rgb = lookup_table(COLOUR_MAP)[codes].astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], dtype=np.uint32)
    pixels = np.where(np.isnan(place), missing.rgba(), rgb | 0xFF000000).astype(np.uint32)
    height, width = pixels.shape
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied).copy()


class BandStrip(PixelItem):
    """Shows the last picture it was given, where it belongs, until one for the present view comes.

    `asks` is told the grid of every view that is painted. `origin` : where the first column begins.
    """

    def __init__(self) -> None:
        super().__init__()
        self.asks: Callable[[PixelGrid], None] = lambda _grid: None
        self.origin, self.n_bands = 0.0, 0
        self.picture: BandPicture | None = None
        self._image: tuple[Theme, QImage] | None = None

    def show_picture(self, picture: BandPicture | None) -> None:
        """Show this one."""
        self.picture, self._image = picture, None
        self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the picture."""
        vb = self.pixels(painter)
        self.asks(PixelGrid.of(vb, self.origin))
        picture = self.picture
        if picture is None:
            return
        if self._image is None or self._image[0] is not vb.theme:
            self._image = (vb.theme, picture.image(vb.theme))
        shown = picture.grid
        left, right = vb.x_of(shown.time), vb.x_of(shown.time + shown.width * shown.time_step)
        if (shown.time_step, shown.width) == ((vb.t1 - vb.t0) / vb.columns, vb.columns) and abs(left) <= 0.5:
            left, right = 0.0, vb.width()  # whole pixels: nothing is smeared
        top, bottom = vb.y_of(float(self.n_bands)), vb.y_of(0.0)
        painter.drawImage(QRectF(QPointF(left, top), QPointF(right, bottom)), self._image[1])
