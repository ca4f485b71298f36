"""One table says which rows there are: the stack, the menu and the README follow it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from window_kit import open_window, show_files, wait_final

from osisnr_gui.qt import plot_area
from osisnr_gui.qt.commands.action_table import ACTIONS
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.plots.axes import TIME_AXIS_HEIGHT
from osisnr_gui.qt.plots.rows import LEAST_CURVE, ROWS, PlotRow
from osisnr_gui.qt.plots.spectrogram_plot import SpectrogramPlot
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.qt.plots.time_plot import TimePlot
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.changes import Changed

PAIR = "2_enhancement_clean.flac", "2_enhancement_est_dfn3.flac"
README = Path(__file__).resolve().parents[3] / "README.md"


class Extra(TimePlot):
    """A row that counts what it is told."""

    def __init__(self, link: TimeLink, theme: Theme) -> None:
        super().__init__(link, theme, "extra", "Extra")
        self.n_told = 0

    def show_analysis(self, analysis: Analysis, selected: int) -> None:
        self.n_told += 1


def test_rows_stand_in_the_order_of_the_table(qtbot: QtBot) -> None:
    with open_window(qtbot, (1000, 700)) as window:
        stack = window.views.plots.stack
        assert [row.row_id for row in stack.rows] == [row.id for row in ROWS]
        assert {row.id for row in ROWS if stack.places[row.id].is_wanted} == {row.id for row in ROWS if row.shown}


def visible(window: MainWindow) -> list[str]:
    return [row.id for row in ROWS if window.views.plots.stack.row(row.id).isVisible()]


@pytest.mark.parametrize("size", [(1000, 640), (1280, 720), (1440, 900)])
def test_the_curves_have_their_share_at_the_first_start(qtbot: QtBot, samples: Path, size: tuple[int, int]) -> None:
    with open_window(qtbot, size) as window:
        show_files(qtbot, window, *(samples / name for name in PAIR))
        assert visible(window) == ["reference", "estimate", "osi", "loss"]
        rows = window.views.plots.stack.row
        heights = {row_id: rows(row_id).height() for row_id in visible(window)}
        assert min(heights["osi"], heights["loss"] - TIME_AXIS_HEIGHT) >= LEAST_CURVE
        assert heights["osi"] + heights["loss"] >= 0.45 * window.views.plots.height()


def test_a_low_window_leaves_out_the_difference_then_the_reference(qtbot: QtBot, samples: Path) -> None:
    with open_window(qtbot, (1000, 840)) as window:
        show_files(qtbot, window, *(samples / name for name in PAIR))
        window.views.plots.stack.set_rows_wanted({"difference": True})
        assert visible(window) == ["reference", "estimate", "difference", "osi", "loss"]
        window.resize(1000, 660)
        qtbot.waitUntil(lambda: visible(window) == ["reference", "estimate", "osi", "loss"])
        window.resize(1000, 540)
        qtbot.waitUntil(lambda: visible(window) == ["estimate", "osi", "loss"])
        assert not window.actions_by_id.by_id["row_reference"].isChecked()
        qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
        assert visible(window) == ["reference", "estimate", "osi", "loss"], "what is asked for comes however low"
        window.resize(1000, 840)
        qtbot.waitUntil(lambda: visible(window) == ["reference", "estimate", "difference", "osi", "loss"])


def test_the_difference_is_one_key_away_and_the_residual_brings_it(qtbot: QtBot, samples: Path) -> None:
    with open_window(qtbot, (1000, 900)) as window:
        show_files(qtbot, window, *(samples / name for name in PAIR))
        qtbot.keyClick(window, Qt.Key.Key_D)
        assert "difference" in visible(window)
        qtbot.keyClick(window, Qt.Key.Key_D)
        assert "difference" not in visible(window), "it goes as it came"
        qtbot.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ShiftModifier)
        assert "difference" in visible(window)
        for _ in range(2):
            qtbot.keyClick(window, Qt.Key.Key_D)
            assert "difference" in visible(window)
        qtbot.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ShiftModifier)
        assert "difference" not in visible(window)


def test_every_row_has_an_entry_in_the_menu() -> None:
    entries = {action.id: (action.text, action.tip) for action in ACTIONS if action.id.startswith("row_")}
    assert entries == {f"row_{row.id}": (row.title, row.tip) for row in ROWS}


def test_the_readme_lists_the_rows() -> None:
    table = re.search(r"\| plot \|.*?\n\n", README.read_text("utf-8"), re.DOTALL)
    assert table is not None
    listed = [line.split("|")[1].strip() for line in table.group().strip().splitlines()[2:]]
    assert listed == [row.title for row in ROWS]


def test_a_record_and_a_class_make_a_row(qtbot: QtBot, samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = PlotRow("extra", "Extra", 1.0, make=Extra, depends=Changed.LOSS)
    monkeypatch.setattr(plot_area, "ROWS", (*ROWS, record))
    with open_window(qtbot, (1000, 900)) as window:
        show_files(qtbot, window, samples / "2_enhancement_clean.flac", samples / "2_enhancement_est_dfn3.flac")
        row = window.views.plots.stack.row("extra")
        assert isinstance(row, Extra)
        assert row.isVisible()
        told = row.n_told
        window.views.loss.alpha.slider.setValue(window.views.loss.alpha.slider.value() + 50)
        wait_final(qtbot, window)
        assert row.n_told == told + 1
        window.views.plots.dress_pictures(SpectrogramPlot.set_scale, "mel")
        assert row.n_told == told + 1
