"""The frame of the window: sections of menus, names of tabs, room for the panels, and the full screen."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

from PySide6.QtWidgets import QMenu, QTabBar
from pytestqt.qtbot import QtBot

from osisnr_gui.qt.look.theme import DARK, build_style_sheet
from osisnr_gui.qt.main_window import MainWindow
from tests.kits.window_kit import open_window, show_files, wait_final

MOST_IN_A_SECTION = 8
PADDING = 6


def test_menus_fall_into_sections_of_a_few_lines(qtbot: QtBot) -> None:
    with open_window(qtbot) as window:
        for title in window.menuBar().actions():
            menu = title.menu()
            assert isinstance(menu, QMenu)
            lines = [action.isSeparator() for action in menu.actions()]
            assert not lines[0], title.text()
            assert not lines[-1], title.text()
            assert not any(first and second for first, second in pairwise(lines)), title.text()
            sections = "".join("|" if line else "." for line in lines).split("|")
            assert max(map(len, sections)) <= MOST_IN_A_SECTION, title.text()


def test_the_keys_page_says_what_a_command_of_a_submenu_is_about(qtbot: QtBot) -> None:
    with open_window(qtbot) as window:
        texts = {entry.keys: entry.text for entry in window.commands.finding.key_entries()}
    assert texts["M"] == "Hear: Mixture"
    assert texts["V"] == "Difference of two estimates: Show; then the next partner"
    assert texts["B"] == "Where the loss comes from: next map"
    assert texts["F"] == "Fit everything"


def test_every_menu_opens_with_alt_and_a_letter_of_its_own(qtbot: QtBot) -> None:
    with open_window(qtbot) as window:
        titles = [action.text() for action in window.menuBar().actions()]
        letters = [title[title.index("&") + 1].lower() for title in titles]
        assert len(set(letters)) == len(letters) == 7


def elided_tabs(window: MainWindow) -> list[str]:
    """Names of the tabs of panels that have no room for their name."""
    bars = [bar for bar in window.findChildren(QTabBar) if bar.isVisible() and bar.count()]
    assert bars
    return [
        bar.tabText(index)
        for bar in bars
        for index in range(bar.count())
        if bar.tabRect(index).width() - 2 * PADDING < bar.fontMetrics().horizontalAdvance(bar.tabText(index))
    ]


def test_tabs_say_their_names_in_full_with_the_inspector_or_the_masks_beside_them(qtbot: QtBot) -> None:
    with open_window(qtbot) as window:
        window.setStyleSheet(build_style_sheet(DARK))
        for demo, panel in (("enhancement", "inspector"), ("masks", "mask_values")):
            window.commands.open_demo(demo)
            wait_final(qtbot, window)
            window.actions_by_id.by_id[panel].trigger()
            wait_final(qtbot, window)
            assert elided_tabs(window) == []
            window.actions_by_id.by_id[panel].trigger()


def test_a_maximized_window_is_so_again_after_the_full_screen(qtbot: QtBot) -> None:
    with open_window(qtbot) as window:
        window.showMaximized()
        full_screen = window.actions_by_id.by_id["full_screen"]
        full_screen.trigger()
        assert window.isFullScreen()
        full_screen.trigger()
        assert window.isMaximized()
        assert not window.isFullScreen()


def test_the_summary_has_room_for_what_is_opened_first(qtbot: QtBot, samples: Path, tmp_path: Path) -> None:
    estimates = [tmp_path / f"est_{name}.flac" for name in "abcd"]
    for estimate in estimates:
        shutil.copyfile(samples / "2_enhancement_est_dfn3.flac", estimate)
    with open_window(qtbot, (1600, 1000)) as window:
        window.setStyleSheet(build_style_sheet(DARK))
        show_files(qtbot, window, samples / "2_enhancement_clean.flac", *estimates)
        table = window.views.summary.table
        assert table.viewport().height() >= sum(table.rowHeight(row) for row in range(4))
