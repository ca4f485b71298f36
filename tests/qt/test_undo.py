"""Whatever was changed, undone to the last step: the same session and the same picture.

Which estimate is in view is no step, and the axis of the loss stays calm: it keeps its end while all values fit.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot
from window_kit import open_window, wait_final

from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.session import edits
from osisnr_gui.session.session import Criterion, Formula, Note, Session

ROUNDS, EDITS = 10, 100


def _any_edit(chance: random.Random, session: Session) -> Callable[[Session], Session]:
    """One that suits the session, and mostly changes it."""
    estimate = chance.choice(session.estimates)
    return chance.choice(
        [
            partial(edits.set_alpha, alpha=round(chance.uniform(0.05, 1.0), 2)),
            partial(edits.set_gamma, gamma=round(chance.uniform(0.0, 60.0), 1)),
            partial(edits.set_method, method=chance.choice((1, 2))),
            partial(edits.set_formula, formula=chance.choice(list(Formula))),
            partial(edits.set_threshold, threshold_db=round(chance.uniform(0.0, 12.0), 1)),
            partial(edits.set_bad, criterion=chance.choice([Criterion.OSI, Criterion.WORST, Criterion.LOSS])),
            partial(edits.set_silence, silence_db=chance.choice((40.0, 50.0, 60.0))),
            partial(edits.toggle_curve, place=session.estimates.index(estimate)),
            partial(edits.swap, estimate=estimate),
            partial(edits.add_note, note=Note(chance.uniform(0.0, 2.0), 3.0, f"note {chance.random()}")),
            partial(edits.change_source, source=estimate, gain=chance.choice((0.5, 1.0, 2.0))),
        ]
    )


def _picture(window: MainWindow) -> QImage:
    for row in window.views.plots.stack.rows:
        row.fit_y()
    return window.views.plots.grab().toImage()


def test_a_thousand_edits_undone_leave_session_and_picture(qtbot: QtBot) -> None:
    chance = random.Random(1)
    with open_window(qtbot, (1280, 720)) as window:
        window.commands.open_demo("enhancement")
        wait_final(qtbot, window)
        store = window.views.store
        session, picture = store.session, _picture(window)
        for _round in range(ROUNDS):
            for _edit in range(EDITS):
                store.edit(_any_edit(chance, store.session))
            assert store.session != session
            wait_final(qtbot, window)
            while store.history.previous is not None:
                store.undo()
            wait_final(qtbot, window)
            window.views.selection.select(0, window.views.count)
            wait_final(qtbot, window)
            assert store.session == session
            assert _picture(window) == picture
