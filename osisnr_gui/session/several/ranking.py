"""Which estimate of one reference ranks where at the gamma in force, and how far gamma may go before that changes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from osisnr_gui.core.ranking import Crossing, find_crossings, find_order, find_span
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.letters import estimate_letter


@dataclass(frozen=True, slots=True)
class Ranking:
    """order : places of the estimates by rising fused loss. crossings : with places of estimates, by rising gamma.

    low, high : the range of gamma in which this order holds.
    """

    order: tuple[int, ...]
    crossings: tuple[Crossing, ...]
    low: float
    high: float

    @property
    def sentence(self) -> str:
        """ "A before B for γ from 4.0 to 31"; empty where there is nothing to rank."""
        if len(self.order) < 2:
            return ""
        names = " before ".join(map(estimate_letter, self.order))
        if self.low == 0.0 and self.high == math.inf:
            return f"{names} at every γ"
        if self.high == math.inf:
            return f"{names} for γ above {_number(self.low)}"
        return f"{names} for γ from {_number(self.low)} to {_number(self.high)}"


def find_ranking(analysis: Analysis, selected: int) -> Ranking:
    """The ranking among the estimates that share a reference with the selected one, by the leading fused loss."""
    loss, pairs = analysis.session.loss, analysis.pairs
    reference = pairs[selected].reference if 0 <= selected < len(pairs) else None
    places = [i for i, pair in enumerate(pairs) if pair.score is not None and pair.reference is reference]
    scores = [score for i in places if (score := pairs[i].score) is not None]
    terms = [(score.leading.loss_osi(loss.method), score.leading.mc_mse) for score in scores]
    crossings = find_crossings(terms)
    low, high = find_span(crossings, loss.gamma)
    return Ranking(
        tuple(places[i] for i in find_order(terms, loss.gamma)),
        tuple(Crossing(c.gamma, places[c.below], places[c.above]) for c in crossings),
        low,
        high,
    )


def _number(gamma: float) -> str:
    return f"{gamma:.3g}" if gamma < 1000 else f"{gamma:.0f}"
