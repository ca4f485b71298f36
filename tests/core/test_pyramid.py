"""Columns of frames, and of blocks of frames, against brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osisnr_gui.core.reduce import BASE_STEP, BLOCKS_PER_COLUMN, GROWTH, Pyramid, block_step, frame_columns

T0, DT = 0.004, 0.008


def noise(n: int, gaps: float = 0.0, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    values = rng.standard_normal(n)
    values[rng.random(n) < gaps] = np.nan
    return values


def assert_reduced(values, cut):
    """Every column is what brute force says of its frames."""
    pyramid = Pyramid(values)
    low, high = pyramid.extremes(cut)
    means = pyramid.means(cut)
    for j, (a, b) in enumerate(zip(cut.edges[:-1], cut.edges[1:], strict=True)):
        group = values[a:b][~np.isnan(values[a:b])]
        if not group.size:
            assert np.isnan([low[j], high[j], means[j]]).all()
        else:
            assert (low[j], high[j]) == (group.min(), group.max())
            assert means[j] == pytest.approx(group.mean(), rel=1e-9, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(0, 4000),
    start=st.floats(-5, 30),
    length=st.floats(0.01, 40),
    columns=st.integers(1, 300),
    gaps=st.sampled_from([0.0, 0.3, 1.0]),
)
def test_columns_hold_every_visible_frame_once(n, start, length, columns, gaps):
    values = noise(n, gaps)
    cut = frame_columns(n, T0, DT, start, start + length, columns)
    assert np.all(np.diff(cut.edges) > 0)
    assert cut.edges.size == cut.centres.size + 1
    width = length / columns
    slack = width / 2 / BLOCKS_PER_COLUMN if cut.step > 1 else 0.0
    times = T0 + DT * np.arange(n)
    visible = np.flatnonzero((times > start + slack + 1e-9) & (times < start + length - slack - 1e-9))
    if visible.size:
        assert cut.edges[0] <= visible[0]
        assert cut.edges[-1] > visible[-1]
    for a, b, centre in zip(cut.edges[:-1], cut.edges[1:], cut.centres, strict=True):
        assert np.all(np.abs(times[a:b] - centre) <= width / 2 + slack + 1e-9)
    assert_reduced(values, cut)


@pytest.mark.parametrize("frames_per_column", [3.0, 63.9, 64.0, 300.0, 1200.0])
def test_blocks_are_an_eighth_of_a_pixel_off_at_most(frames_per_column):
    n, columns = 200_003, 120
    span = columns * frames_per_column * DT
    cut = frame_columns(n, T0, DT, 0.0, span, columns)
    assert (cut.step == 1) == (frames_per_column < BASE_STEP * BLOCKS_PER_COLUMN)
    assert cut.step == 1 or cut.step * BLOCKS_PER_COLUMN <= frames_per_column < cut.step * BLOCKS_PER_COLUMN * GROWTH
    exact = (np.arange(columns + 1) * span / columns - T0) / DT
    assert np.abs(cut.edges[1:columns] - exact[1:columns]).max() <= max(1.0, cut.step / 2 + 1)
    for gaps in (0.0, 0.4):
        assert_reduced(noise(n, gaps), cut)


@pytest.mark.parametrize("n", [1, 15, 16, 17, 997, 1000, 1008, 1023])
def test_the_end_of_a_file_belongs_to_a_column_whatever_its_length(n):
    values = noise(n)
    values[-1] = 77.0
    cut = frame_columns(n, 0.0, 1.0, 0.0, 1e4, 20)
    assert cut.edges[-1] == n
    assert Pyramid(values).extremes(cut)[1].max() == 77.0
    assert_reduced(values, cut)


def test_block_steps():
    steps = [block_step(f) for f in (0.1, 63.9, 64, 255, 256, 1024, 1e6)]
    assert steps == [1, 1, 16, 16, 64, 256, 16 * 4**6]
    assert [block_step(f, 64, 256) for f in (255, 256, 1024, 1e6)] == [1, 64, 256, 256]
    assert BASE_STEP * GROWTH == 64


def test_a_long_picture_looks_at_no_frame_again():
    """Blocks are made once: afterwards not even the values are read."""
    values = noise(100_000)
    pyramid, cut = Pyramid(values), frame_columns(100_000, T0, DT, 0.0, 800.0, 100)
    before = [part.copy() for part in (*pyramid.extremes(cut), pyramid.means(cut))]
    values[:] = np.nan
    for was, now in zip(before, (*pyramid.extremes(cut), pyramid.means(cut)), strict=True):
        np.testing.assert_array_equal(was, now)
