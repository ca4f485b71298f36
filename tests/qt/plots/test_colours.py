"""Colour maps and the colour table of an Indexed8 picture."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor

from osisnr_gui.qt.plots.scales import (
    DIFFERENCE_MAP,
    SPECTROGRAM_MAPS,
    code_of,
    colour_table,
    pixel_table,
    value_of,
)


def _rgb(name: str, background: str = "#15171c") -> np.ndarray:
    """uint8 (256, 3) of an opaque map."""
    channels = pixel_table(name, background).view(np.uint8).reshape(256, 4)
    assert (channels[:, 3] == 255).all()
    return channels[:, 2::-1]


def _lightness(rgb: np.ndarray) -> np.ndarray:
    linear = np.where(rgb <= 10.31475, rgb / 255 / 12.92, ((rgb / 255 + 0.055) / 1.055) ** 2.4)
    return np.cbrt(linear @ np.array([0.2126, 0.7152, 0.0722]))


@pytest.mark.parametrize("name", SPECTROGRAM_MAPS)
def test_maps_grow_lighter_all_the_way(name: str) -> None:
    table = _rgb(name)
    assert table.shape == (256, 3)
    assert table.dtype == np.uint8
    lightness = _lightness(table.astype(float))
    assert lightness[-1] > lightness[0] + 0.4
    assert np.all(np.diff(lightness[::8]) > 0)


@pytest.mark.parametrize("background", ["#15171c", "#ffffff"])
def test_difference_map_is_neutral_in_the_middle(background: str) -> None:
    table = _rgb(DIFFERENCE_MAP, background).astype(int)
    neutral = QColor(background)
    assert np.abs(table[127:129] - [neutral.red(), neutral.green(), neutral.blue()]).max() <= 4
    assert table[0][2] > table[0][0] + 50  # blue
    assert table[255][0] > table[255][2] + 50  # orange
    lightness = _lightness(table.astype(float))
    assert abs(lightness[0] - lightness[-1]) < 0.12
    away = np.abs(lightness - lightness[127])
    assert np.all(np.diff(away[128::8]) > 0)
    assert np.all(np.diff(away[:128:8]) < 0)


def test_colour_table_ends() -> None:
    lut = _rgb("viridis")
    table = colour_table("viridis", 50.0, 200.0, "#123456")
    assert len(table) == 256
    assert table[0] == QColor("#123456").rgb()
    for code, entry in ((1, 0), (50, 0), (200, 255), (255, 255)):
        colour = QColor.fromRgb(table[code])
        assert [colour.red(), colour.green(), colour.blue()] == lut[entry].tolist()
    assert all(c >> 24 == 0xFF for c in table)


def test_colour_table_range_may_lie_outside_the_codes() -> None:
    lut = _rgb("grey")
    table = colour_table("grey", -255.0, 510.0, "#000000")
    assert QColor.fromRgb(table[128]).red() == pytest.approx(lut[128][0], abs=1)
    assert len({*colour_table("grey", 10.0, 10.0, "#000000")}) == 2  # no range: a step, no division by 0


def test_codes_and_values() -> None:
    assert code_of(-130.0, -130.0, 20.0) == 1.0
    assert code_of(20.0, -130.0, 20.0) == 255.0
    assert value_of(code_of(-33.0, -130.0, 20.0), -130.0, 20.0) == pytest.approx(-33.0)


def test_unknown_map() -> None:
    with pytest.raises(ValueError, match="rainbow"):
        pixel_table("rainbow")
