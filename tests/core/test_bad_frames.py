"""What makes a frame bad: gate, threshold, loss, drops."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measures import project

from osisnr_gui.core.bad_frames import (
    ACTIVE,
    LevelGate,
    depth_between,
    drop_below_median,
    drop_below_other,
    find_bad_frames,
    frame_status,
    limit_of_worst,
)
from osisnr_gui.core.osi_snr import Projection
from osisnr_gui.core.types import FrameStatus

repeatable = settings(derandomize=True, deadline=None, max_examples=150, database=None)


def test_only_active_frames_under_the_threshold_are_bad() -> None:
    osi_db = np.array([0.0, 2.999, 3.0, np.inf, np.nan, 1.0])
    active = np.array([True, True, True, True, True, False])
    assert find_bad_frames(osi_db, active, 3.0).tolist() == [True, True, False, False, False, False]
    assert find_bad_frames(osi_db, active, np.inf).tolist() == [True, True, True, False, False, False]


def test_only_frames_that_count_are_over_the_limit() -> None:
    loss = np.array([1.0, 1.001, np.inf, np.nan, 5.0])
    assert find_bad_frames(-loss, np.array([True, True, True, True, False]), -1.0).tolist() == [
        *(False, True, True, False, False)
    ]


def _levels(reference_db: list[float], estimate_db: list[float]) -> Projection:
    """Columns with these energies, reference and estimate not quite proportional."""
    s, e = (10 ** (np.array(levels) / 20) for levels in (reference_db, estimate_db))
    return project(np.array([s, np.zeros_like(s)]), np.array([e * 0.9, e * 0.4]))


def test_the_gate_takes_the_level_of_whatever_should_not_be_heard_or_missed() -> None:
    silent = -np.inf
    p = _levels([0, -39, -41, -20, silent, silent, silent], [-6, -45, -45, silent, -40, -50, silent])
    status = frame_status(p, 60.0)
    gate = LevelGate(p, status, np.isin(status, ACTIVE), 40.0)
    assert [FrameStatus(kind).name for kind in status[3:]] == [
        *("SILENT_ESTIMATE", "SILENT_REFERENCE", "SILENT_REFERENCE", "SILENT_BOTH")
    ]
    assert gate.active.tolist() == [True, True, False, False, False, False, False]
    assert gate.missed.tolist() == [False, False, False, True, False, False, False]
    # 34 and 44 dB below the estimate's own loudest frame.
    assert gate.false_activity.tolist() == [False, False, False, False, True, False, False]
    assert gate.weight == pytest.approx([1, 1 / 40, 0, 0.5, 0.15, 0, 0], abs=0.02)


def test_no_gate_lets_everything_pass_and_still_weighs_by_level() -> None:
    p = _levels([0, -30, -59, -np.inf], [0, 0, 0, 0])
    status = frame_status(p, 60.0)
    gate = LevelGate(p, status, np.isin(status, ACTIVE), None)
    assert gate.passed.all()
    assert gate.active.tolist() == [True, True, True, False]
    assert gate.false_activity.tolist() == [False, False, False, True]
    assert gate.weight == pytest.approx([1, 0.5, 1 / 60, 1], abs=1e-6)


@repeatable
@given(st.lists(st.floats(0, 80), min_size=1, max_size=60), st.integers(1, 20), st.integers(0, 2**32 - 1))
def test_the_drop_is_from_the_median_of_the_frames_around_that_count(
    osi_db: list[float], window: int, seed: int
) -> None:
    values = np.array(osi_db)
    counted = np.random.default_rng(seed).random(values.size) < 0.8
    drop = drop_below_median(values, counted, window)
    assert np.isnan(drop).tolist() == (~counted).tolist()
    mine, half = values[counted], (window | 1) // 2
    for k, found in enumerate(drop[counted]):
        around = mine[np.clip(np.arange(k - half, k + half + 1), 0, mine.size - 1)]
        assert found == pytest.approx(np.median(around) - mine[k], abs=1e-9)


def test_a_perfect_neighbourhood_is_no_infinite_drop() -> None:
    values = np.array([np.inf, np.inf, 20.0, np.inf, np.inf])
    drop = drop_below_median(values, np.ones(5, bool), 5)
    assert drop.tolist() == [0.0, 0.0, 80.0, 0.0, 0.0]
    assert (drop >= 6.0).tolist() == [False, False, True, False, False]


def test_the_drop_under_another_estimate_needs_both() -> None:
    drop = drop_below_other(
        np.array([1.0, 5.0, np.inf, 3.0, 2.0]),
        np.array([True, True, True, False, True]),
        np.array([4.0, 4.0, np.inf, 9.0, 9.0]),
        np.array([True, True, True, True, False]),
    )
    assert drop.tolist()[:3] == [3.0, -1.0, 0.0]
    assert np.isnan(drop[3:]).all()
    assert (drop >= 3.0).tolist() == [True, False, False, False, False]


def test_depths_run_from_the_limit_to_the_worst_there_is() -> None:
    assert depth_between(np.array([3.0, 1.5, 0.0, 4.0]), 3.0).tolist() == [0.0, 0.5, 1.0, 0.0]
    assert depth_between(1.0, np.array([1.0, 2.0, np.inf, 0.5])).tolist() == [0.0, 0.5, 1.0, 0.0]


@repeatable
@given(st.lists(st.floats(0, 50), min_size=1, max_size=50), st.integers(0, 60))
def test_the_limit_of_the_worst_parts_them_from_the_rest(values: list[float], n: int) -> None:
    ordered = np.sort(np.array(values))
    limit = limit_of_worst(ordered, n)
    if n == 0:
        assert np.isnan(limit)
        return
    under = ordered < limit
    if n >= ordered.size:
        assert under.all()
    else:
        # Ties, and neighbours between which there is no number, stay on one side.
        assert under.sum() <= n
        assert not under[n:].any()
        assert under.sum() == n or ordered[n] - ordered[n - 1] < 1e-9


def test_a_median_longer_than_the_file_takes_no_more_than_the_file() -> None:
    """600 s over 290 s of sound took 20 GB once: frames x window x 8 bytes."""
    program = """
import resource
import numpy as np
from osisnr_gui.core.bad_frames import drop_below_median
from scipy.ndimage import median_filter
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
values = np.random.default_rng(0).gamma(2.0, 4.0, 36_000)
drops = drop_below_median(values, np.ones(values.size, bool), 75_001)
assert np.array_equal(drops, drop_below_median(values, np.ones(values.size, bool), 2 * values.size))
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


@pytest.mark.parametrize("window", [1, 2, 5, 40, 41, 42, 80, 82, 84, 1000])
def test_the_median_is_that_of_the_window_however_long(window: int) -> None:
    values = np.random.default_rng(1).gamma(2.0, 4.0, 41)
    half = (window | 1) // 2
    padded = np.pad(values, half, mode="edge")
    wanted = [np.median(padded[k : k + 2 * half + 1]) - value for k, value in enumerate(values)]
    np.testing.assert_array_equal(drop_below_median(values, np.ones(41, bool), window), wanted)
