"""Sessions as files: what is saved is what comes back, and what was not saved survives a kill."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot
from window_kit import answer, open_window, show_files, wait_final

from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.session import edits
from osisnr_gui.session.codec import SavedView, load_session, session_bytes
from osisnr_gui.session.demos import demo_session
from osisnr_gui.session.session import Note, Session, Source

NOTE = Note(1.0, 1.5, "a dropout")


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with open_window(qtbot) as window:
        yield window
        window.commands.session_files.may_close = lambda: True


@pytest.fixture
def files() -> list[str]:
    session = demo_session("enhancement")
    return [session.references[0].path, session.estimates[0].path]


def leave_a_copy() -> Path:
    """What a program that was killed leaves behind."""
    folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation))
    folder.mkdir(parents=True, exist_ok=True)
    left = folder / f"unsaved-{ended_process()}.osisnr"
    left.write_bytes(session_bytes(Session(references=(Source("/x/a.wav"),), notes=(NOTE,)), SavedView(), str(left)))
    return left


def test_a_saved_session_comes_back_with_its_view(
    window: MainWindow, qtbot: QtBot, files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_files(qtbot, window, *files)
    store, link = window.views.store, window.views.plots.link
    store.edit(partial(edits.set_alpha, alpha=0.55))
    store.edit(partial(edits.add_note, note=NOTE))
    link.set_range(0.5, 2.0)
    link.set_cursor(1.25)
    saved = store.session
    path = tmp_path / "work"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(path), ""))
    assert window.commands.session_files.save()
    window.commands.take_files([files[0]], add=False)
    wait_final(qtbot, window)
    assert store.session != saved
    assert store.looked_at() is None, "everything is on screen"
    window.commands.take_files([f"{path}.osisnr"], add=False)
    assert store.looked_at() == 0.5, "a session is compared where it will be looked at first"
    wait_final(qtbot, window)
    assert store.session == saved
    assert link.visible == (0.5, 2.0)
    assert store.looked_at() == 0.5
    assert link.cursor == 1.25
    assert window.commands.session_files.may_close()


def test_a_broken_session_changes_nothing_and_says_what_is_wrong(
    window: MainWindow, qtbot: QtBot, files: list[str], tmp_path: Path
) -> None:
    show_files(qtbot, window, *files)
    before = window.views.store.session
    path = tmp_path / "broken.osisnr"
    path.write_text('{"schema": "osisnr.session/1", "session": {"loss": {"alpha": 7}}}')
    window.commands.take_files([str(path)], add=False)
    (box,) = (box for box in window.findChildren(QMessageBox) if box.isVisible())
    assert "session.loss.alpha" in box.text()
    assert window.views.store.session == before
    box.close()


def test_a_session_whose_files_are_gone_says_so(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "old.osisnr"
    session = Session(references=(Source("gone.wav"),), estimates=(Source("lost.wav"),), notes=(NOTE,))
    path.write_bytes(session_bytes(session, SavedView(), str(path)))
    window.commands.take_files([str(path)], add=False)
    wait_final(qtbot, window)
    tracks = window.views.store.analysis.tracks
    assert [track.error is not None for track in tracks] == [True, True]
    assert window.views.store.session.notes == (NOTE,)


def test_changes_of_a_named_session_are_not_dropped_without_a_question(
    window: MainWindow, qtbot: QtBot, files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_files(qtbot, window, *files)
    window.views.store.edit(lambda session: edits.set_threshold(session, 5.0))
    assert type(window.commands.session_files).may_close(window.commands.session_files), "without a name: recovered"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(tmp_path / "work"), ""))
    assert window.commands.session_files.save()
    window.views.store.edit(lambda session: edits.set_threshold(session, 6.0))
    asked = answer(monkeypatch, "Cancel")
    window.commands.take_files([files[0]], add=False)
    assert asked == ["work.osisnr has changes that are not saved. Save them?"]
    assert window.views.store.session.threshold_db == 6.0
    answer(monkeypatch, "Save")
    window.commands.take_files([files[0]], add=False)
    assert window.views.store.session.estimates == ()
    assert b'"threshold_db": 6' in (tmp_path / "work.osisnr").read_bytes()


def test_closing_asks_about_unsaved_notes(
    window: MainWindow, qtbot: QtBot, files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    show_files(qtbot, window, *files)
    assert window.commands.session_files.may_close()
    window.views.store.edit(partial(edits.add_note, note=NOTE))
    asked = answer(monkeypatch, "Cancel")
    window.close()
    assert window.isVisible()
    assert len(asked) == 1


def test_what_a_killed_program_had_is_offered_once(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions = window.commands.session_files
    left = leave_a_copy()
    folder = left.parent
    (folder / "unsaved-1.osisnr").write_text("of a program that runs")
    asked = answer(monkeypatch, "Recover")
    assert sessions.recover()
    assert window.views.store.session.notes == (NOTE,)
    assert not left.exists()
    assert (folder / "unsaved-1.osisnr").exists()
    assert not sessions.recover()
    assert len(asked) == 1
    (folder / "unsaved-1.osisnr").unlink()


@pytest.mark.parametrize("label", ["Recover", "Discard"])
def test_a_copy_stays_until_the_question_is_answered(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, label: str
) -> None:
    left = leave_a_copy()
    sessions = window.commands.session_files
    own = left.with_name(f"unsaved-{os.getpid()}.osisnr")
    there: list[bool] = []
    answer(monkeypatch, label)
    execute = QMessageBox.exec
    monkeypatch.setattr(QMessageBox, "exec", lambda box: (there.append(left.exists()), execute(box))[1])
    assert sessions.recover() is (label == "Recover")
    assert there == [True]
    assert not left.exists()
    assert own.exists() is (label == "Recover"), "what was recovered is kept from the first moment on"


def test_a_damaged_copy_is_met_only_once(window: MainWindow) -> None:
    folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation))
    folder.mkdir(parents=True, exist_ok=True)
    left = folder / f"unsaved-{ended_process()}.osisnr"
    left.write_bytes(b"\0\0")
    assert not window.commands.session_files.recover()
    assert not left.exists()


def test_a_copy_is_kept_while_the_program_runs_and_gone_after(
    window: MainWindow, qtbot: QtBot, files: list[str]
) -> None:
    show_files(qtbot, window, *files)
    window.commands.session_files.write_copy()
    folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation))
    path = folder / f"unsaved-{os.getpid()}.osisnr"
    assert load_session(str(path))[0] == window.views.store.session
    window.close()
    assert not path.exists()


def ended_process() -> int:
    """The number of a process that does not run any more."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        return process.pid


def test_other_files_are_not_saved_over_an_old_session(
    window: MainWindow, qtbot: QtBot, files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "one.osisnr"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(path), ""))
    show_files(qtbot, window, *files)
    assert window.commands.session_files.save()
    before = path.read_bytes()
    show_files(qtbot, window, *reversed(files))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: ("", ""))
    assert not window.commands.session_files.save()
    assert path.read_bytes() == before


def test_opening_other_files_asks_about_unsaved_notes(
    window: MainWindow, qtbot: QtBot, files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    show_files(qtbot, window, *files)
    window.views.store.edit(partial(edits.add_note, note=NOTE))
    before = window.views.store.session
    asked = answer(monkeypatch, "Cancel")
    window.commands.take_files(files[:1], add=False)
    window.commands.open_demo("echo")
    assert window.views.store.session == before
    assert len(asked) == 2
