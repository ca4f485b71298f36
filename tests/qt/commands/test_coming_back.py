"""Coming back: a session opens at the same place, moved files are found, and what was open is never lost."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from window_kit import answer, open_window, show_files, wait_final

from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.settings import Recent
from osisnr_gui.session import edits
from osisnr_gui.session.codec import load_session

NAMES = ("clean", "est_dfn3", "est_gate")


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with open_window(qtbot) as window:
        yield window


@pytest.fixture
def files(tmp_path: Path, samples: Path) -> list[Path]:
    """A reference and two estimates of their own, in a folder that can be moved."""
    folder = tmp_path / "data"
    folder.mkdir()
    return [Path(shutil.copy(samples / f"2_enhancement_{name}.flac", folder)) for name in NAMES]


def save(window: MainWindow, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(path), ""))
    assert window.commands.session_files.save()


def place(window: MainWindow) -> tuple[object, ...]:
    """Everything a session is to bring back."""
    views, link, stack = window.views, window.views.plots.link, window.views.plots.stack
    box = views.plots.spectrograms[0].box
    bar = views.view_bar
    rows = [stack.places[row].is_wanted for row in ("reference", "difference", "gain", "osi")]
    values = [(stack.row(row).box.lo, stack.row(row).box.hi) for row in ("osi", "loss")]
    shown = (values, link.visible, box.lo, box.hi, link.cursor, link.selection, link.loop, views.selection.index)
    return *shown, rows, bar.scale, bar.colours, bar.levels, views.store.session.hidden


def axes(window: MainWindow) -> list[float]:
    """Times and values at the ends of all axes."""
    return [end for row in window.views.plots.stack.rows if row.isVisible() for end in row.box.view_key[:4]]


def test_a_session_comes_back_at_the_same_place(
    qtbot: QtBot, window: MainWindow, files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_files(qtbot, window, *files)
    views, link = window.views, window.views.plots.link
    views.view_bar.set_view("mel", "magma", -80.0, -20.0)
    link.set_range(0.5, 2.0)
    views.plots.spectrograms[0].set_y_range(0.25, 0.5)
    views.plots.stack.row("osi").zoom_y(0.4, 0.0)
    views.plots.stack.row("loss").zoom_y(0.3, 0.0)
    link.select(0.7, 0.9)
    link.set_loop(0.6, 1.1)
    link.set_cursor(0.8)
    views.plots.stack.set_row_visible("difference", False)
    views.plots.stack.set_row_visible("gain", True)
    QTest.keyClick(window, Qt.Key.Key_2)
    QTest.keyClick(window, Qt.Key.Key_H)
    views.player.pause_at(0.85)
    before, playhead = place(window), link.playhead
    save(window, tmp_path / "work.osisnr", monkeypatch)
    with open_window(qtbot) as other:
        other.views.view_bar.set_view("linear", "grey", -90.0, -10.0)
        other.commands.take_files([str(tmp_path / "work.osisnr")], add=False)
        wait_final(qtbot, other)
        assert place(other) == before
        assert other.views.plots.link.playhead == playhead == 0.85
        assert other.views.player.is_paused


def test_a_new_comparison_has_value_axes_of_its_own(qtbot: QtBot, window: MainWindow, files: list[Path]) -> None:
    show_files(qtbot, window, *files)
    row = window.views.plots.stack.row("osi")
    row.zoom_y(0.1, 0.0)
    assert row.box.hi < 5.0
    window.commands.open_demo("echo")
    wait_final(qtbot, window)
    assert not row.y_by_hand
    assert row.box.hi >= 10.0


def test_a_session_left_before_its_files_are_read_keeps_its_place(
    qtbot: QtBot, window: MainWindow, files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "work.osisnr"
    show_files(qtbot, window, *files[:2])
    window.views.plots.link.set_range(0.4, 0.9)
    save(window, path, monkeypatch)
    wanted = load_session(str(path))[1]
    with open_window(qtbot) as other:
        other.commands.take_files([str(path)], add=False)
        assert other.commands.session_files.save()
        assert load_session(str(path))[1] == wanted
        wait_final(qtbot, other)


def test_a_session_that_is_open_goes_back_to_its_place(
    qtbot: QtBot, window: MainWindow, files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is read again for it, and no later change of the files may move the view."""
    path = tmp_path / "work.osisnr"
    show_files(qtbot, window, *files[:2])
    link = window.views.plots.link
    link.set_range(0.4, 0.9)
    save(window, path, monkeypatch)
    link.fit()
    window.commands.take_files([str(path)], add=False)
    wait_final(qtbot, window)
    assert link.visible == (0.4, 0.9)
    link.set_range(0.2, 0.3)
    window.commands.take_files([str(files[2])], add=True)
    wait_final(qtbot, window)
    assert link.visible == (0.2, 0.3)


