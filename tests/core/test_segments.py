"""Segments and what they amount to, against brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osisnr_gui.core.bad_frames import FramesWithin, find_bad_segments
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


@repeatable
@given(flags_lists, st.integers(1, 6), st.integers(0, 6))
def test_segments_are_sorted_apart_long_enough_and_hold_all_long_runs(
    flags: list[bool], minimum: int, join: int
) -> None:
    bad = np.array(flags, dtype=bool)
    found = find_bad_segments(bad, minimum, join)
    assert np.all(found.stop - found.first >= minimum)
    assert np.all(found.first[1:] - found.stop[:-1] > join)
    inside = np.zeros(len(flags) + 1, dtype=bool)
    for first, stop in zip(found.first, found.stop, strict=True):
        assert bad[first]
        assert bad[stop - 1]
        assert not any(b - a > join for a, b in _runs((~bad[first:stop]).tolist()))
        inside[first:stop] = True
    assert all(inside[a:b].all() for a, b in _runs(flags) if b - a >= minimum)


@repeatable
@given(flags_lists, st.integers(1, 4), st.integers(0, 4))
def test_the_segment_at_a_frame(flags: list[bool], minimum: int, join: int) -> None:
    found = find_bad_segments(np.array(flags, dtype=bool), minimum, join)
    for frame in range(-1, len(flags) + 1):
        wanted = [k for k, (a, b) in enumerate(zip(found.first, found.stop, strict=True)) if a <= frame < b]
        assert found.index_at(frame) == (wanted[0] if wanted else None)


@repeatable
@given(flags_lists, flags_lists, st.integers(1, 4), st.integers(0, 4))
def test_reductions_over_some_frames_of_each_segment(
    flags: list[bool], some: list[bool], minimum: int, join: int
) -> None:
    n = min(len(flags), len(some))
    segments = find_bad_segments(np.array(flags[:n], dtype=bool), minimum, join)
    values = np.random.default_rng(n).normal(size=n)
    mask = np.array(some[:n], dtype=bool)
    some = FramesWithin(np.flatnonzero(mask), segments)
    for within, picked in ((some, mask), (FramesWithin.every(segments), mask | True)):
        mine = values[within.frames]
        for k, (a, b) in enumerate(zip(segments.first, segments.stop, strict=True)):
            expected = values[a:b][picked[a:b]]
            assert within.counts[k] == expected.size
            assert within.total(mine)[k] == pytest.approx(expected.sum())
            assert np.isnan(within.reduced(np.minimum, mine)[k]) == (expected.size == 0)
            if expected.size:
                assert within.reduced(np.minimum, mine)[k] == expected.min()
                assert within.reduced(np.maximum, mine)[k] == expected.max()
                assert within.mean(mine)[k] == pytest.approx(expected.mean())
