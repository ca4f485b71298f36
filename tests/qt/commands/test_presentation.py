"""For an audience: large and plain, over the whole screen, and afterwards everything is as before."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot
from window_kit import open_demo, open_silent_demo, take_size, wait_final

from osisnr_gui.qt.commands.presentation import Presentation
from osisnr_gui.qt.look.theme import system_font
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.playback.transport_bar import SoundButton
from osisnr_gui.qt.plots.time_plot import TimePlot
from osisnr_gui.session import edits
from osisnr_gui.session.demos import DEMOS
from osisnr_gui.session.session import Formula
from osisnr_gui.session.sound.listening import Sound, SoundKind

Key = Qt.Key
REFERENCE, MIXTURE = Sound(SoundKind.REFERENCE), Sound(SoundKind.MIXTURE)
EST_A, EST_B = Sound(SoundKind.ESTIMATE, 0), Sound(SoundKind.ESTIMATE, 1)


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with open_silent_demo(qtbot, "enhancement") as window:
        yield window


def _present(qtbot: QtBot, window: MainWindow, size: tuple[int, int] = (1280, 720)) -> Presentation:
    """Enter, at a size of our own, and wait for the pictures."""
    window.actions_by_id.by_id["present"].trigger()
    shown = window.commands.presentation
    assert shown is not None
    assert shown.isFullScreen()
    take_size(shown, size)
    qtbot.waitUntil(lambda: shown.isActiveWindow() and all(row.is_final() for row in shown.rows))
    return shown


def _press(shown: Presentation, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(shown, key)


def _buttons(shown: Presentation) -> dict[str, QToolButton]:
    """Those of sounds, by what they say, from left to right."""
    buttons = [button for button in shown.bar.findChildren(SoundButton) if button.isVisible()]
    return {button.text(): button for button in sorted(buttons, key=lambda button: button.x())}


def _lit(shown: Presentation) -> tuple[TimePlot, ...]:
    """The plots with a frame."""
    picture, accent = shown.grab().toImage(), QColor(shown.rows[0].theme.accent)
    corners = {row: row.geometry().bottomLeft() - QPoint(2, 5) for row in shown.rows}
    return tuple(row for row, corner in corners.items() if picture.pixelColor(corner) == accent)


def _state(window: MainWindow) -> dict[str, object]:
    """Everything that a presentation must leave alone."""
    views, link, player = window.views, window.views.plots.link, window.views.player
    stack = views.plots.stack
    return {
        "layout": (window.saveGeometry(), window.saveState(), window.windowState()),
        "settings": [path.read_bytes() for path in sorted(Path(QSettings().fileName()).parent.glob("*"))],
        "session": (views.store.session, views.store.history.previous, views.store.history.following),
        "rows": [(row.isVisible(), row.height(), row.box.lo, row.box.hi) for row in stack.rows],
        "heights": stack.save_heights(),
        "docks": [(dock.wanted, dock.is_in_front) for dock in views.docks.values()],
        "view": (link.visible, link.selection, link.loop, str(link.cursor), str(link.playhead), list(link._history)),
        "held": link.holds_values,
        "sound": (player.wanted, player.before, player.is_playing, player.match, player.speed, player.band),
        "estimate": (views.selection.index, views.selection.before),
    }


def test_escape_leaves_everything_as_it_was(qtbot: QtBot, window: MainWindow) -> None:
    window.views.store.edit(partial(edits.set_formula, formula=Formula.LITERAL))
    wait_final(qtbot, window)
    window.remember()
    QSettings().sync()
    window.views.plots.link.set_range(1.0, 3.0, remember=True)
    window.views.plots.link.set_cursor(1.5)
    qtbot.wait(50)
    before = _state(window)
    shown = _present(qtbot, window)
    assert window.isVisible()
    _press(shown, Key.Key_N, Key.Key_2, Key.Key_0, Key.Key_N, Key.Key_M, Key.Key_Space, Key.Key_F)
    assert window.views.plots.link.selection is not None
    QTest.mouseClick(shown.rows[0].viewport(), Qt.MouseButton.LeftButton)
    _press(shown, Key.Key_Escape)
    assert window.commands.presentation is None
    qtbot.wait(50)
    after = _state(window)
    assert {name: after[name] for name in before if after[name] != before[name]} == {}
    assert [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, Presentation)] == []


def test_a_paused_sound_is_still_paused_there_afterwards(qtbot: QtBot, window: MainWindow) -> None:
    window.views.player.pause_at(1.25)
    shown = _present(qtbot, window)
    _press(shown, Key.Key_Escape)
    assert window.views.player.is_paused
    assert window.views.plots.link.playhead == 1.25


def test_a_presentation_that_is_left_shows_nothing_any_more(qtbot: QtBot, window: MainWindow) -> None:
    _press(_present(qtbot, window), Key.Key_Escape)
    qtbot.wait(50)
    window.views.selection.select(1, window.views.count)
    wait_final(qtbot, window)
    assert window.views.selection.index == 1


def test_a_crash_inside_leaves_the_settings_alone(qtbot: QtBot, window: MainWindow) -> None:
    window.remember()
    QSettings().sync()
    before = _state(window)["settings"]
    shown = _present(qtbot, window)
    _press(shown, Key.Key_N, Key.Key_2)
    QSettings().sync()
    assert _state(window)["settings"] == before


def test_keys_switch_at_the_same_sample_and_light_up_what_is_heard(qtbot: QtBot, window: MainWindow) -> None:
    shown, player = _present(qtbot, window), window.views.player
    text_of = dict(zip((REFERENCE, EST_A, EST_B, MIXTURE), _buttons(shown), strict=True))
    assert _lit(shown) == shown.rows[1:]
    _press(shown, Key.Key_Space)
    assert player.is_playing
    card = player.deck.system.card  # type: ignore[attr-defined]
    card.pull_sound()
    for key, sound, rows in (
        (Key.Key_0, REFERENCE, shown.rows[:1]),
        (Key.Key_2, EST_B, shown.rows[1:]),
        (Key.Key_1, EST_A, shown.rows[1:]),
        (Key.Key_M, MIXTURE, ()),
    ):
        here, n_samples = player.deck.heard()[0], card.samples.size
        _press(shown, key)
        assert (player.sound, player.is_playing, _lit(shown)) == (sound, True, rows)
        assert [text for text, button in _buttons(shown).items() if button.isChecked()] == [text_of[sound]]
        assert player.deck.heard()[0] == here
        assert card.samples.size == n_samples
    _press(shown, Key.Key_Space)
    assert not player.is_playing


def test_n_goes_to_the_next_bad_place_and_it_is_seen_in_all_plots(qtbot: QtBot, window: MainWindow) -> None:
    shown, link = _present(qtbot, window), window.views.plots.link
    _press(shown, Key.Key_N)
    assert math.isfinite(link.cursor)
    assert all(row.marks.lines["cursor"].value() == link.cursor for row in shown.rows)
    assert shown.message.text().startswith("Bad segment 1 of")


def test_buttons_do_what_their_keys_do(qtbot: QtBot, window: MainWindow) -> None:
    shown, player = _present(qtbot, window), window.views.player
    sounds = {"2  Estimate B": EST_B, "0  Reference": REFERENCE, "M  Mixture": MIXTURE, "1  Estimate A": EST_A}
    assert set(_buttons(shown)) == set(sounds)
    for text, sound in sounds.items():
        _buttons(shown)[text].click()
        assert player.sound == sound
    window.actions_by_id.by_id["present"].trigger()
    assert not player.is_playing
    assert window.commands.presentation is None


def test_another_theme_and_other_files(qtbot: QtBot, window: MainWindow) -> None:
    shown = _present(qtbot, window)
    window.views.themes.set_mode("light")
    assert {row.theme.name for row in shown.rows} == {"light"}
    window.commands.open_demo("masks")
    wait_final(qtbot, window)
    assert window.commands.presentation is None


def test_the_window_can_be_closed_while_it_is_shown(qtbot: QtBot, window: MainWindow) -> None:
    _present(qtbot, window)
    window.close()
    assert window.commands.presentation is None


@pytest.mark.usefixtures("dressed")
@pytest.mark.parametrize("demo", [demo.name for demo in DEMOS])
def test_it_is_half_as_large_again_sharp_and_nothing_is_cut(qtbot: QtBot, demo: str) -> None:
    with open_demo(qtbot, demo) as window:
        shown = _present(qtbot, window)
        shown.grab()
        assert (shown.width(), shown.height()) == (1280, 720)
        for row in shown.rows:
            assert row.transform().m11() == row.transform().m22() == 1.5
            assert row.still.pixmap.devicePixelRatio() == 1.5 * row.devicePixelRatioF()
        for part in (*shown.findChildren(QToolButton), *shown.findChildren(QLabel)):
            if not part.isVisible():
                continue
            assert part.width() >= min(part.sizeHint().width(), shown.width() - 40)
        assert _buttons(shown)["0  Reference"].fontInfo().pixelSize() >= 1.5 * system_font().pixelSize() - 1
        assert shown.word.fontInfo().pixelSize() >= 2 * shown.sentence.fontInfo().pixelSize() - 1
        for jargon in ("OSI", "loss", "literal", "exact", "SNR"):
            assert all(jargon not in text for text in (shown.word.text(), shown.sentence.text()))
            assert all(jargon not in row.words.title + row.left.scale_of_values.title for row in shown.rows)
        shown.close()
