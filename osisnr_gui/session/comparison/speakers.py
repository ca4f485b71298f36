"""Who is compared with whom (speakers, channels), and which estimate of one reference ranks where.

The matrix of speakers says how well each estimate fits each reference. Channels: every channel of a file compared on
its own, and back. Ranks: at the gamma in force, how far gamma may go, by which figure.
"""

import math
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from osisnr_gui.core.loss import ExactScores
from osisnr_gui.core.several import Crossing, find_crossings, find_order, find_span, mean_score_db
from osisnr_gui.io.errors import N_, Phrase
from osisnr_gui.session import edits
from osisnr_gui.session.matching import Matching
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.result import Analysis
from osisnr_gui.session.scores import WholeSignal
from osisnr_gui.session.session import DOWNMIX, Session, Source
from osisnr_gui.session.words import error_words, estimate_letter, joined, listed

Places = tuple[int, ...]


class Speakers:
    """Several references and estimates that were compared. matching : the figures.

    in_force : place of each estimate's reference. best : the order with the highest mean.
    """

    def __init__(self, analysis: Analysis, matching: Matching) -> None:
        self.references, self.estimates = analysis.references, tuple(pair.estimate for pair in analysis.pairs)
        self.matching, self.in_force, self.best = matching, analysis.session.partners, matching.best.places

    def si_snr_db(self, reference: int, estimate: int) -> float:
        """Whole-signal SI-SNR of a cell; nan where the two cannot be compared."""
        return float(self.matching.si_snr_db[reference, estimate])

    def mean_db(self, places: Places) -> float:
        """Mean of the cells an order takes, each limited to -60 ... 60 dB; nan where one of them is not known."""
        cells = [self.si_snr_db(place, estimate) for estimate, place in enumerate(places)]
        return math.nan if any(map(math.isnan, cells)) else mean_score_db(self.matching.si_snr_db, places)

    def why(self, reference: int, estimate: int) -> str:
        """Why a cell has no figure; empty where it has one."""
        s, e = self.references[reference], self.estimates[estimate]
        if not math.isnan(self.si_snr_db(reference, estimate)):
            return ""
        error = s.error or e.error
        if error is not None:
            return error_words(error)
        if s.kind != e.kind:
            return Phrase("One is a mask, the other is sound.")
        if s.mask is not None and e.mask is not None and s.mask.values.shape[0] != e.mask.values.shape[0]:
            return Phrase("{n} bins against {m}.", n=s.mask.values.shape[0], m=e.mask.values.shape[0])
        return Phrase("One of the two is silent over the stretch both have.")

    def doubts(self, places: Places) -> str:
        """References that an order gives to several estimates of one system, or to none; empty when all is even."""
        count = len(self.references)
        said = []
        for place in range(count):
            owners = [estimate for estimate, taken in enumerate(places) if taken == place]
            systems = Counter(estimate // count for estimate in owners)
            if any(number > 1 for number in systems.values()):
                *first, last = map(estimate_letter, owners)
                names = ", ".join(first)
                said.append(Phrase("reference {n} has {names} and {last}", n=place + 1, names=names, last=last))
            elif not owners:
                said.append(Phrase("reference {n} has no estimate", n=place + 1))
        return joined(said, ", ") if said else ""

    def assign(self, session: Session, places: Places) -> Session:
        """The session with this order, as long as it still has the files it is about."""
        same = tuple(track.source for track in self.references) == session.references
        same = same and tuple(track.source for track in self.estimates) == session.estimates
        return edits.set_pairing(session, places) if same else session


#: More at once can be told apart by nobody.
MOST_CHANNELS = 8


def like(one: Source, other: Source) -> bool:
    """Whether two sources are channels of one file, whatever is done to the samples of each."""
    first, second = ((x.path, x.key, x.transpose, x.pair_axis) for x in (one, other))
    return first == second


def compare_channels(session: Session, estimate: Source, count: int, reference_count: int) -> Session:
    """Each of the `count` channels of an estimate as one estimate more, in its place.

    Where the reference has as many channels (and no mean of them was chosen), each is compared with the same channel
    of the reference, else all with the reference as it is.
    """
    if estimate not in session.estimates:
        return session
    index = session.estimates.index(estimate)
    place = session.partner_of(index)
    channels = tuple(replace(estimate, channel=k) for k in range(1, count + 1))
    references, partners = session.references, (place,) * count
    if references and reference_count == count and references[place].channel != DOWNMIX:
        references, partners = _with_channels(references, place, count)
    pairs = list(zip(session.estimates, session.partners, strict=True))
    pairs[index : index + 1] = zip(channels, partners, strict=True)
    kept = [pair for i, pair in enumerate(pairs) if index <= i < index + count or pair[0] not in channels]
    return edits.set_files(session, references, kept)


def _with_channels(
    references: tuple[Source, ...], place: int, count: int
) -> tuple[tuple[Source, ...], tuple[int, ...]]:
    """All channels of the reference at `place`, and where each of them stands: it stays, the others come last."""
    own = replace(references[place], channel=references[place].channel or 1)
    found = [*references[:place], own, *references[place + 1 :]]
    places = []
    for channel in (replace(own, channel=k) for k in range(1, count + 1)):
        there = (i for i, other in enumerate(found) if like(other, own) and other.channel == channel.channel)
        places.append(next(there, len(found)))
        if places[-1] == len(found):
            found.append(channel)
    return tuple(found), tuple(places)


def one_channel(session: Session, estimate: Source | None = None) -> Session:
    """Undo `compare_channels`, for one estimate or (None) for all: only the first channel of each file is left, as it
    was moved or scaled meanwhile.

    The reference's other channels go with the last estimate that is compared channel by channel.
    """
    pairs, seen = list[tuple[Source, int]](), list[Source]()
    for source, partner in zip(session.estimates, session.partners, strict=True):
        alike = [other for other in session.estimates if like(other, source)]
        if len(alike) < 2 or not (estimate is None or like(source, estimate)):
            pairs.append((source, partner))
        elif not any(like(other, source) for other in seen):
            seen.append(source)
            pairs.append((replace(source, channel=None), partner))
    left = [source for source, _ in pairs]
    if any(like(one, other) for i, one in enumerate(left) for other in left[:i]):
        return edits.set_files(session, session.references, pairs)
    channels = [[other for other in session.references if like(one, other)] for one in session.references]
    wholes = [found[0] if len(found) == 1 else replace(found[0], channel=None) for found in channels]
    single = list(dict.fromkeys(wholes))
    return edits.set_files(session, tuple(single), [(source, single.index(wholes[place])) for source, place in pairs])


@dataclass(frozen=True, slots=True)
class Ranking:
    """order : places of the estimates by rising fused loss. crossings : with places of estimates, by rising gamma.

    low, high : the range of gamma in which this order holds. tied : whose next one has the same loss.
    """

    order: tuple[int, ...]
    crossings: tuple[Crossing, ...]
    low: float
    high: float
    tied: frozenset[int] = frozenset()

    @property
    def sentence(self) -> str:
        """ "A better than B for γ from 4.0 to 31"; empty where there is nothing to rank."""
        if len(self.order) < 2:
            return ""
        order = _order_words(self.order, self.tied)
        if self.low == 0.0 and self.high == math.inf:
            return Phrase("{order} at every γ", order=order)
        if self.high == math.inf:
            return Phrase("{order} for γ above {low}", order=order, low=_number(self.low))
        return Phrase("{order} for γ from {low} to {high}", order=order, low=_number(self.low), high=_number(self.high))


def _order_words(places: Sequence[int], tied: Collection[int] = ()) -> Phrase:
    """ "A better than B equal to C"."""
    words = Phrase("{name}", name=estimate_letter(places[-1]))
    for place in reversed(places[:-1]):
        template = N_("{name} equal to {others}") if place in tied else N_("{name} better than {others}")
        words = Phrase(template, name=estimate_letter(place), others=words)
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
    ranked = find_order(terms, loss.gamma)
    tied = frozenset(places[one] for one, other in pairwise(ranked) if terms[one] == terms[other])
    at = tuple(Crossing(c.gamma, places[c.below], places[c.above]) for c in crossings)
    return Ranking(tuple(places[i] for i in ranked), at, low, high, tied)


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
        scored = ((place, pairs[place].score, pairs[place].whole) for place in places)
        values = {place: figure(score.exact, whole) for place, score, whole in scored if score is not None}
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


#: What estimates are ranked by; higher is better in all of them.
FIGURES: tuple[tuple[Phrase, Callable[[ExactScores, WholeSignal | None], float]], ...] = (
    (Phrase("mean OSI-SNR"), lambda exact, _whole: exact.osi_db_mean),
    (Phrase("median OSI-SNR"), lambda exact, _whole: exact.osi_db_median),
    (Phrase("fused loss"), lambda exact, _whole: -exact.fused),
    (Phrase("whole-signal SI-SNR"), lambda _exact, whole: math.nan if whole is None else whole.si_snr_db),
)
