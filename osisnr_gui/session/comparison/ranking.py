"""Which estimate of one reference ranks where: at the gamma in force, how far gamma may go, by which figure."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from osisnr_gui.core.loss import ExactScores
from osisnr_gui.core.several import Crossing, find_crossings, find_order, find_span
from osisnr_gui.io.errors import Phrase
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.result import Analysis
from osisnr_gui.session.words import estimate_letter, joined, listed


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
        """ "A better than B for γ from 4.0 to 31"; empty where there is nothing to rank."""
        if len(self.order) < 2:
            return ""
        order = _order_words(self.order)
        if self.low == 0.0 and self.high == math.inf:
            return Phrase("{order} at every γ", order=order)
        if self.high == math.inf:
            return Phrase("{order} for γ above {low}", order=order, low=_number(self.low))
        return Phrase("{order} for γ from {low} to {high}", order=order, low=_number(self.low), high=_number(self.high))


def _order_words(places: Sequence[int]) -> Phrase:
    """ "A better than B better than C"."""
    words = Phrase("{name}", name=estimate_letter(places[-1]))
    for place in reversed(places[:-1]):
        words = Phrase("{name} better than {others}", name=estimate_letter(place), others=words)
    return words


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


#: Of more estimates only the first place is named: nobody reads an order of eight four times over.
MOST_NAMED = 3


def order_sentence(pairs: Sequence[PairAnalysis]) -> str:
    """Which figures rank the estimates of one reference how, "" where all agree or a pass is not done.

    Mean and median of OSI-SNR and the fused loss are those of exact, active frames. A figure that is not finite for
    all estimates, or equal for two of them, ranks nothing.
    """
    groups: dict[int, list[int]] = {}
    for place, pair in enumerate(pairs):
        if pair.score is not None and pair.score.facts.frames.complete:
            groups.setdefault(id(pair.reference), []).append(place)
    found = [sentence for places in groups.values() if (sentence := _sentence(pairs, places))]
    return joined(found) if found else ""


def _sentence(pairs: Sequence[PairAnalysis], places: list[int]) -> str:
    orders: dict[tuple[int, ...], list[str]] = {}
    for name, figure in FIGURES:
        values = {place: figure(pairs[place]) for place in places}
        if all(map(math.isfinite, values.values())) and len(set(values.values())) == len(places) > 1:
            order = tuple(sorted(places, key=lambda p: -values[p]))
            orders.setdefault(order if len(places) <= MOST_NAMED else order[:1], []).append(name)
    if len(orders) < 2:
        return ""
    return joined([_by_figures(order, names) for order, names in orders.items()], ", ")


def _by_figures(order: Sequence[int], names: list[str]) -> Phrase:
    by = listed(names)
    if len(order) == 1:
        return Phrase("{name} first by {figures}", name=estimate_letter(order[0]), figures=by)
    return Phrase("{order} by {figures}", order=_order_words(order), figures=by)


def _exact(pair: PairAnalysis) -> ExactScores:
    assert pair.score is not None, "only scored pairs are ranked"
    return pair.score.exact


#: What estimates are ranked by; higher is better in all of them.
FIGURES: tuple[tuple[Phrase, Callable[[PairAnalysis], float]], ...] = (
    (Phrase("mean OSI-SNR"), lambda pair: _exact(pair).osi_db_mean),
    (Phrase("median OSI-SNR"), lambda pair: _exact(pair).osi_db_median),
    (Phrase("fused loss"), lambda pair: -_exact(pair).fused),
    (Phrase("whole-signal SI-SNR"), lambda pair: math.nan if pair.whole is None else pair.whole.si_snr_db),
)
