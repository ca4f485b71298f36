"""Colour maps for spectrograms and the colour table that turns codes into pixels.

A picture is stored as uint8 codes. The display range (dB) and the map live in the 256 colours of an
Indexed8 image only, so changing either never touches the data.
"""

from functools import lru_cache
from typing import TypeVar

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor

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


def lookup_table(name: str, neutral: str = "#15171c") -> NDArray[np.uint8]:
    """The 256 colours of a map, uint8 (256, 3); of heat with their opacity, (256, 4)."""
    table = colour_map(name, neutral).getLookupTable(nPts=256, alpha=name == HEAT_MAP, mode=pg.ColorMap.FLOAT)
    return np.asarray(np.rint(255.0 * table), dtype=np.uint8)


@lru_cache(maxsize=16)  # a pan asks for the same ones at every step
def colour_table(name: str, code_low: float, code_high: float, nothing: str) -> list[int]:
    """256 opaque QRgb values for an Indexed8 image.

    Codes up to `code_low` get the first colour of the map, codes from `code_high` the last, linear in
    between; both may lie outside 0..255. Code 0 means "nothing there" and gets the colour `nothing`.
    """
    span = max(code_high - code_low, 1e-6)
    place = np.clip((np.arange(256) - code_low) / span, 0.0, 1.0)
    rgb = lookup_table(name, nothing)[np.rint(place * 255).astype(np.intp)]
    packed = 0xFF000000 | (rgb.astype(np.uint32) @ np.array([65536, 256, 1], dtype=np.uint32))
    colours: list[int] = packed.tolist()
    colours[0] = QColor(nothing).rgb()
    return colours


def code_of(value: float, low: float, high: float) -> float:
    """The (fractional) code of a value where code 1 is `low` and code 255 is `high`."""
    return 1.0 + 254.0 * (value - low) / (high - low)


def value_of(code: Number, low: float, high: float) -> Number:
    """The value a code stands for: the inverse of `code_of`."""
    return low + (code - 1.0) * (high - low) / 254.0
