"""A thin row of colours: which of several is the best one, frame by frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QHideEvent, QImage, QPainter, QShowEvent
from PySide6.QtWidgets import QToolTip, QWidget

from osisnr_gui.core.best_of import NOBODY, BestOf, column_edges
from osisnr_gui.core.types import FloatArray
from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, contrast_ratio, system_font
from osisnr_gui.qt.panels.plain_text import tooltip
from osisnr_gui.qt.plots.axes import Tick
from osisnr_gui.qt.plots.geometry import ROW_GAP, TIME_AXIS_HEIGHT, Mapping
from osisnr_gui.qt.plots.plot_row import PlotRow
from osisnr_gui.qt.plots.time_link import TimeLink

RIBBON_PIXELS = 18
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


@dataclass(frozen=True)
class _Name:
    """The left axis: the name of the ribbon."""

    name: str
    title: str = ""

    def ticks(self, _lo: float, _hi: float, _pixels: float) -> list[Tick]:
        """Half-way up."""
        return [Tick(0.5, self.name)]


class RibbonPlot(PlotRow):
    """Colours over time. Where frames are hardly wider than a pixel, stripes of a few pixels stack their shares.

    words_at : what the tooltip says of a time.
    """

    shown_changed = Signal()

    def __init__(self, link: TimeLink, theme: Theme, row_id: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(link, theme, row_id, "", parent)
        self.words_at: Callable[[float], str] = lambda _time: ""
        self.ribbon: Ribbon | None = None
        self.set_y_scale(_Name(name))
        self.add_layer(_Colours(self))
        self.set_time_axis(False)

    def show_ribbon(self, ribbon: Ribbon | None, name: str) -> None:
        """Show this one, or nothing. name : for those who cannot see it."""
        self.setAccessibleName(name)
        if ribbon is not self.ribbon:
            self.ribbon = ribbon
            self.refresh()

    def set_name(self, name: str) -> None:
        """What stands on the left."""
        if self.value_scale != _Name(name):
            self.set_y_scale(_Name(name))

    def set_time_axis(self, on: bool) -> None:
        """As any row; the ribbon itself is always as high."""
        super().set_time_axis(on)
        self.setFixedHeight(RIBBON_PIXELS + ROW_GAP + (TIME_AXIS_HEIGHT if on else ROW_GAP))

    def zoom_y(self, factor: float, at: float) -> None:
        """There is nothing to zoom."""

    def viewportEvent(self, event: QEvent) -> bool:
        """The tooltip is about the frame under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = self.words_at(self.mapping.time_at(event.pos().x()))
            QToolTip.showText(event.globalPos(), tooltip(words), self)
            return True
        return super().viewportEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Say so: some ribbons are worked out only while they are seen."""
        super().showEvent(event)
        self.shown_changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Say so."""
        super().hideEvent(event)
        self.shown_changed.emit()


class _Colours:
    """The layer of the ribbon."""

    def __init__(self, plot: RibbonPlot) -> None:
        self._plot = plot

    def paint(self, painter: QPainter, m: Mapping, theme: Theme) -> None:
        ribbon = self._plot.ribbon
        if ribbon is None:
            return
        shares = shares_per_pixel(ribbon, m)
        colours = [*ribbon.colours(theme), theme.faint]
        painter.drawImage(m.rect, stacked_image(shares, colours, max(round(m.height * m.pixel_ratio), 1)))
        self._paint_letters(painter, m, shares, (*ribbon.letters, TIED_LETTER), colours)

    @staticmethod
    def _paint_letters(
        painter: QPainter, m: Mapping, shares: FloatArray, letters: tuple[str, ...], colours: list[str]
    ) -> None:
        painter.setFont(system_font(SMALL_FONT_PIXELS))
        metrics = QFontMetricsF(painter.font())
        widths = [metrics.horizontalAdvance(letter) + 2 * LETTER_PAD for letter in letters]
        pixel = m.width / m.columns
        for kind, start, stop in clear_runs(shares):
            box = QRectF(QPointF(m.left + start * pixel, m.top), QPointF(m.left + stop * pixel, m.bottom))
            if box.width() >= widths[kind]:
                painter.setPen(QColor(max("#000000", "#ffffff", key=lambda ink: contrast_ratio(ink, colours[kind]))))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letters[kind])


def shares_per_pixel(ribbon: Ribbon, m: Mapping) -> FloatArray:
    """Shares of the counted frames of each pixel column: (n_systems + 1, columns), nan where none counts."""
    pixel, origin = (m.t1 - m.t0) / m.columns, ribbon.t0 - ribbon.dt / 2
    width = stripe_columns(ribbon, m)
    # On a fixed grid, so that nothing flickers while the view is moved; the picture is half a pixel off at most.
    start = round((m.t0 - origin) / pixel)
    first = start // width
    borders = origin + width * pixel * np.arange(first, (start + m.columns - 1) // width + 2)
    edges, where = column_edges(ribbon.best.place.size, ribbon.t0, ribbon.dt, borders)
    shares = ribbon.best.shares(edges)
    missing = np.full((shares.shape[0], 1), np.nan)
    stripes = np.concatenate((shares, missing), axis=1)[:, where]
    return stripes[:, (start + np.arange(m.columns)) // width - first]


def stripe_columns(ribbon: Ribbon, m: Mapping) -> int:
    """Pixel columns that are painted alike: 1 while every frame is wide enough to be seen alone."""
    seen_alone = ribbon.dt * m.width >= LEAST_FRAME_PIXELS * (m.t1 - m.t0)
    return 1 if seen_alone else round(STRIPE_PIXELS * m.pixel_ratio)


def stacked_image(shares: FloatArray, colours: list[str], height: int) -> QImage:
    """Columns of stacked colours, the first on top; transparent where there are no shares."""
    limits = height * np.cumsum(np.nan_to_num(shares), axis=0)
    limits[-1] = np.where(np.isnan(shares[0]), 0.0, height)  # whatever rounding says
    rows = np.arange(height)[:, None] + 0.5
    kinds = np.zeros((height, shares.shape[1]), np.intp)
    for limit in limits:
        kinds += rows >= limit
    table = np.array([*(QColor(colour).rgba() for colour in colours), 0], np.uint32)
    pixels = np.ascontiguousarray(table[kinds])
    size = (shares.shape[1], height, 4 * shares.shape[1])
    return QImage(pixels.data, *size, QImage.Format.Format_ARGB32_Premultiplied).copy()


def clear_runs(shares: FloatArray) -> list[tuple[int, int, int]]:
    """(kind, first, stop) of pixel columns beside each other in which one kind has a clear share."""
    if not shares.shape[1]:
        return []
    known = np.nan_to_num(shares)
    kinds = np.where(known.max(axis=0) >= CLEAR_SHARE, known.argmax(axis=0), NOBODY)
    edges = np.concatenate(([0], np.flatnonzero(np.diff(kinds)) + 1, [kinds.size]))
    runs = zip(kinds[edges[:-1]].tolist(), edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    return [run for run in runs if run[0] != NOBODY]
