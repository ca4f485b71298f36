"""OSI-SNR per frame: a line per estimate, the threshold to drag, the chance floor."""

from __future__ import annotations

import math
from collections.abc import Sequence
from copy import copy
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QWidget

from osisnr_gui.core.pyramid import Pyramid
from osisnr_gui.core.reduce import is_crowded, is_reduced, polyline, runs_of, summary_per_column, upper_edge
from osisnr_gui.qt.look.theme import Theme, with_alpha
from osisnr_gui.qt.plots.axes import LinearScale
from osisnr_gui.qt.plots.bands import Bands
from osisnr_gui.qt.plots.geometry import Mapping
from osisnr_gui.qt.plots.painting import (
    TAG_MARGIN,
    lay_tags,
    line_path,
    line_pen,
    paint_level,
    paint_tag,
    round_up,
    tag_width,
)
from osisnr_gui.qt.plots.plot_row import PlotRow
from osisnr_gui.qt.plots.row_overlay import Key
from osisnr_gui.qt.plots.safe_arrays import FloatArray, safe_array, safe_number
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.session.letters import MIXTURE, estimate_letter

GRAB_PIXELS = 5.0
#: From this distance between frames on, each frame gets a dot.
DOT_PIXELS = 12.0
RANGE_OPACITY = 0.18
#: What an estimate was before.
GHOST_DASH, GHOST_OPACITY = (2.0, 2.0), 0.85
ROBUST_PERCENTILE = 99.5
SAMPLE_LIMIT = 20_000
#: The long label of the threshold may take this share of the width.
LABEL_SHARE = 0.4
#: In a lower row labels may lie on the height of the title.
LOW_PIXELS = 60.0


class Curve(NamedTuple):
    """One estimate: ``osi_db[i]`` belongs to time ``t0 + i * dt``; +inf = perfect, NaN = no value.

    colour : its place, or MIXTURE. before : the name of a ghost, of what the estimate was; "" for what it is.
    """

    t0: float
    dt: float
    osi_db: FloatArray
    colour: int
    selected: bool = False
    before: str = ""


class CurvePlot(PlotRow):
    """OSI-SNR in dB over time."""

    threshold_changed = Signal(float)  # while it is dragged
    threshold_released = Signal(float)

    def __init__(self, link: TimeLink, theme: Theme, row_id: str = "osi", parent: QWidget | None = None) -> None:
        super().__init__(link, theme, row_id, "OSI-SNR per frame", parent)
        self.threshold = math.nan
        self.chance_floor = math.nan
        self._shown: tuple[Curve, ...] = ()
        self.bands = Bands(self)
        self._lines = _CurveLines()
        self.set_y_scale(LinearScale("OSI-SNR (dB)"))
        self.set_y_limits(0.0, 40.0)
        self.set_y_range(0.0, 40.0)
        self.add_layer(self._lines)
        self.add_layer(_Levels(self))
        self.add_handle(_ThresholdHandle(self))

    def show_curves(self, curves: Sequence[Curve | tuple[float, float, FloatArray, int, bool]]) -> None:
        """Draw these estimates; the selected one comes last and stronger."""
        new = tuple(Curve(*c) for c in curves)
        if len(new) == len(self._shown) and all(map(_same, new, self._shown)):
            return
        same_data = len(new) == len(self._shown) and all(
            a.osi_db is b.osi_db for a, b in zip(new, self._shown, strict=True)
        )
        self._shown = new
        self._lines.show_curves(new)
        present, ghosts = [c for c in new if not c.before], [c for c in new if c.before]
        places = sorted({c.colour: c.selected for c in present}.items(), key=lambda item: (item[0] == MIXTURE, item[0]))
        keys = [
            Key("mixture" if place == MIXTURE else estimate_letter(place), place, chosen) for place, chosen in places
        ]
        keys += [Key(curve.before, curve.colour, False, GHOST_DASH, GHOST_OPACITY) for curve in ghosts]
        self.overlay.keys = tuple(keys)
        if not same_data:
            self._update_limits()
        self.refresh()

    def set_threshold(self, osi_db: float) -> None:
        """Put the dashed threshold line here; NaN hides it. Emits nothing."""
        threshold = safe_number(osi_db, math.nan)
        if threshold != self.threshold:
            self.threshold = threshold
            self.refresh()

    def set_chance_floor(self, osi_db: float) -> None:
        """Mark what two unrelated signals reach; NaN hides it."""
        floor = safe_number(osi_db, math.nan)
        if floor != self.chance_floor:
            self.chance_floor = floor
            self.refresh()

    def fit_y(self) -> None:
        """Back to the automatic value range."""
        self.y_by_hand = False
        self._update_limits()

    def zoom_y(self, factor: float, at: float) -> None:
        """Ctrl+wheel: the floor of the axis stays, because 0 dB is the worst there is."""
        self.y_by_hand = True
        lo, hi = self.mapping.lo, self.mapping.hi
        self.set_y_range(lo, lo + max((hi - lo) * factor, 1.0)) if lo == 0.0 else super().zoom_y(factor, at)

    def _title_note(self, m: Mapping) -> str:
        """Says when the line is a mean and not every frame."""
        crowded = any(_crowded(line.curve, m) for line in self._lines.lines)
        return " · mean and range per pixel" if crowded else ""

    def _update_limits(self) -> None:
        """Limits from the data, the range from a robust percentile so that one spike flattens nothing."""
        samples = [_sample(line.values.values) for line in self._lines.lines]
        values = np.concatenate(samples) if samples else np.empty(0)
        values = values[np.isfinite(values)]
        top = float(np.percentile(values, ROBUST_PERCENTILE)) if values.size else 30.0
        lowest = float(values.min()) if values.size else 0.0
        self.set_y_limits(min(0.0, lowest), max(round_up(1.2 * max(top, lowest)), 200.0))
        if self.follows_data:
            self.set_y_range(min(0.0, lowest), max(round_up(1.08 * top), 10.0))


