"""Spectrogram pictures as layers of a row: composed for the pixels on screen, drawn 1:1.

A layer keeps the composed codes until the view or the data change. Colours and display range are in the
colour table of the image only, so changing them composes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter

from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.items.painting import PixelItem
from osisnr_gui.qt.plots.picture_pooling import Codes, PictureView, max_pool, pool_bins, transposed
from osisnr_gui.qt.plots.scales import DIFFERENCE_MAP, FrequencyScale, code_of, colour_table, row_bins, value_of
from osisnr_gui.qt.plots.spectrogram_tiles import TileStore
from osisnr_gui.qt.plots.view_box import PixelViewBox
from osisnr_gui.session.pictures import Picture


@dataclass(frozen=True)
class PixelGrid:
    """The physical pixels of a plot: where each begins in time, and each row in axis coordinates.

    Pixel edges lie whole pixels away from `origin`, the beginning of the first column. A pan then moves the
    same picture instead of pooling other columns together, which would make it flicker; it costs half a
    pixel at most.
    """

    time: float
    time_step: float
    width: int
    top: float
    row_step: float
    height: int

    @classmethod
    def of(cls, vb: PixelViewBox, origin: float = 0.0, *, pixel_ratio: float = 0.0) -> "PixelGrid":
        """The grid of a plot, of so many pixels per pixel of the ViewBox; 0: as many as it is painted with."""
        ratio = pixel_ratio or vb.pixel_ratio
        width, height = (max(round(size * ratio), 1) for size in (vb.width(), vb.height()))
        step = (vb.t1 - vb.t0) / width
        start = origin + round((vb.t0 - origin) / step) * step
        return cls(start, step, width, vb.hi, (vb.hi - vb.lo) / height, height)

    def view(self, source: Picture) -> PictureView:
        """The same pixels in the columns of a source."""
        first = (self.time - source.first_time) / source.column_step + 0.5
        return PictureView(first, self.time_step / source.column_step, self.width)

    def pixel(self, time: float, coordinate: float) -> tuple[int, int] | None:
        """(row, column) of the pixel under a point, None outside."""
        column = int(np.floor((time - self.time) / self.time_step))
        row = int(np.floor((self.top - coordinate) / self.row_step))
        inside = 0 <= column < self.width and 0 <= row < self.height
        return (row, column) if inside else None


@dataclass(frozen=True)
class Look:
    """Everything about a picture that is colour: map name and the values of its first and last colour.

    span : difference (in the unit of the sources) that gets the last colour, where two are subtracted.
    """

    colours: str = "viridis"
    low: float = -90.0
    high: float = -10.0
    span: float = 30.0


def compose(store: TileStore, source: Picture, scale: FrequencyScale, grid: PixelGrid) -> Codes:
    """uint8 (height, width): the codes of every pixel, the maximum of what it covers."""
    columns = store.gather(source, grid.view(source))
    starts, stops = row_bins(scale, grid.top, grid.row_step, grid.height, source.n_bins, source.bin_step)
    low, high = int(starts.min()), int(stops.max())
    if high - low > 8 * grid.height:  # many bins to a row: they are pooled before the picture is turned
        return pool_bins(columns[:, low:high], starts - low, stops - low)
    return max_pool(transposed(columns[:, low:high]), starts - low, stops - low)


class PictureItem(PixelItem):
    """The picture of one source; or of two, reference and estimate: level of the second minus level of the first."""

    def __init__(self, store: TileStore) -> None:
        super().__init__()
        self._store = store
        self.sources: tuple[Picture, ...] = ()  # what is shown
        self._scale: FrequencyScale | None = None
        self.look = Look()  # map and range in force: others cost a colour table, at the next paint
        self._grid: PixelGrid | None = None  # what is composed; None: nothing, or out of date
        self._parts: list[Codes] = []  # one (height, width) per source
        self._image: QImage | None = None
        self._image_look: tuple[Look, Theme, float] | None = None

    def show_sources(self, *sources: Picture) -> None:
        """Show these, or nothing."""
        self.sources, self._parts = sources, []
        self.invalidate()

    def set_scale(self, scale: FrequencyScale) -> None:
        """Another frequency scale."""
        if scale != self._scale:
            self._scale = scale
            self.invalidate()

    def invalidate(self) -> None:
        """Compose again at the next paint."""
        self._grid = None
        self.update()

    def draw(self, painter: QPainter, vb: PixelViewBox) -> None:
        """Draw the picture for this view."""
        if not self.sources or self._scale is None:
            return
        theme = vb.theme
        grid = self._grid_of(vb)
        if grid != self._grid:
            self._parts = [compose(self._store, s, self._scale, grid) for s in self.sources]
            self._grid, self._image = grid, None
        look = (self.look, theme, vb.pixel_ratio)
        if self._image is None or look != self._image_look:
            self._image, self._image_look = self._make_image(theme, vb.pixel_ratio), look
        painter.drawImage(QPointF(0.0, 0.0), self._image)

    def is_final(self, vb: PixelViewBox) -> bool:
        """Whether the last paint showed this view and nothing better will arrive for it."""
        if not self.sources:
            return True
        grid = self._grid_of(vb)
        return grid == self._grid and all(self._store.is_final(s, grid.view(s)) for s in self.sources)

    def is_exact(self, vb: PixelViewBox) -> bool:
        """False while the picture of this view is a first look, of some frames only."""
        grid = self._grid_of(vb)
        return all(self._store.is_exact(source, grid.view(source)) for source in self.sources)

    def getData(self) -> tuple[NDArray[np.float64], list[str], NDArray[np.float64]]:
        """(times, frequencies as words, values (times, frequencies)) of the pixels that are shown, the lowest first."""
        if self._grid is None or self._scale is None or not self._parts:
            return np.empty(0), [], np.empty((0, 0))
        grid, scale = self._grid, self._scale
        heights = grid.top - grid.row_step * (np.arange(grid.height, dtype=np.float64) + 0.5)
        names = [f"{frequency:.6g} {scale.unit}" for frequency in scale.to_frequency(heights)[::-1]]
        known = np.all([part != 0 for part in self._parts], axis=0)
        values = np.where(known, self._values(self._parts), np.nan)[::-1].T
        times = grid.time + grid.time_step * (np.arange(grid.width, dtype=np.float64) + 0.5)
        return times, names, values

    def value_at(self, time: float, coordinate: float) -> float | None:
        """The value of the pixel under a point; None where there is nothing."""
        pixel = self._grid.pixel(time, coordinate) if self._grid is not None else None
        if pixel is None:
            return None
        codes = [part[pixel] for part in self._parts]
        return None if 0 in codes else float(self._values(codes))

    def _grid_of(self, vb: PixelViewBox) -> PixelGrid:
        first = self.sources[0]
        return PixelGrid.of(vb, first.first_time - 0.5 * first.column_step)

    def _values(self, codes: Sequence[Codes]) -> NDArray[np.float64]:
        """The values that codes of the sources stand for."""
        if len(self.sources) == 1:
            return value_of_all(self.sources[0])[codes[0]]
        reference, estimate = (self._floored_levels(s)[c] for c, s in zip(codes, self.sources, strict=True))
        return estimate - reference

    def _make_image(self, theme: Theme, pixel_ratio: float) -> QImage:
        look, source = self.look, self.sources[0]
        if len(self.sources) == 1:
            ends = [code_of(v, source.low, source.high) for v in (look.low, look.high)]
            table = colour_table(look.colours, ends[0], ends[1], theme.background)
            return indexed_image(self._parts[0], table, pixel_ratio)
        levels = [self._floored_levels(s) for s in self.sources]
        codes = difference_codes(self._parts, levels, look.span)
        return indexed_image(codes, colour_table(DIFFERENCE_MAP, 1.0, 255.0, theme.background), pixel_ratio)

    def _floored_levels(self, source: Picture) -> NDArray[np.float64]:
        """Levels to subtract. The floor keeps noise far below everything shown from filling the picture."""
        return np.maximum(value_of_all(source), self.look.low)


def same_objects(some: Sequence[object], others: Sequence[object]) -> bool:
    """Whether both hold the very same objects."""
    return len(some) == len(others) and all(a is b for a, b in zip(some, others, strict=True))


def value_of_all(source: Picture) -> NDArray[np.float64]:
    """The values of the codes 0..255, shape (256,); code 0, which has none, continues the line."""
    return value_of(np.arange(256, dtype=np.float64), source.low, source.high)


def difference_codes(codes: Sequence[Codes], levels: Sequence[NDArray[np.float64]], span: float) -> Codes:
    """uint8, shape of the codes: 128 + 127·(estimate - reference)/span in 1..255; 0 where either has nothing.

    codes, levels : of reference and estimate; the levels, shape (256,), are the values of the codes.
    """
    limit, (reference, estimate) = 16000.0, codes  # two limits fit into int16
    scaled = [np.rint(np.clip(each * (127.0 / span), -limit, limit)).astype(np.int16) for each in levels]
    difference = scaled[1].take(estimate)
    difference -= scaled[0].take(reference)
    np.clip(difference, -127, 127, out=difference)
    difference += 128
    found = difference.astype(np.uint8)
    found *= (reference != 0) & (estimate != 0)
    return found


def indexed_image(codes: Codes, table: list[int], pixel_ratio: float) -> QImage:
    """The image of codes (height, width) in the colours of a table, ready to be drawn 1:1.

    Converted once here: drawing an Indexed8 image converts it at every paint.
    """
    height, width = codes.shape
    padded = np.zeros((height, -(-width // 4) * 4), dtype=np.uint8)  # Qt wants lines of whole 32-bit words
    padded[:, :width] = codes
    image = QImage(padded.data, width, height, padded.shape[1], QImage.Format.Format_Indexed8)
    image.setColorTable(table)
    shown = image.convertToFormat(QImage.Format.Format_RGB32)  # a copy: `padded` may go
    shown.setDevicePixelRatio(pixel_ratio)
    return shown
