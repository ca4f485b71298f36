"""The order of several systems by their fused loss, and the gammas at which it changes.

L_i(gamma) = a_i + gamma * b_i with a_i = loss_osi and b_i = mc_mse of system i: two lines cross once at most, at
gamma = (a_j - a_i) / (b_i - b_j).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

Terms = tuple[float, float]  # loss_osi, mc_mse


@dataclass(frozen=True, slots=True)
class Crossing:
    """At `gamma` > 0 two systems have the same loss: below it `below` is the better one, above it `above`."""

    gamma: float
    below: int
    above: int


def find_crossings(terms: Sequence[Terms]) -> tuple[Crossing, ...]:
    """All crossings at gamma > 0, in order of gamma; systems whose terms are not finite have none."""
    found = []
    for i, j in combinations(range(len(terms)), 2):
        (a, b), (c, d) = terms[i], terms[j]
        if not all(map(math.isfinite, (a, b, c, d))) or b == d:
            continue
        gamma = (c - a) / (b - d)
        if gamma > 0 and math.isfinite(gamma):
            # The flatter line is the better one beyond.
            above, below = (i, j) if b < d else (j, i)
            found.append(Crossing(gamma, below, above))
    return tuple(sorted(found, key=lambda crossing: crossing.gamma))


def find_order(terms: Sequence[Terms], gamma: float) -> tuple[int, ...]:
    """Systems by rising loss at `gamma`, equal ones in their own order; those without a finite loss are left out."""
    losses = [a + gamma * b for a, b in terms]
    return tuple(sorted((i for i, loss in enumerate(losses) if math.isfinite(loss)), key=losses.__getitem__))


def find_span(crossings: Sequence[Crossing], gamma: float) -> tuple[float, float]:
    """The range of gamma round `gamma` without a crossing inside: (0 or more, up to inf)."""
    low = max((crossing.gamma for crossing in crossings if crossing.gamma <= gamma), default=0.0)
    high = min((crossing.gamma for crossing in crossings if crossing.gamma > gamma), default=math.inf)
    return low, high
