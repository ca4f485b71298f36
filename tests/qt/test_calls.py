"""What a tick of a slider sets in motion: counted in Python calls and files, which do not depend on the machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from call_trace import CallTrace, traced_calls
from pytestqt.qtbot import QtBot
from window_kit import open_window, wait_final

from osisnr_gui.qt.main_window import DEFAULT_SIZE, MainWindow

MOST_FILES = 40
MOST_CALLS = 900
#: As a hand drags: over all of these the loss keeps its axis.
PLACES = range(4000, 4800, 130)


@pytest.fixture
def traced(qtbot: QtBot) -> Iterator[tuple[CallTrace, MainWindow]]:
    """The first demo on screen, as it is the first time; no file is looked at meanwhile."""
    with traced_calls() as trace, open_window(qtbot, DEFAULT_SIZE) as window:
        window.commands.open_demo("enhancement")
        wait_final(qtbot, window)
        window.commands.files.stop()
        yield trace, window


@pytest.mark.parametrize("name", ["alpha", "gamma"])
def test_a_slider_wakes_only_what_depends_on_it(qtbot: QtBot, traced: tuple[CallTrace, MainWindow], name: str) -> None:
    trace, window = traced
    slider = getattr(window.views.loss, name).slider
    slider.setValue(PLACES[0] - 100)  # the first one makes what is kept for the next
    wait_final(qtbot, window)
    for place in PLACES:
        value = getattr(window.views.store.session.loss, name)
        tick = trace.of(qtbot, window, lambda place=place: slider.setValue(place))
        assert getattr(window.views.store.session.loss, name) != value
        assert ("qt/plots/items/loss.py", "LossAreas.draw") in tick.counts, "the row is painted"
        assert tick.n_calls <= MOST_CALLS, tick.files.most_common()
        assert len(tick.files) <= MOST_FILES, " ".join(sorted(tick.files))
