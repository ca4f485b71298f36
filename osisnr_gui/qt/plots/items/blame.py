"""The blame map over a spectrogram: which bins carry the loss, as heat that leaves the others clear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from osisnr_gui.qt.look.theme import with_alpha
from osisnr_gui.qt.plots.blame_pixels import Floats, heat_codes
from osisnr_gui.qt.plots.colours import HEAT_MAP, lookup_table
from osisnr_gui.qt.plots.frequency_scale import FrequencyScale
from osisnr_gui.qt.plots.items.pixel_item import PixelItem
from osisnr_gui.qt.plots.items.spectrogram import PixelGrid

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
        self._picture: BlamePicture | None = None

    @property
    def picture(self) -> BlamePicture | None:
        """What is on screen."""
        return self._picture

    def show_picture(self, picture: BlamePicture | None) -> None:
        """Show this one."""
        self._picture = picture
        self.update()

    def note(self) -> str:
        """What the title must say of it."""
        picture = self._picture if self.on else None
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
        picture = self._picture
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
        pixel = self._picture.grid.pixel(time, coordinate) if self.on and self._picture is not None else None
        return None if pixel is None or self._picture is None else float(self._picture.density[pixel])
