"""Found without searching: words on the toolbar, the Tab order, the status bar, a key that selects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from plot_kit import hover
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QGraphicsView, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from window_kit import open_in_front, open_window, wait_final

from osisnr_gui.qt.commands.actions import WORDS
from osisnr_gui.qt.focus import FocusMark
from osisnr_gui.qt.look.theme import DARK, build_style_sheet
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.plots.overview import Overview
from osisnr_gui.qt.plots.time_plot import TimePlot

Key, Held = Qt.Key, Qt.KeyboardModifier


@pytest.fixture(params=["plain", "dressed"])
def window(request: pytest.FixtureRequest, qtbot: QtBot, samples: Path) -> Iterator[MainWindow]:
    if request.param == "dressed":
        request.getfixturevalue("dressed")
    with open_in_front(qtbot, samples) as window:
        yield window


def words_shown(window: MainWindow) -> list[str]:
    style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
    return [
        b.text() for b in window.toolbar.findChildren(QToolButton) if b.isVisible() and b.toolButtonStyle() == style
    ]


def is_whole(window: MainWindow) -> bool:
    """Whether every button is there: none has gone behind the arrow at the end."""
    extension = window.toolbar.findChild(QToolButton, "qt_toolbar_ext_button")
    return not extension.isVisible()


def test_words_stand_beside_the_icons_as_far_as_there_is_room(qtbot: QtBot, window: MainWindow) -> None:
    counts = []
    for width in (1000, 1280, 1440, 1920, 1280, 1000):
        window.resize(width, 720)
        QApplication.processEvents()
        QApplication.processEvents()
        assert is_whole(window), width
        counts.append(len(words_shown(window)))
    assert counts == [*counts[:4], counts[1], counts[0]]
    assert counts[0] <= counts[1] <= counts[2] <= counts[3] == len(WORDS)
    assert counts[1] >= 2
    window.resize(1920, 720)
    window.actions_by_id.by_id["toolbar_words"].trigger()
    assert words_shown(window) == []
    assert window.actions_by_id.by_id["open"].text() == "Open…", "menus keep their own text"


@pytest.mark.usefixtures("dressed")
@pytest.mark.parametrize("width", [700, 860, 1000, 1280])
def test_a_toolbar_that_is_too_narrow_comes_to_rest(qtbot: QtBot, width: int) -> None:
    """And leaves out all it can, also where the window becomes wider than it was made."""
    with open_window(qtbot, (width, 752)) as window:
        window.commands.open_demo("enhancement")
        wait_final(qtbot, window)
        qtbot.wait(100)
        asked = EventCount(QEvent.Type.LayoutRequest)
        window.installEventFilter(asked)
        qtbot.wait(200)
        window.removeEventFilter(asked)
        assert asked.n <= 2
        wanted, width_now = window.toolbar.sizeHint().width(), window.toolbar.width()
        window.resize(window.width() + 1, 752)  # anew
        QApplication.processEvents()
        QApplication.processEvents()
        assert window.toolbar.sizeHint().width() == wanted
        assert wanted <= width_now or not words_shown(window)


class EventCount(QObject):
    """Event filter that counts events of one type."""

    def __init__(self, kind: QEvent.Type) -> None:
        super().__init__()
        self._kind, self.n = kind, 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Count, and let it pass."""
        self.n += event.type() == self._kind
        return False


def test_masks_with_other_controls_on_the_toolbar_fit_as_well(qtbot: QtBot, window: MainWindow) -> None:
    window.commands.open_demo("masks")
    wait_final(qtbot, window)
    assert is_whole(window)
    window.commands.open_demo("enhancement")
    wait_final(qtbot, window)
    assert is_whole(window)


def tab_stops(window: MainWindow, limit: int = 200) -> list[QWidget]:
    """Where Tab goes, from the first button of the toolbar on until it comes back there."""
    first = window.toolbar.widgetForAction(window.actions_by_id.by_id["open"])
    first.setFocus(Qt.FocusReason.TabFocusReason)
    stops: list[QWidget] = []
    while len(stops) < limit:
        focus = window.focusWidget()
        assert focus is not None
        stops.append(focus)
        QTest.keyClick(focus, Key.Key_Tab)
        if window.focusWidget() is first:
            return stops
    pytest.fail(f"Tab does not come back: {[type(stop).__name__ for stop in stops[-8:]]}")


def test_tab_goes_through_toolbar_and_plots(window: MainWindow) -> None:
    stops = tab_stops(window)
    buttons = [window.toolbar.widgetForAction(a) for a in window.toolbar.actions() if a.objectName() and a.isEnabled()]
    assert set(buttons) <= set(stops)
    rows = [row for row in window.views.plots.stack.rows if row.isVisible()]
    assert {*rows, window.findChild(Overview)} <= set(stops)


