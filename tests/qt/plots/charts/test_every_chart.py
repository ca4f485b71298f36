"""What all charts can do in the real window: the menu of a right click, export, and zoom by the axes."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyqtgraph as pg
import pytest
from plot_kit import drag, hover, pixel_of, right_click, turn_wheel
from PySide6.QtCore import QPoint, QRectF
from PySide6.QtGui import QAction, QColor, QImage, QPalette
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot
from window_kit import open_window, picture_of, wait_final

from osisnr_gui.qt.dialogs.figure_dialog import CSV, PNG, PlotDialog
from osisnr_gui.qt.look.theme import DARK
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.plots.charts.chart import Chart
from osisnr_gui.qt.plots.charts.frame_charts import AngleChart
from osisnr_gui.qt.plots.charts.panel_charts import AlphaChart
from osisnr_gui.qt.plots.figure import table_of

#: By the demo that shows them, what brings them into sight.
CHARTS = {
    "damaged": {"mc_mse": "", "loss_shares": "", "frame": "inspector", "angle": "", "delays": "delay"},
    "masks": {"mask_values": "mask_values"},
}


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with open_window(qtbot, (1280, 900)) as window:
        yield window


def _charts(qtbot: QtBot, window: MainWindow, demo: str) -> Iterator[Chart]:
    """Every chart of a demo, each in sight when it comes."""
    window.commands.open_demo(demo)
    wait_final(qtbot, window)
    window.views.plots.link.set_cursor(2.0)
    for name, action in CHARTS[demo].items():
        if action:
            window.actions_by_id.by_id[action].trigger()
        if name == "loss_shares":
            window.views.segments.parentWidget().show()
            window.views.segments.parentWidget().raise_()
        chart = next(chart for chart in window.findChildren(Chart) if name == chart.NAME)
        wait_final(qtbot, window)
        qtbot.waitUntil(lambda chart=chart: chart.table() is not None)
        yield chart


@pytest.fixture(autouse=True)
def menus(monkeypatch: pytest.MonkeyPatch) -> list[QMenu]:
    """The menus that were to pop up: this platform cannot show any."""
    menus: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, _at: menus.append(menu))
    return menus


def _menu(menus: list[QMenu], chart: Chart, place: QPoint) -> dict[str, QAction]:
    right_click(chart, place)
    return {action.text(): action for action in menus.pop().actions()}


@pytest.mark.parametrize("demo", CHARTS)
def test_a_right_click_offers_view_all_and_export(
    qtbot: QtBot, window: MainWindow, menus: list[QMenu], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, demo: str
) -> None:
    wanted, asked = {"kind": PNG}, []
    monkeypatch.setattr(PlotDialog, "exec", lambda _dialog: PlotDialog.DialogCode.Accepted)
    monkeypatch.setattr(PlotDialog, "format", property(lambda _dialog: wanted["kind"]))

    def ask(*words: object) -> str:
        asked.append(str(words[4]))
        return str(tmp_path / asked[-1])

    monkeypatch.setattr("osisnr_gui.qt.commands.export_jobs.ask_where", ask)
    for chart in _charts(qtbot, window, demo):
        before = chart.grab().toImage()
        actions = _menu(menus, chart, chart.viewport().rect().center())
        assert list(actions) == ["View all", "Export…"]
        for wanted["kind"] in (PNG, CSV):
            actions["Export…"].trigger()
            qtbot.waitUntil((tmp_path / asked[-1]).exists, timeout=10_000)
        name = chart.NAME
        assert asked[-2:] == [f"{name}.png", f"{name}.csv"]
        assert QImage(str(tmp_path / f"{name}.png")).width() == 2 * chart.width()
        head, *rows = csv.reader((tmp_path / f"{name}.csv").read_text("utf-8").splitlines())
        _, places, names, values = chart.table()
        assert head[1:] == names
        np.testing.assert_allclose([float(row[0]) for row in rows], places, rtol=1e-6)
        assert values.shape == (len(rows), len(names))
        assert np.isfinite([float(row[1] or "nan") for row in rows]).any()
        actions["View all"].trigger()
        assert chart.grab().toImage() == before
    assert len(asked) == 2 * len(CHARTS[demo])


@pytest.mark.parametrize("demo", CHARTS)
def test_the_wheel_over_an_axis_zooms_it_and_view_all_comes_back(
    qtbot: QtBot, window: MainWindow, menus: list[QMenu], demo: str
) -> None:
    for chart in _charts(qtbot, window, demo):
        whole = chart.viewRange()
        area = QRectF(chart.box.sceneBoundingRect())
        below = QPoint(round(area.center().x()), round(area.bottom()) + 8)
        beside = QPoint(round(area.left()) - 8, round(area.center().y()))
        for place, axis in ((below, 0), (beside, 1)) if chart.ZOOMS else ():
            turn_wheel(chart, place, 3)
            shown = chart.viewRange()
            assert np.ptp(shown[axis]) < 0.95 * np.ptp(whole[axis])
            assert axis == 1 or shown[1] == whole[1]
            zoomed = np.ptp(shown[axis])
            drag(chart, place, place + QPoint(12, 9))
            assert chart.viewRange()[axis] != shown[axis], "a drag moves the axis"
            assert np.ptp(chart.viewRange()[axis]) == pytest.approx(zoomed)
            turn_wheel(chart, place, -60)
            assert chart.viewRange()[axis] == pytest.approx(whole[axis], abs=1e-6), "there is nothing beyond"
            turn_wheel(chart, place, 3)
        assert not turn_wheel(chart, area.center().toPoint(), 3).isAccepted(), "the panel scrolls"
        _menu(menus, chart, area.center().toPoint())["View all"].trigger()
        assert chart.viewRange() == whole


def test_what_the_user_zoomed_stays_when_numbers_change(qtbot: QtBot, window: MainWindow) -> None:
    chart = next(_charts(qtbot, window, "damaged"))
    assert isinstance(chart, AlphaChart)
    area = chart.box.sceneBoundingRect()
    turn_wheel(chart, QPoint(round(area.center().x()), round(area.bottom()) + 8), 3)
    zoomed = chart.viewRange()
    asked: list[float] = []
    chart.alpha_requested.connect(asked.append)
    drag(chart, pixel_of(chart, 0.5))
    wait_final(qtbot, window)
    assert asked
    assert chart.viewRange() == zoomed


def test_a_chart_is_drawn_for_its_width_not_scaled_up(qtbot: QtBot, window: MainWindow) -> None:
    chart = next(_charts(qtbot, window, "damaged"))
    hover(chart, 0.5)
    before = chart.grab().toImage()
    image = picture_of(chart, 4000)
    assert image.width() == 4000
    curve = next(item for item in chart.getPlotItem().items if isinstance(item, pg.PlotCurveItem))
    colour = curve.opts["pen"].color().rgb()
    column = [image.pixel(3000, y) for y in range(image.height())]
    thick = sum(pixel == colour for pixel in column)
    assert 0.5 * 4000 / chart.width() < thick < 4 * 4000 / chart.width(), "a line is as broad as on screen"
    assert chart.grab().toImage() == before
    assert b"".join(table_of(chart)).startswith(b'alpha,"A"')


def test_where_the_angle_paints_nothing_is_the_panel(qtbot: QtBot) -> None:
    """Not what stood there before: the list of another tab, for one."""
    panel = QWidget()
    panel.setPalette(QPalette(QColor("#00ff00")))
    qtbot.addWidget(panel)
    chart = AngleChart(DARK, panel)
    chart.resize(140, 105)
    panel.resize(140, 105)
    panel.show()
    qtbot.waitExposed(panel)
    image = QImage(140, 105, QImage.Format.Format_RGB32)
    image.fill(QColor("#ff00ff"))
    panel.render(image)
    assert image.pixelColor(2, 2) == panel.palette().window().color()
