"""One estimate against another one, against the unprocessed mixture, or against what it was, frame by frame.

All are held against the same reference. Differences are this one minus the other one, by the formula that leads. What
an estimate was before its file changed (a ghost) is kept for comparison with the present; so are the figures from
before and after a change to a file or to its partner (an effect).
"""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from osisnr_gui.session.frame_pass import on_grid
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.result import Analysis
from osisnr_gui.session.scores import FrameLosses, PairScore, named_results
from osisnr_gui.session.segments.bad_segments import Facts, rivals
from osisnr_gui.session.session import FramingChoice, Lengths, LossChoice, Session, Source
from osisnr_gui.session.words import MIXTURE


class Quantity(StrEnum):
    """What is subtracted."""

    OSI = "osi"
    LOSS = "loss"

    @property
    def sign(self) -> int:
        """+1 where more is better, -1 where less is."""
        return 1 if self is Quantity.OSI else -1


class Difference:
    """`score` minus `other` in the frames both have, both by the formula that leads in `score`.

    Frame i of `values`, dB or loss, belongs to `first_time + i * step`: nan where one of them has no value, 0 where
    both are perfect, +-inf where only one is. median : of the frames with a difference. n_better, n_frames : in how
    many of these `score` is better.
    """

    def __init__(self, score: PairScore, other: FrameLosses, measure: Quantity) -> None:
        frames, others = score.facts.frames, other.facts.frames
        if measure is Quantity.OSI:
            values, theirs = score.osi_db, other.osi_db
        else:
            values, theirs = score.frame_loss(), other.frame_loss()
        theirs = on_grid(frames, others, theirs, np.nan)
        with np.errstate(invalid="ignore"):
            self.values = np.where(np.isposinf(values) & np.isposinf(theirs), 0.0, values - theirs)
            known = self.values[~np.isnan(self.values)]
            self.median = float(np.median(known)) if known.size else float("nan")
        self.measure, self.first_time, self.step = measure, frames.first_time, frames.grid.step
        self.n_better, self.n_frames = int(np.count_nonzero(measure.sign * known > 0)), known.size


def partners(session: Session, index: int) -> tuple[int, ...]:
    """What estimate `index` can be held against: others of the same reference from the next one on, then MIXTURE."""
    others = rivals(session, index)
    following = [place for place in others if place > index] + [place for place in others if place < index]
    return (*following, MIXTURE) if session.mixture is not None else tuple(following)


def partner_pair(analysis: Analysis, index: int, place: int) -> PairAnalysis | None:
    """The pair that estimate `index` is held against; None while there is none."""
    return analysis.unprocessed_for(index) if place == MIXTURE else analysis.pair_at(place)


#: How a pair was read: only frames of equal readings are held against each other.
Reading = tuple[Source | None, Source, FramingChoice, Lengths, bool]


def reading_of(session: Session, pair: PairAnalysis) -> Reading:
    """The reading of one pair of a session."""
    reference = None if pair.reference is None else pair.reference.source
    return reference, pair.source, session.framing, session.lengths, session.same_rate_only


@dataclass(frozen=True, slots=True, eq=False)
class Ghost:
    """Arrays per frame of a pair as it was, without alpha table and pictures.

    replaced : when another content took its place, seconds since 1970. pinned : stays through further reloads.
    """

    reading: Reading
    facts: Facts
    replaced: float
    pinned: bool = False


