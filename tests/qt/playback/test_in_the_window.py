"""Keys, bar, menus and plots as one: what the user presses is what is heard and seen."""

from __future__ import annotations

import math
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from fake_sound import BLOCK, FakeCard, FakeSystem
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from window_kit import open_window, show_files, wait_final

from osisnr_gui.qt.look.theme import icon
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.playback.player import Player
from osisnr_gui.qt.plots.time_link import TimeSpan
from osisnr_gui.session import edits
from osisnr_gui.session.sound.listening import Listening, Match, ResidualScale, Sound, SoundKind

Key, Shift = Qt.Key, Qt.KeyboardModifier.ShiftModifier
REFERENCE, MIXTURE = Sound(SoundKind.REFERENCE), Sound(SoundKind.MIXTURE)
EST_A, EST_B, RES_A = Sound(SoundKind.ESTIMATE, 0), Sound(SoundKind.ESTIMATE, 1), Sound(SoundKind.RESIDUAL, 0)


@pytest.fixture
def system() -> FakeSystem:
    return FakeSystem()


@pytest.fixture
def window(qtbot: QtBot, system: FakeSystem) -> Iterator[MainWindow]:
    with open_window(qtbot) as window:
        window.views.player.deck.system = system  # type: ignore[assignment]
        window.commands.open_demo("enhancement")
        wait_final(qtbot, window)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        yield window


PAIRS = (("clean", "est_dfn3"), ("noisy", "est_gate"))


