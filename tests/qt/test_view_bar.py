"""Floor and ceiling of the colours: dragged on the colour bar or typed, and every picture follows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from plot_kit import double_click, drag
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot
from window_kit import open_window, show_files

from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.plots.spectrogram_tiles import TileStore
from osisnr_gui.qt.view_bar import HIGHEST_DB, LOWEST_DB, NARROWEST_DB, LevelBar, ViewBar


@pytest.fixture
def bar(qtbot: QtBot) -> ViewBar:
    bar = ViewBar()
    qtbot.addWidget(bar)
    bar.show()
    qtbot.waitExposed(bar)
    return bar


@pytest.fixture
def window(qtbot: QtBot, samples: Path) -> Iterator[MainWindow]:
    with open_window(qtbot) as window:
        show_files(qtbot, window, samples / "2_enhancement_clean.flac", samples / "2_enhancement_est_dfn3.flac")
        yield window


def _at(bar: LevelBar, part: float) -> QPoint:
    return QPoint(round(part * bar.width()), bar.height() // 2)


LOWER, MIDDLE, UPPER = 63 / 256, 0.5, 191 / 256


@pytest.mark.parametrize(
    ("start", "stop", "floor", "ceiling"),
    [
        (LOWER, 0.1, range(LOWEST_DB, -95), (-10,)),
        (LOWER, 0.4, range(-85, -30), (-10,)),
        (UPPER, 0.9, (-90,), range(-5, HIGHEST_DB + 1)),
        (UPPER, -0.9, (-90,), (-90 + NARROWEST_DB,)),
        (LOWER, 1.9, (-10 - NARROWEST_DB,), (-10,)),
        (MIDDLE, 0.4, range(-130, -95), range(-50, -11)),
    ],
)
def test_handles_are_dragged(
    bar: ViewBar, start: float, stop: float, floor: tuple[int, ...], ceiling: tuple[int, ...]
) -> None:
    told: list[tuple[float, float]] = []
    bar.levels_changed.connect(lambda low, high: told.append((low, high)))
    level_bar = bar._bar
    half = (start + stop) / 2
    drag(level_bar, _at(level_bar, start), _at(level_bar, half), _at(level_bar, stop))
    assert bar.levels[0] in floor
    assert bar.levels[1] in ceiling
    assert told[-1] == bar.levels
    assert (bar._low.value(), bar._high.value()) == bar.levels
    assert level_bar.item.levels() == bar.levels
    assert level_bar.item.region.getRegion() == (63, 191), "ready for the next drag"
    double_click(level_bar, _at(level_bar, MIDDLE))
    assert told[-1] == bar.levels == level_bar.item.levels() == (-90.0, -10.0)


def test_a_number_moves_the_bar_and_pushes_the_other_one(bar: ViewBar) -> None:
    bar._low.setValue(-15)
    assert bar.levels == bar._bar.item.levels() == (-15.0, -15.0 + NARROWEST_DB)
    bar._high.setValue(-40)
    assert bar.levels == bar._bar.item.levels() == (-40.0 - NARROWEST_DB, -40.0)
    bar._low.setValue(HIGHEST_DB)
    assert bar.levels == (HIGHEST_DB - NARROWEST_DB, HIGHEST_DB)


def test_the_bar_has_the_colours_of_the_pictures(bar: ViewBar) -> None:
    seen = set()
    for _ in range(4):
        bar.next_colours()
        seen.add(bar._bar.grab().toImage().pixel(*_at(bar._bar, 0.6).toTuple()))
    assert len(seen) == 4


def test_every_picture_follows_and_none_is_composed_anew(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    bar, plots = window.views.view_bar, window.views.plots
    before = [plot.grab().toImage() for plot in plots._pictures]
    asked: list[object] = []
    monkeypatch.setattr(TileStore, "gather", lambda *words: asked.append(words))
    drag(bar._bar, _at(bar._bar, UPPER), _at(bar._bar, 0.6))
    assert {plot._levels["dB"] for plot in plots._pictures} == {bar.levels}
    assert bar.levels[1] < -10.0
    assert plots._reference.grab().toImage() != before[0]
    assert not asked
