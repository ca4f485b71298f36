"""The watch itself: what it finds, never on the thread of the window."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from window_kit import WAIT_MS, open_window

from osisnr_gui.qt.commands import file_commands
from osisnr_gui.qt.commands.file_commands import FileCommands
from osisnr_gui.session.file_changes import Fate
from osisnr_gui.session.tracks import Stamp, stamp_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "e.wav"
    path.parent.mkdir()
    path.write_bytes(b"one")
    return path


@pytest.fixture
def watch(qtbot: QtBot, path: Path) -> Iterator[FileCommands]:
    """On one file as it is."""
    with open_window(qtbot) as window:
        watch = window.commands.files
        watch._compared._quiet = 0.05
        watch._poll.setInterval(60)
        watch.watch({str(path): stamp_of(str(path))})
        yield watch


def _fates(watch: FileCommands) -> list[Fate]:
    return [change.fate for change in watch.changes]


def test_a_change_is_found(qtbot: QtBot, watch: FileCommands, path: Path) -> None:
    for size in (5, 6):
        path.write_bytes(bytes(size))
        qtbot.waitUntil(lambda: stamp_of(str(path)) in [change.stamp for change in watch.changes], timeout=WAIT_MS)
        assert _fates(watch) == [Fate.CHANGED]
    path.unlink()
    qtbot.waitUntil(lambda: _fates(watch) == [Fate.GONE], timeout=WAIT_MS)
    (path.parent / "beside").write_bytes(bytes(7))
    os.replace(path.parent / "beside", path)
    qtbot.waitUntil(lambda: _fates(watch) == [Fate.BACK], timeout=WAIT_MS)
    watch.watch({str(path): stamp_of(str(path))})
    assert watch.changes == ()


def test_a_whole_folder_may_go_and_come_back(qtbot: QtBot, watch: FileCommands, path: Path) -> None:
    moved = path.parent.with_name("elsewhere")
    path.parent.rename(moved)
    qtbot.waitUntil(lambda: _fates(watch) == [Fate.GONE], timeout=WAIT_MS)
    moved.rename(path.parent)
    qtbot.waitUntil(lambda: _fates(watch) == [], timeout=WAIT_MS)


def test_files_are_looked_at_on_another_thread_and_one_look_at_a_time(
    qtbot: QtBot, watch: FileCommands, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch._poll.stop()
    qtbot.waitUntil(lambda: not watch._looking.is_busy, timeout=WAIT_MS)
    go_on, looks = threading.Event(), list[str]()

    def slow(name: str) -> Stamp | None:
        looks.append(threading.current_thread().name)
        go_on.wait(10)
        return stamp_of(name)

    monkeypatch.setattr(file_commands, "stamp_of", slow)
    for _ in range(5):
        watch.look()
    go_on.set()
    qtbot.waitUntil(lambda: not watch._looking.is_busy, timeout=WAIT_MS)
    assert len(looks) == 1, "those asked for while one was under way"
    assert looks[0].startswith("file-watch")


def test_nothing_runs_without_files(watch: FileCommands) -> None:
    watch.watch({})
    assert not watch._poll.isActive()
