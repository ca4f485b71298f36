"""The best of several systems per frame: ties, frames that do not count, shares of pixels at any zoom."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from osisnr_gui.core.several import NOBODY, BestOf, column_frames, find_best

VALUES = st.one_of(st.integers(0, 3).map(float), st.just(np.nan), st.just(np.inf))


@given(
    st.tuples(st.integers(1, 5), st.integers(0, 40)).flatmap(lambda shape: arrays(np.float64, shape, elements=VALUES))
)
def test_each_frame_goes_to_the_highest_or_to_nobody(values: np.ndarray) -> None:
    counted = np.random.default_rng(values.size).random(values.shape[1]) < 0.8
    counted &= ~np.isnan(values).all(axis=0)
    best = find_best(list(values), counted)
    for frame in range(values.shape[1]):
        column = values[:, frame]
        if not counted[frame]:
            assert best.place[frame] == NOBODY
            continue
        top = np.flatnonzero(column == np.nanmax(column))
        assert best.place[frame] == (top[0] if top.size == 1 else best.tied)
    assert best.counts.tolist() == [int((best.place == kind).sum()) for kind in range(len(values) + 1)]
    assert best.n_counted == int(counted.sum())


def direct(place: np.ndarray, kinds: int, edges: np.ndarray) -> np.ndarray:
    """Shares, frame by frame."""
    columns = [place[a:b] for a, b in pairwise(edges)]
    shares = [[(c == kind).sum() for kind in range(kinds)] / (c >= 0).sum() for c in columns]
    return np.array(shares).T


@pytest.mark.parametrize("n_columns", [7, 400, 3000])
def test_shares_are_those_of_the_frames(n_columns: int) -> None:
    rng = np.random.default_rng(n_columns)
    place = rng.integers(-1, 4, 50_003).astype(np.int16)
    best = BestOf(place, 3)
    edges = np.unique(np.linspace(1234, place.size, n_columns + 1).astype(np.intp))
    np.testing.assert_allclose(best.shares(edges[:-1], edges[1:]), direct(place, 4, edges), atol=1e-12)


def test_a_column_without_frames_that_count_has_no_shares() -> None:
    best = BestOf(np.array([0, 0, NOBODY, NOBODY, 1, 2], np.int16), 2)
    shares = best.shares(np.array([0, 2, 4]), np.array([2, 4, 6]))
    assert shares[:, 0].tolist() == [1.0, 0.0, 0.0]
    assert np.isnan(shares[:, 1]).all()
    assert shares[:, 2].tolist() == [0.0, 0.5, 0.5]
    assert best.shares(*np.empty((2, 0), np.intp)).shape == (3, 0)


def test_frames_wider_than_a_column_fill_several() -> None:
    starts, stops = column_frames(3, 10.0, 1.0, np.arange(9.0, 14.01, 0.25))
    middles = np.arange(9.125, 14.0, 0.25)
    frame = np.floor(middles - 10 + 0.5)
    assert np.where(stops > starts, starts, -1).tolist() == np.where((frame >= 0) & (frame < 3), frame, -1).tolist()


def test_narrower_frames_lie_in_the_column_of_their_time() -> None:
    starts, stops = column_frames(10, 0.5, 1.0, np.array([-6.0, -3.0, 0.0, 3.0, 6.0, 9.0, 12.0, 15.0]))
    assert starts.tolist() == [0, 0, 0, 3, 6, 9, 10]
    assert stops.tolist() == [0, 0, 3, 6, 9, 10, 10]
    for n, borders in ((10, [20.0, 23.0]), (0, [0.0, 0.1])):
        (start,), (stop,) = column_frames(n, 0.5, 1.0, np.array(borders))
        assert start == stop


def test_columns_as_wide_as_a_frame_have_one_each() -> None:
    for dt in (0.008, 1 / 3, 0.1):
        starts, stops = column_frames(5000, 0.5 * dt, dt, dt * np.arange(5001))
        assert starts.tolist() == list(range(5000))
        assert (stops - starts == 1).all()
