"""Strips of colours: of the whole file, and the ribbon of who is best when."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from osisnr_gui.core.reduce import Pyramid, is_crowded, lowest_per_stretch, summary_per_column
from osisnr_gui.core.several import NOBODY, BestOf, column_edges
from osisnr_gui.core.types import FloatArray
from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, contrast_ratio, system_font, with_alpha
from osisnr_gui.qt.plots.items.maps import HIGHEST_DB, colour_image
from osisnr_gui.qt.plots.items.painting import argb_image, column_spans, hatch_brush, safe_array
from osisnr_gui.qt.plots.items.pixel_item import PixelItem
from osisnr_gui.qt.plots.items.shading import BandKind, Runs
from osisnr_gui.qt.plots.view_box import PixelViewBox

TICK_HEIGHT = 5  # of the marks under the strip for bad frames
#: Where frames are narrower than the first, stripes of the second share their frames: narrower ones are a bar code.
LEAST_FRAME_PIXELS, STRIPE_PIXELS = 2, 4
#: A letter names a stretch of pixels in which one system has this share of the frames or more.
CLEAR_SHARE = 0.6


class OverviewStrip(PixelItem):
    """The lowest OSI-SNR of each pixel column as a colour, silence hatched, bad frames marked below."""

    def __init__(self) -> None:
        super().__init__()
        self._t0, self._dt = 0.0, 1.0
        self._osi = Pyramid(np.empty(0))
        self._runs = Runs()

    def show_osi(self, t0: float, dt: float, osi_db: npt.ArrayLike) -> None:
        """Take these; NaN where there is nothing to hear."""
        self._t0, self._dt = t0, dt
        # Brighter than the brightest colour is not needed, and a perfect frame must not make a mean infinite.
        self._osi = Pyramid(np.minimum(safe_array(osi_db, keep_inf=True), HIGHEST_DB))
        self.update()

    def show_runs(self, runs: Runs) -> None:
        """Mark these."""
        if runs is not self._runs:
            self._runs = runs
            self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the strip: one or two pixel rows of colours, silence, and marks."""
        vb = self.pixels(painter)
        theme, rows = vb.theme, self._values(vb)
        covered = {kind: stretches.coverage(vb) > 0 for kind, stretches in self._runs.kinds.items()}
        ground, line = QColor(theme.panel), with_alpha(theme.silent, 0.45)
        painter.fillRect(vb.rect(), ground)
        painter.drawImage(vb.rect(), colour_image(rows))
        silent = covered[BandKind.SILENT] & np.isnan(rows[-1])
        painter.fillRect(vb.rect(), hatch_brush(silent, ground, line, vb.pixel_ratio))
        # Bad frames and false activity, at the lower edge.
        bad = column_spans(covered[BandKind.BAD] | covered[BandKind.MISSED], vb)
        false = covered[BandKind.FALSE_ACTIVITY]
        ticks = QRectF(0.0, vb.height() - TICK_HEIGHT, vb.width(), TICK_HEIGHT)
        if bad or false.any():
            painter.fillRect(ticks, QColor(theme.background))
        colour = QColor(theme.bad)
        if false.any():
            hatch = hatch_brush(false, with_alpha(theme.bad, 0.35), colour, vb.pixel_ratio)
            painter.fillRect(ticks.adjusted(0, 1, 0, 0), hatch)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRects([QRectF(a, ticks.top() + 1, max(b - a, 1.0), TICK_HEIGHT - 1) for a, b in bad])

    def _values(self, vb: PixelViewBox) -> FloatArray:
        """(1, columns): the lowest OSI-SNR of each pixel column; where it is crowded (2, columns), means above."""
        where = (self._t0, self._dt, vb.t0, vb.t1, vb.columns)
        if not is_crowded(*where[1:]):
            return lowest_per_stretch(self._osi.values, *where)[None, :]
        # Among hundreds of frames there is always a bad one: the mean above tells good parts from poor.
        times, lowest, _, means = summary_per_column(self._osi, *where)
        rows = np.full((2, vb.columns), np.nan)
        places = np.floor((times - vb.t0) * (vb.columns / (vb.t1 - vb.t0))).astype(np.intp)
        inside = (places >= 0) & (places < vb.columns)
        rows[:, places[inside]] = means[inside], lowest[inside]
        return rows


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

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw colours and letters."""
        ribbon = self.ribbon
        if ribbon is None:
            return
        vb = self.pixels(painter)
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
    edges, where = column_edges(ribbon.best.place.size, ribbon.t0, ribbon.dt, borders)
    shares = ribbon.best.shares(edges)
    missing = np.full((shares.shape[0], 1), np.nan)
    stripes = np.concatenate((shares, missing), axis=1)[:, where]
    return stripes[:, (start + np.arange(vb.columns)) // width - first]


def stacked_image(shares: FloatArray, colours: list[str], height: int) -> QImage:
    """Columns of stacked colours, the first on top; transparent where there are no shares."""
    limits = height * np.cumsum(np.nan_to_num(shares), axis=0)
    limits[-1] = np.where(np.isnan(shares[0]), 0.0, height)  # whatever rounding says
    rows = np.arange(height)[:, None] + 0.5
    kinds = np.zeros((height, shares.shape[1]), np.intp)
    for limit in limits:
        kinds += rows >= limit
    table = np.array([*(QColor(colour).rgba() for colour in colours), 0], np.uint32)
    return argb_image(np.ascontiguousarray(table[kinds]))


def clear_runs(shares: FloatArray) -> list[tuple[int, int, int]]:
    """(kind, first, stop) of pixel columns beside each other in which one kind has a clear share."""
    if not shares.shape[1]:
        return []
    known = np.nan_to_num(shares)
    kinds = np.where(known.max(axis=0) >= CLEAR_SHARE, known.argmax(axis=0), NOBODY)
    edges = np.concatenate(([0], np.flatnonzero(np.diff(kinds)) + 1, [kinds.size]))
    runs = zip(kinds[edges[:-1]].tolist(), edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    return [run for run in runs if run[0] != NOBODY]
