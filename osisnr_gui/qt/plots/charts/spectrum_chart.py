"""Both columns of one frame over frequency, bins or time: the scaled reference, the estimate, and what is left."""

import html
import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QSizePolicy, QWidget

from osisnr_gui.core.reduce import Pyramid, polyline
from osisnr_gui.core.types import FloatArray
from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, tabular_font, with_alpha
from osisnr_gui.qt.plots.axes import LinearScale, Tick
from osisnr_gui.qt.plots.charts.chart import Chart, Table, curve_item, place_line, upright_line
from osisnr_gui.qt.plots.items.painting import round_up, safe_array
from osisnr_gui.session import words
from osisnr_gui.session.inspection.inspection import FrameCurves
from osisnr_gui.text.catalogue import _, translated

SPAN_DB = 90.0
#: The value axis stays while the highest value is between these: no jump from frame to frame.
KEEP_DB = 30.0
KEEP_LOW, KEEP_HIGH = 0.3, 1.0
#: A level under every floor: -inf is no gap.
LOWEST_DB = -1e3
PLACE_LABEL_SHARE = 1.4  # labels of places are wider than those of values are tall
WORDS_HEIGHT = 18
#: A name behind a sample of its curve.
COLOURED = '<span style="color:{colour}">━</span> <span style="color:{ink}">{text}</span>'


class PlaceScale:
    """Ticks along a column: frequency, bin or time, the last one with the unit."""

    title = ""

    def __init__(self, unit: str = "") -> None:
        self._unit = unit

    def ticks(self, low: float, high: float, pixels: float) -> list[Tick]:
        """Round ticks, in kHz where there are two of them."""
        scale = 1000.0 if self._unit == "Hz" and high >= 2000.0 else 1.0
        unit = "kHz" if scale > 1 else self._unit
        ticks = LinearScale().ticks(low / scale, high / scale, pixels / PLACE_LABEL_SHARE)
        labels = [tick.label for tick in ticks[:-1]] + [f"{ticks[-1].label} {unit}"]
        return [Tick(tick.value * scale, label) for tick, label in zip(ticks, labels, strict=True)]


class SpectrumChart(Chart):
    """Three curves, their names, and the values under the pointer."""

    NAME, SIZE = "frame", (260, 140)
    LEAST = (160, 110)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, PlaceScale(), LinearScale(), parent, sizes=(36, 17), top=WORDS_HEIGHT)
        self._curves: FrameCurves | None = None
        self._lines: tuple[FloatArray, ...] = ()
        self._colour = 0
        self._high = 1.0
        self._pointer: float | None = None
        self._items = tuple(curve_item() for _ in range(3))  # reference, estimate, error
        self._area = pg.PlotCurveItem(pen=None, connect="finite")
        self._pointer_line = upright_line(pg.mkPen(theme.text))
        self.add(self._area, self._items[2], *self._items[:2], self._pointer_line)
        self._place, self._names = (pg.TextItem(anchor=(k, 0.0)) for k in (0, 1))
        for text in (self._place, self._names):
            text.setFont(tabular_font(SMALL_FONT_PIXELS))
            text.setParentItem(self.plotItem)
            text.textItem.document().setDocumentMargin(0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(_("Reference, estimate and noise of the frame"))
        self.pointer_at.connect(self._point)
        self._dress()

    def show_curves(self, curves: FrameCurves | None, colour: int) -> None:
        """Draw a frame's curves, the estimate in its colour; None draws an empty plot."""
        new_kind = curves is None or self._curves is None or _kind(curves) != _kind(self._curves)
        self._curves, self._colour = curves, colour
        self._lines = ()
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
            low = high - SPAN_DB
        else:
            if not (keep and KEEP_LOW * high <= top <= KEEP_HIGH * high):
                high = round_up(1.15 * top)
            low = -high if signed else 0.0
        self._high = high
        last = max(self._lines[1].size - 1, 1) * curves.step
        self.fit((0.0, last), (low, high))

    def _show_curves(self) -> None:
        lines = self._lines or (np.empty(0),) * 3
        step = self._curves.step if self._curves is not None else 1.0
        for item, values in zip(self._items, lines, strict=True):
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
        place_line(self._pointer_line, index * curves.step if pointed else math.nan)
        self._place.setText(_place(index, curves) if pointed else translated(curves.title))
        parts = []
        for name, values, colour in zip(curves.names, self._lines, self._colours(), strict=True):
            if name:
                shown = translated(name)
                text = f"{shown} {self._value(float(values[index]))}" if pointed else shown
                parts.append(COLOURED.format(colour=colour, ink=self.theme.text, text=html.escape(text)))
        self._names.setHtml("&nbsp;&nbsp;".join(parts))
        self._names.setFont(tabular_font(SMALL_FONT_PIXELS))
        self._names.setPos(self.plotItem.size().width() - 4, 1)
        self._place.setPos(4, 1)

    def _value(self, value: float) -> str:
        assert self._curves is not None
        if not self._curves.in_db:
            return words.loss(value)
        return words.number(value if value > LOWEST_DB else -math.inf, 1)

    def _point(self, at: QPointF | None) -> None:
        self._pointer = None if at is None else at.x()
        self._show_words()


def _kind(curves: FrameCurves) -> tuple[object, ...]:
    return curves.unit, curves.title, curves.step, curves.estimate.size


def _place(index: int, curves: FrameCurves) -> str:
    """Where the pointer is, in the axis' own unit."""
    if curves.unit == "Hz":
        return words.hertz(index * curves.step)
    if curves.unit == "bin":
        return _("bin {k}").format(k=index)
    return f"{words.number(index * curves.step, 2)} ms"
