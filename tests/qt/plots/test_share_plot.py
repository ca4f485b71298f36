"""The curve of who carries the loss: what it draws, and what a click on it asks for."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from osisnr_gui.core.loss_shares import LossShares
from osisnr_gui.qt.look.theme import DARK, LIGHT
from osisnr_gui.qt.plots.share_plot import SharePlot


@pytest.fixture
def plot(qtbot: QtBot) -> SharePlot:
    plot = SharePlot(DARK)
    qtbot.addWidget(plot)
    plot.resize(300, 118)
    plot.show()
    qtbot.waitExposed(plot)
    return plot


def _shares(n: int = 400) -> LossShares:
    osi_db = np.random.default_rng(0).gamma(1.0, 6.0, n) + 0.05
    return LossShares.of(osi_db, np.ones(n, bool))


def test_the_curve_goes_through_the_shares(plot: SharePlot) -> None:
    shares = _shares()
    plot.show_shares(shares, 40)
    m, image = plot.mapping, plot.grab().toImage()
    assert image.pixelColor(round(m.x_of(np.sqrt(0.05))), round(m.bottom) - 6) != QColor(DARK.background)
    for n_frames in (20, 100, 300):
        x, y = m.x_of(np.sqrt(n_frames / len(shares))), m.y_of(shares.held_by(n_frames))
        near = {image.pixelColor(round(x) + dx, round(y) + dy).lightness() for dx in (-1, 0, 1) for dy in (-1, 0, 1)}
        assert max(near) > 120


def test_a_click_and_a_drag_ask_for_the_worst_frames(plot: SharePlot) -> None:
    shares, asked = _shares(), []
    plot.show_shares(shares, 0)
    plot.frames_requested.connect(asked.append)
    m = plot.mapping
    QTest.mousePress(plot, Qt.MouseButton.LeftButton, pos=QPoint(round(m.x_of(0.5)), 40))
    assert asked[-1] == pytest.approx(0.25 * len(shares), rel=0.05)
    QTest.mouseMove(plot, QPoint(2000, 40))
    assert asked[-1] == len(shares)
    QTest.mouseMove(plot, QPoint(-50, 40))
    assert asked[-1] == 1
    QTest.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=QPoint(10, 40))


@pytest.mark.parametrize("osi_db", [[], [np.inf, np.inf], [0.0, 0.0, 3.0]])
def test_no_loss_and_an_infinite_one_are_drawn_without_complaint(plot: SharePlot, osi_db: list[float]) -> None:
    values = np.array(osi_db)
    plot.show_shares(LossShares.of(values, np.ones(values.size, bool)), 1 if values.size else 0)
    plot.set_theme(LIGHT)
    plot.grab()
    plot.show_shares(None, 0)
    plot.grab()
    asked: list[int] = []
    plot.frames_requested.connect(asked.append)
    QTest.mouseClick(plot, Qt.MouseButton.LeftButton)
    assert asked == []
