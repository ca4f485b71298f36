"""MC-MSE against alpha: what is drawn, and which alpha a click or a drag asks for."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
import pytest
from plot_kit import click, drag, pixel_of
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from osisnr_gui.qt.look.theme import DARK, LIGHT
from osisnr_gui.qt.plots.charts.panel_charts import AlphaChart

ALPHAS = np.linspace(0.01, 1, 40)


@pytest.fixture
def plot(qtbot: QtBot) -> AlphaChart:
    plot = AlphaChart(DARK)
    qtbot.addWidget(plot)
    plot.resize(260, 150)
    plot.show()
    qtbot.waitExposed(plot)
    return plot


def curves_of(plot: AlphaChart) -> list[pg.PlotCurveItem]:
    return [item for item in plot.plotItem.items if isinstance(item, pg.PlotCurveItem)]


def test_a_curve_an_estimate_and_a_point_on_each(plot: AlphaChart) -> None:
    values = np.exp(-ALPHAS), np.exp(-2 * ALPHAS)
    plot.show_alpha(ALPHAS, [(values[0], 0), (values[1], 1)], 0.5, 0.3)
    for item, wanted, colour in zip(curves_of(plot), values, (0, 1), strict=True):
        np.testing.assert_array_equal(item.getData()[1], wanted)
        assert item.opts["pen"].color() == QColor(DARK.estimate(colour).colour)
    (points,) = (item for item in plot.plotItem.items if isinstance(item, pg.ScatterPlotItem))
    assert [round(at.pos().y(), 3) for at in points.points()] == [0.607, 0.368]
    lines = [item.value() for item in plot.plotItem.items if isinstance(item, pg.InfiniteLine)]
    assert lines == [0.3, 0.5]
    assert plot.viewRange()[0] == [0.01, 1.0]
    assert plot.viewRange()[1][1] >= values[0].max()
    plot.show_alpha(ALPHAS, [(values[1], 1)], 0.5, 0.3)
    assert len(curves_of(plot)) == 1


def test_it_asks_for_the_alpha_under_the_pointer(plot: AlphaChart) -> None:
    plot.show_alpha(ALPHAS, [(np.exp(-ALPHAS), 0)], 0.5, 0.3)
    asked: list[float] = []
    plot.alpha_requested.connect(asked.append)
    click(plot, 0.25)
    assert asked == [pytest.approx(0.25, abs=0.005)]
    drag(plot, pixel_of(plot, 0.4), pixel_of(plot, 0.6), QPoint(10_000, 60), QPoint(-50, 60))
    assert (max(asked), asked[-1]) == (1.0, 0.01)
    plot.set_theme(LIGHT)
    assert curves_of(plot)[0].opts["pen"].color() == QColor(LIGHT.estimate(0).colour)


def test_values_that_are_no_numbers_are_gaps(plot: AlphaChart) -> None:
    values = np.full(ALPHAS.size, np.nan)
    values[3] = np.inf
    plot.show_alpha(ALPHAS, [(values, 0), (values, 1)], math.nan, math.nan)
    assert not plot.grab().isNull()
    assert plot.viewRange()[1][1] > 0