def test_the_title_has_the_sessions_name_and_a_mark_once_it_changed(
    qtbot: QtBot, window: MainWindow, files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_files(qtbot, window, *files[:2])
    assert "[*]" not in window.windowTitle()
    save(window, tmp_path / "work.osisnr", monkeypatch)
    assert window.windowTitle().startswith("work.osisnr[*] · ")
    assert not window.isWindowModified()
    window.views.store.edit(partial(edits.set_gamma, gamma=40.0))
    assert window.isWindowModified()
    window.commands.travel(back=True)
    assert not window.isWindowModified()
    show_files(qtbot, window, files[0], files[2])
    assert "work" not in window.windowTitle()
    assert not window.isWindowModified()


def test_another_comparison_keeps_what_was_open_first_in_recent(
    qtbot: QtBot, window: MainWindow, files: list[Path], tmp_path: Path
) -> None:
    show_files(qtbot, window, *files[:2])
    window.views.store.edit(partial(edits.set_gamma, gamma=40.0))
    left = window.views.store.session
    show_files(qtbot, window, files[0], files[2])
    assert window.views.store.history.previous is None, "a new history"
    menu = window.actions_by_id.menu("file/recent")
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == ["est_dfn3 against clean"]
    assert menu.actions()[0].toolTip() == str(files[0].parent)
    menu.actions()[0].trigger()
    wait_final(qtbot, window)
    assert window.views.store.session == left
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == ["est_dfn3 against clean", "est_gate against clean"]
    files[2].unlink()
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == ["est_dfn3 against clean"], "what is gone is left out"


def test_the_start_page_lists_what_was_open_and_opens_it(qtbot: QtBot, window: MainWindow, files: list[Path]) -> None:
    assert not window.views.welcome.recent_buttons
    show_files(qtbot, window, *files)
    left = window.views.store.session
    window.actions_by_id.by_id["close_files"].trigger()
    wait_final(qtbot, window)
    (button,) = window.views.welcome.recent_buttons
    assert button.text() == "est_dfn3, est_gate against clean"
    assert str(files[0].parent) in button.toolTip()
    welcome, name = window.views.welcome, "5_damaged_est, 2_enhancement_est_dfn3 against 2_enhancement_clean"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(welcome, "recent", lambda: [Recent("", name, "")])
        welcome.hide()
        welcome.show()
        assert welcome.recent_buttons[0].text() == name, "alone it has the whole width"
    welcome.hide()
    welcome.show()
    (button,) = welcome.recent_buttons
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    wait_final(qtbot, window)
    assert window.views.store.session == left


@pytest.mark.parametrize("moved", ["with the session", "elsewhere"])
def test_moved_files_are_found_in_the_sessions_folder_or_asked_for_once(
    qtbot: QtBot,
    window: MainWindow,
    files: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    moved: str,
) -> None:
    show_files(qtbot, window, *files)
    folder = tmp_path / "sessions"
    folder.mkdir()
    save(window, folder / "work.osisnr", monkeypatch)
    new = folder / "data" if moved == "with the session" else tmp_path / "archive"
    files[0].parent.rename(new)
    window.commands.asks = True
    asked = answer(monkeypatch, "Choose a folder…")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a: str(new))
    window.commands.take_files([str(folder / "work.osisnr")], add=False)
    wait_final(qtbot, window)
    assert len(asked) == (moved == "elsewhere")
    assert [track.error for track in window.views.store.analysis.tracks] == [None] * 3
    assert [Path(source.path).parent for source in window.views.store.session.sources] == [new] * 3
    assert window.isWindowModified(), "the file still has the old places"


def test_nobody_is_asked_where_nobody_sits(
    qtbot: QtBot, window: MainWindow, files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_files(qtbot, window, *files)
    save(window, tmp_path / "work.osisnr", monkeypatch)
    files[0].parent.rename(tmp_path / "archive")
    asked = answer(monkeypatch, "Choose a folder…")
    window.commands.take_files([str(tmp_path / "work.osisnr")], add=False)
    wait_final(qtbot, window)
    assert not asked


def test_axes_are_right_after_a_missing_file_came_back(
    qtbot: QtBot, window: MainWindow, files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_files(qtbot, window, *files[:2])
    window.views.plots.link.set_range(1.5, 3.0)
    window.views.plots.link.flush()
    expected = axes(window)
    save(window, tmp_path / "work.osisnr", monkeypatch)
    with open_window(qtbot) as other:
        files[0].rename(tmp_path / "away.flac")
        other.commands.take_files([str(tmp_path / "work.osisnr")], add=False)
        wait_final(qtbot, other)
        (tmp_path / "away.flac").rename(files[0])
        QTest.keyClick(other, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
        wait_final(qtbot, other)
        assert other.views.plots.link.visible == (1.5, 3.0)
        assert axes(other) == pytest.approx(expected)


def test_a_kept_comparison_is_known_by_any_spelling_of_its_path(
    qtbot: QtBot, files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Qt joins folders in its own way (on Windows with other slashes); else it would be saved over as a session."""
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _kind: f"{tmp_path}/data/../kept")
    with open_window(qtbot) as window:
        sessions = window.commands.session_files
        show_files(qtbot, window, *files[:2])
        sessions.keep_open()
        (found,) = sessions.recent()
        assert found.name == "est_dfn3 against clean"
        assert sessions._is_own(os.path.abspath(found.path))
