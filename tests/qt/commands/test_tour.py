"""The tour of the worst places: what is said is what is heard, in this order, and afterwards all is as before."""

from __future__ import annotations

import math
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot
from real_sound import RATE, missing_tools, open_sound_server
from scipy.signal import resample_poly
from window_kit import open_silent_demo, open_window, take_size, wait_final

from osisnr_gui.core.types import FloatArray
from osisnr_gui.qt.commands import presentation
from osisnr_gui.qt.commands.presentation import Tour
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.playback.transport_bar import SoundButton
from osisnr_gui.session import edits
from osisnr_gui.session.session import Note
from osisnr_gui.session.sound.listening import Match, Sound, SoundKind

Key = Qt.Key
REFERENCE, EST_A, EST_B = Sound(SoundKind.REFERENCE), Sound(SoundKind.ESTIMATE, 0), Sound(SoundKind.ESTIMATE, 1)
ORDER = (REFERENCE, EST_A, EST_B)
FILES = ("2_enhancement_clean", "5_damaged_est", "2_enhancement_est_dfn3")
FILE_RATE = 16_000
ATTEMPTS = 4
SAID = {REFERENCE: "You hear the reference", EST_A: "You hear estimate A.", EST_B: "You hear estimate B."}


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with open_silent_demo(qtbot, "damaged") as window:
        yield window


def _open(window: MainWindow) -> Tour:
    window.actions_by_id.by_id["tour"].trigger()
    shown = window.commands.presentation
    assert isinstance(shown, Tour)
    return shown


def _begin(qtbot: QtBot, window: MainWindow, size: tuple[int, int] = (1280, 720)) -> Tour:
    """Enter, at a size of our own, and wait for the first caption."""
    shown = _open(window)
    take_size(shown, size)
    qtbot.waitUntil(lambda: shown.isActiveWindow() and bool(shown.word.text()) and "Place 1" in shown.sentence.text())
    return shown


