"""Charts of one frame: the angle between its two columns, and both of them over frequency, bins or time."""

import html
import math
from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QWidget

from osisnr_gui.core.reduce import Pyramid, polyline
from osisnr_gui.core.types import FloatArray
from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, tabular_font, with_alpha
from osisnr_gui.qt.panels.plain_text import tooltip
from osisnr_gui.qt.plots.axes import NO_SCALE, LinearScale, Tick
from osisnr_gui.qt.plots.charts.chart import Chart, Table, curve_item
from osisnr_gui.qt.plots.items.lines import Line
from osisnr_gui.qt.plots.items.painting import round_up, safe_array
from osisnr_gui.session import words
from osisnr_gui.session.inspection.inspection import FrameCurves
from osisnr_gui.text.catalogue import _, translated

TIP = _(
    "The frame as two vectors: the scaled reference λs along the base, the estimate e at the angle θ to it, and the "
    "noise e − λs upright on e. OSI-SNR = |λs|²/|e − λs|² = 1/sin²θ: 0° is the same but for level, 90° has nothing "
    "in common (0 dB)."
)
#: The value axis stays while the highest value is so near its end: no jump from frame to frame.
KEEP_DB, KEEP_PART = 30.0, 0.3
#: A level under every floor: -inf is no gap.
LOWEST_DB = -1e3
#: A name behind a sample of its curve.
COLOURED = '<span style="color:{colour}">━</span> <span style="color:{ink}">{text}</span>'


def tip_of(angle: float) -> tuple[float, float]:
    """Where the estimate ends, with λs from (0, 0) to (1, 0); `angle` in degrees."""
    theta = math.radians(angle)
    return math.cos(theta) ** 2, math.sin(theta) * math.cos(theta)


