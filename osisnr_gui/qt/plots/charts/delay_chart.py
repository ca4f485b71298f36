"""Whole-signal SI-SNR against the delay taken out of an estimate; click, drag or arrow keys choose another delay."""

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from osisnr_gui.core.reduce import Pyramid, polyline, upper_edge
from osisnr_gui.core.types import FloatArray
from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, tabular_font, with_alpha
from osisnr_gui.qt.plots.axes import LinearScale
from osisnr_gui.qt.plots.charts.chart import Chart, Table, curve_item, point_item
from osisnr_gui.qt.plots.items.lines import Line
from osisnr_gui.text.catalogue import _

#: Samples to each side in the plot of the surroundings.
NEAR = 24
LOWEST_DB, HIGHEST_DB = -60.0, 100.0
PEAK_WORDS, ZERO_WORDS = _("peak"), _("as it is")


def delay_scale(unit: str, per_sample: float) -> LinearScale:
    """Ticks of delays in samples, labelled in a unit of which a sample has `per_sample`."""
    space = 10 * "\N{NO-BREAK SPACE}"
    title = _("← early{space}delay ({unit}){space}late →").format(space=space, unit=unit)
    return LinearScale(title, per_sample, 0.45)  # labels of delays are wider than those of values are tall


def value_range(si_snr_db: FloatArray) -> tuple[float, float]:
    """Round ends of an axis that shows the peak in full and of the rest what most delays have."""
    finite = np.minimum(si_snr_db[~np.isnan(si_snr_db) & (si_snr_db > -math.inf)], HIGHEST_DB)
    if not finite.size:
        return -40.0, 10.0
    low = 10.0 * math.floor(float(np.percentile(finite, 10.0)) / 10.0)
    high = 10.0 * math.ceil((float(finite.max()) + 3.0) / 10.0)
    return min(max(low, LOWEST_DB), high - 20.0), high


