"""Assignments of speakers: the best of all, by trying all; and how sure it is."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from osisnr_gui.core.several import find_assignment, mean_score_db


@given(st.integers(2, 4).flatmap(lambda n: arrays(np.float64, (n, n), elements=st.floats(-50, 50))))
def test_it_is_the_best_of_all_and_the_margin_is_to_the_second(scores: np.ndarray) -> None:
    means = sorted((mean_score_db(scores, order) for order in permutations(range(len(scores)))), reverse=True)
    found = find_assignment(scores)
    assert found.mean_db == pytest.approx(means[0], abs=1e-9)
    assert mean_score_db(scores, found.places) == pytest.approx(means[0], abs=1e-9)
    assert found.margin_db == pytest.approx(means[0] - means[1], abs=1e-9)


def test_two_systems_are_assigned_each_for_itself() -> None:
    scores = np.array([[1.0, 9.0, 8.0, 2.0], [9.0, 1.0, 2.0, 8.0]])
    assert find_assignment(scores).places == (1, 0, 0, 1)


def test_what_is_not_known_is_the_worst_and_one_perfect_pair_does_not_decide() -> None:
    assert find_assignment(np.array([[np.nan, 3.0], [4.0, 50.0]])).places == (1, 0)
    scores = np.array([[np.inf, 50.0], [50.0, 30.0]])
    assert find_assignment(scores).places == (1, 0)


def test_one_reference_serves_all_and_has_no_margin() -> None:
    found = find_assignment(np.array([[3.0, -2.0]]))
    assert found.places == (0, 0)
    assert np.isnan(found.margin_db)
