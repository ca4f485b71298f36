"""What the maps cost: the blame map while alpha is dragged, the first look at a view, the band strip of an hour."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from bench_table import record
from long_files import make_pair

from osisnr_gui.qt.plots.items.maps import density_pixels
from osisnr_gui.qt.plots.items.spectrogram import PixelGrid
from osisnr_gui.qt.plots.map_plots import step_for
from osisnr_gui.qt.plots.scales import make_scale
from osisnr_gui.session import edits
from osisnr_gui.session.analysis import analyse
from osisnr_gui.session.maps import BandMap, BlameKind, BlameMap, BlameTerms, band_step
from osisnr_gui.session.pairs import PairReader
from osisnr_gui.session.session import Session

WIDTH, HEIGHT = 1100, 150
TICKS = 20


def _cpu(started: float, count: int = 1) -> float:
    """Milliseconds of CPU of this thread since `started`, each."""
    return 1000 * (time.thread_time() - started) / count


@pytest.mark.parametrize("minutes", [10, 60])
def test_maps(tmp_path_factory: pytest.TempPathFactory, minutes: int) -> None:
    paths: tuple[Path, Path] = make_pair(tmp_path_factory.getbasetemp(), 60 * minutes)
    analysis = analyse(edits.open_files(Session(), [str(path) for path in paths]))
    (pair,) = analysis.pairs
    assert pair.score is not None
    reader = PairReader(pair)
    scale = make_scale("linear", reader.n_bins, 31.25)
    ticks = {}
    for seconds in (10, 60 * minutes):
        row: dict[str, str | float] = {"pair": f"{minutes} min", "in view": f"{seconds} s"}
        per_pixel = seconds / 0.008 / WIDTH
        grid = PixelGrid(0.0, seconds / WIDTH, WIDTH, 1.0, 1.0 / HEIGHT, HEIGHT)
        blame, step = BlameMap(reader, pair.score, BlameKind.MC_MSE), step_for(per_pixel)
        n = min(blame.n_stored(step), int(seconds / 0.008 / step) + 1)
        started = time.thread_time()
        missing = blame.missing(step, 0, n)
        for index in missing:
            blame.load(index)
        row["blame: first look, ms CPU"] = _cpu(started)
        started = time.thread_time()
        for _ in range(TICKS):
            terms = BlameTerms(pair.score, BlameKind.MC_MSE)
            columns = np.concatenate([blame.density(index, terms) for index in missing])  # type: ignore[misc]
            density_pixels(columns, 0.0, per_pixel / step, grid, scale, 31.25)
        row["blame: step of alpha, ms CPU"] = ticks[seconds] = _cpu(started, TICKS)
        bands, step = BandMap(reader, pair.score.facts.active), band_step(per_pixel)
        started = time.thread_time()
        for index in bands.missing(step, 0, min(bands.n_stored(step), int(seconds / 0.008 / step) + 1)):
            bands.load(step, index)
        row["bands: first look, ms CPU"] = _cpu(started)
        record(f"Maps of {WIDTH} pixels", row)
    assert ticks[60 * minutes] < 10 * ticks[10], "a step of alpha costs by the pixels, not by the length of the file"
