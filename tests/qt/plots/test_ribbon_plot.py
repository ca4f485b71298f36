"""The ribbon: colours of frames, shares of stripes, letters, gaps."""

from __future__ import annotations

import numpy as np
import pytest
from plot_kit import pixels
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QColor, QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from osisnr_gui.core.several import NOBODY, BestOf
from osisnr_gui.qt.look.theme import DARK, LIGHT
from osisnr_gui.qt.plots.axes import ROW_GAP, TIME_AXIS_HEIGHT
from osisnr_gui.qt.plots.comparison_plots import RIBBON_PIXELS, RibbonPlot
from osisnr_gui.qt.plots.items.maps import Ribbon, clear_runs, shares_per_pixel
from osisnr_gui.qt.plots.time_link import TimeLink

COLOURS = ["#ff0000", "#00ff00"]


def ribbon_of(place: np.ndarray) -> Ribbon:
    return Ribbon(BestOf(place.astype(np.int16), 2), 0.5, 1.0, ("A", "B"), lambda _theme: COLOURS)


@pytest.fixture
def link(qtbot):
    link = TimeLink()
    link.set_extent(0.0, 100.0, min_span=1.0)
    return link


@pytest.fixture
def row(qtbot, link):
    row = RibbonPlot(link, DARK, "best", "Best")
    qtbot.addWidget(row)
    row.resize(876, row.height())  # 800 pixels of plot
    row.show()
    qtbot.waitExposed(row)
    return row


def colour_at(row: RibbonPlot, time: float, height: float = 0.9) -> str:
    m = pixels(row)
    return row.grab().toImage().pixelColor(int(m.x_of(time)), int(m.y_of(height))).name()


def test_every_frame_has_the_colour_of_its_best(row: RibbonPlot):
    place = np.repeat([0, 1, NOBODY, 2], 25)
    row.show_ribbon(ribbon_of(place), "ribbon")
    assert [colour_at(row, time) for time in (1.0, 30.0, 80.0)] == ["#ff0000", "#00ff00", QColor(DARK.faint).name()]
    assert colour_at(row, 57.0) == DARK.background
    assert [colour_at(row, time) for time in (24.9, 25.2)] == COLOURS
    row.show_ribbon(None, "")
    assert colour_at(row, 1.0) == DARK.background


def test_colour_is_not_all(row: RibbonPlot):
    row.show_ribbon(ribbon_of(np.repeat([0, 1], 50)), "ribbon")
    m, image = pixels(row), row.grab().toImage()
    inks = []
    for first, colour in zip((m.left, m.left + m.width / 2), COLOURS, strict=True):
        row_of_pixels = [
            image.pixelColor(x, int(m.top + m.height / 2)) for x in range(int(first) + 2, int(first) + 398)
        ]
        inks.append(sum(pixel != QColor(colour) for pixel in row_of_pixels))
    assert all(0 < ink < 20 for ink in inks), "a letter in the middle of each"


def test_narrow_frames_are_stacked_by_their_shares(row: RibbonPlot, link: TimeLink):
    ribbon = Ribbon(
        BestOf(np.tile([0, 1, 1, 1], 5_000).astype(np.int16), 2), 0.0, 0.005, ("A", "B"), lambda _t: COLOURS
    )
    shares = shares_per_pixel(ribbon, row.box)
    assert shares.shape == (3, pixels(row).columns)
    np.testing.assert_allclose(shares[0], 0.25, atol=0.02)
    np.testing.assert_allclose(shares.sum(axis=0), 1.0)
    row.show_ribbon(ribbon, "ribbon")
    assert colour_at(row, 20.03, 0.9) == "#ff0000", "the first one on top"
    assert colour_at(row, 20.03, 0.2) == "#00ff00"
    link.set_range(10.0, 20.0)
    link.flush()
    still = shares_per_pixel(ribbon, row.box)
    link.set_range(10.0 + 10 / 800 * 40, 20.0 + 10 / 800 * 40)
    link.flush()
    np.testing.assert_array_equal(shares_per_pixel(ribbon, row.box)[:, :-40], still[:, 40:])


def test_runs_that_are_clear(row: RibbonPlot):
    shares = np.array([[1.0, 0.7, 0.5, np.nan, 0.0], [0.0, 0.3, 0.5, np.nan, 1.0]])
    assert clear_runs(shares) == [(0, 0, 2), (1, 4, 5)]
    assert clear_runs(np.empty((2, 0))) == []


def test_it_has_its_own_height_and_the_time_axis_comes_on_top(row: RibbonPlot):
    assert row.height() == RIBBON_PIXELS + 2 * ROW_GAP
    row.set_time_axis(True)
    assert row.height() == RIBBON_PIXELS + ROW_GAP + TIME_AXIS_HEIGHT
    assert pixels(row).height == RIBBON_PIXELS
    row.set_theme(LIGHT)
    row.show_ribbon(ribbon_of(np.zeros(0)), "nothing")
    assert not row.grab().isNull()


def test_the_tooltip_is_about_the_frame_under_the_pointer(row: RibbonPlot, monkeypatch: pytest.MonkeyPatch):
    asked: list[float] = []
    shown: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _at, text, _row: shown.append(text))
    row.words_at = lambda time: asked.append(time) or "<b>words"
    at = QPoint(int(pixels(row).x_of(25.0)), 10)
    QApplication.sendEvent(row.viewport(), QHelpEvent(QEvent.Type.ToolTip, at, row.mapToGlobal(at)))
    assert asked == [pytest.approx(25.0, abs=0.2)]
    assert "&lt;b&gt;words" in shown[0]
