"""Colour maps for spectrograms and the colour table that turns codes into pixels.

A picture is stored as uint8 codes. The display range (dB) and the map live in the 256 colours of an
Indexed8 image only, so changing either never touches the data.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor

SPECTROGRAM_MAPS = ("viridis", "magma", "cividis", "grey")
DIFFERENCE_MAP = "difference"

# The ends of the diverging map: blue and orange stay apart in every kind of colour blindness. In the dark
# theme they are light (more is brighter), in the light theme dark (more is darker).
_ENDS_ON_DARK = ("#5fb4f2", "#eba043")
_ENDS_ON_LIGHT = ("#0a4f9e", "#b34a00")

# Heat lies over grey pictures: hues that no grey has, lighter where there is more, and the more opaque.
_HEAT = ("#c2185b", "#ff5a36", "#ffd54a")
_FAINTEST_HEAT = 0.35

_RGB_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LMS_TO_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def lookup_table(name: str, neutral: str = "#15171c") -> NDArray[np.uint8]:
    """The 256 colours of a map, uint8 (256, 3).

    `neutral` (the plot background) is the middle of the diverging map, so that "no difference" looks like
    nothing in both themes; the other maps do not use it.
    """
    return _lookup_table(name, QColor(neutral).name() if name == DIFFERENCE_MAP else "")


@lru_cache(maxsize=32)
def _lookup_table(name: str, neutral: str) -> NDArray[np.uint8]:
    if name == DIFFERENCE_MAP:
        table = _diverging(neutral)
    elif name == "grey":
        table = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    elif name in SPECTROGRAM_MAPS:
        table = pg.colormap.get(name).getLookupTable(nPts=256, alpha=False).astype(np.uint8)
    else:
        raise ValueError(f"unknown colour map {name!r}")
    table.setflags(write=False)
    return table


def colour_table(name: str, code_low: float, code_high: float, nothing: str, neutral: str | None = None) -> list[int]:
    """256 opaque QRgb values for an Indexed8 image.

    Codes up to `code_low` get the first colour of the map, codes from `code_high` the last, linear in
    between; both may lie outside 0..255. Code 0 means "nothing there" and gets the colour `nothing`.
    """
    span = max(code_high - code_low, 1e-6)
    place = np.clip((np.arange(256) - code_low) / span, 0.0, 1.0)
    rgb = lookup_table(name, nothing if neutral is None else neutral)[np.rint(place * 255).astype(np.intp)]
    packed = 0xFF000000 | (rgb.astype(np.uint32) @ np.array([65536, 256, 1], dtype=np.uint32))
    colours: list[int] = packed.tolist()
    colours[0] = QColor(nothing).rgb()
    return colours


@lru_cache(maxsize=1)
def heat_table() -> NDArray[np.uint32]:
    """Premultiplied ARGB of the heat codes 0..255; 0 is clear."""
    stops = _oklab(np.array([_rgb(colour) for colour in _HEAT]))
    place = np.linspace(0.0, 1.0, 256)
    lab = np.stack([np.interp(place, (0.0, 0.5, 1.0), stops[:, i]) for i in range(3)], axis=1)
    opacity = _FAINTEST_HEAT + (1.0 - _FAINTEST_HEAT) * place
    opacity[0] = 0.0
    channels = np.rint(255 * np.column_stack((opacity, opacity[:, None] * _srgb(lab)))).astype(np.uint32)
    table: NDArray[np.uint32] = channels @ np.array([1 << 24, 1 << 16, 1 << 8, 1], dtype=np.uint32)
    table.setflags(write=False)
    return table


def code_of(value: float, low: float, high: float) -> float:
    """The (fractional) code of a value where code 1 is `low` and code 255 is `high`."""
    return 1.0 + 254.0 * (value - low) / (high - low)


def value_of(code: float, low: float, high: float) -> float:
    """The value a code stands for: the inverse of `code_of`."""
    return low + (code - 1.0) * (high - low) / 254.0


def _diverging(neutral: str) -> NDArray[np.uint8]:
    """Blue - neutral - orange, straight lines in OKLab (equal steps look equal)."""
    dark = QColor(neutral).lightnessF() < 0.5
    blue, orange = _ENDS_ON_DARK if dark else _ENDS_ON_LIGHT
    stops = _oklab(np.array([_rgb(colour) for colour in (blue, neutral, orange)]))
    place = np.linspace(-1.0, 1.0, 256)
    lab = np.stack([np.interp(place, (-1.0, 0.0, 1.0), stops[:, i]) for i in range(3)], axis=1)
    return np.rint(255 * _srgb(lab)).astype(np.uint8)


def _rgb(colour: str) -> tuple[float, float, float]:
    c = QColor(colour)
    return c.redF(), c.greenF(), c.blueF()


def _oklab(srgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """sRGB in [0, 1], shape (n, 3), to OKLab (B. Ottosson, 2020)."""
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.cbrt(linear @ _RGB_TO_LMS.T) @ _LMS_TO_OKLAB.T)


def _srgb(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inverse of `_oklab`, clipped to what a screen can show."""
    lms = (lab @ np.linalg.inv(_LMS_TO_OKLAB).T) ** 3
    linear = np.clip(lms @ np.linalg.inv(_RGB_TO_LMS).T, 0.0, 1.0)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
