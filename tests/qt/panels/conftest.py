"""Analyses the panels show, made once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from osisnr_gui.session import edits
from osisnr_gui.session.analysis import Analysis, analyse
from osisnr_gui.session.demos import demo_session
from osisnr_gui.session.session import MaskGrid, Session

RATE = 8000
HOSTILE = "<img src=x onerror=y>&amp;.wav"


@pytest.fixture(scope="session")
def sound() -> Analysis:
    """Two estimates of one voice."""
    return analyse(demo_session("enhancement"))


@pytest.fixture(scope="session")
def masks() -> Analysis:
    """Two masks of an unknown STFT."""
    return analyse(replace(demo_session("masks"), mixture=None, mask_grid=MaskGrid()))


@pytest.fixture(scope="session")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """A two-channel reference, a broken file, one that holds two arrays, one with a hostile name, and silence."""
    folder: Path = tmp_path_factory.mktemp("mixed")
    rng = np.random.default_rng(1)
    voice = 0.1 * rng.normal(size=(RATE, 2))
    soundfile.write(folder / "ref.wav", voice, RATE)
    (folder / "broken.wav").write_bytes(b"RIFF0000WAVEjunk")
    np.savez(folder / "two.npz", a=np.ones((3, 4)), b=np.zeros((5, 6)))
    soundfile.write(folder / HOSTILE, voice[:, 0] + 0.05 * rng.normal(size=RATE), RATE)
    soundfile.write(folder / "silence.wav", np.zeros(RATE), RATE)
    paths = [str(folder / name) for name in ("ref.wav", "broken.wav", "two.npz", HOSTILE, "silence.wav")]
    return analyse(edits.open_files(Session(), paths))


@pytest.fixture(scope="session")
def many() -> Analysis:
    """Twelve estimates: two files, several times over."""
    session = demo_session("enhancement")
    first, second = session.estimates

    copies = [replace(source, delay=delay) for delay in range(6) for source in (first, second)]
    return analyse(replace(session, estimates=tuple(copies)))


@pytest.fixture
def shown(qtbot: QtBot, dressed: QApplication) -> Callable:
    """Show a widget at a width and wait until it is there."""

    def show(widget, width: int = 280, height: int = 640):
        qtbot.addWidget(widget)
        widget.resize(width, height)
        widget.show()
        qtbot.waitExposed(widget)
        return widget

    return show


class Edits:
    """Collects what a panel asks for, and does it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.keys: list[str] = []

    def take(self, edit: Callable[[Session], Session], key: str) -> None:
        self.keys.append(key)
        self.session = edit(self.session)


@pytest.fixture
def edits_of() -> Callable[[object, Session], Edits]:
    """Connect a panel's edits to a session."""

    def connect(panel, session: Session) -> Edits:
        taken = Edits(session)
        panel.edit_requested.connect(taken.take)
        return taken

    return connect
