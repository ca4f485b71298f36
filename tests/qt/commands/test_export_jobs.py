"""Exports: what may be written over, what the file says, and closing while it is written."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot
from window_kit import open_window, save_published_pair, show_files, wait_final

from osisnr_gui.io.errors import Cancelled
from osisnr_gui.qt.commands import export_jobs
from osisnr_gui.qt.commands.export_jobs import known_delays, until, with_delays
from osisnr_gui.qt.dialogs.close_dialog import ErrorDialog
from osisnr_gui.qt.dialogs.figure_dialog import PNG, SVG, PlotDialog
from osisnr_gui.qt.dialogs.file_dialogs import is_open
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.session.codec import KEYWORD
from osisnr_gui.session.session import Session, Source
from osisnr_gui.session.sound.listening import Listening, Sound, SoundKind

OLD = b"old"


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with open_window(qtbot) as window:
        yield window


def boxes(window: MainWindow) -> list[QMessageBox]:
    return [box for box in window.findChildren(QMessageBox) if box.isVisible()]


def click_soon(monkeypatch: pytest.MonkeyPatch, label: str) -> list[str]:
    """Click a button of the next message box; the questions asked."""
    asked: list[str] = []

    def execute(box: QMessageBox) -> int:
        asked.append(box.text())
        next(button for button in box.buttons() if button.text().replace("&", "") == label).click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", execute)
    return asked


@pytest.mark.parametrize(("label", "replaced"), [("Cancel", False), ("Replace", True)])
def test_a_file_the_dialog_did_not_ask_about_is_asked_about(
    qtbot: QtBot,
    window: MainWindow,
    tmp_path: Path,
    answer,
    monkeypatch: pytest.MonkeyPatch,
    label: str,
    replaced: bool,
) -> None:
    show_files(qtbot, window, *save_published_pair(tmp_path))
    (tmp_path / "shot.png").write_bytes(OLD)
    asked = click_soon(monkeypatch, label)
    answer(tmp_path / "shot")
    monkeypatch.setattr(PlotDialog, "exec", lambda _dialog: PlotDialog.DialogCode.Accepted)
    window.actions_by_id.by_id["export_png"].trigger()
    assert asked == ["shot.png exists already. Replace it?"]
    if replaced:
        qtbot.waitUntil(lambda: (tmp_path / "shot.png").read_bytes() != OLD, timeout=10_000)
    assert ((tmp_path / "shot.png").read_bytes() != OLD) is replaced
    answer(tmp_path / "new")
    window.actions_by_id.by_id["export_png"].trigger()
    answer(tmp_path / "new.png")
    window.actions_by_id.by_id["export_png"].trigger()
    qtbot.waitUntil((tmp_path / "new.png").exists, timeout=10_000)
    qtbot.waitUntil(lambda: not window.commands.exports.jobs.is_busy, timeout=10_000)
    assert len(asked) == 1, "the dialog itself asks about a name typed in full"
    assert (tmp_path / "new.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("action", ["export_csv", "export_png"])
@pytest.mark.parametrize("name", ["m2.csv", "link.csv", "hard.csv", "./m2.csv"])
def test_an_open_file_is_never_written_over(
    qtbot: QtBot,
    window: MainWindow,
    tmp_path: Path,
    answer,
    monkeypatch: pytest.MonkeyPatch,
    action: str,
    name: str,
) -> None:
    monkeypatch.setattr(PlotDialog, "exec", lambda _dialog: PlotDialog.DialogCode.Accepted)
    reference, estimate = tmp_path / "m1.csv", tmp_path / "m2.csv"
    for path, values in ((reference, "1,2\n3,4\n"), (estimate, "1,2\n3,5\n")):
        path.write_text(values)
    (tmp_path / "link.csv").symlink_to(estimate)
    os.link(estimate, tmp_path / "hard.csv")
    show_files(qtbot, window, reference, estimate)
    answer(Path(f"{tmp_path}/{name}"))
    window.actions_by_id.by_id[action].trigger()
    (box,) = boxes(window)
    assert box.text().endswith("not saved: it is open in this window; choose another name")
    box.close()
    window.commands.close()
    assert (tmp_path / name).read_text() == "1,2\n3,5\n"


def test_only_files_of_the_session_are_open(tmp_path: Path) -> None:
    session = Session((Source(str(tmp_path / "gone.wav")),))
    assert is_open(str(tmp_path / "x" / ".." / "gone.wav"), session)
    assert not is_open(str(tmp_path / "other.wav"), session)


def test_the_table_has_the_delay_on_screen(qtbot: QtBot, window: MainWindow, tmp_path: Path, answer) -> None:
    rng = np.random.default_rng(3)
    voice = 0.1 * rng.normal(size=16_000)
    soundfile.write(tmp_path / "ref.wav", voice, 8000)
    soundfile.write(tmp_path / "est.wav", np.roll(voice, 25), 8000)
    show_files(qtbot, window, tmp_path / "ref.wav", tmp_path / "est.wav")
    assert window.views.store.analysis.pairs[0].delay.samples == 25  # type: ignore[union-attr]
    table = tmp_path / "frames.csv"
    answer(table)
    window.actions_by_id.by_id["export_csv"].trigger()
    qtbot.waitUntil(table.exists, timeout=10_000)
    assert "# estimate_delay_samples: 25\n" in table.read_text(encoding="utf-8")


def test_delays_of_other_files_are_not_taken_over(qtbot: QtBot, window: MainWindow, samples: Path) -> None:
    show_files(qtbot, window, samples / "2_enhancement_clean.flac", samples / "2_enhancement_est_dfn3.flac")
    shown = window.views.store.analysis
    delays = known_delays(shown)
    bare = replace(shown, pairs=tuple(replace(pair, delay=None) for pair in shown.pairs))
    assert with_delays(bare, delays).pairs[0].delay is shown.pairs[0].delay is not None
    assert shown.reference is not None
    for reference in (
        replace(shown.reference, stamp=(0, 0)),
        replace(shown.reference, source=replace(shown.reference.source, channel=2)),
    ):
        other = replace(bare, pairs=tuple(replace(pair, reference=reference) for pair in bare.pairs))
        assert with_delays(other, delays).pairs[0].delay is None
    assert known_delays(bare) == {}


def test_closing_asks_about_a_long_export_then_stops_it_and_leaves_nothing(
    qtbot: QtBot, tmp_path: Path, answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, folder, writing = save_published_pair(tmp_path), tmp_path / "out", threading.Event()
    folder.mkdir()

    def endless(_analysis: object) -> Iterator[bytes]:
        while True:
            yield b"0,1\n"
            writing.set()
            time.sleep(0.001)

    monkeypatch.setattr(export_jobs, "frames_csv", endless)
    with open_window(qtbot) as window:
        show_files(qtbot, window, *files)
        answer(folder / "frames.csv")
        window.actions_by_id.by_id["export_csv"].trigger()
        assert writing.wait(10)
        asked = click_soon(monkeypatch, "Cancel")
        window.close()
        assert window.isVisible(), "the file is still being written"
        assert asked == ["A file is still being written. Close without it?"]
        click_soon(monkeypatch, "Close without it")
        started = time.monotonic()
        window.close()
        assert time.monotonic() - started < 1
        assert not window.isVisible()
        QApplication.processEvents()
        assert boxes(window) == []
    assert list(folder.iterdir()) == []


def test_an_unexpected_error_is_shown_with_its_traceback(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_analysis: object) -> Iterator[bytes]:
        yield b"0,1\n"
        raise ZeroDivisionError("a fault of the program")

    monkeypatch.setattr(export_jobs, "frames_csv", broken)
    show_files(qtbot, window, *save_published_pair(tmp_path))
    answer(tmp_path / "frames.csv")
    window.actions_by_id.by_id["export_csv"].trigger()
    qtbot.waitUntil(lambda: bool(window.findChildren(ErrorDialog)))
    (dialog,) = window.findChildren(ErrorDialog)
    assert "a fault of the program" in dialog.sentence.text()
    assert "Traceback" in dialog.details.toPlainText()
    assert "in broken" in dialog.details.toPlainText()
    dialog.close()
    assert not (tmp_path / "frames.csv").exists()


def test_until_passes_parts_on() -> None:
    stop = threading.Event()
    parts = until(stop.is_set, iter([b"a", b"b", b"c"]))
    assert next(parts) == b"a"
    stop.set()
    with pytest.raises(Cancelled):
        next(parts)


def test_the_sound_that_is_chosen(window: MainWindow, qtbot: QtBot, answer, tmp_path: Path) -> None:
    window.commands.open_demo("masks")
    wait_final(qtbot, window)
    player, action = window.views.player, window.actions_by_id.by_id["export_sound"]
    listening = Listening(player.recipe)
    sounds = dict(zip(listening.sounds, listening.read(0, listening.n_samples), strict=True))
    listening.close()
    for sound in (Sound(SoundKind.REFERENCE), Sound(SoundKind.ESTIMATE)):
        player.hear(sound)
        path = tmp_path / f"{sound.kind}.wav"
        answer(path)
        action.trigger()
        qtbot.waitUntil(path.exists)
        np.testing.assert_allclose(soundfile.read(path)[0], sounds[sound], atol=1e-7)
    window.commands.take_files([str(tmp_path / "reference.wav"), str(tmp_path / "estimate.wav")], add=False)
    wait_final(qtbot, window)
    assert window.views.store.analysis.pairs[0].whole is not None
    window.commands.close_files()
    qtbot.waitUntil(lambda: not action.isEnabled())


def test_a_figure_holds_no_session_where_the_dialog_said_that_it_holds_nothing(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_files(qtbot, window, *save_published_pair(tmp_path))
    said: list[str] = []

    def choose(dialog: PlotDialog, kind: str) -> int:
        dialog._format.setCurrentIndex(dialog._format.findData(kind))
        said.append(dialog._inside.text())
        return PlotDialog.DialogCode.Accepted

    for kind, holds in ((PNG, True), (SVG, False)):
        path = tmp_path / f"chosen_{kind}.png"  # the file dialog offers every format
        answer(path)
        monkeypatch.setattr(PlotDialog, "exec", lambda dialog, kind=kind: choose(dialog, kind))
        window.actions_by_id.by_id["export_png"].trigger()
        assert (KEYWORD in path.read_bytes()) is holds
        assert ("nothing else" in said[-1]) is not holds
