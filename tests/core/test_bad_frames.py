"""Bad frames and their segments against brute force."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from osisnr_gui.core.bad_frames import find_bad_frames, find_bad_segments
from osisnr_gui.core.reduce import runs_of

repeatable = settings(derandomize=True, deadline=None, max_examples=200, database=None)
flags_lists = st.lists(st.booleans(), max_size=60)


def _runs(flags: list[bool]) -> list[tuple[int, int]]:
    runs, start = [], None
    for i, flag in enumerate([*flags, False]):
        if flag and start is None:
            start = i
        elif not flag and start is not None:
            runs.append((start, i))
            start = None
    return runs


def _segments(flags: list[bool], minimum: int, join: int) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for first, stop in _runs(flags):
        if joined and first - joined[-1][1] <= join:
            joined[-1] = (joined[-1][0], stop)
        else:
            joined.append((first, stop))
    return [(a, b) for a, b in joined if b - a >= minimum]


@repeatable
@given(flags_lists)
def test_runs(flags: list[bool]) -> None:
    wanted = _runs(flags)
    first, stop = runs_of(np.array(flags, dtype=bool))
    assert list(zip(first.tolist(), stop.tolist(), strict=True)) == wanted


@repeatable
@given(flags_lists, st.integers(1, 6), st.integers(0, 6))
def test_segments(flags: list[bool], minimum: int, join: int) -> None:
    found = find_bad_segments(np.array(flags, dtype=bool), minimum, join)
    wanted = _segments(flags, minimum, join)
    assert list(zip(found.first.tolist(), found.stop.tolist(), strict=True)) == wanted
    assert len(found) == len(wanted)
    assert found.first.dtype == found.stop.dtype == np.int64


def test_only_active_frames_under_the_threshold_are_bad() -> None:
    osi_db = np.array([0.0, 2.999, 3.0, np.inf, np.nan, 1.0])
    active = np.array([True, True, True, True, True, False])
    assert find_bad_frames(osi_db, active, 3.0).tolist() == [True, True, False, False, False, False]
    assert find_bad_frames(osi_db, active, np.inf).tolist() == [True, True, True, False, False, False]
