"""Status of every frame of a pair, which of them are bad, and the segments they make.

The command line, JSON and CSV know one rule only, `under_threshold`: active frames under `--threshold`, whatever their
level; segments also hold missed frames. The window's list has more to offer (BadChoice) and leaves out quiet frames
unless told otherwise, so that pauses do not drown what matters.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple

import numpy as np

from osisnr_gui.core import bad_frames as rules
from osisnr_gui.core.alpha_table import AlphaSums
from osisnr_gui.core.bad_frames import ACTIVE, BadSegments, FramesWithin, LevelGate, LossShares, find_bad_frames
from osisnr_gui.core.loss import ExactScores, LiteralScores, quantile
from osisnr_gui.core.reduce import runs_of
from osisnr_gui.core.types import BoolArray, FloatArray, FrameStatus, IntArray
from osisnr_gui.session.frame_pass import PairFrames, on_grid
from osisnr_gui.session.session import BadChoice, Criterion, LossChoice, Session

BIAS_DB = 0.1
QUIET_ENERGY_DB = -80.0  # estimate energy 1e-8: EPS_NOISE decides the literal value


class Facts:
    """What follows from the frames and the silence limit, and does not depend on alpha, gamma and threshold.

    status : of every frame. active : frames in which neither signal is silent. active_osi_db : their exact OSI-SNR, nan
    in the others. literal, exact : both results but for what depends on alpha and gamma. not_meaningful : literal
    frames that are not finite or not above 0 dB; biased : active frames whose literal value differs from a finite exact
    one by more than 0.1 dB, and bias_db by how much at most; tiny : frames with an estimate energy below 1e-8.
    """

    def __init__(self, frames: PairFrames, silence_db: float) -> None:
        self.frames, self.silence_db = frames, silence_db
        self.status = rules.frame_status(frames.projection, silence_db)
        self.counts = rules.status_counts(self.status)
        self.active = np.isin(self.status, ACTIVE)
        self.n_active = sum(self.counts[kind.label] for kind in ACTIVE)
        literal, exact, table = frames.literal_osi_db, frames.exact_osi_db, frames.table
        self.active_osi_db = np.where(self.active, exact, np.nan)
        self.literal, self.exact = LiteralScores.of(literal), ExactScores.of(exact[self.active])
        sums: tuple[AlphaSums | None, ...] = (None, None) if table is None else table.split_sums(self.active)
        self.sums_all, self.sums_active = sums
        with np.errstate(invalid="ignore"):
            self.not_meaningful = int(np.count_nonzero(~(np.isfinite(literal) & (literal > 0))))
            bias = np.abs(literal - exact)
            # Where the exact value is infinite any finite one is far off, however loud the frame.
            bias = bias[self.active & (bias > BIAS_DB) & (bias < np.inf)]
        self.biased, self.bias_db = bias.size, float(bias.max(initial=0.0))
        self.tiny = int(np.count_nonzero(frames.projection.estimate_db < QUIET_ENERGY_DB))

    @cached_property
    def heaviest(self) -> tuple[int, float]:
        """The worst active frame, and its part of loss_osi (method 1, exact); (-1, nan) where none is active.

        Frames of 0 dB weigh infinitely: they share the whole loss among themselves.
        """
        osi_db = np.maximum(self.frames.exact_osi_db[self.active], 0.0)
        if not osi_db.size:
            return -1, math.nan
        weights = (osi_db == 0).astype(np.float64) if not osi_db.min() > 0 else 1.0 / osi_db
        worst, whole = int(np.argmax(weights)), float(weights.sum())
        return int(np.flatnonzero(self.active)[worst]), float(weights[worst]) / whole if whole > 0 else math.nan

    @cached_property
    def longest_lost(self) -> tuple[int, int]:
        """First and stop of the longest run of literal frames not finite or not above 0 dB; (0, 0) without one."""
        literal = self.frames.literal_osi_db
        with np.errstate(invalid="ignore"):
            starts, stops = runs_of(~(np.isfinite(literal) & (literal > 0)))
        longest = int(np.argmax(stops - starts)) if starts.size else -1
        return (int(starts[longest]), int(stops[longest])) if starts.size else (0, 0)

    @cached_property
    def literal_quantiles(self) -> tuple[float, float]:
        """5th percentile and median of the literal OSI-SNR of all frames, dB; nan when a frame is not a number."""
        values = self.frames.literal_osi_db
        if np.isnan(values).any():
            return np.nan, np.nan
        return quantile(values, 0.05), quantile(values, 0.5)


MASK_FRAME_SECONDS = 0.008  # where there is no sample rate


class Kind(IntEnum):
    """What most bad frames of a segment are."""

    MISSED = 0
    FALSE_ACTIVITY = 1
    LOW = 2


class BadCounts(NamedTuple):
    """Frames that the level gate lets pass: active ones under the threshold, missed ones, and false activity."""

    under: int
    missed: int
    made_up: int


@dataclass(frozen=True, eq=False)
class BadFrames:
    """What is bad in one pair.

    loss : what the limit on the loss was held against, None for other criteria. other : the estimate it is held
    against, None where there is none. low : frames that count and are bad by the criterion; missed, false_activity :
    bad in their own right; bad : any of the three. limit_db : exact OSI-SNR that `low` is under, where the criterion
    goes by it. drop_db : how far each frame is under the other curve, fused : its
    loss, None for criteria that do not ask for them. n_under : active frames under the threshold, quiet ones included.
    """

    facts: Facts
    threshold_db: float
    choice: BadChoice
    loss: LossChoice | None
    other: Facts | None
    gate: LevelGate
    low: BoolArray
    missed: BoolArray
    false_activity: BoolArray
    bad: BoolArray
    limit_db: float
    drop_db: FloatArray | None
    fused: FloatArray | None
    segments: BadSegments
    n_under: int

    @cached_property
    def figures(self) -> "SegmentFigures":
        """Those of the segments, worked out when they are first asked for."""
        return SegmentFigures(self)

    @cached_property
    def counts(self) -> BadCounts:
        """What is wrong with frames loud enough to count, by the threshold whatever the criterion."""
        gate = self.gate
        under = find_bad_frames(self.facts.frames.exact_osi_db, gate.active, self.threshold_db)
        return BadCounts(*(int(np.count_nonzero(frames)) for frames in (under, gate.missed, gate.false_activity)))

    @property
    def n_judged(self) -> int:
        """Active, missed and falsely active frames together; those silent in both signals are never bad."""
        counts = self.facts.counts
        return self.facts.n_active + counts["silent_estimate"] + counts["silent_reference"]


def under_threshold(facts: Facts, threshold_db: float) -> tuple[BoolArray, BadSegments]:
    """Active frames under the threshold, and segments of them and of missed frames, by the defaults: no level gate."""
    bad = find_bad_frames(facts.frames.exact_osi_db, facts.active, threshold_db)
    missed = facts.status == FrameStatus.SILENT_ESTIMATE
    return bad, _segments(facts, bad | missed, rules.MINIMUM_SECONDS, rules.JOIN_SECONDS)


def find_bad(
    facts: Facts, session: Session, previous: BadFrames | None, other: Facts | None, losses: Callable[[], FloatArray]
) -> BadFrames:
    """What the session calls bad in a pair. previous : of it what does not depend on what changed is kept.

    other : the estimate `Criterion.AGAINST` asks for. losses : gives the fused loss of every frame, for
    `Criterion.LOSS`.
    """
    choice, kept = session.bad, previous if previous is not None and previous.facts is facts else None
    other = other if choice.criterion is Criterion.AGAINST else None
    loss = session.loss if choice.criterion is Criterion.LOSS else None  # alpha and gamma count for its limit only
    asked = session.threshold_db, choice, loss
    if kept is not None and kept.other is other and (kept.threshold_db, kept.choice, kept.loss) == asked:
        return kept
    gate = None if kept is None or kept.gate.gate_db != choice.gate_db else kept.gate
    gate = gate or LevelGate(facts.frames.projection, facts.status, facts.active, choice.gate_db)
    drop_db = _drop(facts, gate, choice, other, kept)
    fused = kept.fused if kept is not None and kept.loss == loss else None
    fused = losses() if loss is not None and fused is None else fused
    osi_db, limit_db = facts.frames.exact_osi_db, _osi_limit(facts, gate, session)
    if choice.criterion.by_osi:
        low = find_bad_frames(osi_db, gate.active, limit_db)
    elif fused is not None:
        low = find_bad_frames(-fused, gate.active, -choice.loss_limit)
    else:
        least = choice.drop_db if choice.criterion is Criterion.DROP else choice.against_db
        low = np.zeros_like(gate.active) if drop_db is None else np.asarray(drop_db >= least)
    missed, false_activity = _faults(facts, gate, choice, other)
    bad = low | missed | false_activity
    segments, kinds = _segments(facts, bad, choice.minimum_s, choice.join_s), (low, missed, false_activity, bad)
    n_under = int(np.count_nonzero(find_bad_frames(osi_db, facts.active, session.threshold_db)))
    return BadFrames(facts, *asked, other, gate, *kinds, limit_db, drop_db, fused, segments, n_under)


def _osi_limit(facts: Facts, gate: LevelGate, session: Session) -> float:
    choice = session.bad
    if choice.criterion not in (Criterion.WORST, Criterion.SHARE):
        return session.threshold_db
    shares = LossShares(facts.frames.exact_osi_db, gate.active)
    worst = max(1, round(choice.worst_share * len(shares)))
    n_frames = shares.frames_for(choice.loss_share) if choice.criterion is Criterion.SHARE else worst
    return rules.limit_of_worst(shares.osi_db, n_frames)


def _faults(facts: Facts, gate: LevelGate, choice: BadChoice, other: Facts | None) -> tuple[BoolArray, BoolArray]:
    """Missed frames and false activity; what the other estimate missed or made up as well is no reason to prefer it."""
    if choice.criterion is not Criterion.AGAINST:
        return gate.missed, gate.false_activity
    if other is None:
        return np.zeros_like(gate.missed), np.zeros_like(gate.false_activity)
    # Frames in which the other estimate is finite and without this fault.
    faults, finite = (FrameStatus.SILENT_ESTIMATE, FrameStatus.SILENT_REFERENCE), other.status != FrameStatus.NONFINITE
    better = [on_grid(facts.frames, other.frames, finite & (other.status != fault), False) for fault in faults]
    return gate.missed & better[0], gate.false_activity & better[1]


def rivals(session: Session, index: int) -> tuple[int, ...]:
    """Places of the other estimates of the same reference."""
    partner = session.partner_of(index)
    places = range(len(session.estimates))
    return tuple(place for place in places if place != index and session.partner_of(place) == partner)


def other_place(session: Session, index: int) -> int | None:
    """The place of the estimate that estimate `index` is held against; None where it stands alone."""
    others = rivals(session, index)
    if session.bad.against in others:
        return session.bad.against
    return others[0] if others else None


def _segments(facts: Facts, bad: BoolArray, minimum_s: float, join_s: float) -> BadSegments:
    grid = facts.frames.grid
    seconds = grid.step if grid.seconds else MASK_FRAME_SECONDS
    # Rounding must not turn 40 ms into a gap of one long hop, nor 24 ms into less.
    minimum = max(1, math.ceil(minimum_s / seconds - 1e-6))
    return rules.find_bad_segments(bad, minimum, math.floor(join_s / seconds + 1e-6))


def _drop(
    facts: Facts, gate: LevelGate, choice: BadChoice, other: Facts | None, previous: BadFrames | None
) -> FloatArray | None:
    """The drop of every frame, kept while only its limit moves."""
    if not choice.criterion.is_relative:
        return None
    if previous is not None and previous.gate is gate and previous.choice.criterion is choice.criterion:
        same_window = previous.choice.window_s == choice.window_s
        if previous.other is other and (same_window or choice.criterion is Criterion.AGAINST):
            return previous.drop_db
    frames = facts.frames
    if choice.criterion is Criterion.DROP:
        seconds = frames.grid.step if frames.grid.seconds else MASK_FRAME_SECONDS
        return rules.drop_below_median(frames.exact_osi_db, gate.active, round(choice.window_s / seconds))
    if other is None:
        return None
    other_osi_db = on_grid(frames, other.frames, other.frames.exact_osi_db, np.nan)
    other_active = on_grid(frames, other.frames, other.active, False)
    return rules.drop_below_other(frames.exact_osi_db, gate.active, other_osi_db, other_active)


class SegmentFigures:
    """Every array has one entry per bad segment, in the order of time; costs grow with the bad frames, not the file.

    start, length : s (frames for masks), from half a frame step before the first frame's centre.
    counts : bad frames of each Kind, int64 (3, n). kind : the commonest. osi_min, osi_mean : exact OSI-SNR of the
    frames that are bad by the criterion, dB; nan where there are none. worst : the largest drop (dB) or loss of those,
    nan for the criterion of OSI-SNR.
    severity : how far beyond the limit, times how loud, summed over the bad frames and multiplied by the frame step;
    for sudden drops that of the worst frame, times the square of how loud.
    """

    def __init__(self, bad: BadFrames) -> None:
        frames, segments = bad.facts.frames, bad.segments
        masks = (bad.low, bad.missed, bad.false_activity)
        low, missed, false_activity = (FramesWithin(np.flatnonzero(mask).astype(np.int64), segments) for mask in masks)
        osi_db, step = frames.exact_osi_db[low.frames], frames.grid.step
        depth, worst = find_depth(bad, low.frames)
        weight = _weight(bad, low)
        if bad.choice.criterion is Criterion.DROP:
            # A click is short and stands in loud speech; the onset of a word drops as far, for longer, but is quiet.
            severity = np.nan_to_num(low.reduced(np.maximum, depth * weight**2))
        else:
            severity = low.total(depth * weight)
        if not bad.choice.criterion.is_relative:
            severity += missed.total(_weight(bad, missed)) + false_activity.total(_weight(bad, false_activity))
        self.severity = step * severity
        self.start = frames.first_time + (segments.first.astype(np.float64) - 0.5) * step
        self.length = (segments.stop - segments.first).astype(np.float64) * step
        self.counts = np.stack([missed.counts, false_activity.counts, low.counts])
        self.kind = np.argmax(self.counts, axis=0).astype(np.uint8)
        self.osi_min, self.osi_mean = low.reduced(np.minimum, osi_db), low.mean(osi_db)
        self.worst = np.full(len(segments), np.nan) if worst is None else low.reduced(np.maximum, worst)

    @property
    def worst_first(self) -> IntArray:
        """Places of the segments from the most severe on."""
        return np.argsort(-self.severity, kind="stable")

    def span(self, index: int) -> tuple[float, float]:
        """Start and stop of a segment on the time axis."""
        start = float(self.start[index])
        return start, start + float(self.length[index])


def _weight(bad: BadFrames, within: FramesWithin) -> FloatArray:
    return bad.gate.weight[within.frames].astype(np.float64)


def find_depth(bad: BadFrames, low: IntArray) -> tuple[FloatArray, FloatArray | None]:
    """How far beyond the limit some bad frames are: 0 to 1, or the drop in dB; and the drop or loss itself.

    Missed frames and false activity are as deep as can be, 1, but have no drop: by a relative criterion they come last.
    """
    if bad.choice.criterion.by_osi:
        return rules.depth_between(bad.facts.frames.exact_osi_db[low], bad.limit_db), None
    if bad.choice.criterion is Criterion.LOSS:
        loss = np.empty(0) if bad.fused is None else bad.fused[low]
        return rules.depth_between(bad.choice.loss_limit, loss), loss
    drop = np.empty(0) if bad.drop_db is None else bad.drop_db[low]
    return drop, drop