def _press(shown: Tour, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(shown, key)


def _quick(monkeypatch: pytest.MonkeyPatch, **times: int) -> None:
    for name, ms in {"READ_MS": 20, "PAUSE_MS": 20, "LOOK_MS": 20, **times}.items():
        monkeypatch.setattr(presentation, name, ms)


def _files(samples: Path) -> list[FloatArray]:
    return [soundfile.read(samples / f"{name}.flac", dtype="float64")[0] for name in FILES]


def _find(part: FloatArray, recording: FloatArray) -> tuple[int, float]:
    """Where a part of a file is best found in a recording, and how well: 1 is the same but for a gain."""
    n = len(recording) + len(part)
    likeness = np.fft.irfft(np.fft.rfft(recording, n) * np.conj(np.fft.rfft(part, n)), n)
    likeness = likeness[: len(recording) - len(part) + 1]
    sums = np.concatenate(([0.0], np.cumsum(recording**2)))
    energies = sums[len(part) :] - sums[: -len(part)]
    likeness /= np.sqrt(np.maximum(energies, 1e-9 * energies.max() + 1e-12) * float(part @ part))
    best = int(np.argmax(likeness))
    return best, float(likeness[best])


def test_what_is_heard_is_what_is_said(
    qtbot: QtBot, window: MainWindow, samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _quick(monkeypatch)
    shown, player = _begin(qtbot, window), window.views.player
    heard: list[tuple[int, Sound, str, str]] = []  # place, sound, words, button that is lit
    recordings: list[FloatArray] = []
    spans = []
    while "over" not in shown.word.text():
        qtbot.waitUntil(lambda: player.is_playing or "over" in shown.word.text())
        if not player.is_playing:
            break
        card = player.deck.system.card  # type: ignore[attr-defined]
        lit = [button.text() for button in shown.bar.findChildren(SoundButton) if button.isChecked()]
        heard.append((shown._at, player.sound, shown.sentence.text(), lit[0]))
        spans.append(shown._played)
        start = card.samples.size
        card.pull_until(lambda: not player.is_playing)
        recordings.append(card.samples[start:].astype(np.float64))
    assert [(place, sound) for place, sound, *_ in heard] == [(place, s) for place in range(5) for s in ORDER]
    for (_place, sound, words, lit), span, recording in zip(heard, spans, recordings, strict=True):
        assert SAID[sound] in words
        assert lit == {REFERENCE: "Reference", EST_A: "Estimate A", EST_B: "Estimate B"}[sound]
        file = _files(samples)[ORDER.index(sound)]
        part = file[round(span.start * FILE_RATE) + 400 : round(span.stop * FILE_RATE) - 400]
        assert _find(part, recording)[1] > 0.999
    assert "A: strong errors" in shown.sentence.text()
    assert "B: errors audible" in shown.sentence.text()


def test_the_captions_name_the_planted_damage(qtbot: QtBot, window: MainWindow) -> None:
    shown, said = _begin(qtbot, window), []
    for _place in shown.places:
        said.append(shown.word.text())
        _press(shown, Key.Key_N)
    assert any("is missing in A" in words for words in said)
    assert any("A is muffled: everything above 630 Hz is missing" in words for words in said)
    assert "over" in shown.word.text()
    assert [button.isEnabled() for button in shown._buttons] == [False, False, True], "nothing to hold or to skip"
    _press(shown, Key.Key_N)
    assert "over" in shown.word.text()


def test_space_holds_and_goes_on(qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    _quick(monkeypatch, READ_MS=200)
    shown, player = _begin(qtbot, window), window.views.player
    _press(shown, Key.Key_Space)
    qtbot.wait(400)
    assert not player.is_playing
    _press(shown, Key.Key_Space)
    qtbot.waitUntil(lambda: player.is_playing)
    card = player.deck.system.card  # type: ignore[attr-defined]
    card.pull_sound()
    _press(shown, Key.Key_Space)
    assert (player.is_playing, player.is_paused) == (False, True)
    assert "Go on" in shown._buttons[0].text()
    card.pull(8000)
    qtbot.wait(100)
    here = window.views.plots.link.playhead
    _press(shown, Key.Key_Space)
    assert player.is_playing
    card.pull_until(lambda: not player.is_playing)  # it stops where it would have, and goes on with the next sound
    assert here < shown._played.stop
    qtbot.waitUntil(lambda: player.is_playing and player.sound == EST_A)


def test_afterwards_all_is_as_before(qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    _quick(monkeypatch)
    views, link, player = window.views, window.views.plots.link, window.views.player
    views.selection.select(1, views.count)
    wait_final(qtbot, window)
    link.set_range(1.0, 3.0)
    link.select(1.5, 2.0)
    link.set_loop(1.2, 1.4)
    player.choose(match=Match.OSI)
    window.remember()
    QSettings().sync()

    def state() -> dict[str, object]:
        return {
            "view": (link.visible, link.selection, link.loop, str(link.cursor), str(link.playhead)),
            "sound": (player.wanted, player.match, player.is_playing, player.is_paused),
            "estimate": (views.selection.index, views.selection.before),
            "session": (views.store.session, views.store.history.previous, window.isWindowModified()),
            "settings": [path.read_bytes() for path in sorted(Path(QSettings().fileName()).parent.glob("*"))],
        }

    before = state()
    shown = _begin(qtbot, window)
    qtbot.waitUntil(lambda: player.is_playing)
    assert player.match is Match.RMS
    player.deck.system.card.pull_sound()  # type: ignore[attr-defined]
    _press(shown, Key.Key_Escape)
    assert window.commands.presentation is None
    qtbot.wait(50)
    window.remember()
    QSettings().sync()
    after = state()
    assert {name: after[name] for name in before if after[name] != before[name]} == {}


def test_nothing_stays_paused_when_it_is_left_on_hold(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    _quick(monkeypatch)
    shown, player = _begin(qtbot, window), window.views.player
    qtbot.waitUntil(lambda: player.is_playing)
    player.deck.system.card.pull_sound()  # type: ignore[attr-defined]
    _press(shown, Key.Key_Space)
    assert player.is_paused
    _press(shown, Key.Key_Escape)
    assert (player.is_playing, player.is_paused, str(window.views.plots.link.playhead)) == (False, False, "nan")


def test_closing_the_window_in_the_middle_remembers_the_users_loudness(qtbot: QtBot, window: MainWindow) -> None:
    _begin(qtbot, window)
    window.close()
    assert window.views.settings.text("loudness", "off") == "off"
    assert window.commands.presentation is None


def test_notes_are_the_places_where_there_are_some(qtbot: QtBot, window: MainWindow) -> None:
    for note in (Note(4.4, 5.2, "dull"), Note(2.0, 2.0, "listen")):
        window.views.store.edit(partial(edits.add_note, note=note))
    shown = _begin(qtbot, window)
    assert [place.text for place in shown.places] == ["listen", "dull"]
    assert shown.word.text().startswith("“listen”")
    _press(shown, Key.Key_N)
    assert "“dull”" in shown.word.text()
    assert "muffled" in shown.word.text()


def test_without_a_card_it_goes_on_in_real_time(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    _quick(monkeypatch)
    monkeypatch.setattr(presentation, "AROUND", 0.05)
    with open_window(qtbot) as window:
        window.commands.open_demo("damaged", "tour")
        qtbot.waitUntil(lambda: isinstance(window.commands.presentation, Tour), timeout=20_000)
        shown = window.commands.presentation
        assert isinstance(shown, Tour)
        said: set[str] = set()
        qtbot.waitUntil(lambda: said.add(shown.sentence.text()) or "over" in shown.word.text(), timeout=20_000)
        assert window.views.player.problem
        assert any(words.endswith("Estimate A.") for words in said)
        assert not [words for words in said if "You hear" in words]
        shown.close()


def test_a_tour_that_is_held_before_its_first_place_begins_when_it_goes_on(qtbot: QtBot, window: MainWindow) -> None:
    shown = _open(window)
    shown.hold()
    qtbot.waitUntil(lambda: bool(shown._faults))
    qtbot.wait(50)
    assert shown.word.text() == ""
    shown.hold()
    qtbot.waitUntil(lambda: shown.word.text().startswith("At "))
    assert not shown._is_held


def test_a_place_can_be_heard_again(qtbot: QtBot, window: MainWindow) -> None:
    shown = _begin(qtbot, window)
    _press(shown, Key.Key_N, Key.Key_R)
    assert "Place 2 of 5" in shown.sentence.text()
    for _place in range(4):
        _press(shown, Key.Key_N)
    assert "over" in shown.word.text()
    _press(shown, Key.Key_R)
    assert "Place 5 of 5" in shown.sentence.text()
    assert all(button.isEnabled() for button in shown._buttons)
    _press(shown, Key.Key_Escape)
    early = _open(window)
    early.again()
    qtbot.waitUntil(lambda: "Place 1 of 5" in early.sentence.text())


def test_an_estimate_that_cannot_be_read_is_not_named(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "est_broken.wav").write_bytes(b"RIFF")
    window.commands.take_files([str(tmp_path / "est_broken.wav")], add=True)
    wait_final(qtbot, window)
    shown = _begin(qtbot, window)
    named = [step.index for step in shown._script() if isinstance(step, Sound) and step.kind is SoundKind.ESTIMATE]
    assert named == [0, 1] * len(shown.places)
    assert "C: could not be compared." in shown.sentence.text()


def test_without_a_bad_place_it_says_so(qtbot: QtBot, window: MainWindow) -> None:
    window.views.store.edit(
        lambda session: replace(session, estimates=session.estimates[1:], references=session.estimates[1:])
    )
    wait_final(qtbot, window)
    shown = _open(window)
    assert shown.places == []
    qtbot.waitUntil(lambda: shown.word.text() == "No bad place was found in A")


def test_a_click_on_a_picture_changes_nothing(qtbot: QtBot, window: MainWindow) -> None:
    shown, link = _begin(qtbot, window), window.views.plots.link
    before = link.visible, link.selection, link.cursor
    for row in shown.rows:
        handle = shown.windowHandle()
        assert handle is not None
        QTest.mouseClick(handle, Qt.MouseButton.LeftButton, pos=row.mapTo(shown, row.rect().center()))
    assert (link.visible, link.selection) == before[:2]
    assert link.cursor == before[2] or math.isnan(link.cursor)


def test_n_while_it_is_held_before_its_first_place_skips_none(qtbot: QtBot, window: MainWindow) -> None:
    shown = _open(window)
    shown.hold()
    qtbot.waitUntil(lambda: bool(shown._faults))
    shown.skip()
    assert "Place 1 of" in shown.sentence.text()
    assert "Pause" in shown._buttons[0].text()


def test_what_goes_wrong_while_places_are_looked_at_does_not_stop_it(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_at(*_: object) -> None:
        raise ValueError("unforeseen")

    monkeypatch.setattr(presentation, "look_at", look_at)
    shown = _begin(qtbot, window)
    assert "is not as it should be" in shown.word.text()


def test_a_tour_that_was_due_does_not_begin_on_other_files(qtbot: QtBot, window: MainWindow, samples: Path) -> None:
    window.commands.close_files()
    wait_final(qtbot, window)
    window.commands.open_demo("damaged", "tour")
    assert window.views.store.is_busy
    window.commands.cancel()
    window.views.store.reload()
    wait_final(qtbot, window)
    qtbot.wait(50)
    assert window.views.store.analysis.complete
    assert window.commands.presentation is None
    window.commands.open_demo("damaged", "tour")
    window.commands.take_files([str(samples / f"{name}.flac") for name in FILES[:2]], add=False)
    wait_final(qtbot, window)
    qtbot.wait(50)
    assert window.commands.presentation is None


def test_a_long_note_leaves_the_plots_their_room(qtbot: QtBot, window: MainWindow) -> None:
    window.views.store.edit(lambda session: edits.add_note(session, Note(4.4, 4.6, "long " * 200)))
    shown = _begin(qtbot, window, (1280, 720))
    qtbot.wait(50)
    assert shown.word.text().startswith("“long long")
    assert "long…”  At 4.4 s" in shown.word.text()
    assert all(row.height() >= 100 for row in shown.rows)


def test_masks_without_a_mixture_are_looked_at(qtbot: QtBot, samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _quick(monkeypatch)
    with open_window(qtbot) as window:
        window.commands.take_files([str(samples / f"4_masks_{name}.npy") for name in ("irm", "est")], add=False)
        window.commands.due = "tour"
        qtbot.waitUntil(lambda: isinstance(window.commands.presentation, Tour), timeout=20_000)
        shown = window.commands.presentation
        assert isinstance(shown, Tour)
        qtbot.waitUntil(lambda: "frame" in shown.word.text())
        said: set[str] = set()
        qtbot.waitUntil(lambda: said.add(shown.sentence.text()) or "over" in shown.word.text(), timeout=20_000)
        assert not [words for words in said if "You hear" in words], "there is nothing to hear"
        shown.close()


@pytest.mark.usefixtures("dressed")
@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_no_caption_is_cut_and_none_has_jargon(qtbot: QtBot, window: MainWindow, size: tuple[int, int]) -> None:
    shown = _begin(qtbot, window, size)
    for _place in (*shown.places, None):
        qtbot.wait(20)  # the layout follows the words
        assert (shown.width(), shown.height()) == size
        for button in filter(QToolButton.isVisible, shown.findChildren(QToolButton)):
            assert button.width() >= button.sizeHint().width()
        for label in (shown.word, shown.sentence):
            assert label.height() >= label.heightForWidth(label.width()), label.text()
        assert all(word not in shown.word.text() for word in ("OSI", "SNR", "loss", "literal", "exact"))
        _press(shown, Key.Key_N)


@pytest.mark.slow
@pytest.mark.may_skip
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="PulseAudio is Linux's")
def test_recorded_from_a_sound_server(tmp_path: Path, samples: Path) -> None:
    """Started as a user would: order, sounds and pauses of the first two places.

    A server that is not in real time may leave gaps on a busy machine, so a recording may be made again.
    """
    if missing := missing_tools():
        pytest.fail(missing, pytrace=False)
    for attempt in range(ATTEMPTS):
        try:
            _check_recording(_record(tmp_path / str(attempt)), _files(samples))
            return
        except AssertionError:
            if attempt == ATTEMPTS - 1:
                raise


def _record(folder: Path) -> FloatArray:
    """What `osisnr-gui --demo damaged --tour` plays until its third place, at the rate of the files."""
    code = "import sys; sys.argv[1:] = ['--demo', 'damaged', '--tour']; from osisnr_gui.app import window; window()"
    with open_sound_server(folder / "home") as server, server.recording() as recording:
        environment = {**server.environment, "QT_QPA_PLATFORM": "offscreen"}
        process = subprocess.Popen([sys.executable, "-c", code], env=environment, cwd=Path(__file__).parents[3])
        try:
            stop = time.monotonic() + 60
            while not server.is_playing():
                assert process.poll() is None
                assert time.monotonic() < stop
                time.sleep(0.2)
            time.sleep(20)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
        return np.asarray(resample_poly(recording.samples.astype(np.float64), 1, RATE // FILE_RATE))


def _check_recording(played: FloatArray, files: list[FloatArray]) -> None:
    found: list[tuple[float, float]] = []
    after = max(int(np.flatnonzero(np.abs(played) > 1e-4)[0]) - FILE_RATE, 0)  # before that the program starts
    for start, end in ((0.84, 1.19), (4.50, 4.77)):
        parts = [file[round((start - 0.35) * FILE_RATE) : round((end + 0.35) * FILE_RATE)] for file in files]
        for k, part in enumerate(parts):
            where, likeness = _find(part, played[after : after + 7 * FILE_RATE])
            assert likeness > 0.8, "there are gaps"
            here = played[after + where - 800 :][: len(part) + 1600]
            assert int(np.argmax([_find(other, here)[1] for other in parts])) == k, "reference, A, B"
            found.append(((after + where) / FILE_RATE, len(part) / FILE_RATE))
            after += where + len(part)
    gaps = [later - (begun + length) for (begun, length), (later, _) in pairwise(found)]
    for gap, least in zip(gaps, (0.65, 0.65, 3.5, 0.65, 0.65), strict=True):  # timers are coarse
        assert least <= gap <= least + 1.0, gaps
