"""Round ticks for values and for time, and the room for axes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Protocol

from osisnr_gui.text.catalogue import _

#: The margins that all rows share, so that plot edges are aligned to the pixel whatever the labels are.
LEFT_AXIS_WIDTH, RIGHT_MARGIN, TIME_AXIS_HEIGHT = 64, 12, 24
ROW_GAP = 3  # empty pixels above and below the plot of a row
LABEL_GAP = 6.0
#: Closest labels, in pixels, where there is room for more than two.
VALUE_TICK_PIXELS = 34.0
TIME_TICK_PIXELS = 90.0

#: Round steps above one second: 1-2-5 as people count seconds, minutes and hours.
TIME_STEPS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 18000, 36000, 72000, 180000, 360000)


class Tick(NamedTuple):
    """A grid line with its label (empty = line only)."""

    value: float
    label: str


class ValueScale(Protocol):
    """What the left axis of a row needs to know about its values."""

    @property
    def title(self) -> str:
        """Of the axis, with the unit."""
        ...

    def ticks(self, lo: float, hi: float, pixels: float, /) -> Sequence[Tick]:
        """Ticks between ``lo`` and ``hi`` for an axis of this many pixels."""
        ...


def nice_step(least: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is not below ``least``."""
    power = 10.0 ** math.floor(math.log10(least))
    for factor in (1.0, 2.0, 5.0, 10.0):
        if factor * power >= least * (1 - 1e-9):
            return factor * power
    return 10.0 * power


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
    """

    title: str = ""
    factor: float = 1.0
    share: float = 1.0

    def ticks(self, lo: float, hi: float, pixels: float) -> list[Tick]:
        """At least two labelled ticks on any range."""
        lo, hi = lo * self.factor, hi * self.factor
        step = nice_step((hi - lo) / max(self.share * pixels / VALUE_TICK_PIXELS, 1.0))
        while len(values := multiples(step, lo, hi)) < 2:
            step = _finer(step)
        digits = decimals_of(step)
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


def _finer_time(step: float, unit: str) -> float:
    if unit != "s" or step <= 1.0:
        return _finer(step)
    return float(max(s for s in TIME_STEPS if s < step))


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
        step = _finer_time(step, unit)
    return tuple(Tick(v, format_time(v, step, largest, unit)) for v in values)
