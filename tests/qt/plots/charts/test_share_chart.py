"""The curve of who carries the loss: what it draws, and what a click on it asks for."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
import pytest
from plot_kit import click, drag, pixel_of
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from osisnr_gui.core.bad_frames import LossShares
from osisnr_gui.qt.look.theme import DARK, LIGHT
from osisnr_gui.qt.plots.charts.panel_charts import ShareChart


@pytest.fixture
def plot(qtbot: QtBot) -> ShareChart:
    plot = ShareChart(DARK)
    qtbot.addWidget(plot)
    plot.resize(300, 118)
    plot.show()
    qtbot.waitExposed(plot)
    return plot


def _shares(n: int = 400) -> LossShares:
    osi_db = np.random.default_rng(0).gamma(1.0, 6.0, n) + 0.05
    return LossShares(osi_db, np.ones(n, bool))


def test_the_curve_goes_through_the_shares(plot: ShareChart) -> None:
    shares = _shares()
    plot.show_shares(shares, 40)
    area, curve = (item for item in plot.plotItem.items if isinstance(item, pg.PlotCurveItem))
    for n_frames in (20, 100, 300):
        held = np.interp(np.sqrt(n_frames / len(shares)), *curve.getData())
        assert held == pytest.approx(shares.held_by(n_frames), abs=2e-3)
    places, held = area.getData()
    assert (places[-1], held[-1]) == (np.sqrt(0.1), shares.held_by(40))
    (words,) = (item for item in plot.plotItem.items if isinstance(item, pg.TextItem))
    assert words.toPlainText() == f"10.0 % of frames hold {100 * shares.held_by(40):.0f} %"
    image, at = plot.grab().toImage(), pixel_of(plot, np.sqrt(0.05), 0.02)
    assert image.pixelColor(at) != QColor(DARK.background)
    plot.show_shares(shares, 0)
    assert not area.isVisible()
    assert not words.isVisible()


def test_a_click_and_a_drag_ask_for_the_worst_frames(plot: ShareChart) -> None:
    shares = _shares()
    asked: list[int] = []
    plot.show_shares(shares, 0)
    plot.frames_requested.connect(asked.append)
    click(plot, 0.5)
    assert asked[-1] == pytest.approx(0.25 * len(shares), rel=0.05)
    drag(plot, pixel_of(plot, 0.5), QPoint(2000, 40), QPoint(-50, 40))
    assert (max(asked), asked[-1]) == (len(shares), 1)


@pytest.mark.parametrize("osi_db", [[], [np.inf, np.inf], [0.0, 0.0, 3.0]])
def test_no_loss_and_an_infinite_one_are_drawn_without_complaint(plot: ShareChart, osi_db: list[float]) -> None:
    values = np.array(osi_db)
    plot.show_shares(LossShares(values, np.ones(values.size, bool)), 1 if values.size else 0)
    plot.set_theme(LIGHT)
    plot.grab()
    plot.show_shares(None, 0)
    plot.grab()
    asked: list[int] = []
    plot.frames_requested.connect(asked.append)
    click(plot, 0.5)
    assert asked == []
