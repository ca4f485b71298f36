"""The gain strip: lines, gaps, the zero line, turned polarity."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from plot_kit import pixels
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from osisnr_gui.qt.look.theme import DARK
from osisnr_gui.qt.plots.curve_plot import LEAST_DB, Curve, GainPlot
from osisnr_gui.qt.plots.items.shading import MARK_PIXELS
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.qt.plots.time_plot import TITLE_PIXELS

N, DT = 1000, 0.01


@pytest.fixture
def plot(qtbot: QtBot) -> Iterator[GainPlot]:
    link = TimeLink()
    link.set_extent(0.0, N * DT)
    plot = GainPlot(link, DARK)
    qtbot.addWidget(plot)
    plot.resize(800, 160)
    plot.show()
    yield plot
    plot.close()


def _gain(values: np.ndarray, turned: np.ndarray | None = None, *, selected: bool = True, colour: int = 0) -> Curve:
    turned = np.zeros(values.size, bool) if turned is None else turned
    return Curve(0.5 * DT, DT, values, colour, selected, turned=turned)


def _image(plot: GainPlot) -> QImage:
    return plot.grab().toImage()


def _near(colour: QColor, wanted: str) -> bool:
    other = QColor(wanted)
    return sum(abs(a - b) for a, b in zip(colour.getRgb()[:3], other.getRgb()[:3], strict=True)) < 60


def test_the_line_lies_at_its_gain_with_gaps(plot: GainPlot) -> None:
    values = np.full(N, -4.0)
    values[400:600] = np.nan
    plot.show_curves([_gain(values)])
    image, m = _image(plot), pixels(plot)
    row = round(m.y_of(-4.0))

    def drawn(time: float) -> bool:
        x = round(m.x_of(time))
        colours = [image.pixelColor(x, y) for y in range(row - 2, row + 3)]
        return any(c.blue() - c.red() > 50 for c in colours)  # blue, perhaps spread over two rows

    assert drawn(2.0)
    assert not drawn(5.0)
    assert drawn(8.0)


def test_zero_is_always_in_sight_below_the_title(plot: GainPlot) -> None:
    for level in (-40.0, -1.0, 0.0, 30.0):
        plot.show_curves([_gain(np.full(N, level))])
        m = pixels(plot)
        assert m.lo <= min(level, -LEAST_DB) + 1e-9
        assert m.top + TITLE_PIXELS - 2 <= m.y_of(max(level, 0.0)) <= m.bottom
    plot.resize(800, 60)
    assert pixels(plot).y_of(30.0) >= pixels(plot).top + 15


def test_a_range_by_hand_stays(plot: GainPlot) -> None:
    plot.show_curves([_gain(np.full(N, -3.0))])
    plot.zoom_y(0.5, 0.0)
    by_hand = pixels(plot).lo, pixels(plot).hi
    plot.show_curves([_gain(np.full(N, -50.0))])
    assert (pixels(plot).lo, pixels(plot).hi) == by_hand
    plot.fit_y()
    assert pixels(plot).lo <= -50


def test_turned_polarity_is_marked_at_the_lower_edge(plot: GainPlot) -> None:
    turned = np.zeros(N, bool)
    plot.show_curves([_gain(np.zeros(N), turned)])
    m = pixels(plot)
    y = round(m.bottom - MARK_PIXELS / 2)

    def marked(time: float) -> bool:
        return _near(_image(plot).pixelColor(round(m.x_of(time)), y), DARK.warning)

    assert not marked(3.0)
    turned = turned.copy()
    turned[250:350] = True
    plot.show_curves([_gain(np.zeros(N), turned)])
    assert marked(3.0)
    assert not marked(5.0)


def test_a_long_line_says_that_it_is_a_mean(plot: GainPlot) -> None:
    plot.show_curves([_gain(np.zeros(200))])
    assert plot._title_note(plot.box) == ""
    plot.show_curves([Curve(0.0, DT / 100, np.zeros(100 * N), 0, True, turned=np.zeros(100 * N, bool))])
    assert "mean and range per pixel" in plot._title_note(plot.box)


def test_several_estimates_have_keys(plot: GainPlot) -> None:
    plot.show_curves([_gain(np.zeros(N)), _gain(np.ones(N), selected=False, colour=1)])
    assert [(key.text, key.strong) for key in plot.words.keys] == [("A", True), ("B", False)]
    plot.show_curves([])
    assert plot.curves == ()
    _image(plot)


def test_nothing_but_gaps(plot: GainPlot) -> None:
    plot.show_curves([_gain(np.full(N, np.nan))])
    assert pixels(plot).lo <= -LEAST_DB
    _image(plot)
