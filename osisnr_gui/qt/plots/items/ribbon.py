"""A ribbon of colours: which of several is the best one, frame by frame."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from osisnr_gui.core.several import NOBODY, BestOf, column_edges
from osisnr_gui.core.types import FloatArray
from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, contrast_ratio, system_font
from osisnr_gui.qt.plots.items.painting import argb_image
from osisnr_gui.qt.plots.items.pixel_item import PixelItem
from osisnr_gui.qt.plots.view_box import PixelViewBox

#: Where frames are narrower than this ...
LEAST_FRAME_PIXELS = 2
#: ... that many pixels share their frames: narrower stripes are a bar code.
STRIPE_PIXELS = 4
#: A letter names a stretch of pixels in which one system has this share of the frames or more, ...
CLEAR_SHARE = 0.6
#: ... and needs this much room beside it.
LETTER_PAD = 4.0
TIED_LETTER = "="


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
        self._paint_letters(painter, vb, shares, (*ribbon.letters, TIED_LETTER), colours)

    @staticmethod
    def _paint_letters(
        painter: QPainter, vb: PixelViewBox, shares: FloatArray, letters: tuple[str, ...], colours: list[str]
    ) -> None:
        painter.setFont(system_font(SMALL_FONT_PIXELS))
        metrics = QFontMetricsF(painter.font())
        widths = [metrics.horizontalAdvance(letter) + 2 * LETTER_PAD for letter in letters]
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
