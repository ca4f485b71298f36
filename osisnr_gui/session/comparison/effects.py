"""What a change to a file or to its partner did to the figures of an estimate: before and after."""

from dataclasses import dataclass

import numpy as np

from osisnr_gui.session.pairs import PairAnalysis, PairKey
from osisnr_gui.session.result import Analysis
from osisnr_gui.session.scores import PairScore, named_results
from osisnr_gui.session.session import LossChoice

#: Of the active frames, those whose part of 1/OSI-SNR is told.
WORST_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class Effect:
    """Each pair is before and after, exact over active frames; SI-SNR of the whole signal, nan for masks.

    loss : by which the fused loss was worked out. held : part of 1/OSI-SNR that the worst frames hold now.
    """

    median_db: tuple[float, float]
    fused: tuple[float, float]
    si_snr_db: tuple[float, float]
    loss: LossChoice
    held: float

    @property
    def is_divided(self) -> bool:
        """Whether one of the figures became better and another one worse, by what is seen of them."""
        turns = [(now - old) * x for (old, now), x in ((self.median_db, 1), (self.fused, -100), (self.si_snr_db, 1))]
        return any(turn > 0.1 for turn in turns) and any(turn < -0.1 for turn in turns)


class Effects:
    """Follows analyses: what the last change of an estimate, of its partner or of how they are read did to it."""

    def __init__(self) -> None:
        self._known: dict[int, PairAnalysis] = {}
        self._found: dict[int, Effect] = {}

    def take(self, analysis: Analysis) -> None:
        """Look at the pairs whose pass is done."""
        self._known = {k: pair for k, pair in self._known.items() if k < len(analysis.session.estimates)}
        for place, pair in enumerate(analysis.pairs):
            if pair.score is None or not pair.score.facts.frames.complete or pair.key is None:
                continue
            before, self._known[place] = self._known.get(place), pair
            if before is None or before.key is None or before.key == pair.key:
                continue
            self._found.pop(place, None)
            if before.score is not None and _is_same_but_for_sources(before.key, pair.key):
                self._found[place] = _effect(before, before.score, pair, pair.score)

    def find(self, place: int, loss: LossChoice) -> Effect | None:
        """The effect on an estimate, as long as its loss is what it was worked out by."""
        effect = self._found.get(place)
        return effect if effect is not None and effect.loss == loss else None


def _is_same_but_for_sources(old: PairKey, new: PairKey) -> bool:
    return old.estimate.path == new.estimate.path and old.framing == new.framing and old.stamps[1] == new.stamps[1]


def _effect(old: PairAnalysis, before: PairScore, new: PairAnalysis, after: PairScore) -> Effect:
    exact = [named_results(score.facts, after.loss)[1] for score in (before, after)]
    si_snr = [np.nan if pair.whole is None else pair.whole.si_snr_db for pair in (old, new)]
    inverse = np.sort(after.osi_term()[after.facts.active])[::-1]
    worst = inverse[: max(1, round(WORST_SHARE * inverse.size))].sum()
    return Effect(
        (exact[0].osi_db_median, exact[1].osi_db_median),
        (exact[0].fused, exact[1].fused),
        (si_snr[0], si_snr[1]),
        after.loss,
        float(worst / inverse.sum()) if 0.0 < inverse.sum() < np.inf else np.nan,
    )
