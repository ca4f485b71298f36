"""Ribbons through the real window: when they are there, and what is said of a frame."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.ribbons import BEST
from tests.kits.window_kit import open_window, show_files, wait_final

TWO = ("2_enhancement_clean.flac", "2_enhancement_est_dfn3.flac", "2_enhancement_est_gate.flac")


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with open_window(qtbot) as window:
        yield window


def visible(window: MainWindow, row_id: str = BEST) -> bool:
    row = window.views.plots.stack.row(row_id)
    assert row.isVisible() == window.views.plots.stack.is_row_visible(row_id)
    return row.isVisible()


def test_the_best_estimate_of_a_frame_is_named_with_its_lead(qtbot: QtBot, window: MainWindow) -> None:
    window.commands.open_demo("enhancement")
    wait_final(qtbot, window)
    assert visible(window)
    plots = window.views.plots
    analysis = window.views.store.analysis
    (best,) = analysis.best
    assert plots.ribbons.best_row.ribbon.best is best.best
    values = [pair.score.facts.active_osi_db for pair in analysis.pairs]
    frame = int(np.flatnonzero(values[1] > values[0] + 0.5)[3])
    link, readout = plots.link, window.views.readout
    link.set_hover(best.first_time + frame * best.step, 0.5, BEST)
    assert f"best B +{values[1][frame] - values[0][frame]:.1f} dB" in readout.text
    assert "Here: B +" in plots.ribbons.best_row.words_at(link.hover.time)
    assert f"A {100 * best.win_rate(0):.1f} %" in plots.ribbons.best_row.accessibleName()
    silent = int(np.flatnonzero(np.isnan(values[0]))[0])
    link.set_hover(best.first_time + silent * best.step, 0.5, BEST)
    assert "best" not in readout.text
    assert "Here" not in plots.ribbons.best_row.words_at(link.hover.time)


def test_one_estimate_has_no_ribbon_and_a_wish_outlives_it(qtbot: QtBot, samples: Path) -> None:
    with open_window(qtbot) as window:
        show_files(qtbot, window, *(samples / name for name in TWO[:2]))
        action = window.actions_by_id.by_id["row_best"]
        assert not visible(window)
        assert not action.isEnabled()
        assert not action.isChecked()
    with open_window(qtbot) as window:
        action = window.actions_by_id.by_id["row_best"]
        show_files(qtbot, window, *(samples / name for name in TWO))
        assert visible(window), "hidden for want of a second estimate, not by the user"
        assert action.isEnabled()
        assert action.isChecked()
        action.trigger()
        assert not visible(window)
    with open_window(qtbot) as window:
        show_files(qtbot, window, *(samples / name for name in TWO))
        assert not visible(window)
        assert window.actions_by_id.by_id["row_best"].isEnabled()
        window.actions_by_id.by_id["reset_layout"].trigger()
        assert visible(window)


def test_hiding_all_other_rows_brings_them_back_next_time(qtbot: QtBot, samples: Path) -> None:
    with open_window(qtbot) as window:
        show_files(qtbot, window, *(samples / name for name in TWO))
        for name in ("reference", "estimate", "difference", "osi", "loss"):
            window.actions_by_id.by_id[f"row_{name}"].trigger()
        assert visible(window)
        assert window.views.plots.stack.row(BEST).time_axis
        assert window.views.plots.stack.row(BEST).height() < 60
    with open_window(qtbot) as window:
        show_files(qtbot, window, *(samples / name for name in TWO))
        assert visible(window, "loss")
        assert window.views.plots.stack.row(BEST).height() == 24
