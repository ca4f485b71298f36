"""The heat lies where its pixels belong, also while the view moves on, and says what it is."""

from __future__ import annotations

import numpy as np
import pytest
from plot_kit import drawn, view_box
from PySide6.QtGui import QColor, QImage

from osisnr_gui.qt.look.theme import contrast_ratio
from osisnr_gui.qt.plots.items.maps import HIGHEST, BlameItem, BlamePicture, heat_image
from osisnr_gui.qt.plots.items.spectrogram import PixelGrid
from osisnr_gui.qt.plots.scales import make_scale

SCALE = make_scale("linear", 10, 1.0)
VIEW = (100, 40, 0.0, 10.0)


def _picture(spot: tuple[int, int], **settings: object) -> BlamePicture:
    grid = PixelGrid.of(view_box(*VIEW))
    density = np.zeros((grid.height, grid.width))
    density[spot] = 100.0
    return BlamePicture(density, heat_image(density), grid, SCALE, **settings)  # type: ignore[arg-type]


def _lit(image: QImage) -> set[tuple[int, int]]:
    return {
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if QColor.fromRgb(image.pixel(x, y)).lightness() > 60
    }


def test_a_pixel_lies_on_its_place() -> None:
    layer = BlameItem()
    layer.words, layer.on = "MC-MSE", True
    layer.show_picture(_picture((3, 20)))
    assert _lit(drawn(layer, view_box(*VIEW))) == {(20, 3)}
    assert layer.value_at(2.05, 1 - 3.5 / 40) == 100.0
    assert layer.value_at(2.15, 1 - 3.5 / 40) == 0.0
    assert layer.value_at(99.0, 0.5) is None


def test_the_old_picture_stays_where_it_belongs_while_the_view_moves() -> None:
    layer = BlameItem()
    layer.words, layer.on = "MC-MSE", True
    layer.show_picture(_picture((3, 20)))
    asked = []
    layer.asks = asked.append
    zoomed = view_box(100, 40, 1.0, 6.0)
    lit = _lit(drawn(layer, zoomed))
    assert lit == {(20, 3), (21, 3)}  # 2.0 to 2.1 s, twice as wide
    assert asked == [PixelGrid.of(zoomed, 0.0)]


def test_nothing_is_painted_or_asked_when_off() -> None:
    layer = BlameItem()
    layer.show_picture(_picture((3, 20)))
    layer.asks = lambda _grid: pytest.fail("asked")
    assert not _lit(drawn(layer, view_box(*VIEW)))
    assert layer.value_at(2.05, 1 - 3.5 / 40) is None


def test_the_note_says_how_many_frames_stand_for_a_pixel() -> None:
    layer = BlameItem()
    layer.words, layer.on = "MC-MSE, literal", True
    assert layer.note() == "where the loss comes from: MC-MSE, literal"
    layer.show_picture(_picture((0, 0)))
    assert layer.note() == "where the loss comes from: MC-MSE, literal"
    layer.show_picture(_picture((0, 0), frames=(6, 281)))
    assert layer.note() == "where the loss comes from: MC-MSE, literal, 6 of 281 frames a pixel"
    layer.show_picture(_picture((0, 0), complete=False))
    assert layer.note() == "where the loss comes from: MC-MSE, literal, reading"


def test_heat_is_clear_at_first_and_gets_lighter() -> None:
    image = heat_image(np.concatenate(([0.5], np.geomspace(1.01, HIGHEST, 255)))[None, :])
    table = np.array([image.pixel(x, 0) for x in range(256)], dtype=np.uint32)  # not premultiplied
    opacity = table >> 24
    assert opacity[0] == 0
    assert np.all(np.diff(opacity[1:].astype(int)) >= 0)
    assert opacity[-1] == 255
    channels = [((table >> shift) & 255) * (opacity / 255) for shift in (16, 8, 0)]
    ends = [f"#{int(table[-1]) & 0xFFFFFF:06x}", "#000000"]
    assert contrast_ratio(*ends) > 10
    # On black, equal steps of the code get lighter and lighter.
    red, green, blue = (channel.astype(float) for channel in channels)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    assert np.all(np.diff(luminance[1:]) > -1.0)
