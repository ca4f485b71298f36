"""The score against delay: ranges, pixels to delays, keys and mouse, odd data."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from osisnr_gui.qt.look.theme import DARK, LIGHT
from osisnr_gui.qt.plots.delay_plot import NEAR, DelayPlot, value_range

RATE, REACH, PEAK = 16_000, 8000, 137


def curve() -> np.ndarray:
    lags = np.arange(-REACH, REACH + 1)
    return np.where(lags == PEAK, 9.5, -30.0 - 5.0 * np.cos(lags))


@pytest.fixture(params=[False, True], ids=["far", "near"])
def plot(qtbot: QtBot, request: pytest.FixtureRequest) -> DelayPlot:
    plot = DelayPlot(DARK, near=request.param)
    qtbot.addWidget(plot)
    plot.resize(600, 160)
    plot.show()
    plot.show_curve(curve(), RATE, PEAK, 0)
    plot.show_taken(0)
    plot.moved.connect(plot.show_taken)
    return plot


def test_the_range_holds_the_peak() -> None:
    low, high = value_range(curve())
    assert (low, high) == (-40.0, 20.0)
    assert value_range(np.full(5, np.nan)) == (-40.0, 10.0)
    assert value_range(np.array([-np.inf, np.inf, np.nan]))[1] == 110.0
    low, high = value_range(np.full(9, -75.0))
    assert low < high


def test_the_near_plot_follows_what_leaves_its_middle(qtbot: QtBot) -> None:
    plot = DelayPlot(DARK, near=True)
    qtbot.addWidget(plot)
    plot.show_curve(curve(), RATE, PEAK, 0)
    plot.show_taken(5)
    assert (plot.mapping.t0, plot.mapping.t1) == (-NEAR - 0.5, NEAR + 0.5)
    plot.show_taken(PEAK)
    assert (plot.mapping.t0, plot.mapping.t1) == (PEAK - NEAR - 0.5, PEAK + NEAR + 0.5)
    plot.show_taken(REACH)
    assert plot.mapping.t1 == REACH + 0.5, "nothing beyond the longest delay"


def test_a_pixel_is_the_best_of_its_delays(plot: DelayPlot) -> None:
    if plot.mapping.t1 > 1000:
        assert plot.delay_at(plot.mapping.x_of(PEAK + 5)) == PEAK
        assert plot.delay_at(-1e4) >= -REACH
        assert plot.delay_at(1e4) == REACH
    else:
        assert [plot.delay_at(plot.mapping.x_of(k + 0.3)) for k in (-3, 0, 7)] == [-3, 0, 7]


def test_keys(plot: DelayPlot) -> None:
    settled: list[int] = []
    plot.settled.connect(lambda: settled.append(1))
    held = Qt.KeyboardModifier
    steps = (
        (Qt.Key.Key_Right, held.NoModifier, 1),
        (Qt.Key.Key_Right, held.ShiftModifier, 10),
        (Qt.Key.Key_Left, held.ControlModifier, -16),
    )
    at = 0
    for key, modifier, step in steps:
        QTest.keyClick(plot, key, modifier)
        at += step
        assert plot._taken == at
    assert len(settled) == 3
    plot.show_taken(REACH)
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert plot._taken == REACH


def test_mouse(plot: DelayPlot, qtbot: QtBot) -> None:
    m = plot.mapping
    here = QPoint(round(m.x_of(m.t0 * 0.75)), 60)
    with qtbot.waitSignals([plot.moved, plot.settled], order="strict"):
        QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=here)
    assert plot._taken < 0
    none, there = Qt.MouseButton.NoButton, QPointF(m.x_of(7.2), 40.0)
    with qtbot.waitSignal(plot.hovered) as said:
        move = QMouseEvent(QEvent.Type.MouseMove, there, there, none, none, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(plot, move)
    assert said.args == [plot.delay_at(there.x())]


@pytest.mark.parametrize("values", [np.empty(0), np.full(3, np.nan), np.array([-np.inf, np.inf, 0.0]), np.zeros(1)])
def test_odd_data(plot: DelayPlot, values: np.ndarray) -> None:
    plot.show_curve(values, 8000, None, 3)
    plot.show_taken(9)
    plot.set_theme(LIGHT)
    assert not plot.grab().isNull()
    QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=QPoint(300, 40))
    QTest.keyClick(plot, Qt.Key.Key_Left)
    assert abs(plot._taken) <= max(values.size // 2, 9)
