"""Zoom, pan and jump with everything on screen, and from dropped files to their pictures."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from bench_table import record
from frame_clock import Drag, Frame, FrameClock, frame_columns, percentiles, turn_wheel
from long_files import make_pair
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from window_kit import open_window, wait_final

from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.plots.time_plot import TimePlot

pytestmark = pytest.mark.usefixtures("favoured_window")

SIZE = (1600, 900)
FRAME_MS = 16.7
FINE_MS = 150.0
LENGTHS = {"10 s": 10, "10 min": 600, "1 h": 3600, "4 h": 4 * 3600}
SHORTEST_VIEW = 0.05
WAIT_MS = 120_000


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.getbasetemp()


@contextmanager
def window_with(qtbot: QtBot, folder: Path, length: str) -> Iterator[tuple[MainWindow, list[TimePlot], FrameClock]]:
    """A window with a pair of this length, everything on screen final."""
    with open_window(qtbot, SIZE) as window:
        window.commands.take_files([str(path) for path in make_pair(folder, LENGTHS[length])], add=False)
        qtbot.waitUntil(window.is_final, timeout=WAIT_MS)
        wait_final(qtbot, window)
        rows = [row for row in window.views.plots.stack.rows if row.isVisible()]
        yield window, rows, FrameClock(rows)


@pytest.mark.parametrize("length", ["10 min", "1 h", "4 h"])
def test_zoom_and_pan(qtbot: QtBot, folder: Path, length: str) -> None:
    """Event to painted, all rows: three pictures and two curves."""
    with window_with(qtbot, folder, length) as (window, rows, clock):
        link, target = window.views.plots.link, rows[1]
        took: dict[str, list[Frame]] = {"zoom in": [], "zoom out": [], "pan": []}
        while link.visible.length > 1.3 * SHORTEST_VIEW:
            took["zoom in"].append(clock.time(lambda: turn_wheel(target, 1, at=0.6)))
        while link.visible.length < 0.8 * link.extent.length:
            took["zoom out"].append(clock.time(lambda: turn_wheel(target, -1, at=0.6)))
        for seconds in np.geomspace(SHORTEST_VIEW, LENGTHS[length] / 3, 8):
            start = 0.4 * LENGTHS[length]
            link.set_range(start, start + seconds)
            wait_final(qtbot, window)
            took["pan"] += _pan(clock, target)
        figures = {what: frame_columns(frames) for what, frames in took.items()}
        for what, columns in figures.items():
            record("Zoom and pan", {"pair": length, "what": what, **columns})
        # What else runs on the machine must not decide: the table shows both.
        assert all(columns["computing p95 ms"] <= FRAME_MS for columns in figures.values())


def _pan(clock: FrameClock, row: TimePlot) -> list[Frame]:
    """Every frame of a drag there and back."""
    drag = Drag(row, Qt.MouseButton.MiddleButton)
    took = [clock.time(lambda x=x: drag.move(x)) for x in (*range(-9, -400, -9), *range(-400, 0, 14))]
    drag.end(0)
    return took


@pytest.mark.parametrize("length", ["10 min", "1 h", "4 h"])
def test_coarse_then_fine(qtbot: QtBot, folder: Path, length: str) -> None:
    """Jumps to places never seen: to the coarse picture, and until nothing better will come."""
    with window_with(qtbot, folder, length) as (window, _rows, clock):
        plots, random = window.views.plots, np.random.default_rng(0)
        coarse, fine = [], []
        for seconds in np.geomspace(SHORTEST_VIEW, LENGTHS[length], 40):
            start = random.uniform(0, LENGTHS[length] - seconds)
            started = time.perf_counter()
            coarse.append(clock.time(lambda a=start, b=start + seconds: plots.link.set_range(a, b)))
            while not plots.is_final():
                QApplication.processEvents()
            fine.append(1000 * (time.perf_counter() - started))
        record("Jump", {"pair": length, "picture": "coarse", **frame_columns(coarse)})
        record("Jump", {"pair": length, "picture": "fine", **percentiles(fine)})
        assert max(fine) <= FINE_MS


@pytest.mark.parametrize(("length", "target"), [("10 s", None), ("10 min", None), ("1 h", 1.0), ("4 h", None)])
def test_drop_to_pictures(qtbot: QtBot, folder: Path, length: str, target: float | None) -> None:
    """Files dropped: until both spectrograms show something, all of the file coarsely, and everything final."""
    pair = [str(path) for path in make_pair(folder, LENGTHS[length])]
    with open_window(qtbot, SIZE) as window:
        plots = window.views.plots
        started = time.perf_counter()

        def seconds_until(done: Callable[[], bool]) -> float:
            while not done():
                qtbot.wait(2)  # asleep between: a loop that never rests would keep the interpreter from the workers
                assert time.perf_counter() - started < WAIT_MS / 1000
            return time.perf_counter() - started

        window.commands.take_files(pair, add=False)
        first = seconds_until(lambda: all(_share_painted(plot) > 0 for plot in plots.spectrograms))
        whole = seconds_until(lambda: all(_share_painted(plot) > 0.99 for plot in plots.spectrograms))
        final = seconds_until(window.is_final)
        record(
            "From dropped files to pictures",
            {"pair": length, "first part s": first, "both spectrograms s": whole, "everything final s": final},
        )
        assert target is None or whole <= target


def _share_painted(plot: TimePlot) -> float:
    """Share of the pixel columns on screen with a picture in them."""
    parts = plot._item._parts  # type: ignore[attr-defined]
    return float(np.mean(parts[0].any(axis=0))) if parts else 0.0
