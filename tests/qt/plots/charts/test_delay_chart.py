"""The score against delay: ranges, pixels to delays, keys and mouse, odd data."""

from __future__ import annotations

import numpy as np
import pytest
from plot_kit import click, drag, hover, pixel_of
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from osisnr_gui.qt.look.theme import DARK, LIGHT
from osisnr_gui.qt.plots.charts.delay_chart import NEAR, DelayChart, value_range

RATE, REACH, PEAK = 16_000, 8000, 137


def curve() -> np.ndarray:
    lags = np.arange(-REACH, REACH + 1)
    return np.where(lags == PEAK, 9.5, -30.0 - 5.0 * np.cos(lags))


@pytest.fixture(params=[False, True], ids=["far", "near"])
def plot(qtbot: QtBot, request: pytest.FixtureRequest) -> DelayChart:
    plot = DelayChart(DARK, near=request.param)
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
    plot = DelayChart(DARK, near=True)
    qtbot.addWidget(plot)
    plot.show_curve(curve(), RATE, PEAK, 0)
    plot.show_taken(5)
    assert plot.viewRange()[0] == [-NEAR - 0.5, NEAR + 0.5]
    plot.show_taken(PEAK)
    assert plot.viewRange()[0] == [PEAK - NEAR - 0.5, PEAK + NEAR + 0.5]
    plot.show_taken(REACH)
    assert plot.viewRange()[0][1] == REACH + 0.5, "nothing beyond the longest delay"


def test_a_pixel_is_the_best_of_its_delays(plot: DelayChart) -> None:
    if plot.viewRange()[0][1] > 1000:
        assert plot.delay_at(PEAK + 5) == PEAK
        assert plot.delay_at(-1e6) >= -REACH
        assert plot.delay_at(1e6) == REACH
    else:
        assert [plot.delay_at(k + 0.3) for k in (-3, 0, 7)] == [-3, 0, 7]


def test_keys(plot: DelayChart) -> None:
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
        assert plot.taken == at
    assert len(settled) == 3
    plot.show_taken(REACH)
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert plot.taken == REACH


def test_mouse(plot: DelayChart, qtbot: QtBot) -> None:
    with qtbot.waitSignals([plot.moved, plot.settled], order="strict"):
        click(plot, plot.viewRange()[0][0] * 0.75)
    assert plot.taken < 0
    said: list[int | None] = []
    plot.hovered.connect(said.append)
    place = sum(plot.viewRange()[0]) / 2 + 7.2
    hover(plot, place)
    there = plot.getViewBox().mapSceneToView(plot.mapToScene(pixel_of(plot, place)))
    assert said[-1] == plot.delay_at(there.x())
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    assert said[-1] is None


def test_a_drag_moves_often_and_settles_once(plot: DelayChart) -> None:
    moved: list[int] = []
    settled: list[int] = []
    plot.moved.connect(moved.append)
    plot.settled.connect(lambda: settled.append(plot.taken))
    ends = plot.viewRange()[0]
    drag(plot, *(pixel_of(plot, part * ends[1]) for part in (0.0, 0.3, 0.5, 0.8)))
    assert moved == sorted(moved)
    assert len(moved) > 1
    assert settled == [plot.taken]


@pytest.mark.parametrize("values", [np.empty(0), np.full(3, np.nan), np.array([-np.inf, np.inf, 0.0]), np.zeros(1)])
def test_odd_data(plot: DelayChart, values: np.ndarray) -> None:
    plot.show_curve(values, 8000, None, 3)
    plot.show_taken(9)
    plot.set_theme(LIGHT)
    assert not plot.grab().isNull()
    click(plot, sum(plot.viewRange()[0]) / 2)
    QTest.keyClick(plot, Qt.Key.Key_Left)
    assert abs(plot.taken) <= max(values.size // 2, 9)
