"""The sketch of a long loss curve against every frame of it."""

from __future__ import annotations

import numpy as np
import pytest
from measures import alpha_table

from osisnr_gui.core.alpha_table import AlphaTable
from osisnr_gui.core.loss_curve import FEWEST_BLOCKS, SKETCH_STEP, LossSketch, make_sketch, sketch_steps
from osisnr_gui.core.mc_mse import mc_mse_per_frame
from osisnr_gui.core.reduce import GROWTH, PixelColumns

N = 600_007
ALPHAS = (0.02, 0.11, 0.3, 0.37, 0.52, 0.66, 1.0)
GAMMAS = (0.0, 0.4, 15.0, 300.0)


def make_pair(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """PixelColumns at levels over 80 dB, with what no frame of speech has: equal columns, zeros."""
    rng = np.random.default_rng(seed)
    level = 10 ** rng.uniform(-4, 0, n)
    s = np.abs(rng.normal(size=(2, n))) * level
    e = np.abs(s + 10 ** rng.uniform(-3, 0, n) * rng.normal(size=s.shape) * level)
    e[:, ::97] = s[:, ::97]
    s[:, 1000:1400] = 0.0
    e[:, 1200:1300] = 0.0
    return s, e


def make_osi(n: int) -> np.ndarray:
    osi_db = 10 ** np.random.default_rng(1).uniform(-1, 2, n)
    osi_db[::7] = np.nan
    osi_db[20_000:20_700] = np.nan
    return osi_db


PAIR = make_pair(N)
TABLE, OSI_DB = alpha_table(*PAIR), make_osi(N)


@pytest.fixture(scope="module")
def sketch() -> LossSketch:
    found = make_sketch(OSI_DB, 1e-10, TABLE)
    assert found is not None
    return found


def check(sketch: LossSketch, osi_db: np.ndarray, table: AlphaTable, columns: PixelColumns) -> None:
    first = columns.edges[0]
    osi = 1 / (osi_db[first : columns.edges[-1]] + 1e-10)
    for alpha in ALPHAS:
        mc = table.per_frame(alpha, slice(first, columns.edges[-1]))
        for gamma in GAMMAS:
            total = osi + gamma * mc
            for j, found in enumerate(zip(*sketch.reduced(columns, alpha, gamma), strict=True)):
                frames = slice(columns.edges[j] - first, columns.edges[j + 1] - first)
                counted = ~np.isnan(total[frames])
                if not counted.any():
                    assert np.isnan(found).all()
                    continue
                wanted = [part[frames][counted] for part in (osi, total)]
                means = [part.mean() for part in wanted]
                assert found == pytest.approx((*means, wanted[1].max()), rel=3e-4)


def test_the_sketch_has_a_level_for_every_far_view(sketch: LossSketch) -> None:
    assert sketch_steps(N) == (SKETCH_STEP, SKETCH_STEP * GROWTH**2)
    assert list(sketch) == [SKETCH_STEP, SKETCH_STEP * GROWTH, SKETCH_STEP * GROWTH**2]
    assert [level.osi.size for level in sketch.values()] == [-(-N // step) for step in sketch]
    assert list(sketch.values())[-1].osi.size <= FEWEST_BLOCKS
    kept = [level.peak_osi.size / N for level in sketch.values()]
    assert kept == sorted(kept, reverse=True)
    assert kept[0] < 0.3


@pytest.mark.parametrize("step", [SKETCH_STEP, SKETCH_STEP * GROWTH, SKETCH_STEP * GROWTH**2])
def test_means_and_peaks_at_any_alpha_and_gamma(sketch: LossSketch, step: int) -> None:
    first, stop = 3 * step, N // step * step
    for edges in (np.arange(first, stop, 5 * step)[:30], np.append(np.arange(0, N, 20 * step), N)[-5:]):
        check(sketch, OSI_DB, TABLE, PixelColumns(edges, np.empty(0), step))


@pytest.mark.parametrize("n", [1, 63, 64, 65, 1000])
def test_short_curves(n: int) -> None:
    s, e = (x[:, :n] for x in PAIR)
    found = make_sketch(OSI_DB[:n], 1e-10, alpha_table(s, e))
    assert found is not None
    check(found, OSI_DB[:n], alpha_table(s, e), PixelColumns(np.array([0, n]), np.empty(0), SKETCH_STEP))


def test_frames_that_are_no_numbers_spoil_nothing() -> None:
    """A frame without a finite MC-MSE is not counted; an infinite 1/OSI-SNR is a peak all the same."""
    n = 640
    s, e = (x[:, 2000 : 2000 + n] for x in PAIR)
    table = alpha_table(s, e)
    table.values[:, 100] = np.nan
    osi_db = np.abs(np.nan_to_num(OSI_DB[2000 : 2000 + n], nan=3.0))
    osi_db[300] = -1e-10
    found = make_sketch(osi_db, 1e-10, table)
    assert found is not None
    _, mean, peak = found.reduced(PixelColumns(np.arange(0, n + 1, 64), np.empty(0), 64), 0.3, 15.0)
    assert np.isfinite(mean[[0, 1, 2, 3, 5, 6, 7, 8, 9]]).all()
    assert peak[4] == np.inf
    others = np.delete(np.arange(64, 128), 36)
    assert peak[1] == pytest.approx((1 / osi_db[others] + 15 * mc_mse_per_frame(s, e, 0.3)[others]).max(), rel=1e-3)


def test_it_is_given_up_when_something_newer_waits() -> None:
    asked = []

    def superseded() -> bool:
        asked.append(1)
        return len(asked) > 2

    assert make_sketch(OSI_DB, 1e-10, TABLE, superseded) is None
    assert len(asked) == 3


def test_a_table_of_hours_in_little_memory(sketch: LossSketch) -> None:
    kept = sum(level.peak_mc.values.nbytes + level.mc.values.nbytes for level in sketch.values())
    assert kept < 0.2 * TABLE.values.nbytes
