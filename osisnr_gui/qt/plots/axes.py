"""Axes: round ticks for values and for time, and the AxisItems that show them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Protocol

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, tabular_font
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.session import words
from osisnr_gui.text.catalogue import _

#: The margins that all rows share, so that plot edges are aligned to the pixel whatever the labels are.
LEFT_AXIS_WIDTH, RIGHT_MARGIN, TIME_AXIS_HEIGHT = 64, 12, 24
ROW_GAP = 3  # empty pixels above and below the plot of a row
LABEL_GAP = 6.0
Label = tuple[QRectF, object, str]  # place, alignment, text
#: Closest labels, in pixels, where there is room for more than two.
VALUE_TICK_PIXELS = 34.0
TIME_TICK_PIXELS = 90.0
#: Round steps above one second: 1-2-5 as people count seconds, minutes and hours.
TIME_STEPS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 18000, 36000, 72000, 180000, 360000)
#: From the edge of a plot to the labels under it.
LABEL_TOP = 3.0


class Tick(NamedTuple):
    """A grid line with its label (empty = line only)."""

    value: float
    label: str


class ValueScale(Protocol):
    """What the left axis of a row needs to know about its values."""

    @property
    def title(self) -> str:
        """Of the axis, with the unit."""

    def ticks(self, lo: float, hi: float, pixels: float, /) -> Sequence[Tick]:
        """Ticks between ``lo`` and ``hi`` for an axis of this many pixels."""


def nice_step(least: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is not below ``least``."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= least * (1 - 1e-9)) * power


def _finer(step: float) -> float:
    """The next smaller 1-2-5 step."""
    return nice_step(step / 2.5 * (1 - 1e-6))


def multiples(step: float, lo: float, hi: float) -> list[float]:
    """Multiples of ``step`` in ``[lo, hi]``, free of accumulated rounding."""
    slack = (hi - lo) * 1e-9
    first, last = math.ceil((lo - slack) / step), math.floor((hi + slack) / step)
    return [i * step for i in range(first, last + 1)]


def decimals_of(step: float) -> int:
    """Decimals needed to tell multiples of ``step`` apart."""
    return max(0, -math.floor(math.log10(step) + 1e-9))


@dataclass(frozen=True)
class LinearScale:
    """Round ticks on a linear axis; ``title`` carries the unit, e.g. ``"OSI-SNR (dB)"``.

    factor : from values to what the labels say. share : fewer labels on an axis whose labels are wider than tall.
    whole : an axis of counts, with labels at whole numbers from 0 only.
    """

    title: str = ""
    factor: float = 1.0
    share: float = 1.0
    whole: bool = False

    def ticks(self, lo: float, hi: float, pixels: float) -> list[Tick]:
        """At least two labelled ticks on any range."""
        lo, hi = lo * self.factor, hi * self.factor
        step = nice_step((hi - lo) / max(self.share * pixels / VALUE_TICK_PIXELS, 1.0))
        while len(values := multiples(step, lo, hi)) < 2:
            step = _finer(step)
        digits = decimals_of(step)
        if self.whole:
            return [Tick(v, words.count(round(v))) for v in values if v >= 0 and v == round(v)]
        return [Tick(v / self.factor, f"{v + 0.0:.{digits}f}".replace("-", "−")) for v in values]


@dataclass(frozen=True)
class FixedScale:
    """The same ticks whatever the range, as far as they lie in it."""

    title: str
    marks: tuple[Tick, ...]

    def ticks(self, lo: float, hi: float, _pixels: float) -> list[Tick]:
        """Ticks between ``lo`` and ``hi``."""
        return [tick for tick in self.marks if lo <= tick.value <= hi]


#: Of the axis of a plot with nothing in it.
NO_SCALE = FixedScale("", ())


def time_step(least: float, unit: str = "s") -> float:
    """The smallest round time step that is not below ``least``."""
    if unit != "s":
        return max(nice_step(least), 1.0)
    if least <= 1.0:
        return min(nice_step(least), 1.0)
    return float(next((s for s in TIME_STEPS if s >= least * (1 - 1e-9)), nice_step(least)))


def format_time(time: float, step: float, largest: float, unit: str = "s") -> str:
    """A time as ``12.5``, ``3:05`` or ``1:02:03``, as long as ``largest`` and ``step`` ask for."""
    if unit != "s":
        return f"{time:.{decimals_of(step)}f}"
    digits = decimals_of(step) if step < 1 else 0
    ticks = round(abs(time) * 10**digits)  # whole numbers carry: 59.999 must not read 0:60
    whole, rest = divmod(ticks, 10**digits)
    tail = f".{rest:0{digits}d}" if digits else ""
    sign = "−" if time < 0 and ticks else ""
    if largest < 60:
        return f"{sign}{whole}{tail}"
    if largest < 3600:
        return f"{sign}{whole // 60}:{whole % 60:02d}{tail}"
    return f"{sign}{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}{tail}"


def time_format_name(largest: float, unit: str = "s") -> str:
    """What the labels are, for the corner of the axis."""
    if unit != "s":
        return _("frames")
    return "s" if largest < 60 else "min:s" if largest < 3600 else "h:min:s"


@lru_cache(maxsize=8)
def time_ticks(t0: float, t1: float, pixels: float, unit: str = "s", label_pixels: float = 7.0) -> tuple[Tick, ...]:
    """Round time ticks, at least two of them labelled, as dense as the labels allow.

    ``label_pixels`` is the width of a digit: fine zooms far from zero have long labels.
    Kept, because all rows of a stack ask for the same.
    """
    largest = max(abs(t0), abs(t1))
    step = time_step((t1 - t0) / max(pixels / TIME_TICK_PIXELS, 1.0), unit)
    width = len(format_time(t1, step, largest, unit)) * label_pixels + 24.0
    if width > TIME_TICK_PIXELS:
        step = time_step((t1 - t0) / max(pixels / width, 1.0), unit)
    while len(values := multiples(step, t0, t1)) < 2:
        step = _finer(step) if unit != "s" or step <= 1.0 else float(max(s for s in TIME_STEPS if s < step))
    return tuple(Tick(v, format_time(v, step, largest, unit)) for v in values)


class TickAxis(pg.AxisItem):
    """AxisItem whose ticks a `ValueScale` chooses.

    Labels at the ends are moved inside the axis instead of being cut, and one that would touch its neighbour is left
    out. Width (left) or height (bottom) is fixed, so that plots stay where they are whatever their labels say. There is
    no axis line and there are no tick marks: grid lines are the plot's (`items.painting.Grid`).
    """

    def __init__(self, orientation: str, theme: Theme, scale: ValueScale, size: int, *, room: float = 0.0) -> None:
        """`room`: pixels beyond both ends of a horizontal axis into which labels may reach."""
        self.scale_of_values = scale
        self._room, self._is_upright = room, orientation == "left"
        self._title = ""
        super().__init__(orientation, maxTickLength=0)
        self.enableAutoSIPrefix(False)
        self.setStyle(tickFont=tabular_font(SMALL_FONT_PIXELS), hideOverlappingLabels=False)
        self.label.setFont(tabular_font(SMALL_FONT_PIXELS))
        self.label.document().setDocumentMargin(0)
        (self.setWidth if self._is_upright else self.setHeight)(size)
        self.setTextPen(theme.muted)
        self.set_scale(scale)

    def _updateLabel(self) -> None:
        """Lay the title out where it is another one: pyqtgraph does it six times while an axis is made."""
        if self.labelString() != self._title:
            self._title = self.labelString()
            super()._updateLabel()

    def set_scale(self, scale: ValueScale) -> None:
        """Take ticks and title from another scale."""
        self.scale_of_values, self._ticks = scale, lru_cache(maxsize=1)(scale.ticks)  # the grid asks for the same
        self.setLabel(scale.title)
        self.resizeEvent()
        self.update()

    def ticks(self) -> Sequence[Tick]:
        """Ticks of the range in view."""
        size = self.size()
        pixels = size.height() if self._is_upright else size.width()
        low, high = sorted(self.range)
        return self._ticks(low, high, max(pixels, 1.0)) if high > low else ()

    def resizeEvent(self, event: object = None) -> None:
        """Place the title; where it has no room, only its unit."""
        if self.label is not None and self._is_upright:
            title, room, metrics = self.scale_of_values.title, self.size().height(), QFontMetricsF(self.label.font())
            if metrics.horizontalAdvance(title) > room:
                title = title[title.rfind("(") + 1 :].rstrip(")") if "(" in title else ""
            self.labelText = title if metrics.horizontalAdvance(title) <= room else ""
            self._updateLabel()
        super().resizeEvent(event)
        if self.label is not None:
            if self._is_upright:
                self.label.setX(3.0)
            else:
                self.label.setY(self.size().height() - self.label.boundingRect().height())

    def boundingRect(self) -> QRectF:
        """Where labels may be: not beside the plot, or they would be drawn again with everything that moves in it."""
        whole = QRectF(QPointF(), QSizeF(self.size()))
        if self._is_upright:
            return whole.adjusted(0, 0, -LABEL_GAP, 0)
        return whole.adjusted(-self._room, LABEL_TOP, self._room, 0)

    def generateDrawSpecs(self, _painter: QPainter) -> tuple[tuple[object, ...], list[object], list[Label]]:
        """(axis line, tick marks, labels) as AxisItem paints them; only labels here."""
        size, metrics, (low, high) = self.size(), QFontMetricsF(self.style["tickFont"]), self.range
        height, texts, last = metrics.height(), list[Label](), QRectF(-math.inf, math.inf, 0.0, 0.0)
        side = Qt.AlignmentFlag.AlignRight if self._is_upright else Qt.AlignmentFlag.AlignHCenter
        for tick in sorted(tick for tick in self.ticks() if tick.label):
            place, width = (tick.value - low) / (high - low), metrics.horizontalAdvance(tick.label)
            if self._is_upright:
                top = min(max((1.0 - place) * size.height() - height / 2, -2.0), size.height() - height + 2.0)
                box = QRectF(0.0, top, size.width() - LABEL_GAP, height)
                is_free = box.bottom() <= last.top()
            else:
                left = min(max(place * size.width() - width / 2, -self._room), size.width() + self._room - width)
                box = QRectF(left, LABEL_TOP, width, height)
                is_free = box.left() > last.right() + 4.0
            if is_free:
                texts.append((box, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, tick.label))
                last = box
        return (pg.mkPen("#0000"), QPointF(), QPointF()), [], texts


class NoAxis(pg.AxisItem):
    """An axis of no size that follows nothing, for the sides of a plot that have none."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation, showValues=False)

    def _updateLabel(self) -> None:
        """There is none: to lay out an empty one takes 0.2 ms."""

    def linkToView(self, _view: pg.ViewBox) -> None:
        """Stay alone."""