def _press(window: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(window, key, modifiers)


def test_keys_choose_what_is_heard_and_seen(window: MainWindow) -> None:
    player, selection = window.views.player, window.views.selection
    assert player.sound == EST_A
    _press(window, Key.Key_2)
    assert (player.sound, selection.index) == (EST_B, 1)
    for key in (Key.Key_0, Key.Key_R):
        _press(window, key)
        assert (player.sound, selection.index) == (REFERENCE, 1)
    _press(window, Key.Key_M)
    assert player.sound == MIXTURE
    _press(window, Key.Key_T)
    assert player.sound == REFERENCE
    _press(window, Key.Key_1)
    _press(window, Key.Key_2)
    _press(window, Key.Key_T)
    assert (player.sound, selection.index) == (EST_A, 0)


def test_d_shows_and_hears_the_residual_and_goes_back(window: MainWindow) -> None:
    player, shown = window.views.player, window.actions_by_id.by_id["residual"]
    _press(window, Key.Key_D)
    assert (player.sound, shown.isChecked()) == (RES_A, True)
    assert window.views.view_bar._third.currentText() == "residual"
    _press(window, Key.Key_D)
    assert (player.sound, shown.isChecked()) == (EST_A, False)
    _press(window, Key.Key_D)
    _press(window, Key.Key_R)
    assert shown.isChecked(), "another sound does not change the picture"
    _press(window, Key.Key_D)
    assert (player.sound, shown.isChecked()) == (RES_A, True)


def test_play_pause_stop_and_clear(window: MainWindow, system: FakeSystem) -> None:
    player, link = window.views.player, window.views.plots.link
    play = window.actions_by_id.by_id["play"]
    link.select(1.0, 2.0)
    _press(window, Key.Key_Space)
    assert player.is_playing
    assert play.text() == "Pause"
    system.card.pull_sound()
    _press(window, Key.Key_Space)
    assert player.is_paused
    assert play.text() == "Play"
    _press(window, Key.Key_Escape)
    assert not player.is_paused
    assert link.selection is not None
    _press(window, Key.Key_Escape)
    assert link.selection is None
    assert math.isnan(link.playhead)


def test_loop_keys(window: MainWindow, system: FakeSystem) -> None:
    link, loop = window.views.plots.link, window.actions_by_id.by_id["loop"]
    _press(window, Key.Key_L)
    assert link.loop == link.extent
    assert loop.isChecked()
    link.select(1.0, 2.0)
    _press(window, Key.Key_L, Shift)
    assert link.loop == TimeSpan(1.0, 2.0)
    _press(window, Key.Key_L)
    assert link.loop is None
    assert not loop.isChecked()
    _press(window, Key.Key_L)
    assert link.loop == TimeSpan(1.0, 2.0), "the loop before"
    link.set_cursor(1.5)
    _press(window, Key.Key_BracketLeft)
    assert link.loop == TimeSpan(1.5, 2.0)
    link.set_cursor(3.0)
    _press(window, Key.Key_BracketRight)
    assert link.loop == TimeSpan(1.5, 3.0)
    link.set_cursor(4.0)
    _press(window, Key.Key_BracketLeft)
    assert link.loop == TimeSpan(4.0, link.extent.stop), "a start behind the end moves the end"
    _press(window, Key.Key_Space)
    system.card.pull_sound()
    assert window.views.player.deck.engine.position_at(10**9)[0] >= 4.0 * 16_000


def test_the_selection_is_played_once(window: MainWindow, system: FakeSystem, qtbot: QtBot) -> None:
    player, link = window.views.player, window.views.plots.link
    assert not window.actions_by_id.by_id["play_once"].isEnabled()
    link.select(1.0, 1.2)
    _press(window, Key.Key_Space, Shift)
    system.card.pull_until(lambda: not player.is_playing)
    played = np.flatnonzero(system.card.samples)
    assert 0.2 * 16_000 - 200 < played[-1] - played[0] <= 0.2 * 16_000 + 160
    qtbot.waitUntil(lambda: math.isnan(link.playhead))


def test_keys_work_wherever_the_focus_is(window: MainWindow) -> None:
    """A number field keeps digits, and letters while something is typed in it; nothing else keeps anything."""
    player = window.views.player
    fields = [w for w in window.findChildren(QWidget) if w.isVisible() and w.focusPolicy() != Qt.FocusPolicy.NoFocus]
    fields = [w for w in fields if w.isEnabled() and w.focusProxy() is None]
    assert len(fields) > 15
    for widget in fields:
        player.hear(EST_A)
        widget.setFocus()
        focus = window.focusWidget() or widget
        _press(focus, Key.Key_M)
        assert player.sound == MIXTURE, f"{type(widget).__name__} {widget.accessibleName()!r} keeps M"
    (first, *_) = (w for w in fields if isinstance(w, QAbstractSpinBox))
    first.setFocus()
    player.hear(EST_A)
    _press(first, Key.Key_5)
    _press(first, Key.Key_M)
    assert player.sound == EST_A, "something is being typed"


def test_return_presses_the_button_with_the_focus(window: MainWindow) -> None:
    buttons = {button.text(): button for button in window.commands.playback.bar.findChildren(QToolButton)}
    buttons["Mix"].setFocus()
    _press(window.focusWidget(), Key.Key_Return)
    assert window.views.player.sound == MIXTURE


def test_the_bar_shows_what_is_heard(window: MainWindow, qtbot: QtBot) -> None:
    player, bar = window.views.player, window.commands.playback.bar
    buttons = {button.text(): button for button in bar.findChildren(QToolButton) if button.isCheckable()}
    for name, sound in (("Ref", REFERENCE), ("B", EST_B), ("Mix", MIXTURE), ("Res", Sound(SoundKind.RESIDUAL, 1))):
        qtbot.mouseClick(buttons[name], Qt.MouseButton.LeftButton)
        assert player.sound == sound
        assert [
            text for text, button in buttons.items() if button.isChecked() and text in ("Ref", "A", "B", "Mix", "Res")
        ] == [name]
    gain = player.recipe.gains[1]
    assert gain is not None
    assert bar._note.text() == f"B minus the reference at {20 * math.log10(gain):+.1f} dB".replace("-", "−")
    window.actions_by_id.by_id["match_rms"].trigger()
    assert player.match is Match.RMS
    assert bar._note.text().startswith("RMS +")
    window.actions_by_id.by_id["speed_50"].trigger()
    assert bar._speed.text() == "0.5×"


def test_nothing_on_the_bar_is_cut(window: MainWindow) -> None:
    window.actions_by_id.by_id["match_osi"].trigger()
    window.views.player.hear(RES_A)
    QApplication.processEvents()
    bar = window.commands.playback.bar
    for widget in bar.findChildren(QToolButton) + bar.findChildren(QLabel):
        assert widget.width() >= widget.sizeHint().width() - 1, widget.text()
        assert widget.mapTo(bar, QPoint(widget.width(), 0)).x() <= bar.width()


def test_without_sound_there_is_no_bar_and_t_and_d_are_for_the_eye(
    qtbot: QtBot, window: MainWindow, samples: Path
) -> None:
    assert window.commands.playback.bar.isVisible()
    show_files(qtbot, window, *(samples / f"4_masks_{name}.npy" for name in ("irm", "est")))
    window.commands.take_files([str(samples / "4_masks_irm.npy")], add=True)
    wait_final(qtbot, window)
    assert not window.commands.playback.bar.isVisible()
    assert not window.actions_by_id.by_id["play"].isEnabled()
    _press(window, Key.Key_Space)
    assert "masks alone are silent" in window.statusBar().currentMessage()
    _press(window, Key.Key_D)
    assert window.actions_by_id.by_id["residual"].isChecked()
    _press(window, Key.Key_D)
    assert not window.actions_by_id.by_id["residual"].isChecked()


def _pull_without_a_gap(card: FakeCard, player: Player, count: int) -> None:
    """Ask for samples until this many came in a row: a busy machine may read too late and leave a silence."""
    engine = player.deck.engine
    starved = -1
    while starved != engine.starved:
        starved, stop = engine.starved, card.samples.size + count
        card.pull_until(lambda stop=stop: card.samples.size >= stop)


def test_masks_are_heard_on_their_mixture(window: MainWindow, system: FakeSystem, qtbot: QtBot) -> None:
    window.commands.open_demo("masks")
    wait_final(qtbot, window)
    player, bar = window.views.player, window.commands.playback.bar
    assert player.recipe.sounds == (REFERENCE, EST_A, MIXTURE)
    assert bar.isVisible()
    assert [bar._buttons[kind].isEnabled() for kind in (SoundKind.REFERENCE, SoundKind.RESIDUAL)] == [True, False]
    player.play(1.0)
    card = system.card
    expected = Listening(player.recipe)
    for key, row in ((Key.Key_1, 1), (Key.Key_0, 0), (Key.Key_M, 2)):
        _press(window, key)
        card.pull_until(lambda: np.any(card.samples[-2000:]))
        _pull_without_a_gap(card, player, 4096)
        position = round(player.deck.heard()[0] * 16_000)
        sounds = expected.read(position - 1000, 1000)
        np.testing.assert_allclose(card.samples[-1000:], sounds[row], atol=1e-6)
        said = bar._note.toolTip() + bar._note.text()
        assert ("mask" in said) == (row < 2), said
    expected.close()
    player.stop()


def test_no_device_is_said_in_the_bar_and_the_status_bar(window: MainWindow, system: FakeSystem) -> None:
    system.problem = "no sound device was found"
    _press(window, Key.Key_Space)
    assert "no sound device" in window.statusBar().currentMessage()
    assert "ilent" in window.commands.playback.bar._note.text()
    assert "no sound device was found" in window.commands.playback.bar._note.toolTip()
    assert window.views.player.is_playing, "in silence: the cursor moves"
    assert not window.commands.playback.bar._level.isVisible()
    _press(window, Key.Key_Space)
    _press(window, Key.Key_2)
    assert window.views.selection.index == 1


def test_level_clip_light_and_louder_residual_are_on_the_bar(window: MainWindow, system: FakeSystem) -> None:
    player, bar, act = window.views.player, window.commands.playback.bar, window.actions_by_id.by_id
    bar._level.setValue(0)
    assert player.level_db == -40.0
    assert "−40.0 dB" in bar._note.toolTip()
    QTest.mouseDClick(bar._level, Qt.MouseButton.LeftButton)
    assert player.level_db == 0.0
    QTest.keyClick(bar._level, Key.Key_Right)
    assert player.level_db == 1.0
    act["residual_louder"].trigger()
    assert player.residual_is_louder
    assert "louder" not in bar._note.toolTip()
    _press(window, Key.Key_D)
    assert "20 dB louder" in bar._note.toolTip()
    assert bar._louder.isVisible()
    player.choose(level_db=12.0)
    player.play(0.0)
    system.card.pull_until(lambda: player.deck.engine.clipped > 0)
    player._tick()
    assert "beyond full scale, and" in bar._clip.toolTip()
    bar._clip.click()
    assert "no sample" in bar._clip.toolTip()


def test_the_view_turns_the_page_but_does_not_fight(window: MainWindow) -> None:
    link = window.views.plots.link
    link.set_range(1.0, 2.0)
    link.set_playhead(1.9)
    link.set_playhead(2.01)
    assert link.visible.start == pytest.approx(2.01)
    link.set_range(4.0, 5.0)  # the user looks elsewhere
    link.set_playhead(2.3)
    assert link.visible.start == pytest.approx(4.0)
    link.set_playhead(math.nan)
    window.actions_by_id.by_id["follow"].trigger()
    link.set_playhead(4.9)
    link.set_playhead(5.1)
    assert link.visible.start == pytest.approx(4.0)


def test_only_the_frequencies_in_sight(window: MainWindow) -> None:
    player, plots = window.views.player, window.views.plots
    _press(window, Key.Key_K)
    assert player.band is None, "all frequencies are in sight"
    plots.stack.row("estimate").set_y_range(0.25, 0.5)
    assert player.band is not None
    assert (player.band.low, player.band.high) == pytest.approx((2000.0, 4000.0))
    assert "2.00 to 4.00 kHz" in window.commands.playback.bar._note.text()
    plots.link.set_range(1.0, 1.5)
    _press(window, Key.Key_K, Shift)
    assert player.is_playing
    assert plots.link.loop == TimeSpan(1.0, 1.5)
    plots.fit_values()
    assert player.band is None
    window.commands.open_demo("echo")
    assert not player.is_playing
    assert plots.link.loop is None


def test_devices_are_listed_and_remembered(window: MainWindow, system: FakeSystem) -> None:
    system.names = ["Speakers", "Head & phones"]
    menu = window.actions_by_id.menu("playback/device")
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == ["System default", "Speakers", "Head && phones"]
    menu.actions()[2].trigger()
    _press(window, Key.Key_Space)
    assert system.card.name == "Head & phones"
    system.problem = "QtMultimedia cannot be loaded"
    menu.aboutToShow.emit()
    assert menu.actions()[1].text() == "No sound: QtMultimedia cannot be loaded"


def test_segments_play_at_once_only_when_that_is_wanted(window: MainWindow) -> None:
    player, autoplay = window.views.player, window.actions_by_id.by_id["autoplay"]
    link, segments = window.views.plots.link, window.views.segments
    _press(window, Key.Key_N)
    assert link.selection is not None
    assert not player.is_playing
    autoplay.trigger()
    _press(window, Key.Key_N)
    assert player.is_playing
    assert link.loop is not None
    assert link.loop.start <= link.selection.start < link.selection.stop <= link.loop.stop
    player.stop()
    autoplay.trigger()
    segments.segment_activated.emit(1.0, 1.5)
    assert player.is_playing
    assert link.loop == TimeSpan(1.0, 1.5)


def test_choices_are_remembered_from_start_to_start(qtbot: QtBot, window: MainWindow) -> None:
    for name in ("match_rms", "residual_frame", "follow", "autoplay", "transport"):
        window.actions_by_id.by_id[name].trigger()
    window.views.player.set_device("Headphones")
    window.views.player.choose(level_db=-9.0)
    window.close()
    with open_window(qtbot) as again:
        player, by_id = again.views.player, again.actions_by_id.by_id
        assert (player.match, player.scale, player.device_id) == (Match.RMS, ResidualScale.FRAME, "Headphones")
        assert player.level_db == -9.0
        checked = [
            by_id[name].isChecked() for name in ("match_rms", "residual_frame", "follow", "autoplay", "transport")
        ]
        assert checked == [True, True, False, True, False]
        assert not again.commands.playback._is_on("follow")


def test_moving_the_cursor_moves_the_sound(window: MainWindow, system: FakeSystem) -> None:
    player, link = window.views.player, window.views.plots.link
    _press(window, Key.Key_Space)
    system.card.pull_sound()
    system.card.pull(4000)
    player._tick()
    before = link.playhead
    _press(window, Key.Key_Right)
    assert link.cursor == pytest.approx(before + 1.0), "a second on from what is heard"
    system.card.pull_until(lambda: player.deck.engine.position_at(10**9)[0] > (before + 1.0) * 16_000)


def test_a_reload_goes_on_where_it_was_and_plays_what_is_new(
    qtbot: QtBot, window: MainWindow, system: FakeSystem, samples: Path, tmp_path: Path
) -> None:
    player, link = window.views.player, window.views.plots.link
    names = ("2_enhancement_clean.flac", "2_enhancement_est_dfn3.flac")
    paths = [Path(shutil.copyfile(samples / name, tmp_path / name)) for name in names]
    show_files(qtbot, window, *paths)
    link.set_loop(1.0, 3.0)
    player.play(1.5)
    system.card.pull_sound()
    before, loop = link.playhead, link.loop
    silence = np.zeros(soundfile.info(paths[1]).frames)
    soundfile.write(paths[1], silence, 16_000)
    window.actions_by_id.by_id["reload"].trigger()
    wait_final(qtbot, window)
    assert player.is_playing
    assert player.sound == EST_A
    assert link.loop == loop
    assert before <= link.playhead < before + 0.5
    system.card.pull_until(lambda: not system.card.samples[-BLOCK:].any())
    player.hear(REFERENCE)
    system.card.pull_sound()
    assert before <= link.playhead < loop.stop


def test_a_mask_that_is_removed_while_it_is_heard(
    window: MainWindow, system: FakeSystem, qtbot: QtBot, tmp_path: Path
) -> None:
    window.commands.open_demo("masks")
    wait_final(qtbot, window)
    player, store = window.views.player, window.views.store
    copy = tmp_path / "another_est.npy"
    shutil.copy(store.session.estimates[0].path, copy)
    window.commands.take_files([str(copy)], add=True)
    wait_final(qtbot, window)
    removed = next(source for source in store.session.estimates if source.path == str(copy))
    player.choose(match=Match.OSI)
    last = Sound(SoundKind.ESTIMATE, 1)
    player.hear(last)
    assert last in player.recipe.sounds
    store.edit(lambda session: edits.remove(session, removed))
    wait_final(qtbot, window)
    assert last not in player.recipe.sounds
    assert player.sound in player.recipe.sounds
    store.undo()
    wait_final(qtbot, window)
    assert last in player.recipe.sounds


def test_the_pause_icon_stays_when_the_theme_changes(window: MainWindow) -> None:
    action, themes = window.actions_by_id.by_id["play"], window.views.themes
    action.trigger()
    assert window.views.player.is_playing
    themes.set_mode("light" if themes.theme.name == "dark" else "dark")
    assert action.icon().cacheKey() == icon("pause", themes.theme.text).cacheKey()
    action.trigger()
    assert action.icon().cacheKey() == icon("play", themes.theme.text).cacheKey()


def test_what_was_opened_to_be_heard_is_let_go_of_without_playing_again(
    window: MainWindow, system: FakeSystem, samples: Path, qtbot: QtBot
) -> None:
    def readers() -> int:
        return sum(thread.name == "read-ahead" for thread in threading.enumerate())

    player, before = window.views.player, readers()
    player.play(0.5)
    system.card.pull_sound()
    player.stop()
    pairs = [(samples / f"2_enhancement_{a}.flac", samples / f"2_enhancement_{b}.flac") for a, b in PAIRS]
    for pair in pairs * 2:
        show_files(qtbot, window, *pair)
    qtbot.waitUntil(lambda: readers() <= before + 2)  # the present one, and the one that fades out
    window.commands.close_files()
    wait_final(qtbot, window)
    qtbot.waitUntil(lambda: readers() == before)
    assert system.card.closed
