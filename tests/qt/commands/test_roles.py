"""Roles that no name tells: asked once in the window, said in a notice where nobody can be asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCommandLinkButton
from pytestqt.qtbot import QtBot
from window_kit import WAIT_MS, open_window

from osisnr_gui.qt.dialogs.file_dialogs import RolesDialog
from osisnr_gui.qt.main_window import MainWindow

RATE = 16_000


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with open_window(qtbot) as window:
        yield window


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Two sounds whose names tell nothing."""
    noise = 0.1 * np.random.default_rng(3).normal(size=(2, RATE))
    paths = [str(tmp_path / name) for name in ("model_x.wav", "model_y.wav")]
    for path, sound in zip(paths, (noise[0], noise[0] + 0.3 * noise[1]), strict=True):
        soundfile.write(path, sound, RATE)
    return paths


def _names(window: MainWindow) -> tuple[list[str], list[str]]:
    session = window.views.store.session
    kinds = session.references, session.estimates
    references, estimates = ([Path(source.path).stem for source in sources] for sources in kinds)
    return references, estimates


def _codes(qtbot: QtBot, window: MainWindow) -> list[str]:
    store = window.views.store
    qtbot.waitUntil(lambda: not store.is_busy and store.analysis.complete, timeout=WAIT_MS)
    return [notice.code for notice in store.analysis.notices]


def test_the_question_is_asked_and_answered_by_a_click(qtbot: QtBot, window: MainWindow, files: list[str]) -> None:
    window.commands.asks = True
    window.commands.take_files(files, add=False)
    assert _names(window) == ([], []), "nothing is guessed while the question stands"
    dialog = window.findChild(RolesDialog)
    assert dialog is not None
    qtbot.mouseClick(dialog.findChildren(QCommandLinkButton)[1], Qt.MouseButton.LeftButton)
    assert _names(window) == (["model_y"], ["model_x"])
    assert "roles_guessed" not in _codes(qtbot, window)


def test_cancel_opens_nothing(qtbot: QtBot, window: MainWindow, files: list[str]) -> None:
    window.commands.asks = True
    window.commands.take_files(files, add=False)
    dialog = window.findChild(RolesDialog)
    assert dialog is not None
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert _names(window) == ([], [])


def test_what_names_tell_is_not_asked(qtbot: QtBot, window: MainWindow, files: list[str], tmp_path: Path) -> None:
    window.commands.asks = True
    told = [str(Path(path).rename(tmp_path / name)) for path, name in zip(files, ("est1.wav", "ref1.wav"), strict=True)]
    window.commands.take_files(told, add=False)
    assert _names(window) == (["ref1"], ["est1"])
    assert "roles_guessed" not in _codes(qtbot, window)
    window.commands.take_files([str(Path(told[0]).with_name("another.wav"))], add=True)
    assert window.findChild(RolesDialog) is None, "beside a reference a file is an estimate"


def test_where_nobody_can_be_asked_a_notice_says_what_was_taken(
    qtbot: QtBot, window: MainWindow, files: list[str]
) -> None:
    window.commands.take_files(files, add=False)
    assert _names(window) == (["model_x"], ["model_y"])
    assert "roles_guessed" in _codes(qtbot, window)
    notice = next(notice for notice in window.views.store.analysis.notices if notice.code == "roles_guessed")
    swap, right = notice.remedies
    window.views.store.edit(right.edit)
    assert "roles_guessed" not in _codes(qtbot, window), "it does not come back"
    window.commands.actions.by_id["undo"].trigger()
    window.views.store.edit(swap.edit)
    assert _names(window) == (["model_y"], ["model_x"])
    assert "roles_guessed" not in _codes(qtbot, window)
