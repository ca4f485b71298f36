"""The way back for what is seen: zoom back in time and frequency, and Reset view."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from plot_kit import drag, pixels
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from window_kit import open_window, show_files

from osisnr_gui.qt.main_window import MainWindow

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(qtbot: QtBot, samples: Path) -> Iterator[MainWindow]:
    with open_window(qtbot) as window:
        show_files(qtbot, window, *(samples / f"2_enhancement_{name}.flac" for name in ("clean", "est_dfn3")))
        yield window


def frequencies(window: MainWindow) -> list[tuple[float, float]]:
    """Of all pictures."""
    return [(plot.box.lo, plot.box.hi) for plot in window.views.plots._pictures]


def zoom_to_box(window: MainWindow) -> None:
    """Shift+drag over the middle of a picture."""
    row = window.views.plots.stack.row("reference")
    m = pixels(row)
    start = QPoint(round(m.left + 0.3 * m.width), round(m.top + 0.3 * m.height))
    drag(row, start, start + QPoint(round(0.2 * m.width), round(0.4 * m.height)), keys=SHIFT)
    window.views.plots.link.flush()


def test_zoom_back_restores_time_and_frequency(window: MainWindow) -> None:
    link = window.views.plots.link
    before = link.visible, frequencies(window)
    zoom_to_box(window)
    first = link.visible, frequencies(window)
    assert first[0] != before[0]
    assert first[1] != before[1]
    zoom_to_box(window)
    QTest.keySequence(window, QKeySequence("Backspace"))
    assert (link.visible, frequencies(window)) == first
    QTest.keySequence(window, QKeySequence("Backspace"))
    assert (link.visible, frequencies(window)) == before


def test_reset_view_resets_range_scale_colours_and_levels(window: MainWindow) -> None:
    link, bar, session = window.views.plots.link, window.views.view_bar, window.views.store.session
    before = link.visible, frequencies(window), bar.scale, bar.colours, bar.levels
    bar.set_view("mel", "grey", -70.0, -30.0)
    zoom_to_box(window)
    window.actions_by_id.by_id["reset_view"].trigger()
    assert (link.visible, frequencies(window), bar.scale, bar.colours, bar.levels) == before
    assert window.views.store.session == session