class _Line:
    """What is drawn of one curve: finite values, and perfect frames (+inf dB) apart; None when there are none."""

    def __init__(self, curve: Curve) -> None:
        self.curve = curve
        values = safe_array(curve.osi_db, keep_inf=True)
        self.perfect: Pyramid | None = None
        if values.size and np.fmax.reduce(values) == np.inf:
            perfect = np.isposinf(values)
            self.perfect = Pyramid(perfect.astype(np.float64))
            values = np.where(perfect, np.nan, values)
        self.values = Pyramid(values)

    def moved_to(self, curve: Curve) -> _Line:
        """The same values in another role."""
        line = copy(self)
        line.curve = curve
        return line

    def paths(self, m: Mapping) -> tuple[QPainterPath, QPainterPath]:
        """The faint range behind the line (empty unless crowded) and the line itself.

        With many frames per pixel the extremes of several curves are solid blocks that hide each other; then
        those of the selected one become a veil, and each line is the mean of its pixel columns.
        """
        where = (self.curve.t0, self.curve.dt, m.t0, m.t1, m.columns)
        if not _crowded(self.curve, m):
            times, values = polyline(self.values, *where)
            return QPainterPath(), line_path(m.xs_of(times), m.ys_of(values))
        times, low, high, mean = summary_per_column(self.values, *where)
        xs, pairs = m.xs_of(times), np.column_stack((low, high)).ravel()
        return line_path(np.repeat(xs, 2), m.ys_of(pairs)), line_path(xs, m.ys_of(mean))


class _CurveLines:
    """The lines themselves, kept as pixel paths for the last mapping."""

    def __init__(self) -> None:
        self.lines: list[_Line] = []
        self._mapping: Mapping | None = None
        self._paths: list[tuple[QPainterPath, QPainterPath]] = []

    def show_curves(self, curves: Sequence[Curve]) -> None:
        known = {id(line.curve.osi_db): line for line in self.lines}
        self.lines = [
            known[id(curve.osi_db)].moved_to(curve) if id(curve.osi_db) in known else _Line(curve)
            for curve in sorted(curves, key=lambda c: (not c.before, c.selected, c.colour != MIXTURE))
        ]
        self._mapping = None

    def paint(self, painter: QPainter, m: Mapping, theme: Theme) -> None:
        if m != self._mapping:
            self._mapping = m
            self._paths = [line.paths(m) for line in self.lines]
        several, caps = sum(not line.curve.before for line in self.lines) > 1, 0
        for line, (range_path, path) in zip(self.lines, self._paths, strict=True):
            curve = line.curve
            style = theme.estimate(curve.colour)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if curve.before:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, not _reduced(line, m))
                painter.setPen(line_pen(with_alpha(style.colour, GHOST_OPACITY), GHOST_DASH))
                painter.drawPath(path)
                continue
            if not range_path.isEmpty() and (curve.selected or not several):
                painter.setPen(line_pen(with_alpha(style.colour, RANGE_OPACITY)))
                painter.drawPath(range_path)
            colour = with_alpha(style.colour, 0.8 if several and not curve.selected else 1.0)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, not _reduced(line, m))
            painter.setPen(line_pen(colour, style.dash))
            # Drawn again a physical pixel lower: a stronger line without a wide (slow) pen.
            times = max(round(m.pixel_ratio), 1) * (2 if several and curve.selected else 1)
            for k in range(times):
                painter.drawPath(path.translated(0.0, k / m.pixel_ratio))
            self._paint_dots(painter, line, m, colour)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            if line.perfect is not None:
                _paint_caps(painter, curve, line.perfect, m, m.top + 2 + 3 * caps, style.colour)
                caps += 1

    def _paint_dots(self, painter: QPainter, line: _Line, m: Mapping, colour: object) -> None:
        curve = line.curve
        if curve.dt * m.width < DOT_PIXELS * (m.t1 - m.t0):
            return
        times, values = polyline(line.values, curve.t0, curve.dt, m.t0, m.t1, m.columns)
        pen = QPen(colour, 4)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        points = zip(m.xs_of(times).tolist(), m.ys_of(values).tolist(), strict=True)
        painter.drawPoints([QPointF(x, y) for x, y in points if y == y])


