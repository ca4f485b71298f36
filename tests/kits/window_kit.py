"""A real window over real files, for tests that go through everything a user goes through."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from fake_sound import FakeSystem
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from osisnr_gui.qt.look.theme import ThemeManager
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.plots.charts.chart import Chart
from osisnr_gui.qt.plots.figure import SCREEN_DPI, Figure
from osisnr_gui.qt.plots.time_plot import TimePlot
from osisnr_gui.qt.settings import Settings
from osisnr_gui.qt.store import Store
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.changes import Changed
from osisnr_gui.session.result_cache import ResultCache

WAIT_MS = 20_000


@contextmanager
def open_window(
    qtbot: QtBot, size: tuple[int, int] = (1280, 720), *, cache: ResultCache | None = None
) -> Iterator[MainWindow]:
    """A shown, empty window; closed and gone afterwards."""
    window = MainWindow(Store(cache=cache), ThemeManager("dark"), Settings())
    window.resize(*size)
    window.show()
    qtbot.waitExposed(window)
    try:
        yield window
    finally:
        window.commands.session_files.may_close = lambda: True  # nobody answers here
        window.commands.exports.may_close = lambda: True
        window.close()
        window.deleteLater()
        QApplication.processEvents()


@contextmanager
def open_demo(qtbot: QtBot, name: str) -> Iterator[MainWindow]:
    """A window with a demo, everything final."""
    with open_window(qtbot) as window:
        window.commands.open_demo(name)
        wait_final(qtbot, window)
        yield window


@contextmanager
def open_silent_demo(qtbot: QtBot, name: str) -> Iterator[MainWindow]:
    """A window with a demo, whose sound card is one of the tests."""
    with open_window(qtbot) as window:
        window.views.player.deck.system = FakeSystem()  # type: ignore[assignment]
        window.commands.open_demo(name)
        wait_final(qtbot, window)
        yield window


def take_size(shown: QWidget, size: tuple[int, int]) -> None:
    """Give a window over the whole screen a size of our own, and the keys."""
    shown.setWindowState(Qt.WindowState.WindowNoState)
    shown.resize(*size)
    shown.activateWindow()


def show_files(qtbot: QtBot, window: MainWindow, *paths: Path | str) -> None:
    """Open files as if dropped, and wait until everything on screen is final."""
    window.commands.take_files([str(path) for path in paths], add=False)
    wait_final(qtbot, window)


def wait_final(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until nothing on screen will change any more."""
    qtbot.waitUntil(window.is_final, timeout=WAIT_MS)
    qtbot.wait(50)
    qtbot.waitUntil(window.is_final, timeout=WAIT_MS)


def answer(monkeypatch: pytest.MonkeyPatch, label: str) -> list[str]:
    """Let the next message boxes be answered with this button; the questions asked."""
    asked: list[str] = []

    def execute(box: QMessageBox) -> int:
        asked.append(box.text())
        button = next(each for each in box.buttons() if each.text().replace("&", "") == label)
        button.click()
        return box.standardButton(button).value

    monkeypatch.setattr(QMessageBox, "exec", execute)
    return asked


def save_published_pair(folder: Path) -> tuple[Path, Path]:
    """The published 3 × 3 example as two masks."""
    m1 = np.array([[0.5, 0.6, 0.7], [0.8, 0.9, 1.0], [1.1, 1.2, 1.3]])
    paths = folder / "M1.npy", folder / "M2.npy"
    np.save(paths[0], m1)
    np.save(paths[1], m1 - 0.1)
    return paths


def picture_of(plot: TimePlot | Chart, width: int) -> QImage:
    """The plot as it is on screen, for so many pixels."""
    return Figure([plot], plot.set_theme, width, SCREEN_DPI * width / plot.width()).image()


def show_parts(view: object, analysis: Analysis, selected: int, changed: Changed = Changed.ALL) -> None:
    """Show an analysis in a view of several parts, as the window does."""
    for show, depends in view.parts:  # type: ignore[attr-defined]
        if depends & changed:
            show(analysis, selected)


@contextmanager
def open_in_front(qtbot: QtBot, samples: Path) -> Iterator[MainWindow]:
    """The window that has the keys, with two estimates of the noise reduction demo."""
    with open_window(qtbot) as window:
        names = ("clean", "est_dfn3", "est_gate")
        show_files(qtbot, window, *(samples / f"2_enhancement_{name}.flac" for name in names))
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        yield window
