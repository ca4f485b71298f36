"""Dragged with rests, undone in one step: through the real window and its mouse."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from plot_kit import dragging, pixels
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from window_kit import open_window, show_files

import osisnr_gui.qt.store as store_module
from osisnr_gui.session.edits import limit_of

LEFT = Qt.MouseButton.LeftButton


def _drag_with_rests(
    qtbot: QtBot, widget: QWidget, places: list[QPoint], clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Move from place to place; ten seconds pass before each, by the store's clock."""
    monkeypatch.setattr(store_module, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    QTest.mousePress(widget, LEFT, pos=places[0])
    for place in places[1:]:
        clock[0] += 10.0
        QTest.mouseMove(widget, place)
        qtbot.wait(20)
    QTest.mouseRelease(widget, LEFT, pos=places[-1])
    qtbot.wait(20)


def test_slider_and_threshold(qtbot: QtBot, samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = samples / "2_enhancement_clean.flac", samples / "2_enhancement_est_dfn3.flac"
    with open_window(qtbot, (1280, 720)) as window:
        show_files(qtbot, window, *paths)
        store, before = window.views.store, window.views.store.session
        slider = window.views.loss.alpha.slider
        y, clock = slider.height() // 2, [1000.0]
        _drag_with_rests(qtbot, slider, [QPoint(x, y) for x in (30, 60, 90, 120)], clock, monkeypatch)
        assert store.session.loss.alpha != before.loss.alpha
        clock[0] += 10.0
        dragged = store.session
        row = window.views.plots.stack.row("osi")
        top = round(pixels(row).y_of(limit_of(store.session)))
        places = [QPoint(round(pixels(row).left) + 200, top - up) for up in (0, 8, 16, 24)]
        for _ in dragging(row, *places):
            clock[0] += 10.0
            qtbot.wait(20)
        assert limit_of(store.session) > limit_of(dragged)
        store.undo()
        assert store.session == dragged
        store.undo()
        assert store.session == before
