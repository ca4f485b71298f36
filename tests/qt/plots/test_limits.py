"""Lines and curves that frames must not cross: where they are, what dragging says, what is drawn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from plot_kit import drag, pixels
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from osisnr_gui.qt.look.theme import DARK
from osisnr_gui.qt.plots.items.lines import CurveItem, LevelLine
from osisnr_gui.qt.plots.items.painting import line_pen
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.qt.plots.time_plot import TimePlot


@pytest.fixture
def row(qtbot: QtBot) -> TimePlot:
    link = TimeLink()
    link.set_extent(0.0, 10.0)
    row = TimePlot(link, DARK, "row", "")
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


def test_a_line_is_drawn_dragged_and_hidden(row: TimePlot) -> None:
    said: list[float] = []
    line = LevelLine("bad", lambda _vb: f"bad over {line.level:g}", digits=lambda _vb: 1)
    row.add_levels(line)
    line.level_dragged.connect(said.append)
    line.show_level(5.0)
    m = pixels(row)
    assert _orange(row.grab().toImage(), m.left + 30, m.y_of(5.0))
    assert not said
    x = round(m.left + 100)
    drag(row, *(QPoint(x, y) for y in (round(m.y_of(5.0)), round(m.y_of(12.0)), -500)))
    assert said[0] == pytest.approx(12.0, abs=0.2)
    assert said[-1] == 20.0
    assert all(value == round(value, 1) for value in said)
    line.show_level(math.nan)
    assert not line.isVisible()
    assert not _orange(row.grab().toImage(), m.left + 30, m.y_of(5.0))


@pytest.mark.parametrize("n_frames", [50, 100_000])
def test_a_curve_is_drawn_with_its_gaps(row: TimePlot, n_frames: int) -> None:
    curve = CurveItem("limit")
    row.add(curve)
    curve.set_pens(line_pen(DARK.bad, (6.0, 4.0)))
    values = np.full(n_frames, 10.0)
    values[n_frames // 2 :] = np.nan
    curve.setData(0.0, 10.0 / n_frames, values)
    m, image = pixels(row), row.grab().toImage()
    assert _orange(image, m.x_of(2.0), m.y_of(10.0))
    assert not _orange(image, m.x_of(8.0), m.y_of(10.0))
    times, found = curve.getData()
    assert times[-1] == pytest.approx(10.0 - 10.0 / n_frames)
    np.testing.assert_array_equal(found, values)
    curve.setData(0.0, 1.0, np.empty(0))
    assert not _orange(row.grab().toImage(), m.x_of(2.0), m.y_of(10.0))