class TimeAxis(TickAxis):
    """The time under the lowest row, and in the corner under the left axis what its labels are."""

    def __init__(self, link: TimeLink, theme: Theme, height: int) -> None:
        self._link = link
        super().__init__("bottom", theme, NO_SCALE, height, room=RIGHT_MARGIN - 2)

    def ticks(self) -> Sequence[Tick]:
        """Round times of the range in view."""
        low, high = self.range
        return time_ticks(low, high, max(self.size().width(), 1.0), self._link.unit) if high > low else ()

    def boundingRect(self) -> QRectF:
        """The corner too."""
        return super().boundingRect().adjusted(-LEFT_AXIS_WIDTH, 0, 0, 0)

    def generateDrawSpecs(self, painter: QPainter) -> tuple[tuple[object, ...], list[object], list[Label]]:
        """The labels, and their unit."""
        line, marks, texts = super().generateDrawSpecs(painter)
        first = min((label[0].left() for label in texts), default=0.0)  # a long one reaches into the corner
        room = LEFT_AXIS_WIDTH + min(first, -LABEL_GAP) - LABEL_GAP
        corner = QRectF(-LEFT_AXIS_WIDTH, LABEL_TOP, room, self.size().height())
        name = time_format_name(max(map(abs, self.range)), self._link.unit)
        texts.append((corner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, name))
        return line, marks, texts
