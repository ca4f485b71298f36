"""Maps that a thread makes for the pixels of a view: the strip of bands, and the blame map over a spectrogram, which
shows as heat which bins carry the loss and leaves the others clear. And strips of colours: of the whole file, and the
ribbon of who is best when."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from osisnr_gui.core.reduce import Pyramid, frame_columns, is_crowded, lowest_per_stretch
from osisnr_gui.core.several import NOBODY, BestOf, column_frames
from osisnr_gui.core.types import FloatArray
from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, contrast_ratio, system_font, with_alpha
from osisnr_gui.qt.plots.items.painting import PixelItem, area_image, argb_image, column_spans, hatch_brush, safe_array
from osisnr_gui.qt.plots.items.shading import BandKind, Shading
from osisnr_gui.qt.plots.items.spectrogram import PixelGrid
from osisnr_gui.qt.plots.scales import HEAT_MAP, FrequencyScale, pixel_table, row_bins
from osisnr_gui.qt.plots.view_box import PixelViewBox
from osisnr_gui.text.catalogue import _

Floats = NDArray[np.float64]
Edges = NDArray[np.float64] | NDArray[np.intp]

#: The strip of bands has the same colours as the overview.
COLOUR_MAP, LOWEST_DB, HIGHEST_DB = "viridis", 0.0, 30.0
#: A density of 1, an even share, is the first that shows; from this one on there is but one colour.
HIGHEST = 30.0
#: Ends of pictures that differ from whole pixels in later digits only are whole: between pixels they are smeared.
SHIFT_DIGITS = 6
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

    def draw(self, painter: QPainter, vb: PixelViewBox) -> None:
        """Draw the picture over the ground."""
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

    def draw(self, painter: QPainter, vb: PixelViewBox) -> None:
        """Draw it."""
        if self.on:
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
    return argb_image(np.where(np.isnan(place), np.uint32(0), pixel_table(COLOUR_MAP)[codes]))


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
    return argb_image(np.where(codes == 0, np.uint32(0), pixel_table(HEAT_MAP)[codes]))


TICK_HEIGHT = 5  # of the marks under the strip for bad frames
LEAST_BAR = 2  # pixels that a single bad frame of hundreds is high
#: Where frames are narrower than the first, stripes of the second share their frames: narrower ones are a bar code.
LEAST_FRAME_PIXELS, STRIPE_PIXELS = 2, 4
#: A letter names a stretch of pixels in which one system has this share of the frames or more.
CLEAR_SHARE = 0.6


class OverviewStrip(Shading):
    """The lowest OSI-SNR of each pixel column as a colour, silence hatched, bad frames marked below."""

    def __init__(self) -> None:
        super().__init__()
        self._t0, self._dt = 0.0, 1.0
        self._osi = Pyramid(np.empty(0))

    def show_osi(self, t0: float, dt: float, osi_db: npt.ArrayLike) -> None:
        """Take these; NaN where there is nothing to hear."""
        self._t0, self._dt = t0, dt
        # Brighter than the brightest colour is not needed, and a perfect frame must not make a mean infinite.
        self._osi = Pyramid(np.minimum(safe_array(osi_db, keep_inf=True), HIGHEST_DB))
        self.update()

    def draw(self, painter: QPainter, vb: PixelViewBox) -> None:
        """Draw the strip: colours, silence, and marks; where it is crowded, the share of bad frames for marks."""
        share = {kind: stretches.coverage(vb) for kind, stretches in self._runs.kinds.items()}
        where = self._t0, self._dt, vb.t0, vb.t1, vb.columns
        crowded = is_crowded(*where[1:])
        colours = QRectF(0.0, 0.0, vb.width(), vb.height() / 2 if crowded else vb.height())
        values = self._means(vb) if crowded else lowest_per_stretch(self._osi.values, *where)
        painter.fillRect(vb.rect(), QColor(vb.theme.panel))
        painter.drawImage(colours, colour_image(values[None, :]))
        silent = (share[BandKind.SILENT] > 0) & np.isnan(values)
        ground, line = QColor(vb.theme.panel), with_alpha(vb.theme.silent, 0.45)
        painter.fillRect(colours, hatch_brush(silent, ground, line, vb.pixel_ratio))
        bad, false = share[BandKind.BAD] + share[BandKind.MISSED], share[BandKind.FALSE_ACTIVITY]
        if crowded or bad.any() or false.any():
            (_paint_density if crowded else _paint_ticks)(painter, vb, bad, false)

    def _means(self, vb: PixelViewBox) -> FloatArray:
        """The mean of each pixel column: among hundreds of frames there is always a bad one."""
        columns = frame_columns(self._osi.size, self._t0, self._dt, vb.t0, vb.t1, vb.columns)
        means = np.full(vb.columns, np.nan)
        places = np.floor((columns.centres - vb.t0) * (vb.columns / (vb.t1 - vb.t0))).astype(np.intp)
        inside = (places >= 0) & (places < vb.columns)
        means[places[inside]] = self._osi.means(columns)[inside]
        return means


def _paint_ticks(painter: QPainter, vb: PixelViewBox, bad: FloatArray, false: FloatArray) -> None:
    """Bad frames, and false activity hatched, at the lower edge."""
    ticks, colour = QRectF(0.0, vb.height() - TICK_HEIGHT, vb.width(), TICK_HEIGHT), QColor(vb.theme.bad)
    painter.fillRect(ticks, QColor(vb.theme.background))
    hatch = hatch_brush(false > 0, with_alpha(vb.theme.bad, 0.35), colour, vb.pixel_ratio)
    painter.fillRect(ticks.adjusted(0, 1, 0, 0), hatch)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    spans = column_spans(bad > 0, vb)
    painter.drawRects([QRectF(a, ticks.top() + 1, max(b - a, 1.0), TICK_HEIGHT - 1) for a, b in spans])


def _paint_density(painter: QPainter, vb: PixelViewBox, bad: FloatArray, false: FloatArray) -> None:
    """In the lower half, the share of every column that is bad, and of false activity above it, hatched, as heights."""
    half, colour = QRectF(0.0, vb.height() / 2, vb.width(), vb.height() / 2), QColor(vb.theme.bad)
    rows = max(vb.rows // 2, 1)
    bad = np.where(bad > 0, np.maximum(bad, LEAST_BAR * vb.pixel_ratio / rows), 0.0)
    shares = np.clip(np.stack((1.0 - bad - false, false, bad)), 0.0, 1.0)
    painter.fillRect(half, hatch_brush(false > 0, with_alpha(vb.theme.bad, 0.35), colour, vb.pixel_ratio))
    painter.drawImage(half, stacked_image(shares, [vb.theme.background, "transparent", vb.theme.bad], rows))


@dataclass(frozen=True, eq=False)
class Ribbon:
    """Frame i of `best` lies at `t0 + i * dt`. letters, colours : of every system, the colours for a theme."""

    best: BestOf
    t0: float
    dt: float
    letters: tuple[str, ...]
    colours: Callable[[Theme], list[str]]


class RibbonItem(PixelItem):
    """Colours over time. Where frames are hardly wider than a pixel, stripes of a few pixels stack their shares."""

    def __init__(self) -> None:
        super().__init__()
        self.ribbon: Ribbon | None = None

    def draw(self, painter: QPainter, vb: PixelViewBox) -> None:
        """Draw colours and letters."""
        ribbon = self.ribbon
        if ribbon is None:
            return
        theme = vb.theme
        shares = shares_per_pixel(ribbon, vb)
        colours = [*ribbon.colours(theme), theme.faint]
        painter.drawImage(vb.rect(), stacked_image(shares, colours, vb.rows))
        painter.setFont(system_font(SMALL_FONT_PIXELS))
        metrics, letters = QFontMetricsF(painter.font()), (*ribbon.letters, "=")
        widths = [metrics.horizontalAdvance(letter) + 8.0 for letter in letters]
        pixel = vb.width() / vb.columns
        for kind, start, stop in clear_runs(shares):
            box = QRectF(QPointF(start * pixel, 0.0), QPointF(stop * pixel, vb.height()))
            if box.width() >= widths[kind]:
                painter.setPen(QColor(max("#000000", "#ffffff", key=lambda ink: contrast_ratio(ink, colours[kind]))))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letters[kind])


def shares_per_pixel(ribbon: Ribbon, vb: PixelViewBox) -> FloatArray:
    """Shares of the counted frames of each pixel column: (n_systems + 1, columns), nan where none counts."""
    pixel, origin = (vb.t1 - vb.t0) / vb.columns, ribbon.t0 - ribbon.dt / 2
    # Columns that are painted alike: 1 while every frame is wide enough to be seen alone.
    seen_alone = ribbon.dt * vb.width() >= LEAST_FRAME_PIXELS * (vb.t1 - vb.t0)
    width = 1 if seen_alone else round(STRIPE_PIXELS * vb.pixel_ratio)
    # On a fixed grid, so that nothing flickers while the view is moved; the picture is half a pixel off at most.
    start = round((vb.t0 - origin) / pixel)
    first = start // width
    borders = origin + width * pixel * np.arange(first, (start + vb.columns - 1) // width + 2, dtype=np.float64)
    stripes = ribbon.best.shares(*column_frames(ribbon.best.place.size, ribbon.t0, ribbon.dt, borders))
    return stripes[:, (start + np.arange(vb.columns)) // width - first]


def stacked_image(shares: FloatArray, colours: list[str], height: int) -> QImage:
    """Columns of stacked colours, the first on top; transparent where there are no shares."""
    ends = height * np.cumsum(np.nan_to_num(shares), axis=0)
    ends[-1] = np.where(np.isnan(shares[0]), 0.0, height)  # whatever rounding says
    edges = [np.zeros(shares.shape[1]), *ends]
    return area_image(height, list(zip(edges, map(QColor, (*colours, "transparent")), strict=True)))


def clear_runs(shares: FloatArray) -> list[tuple[int, int, int]]:
    """(kind, first, stop) of pixel columns beside each other in which one kind has a clear share."""
    if not shares.shape[1]:
        return []
    known = np.nan_to_num(shares)
    kinds = np.where(known.max(axis=0) >= CLEAR_SHARE, known.argmax(axis=0), NOBODY)
    edges = np.concatenate(([0], np.flatnonzero(np.diff(kinds)) + 1, [kinds.size]))
    runs = zip(kinds[edges[:-1]].tolist(), edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    return [run for run in runs if run[0] != NOBODY]