def test_a_button_of_the_toolbar_shows_that_it_has_the_focus(window: MainWindow) -> None:
    window.setStyleSheet(build_style_sheet(DARK))
    button = window.toolbar.widgetForAction(window.actions_by_id.by_id["fit"])
    before = button.grab().toImage()
    button.setFocus(Qt.FocusReason.TabFocusReason)
    after = button.grab().toImage()
    edge = button.width() // 2, 0
    assert after.pixelColor(*edge) != before.pixelColor(*edge)
    assert after.pixelColor(*edge).name() == DARK.text


def test_a_plot_that_tab_comes_to_is_framed_and_a_clicked_one_is_not(window: MainWindow) -> None:
    mark, row = window.findChild(FocusMark), window.views.plots.stack.row("osi")
    assert not mark.isVisible()
    row.setFocus(Qt.FocusReason.TabFocusReason)
    assert mark.isVisible()
    assert mark.parent() is row
    assert window.statusBar().currentMessage() == row.statusTip()
    at = row.grab().toImage().pixelColor(1, row.height() // 2)
    assert at.name() == window.palette().highlight().color().name()
    row.resize(row.width(), row.height() - 4)
    assert mark.size() == row.size()
    window.views.plots.stack.row("loss").setFocus(Qt.FocusReason.MouseFocusReason)
    assert not mark.isVisible()
    assert window.statusBar().currentMessage() == ""


def test_a_key_selects_around_the_cursor_and_then_more_or_less(window: MainWindow) -> None:
    link = window.views.plots.link
    link.set_cursor(3.0)
    QTest.keyClick(window, Key.Key_S)
    first = link.selection
    assert first is not None
    assert sum(first) / 2 == pytest.approx(3.0)
    assert first.length == pytest.approx(0.1 * link.visible.length)
    QTest.keyClick(window, Key.Key_S)
    assert link.selection is not None
    assert link.selection.length == pytest.approx(1.5 * first.length)
    QTest.keyClick(window, Key.Key_S, Held.ShiftModifier)
    assert link.selection == pytest.approx(first)
    for _ in range(40):
        QTest.keyClick(window, Key.Key_S, Held.ShiftModifier)
    assert link.selection.length == pytest.approx(link.min_span)
    for _ in range(60):
        QTest.keyClick(window, Key.Key_S)
    assert link.selection == link.extent
    QTest.keyClick(window, Key.Key_Escape)
    assert link.selection is None
    assert not window.actions_by_id.by_id["select_less"].isEnabled()


def test_the_status_bar_says_the_kind_of_the_frame_under_the_pointer(window: MainWindow) -> None:
    bad = window.views.plots.pair.score.bad  # type: ignore[union-attr]
    row = window.views.plots.stack.row("osi")
    frames = bad.facts.frames
    for flags, word in (
        (bad.low, "bad"),
        (bad.false_activity, "false activity"),
        (bad.facts.active & ~bad.bad, "active"),
    ):
        inside = flags & np.roll(flags, 1) & np.roll(flags, -1)  # a pixel is more than a frame wide
        hover(row, frames.first_time + frames.grid.step * int(inside.nonzero()[0][0]))
        assert f" · {word} · " in window.views.readout.text


def without_sentence(window: MainWindow) -> list[str]:
    return [
        f"{type(widget).__name__} {widget.accessibleName()!r} in {type(widget.parent()).__name__}"
        for widget in window.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible() and not widget.statusTip()
        # The middle of a plot is no control of its own.
        if not isinstance(widget.parent(), QGraphicsView)
    ]


def test_every_control_and_every_action_has_a_sentence(qtbot: QtBot, window: MainWindow) -> None:
    assert not [name for name, action in window.actions_by_id.by_id.items() if not action.statusTip()]
    qtbot.waitUntil(lambda: without_sentence(window) == [])
    for action_id in ("inspector", "mask_values", "all_estimates"):
        window.actions_by_id.by_id[action_id].trigger()
    wait_final(qtbot, window)
    for dock in window.findChildren(QDockWidget):
        dock.raise_()
        QApplication.processEvents()
        qtbot.waitUntil(lambda: without_sentence(window) == [])
    window.commands.close_files()
    wait_final(qtbot, window)
    qtbot.waitUntil(lambda: without_sentence(window) == [])


def test_the_sentence_is_said_when_the_pointer_comes_but_not_over_a_plot(qtbot: QtBot, window: MainWindow) -> None:
    slider = window.views.loss.alpha.slider
    qtbot.waitUntil(lambda: bool(slider.statusTip()))
    enter(slider)
    assert window.statusBar().currentMessage() == slider.statusTip()
    QApplication.sendEvent(slider, QEvent(QEvent.Type.Leave))
    row = window.views.plots.stack.row("osi")
    assert isinstance(row, TimePlot)
    for part in (row, row.viewport()):
        enter(part)
        assert window.statusBar().currentMessage() == "", "the numbers of the selection stand there"


def enter(widget: QWidget) -> None:
    at = QPointF(QPoint(5, 5))
    QApplication.sendEvent(widget, QEnterEvent(at, at, QPointF(widget.mapToGlobal(QPoint(5, 5)))))
