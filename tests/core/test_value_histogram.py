"""Counts of values in equal bins."""

from __future__ import annotations

import numpy as np

from osisnr_gui.core.reduce import value_counts


def test_pieces_add_up_to_the_whole_and_ends_belong_to_their_bins() -> None:
    values = np.concatenate((np.random.default_rng(0).random(1000), [0.0, 0.5, 1.0]))
    whole, _ = np.histogram(values, bins=10, range=(0.0, 1.0))
    counts = value_counts(np.array_split(values, 7), 0.0, 1.0, 10)
    assert counts is not None
    assert np.array_equal(counts, whole)
    assert counts.sum() == values.size


def test_booleans_and_integers_are_values_too() -> None:
    counts = value_counts([np.array([True, False, True]), np.array([0, 1, 1], dtype=np.uint8)], 0.0, 1.0, 4)
    assert counts is not None
    assert counts.tolist() == [2, 0, 0, 4]


def test_a_cancelled_count_gives_nothing() -> None:
    assert value_counts([np.ones(3)], 0.0, 1.0, 4, lambda: True) is None
