"""What someone who knows pyqtgraph expects of a row."""

from __future__ import annotations

from collections.abc import Iterator

import pyqtgraph as pg
import pytest
from plot_kit import pixels
from pytestqt.qtbot import QtBot

from osisnr_gui.qt.look.theme import DARK
from osisnr_gui.qt.plots.overview import Overview
from osisnr_gui.qt.plots.plot_stack import PlotStack
from osisnr_gui.qt.plots.rows import PlotRow
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.qt.plots.time_plot import TimePlot


@pytest.fixture
def rows(qtbot: QtBot) -> Iterator[tuple[TimePlot, ...]]:
    link = TimeLink()
    link.set_extent(0.0, 100.0, min_span=0.01)
    stack = PlotStack(Overview(link, DARK))
    for name in ("first", "second", "hidden"):
        stack.add_row(TimePlot(link, DARK, name), PlotRow(name, "", 1.0, shown=name != "hidden"))
    qtbot.addWidget(stack)
    stack.resize(800, 400)
    stack.show()
    qtbot.waitExposed(stack)
    yield stack.rows
    stack.close()


def test_every_row_is_a_plot_item_in_a_graphics_view(rows: tuple[TimePlot, ...]) -> None:
    for row in rows:
        assert isinstance(row, pg.GraphicsView)
        assert isinstance(row.getPlotItem(), pg.PlotItem)
        assert isinstance(row.getViewBox(), pg.ViewBox)


def test_the_x_range_of_one_row_is_that_of_all(rows: tuple[TimePlot, ...]) -> None:
    first, second, _ = rows
    told: list[tuple[float, float]] = []
    second.getViewBox().sigXRangeChanged.connect(lambda _box, visible: told.append(tuple(visible)))
    first.setXRange(20.0, 40.0, padding=0.0)
    first.link.flush()
    assert [tuple(row.viewRange()[0]) for row in (first, second)] == [(20.0, 40.0)] * 2
    assert told == [(20.0, 40.0)]
    assert first.link.visible == (20.0, 40.0)


def test_a_row_that_is_shown_again_has_the_range_of_the_others(rows: tuple[TimePlot, ...]) -> None:
    rows[0].link.set_range(5.0, 6.0)
    rows[0].link.flush()
    rows[2].show()
    assert tuple(rows[2].viewRange()[0]) == (5.0, 6.0)


def test_an_added_line_shows_at_its_value(rows: tuple[TimePlot, ...]) -> None:
    row = rows[0]
    row.set_y_range(0.0, 10.0)
    before = row.grab().toImage()
    row.addItem(pg.InfiniteLine(3.0, angle=0, pen=pg.mkPen("#ff00ff")))
    after = row.grab().toImage()
    y = round(pixels(row).y_of(3.0))
    magenta = [after.pixelColor(400, y + k).name() for k in (-1, 0, 1)]
    assert "#ff00ff" in magenta
    assert after != before


def test_cursor_and_selection_are_pyqtgraphs_own(rows: tuple[TimePlot, ...]) -> None:
    row = rows[0]
    row.link.set_cursor(30.0)
    row.link.select(10.0, 20.0)
    lines = [item.value() for item in row.getPlotItem().items if isinstance(item, pg.InfiniteLine)]
    regions = [item.getRegion() for item in row.getPlotItem().items if isinstance(item, pg.LinearRegionItem)]
    assert set(lines) == {30.0}
    assert regions == [(10.0, 20.0)]
    row.link.clear_selection()
    assert not [item for item in row.getPlotItem().items if isinstance(item, pg.LinearRegionItem)]
