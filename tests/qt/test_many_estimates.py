"""Eight estimates at once: everything is told apart, and the window needs no more room for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.session import edits
from osisnr_gui.session.sound.listening import Match
from tests.kits.window_kit import open_window, show_files, wait_final

COUNT = 8


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    rng = np.random.default_rng(3)
    clean = 0.2 * rng.standard_normal(16000) * np.hanning(16000)
    paths = [tmp_path / "ref.wav", *(tmp_path / f"est_{k}.wav" for k in range(COUNT))]
    for k, path in enumerate(paths):
        soundfile.write(path, clean + 0.002 * k * rng.standard_normal(16000), 16000)
    with open_window(qtbot) as window:
        show_files(qtbot, window, *paths)
        yield window


def test_the_window_stays_as_wide_as_it_was(window: MainWindow):
    assert window.width() == 1280
    player, bar = window.views.player, window.commands.playback.bar
    player.choose(match=Match.RMS)
    assert "RMS" in bar._note.text()
    assert bar.minimumSizeHint().width() <= bar.width()


def test_every_curve_has_a_look_of_its_own(window: MainWindow):
    theme = window.views.themes.theme
    styles = {(theme.estimate(k).colour, theme.estimate(k).dash) for k in range(COUNT)}
    assert len(styles) == COUNT
    row = window.views.plots.stack.row("osi")
    assert [key.text for key in row.words.keys] == list("ABCDEFGH")
    layout = row.words._lay_title(row.box)
    assert len(layout.key_widths) == COUNT, "all letters fit"


def test_only_the_estimate_in_view_says_what_it_is_and_is_in_sight(window: MainWindow, qtbot: QtBot):
    panel = window.views.sources
    estimates = panel.rows[1:]
    assert [row.details.isVisible() for row in estimates] == [True] + [False] * (COUNT - 1)
    assert "16 kHz" in estimates[1].name.toolTip()
    QTest.keyClick(window, Qt.Key.Key_8)
    wait_final(qtbot, window)
    assert [row.details.isVisible() for row in estimates] == [False] * (COUNT - 1) + [True]
    viewport = panel.scroller.viewport()
    assert viewport.rect().contains(estimates[-1].mapTo(viewport, QPoint(0, estimates[-1].height() - 1)))


def test_letters_stay_when_names_scroll_out_of_the_summary(window: MainWindow):
    window.views.docks["summary"].raise_()
    table = window.views.summary.table
    assert not table.verticalHeader().isVisible()
    table.horizontalScrollBar().setValue(200)
    assert table.verticalHeader().isVisible()
    table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    names = [table.model().index(row, 0).data() for row in range(COUNT)]
    letters = [table.model().headerData(row, Qt.Orientation.Vertical) for row in range(COUNT)]
    assert letters == [name[0] for name in names]
    assert letters != sorted(letters)
    table.horizontalScrollBar().setValue(0)
    assert not table.verticalHeader().isVisible()


def test_the_estimate_that_was_chosen_stays_in_view_when_another_is_removed(window: MainWindow, qtbot: QtBot):
    QTest.keyClick(window, Qt.Key.Key_3)
    wait_final(qtbot, window)
    chosen = window.views.plots.pair.source
    store = window.views.store
    store.edit(lambda session: edits.remove(session, session.estimates[0]))
    wait_final(qtbot, window)
    assert window.views.plots.pair.source == chosen
    store.undo()
    wait_final(qtbot, window)
    assert window.views.plots.pair.source == chosen
