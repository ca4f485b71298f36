"""Scales of a picture: Hz (or bins) to an axis coordinate in [0, 1], with round ticks, and values to colours.

A picture is stored as uint8 codes. The display range (dB) and the colour map live in the 256 colours of an Indexed8
image only, so changing either never touches the data. The item asks which bins a pixel row covers, the axis for ticks.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from osisnr_gui.qt.plots.axes import VALUE_TICK_PIXELS, LinearScale, Tick
from osisnr_gui.text.catalogue import _

Floats = NDArray[np.float64]

SCALE_NAMES = ("linear", "log", "mel")

SPACING = 22.0  # pixels between ticks


@dataclass(frozen=True)
class FrequencyScale:
    """A monotone map of `low`..`high` (Hz or bins) onto the axis coordinates 0..1.

    linear: u = f;  log: u = ln f;  mel: u = 2595·log10(1 + f/700) (HTK).
    The coordinate is (u(f) - u(low)) / (u(high) - u(low)).
    """

    name: str
    low: float
    high: float
    unit: str = "Hz"

    def to_axis(self, frequency: float | Floats) -> Floats:
        """Hz (or bins) -> axis coordinate; what lies below the lower limit of a log axis goes to 0."""
        start, stop = self._warp(np.array([self.low, self.high]))
        return np.asarray((self._warp(np.asarray(frequency, dtype=np.float64)) - start) / (stop - start))

    def to_frequency(self, coordinate: float | Floats) -> Floats:
        """Axis coordinate -> Hz (or bins); the inverse of `to_axis`."""
        start, stop = self._warp(np.array([self.low, self.high]))
        warped = start + np.asarray(coordinate, dtype=np.float64) * (stop - start)
        if self.name == "log":
            return np.asarray(np.exp(warped))
        if self.name == "mel":
            return np.asarray(700.0 * np.expm1(warped * (math.log(10.0) / 2595.0)))
        return np.asarray(warped)

    def _warp(self, frequency: Floats) -> Floats:
        if self.name == "log":
            return np.asarray(np.log(np.maximum(frequency, self.low)))
        if self.name == "mel":
            return np.asarray((2595.0 / math.log(10.0)) * np.log1p(np.maximum(frequency, 0.0) / 700.0))
        return frequency

    @property
    def title(self) -> str:
        """Of the axis."""
        return _("Frequency (Hz)") if self.unit == "Hz" else _("Bin")

    def ticks(self, bottom: float, top: float, pixels: float) -> list[Tick]:
        """Round (1-2-5) ticks for the visible coordinates bottom..top.

        They are at least SPACING apart, except that there are always two of them; bins are whole numbers.
        """
        bottom, top = max(bottom, 0.0), min(top, 1.0)
        low, high = (float(f) for f in self.to_frequency(np.array([bottom, top])))
        if not high > low or pixels <= 0:
            return []
        room = SPACING * (top - bottom) / pixels
        kept = [] if self.name == "linear" or high <= 4.0 * low else self._thinned(_ladder(low, high), room)
        if len(kept) < 2:
            values = [tick.value for tick in LinearScale(share=VALUE_TICK_PIXELS / SPACING).ticks(low, high, pixels)]
            kept = self._thinned([v for v in values if self.unit == "Hz" or v == round(v)], room)
        return [Tick(place, f"{f / 1000.0:.6g}k" if f >= 1000.0 else f"{f + 0.0:.6g}") for place, f in kept]

    def _thinned(self, values: list[float], room: float) -> list[tuple[float, float]]:
        """(coordinate, value) without what is nearer than `room` to the next one kept, from the top down."""
        points = list(zip(self.to_axis(np.array(values)).tolist(), values, strict=True))
        kept = points[-1:]
        for point in points[-2::-1]:
            if kept[0][0] - point[0] >= room * (1 - 1e-9):
                kept.insert(0, point)
        return points[:1] + kept if len(kept) == 1 < len(points) else kept


def make_scale(name: str, n_bins: int, bin_step: float) -> FrequencyScale:
    """The scale for a picture of `n_bins` rows, row k centred on k·bin_step Hz.

    A bin step of exactly 1 means that the frequency is unknown: the axis counts bins, shows each of them
    whole, and mel, which needs Hz, becomes linear. A log axis starts at 50 Hz or at bin 1.
    """
    in_bins = bin_step == 1.0
    unit = "bin" if in_bins else "Hz"
    top = (n_bins - 0.5) * bin_step if in_bins else (n_bins - 1) * bin_step
    if name == "log":
        low = 0.5 if in_bins else max(50.0, 0.5 * bin_step)
        if top > 2.0 * low:
            return FrequencyScale("log", low, top, unit)
    elif name == "mel" and not in_bins and n_bins > 1:
        return FrequencyScale("mel", 0.0, top, unit)
    if in_bins or n_bins == 1:
        return FrequencyScale("linear", -0.5 * bin_step, (n_bins - 0.5) * bin_step, unit)
    return FrequencyScale("linear", 0.0, top, unit)


@lru_cache(maxsize=16)
def row_bins(
    scale: FrequencyScale, top: float, step: float, height: int, n_bins: int, bin_step: float
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The bins start..stop (exclusive) under each of `height` pixel rows, downwards from coordinate `top`.

    A row covers the bins whose centre lies in it, so no bin is lost and none is drawn twice; a row thinner
    than a bin shows the nearest one; a row above the last bin is empty (stop = start). Kept, because moving
    through time changes nothing here; not to be written to.
    """
    edges = np.asarray(top - step * np.arange(height + 1), dtype=np.float64)
    positions = scale.to_frequency(edges) / bin_step
    centres = np.ceil(positions - 1e-9).astype(np.intp)
    starts, stops = centres[1:], centres[:-1]
    middle = scale.to_frequency(edges[:-1] - 0.5 * step) / bin_step
    nearest = np.maximum(np.floor(middle + 0.5).astype(np.intp), 0)
    # The topmost row owns the last bin although its centre lies exactly on the edge.
    stops = np.where(positions[:-1] >= n_bins - 1 - 1e-9, np.maximum(stops, n_bins), stops)
    starts, stops = np.clip(starts, 0, n_bins), np.clip(stops, 0, n_bins)
    empty = stops <= starts
    starts, stops = np.where(empty, nearest, starts), np.where(empty, nearest + 1, stops)
    return np.minimum(starts, n_bins), np.minimum(stops, n_bins)


