"""Every plot is pyqtgraph's: nothing else of the package paints axes or data of frames and bands."""

from __future__ import annotations

import ast
import gc
import threading
from pathlib import Path

import pyqtgraph as pg
import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from window_kit import open_window, show_files

import osisnr_gui
from osisnr_gui.qt.plots.items.lines import Line
from osisnr_gui.qt.plots.rows import ROWS

PACKAGE = Path(osisnr_gui.__file__).parent
#: Each paints words, marks of a list or a control; none has an axis or data of frames or bands.
PAINTERS = {
    "qt/commands/presentation.py": "a frame round the plots of what is heard, for an audience",
    "qt/dialogs/legend.py": "examples of marks that the plots draw, in a dialog that names them",
    "qt/focus.py": "a frame round the plot that has the focus",
    "qt/look/theme.py": "an icon, at the size that is asked for",
    "qt/panels/figure_table.py": "words in columns, text of the status bar, verdict scale",
    "qt/panels/folder_panel.py": "sparkline in a table cell",
    "qt/panels/frame_inspector.py": "shares of one frame as bars in a table of words",
    "qt/panels/loss_panel.py": "the loss, its two shares, and their names",
    "qt/panels/plain_text.py": "one line of words",
    "qt/panels/source_row.py": "the ground of a row that is chosen",
    "qt/panels/value_slider.py": "marks of values on a slider",
    "qt/playback/transport_bar.py": "a letter underlined in the colour of its estimate",
}


def _painters() -> set[str]:
    """Files outside of plot items in which a class paints itself or a table cell."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        name = path.relative_to(PACKAGE).as_posix()
        if name.startswith("qt/plots/items/"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name in ("paintEvent", "paint"):
                found.add(name)
            elif isinstance(node, ast.FunctionDef) and node.name == "draw":  # of an item of a plot
                found |= {name for argument in node.args.args if argument.arg == "painter"}
    return found


def test_whatever_paints_itself_has_a_reason() -> None:
    assert _painters() - {"qt/plots/view_box.py"} == set(PAINTERS)  # the ViewBox paints nothing


def test_every_item_of_a_row_is_stock_or_ours(qtbot: QtBot, samples: Path) -> None:
    with open_window(qtbot, (1280, 900)) as window:
        show_files(qtbot, window, *sorted(samples.glob("2_enhancement_*.flac")))
        link = window.views.plots.link
        link.set_cursor(1.0)
        link.set_hover(1.5, 3.0, "osi")
        link.select(0.5, 2.0)
        link.set_loop(0.5, 1.5)
        for record in ROWS:
            window.views.plots.stack.set_row_visible(record.id, True)
        rows = [row for row in window.views.plots.stack.rows if row.isVisible()]
        assert len(rows) > 5
        for row in rows:
            assert isinstance(row.getPlotItem(), pg.PlotItem)
            for item in row.getPlotItem().items:
                module = type(item).__module__
                assert module.startswith(("pyqtgraph.", "osisnr_gui.qt.plots.items.")), item
                assert isinstance(item, pg.GraphicsObject)
        osi = window.views.plots.stack.row("osi")
        lines = [item for item in osi.getPlotItem().items if isinstance(item, pg.InfiniteLine)]
        assert {osi.threshold_line, osi.marks.lines["cursor"], osi.marks.lines["cross_time"]} <= set(lines)  # type: ignore[attr-defined]
        assert all(isinstance(line, Line) for line in lines)
        regions = [item for item in osi.getPlotItem().items if isinstance(item, pg.LinearRegionItem)]
        assert [region.getRegion() for region in regions] == [(0.5, 2.0), (0.5, 1.5)]
        names = {item.name() for item in osi.getPlotItem().items if hasattr(item, "getData")}
        assert {"A", "B"} <= names


def test_the_overview_has_a_region_for_its_window(qtbot: QtBot, samples: Path) -> None:
    with open_window(qtbot, (1280, 900)) as window:
        show_files(qtbot, window, samples / "2_enhancement_clean.flac", samples / "2_enhancement_est_dfn3.flac")
        plots = window.views.plots
        plots.link.set_range(1.0, 2.0)
        plots.link.flush()
        assert isinstance(plots.overview.window_region, pg.LinearRegionItem)
        assert plots.overview.window_region.getRegion() == pytest.approx((1.0, 2.0))


def test_eight_windows_leave_nothing_behind(qtbot: QtBot, samples: Path) -> None:
    def left() -> tuple[int, int, int]:
        for _ in range(2):
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
            QApplication.processEvents()
            gc.collect()
        scenes = [o for o in gc.get_objects() if isinstance(o, pg.GraphicsScene) and shiboken6.isValid(o)]
        return len(QApplication.allWidgets()), len(scenes), threading.active_count()

    def one() -> None:
        with open_window(qtbot, (1280, 720)) as window:
            show_files(qtbot, window, samples / "2_enhancement_clean.flac", samples / "2_enhancement_est_dfn3.flac")

    one()
    before = left()
    for _ in range(8):
        one()
    assert all(now <= then for now, then in zip(left(), before, strict=True))