class Ghosts:
    """One for each estimate: what it was before it was read again the last time, unless an older one is pinned."""

    def __init__(self) -> None:
        self._last: dict[Source, tuple[Reading, PairAnalysis]] = {}
        self._ghosts: dict[Source, Ghost] = {}

    def take(self, analysis: Analysis, now: float) -> None:
        """Follow an analysis: a pair that was read alike and has other numbers leaves a ghost of those before.

        So does one that cannot be read any more. now : seconds since 1970.
        """
        session = analysis.session
        for pair in analysis.pairs:
            reading, done = reading_of(session, pair), pair.frames is not None and pair.frames.complete
            last = self._last.get(pair.source)
            if last is not None and last[0] == reading:
                if pair.error is not None or (done and _differ(last[1], pair)):
                    self._leave(last[1], pair, reading, now)
                elif done and self._is_of(last[1]) and not self._ghosts[pair.source].pinned:
                    del self._ghosts[pair.source]  # it could not be read for a while, and is what it was
            if done and pair.score is not None:
                self._last[pair.source] = reading, pair
        if analysis.complete:
            here, paths = set(session.estimates), {source.path for source in session.estimates}
            self._last = {source: last for source, last in self._last.items() if source in here}
            self._ghosts = {source: ghost for source, ghost in self._ghosts.items() if source.path in paths}

    def find(self, session: Session, pair: PairAnalysis) -> Ghost | None:
        """The ghost of a pair, where there is one that was read alike, under the session's silence limit."""
        ghost = self._ghosts.get(pair.source)
        if ghost is None or ghost.reading != reading_of(session, pair):
            return None
        if ghost.facts.silence_db != session.silence_db:  # kept: at hours of frames they take long
            ghost = replace(ghost, facts=Facts(ghost.facts.frames, session.silence_db))
            self._ghosts[pair.source] = ghost
        return ghost if pair.frames is None or pair.frames.grid == ghost.facts.frames.grid else None

    def pin(self, estimate: Source, *, pinned: bool) -> None:
        """Keep an estimate's ghost through further reloads, or let the next one replace it."""
        if estimate in self._ghosts:
            self._ghosts[estimate] = replace(self._ghosts[estimate], pinned=pinned)

    def forget(self) -> None:
        """No ghosts any more, until something changes again."""
        self._ghosts.clear()

    def _leave(self, old: PairAnalysis, new: PairAnalysis, reading: Reading, now: float) -> None:
        assert old.score is not None, "only pairs with a score are remembered"
        known = self._ghosts.get(new.source)
        if known is None or (not known.pinned and not self._is_of(old)) or known.reading != reading:
            # Its MC-MSE, and with it the loss, is not known any more in any frame.
            facts, nothing = old.score.facts, np.broadcast_to(np.nan, old.score.facts.frames.n_frames)
            bare = Facts(replace(facts.frames, table=None, mc_mse=nothing), facts.silence_db)
            self._ghosts[new.source] = Ghost(reading, bare, _replaced_at(old, new, now))

    def _is_of(self, pair: PairAnalysis) -> bool:
        """Whether the ghost there is was left by this pass."""
        known, frames = self._ghosts.get(pair.source), pair.frames
        return known is not None and frames is not None and known.facts.frames.literal_osi_db is frames.literal_osi_db


def _differ(old: PairAnalysis, new: PairAnalysis) -> bool:
    """Whether two passes found different frames: a file that was only touched leaves no ghost."""
    if new.frames is None or old.frames is None or new.frames is old.frames:
        return False
    pairs = ((frames.literal_osi_db, frames.exact_osi_db) for frames in (old.frames, new.frames))
    same = all(np.array_equal(a, b, equal_nan=True) for a, b in zip(*pairs, strict=True))
    return not same or old.frames.first_frame != new.frames.first_frame


def _replaced_at(old: PairAnalysis, new: PairAnalysis, now: float) -> float:
    """When the content changed: the new modification time, unless that is older than the old one or to come."""
    times = [
        (track.stamp[1] / 1e9, before.stamp[1] / 1e9)
        for before, track in ((old.reference, new.reference), (old.estimate, new.estimate))
        if before is not None and track is not None and before.stamp and track.stamp and before.stamp != track.stamp
    ]
    return max((written for written, before in times if before < written <= now), default=now)


@dataclass(frozen=True, slots=True)
class Change:
    """Exact OSI-SNR before and now, medians in dB over the `n_frames` frames that were and are active."""

    before: float
    after: float
    n_better: int
    n_frames: int


def find_change(now: Facts, before: Facts) -> Change:
    """What became of the frames that both have."""
    old = on_grid(now.frames, before.frames, before.active_osi_db, np.nan)
    both = ~np.isnan(old) & ~np.isnan(now.active_osi_db)
    old, new = old[both], now.active_osi_db[both]
    if not old.size:
        return Change(float("nan"), float("nan"), 0, 0)
    return Change(float(np.median(old)), float(np.median(new)), int(np.count_nonzero(new > old)), old.size)


#: Of the active frames, those whose part of 1/OSI-SNR is told.
WORST_SHARE = 0.01


class Effect:
    """Each pair is before and after, exact over active frames; SI-SNR of the whole signal, nan for masks.

    loss : by which the fused loss was worked out. held : part of 1/OSI-SNR that the worst frames hold now.
    """

    def __init__(self, old: PairAnalysis, before: PairScore, new: PairAnalysis, after: PairScore) -> None:
        self.loss = after.loss
        was, now = (named_results(score.facts, after.loss)[1] for score in (before, after))
        self.median_db, self.fused = (was.osi_db_median, now.osi_db_median), (was.fused, now.fused)
        si_snr = [np.nan if pair.whole is None else pair.whole.si_snr_db for pair in (old, new)]
        self.si_snr_db = si_snr[0], si_snr[1]
        inverse = np.sort(after.osi_term()[after.facts.active])[::-1]
        worst = inverse[: max(1, round(WORST_SHARE * inverse.size))].sum()
        self.held = float(worst / inverse.sum()) if 0.0 < inverse.sum() < np.inf else np.nan

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
            old, new = ((key.estimate.path, key.framing, key.stamps[1]) for key in (before.key, pair.key))
            if before.score is not None and old == new:
                self._found[place] = Effect(before, before.score, pair, pair.score)

    def find(self, place: int, loss: LossChoice) -> Effect | None:
        """The effect on an estimate, as long as its loss is what it was worked out by."""
        effect = self._found.get(place)
        return effect if effect is not None and effect.loss == loss else None
