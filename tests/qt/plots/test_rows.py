"""One table says which rows there are: the stack, the menu and the README follow it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from window_kit import open_window, show_files, wait_final

from osisnr_gui.qt import plot_area
from osisnr_gui.qt.commands.action_table import ACTIONS
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.rows import ROWS, PlotRow
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.qt.plots.time_plot import TimePlot
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.changes import Changed

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
        assert {row.id for row in ROWS if stack.is_row_wanted(row.id)} == {row.id for row in ROWS if row.shown}


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
        window.views.plots.set_scale("mel")
        assert row.n_told == told + 1
