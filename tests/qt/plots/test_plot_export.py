"""One plot as a picture of any width and as a table."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot
from window_kit import open_window, picture_of, show_files

from osisnr_gui.qt.dialogs.figure_dialog import CSV, PNG, PlotDialog
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.plots.figure import Figure, table_of
from osisnr_gui.qt.plots.time_plot import TimePlot


@pytest.fixture
def window(qtbot: QtBot, samples: Path):
    with open_window(qtbot, (1280, 900)) as window:
        show_files(qtbot, window, samples / "2_enhancement_clean.flac", samples / "2_enhancement_est_dfn3.flac")
        yield window


def _table(plot: TimePlot) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(table_of(plot)).decode())))


@pytest.mark.parametrize("row_id", ["reference", "osi", "loss"])
def test_a_picture_is_drawn_for_its_width_not_scaled_up(window: MainWindow, row_id: str) -> None:
    row = window.views.plots.stack.row(row_id)
    image = picture_of(row, 4000)
    assert image.width() == 4000
    assert image.height() == pytest.approx(4000 * row.height() / row.width(), rel=0.02)
    # Scaled up, every column would be like its neighbour where a column of the screen is several pixels wide.
    pixels = np.array([[image.pixel(x, y) for x in range(1500, 1700)] for y in range(40, image.height() - 40, 7)])
    changes = (np.diff(pixels, axis=1) != 0).any(axis=0)
    positions = np.flatnonzero(changes) % round(4000 / row.width())
    assert len(set(positions.tolist())) > 1
    assert row.getPlotItem().items, "nothing is lost"


def test_pointer_and_cursor_are_left_out_and_come_back(window: MainWindow) -> None:
    row = window.views.plots.stack.row("osi")
    plain = picture_of(row, 1000)
    window.views.plots.link.set_cursor(1.0)
    window.views.plots.link.set_hover(2.0, 10.0, "osi")
    assert picture_of(row, 1000) == plain
    assert row.marks.lines["cursor"].isVisible()
    assert row.marks.lines["cursor"].value() == 1.0
    window.views.plots.link.select(1.0, 2.0)
    assert picture_of(row, 1000) != plain, "the selection is kept"


def test_the_screen_is_as_before(window: MainWindow) -> None:
    rows = [row for row in window.views.plots.stack.rows if row.isVisible()]
    before = [row.grab().toImage() for row in rows]
    for row in rows:
        picture_of(row, 2500)
    assert [row.grab().toImage() for row in rows] == before


def test_a_table_of_curves_is_what_is_in_view(window: MainWindow) -> None:
    plots = window.views.plots
    plots.link.set_range(1.0, 2.0)
    plots.link.flush()
    head, *rows = _table(plots.stack.row("osi"))
    assert head == ["time", "A"]
    times = np.array([float(row[0]) for row in rows])
    frames = plots.pair.frames  # type: ignore[union-attr]
    inside = (frames.times() >= 1.0) & (frames.times() <= 2.0)
    np.testing.assert_allclose(times, frames.times()[inside])
    shown = plots._osi.curves[0].values[inside]
    np.testing.assert_allclose([float(row[1] or "nan") for row in rows], np.where(np.isfinite(shown), shown, np.nan))
    head, *rows = _table(plots.stack.row("loss"))
    assert head == ["time", "loss"]
    assert len(rows) == inside.sum()


def test_a_table_of_a_picture_has_a_column_per_row_of_pixels(window: MainWindow) -> None:
    row = window.views.plots.stack.row("reference")
    head, *rows = _table(row)
    assert head[0] == "time"
    assert head[1].endswith(" Hz")
    assert len(rows) == row.box.columns
    time, level = float(rows[100][0]), float(rows[100][20])
    assert level == pytest.approx(row.value_at(time, float(head[20].split()[0])), abs=1e-6)


def test_the_menu_has_what_pyqtgraph_users_look_for(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    menus: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, _at: menus.append(menu))
    row = window.views.plots.stack.row("osi")
    row.context_menu_requested.emit(QPoint(5, 5), row)
    actions = {action.text(): action for action in menus[0].actions()}
    window.views.plots.link.set_range(1.0, 2.0)
    row.zoom_y(0.5, 0.0)
    actions["View all"].trigger()
    assert window.views.plots.link.visible == window.views.plots.link.extent
    assert row.follows_data
    assert "Export…" in actions


@pytest.mark.parametrize("kind", [PNG, CSV])
def test_it_is_saved(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    path = tmp_path / f"plot.{kind}"
    monkeypatch.setattr("osisnr_gui.qt.commands.export_jobs.ask_where", lambda *_: str(path))
    row = window.views.plots.stack.row("osi")
    monkeypatch.setattr(PlotDialog, "exec", lambda _dialog: PlotDialog.DialogCode.Accepted)
    monkeypatch.setattr(PlotDialog, "format", property(lambda _dialog: kind))
    window.commands.exports.save_plot(row)
    qtbot.waitUntil(path.exists, timeout=10_000)
    if kind == PNG:
        assert QImage(str(path)).width() == 2 * row.width()
    else:
        assert path.read_text().startswith('time,"A"\n')


def test_only_a_picture_has_a_width(window: MainWindow) -> None:
    row = window.views.plots.stack.row("osi")
    dialog = PlotDialog(Figure([row], row.set_theme, 1800, 192.0), [row])
    assert (dialog.format, dialog.figure.pixels) == (PNG, 1800)
    dialog._format.setCurrentIndex(dialog._format.findData(CSV))
    assert dialog.format == CSV
    assert not dialog._width.isEnabled()
