"""Sketches of long loss curves: made once, in the background, and only while they are wanted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from measures import alpha_table
from pytestqt.qtbot import QtBot

from osisnr_gui.core.loss_curve import LossCurve, LossSketch, make_sketch
from osisnr_gui.qt.look.theme import DARK
from osisnr_gui.qt.plots.curve_plot import LossPlot
from osisnr_gui.qt.plots.items import loss as loss_items
from osisnr_gui.qt.plots.items.loss import LossSketches
from osisnr_gui.qt.plots.time_link import TimeLink

N = 40_000


def make_curve(seed: int, alpha: float = 0.3) -> LossCurve:
    rng = np.random.default_rng(seed)
    s = rng.uniform(size=(2, N))
    return LossCurve(rng.uniform(1, 30, N), 0.0, alpha_table(s, s + 0.1 * rng.normal(size=s.shape)), alpha, 15.0)


@pytest.fixture(autouse=True)
def short_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loss_items, "LONG_FRAMES", N)


@pytest.fixture
def sketches(qtbot: QtBot) -> Iterator[LossSketches]:
    made = LossSketches()
    yield made
    made.close()
    made.deleteLater()


def wait(qtbot: QtBot, sketches: LossSketches) -> None:
    qtbot.waitUntil(lambda: not sketches.is_busy)


def test_a_sketch_serves_every_alpha_and_gamma(qtbot: QtBot, sketches: LossSketches) -> None:
    curve = make_curve(0)
    assert sketches.sketch_of(curve) is None
    wait(qtbot, sketches)
    found = sketches.sketch_of(curve)
    assert isinstance(found, LossSketch)
    assert sketches.sketch_of(replace(curve, alpha=0.9, gamma=1.0)) is found
    assert not sketches.is_busy


def test_each_tick_of_a_slider_asks_for_the_same_sketch(
    qtbot: QtBot, sketches: LossSketches, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    monkeypatch.setattr(loss_items, "make_sketch", lambda *arguments: made.append(1) or make_sketch(*arguments))
    curve = make_curve(0)
    for alpha in np.linspace(0.1, 1, 20):
        sketches.sketch_of(replace(curve, alpha=float(alpha)))
    wait(qtbot, sketches)
    assert made == [1]


def test_what_is_wanted_last_counts_and_earlier_ones_can_be_had_again(qtbot: QtBot, sketches: LossSketches) -> None:
    first, second = make_curve(0), make_curve(1)
    for curve in (first, second, first, second):
        sketches.sketch_of(curve)
    wait(qtbot, sketches)
    assert sketches.sketch_of(second) is not None
    sketches.sketch_of(first)
    wait(qtbot, sketches)
    assert sketches.sketch_of(first) is not None
    assert sketches.sketch_of(second) is not None


def test_sketches_of_closed_files_go(qtbot: QtBot, sketches: LossSketches) -> None:
    curve, other = make_curve(0), make_curve(1)
    for each in (curve, other):
        sketches.sketch_of(each)
        wait(qtbot, sketches)
    kept = sketches.sketch_of(other)
    sketches.keep_only([other.table])
    assert sketches.sketch_of(other) is kept
    assert sketches.sketch_of(curve) is None
    wait(qtbot, sketches)


def test_short_curves_need_none(sketches: LossSketches) -> None:
    curve = make_curve(0)
    short = replace(curve, osi_db=curve.osi_db[: N - 1], table=curve.table[: N - 1])
    assert sketches.sketch_of(short) is None
    assert not sketches.is_busy


def test_the_plot_looks_the_same_before_and_after(qtbot: QtBot) -> None:
    link = TimeLink()
    link.set_extent(0.0, 0.01 * N, min_span=0.1)
    plot = LossPlot(link, DARK)
    qtbot.addWidget(plot)
    plot.resize(200, 200)
    curve = make_curve(0)
    plot.show_loss(0.0, 0.01, curve, growing=True)
    plot.grab()
    assert not plot.sketches.is_busy
    plot.show_loss(0.0, 0.01, replace(curve, alpha=0.31))
    before = plot.grab().toImage()
    wait(qtbot, plot.sketches)
    plot.show_loss(0.0, 0.01, curve)
    plot.grab()
    plot.show_loss(0.0, 0.01, replace(curve, alpha=0.31))
    assert plot.grab().toImage() == before
    plot.sketches.close()
