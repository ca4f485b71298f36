"""A view told only of what it depends on shows what it would show if it were told of everything."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

import pyqtgraph as pg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QDoubleSpinBox, QLabel, QSpinBox, QWidget
from pytestqt.qtbot import QtBot
from window_kit import open_window, wait_final

from osisnr_gui.qt.main_window import DEFAULT_SIZE, MainWindow
from osisnr_gui.qt.panels.value_slider import ValueSlider
from osisnr_gui.session import edits
from osisnr_gui.session.changes import Changed
from osisnr_gui.session.demos import demo_session
from osisnr_gui.session.session import Criterion, Formula, Lengths, Note, Session

STEPS = 20


def _edit(chance: random.Random, whole: Session) -> Callable[[Session], Session]:
    """One of the edits a user can make; most of them are followed without a file."""
    pick = chance.choice
    return pick(
        [
            lambda s: edits.set_alpha(s, pick((0.1, 0.3, 1.0))),
            lambda s: edits.set_gamma(s, pick((0.0, 1.0, 15.0, 1e4))),
            lambda s: edits.set_method(s, 3 - s.loss.method),
            lambda s: edits.set_formula(s, next(f for f in Formula if f is not s.loss.formula)),
            lambda s: edits.set_threshold(s, pick((-5.0, 5.0, 10.0))),
            lambda s: edits.set_bad(s, criterion=pick(tuple(Criterion))),
            lambda s: edits.set_bad(s, minimum_s=pick((0.0, 0.1, 0.5)), gate_db=pick((None, 20.0, 40.0))),
            lambda s: edits.set_silence(s, pick((15.0, 30.0, 60.0))),
            lambda s: edits.add_note(s, Note(chance.random(), 1.0 + chance.random(), "here")),
            lambda s: replace(s, notes=s.notes[1:]),
            lambda s: replace(s, roles_guessed=not s.roles_guessed),
            lambda s: replace(s, lengths=pick((Lengths.COMMON, Lengths.PAD))),
            lambda s: replace(s, mixture=None if s.mixture else whole.mixture),
            lambda s: replace(s, estimates=s.estimates[::-1]),
            lambda s: replace(s, estimates=s.estimates[:1] if len(s.estimates) > 1 else whole.estimates),
            lambda s: edits.change_source(s, s.estimates[0], flip=not s.estimates[0].flip),
        ]
    )


def _shown(window: MainWindow) -> Iterator[tuple[object, ...]]:
    """What a user reads in the window, and what is drawn in its plots."""
    yield ("title", window.windowTitle(), window.views.sentence.text())
    for name, action in window.actions_by_id.by_id.items():
        yield (name, action.isEnabled(), action.isChecked())
    for widget in window.findChildren(QWidget):
        if widget.isVisible():
            yield (type(widget).__name__, widget.toolTip(), *_content(widget))


def _content(widget: QWidget) -> Iterator[object]:
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    if isinstance(widget, QSpinBox | QDoubleSpinBox | ValueSlider):
        yield widget.value if isinstance(widget, ValueSlider) else widget.value()
    if isinstance(widget, QAbstractItemView) and (model := widget.model()) is not None:
        roles = Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.CheckStateRole
        cells = [model.index(row, k) for row in range(model.rowCount()) for k in range(model.columnCount())]
        yield [str(model.data(cell, role)) for cell in cells for role in roles]
    if isinstance(widget, pg.PlotWidget):
        yield widget.grab().toImage()


@pytest.mark.parametrize("demo", ["enhancement", "speakers"])
def test_nothing_is_missed(qtbot: QtBot, demo: str) -> None:
    chance, whole = random.Random(3), demo_session(demo)
    with open_window(qtbot, DEFAULT_SIZE) as window:
        store, selection = window.views.store, window.views.selection
        window.commands.open_demo(demo)
        wait_final(qtbot, window)
        window.views.plots.link.select(0.5, 1.2)
        window.views.plots.link.set_cursor(0.7)
        for name in ("row_delta", "row_gain", "bad_list"):
            window.actions_by_id.by_id[name].trigger()
        try:
            for step in range(STEPS):
                store.edit(_edit(chance, whole))
                if chance.random() < 0.2:  # hides what an edit alone would not reach
                    selection.select(chance.randrange(2), window.views.count)
                wait_final(qtbot, window)
                shown = list(_shown(window))
                window.show_analysis(store.analysis, Changed.ALL)
                wait_final(qtbot, window)
                assert [a for a, b in zip(shown, _shown(window), strict=True) if a != b] == [], step
        finally:
            store.edit(lambda s: replace(s, notes=()))  # nothing is asked at the end
