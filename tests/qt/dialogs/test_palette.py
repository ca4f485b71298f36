"""The palette and the page of keys: what is typed finds it, and a key or a click runs it, in the real window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSlider
from pytestqt.qtbot import QtBot
from window_kit import open_window, show_files, wait_final

from osisnr_gui.qt.commands.action_table import ACTIONS, MOUSE_ROWS
from osisnr_gui.qt.dialogs.palette import Entry, Palette, find
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.session import edits

Key, Held = Qt.Key, Qt.KeyboardModifier
ENTRIES = [
    Entry("open", "Open", "File", "Ctrl+O", "Open a reference and estimates"),
    Entry("fit", "Fit everything", "View", "F", "Show the whole file"),
    Entry("zoom", "Zoom to selection", "View", "Z", "Show the selected range"),
    Entry("off", "Blame map: Off", "View › Blame map"),
    Entry("osi", "Blame map: 1/OSI-SNR", "View › Blame map"),
]


@pytest.fixture
def window(qtbot: QtBot, samples: Path) -> Iterator[MainWindow]:
    with open_window(qtbot) as window:
        names = ("clean", "est_dfn3", "est_gate")
        show_files(qtbot, window, *(samples / f"2_enhancement_{name}.flac" for name in names))
        yield window


def opened(qtbot: QtBot, window: MainWindow, key: Qt.Key, held: Qt.KeyboardModifier = Held.NoModifier) -> Palette:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, key, held)
    found = [dialog for dialog in window.findChildren(Palette) if dialog.isVisible()]
    assert len(found) == 1
    qtbot.waitUntil(found[0].search.hasFocus)
    return found[0]


def palette(qtbot: QtBot, window: MainWindow, typed: str = "") -> Palette:
    dialog = opened(qtbot, window, Key.Key_P, Held.ControlModifier | Held.ShiftModifier)
    QTest.keyClicks(dialog.search, typed)
    return dialog


def keys_found(typed: str, recent: tuple[str, ...] = ()) -> list[str]:
    return [ENTRIES[place].key for place in find(ENTRIES, typed, recent)]


def test_words_in_any_order_from_text_menu_key_and_sentence() -> None:
    assert keys_found("") == ["open", "fit", "zoom", "off", "osi"]
    assert keys_found("selection zoom") == ["zoom"]
    assert keys_found("ctrl+o") == ["open"]
    assert keys_found("f")[0] == "fit", "its very key comes before all that begin with it"
    assert keys_found("view off") == ["off"]
    assert keys_found("estimates") == ["open"]
    assert keys_found("zmsel") == ["zoom"], "letters with others between them"
    assert keys_found("nothing like it") == []


def test_of_equals_the_last_one_used_comes_first() -> None:
    assert keys_found("", ("zoom", "osi")) == ["zoom", "osi", "open", "fit", "off"]
    assert keys_found("blame", ("osi",)) == ["osi", "off"]
    assert keys_found("open", ("zoom",))[0] == "open"


def test_every_action_is_there_with_its_menu_and_key(qtbot: QtBot, window: MainWindow) -> None:
    entries = {entry.key: entry for entry in palette(qtbot, window).shown}
    assert {spec.id for spec in ACTIONS} <= entries.keys()
    assert entries["export_png"].place == "File › Export"
    assert entries["palette"].keys == "Ctrl+Shift+P"
    assert entries["hear_mixture"].text == "Hear: Mixture"


def test_enter_runs_what_is_chosen_and_the_arrows_choose(qtbot: QtBot, window: MainWindow) -> None:
    link = window.views.plots.link
    link.select(1.0, 2.0)
    dialog = palette(qtbot, window, "selection zoom")
    QTest.keyClick(dialog.search, Key.Key_Return)
    assert tuple(link.visible) == (1.0, 2.0)
    dialog = palette(qtbot, window)
    assert dialog.shown[0].key == "zoom_selection", "used last"
    QTest.keyClicks(dialog.search, "plots")
    assert dialog.list.currentIndex().row() == 0
    QTest.keyClick(dialog.search, Key.Key_Down)
    assert dialog.list.currentIndex().row() == 1
    assert dialog.hint.text() == dialog.shown[1].tip
    QTest.keyClick(dialog.search, Key.Key_Up)
    assert dialog.list.currentIndex().row() == 0
    QTest.keyClick(dialog.search, Key.Key_Escape)


def test_a_click_runs_and_escape_leaves(qtbot: QtBot, window: MainWindow) -> None:
    dialog = palette(qtbot, window, "crosshair")
    before = window.actions_by_id.by_id["crosshair"].isChecked()
    at = dialog.list.visualItemRect(dialog.list.topLevelItem(0)).center()
    QTest.mouseClick(dialog.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert window.actions_by_id.by_id["crosshair"].isChecked() is not before
    dialog = palette(qtbot, window, "crosshair")
    QTest.keyClick(dialog.search, Key.Key_Escape)
    assert not dialog.isVisible()
    assert window.actions_by_id.by_id["crosshair"].isChecked() is not before


def test_a_remedy_of_a_notice_is_found_and_run(qtbot: QtBot, window: MainWindow) -> None:
    remedies = [entry for entry in palette(qtbot, window).shown if entry.place == "Notice"]
    QTest.keyClick(window.findChild(Palette).search, Key.Key_Escape)
    QApplication.processEvents()
    notices = window.views.store.analysis.notices
    assert {entry.tip for entry in remedies} <= {notice.message for notice in notices}
    assert remedies
    before = window.views.store.session
    dialog = palette(qtbot, window, remedies[0].text)
    assert remedies[0].text == dialog.shown[0].text
    QTest.keyClick(dialog.search, Key.Key_Return)
    assert window.views.store.session != before
    wait_final(qtbot, window)


def test_a_remedy_that_was_applied_is_found_by_its_name_says_so_and_undoes(qtbot: QtBot, window: MainWindow) -> None:
    window.commands.open_demo("enhancement")
    wait_final(qtbot, window)
    store = window.views.store
    source = store.session.estimates[0]
    store.edit(lambda session: edits.change_source(session, source, gain=2.0))
    wait_final(qtbot, window)
    dialog = palette(qtbot, window, "match level")
    assert dialog.shown[0].text.startswith("Match level is applied · Undo: ")
    QTest.keyClick(dialog.search, Key.Key_Return)
    assert store.session.estimates[0].gain == 1.0


def test_a_setting_gets_the_focus_and_its_panel_comes_to_the_front(qtbot: QtBot, window: MainWindow) -> None:
    segments = window.views.segments
    assert segments.visibleRegion().isEmpty(), "behind the tab of another panel"
    entries = palette(qtbot, window).shown
    wanted = next(entry for entry in entries if entry.place == "Bad segments")
    dialog = window.findChild(Palette)
    QTest.keyClicks(dialog.search, wanted.text)
    QTest.keyClick(dialog.search, Key.Key_Return)
    qtbot.waitUntil(lambda: not segments.visibleRegion().isEmpty())
    focus = window.focusWidget()
    assert focus is not None
    assert segments.isAncestorOf(focus)
    dialog = palette(qtbot, window, "gamma")
    assert {entry.place for entry in dialog.shown[:2]} == {"Loss"}
    QTest.keyClick(dialog.search, Key.Key_Return)
    assert window.focusWidget() in (window.views.loss.gamma.slider, window.views.loss.gamma.field)
    dialog = palette(qtbot, window, "method inverse of mean")
    QTest.keyClick(dialog.search, Key.Key_Return)
    assert window.views.loss.method.isAncestorOf(window.focusWidget())
    dialog = palette(qtbot, window, "output level")
    assert [entry.place for entry in dialog.shown] == ["Playback"]
    QTest.keyClick(dialog.search, Key.Key_Return)
    focus = window.focusWidget()
    assert isinstance(focus, QSlider)
    assert focus.accessibleName() == "Output level"
    window.actions_by_id.by_id["transport"].trigger()
    (hidden,) = palette(qtbot, window, "output level").shown
    assert hidden.why == "the playback bar is hidden"


def test_what_cannot_be_run_is_grey_says_why_and_stays(qtbot: QtBot) -> None:
    with open_window(qtbot) as window:
        dialog = palette(qtbot, window, "undo")
        grey = dialog.list.topLevelItem(0).foreground(0).color()
        assert grey == dialog.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
        assert dialog.hint.text() == "Not now: nothing was changed"
        QTest.keyClick(dialog.search, Key.Key_Return)
        assert dialog.isVisible()
        dialog.search.clear()
        assert not [entry.text for entry in dialog.shown if entry.why == "there is nothing to do it with"]
        QTest.keyClicks(dialog.search, "no such thing at all")
        assert dialog.hint.text() == "Nothing is called that."
        QTest.keyClick(dialog.search, Key.Key_Return)
        QTest.keyClick(dialog.search, Key.Key_Escape)


def test_over_the_list_of_pairs_the_plots_are_what_is_missing(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window.commands.folders, "shows_list", True)
    window.commands.actions.update()
    entries = {entry.key: entry for entry in palette(qtbot, window).shown}
    assert entries["fit"].why == "the list of pairs is on screen"
    assert entries["setting Loss gamma"].why == "the list of pairs is on screen"
    assert entries["export_list_csv"].why == "there is no list of pairs"
    assert entries["open"].why == ""


def test_f1_lists_keys_then_the_mouse_and_a_double_click_runs(qtbot: QtBot, window: MainWindow) -> None:
    dialog = opened(qtbot, window, Key.Key_F1)
    shown = dialog.shown
    assert [entry.text for entry in shown[-len(MOUSE_ROWS) :]] == [text for _group, text, _keys in MOUSE_ROWS]
    assert [entry.key for entry in shown[: -len(MOUSE_ROWS)]] == [spec.id for spec in ACTIONS if spec.keys]
    QTest.keyClicks(dialog.search, "wheel")
    assert "Zoom in time at the pointer" in [entry.text for entry in dialog.shown]
    QTest.keyClick(dialog.search, Key.Key_Return)
    assert dialog.isVisible(), "a turn of the wheel is no command"
    dialog.search.clear()
    QTest.keyClicks(dialog.search, "next colour map")
    at = dialog.list.visualItemRect(dialog.list.topLevelItem(0)).center()
    before = window.views.view_bar.colours
    QTest.mouseClick(dialog.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert dialog.isVisible(), "one click chooses"
    QTest.mouseDClick(dialog.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert window.views.view_bar.colours != before


def test_fewer_found_than_the_place_of_the_last_one_chosen(qtbot: QtBot) -> None:
    dialog = Palette("Find", ENTRIES, None)
    qtbot.addWidget(dialog)
    QTest.keyClick(dialog.search, Key.Key_End)
    dialog.list.setCurrentItem(dialog.list.topLevelItem(len(ENTRIES) - 1))
    with qtbot.captureExceptions() as errors:
        QTest.keyClicks(dialog.search, "zoom")
    assert not errors
    assert [entry.key for entry in dialog.shown] == ["zoom"]
    assert dialog.hint.text() == "Show the selected range"


def test_arrows_that_find_no_more_lines_do_nothing(qtbot: QtBot) -> None:
    """They would come back to the dialog from a list that does not take them, without end."""
    dialog = Palette("Keys", ENTRIES)
    qtbot.addWidget(dialog)
    dialog.show()
    for key in (Key.Key_Up, *[Key.Key_Down] * (len(ENTRIES) + 1), Key.Key_PageDown):
        QTest.keyClick(dialog.search, key)
    assert dialog.list.currentItem().text(0) == ENTRIES[-1].text
    QTest.keyClicks(dialog.search, "nothing is called that")
    for key in (Key.Key_Up, Key.Key_Down, Key.Key_PageUp, Key.Key_PageDown):
        QTest.keyClick(dialog.search, key)
    assert dialog.list.currentItem() is None
    dialog.reject()