def _arc(radius: float, degrees: float, centre: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Points of an arc over the base, from its right end upwards."""
    turns = np.radians(np.linspace(0.0, degrees, 64))
    return centre + radius * np.cos(turns), radius * np.sin(turns)


class AngleChart(Chart):
    """The angle between the columns as what OSI-SNR makes of it: a right-angled triangle.

    The scaled reference λs is the longest side and the estimate e one of the others; the noise e − λs, upright on e, is
    the third. Whatever the angle, the tip of e moves on the half circle over λs, so the picture never leaves its frame.
    """

    NAME, ZOOMS, SIZE = "angle", False, (140, 105)
    LEAST, TOP = (100, 90), 0

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, NO_SCALE, NO_SCALE, parent)
        self.setBackground(None)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, False)  # the panel shows through
        self.still.hide()
        self._angle, self._colour, self._words = math.nan, 0, ("", "", "")
        plot = self.plotItem
        plot.hideAxis("left")
        plot.hideAxis("bottom")
        plot.layout.setContentsMargins(0, 0, 0, 0)
        plot.setAspectLocked(True)
        self._circle, self._arc, self._ray, self._noise, self._reference, self._estimate = (
            pg.PlotCurveItem(antialias=True) for _ in range(6)
        )
        self._heads = tuple(pg.ArrowItem(headLen=8, headWidth=6, pen=None) for _ in range(2))
        self._names = tuple(pg.TextItem(anchor=anchor) for anchor in ((1, 0), (1, 1), (0, 1), (0.5, 1)))
        for text in self._names:
            text.setFont(tabular_font(SMALL_FONT_PIXELS))
            text.textItem.document().setDocumentMargin(1)
        curves = (self._circle, self._arc, self._ray, self._noise, self._reference, self._estimate)
        self._parts = (*curves[1:], *self._heads, *self._names[:3])
        self.add(*curves, *self._heads, *self._names)
        self._circle.setData(*_arc(0.5, 180.0, 0.5))
        self.setToolTip(tooltip(TIP))
        self.fit((-0.08, 1.2), (-0.32, 0.56))
        self._show()

    def show_angle(self, degrees: float, words: str, osi_words: str, *, colour: int, reversed_: bool = False) -> None:
        """Draw an angle (nan: none), named by `words`; the OSI-SNR it means goes below. `reversed_`: λ is below 0."""
        shown = (words, osi_words, "−λs" if reversed_ else "λs")
        if repr((degrees, colour, shown)) != repr((self._angle, self._colour, self._words)):
            self._angle, self._colour, self._words = degrees, colour, shown
            self.setAccessibleName(_("angle {angle}, {osi}").format(angle=words, osi=osi_words))
            self._show()

    def set_theme(self, theme: Theme) -> None:
        """Apply another theme; the ground is that of the panel."""
        self.theme = theme
        self._show()

    def table(self) -> Table | None:
        """The angle and what OSI-SNR makes of it."""
        if not math.isfinite(self._angle):
            return None
        with np.errstate(divide="ignore"):
            osi_db = -20.0 * np.log10(np.sin(np.radians([[self._angle]])))
        return "angle (°)", np.array([self._angle]), ["OSI-SNR (dB)"], osi_db

    def _resized(self) -> None:
        self._show_words()

    def _show(self) -> None:
        theme, angle = self.theme, self._angle
        self._circle.setPen(pg.mkPen(theme.grid))
        for item in self._parts:
            item.setVisible(math.isfinite(angle))
        self._show_words()
        if not math.isfinite(angle):
            return
        x, y = tip_of(angle)
        turn = math.radians(angle)
        estimate = theme.estimate(self._colour).colour
        self._noise.setData([1.0, x], [0.0, y], pen=pg.mkPen(theme.bad, width=1.6, style=Qt.PenStyle.DashLine))
        self._reference.setData([0.0, 1.0], [0.0, 0.0], pen=pg.mkPen(theme.text, width=2))
        self._estimate.setData([0.0, x], [0.0, y], pen=pg.mkPen(estimate, width=2))
        # So short beside λs that its direction is hard to see: a ray shows it.
        self._ray.setVisible(math.cos(turn) < 0.35)
        self._ray.setData([0.0, 0.5 * math.cos(turn)], [0.0, 0.5 * math.sin(turn)])
        self._ray.setPen(pg.mkPen(estimate, dash=[2.0, 3.0]))
        self._arc.setData(*_arc(0.22, angle), pen=pg.mkPen(with_alpha(theme.text, 0.7)))
        for head, at, degrees, colour in zip(
            self._heads, ((1.0, 0.0), (x, y)), (0.0, angle), (theme.text, estimate), strict=True
        ):
            head.setStyle(angle=180.0 - degrees, brush=pg.mkBrush(colour))
            head.setPos(*at)
        self._heads[1].setVisible(math.hypot(x, y) > 0.12)  # else it has no room
        self._show_names(x, y)

    def _show_names(self, x: float, y: float) -> None:
        reference, estimate, noise, _ = self._names
        reference.setText(self._words[2], color=self.theme.text)
        reference.setPos(1.0, -0.04)  # below the head of the arrow
        estimate.setText("e", color=self.theme.estimate(self._colour).colour)
        estimate.setPos(0.62 * x, max(0.62 * y, 0.03))
        noise.setText("e − λs", color=self.theme.bad)
        # Right of the leg where it is steep, over it where it lies flat.
        noise.setAnchor((0, 0.5) if x > 0.5 else (0, 1))
        noise.setPos(min(x + 0.45 * (1 - x) + 0.03, 0.85), 0.55 * y)
        noise.setVisible(y > 0.12)

    def _show_words(self) -> None:
        words = " · ".join(filter(None, self._words[:2]))
        if QFontMetricsF(tabular_font(SMALL_FONT_PIXELS)).horizontalAdvance(words) > self.width() - 4:
            words = self._words[0]
        self._names[3].setText(words, color=self.theme.text)
        self._names[3].setPos((self.box.t0 + self.box.t1) / 2, self.box.lo)


class PlaceScale(NamedTuple):
    """Ticks along a column: frequency, bin or time, the last one with the unit."""

    unit: str = ""
    title: str = ""

    def ticks(self, low: float, high: float, pixels: float) -> list[Tick]:
        """Round ticks, in kHz where there are two of them."""
        scale = 1000.0 if self.unit == "Hz" and high >= 2000.0 else 1.0
        unit = "kHz" if scale > 1 else self.unit
        # Labels of places are wider than those of values are tall.
        ticks = LinearScale().ticks(low / scale, high / scale, pixels / 1.4)
        labels = [tick.label for tick in ticks[:-1]] + [f"{ticks[-1].label} {unit}"]
        return [Tick(tick.value * scale, label) for tick, label in zip(ticks, labels, strict=True)]


class SpectrumChart(Chart):
    """The scaled reference, the estimate and what is left as curves, with names and the values under the pointer."""

    NAME, SIZE = "frame", (260, 140)
    LEAST, AXES, TOP = (160, 110), (36, 17), 18

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, PlaceScale(), LinearScale(), parent)
        self._curves: FrameCurves | None = None
        self._kind: tuple[object, ...] | None = None  # what the axes depend on
        self._lines: tuple[FloatArray, ...] = (np.empty(0),) * 3
        self._colour = 0
        self._high = 1.0
        self._pointer: float | None = None
        self._items = tuple(curve_item() for _ in range(3))  # reference, estimate, error
        self._area = pg.PlotCurveItem(pen=None, connect="finite")
        self._pointer_line = Line()
        self.add(self._area, self._items[2], *self._items[:2], self._pointer_line)
        self._place, self._names = (pg.TextItem(anchor=(k, 0.0)) for k in (0, 1))
        for text in (self._place, self._names):
            text.setFont(tabular_font(SMALL_FONT_PIXELS))
            text.setParentItem(self.plotItem)
            text.textItem.document().setDocumentMargin(0)
        self.setAccessibleName(_("Reference, estimate and noise of the frame"))
        self.pointer_at.connect(self._point)
        self._dress()

    def show_curves(self, curves: FrameCurves | None, colour: int) -> None:
        """Draw a frame's curves, the estimate in its colour; None draws an empty plot."""
        kind = None if curves is None else (curves.unit, curves.title, curves.step, curves.estimate.size)
        new_kind = kind is None or kind != self._kind
        self._curves, self._colour, self._kind = curves, colour, kind
        self._lines = (np.empty(0),) * 3
        if curves is not None:
            low = LOWEST_DB if curves.in_db else -np.inf
            every = (curves.reference, curves.estimate, curves.error)
            self._lines = tuple(safe_array(np.maximum(values, low)) for values in every)
            self._is_zoomed &= not new_kind
            self._follow_data(curves, keep=not new_kind)
            self._lower.set_scale(PlaceScale(curves.unit))
        self.plotItem.setVisible(curves is not None)
        self._show_curves()
        self._dress()

    def table(self) -> Table | None:
        """A column for each curve."""
        curves = self._curves
        if curves is None:
            return None
        shown = [(name, values) for name, values in zip(curves.names, self._lines, strict=True) if values.size]
        places = np.arange(self._lines[1].size, dtype=np.float64) * curves.step
        titles = [f"{name} ({curves.title})" for name, _values in shown]
        return curves.unit, places, titles, np.column_stack([values for _name, values in shown])

    def _follow_data(self, curves: FrameCurves, *, keep: bool) -> None:
        found = [values[np.isfinite(values)] for values in self._lines]
        signed = any(values.size and values.min() < 0 for values in found)
        # The noise may be far larger than both columns where they have little in common: they set the scale.
        tops = [float((values if curves.in_db else np.abs(values)).max()) for values in found[:2] if values.size]
        top, high = max(tops, default=0.0), self._high
        if curves.in_db:
            if not (keep and high - KEEP_DB <= top <= high):
                high = max(10.0 * math.ceil(top / 10.0 + 0.2), -200.0)
            low = high - 90.0
        else:
            if not (keep and KEEP_PART * high <= top <= high):
                high = round_up(1.15 * top)
            low = -high if signed else 0.0
        self._high = high
        last = max(self._lines[1].size - 1, 1) * curves.step
        self.fit((0.0, last), (low, high))

    def _show_curves(self) -> None:
        step = self._curves.step if self._curves is not None else 1.0
        for item, values in zip(self._items, self._lines, strict=True):
            item.setData(*polyline(Pyramid(values), 0.0, step, self.box.t0, self.box.t1, self.columns))
        lowest = self.box.lo
        filled = self._curves is not None and (self._curves.in_db or lowest >= 0.0)
        places, error = self._items[2].getData() if filled else (None, None)
        self._area.setData([] if places is None else places, [] if error is None else error, fillLevel=lowest)

    def _resized(self) -> None:
        self._show_curves()
        self._show_words()

    def _dress(self) -> None:
        theme = self.theme
        for item, colour in zip(self._items, self._colours(), strict=True):
            item.setPen(pg.mkPen(colour))
        self._area.setBrush(with_alpha(theme.bad, theme.bad_opacity))
        self._pointer_line.setPen(pg.mkPen(with_alpha(theme.text, 0.55)))
        self._place.setColor(theme.muted)
        self._show_words()

    def _colours(self) -> tuple[str, str, str]:
        return self.theme.text, self.theme.estimate(self._colour).colour, self.theme.bad

    def _show_words(self) -> None:
        """Above the plot: the unit and the curves' names, or the values under the pointer."""
        curves = self._curves
        if curves is None:
            return
        index = -1 if self._pointer is None else round(self._pointer / curves.step)
        pointed = 0 <= index < self._lines[1].size
        self._pointer_line.place(index * curves.step if pointed else math.nan)
        self._place.setText(_place(index, curves) if pointed else translated(curves.title))
        parts = []
        for name, values, colour in zip(curves.names, self._lines, self._colours(), strict=True):
            if name:
                shown = translated(name)
                if pointed:
                    value = float(values[index])
                    level = words.number(value if value > LOWEST_DB else -math.inf, 1)
                    shown = f"{shown} {level if curves.in_db else words.loss(value)}"
                parts.append(COLOURED.format(colour=colour, ink=self.theme.text, text=html.escape(shown)))
        self._names.setHtml("&nbsp;&nbsp;".join(parts))
        self._names.setFont(tabular_font(SMALL_FONT_PIXELS))
        self._names.setPos(self.plotItem.size().width() - 4, 1)
        self._place.setPos(4, 1)

    def _point(self, at: QPointF | None) -> None:
        self._pointer = None if at is None else at.x()
        self._show_words()


def _place(index: int, curves: FrameCurves) -> str:
    """Where the pointer is, in the axis' own unit."""
    if curves.unit == "Hz":
        return words.hertz(index * curves.step)
    if curves.unit == "bin":
        return _("bin {k}").format(k=index)
    return f"{words.number(index * curves.step, 2)} ms"
