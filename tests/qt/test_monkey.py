"""A monkey at the window finds no way to break it; memory is given back once nothing is open."""

from __future__ import annotations

from pathlib import Path

import pytest
from monkey import run
from pytestqt.qtbot import QtBot
from window_kit import open_window, show_files

from osisnr_gui.qt.commands import file_commands


def test_memory_is_given_back_when_nothing_is_open(
    qtbot: QtBot, samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str] = []
    monkeypatch.setattr(file_commands, "EMPTIED_MS", 50)
    monkeypatch.setattr(file_commands, "give_back_memory", lambda: given.append("back"))
    with open_window(qtbot) as window:
        show_files(qtbot, window, samples / "4_masks_irm.npy", samples / "4_masks_est.npy")
        given.clear()  # an empty window that was shown for long
        qtbot.wait(150)
        assert not given
        window.commands.close_files()
        qtbot.waitUntil(lambda: given == ["back"])


@pytest.mark.slow
def test_monkey_breaks_nothing() -> None:
    found = run(60.0, seed=1)
    assert found["events"] > 300
