"""The tour for who is new: offered once, in nobody's way, left at any step."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from window_kit import open_demo, open_window, wait_final

from osisnr_gui.qt.commands.finding import FirstTour
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.text.segment_words import FIRST_STEPS


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with open_demo(qtbot, "enhancement") as window:
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        yield window


def _shown(window: MainWindow) -> FirstTour | None:
    found = window.findChild(FirstTour)
    assert found is None or isinstance(found, FirstTour)
    return found


def _begin(window: MainWindow) -> FirstTour:
    window.actions_by_id.by_id["first_tour"].trigger()
    shown = _shown(window)
    assert shown is not None
    return shown


@pytest.mark.usefixtures("dressed")
@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_every_step_is_beside_its_part_and_whole(qtbot: QtBot, window: MainWindow, size: tuple[int, int]) -> None:
    window.resize(*size)
    qtbot.wait(50)
    shown, said = _begin(window), []
    for number in range(1, len(FIRST_STEPS) + 1):
        qtbot.wait(20)
        said.append(shown.words.text())
        assert window.rect().contains(shown.geometry())
        assert shown.words.height() >= shown.words.heightForWidth(shown.words.width())
        assert shown._count.text() == f"{number} of {len(FIRST_STEPS)}"
        part = shown._steps[number - 1][0]
        assert shown._mark.parent() is part
        assert shown._mark.size() == part.size()
        shown.next.click()
    assert said == [f"New here? 6 short notes. {FIRST_STEPS[0]}", *FIRST_STEPS[1:]]
    assert _shown(window) is None


def test_clicks_and_keys_go_to_the_window(qtbot: QtBot, window: MainWindow) -> None:
    shown = _begin(window)
    for _step in range(2):
        shown.next.click()
    row = window.views.plots.spectrograms[0]
    QTest.mouseClick(row.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(row.width() // 2, row.height() // 2))
    assert window.views.plots.link.cursor > 0
    QTest.keyClick(window, Qt.Key.Key_2)
    assert window.views.selection.index == 1
    assert _shown(window) is shown


@pytest.mark.parametrize("step", range(len(FIRST_STEPS)))
def test_it_is_left_at_any_step(qtbot: QtBot, window: MainWindow, step: int) -> None:
    shown = _begin(window)
    for _step in range(step):
        shown.next.click()
    if step % 2:
        shown.skip.click()
    else:
        QTest.keyClick(window, Qt.Key.Key_Escape)
    assert _shown(window) is None


def test_it_is_offered_once_and_only_where_somebody_sits(qtbot: QtBot) -> None:
    offered = []
    for asks in (False, True, True):
        with open_window(qtbot) as window:
            window.commands.asks = asks
            window.commands.open_demo("enhancement")
            wait_final(qtbot, window)
            offered.append(_shown(window) is not None)
    assert offered == [False, True, False]


def test_a_part_that_was_closed_meanwhile_is_left_out(qtbot: QtBot, window: MainWindow) -> None:
    shown = _begin(window)
    window.views.plots.stack.set_row_visible("reference", False)
    qtbot.wait(20)
    shown.next.click()
    shown.next.click()
    assert shown.words.text() == FIRST_STEPS[3]
    assert shown._count.text() == "3 of 5"


def test_it_goes_with_the_part_it_is_about(qtbot: QtBot, window: MainWindow) -> None:
    shown = _begin(window)
    window.resizeDocks([window.views.docks["sources"]], [400], Qt.Orientation.Horizontal)
    edge = window.views.sources.mapTo(window, window.views.sources.rect().topRight())
    qtbot.waitUntil(lambda: shown.x() >= edge.x(), timeout=2000)
    window.commands.close_files()
    qtbot.waitUntil(lambda: _shown(window) is None)


def test_a_second_one_takes_the_place_of_the_first(qtbot: QtBot, window: MainWindow) -> None:
    first, second = _begin(window), _begin(window)
    assert second is not first
    assert window.findChildren(FirstTour) == [second]
    window.resize(1400, 800)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qtbot.wait(20)
    assert window.rect().contains(second.geometry())
