"""Lines and curves that frames must not cross: where they are, what dragging says, what is drawn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from osisnr_gui.qt.look.theme import DARK
from osisnr_gui.qt.plots.limits import LimitCurve, LimitLine
from osisnr_gui.qt.plots.plot_row import PlotRow
from osisnr_gui.qt.plots.time_link import TimeLink


@pytest.fixture
def row(qtbot: QtBot) -> PlotRow:
    link = TimeLink()
    link.set_extent(0.0, 10.0)
    row = PlotRow(link, DARK, "row", "")
    link.setParent(row)
    qtbot.addWidget(row)
    row.resize(600, 160)
    row.set_y_limits(0.0, 1000.0)
    row.set_y_range(0.0, 20.0)
    row.show()
    qtbot.waitExposed(row)
    return row


def _orange(image: QImage, x: float, y: float) -> bool:
    """Whether the colour of bad frames is within two pixels of a place."""
    wanted = QColor(DARK.bad)
    near = [image.pixelColor(round(x) + dx, round(y) + dy) for dx in range(-5, 6) for dy in (-2, -1, 0, 1, 2)]
    return any(abs(c.hue() - wanted.hue()) < 12 and c.lightness() > 60 for c in near)


def test_a_line_is_drawn_dragged_and_hidden(row: PlotRow) -> None:
    said: list[float] = []
    line = LimitLine(row, lambda level: f"bad over {level:g}", said.append)
    line.show_level(5.0)
    m = row.mapping
    assert _orange(row.grab().toImage(), m.left + 30, m.y_of(5.0))
    x = round(m.left + 100)
    QTest.mousePress(row, Qt.MouseButton.LeftButton, pos=QPoint(x, round(m.y_of(5.0))))
    QTest.mouseMove(row, QPoint(x, round(m.y_of(12.0))))
    QTest.mouseMove(row, QPoint(x, -500))
    QTest.mouseRelease(row, Qt.MouseButton.LeftButton, pos=QPoint(x, -500))
    assert said[0] == pytest.approx(12.0, abs=0.2)
    assert said[-1] == 20.0
    # Values a person would type: no more digits than pixels can tell apart.
    assert all(value == round(value, 1) for value in said)
    line.show_level(math.nan)
    assert not line.hit(m, QPointF(x, m.y_of(20.0)))
    assert not _orange(row.grab().toImage(), m.left + 30, m.y_of(5.0))


@pytest.mark.parametrize("n_frames", [50, 100_000])
def test_a_curve_is_drawn_with_its_gaps(row: PlotRow, n_frames: int) -> None:
    curve = LimitCurve(row)
    values = np.full(n_frames, 10.0)
    values[n_frames // 2 :] = np.nan
    curve.show_curve(0.0, 10.0 / n_frames, values)
    m, image = row.mapping, row.grab().toImage()
    assert _orange(image, m.x_of(2.0), m.y_of(10.0))
    assert not _orange(image, m.x_of(8.0), m.y_of(10.0))
    curve.show_curve(0.0, 1.0, np.empty(0))
    assert not _orange(row.grab().toImage(), m.x_of(2.0), m.y_of(10.0))
