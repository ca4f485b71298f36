"""The fused loss per frame, as two stacked bands: 1/OSI below, γ·MC-MSE on top of it."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPainterPath
from PySide6.QtWidgets import QWidget

from osisnr_gui.core.loss_curve import DrawnLoss, LossCurve
from osisnr_gui.core.reduce import is_crowded, is_reduced, runs_of, visible_frames
from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, system_font, tabular_font, with_alpha
from osisnr_gui.qt.plots.axes import LinearScale
from osisnr_gui.qt.plots.bands import Bands
from osisnr_gui.qt.plots.geometry import Mapping
from osisnr_gui.qt.plots.loss_sketches import LossSketches, is_same_frames
from osisnr_gui.qt.plots.painting import (
    area_image,
    edge_per_column,
    line_path,
    line_pen,
    paint_tag,
    round_up,
    tag_width,
)
from osisnr_gui.qt.plots.plot_row import PlotRow
from osisnr_gui.qt.plots.row_overlay import paint_plate
from osisnr_gui.qt.plots.safe_arrays import FloatArray, safe_array
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.session import words

ROBUST_PERCENTILE = 99.0
SAMPLE_LIMIT = 20_000
#: The value axis stays while the robust top is between these fractions of it: no jump at every slider tick.
KEEP_LOW, KEEP_HIGH = 0.4, 0.97
VEIL_OPACITY = 0.28
NOTHING_DRAWN = DrawnLoss(*4 * (np.empty(0),))
#: Height of the marks at the top edge over values that are cut off.
MARK_PIXELS = 4


class LossPlot(PlotRow):
    """Loss per frame of the selected estimate, live while a slider moves."""

    def __init__(self, link: TimeLink, theme: Theme, row_id: str = "loss", parent: QWidget | None = None) -> None:
        super().__init__(link, theme, row_id, "Loss per frame", parent)
        self.bands = Bands(self)
        self.sketches = LossSketches(self)
        self._areas = _LossAreas(self.sketches)
        self._has_data = False
        self.set_y_scale(LinearScale("Loss"))
        self.set_y_limits(0.0, 1e6)
        self.add_layer(self._areas)
        self.add_layer(_CutMarks(self, self._areas), over=True)
        self._legend = _Legend()
        self.add_layer(self._legend, top=True)

    def show_loss(self, t0: float, dt: float, curve: LossCurve | None, *, growing: bool = False) -> None:
        """Draw 1/OSI and γ·MC-MSE of each frame, stacked; nothing is done when they are on screen already.

        ``growing`` : more frames are to come.
        """
        if self._areas.show_curve(t0, dt, curve, growing):
            if self.follows_data:
                self._follow_data()
            self.refresh()

    def fit_y(self) -> None:
        """Back to the automatic value range."""
        self.y_by_hand = False
        self._follow_data(keep=False)

    def zoom_y(self, factor: float, at: float) -> None:
        """Ctrl+wheel: zero stays at the bottom."""
        self.y_by_hand = True
        self.set_y_range(0.0, max(self.mapping.hi * factor, 1e-3))

    def _title_note(self, m: Mapping) -> str:
        """Says when the bands are means and not every frame."""
        return " · mean and maximum per pixel" if self._areas.is_crowded(m) else ""

    def _corner_width(self, m: Mapping) -> float:
        box = self.legend_box(m)
        return 0.0 if box.isEmpty() else m.right - box.left() + 5

    def legend_box(self, m: Mapping) -> QRectF:
        """Where the legend lies; empty when there is no room for it."""
        return self._legend.box(m)

    def _follow_data(self, *, keep: bool = True) -> None:
        curve = self._areas.curve
        values = np.empty(0) if curve is None else curve.sample(SAMPLE_LIMIT)
        values = values[np.isfinite(values)]
        if not values.size:
            return
        top = max(float(np.percentile(values, ROBUST_PERCENTILE)), 1e-6)
        present = self.mapping.hi
        keep, self._has_data = keep and self._has_data, True
        if not keep or not KEEP_LOW * present <= top <= KEEP_HIGH * present:
            self.set_y_range(0.0, round_up(1.25 * top))


class _LossAreas:
    """The two bands and the line on top, as a picture for the last mapping.

    A few frames per pixel column: the maximum of the lower edge (1/OSI) and of the upper edge (the total).
    The reader looks for the worst frames, so no peak may be lost; and because the total is nowhere below
    1/OSI its maximum is not either, so the bands cannot cross. (Maxima of the two terms added up would show
    a total that no frame has.) Many frames per column: maxima are a block that tells nothing, so the bands
    are means, which add up exactly, and the maximum of the total stays as a veil over them.
    """

    def __init__(self, sketches: LossSketches) -> None:
        self.sketches = sketches
        self.curve: LossCurve | None = None
        self._growing = False
        self._t0, self._dt = 0.0, 1.0
        self._drawn_of: Mapping | None = None
        self._drawn = NOTHING_DRAWN
        self._key: tuple[Mapping, str] | None = None
        self._image = QImage()
        self._line = QPainterPath()

    def show_curve(self, t0: float, dt: float, curve: LossCurve | None, growing: bool) -> bool:
        """Take this curve; False when it is the one shown."""
        self._growing = growing
        if (t0, dt) == (self._t0, self._dt) and _same(curve, self.curve):
            return False
        self._t0, self._dt, self.curve = t0, dt, curve
        self._drawn_of = self._key = None
        return True

    def paint(self, painter: QPainter, m: Mapping, theme: Theme) -> None:
        if (m, theme.name) != self._key:
            self._key = (m, theme.name)
            self._shape(m, theme)
        painter.drawImage(m.rect, self._image)
        n_frames = 0 if self.curve is None else self.curve.n_frames
        reduced = is_reduced(n_frames, self._t0, self._dt, m.t0, m.t1, m.columns)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not reduced)
        painter.setPen(line_pen(theme.loss_total))
        painter.drawPath(self._line)

    def drawn(self, m: Mapping) -> DrawnLoss:
        """What the picture shows, worked out once for a mapping."""
        if m != self._drawn_of:
            self._drawn_of, self._drawn = m, NOTHING_DRAWN
            if self.curve is not None:
                # A curve that grows is another one in a moment: not worth a sketch.
                sketch = None if self._growing else self.sketches.sketch_of(self.curve)
                times, *values = self.curve.draw(self._t0, self._dt, m.t0, m.t1, m.columns, sketch)
                self._drawn = DrawnLoss(times, *map(safe_array, values))
        return self._drawn

    def highest_near(self, time: float, m: Mapping) -> float:
        """The largest loss in a pixel column that is higher than its neighbours: a number, so not from the picture."""
        assert self.curve is not None, "there is a column"
        pixel = (m.t1 - m.t0) / m.columns
        frames = visible_frames(self.curve.n_frames, self._t0, self._dt, time - pixel, time + pixel)
        return self.curve.highest(slice(*frames))

    def is_crowded(self, m: Mapping) -> bool:
        return is_crowded(self._dt, m.t0, m.t1, m.columns)

    def _shape(self, m: Mapping, theme: Theme) -> None:
        times, osi, total, peak = self.drawn(m)
        areas: list[tuple[FloatArray, QColor]] = []
        if self.is_crowded(m):
            areas.append((edge_per_column(m, times, peak), with_alpha(theme.loss_mc, VEIL_OPACITY)))
        areas.append((edge_per_column(m, times, total), QColor(theme.loss_mc)))
        areas.append((edge_per_column(m, times, osi), QColor(theme.loss_osi)))
        self._image = area_image(m, areas)
        self._line = line_path(m.xs_of(times), m.ys_of(total))


def _same(a: LossCurve | None, b: LossCurve | None) -> bool:
    """Whether two curves are equal in every frame, without a look at the frames."""
    if a is None or b is None:
        return a is b
    return is_same_frames(a, b) and (a.alpha, a.gamma) == (b.alpha, b.gamma)


class _CutMarks:
    """At the top edge: a small triangle over every run of pixel columns that are cut off, and the highest value."""

    def __init__(self, plot: LossPlot, areas: _LossAreas) -> None:
        self._plot, self._areas = plot, areas

    def paint(self, painter: QPainter, m: Mapping, theme: Theme) -> None:
        times, _, _, total = self._areas.drawn(m)
        starts, stops = runs_of(cut_columns(m, times, total))
        if not starts.size:
            return
        pixel = m.width / m.columns
        runs = list(zip((m.left + starts * pixel).tolist(), (m.left + stops * pixel).tolist(), strict=True))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.text))
        # One row of pixels after the other, each wider: all triangles in one call, and sharp.
        rows = range(MARK_PIXELS)
        painter.drawRects([QRectF(a - k, m.top + k, b - a + 2 * k, 1) for a, b in runs for k in rows])
        inside = np.where((times >= m.t0) & (times <= m.t1), total, np.nan)
        if (inside > m.hi).any():
            time = float(times[int(np.nanargmax(inside))])
            text = words.loss(self._areas.highest_near(time, m))
            box = self._number_box(m, m.x_of(time), text)
            paint_tag(painter, box, text, theme.text, theme)

    def _number_box(self, m: Mapping, x: float, text: str) -> QRectF:
        """Right or left of the mark, clear of title and legend; lower down if need be; empty without room."""
        taken = [self._plot.overlay.title_box(m), self._plot.legend_box(m)]
        height = QFontMetricsF(tabular_font(SMALL_FONT_PIXELS)).height()
        width, gap = tag_width(text), MARK_PIXELS + 2
        below = max([box.bottom() for box in taken if not box.isEmpty()], default=m.top) + 2
        for top in (m.top + MARK_PIXELS + 1, below):
            for left in (x + gap, x - gap - width):
                box = QRectF(left, top, width, height)
                if m.rect.contains(box) and not any(box.intersects(other) for other in taken):
                    return box
        return QRectF()


def cut_columns(m: Mapping, times: FloatArray, values: FloatArray) -> npt.NDArray[np.bool_]:
    """The pixel columns in which a line through these points leaves the plot at the top."""
    edge = edge_per_column(m, times, values)
    with np.errstate(invalid="ignore"):
        cut = edge < 0
        above = values > m.hi
    # A point itself may lie between the middles of two columns.
    places = np.floor((times[above] - m.t0) * (m.columns / (m.t1 - m.t0))).astype(np.intp)
    cut[places[(places >= 0) & (places < m.columns)]] = True
    return cut


class _Legend:
    """Which band is which, in the top-right corner."""

    ENTRIES = (("loss_osi", "1/OSI"), ("loss_mc", "γ·MC-MSE"))

    def box(self, m: Mapping) -> QRectF:
        """Its plate; empty when the title needs the room."""
        metrics = QFontMetricsF(system_font(SMALL_FONT_PIXELS))
        width = sum(self._widths(metrics))
        x = m.right - width - 5
        return QRectF() if x < m.left + 120 else QRectF(x, m.top + 5, width, math.ceil(metrics.height()) + 2)

    def paint(self, painter: QPainter, m: Mapping, theme: Theme) -> None:
        box = self.box(m)
        if box.isEmpty():
            return
        painter.setFont(system_font(SMALL_FONT_PIXELS))
        metrics = QFontMetricsF(painter.font())
        paint_plate(painter, box, theme)
        x = box.left()
        for (token, text), width in zip(self.ENTRIES, self._widths(metrics), strict=True):
            painter.fillRect(QRectF(x + 6, m.top + 9, 8, box.height() - 8), QColor(getattr(theme, token)))
            painter.setPen(QColor(theme.muted))
            painter.drawText(QPointF(x + 19, m.top + 6 + metrics.ascent()), text)
            x += width

    def _widths(self, metrics: QFontMetricsF) -> list[float]:
        return [metrics.horizontalAdvance(text) + 28 for _, text in self.ENTRIES]
