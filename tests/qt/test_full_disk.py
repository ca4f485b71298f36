"""What the window says and leaves behind where the disk really is full; Ctrl+S works again once there is room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from full_disk import fill, held, small_disk
from pytestqt.qtbot import QtBot
from window_kit import open_window, show_files

from osisnr_gui.qt.commands import export_jobs, session_files
from osisnr_gui.qt.dialogs.figure_dialog import PlotDialog
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.session import edits

pytestmark = [pytest.mark.slow, pytest.mark.may_skip]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk."""
    with small_disk(tmp_path / "disk") as place:
        yield place


@pytest.fixture
def window(qtbot: QtBot, samples: Path) -> Iterator[MainWindow]:
    """With two masks open."""
    with open_window(qtbot) as window:
        show_files(qtbot, window, samples / "4_masks_irm.npy", samples / "4_masks_est.npy")
        yield window


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the window says that was not saved."""
    words: list[str] = []
    for module in (session_files, export_jobs):
        monkeypatch.setattr(module, "warn", lambda _window, _title, text: words.append(text))
    return words


def test_the_session(window: MainWindow, disk: Path, said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_jobs, "ask_where", lambda *_, **__: str(disk / "a.osisnr.json"))
    files = window.commands.session_files
    assert files.save()
    had = held(disk)
    fill(disk, spare=0)
    window.views.store.edit(lambda session: edits.set_gamma(session, 3.0))
    assert not files.save()
    assert len(said) == 1
    assert said[0].startswith("a.osisnr.json: not saved: the disk is full")
    assert held(disk) == had
    assert files.is_changed
    (disk / "ballast").unlink()
    assert files.save()
    assert not files.is_changed
    assert len(held(disk)) == 1
    assert held(disk) != had


@pytest.mark.parametrize("kind", ["figure", "csv", "report"])
def test_exports(
    qtbot: QtBot, window: MainWindow, disk: Path, said: list[str], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    name = {"figure": "a.png", "csv": "a.csv", "report": "a.html"}[kind]
    exports = window.commands.exports
    for dialog in (PlotDialog, export_jobs.ReportDialog):
        monkeypatch.setattr(dialog, "exec", lambda _dialog: 1)
    monkeypatch.setattr(exports, "ask", lambda *_: str(disk / name))
    save = {"figure": exports.save_plot, "csv": exports.save_csv, "report": exports.save_report}[kind]
    (disk / name).write_bytes(b"old")
    fill(disk, spare=4096)
    save()
    qtbot.waitUntil(lambda: bool(said), timeout=20_000)
    assert len(said) == 1
    assert said[0].startswith(f"{name}: not saved: the disk is full")
    qtbot.waitUntil(lambda: not exports.jobs.is_busy)
    assert held(disk) == {name: b"old"}
    (disk / "ballast").unlink()
    save()
    # Not `held`: the file beside it, which becomes it, may go while it is looked at.
    qtbot.waitUntil(lambda: (disk / name).read_bytes() != b"old", timeout=20_000)
    qtbot.waitUntil(lambda: not exports.jobs.is_busy)
    assert len(held(disk)) == 1
    assert len(said) == 1
