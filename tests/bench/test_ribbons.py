"""What the ribbon of the best estimate costs: found once, painted at every zoom."""

from __future__ import annotations

import time

import numpy as np
from bench_table import record
from pytestqt.qtbot import QtBot

from osisnr_gui.core.several import find_best
from osisnr_gui.qt.look.theme import DARK
from osisnr_gui.qt.plots.comparison_plots import Ribbon, RibbonPlot
from osisnr_gui.qt.plots.time_link import TimeLink

N_ESTIMATES, WIDTH, STEP_S = 8, 1600, 0.008
REPEATS = 7


def test_ribbon(qtbot: QtBot) -> None:
    painted = {}
    for minutes in (10, 60, 240):
        n = int(60 * minutes / STEP_S)
        noise = np.random.default_rng(minutes)
        values, active = [20 * noise.random(n) for _ in range(N_ESTIMATES)], noise.random(n) < 0.8
        row: dict[str, str | float] = {"file": f"{minutes} min", "estimates": str(N_ESTIMATES)}
        started = time.thread_time()
        best = find_best(values, active)
        row["found, ms CPU"] = 1000 * (time.thread_time() - started)
        link = TimeLink()
        link.set_extent(0.0, n * STEP_S, min_span=0.1)
        plot = RibbonPlot(link, DARK, "best", "Best")
        qtbot.addWidget(plot)
        plot.resize(WIDTH, plot.height())
        colours = [DARK.estimate(place).colour for place in range(N_ESTIMATES)]
        plot.show_ribbon(Ribbon(best, 0.0, STEP_S, tuple("ABCDEFGH"), lambda _theme, c=colours: c), "ribbon")
        for name, seconds in (("whole", n * STEP_S), ("10 s", 10.0)):
            times = []
            for shift in range(REPEATS):
                link.set_range(shift * 0.01 * seconds, (0.9 + shift * 0.01) * seconds)
                started = time.thread_time()
                plot.grab()
                times.append(1000 * (time.thread_time() - started))
            painted[minutes, name] = row[f"painted {name}, ms CPU"] = min(times)
        record(f"Ribbon of {WIDTH} pixels", row)
    for name in ("whole", "10 s"):
        assert painted[240, name] < 3 * painted[10, name], "it costs by the pixels, not by the length of the file"