class DelayChart(Chart):
    """The curve over all delays in ms, or over the surroundings of the present one in samples (`near`).

    `moved` while the user chooses, `settled` once that is over; `hovered` with the delay under the pointer or None.
    """

    NAME, SIZE, LEAST, AXES = "delays", (560, 160), (160, 110), (56, 34)
    moved = Signal(int)
    settled = Signal()
    hovered = Signal(object)

    def __init__(self, theme: Theme, *, near: bool, parent: QWidget | None = None) -> None:
        super().__init__(theme, delay_scale(_("samples"), 1.0), LinearScale("SI-SNR (dB)"), parent)
        self._near = near
        self._values: FloatArray = np.empty(0)
        self._limits = value_range(self._values)
        self._pyramid = Pyramid(self._values)
        self._colour = 0
        self._rate = 1
        self._peak: int | None = None
        self.taken = self._centre = 0  # what is taken out, and the middle of the near plot, in samples
        self._held = False
        self._range_curve, self._curve = pg.PlotCurveItem(connect="finite"), curve_item()
        self._dots, self._point = pg.ScatterPlotItem(size=4, pen=None), point_item()
        self._marks = {words: self._mark(words, k) for k, words in enumerate((ZERO_WORDS, PEAK_WORDS))}
        self._taken_line = Line()
        self.add(self._range_curve, self._curve, self._dots, self._taken_line, self._point)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        around = _("Whole-signal SI-SNR against delay, around the present one")
        self.setAccessibleName(around if near else _("Whole-signal SI-SNR against delay, within half a second"))
        self.box.pointed.connect(self._choose)
        self.box.released.connect(self._settle)
        self.pointer_at.connect(self._say)
        self._dress()
        self._show()

    @property
    def reach(self) -> int:
        """The longest delay either way, in samples."""
        return self._values.size // 2

    def show_curve(self, si_snr_db: FloatArray, rate: int, peak: int | None, colour: int) -> None:
        """The values for the delays from -reach to reach (2*reach + 1,), and where the peak is."""
        self._is_zoomed = False
        self._limits = value_range(si_snr_db)
        self._values = np.clip(si_snr_db, 2 * LOWEST_DB, HIGHEST_DB)
        self._pyramid = Pyramid(self._values)
        self._peak, self._colour, self._rate = peak, colour, rate
        if not self._near:
            self._lower.set_scale(delay_scale("ms", 1000.0 / rate))
        self._dress()
        self._show()

    def show_taken(self, samples: int) -> None:
        """The delay that is taken out."""
        self.taken = samples
        if not self._held and abs(samples - self._centre) > NEAR // 2:
            self._centre = samples
            self._show()
        else:
            self._show_taken()

    def table(self) -> Table | None:
        """The values of the delays in view."""
        delays = np.arange(-self.reach, self.reach + 1.0)
        seen = (delays >= self.box.t0) & (delays <= self.box.t1)
        if not self._values.size:
            return None
        return "delay (samples)", delays[seen], ["SI-SNR (dB)"], self._values[seen, None]

    def delay_at(self, place: float) -> int:
        """The delay at a place of the axis; where many share a pixel, that with the highest value."""
        half = (self.box.t1 - self.box.t0) / max(self.box.width(), 1.0) / 2
        first, last = math.ceil(place - half), math.floor(place + half)
        wanted = round(place)
        values = self._values[max(first + self.reach, 0) : max(last + self.reach + 1, 0)]
        if values.size > 1 and not np.isnan(values).all():
            wanted = max(first, -self.reach) + int(np.nanargmax(values))
        return min(max(wanted, -self.reach), self.reach)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Frame the plot: the arrow keys are its."""
        super().focusInEvent(event)
        self.box.setBorder(pg.mkPen(self.theme.accent))
        self.box.borderRect.show()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """No frame."""
        super().focusOutEvent(event)
        self.box.borderRect.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows: one sample; ten with Shift, a millisecond with Ctrl."""
        direction = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if direction is None or not self._values.size:
            event.ignore()
            return
        held, step = event.modifiers(), 1
        if held & Qt.KeyboardModifier.ControlModifier:
            step = max(1, round(self._rate / 1000))
        elif held & Qt.KeyboardModifier.ShiftModifier:
            step = 10
        self.moved.emit(min(max(self.taken + direction * step, -self.reach), self.reach))

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """A key that repeats itself chooses when it is let go."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and not event.isAutoRepeat():
            self.settled.emit()
        else:
            event.ignore()

    def _mark(self, words: str, line: int) -> Line:
        """A dashed line with its name where the curve is not, each name on a line of its own."""
        position = ((0.08, 0.24) if self._near else (0.92, 0.76))[line]
        mark = Line(angle=90, label=words, labelOpts={"position": position, "anchors": [(0, 0.5), (1, 0.5)]})
        mark.label.setFont(tabular_font(SMALL_FONT_PIXELS))
        self.add(mark)
        return mark

    def _show(self) -> None:
        """Range, marks and curves for the present values and size."""
        reach = self.reach
        if self._near:
            centre = min(max(self._centre, NEAR - reach), reach - NEAR) if reach > NEAR else 0
            ends = centre - NEAR - 0.5, centre + NEAR + 0.5
        else:
            ends = -float(max(reach, 1)), float(max(reach, 1))
        self.fit(ends, self._limits)
        self._marks[ZERO_WORDS].place(0.0)
        self._marks[PEAK_WORDS].place(float(self._peak) if self._peak else math.nan)
        self._show_curves()
        self._show_taken()

    def _show_curves(self) -> None:
        where = (-self.reach, 1.0, self.box.t0, self.box.t1, self.columns)
        delays, values = upper_edge(self._pyramid, *where)
        self._curve.setData(delays, values)
        if self._near:
            heard = ~np.isnan(values)
            self._dots.setData(delays[heard], values[heard])
        else:
            self._range_curve.setData(*polyline(self._pyramid, *where))

    def _show_taken(self) -> None:
        self._taken_line.place(float(self.taken))
        known = abs(self.taken) <= self.reach and self.reach > 0
        value = self._values[self.taken + self.reach] if known else math.nan
        self._point.setData(*(([], []) if math.isnan(value) else ([self.taken], [max(value, self.box.lo)])))

    def _resized(self) -> None:
        self._show_curves()

    def _dress(self) -> None:
        theme = self.theme
        style = theme.estimate(self._colour)
        self._curve.setPen(pg.mkPen(style.colour))
        self._range_curve.setPen(pg.mkPen(with_alpha(style.colour, 0.25)))
        self._dots.setBrush(style.colour)
        self._point.setBrush(theme.accent)
        self._taken_line.setPen(pg.mkPen(theme.accent))
        for mark in self._marks.values():
            mark.setPen(pg.mkPen(theme.muted, dash=[3.0, 3.0]))
            mark.label.setColor(theme.muted)
            mark.label.fill = pg.mkBrush(with_alpha(theme.background, 0.86))

    def _choose(self, at: QPointF) -> None:
        if self._values.size:
            self._held = True
            delay = self.delay_at(at.x())
            if delay != self.taken:
                self.moved.emit(delay)

    def _settle(self) -> None:
        if self._held:
            self._held = False
            self.show_taken(self.taken)
            self.settled.emit()

    def _say(self, at: QPointF | None) -> None:
        if at is None or self._values.size:
            self.hovered.emit(None if at is None else self.delay_at(at.x()))
