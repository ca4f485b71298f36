"""Crossings of fused losses, against the losses themselves."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osisnr_gui.core.several import find_crossings, find_order, find_span

terms = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 0.1)), min_size=2, max_size=6)


def loss(term: tuple[float, float], gamma: float) -> float:
    return term[0] + gamma * term[1]


@given(terms)
def test_the_losses_say_the_same_on_both_sides_of_a_crossing(systems: list[tuple[float, float]]) -> None:
    for crossing in find_crossings(systems):
        below, above = systems[crossing.below], systems[crossing.above]
        if abs(below[1] - above[1]) < 1e-12 or not 1e-9 < crossing.gamma < 1e9:
            continue
        assert loss(below, crossing.gamma) == pytest.approx(loss(above, crossing.gamma), rel=1e-6)
        assert loss(below, 0.5 * crossing.gamma) <= loss(above, 0.5 * crossing.gamma)
        assert loss(below, 2.0 * crossing.gamma) >= loss(above, 2.0 * crossing.gamma)


@given(terms, st.floats(0, 200))
def test_the_order_holds_in_its_span(systems: list[tuple[float, float]], gamma: float) -> None:
    low, high = find_span(find_crossings(systems), gamma)
    inside = 0.5 * (low + min(high, low + 400))
    if low < inside < high and low < gamma < high:
        here, there = find_order(systems, gamma), find_order(systems, inside)
        for i, j in zip(here, there, strict=True):
            assert loss(systems[i], gamma) == pytest.approx(loss(systems[j], gamma), rel=1e-9, abs=1e-12)


def test_two_lines_that_cross_at_ten() -> None:
    systems = [(0.1, 0.02), (0.2, 0.01), (math.nan, 0.0)]
    (crossing,) = find_crossings(systems)
    assert (crossing.below, crossing.above) == (0, 1)
    assert crossing.gamma == pytest.approx(10.0)
    assert find_order(systems, 5.0) == (0, 1)
    assert find_order(systems, 15.0) == (1, 0)
    assert find_span([crossing], 15.0) == (crossing.gamma, math.inf)
    assert find_span([crossing], 5.0) == (0.0, crossing.gamma)
