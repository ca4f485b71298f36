"""Ten thousand bad segments in four hours: the threshold, the list, the shading and N, from event to painted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from bench_table import record
from frame_clock import FrameClock, percentiles
from long_files import make_pair
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from window_kit import open_window, wait_final

from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.session import edits
from osisnr_gui.session.segments.bad_segments import SegmentFigures
from osisnr_gui.session.session import Criterion

pytestmark = pytest.mark.usefixtures("favoured_window")

SIZE = (1600, 900)
FRAME_MS = 16.7
LENGTHS = {"1 h": 3600, "4 h": 4 * 3600}
N_SEGMENTS = 10_000
N_STEPS = 60
WAIT_MS = 120_000


@contextmanager
def window_with(qtbot: QtBot, folder: Path, length: str) -> Iterator[MainWindow]:
    """A window with a pair of this length and the list of bad segments in front, all final."""
    with open_window(qtbot, SIZE) as window:
        window.commands.take_files([str(path) for path in make_pair(folder, LENGTHS[length])], add=False)
        qtbot.waitUntil(window.is_final, timeout=WAIT_MS)
        window.actions_by_id.by_id["bad_list"].trigger()
        wait_final(qtbot, window)
        yield window


def _clock(window: MainWindow) -> FrameClock:
    """Everything that a moved threshold repaints."""
    rows = [row for row in window.views.plots.stack.rows if row.isVisible()]
    return FrameClock([*rows, window.views.plots.overview, window.views.segments.table.viewport()])


def _n_segments(window: MainWindow, threshold_db: float) -> int:
    window.views.store.edit(lambda session: edits.set_threshold(session, threshold_db))
    return len(window.views.plots.pair.score.bad.segments)  # type: ignore[union-attr]


def _threshold_for(window: MainWindow, n_segments: int) -> float:
    """The lowest threshold (on a grid of 0.1 dB) with that many segments."""
    return next(t for t in np.arange(0.5, 20.0, 0.1) if _n_segments(window, float(t)) >= n_segments)


def _cpu_ms(act: Callable[[], object], times: int = 9) -> float:
    """The least of several."""
    took = []
    for _ in range(times):
        started = time.process_time()
        act()
        took.append(1000 * (time.process_time() - started))
    return min(took)


@pytest.mark.parametrize("length", ["1 h", "4 h"])
def test_threshold_list_and_n(qtbot: QtBot, tmp_path_factory: pytest.TempPathFactory, length: str) -> None:
    with window_with(qtbot, tmp_path_factory.getbasetemp(), length) as window:
        store, panel = window.views.store, window.views.segments
        wanted = N_SEGMENTS if length == "4 h" else N_SEGMENTS // 4
        middle = _threshold_for(window, wanted)
        clock = _clock(window)
        n_frames = window.views.plots.pair.frames.n_frames  # type: ignore[union-attr]
        n_segments = _n_segments(window, middle)

        def drag(step: int) -> None:
            level = middle + 0.25 * np.sin(step / 5)
            store.edit(lambda session: edits.set_threshold(session, level), "threshold")

        took = {"threshold": [clock.time(lambda k=k: drag(k)) for k in range(N_STEPS)]}
        _n_segments(window, middle)
        wait_final(qtbot, window)
        rows_only = FrameClock([row for row in window.views.plots.stack.rows if row.isVisible()])
        took["N"] = [rows_only.time(lambda: QTest.keySequence(window, QKeySequence("N"))) for _ in range(N_STEPS)]
        table = FrameClock([panel.table.viewport()])
        bar = panel.table.verticalScrollBar()
        places = np.random.default_rng(0).integers(0, bar.maximum(), N_STEPS)
        took["scroll"] = [table.time(lambda p=p: bar.setValue(int(p))) for p in places if int(p) != bar.value()]
        orders = [(column, order) for column in range(7) for order in Qt.SortOrder]
        took["sort"] = [table.time(lambda o=o: panel.table.sortByColumn(*o)) for o in orders]
        for what, milliseconds in took.items():
            row = {"pair": length, "frames": n_frames, "segments": n_segments, "what": what}
            record("Bad segments: from event to painted, list in front", {**row, **percentiles(milliseconds)})
        assert np.median(took["threshold"]) <= 2 * FRAME_MS
        assert np.median(took["N"]) <= FRAME_MS


@pytest.mark.parametrize("criterion", list(Criterion)[:3])
def test_finding_and_describing(qtbot: QtBot, tmp_path_factory: pytest.TempPathFactory, criterion: Criterion) -> None:
    """CPU time of one step of a limit without any painting, and its growth from one hour to four."""
    cost = {length: _costs(qtbot, tmp_path_factory.getbasetemp(), length, criterion) for length in LENGTHS}
    assert cost["4 h"] <= 6 * cost["1 h"]


def _costs(qtbot: QtBot, folder: Path, length: str, criterion: Criterion) -> float:
    """CPU time of a moved limit, all views told, in ms; records it with what goes with it."""
    with window_with(qtbot, folder, length) as window:
        store, panel = window.views.store, window.views.segments
        panel.set_seen(False)
        switch = _cpu_ms(lambda: store.edit(lambda session: edits.set_bad(session, criterion=criterion)), 1)
        levels = iter(edits.limit_of(store.session) * np.linspace(1.01, 1.2, 40))
        moved = _cpu_ms(lambda: store.edit(lambda session: edits.set_limit(session, next(levels)), "limit"))
        score = window.views.plots.pair.score  # type: ignore[union-attr]
        row = {"criterion": criterion.value, "pair": length, "segments": len(score.bad.segments)}
        table = _cpu_ms(lambda: SegmentFigures(score.bad))
        times = {"switch to it (ms)": switch, "limit moved, all views told (ms)": moved, "table (ms)": table}
        record("Bad segments: CPU time of a step", {**row, **times})
        return moved
