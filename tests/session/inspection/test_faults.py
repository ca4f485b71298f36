"""Thirty planted faults of each kind are called what they are, or nothing in particular."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from planted_faults import PLANTS, plant

from osisnr_gui.session.analysis import Analysis, analyse
from osisnr_gui.session.demos import demo_session
from osisnr_gui.session.inspection.faults import FaultKind, find_fault, look_at

N_EACH = 30


@pytest.fixture(scope="module")
def confusion() -> dict[str, Counter[str]]:
    """How often faults of every kind were called what."""
    table = {kind: Counter[str]() for kind in PLANTS}
    for kind, found in table.items():
        for seed in range(N_EACH):
            p = plant(kind, seed)
            found[find_fault(p.reference, p.estimate, p.rate, p.margin).kind.value] += 1
    return table


def test_the_vocabulary_is_closed(confusion: dict[str, Counter[str]]) -> None:
    assert set(PLANTS) == {kind.value for kind in FaultKind}
    assert {name for found in confusion.values() for name in found} <= set(PLANTS)


def test_at_most_two_in_a_hundred_get_a_wrong_word(confusion: dict[str, Counter[str]]) -> None:
    wrong = sum(found.total() - found[kind] - (found["other"] if kind != "other" else 0)
                for kind, found in confusion.items())  # fmt: skip
    assert wrong <= 0.02 * N_EACH * len(PLANTS), confusion


@pytest.mark.parametrize("kind", PLANTS)
def test_most_are_found(confusion: dict[str, Counter[str]], kind: str) -> None:
    assert confusion[kind][kind] >= 0.7 * N_EACH, confusion[kind]


def test_frequencies_and_delays_are_right() -> None:
    edges, lags = [], []
    for seed in range(N_EACH):
        muffled, late = plant("muffled", seed), plant("delay", seed)
        for p, found in ((muffled, edges), (late, lags)):
            fault = find_fault(p.reference, p.estimate, p.rate, p.margin)
            if fault.kind.value == p.kind:
                found.append(fault.value / p.value)
    np.testing.assert_allclose(lags, 1.0, rtol=0.05)
    # A third of an octave is a factor of 1.26; a filter of low order falls by 10 dB a little above its edge.
    assert np.mean((np.array(edges) > 0.7) & (np.array(edges) < 1.6)) >= 0.9


def test_nothing_is_called_wrong_in_particular_where_nothing_is_wrong() -> None:
    rng = np.random.default_rng(0)
    s = rng.standard_normal(16_000)
    assert find_fault(s, s, 16_000, 1600).kind is FaultKind.OTHER
    assert find_fault(np.zeros(8000), np.zeros(8000), 16_000, 1600).kind is FaultKind.OTHER
    assert find_fault(s[:3400], np.full(3400, np.nan), 16_000, 1600).kind is FaultKind.OTHER


@pytest.mark.parametrize("late", [-1590, -1450, 1450, 1590])
@pytest.mark.parametrize("length", [24, 384, 900])
def test_a_place_may_be_short_and_late_by_nearly_as_much_as_is_looked_for(late: int, length: int) -> None:
    rng, margin = np.random.default_rng(3), 1600
    s = rng.standard_normal(2 * margin + length)
    fault = find_fault(s, np.roll(s, late), 16_000, margin)
    assert fault.kind is FaultKind.DELAY
    assert fault.value == pytest.approx(late / 16_000)


@pytest.fixture(scope="module")
def damaged() -> Analysis:
    return analyse(demo_session("damaged"))


@pytest.mark.parametrize(
    ("start", "stop", "kind"), [(0.92, 1.18, "missing"), (2.95, 3.25, "noise"), (4.4, 5.2, "muffled")]
)
def test_the_planted_damage_of_the_demo_has_its_words(damaged: Analysis, start: float, stop: float, kind: str) -> None:
    fault = look_at(damaged.pairs[0], start, stop)
    assert fault.kind.value == kind
    if kind == "muffled":
        assert 500 <= fault.value <= 1000


def test_of_masks_it_is_told_what_is_empty() -> None:
    pair = analyse(demo_session("masks")).pairs[0]
    assert look_at(pair, 1.0, 1.5).kind in (FaultKind.OTHER, FaultKind.MISSING, FaultKind.NOISE)