class _Levels:
    """Chance floor and threshold."""

    def __init__(self, plot: CurvePlot) -> None:
        self._plot = plot

    def paint(self, painter: QPainter, m: Mapping, theme: Theme) -> None:
        chance, threshold = self._plot.chance_floor, self._plot.threshold
        if math.isfinite(chance):
            paint_level(painter, m, chance, line_pen(theme.faint))
        if math.isfinite(threshold):
            paint_level(painter, m, threshold, line_pen(theme.bad, (6.0, 4.0)))
        tags = [
            (threshold, _threshold_words(threshold, m, self._plot.overlay.title_box(m)), theme.bad),
            (chance, f"chance {chance:.1f} dB", theme.muted),
        ]
        tags = [tag for tag in tags if math.isfinite(tag[0])]
        title = self._plot.overlay.title_box(m)
        boxes = [QRectF() if box.intersects(title) else box for box in lay_tags(m, [tag[:2] for tag in tags])]
        for box, (_, text, colour) in zip(boxes, tags, strict=True):
            paint_tag(painter, box, text, colour, theme)


def _threshold_words(threshold: float, m: Mapping, title: QRectF) -> str:
    """What the dashed line is: bad frames are told by their exact OSI-SNR whichever formula is drawn.

    In a low row there is only the room beside the title.
    """
    text = f"bad under {threshold:.1f} dB exact OSI-SNR"
    room = LABEL_SHARE * m.width if m.height > LOW_PIXELS else m.right - title.right() - 2 * TAG_MARGIN
    return text if tag_width(text) <= min(room, LABEL_SHARE * m.width) else f"bad < {threshold:.1f} dB exact"


class _ThresholdHandle:
    """Lets the mouse move the threshold line, in steps of 0.1 dB."""

    cursor = Qt.CursorShape.SplitVCursor

    def __init__(self, plot: CurvePlot) -> None:
        self._plot = plot

    def hit(self, m: Mapping, pos: QPointF) -> bool:
        threshold = self._plot.threshold
        return math.isfinite(threshold) and abs(m.y_of(threshold) - pos.y()) <= GRAB_PIXELS

    def drag(self, m: Mapping, pos: QPointF) -> None:
        value = round(min(max(m.value_at(pos.y()), m.lo), m.hi), 1)
        if value != self._plot.threshold:
            self._plot.set_threshold(value)
            self._plot.threshold_changed.emit(value)

    def release(self) -> None:
        self._plot.threshold_released.emit(self._plot.threshold)


def _same(a: Curve, b: Curve) -> bool:
    return a.osi_db is b.osi_db and a._replace(osi_db=b.osi_db) == b


def _sample(values: FloatArray) -> FloatArray:
    """Enough values for a percentile; sorting an hour of frames takes longer than drawing them."""
    return values[:: max(1, values.size // SAMPLE_LIMIT)]


def _reduced(line: _Line, m: Mapping) -> bool:
    return is_reduced(line.values.size, line.curve.t0, line.curve.dt, m.t0, m.t1, m.columns)


def _crowded(curve: Curve, m: Mapping) -> bool:
    return is_crowded(curve.dt, m.t0, m.t1, m.columns)


def _paint_caps(painter: QPainter, curve: Curve, perfect: Pyramid, m: Mapping, y: float, colour: str) -> None:
    """Small bars at the top edge over frames that are perfect (+inf dB)."""
    times, flags = upper_edge(perfect, curve.t0, curve.dt, m.t0, m.t1, m.columns)
    starts, stops = runs_of(flags > 0)
    if not starts.size:
        return
    left, right = m.xs_of(times[starts]), m.xs_of(times[stops - 1])
    half = max(curve.dt * m.width / (m.t1 - m.t0), 1.0) / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(with_alpha(colour, 1.0))
    pairs = zip(left.tolist(), right.tolist(), strict=True)
    painter.drawRects([QRectF(a - half, y - 1, b - a + 2 * half, 2) for a, b in pairs])