def _ladder(low: float, high: float) -> list[float]:
    """All 1-2-5 numbers in low..high; 0 too when it is in sight."""
    first = math.floor(math.log10(max(low, 1.0)))
    values = [m * 10.0**e for e in range(first, math.ceil(math.log10(max(high, 1.0))) + 1) for m in (1.0, 2.0, 5.0)]
    return ([0.0] if low <= 0.0 else []) + [v for v in values if low * (1 - 1e-9) <= v <= high * (1 + 1e-9)]


SPECTROGRAM_MAPS = ("viridis", "magma", "cividis", "grey")
DIFFERENCE_MAP, HEAT_MAP = "difference", "heat"

Number = TypeVar("Number", float, NDArray[np.float64])


@lru_cache(maxsize=32)
def colour_map(name: str, neutral: str = "#15171c") -> pg.ColorMap:
    """A map by its name.

    `neutral` (the plot background) is the middle of the diverging map, so that "no difference" looks like
    nothing in both themes; the other maps do not use it.
    """
    if name == DIFFERENCE_MAP:
        # Blue and orange stay apart in every kind of colour blindness. In the dark theme they are light (more is
        # brighter), in the light theme dark (more is darker).
        first, last = "#5fb4f2", "#eba043"
        if QColor(neutral).lightnessF() >= 0.5:
            first, last = "#0a4f9e", "#b34a00"
        return pg.ColorMap(None, [first, neutral, last])
    if name == HEAT_MAP:
        # Over grey pictures: hues that no grey has, lighter where there is more, and the more opaque.
        return pg.ColorMap(None, ["#c2185b59", "#ff5a36ac", "#ffd54aff"])
    if name == "grey":
        return pg.ColorMap(None, ["#000000", "#ffffff"])
    if name in SPECTROGRAM_MAPS:
        return pg.colormap.get(name)
    raise ValueError(f"unknown colour map {name!r}")


@lru_cache(maxsize=32)
def pixel_table(name: str, neutral: str = "#15171c") -> NDArray[np.uint32]:
    """The 256 colours of a map as pixels of Format_ARGB32_Premultiplied, opaque but for heat; not to be written to."""
    table = colour_map(name, neutral).getLookupTable(nPts=256, alpha=True, mode=pg.ColorMap.FLOAT)
    opacity = table[:, 3:]
    channels = np.concatenate((table[:, 2::-1] * opacity, opacity), axis=1)  # blue, green, red, opacity
    return np.rint(255.0 * channels).astype(np.uint8).view(np.uint32).ravel()


@lru_cache(maxsize=16)  # a pan asks for the same ones at every step
def colour_table(name: str, code_low: float, code_high: float, nothing: str) -> list[int]:
    """256 opaque QRgb values for an Indexed8 image.

    Codes up to `code_low` get the first colour of the map, codes from `code_high` the last, linear in
    between; both may lie outside 0..255. Code 0 means "nothing there" and gets the colour `nothing`.
    """
    span = max(code_high - code_low, 1e-6)
    place = np.clip((np.arange(256) - code_low) / span, 0.0, 1.0)
    colours: list[int] = pixel_table(name, nothing)[np.rint(place * 255).astype(np.intp)].tolist()
    colours[0] = QColor(nothing).rgb()
    return colours


def code_of(value: float, low: float, high: float) -> float:
    """The (fractional) code of a value where code 1 is `low` and code 255 is `high`."""
    return 1.0 + 254.0 * (value - low) / (high - low)


def value_of(code: Number, low: float, high: float) -> Number:
    """The value a code stands for: the inverse of `code_of`."""
    return low + (code - 1.0) * (high - low) / 254.0
