"""Scores of a pair from its frames: everything cheap enough to follow a slider; figures of its bad segments.

Three steps, each handed back unchanged while its inputs do not change: facts (silence limit), bad frames (threshold),
and the score itself (alpha, gamma, method, which result leads).
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Self

import numpy as np

from osisnr_gui.core.alpha_table import ALL_FRAMES, Frames
from osisnr_gui.core.bad_frames import FramesWithin, LossShares, limit_of_worst
from osisnr_gui.core.loss import EPS_FUSED, ExactScores, LiteralScores, inverse_osi, mean_of
from osisnr_gui.core.loss_curve import LossCurve, loss_terms
from osisnr_gui.core.osi_snr import exact_osi_db, si_snr_db, snr_db
from osisnr_gui.core.types import FloatArray
from osisnr_gui.session import edits
from osisnr_gui.session.frame_pass import PairFrames
from osisnr_gui.session.segments.bad_segments import BadFrames, Facts, SegmentFigures, find_bad, find_depth
from osisnr_gui.session.session import Criterion, Formula, LossChoice, Note, Session

LOSS_FRAMES = 1 << 16


def osi_db_of(facts: Facts, formula: Formula) -> FloatArray:
    """OSI-SNR of every frame by one of the formulas, nan in frames it leaves out."""
    return facts.frames.literal_osi_db if formula is Formula.LITERAL else facts.active_osi_db


class FrameLosses:
    """Curves at one alpha and gamma by the formula that leads, worked out for the frames that are asked for.

    osi_db : OSI-SNR of every frame, nan in frames the formula leaves out. curve : the loss of every frame; None without
    an alpha table.
    """

    def __init__(self, facts: Facts, loss: LossChoice) -> None:
        table = facts.frames.table
        self.facts, self.loss, self.osi_db = facts, loss, osi_db_of(facts, loss.formula)
        self._eps = EPS_FUSED if loss.formula is Formula.LITERAL else 0.0
        self.curve = None if table is None else LossCurve(self.osi_db, self._eps, table, loss.alpha, loss.gamma)

    def mc_mse(self, frames: Frames = ALL_FRAMES) -> FloatArray:
        """MC-MSE of some frames at `loss.alpha`, counted or not."""
        found = self.facts.frames
        if found.table is not None:
            return found.table.per_frame(self.loss.alpha, frames)
        assert found.mc_mse is not None, "a pass keeps either the table or MC-MSE at one alpha"
        return found.mc_mse[frames]

    def osi_term(self) -> FloatArray:
        """1/OSI-SNR of every frame; nan in frames that do not count."""
        return inverse_osi(self.osi_db, self._eps)

    def terms(self, frames: Frames = ALL_FRAMES) -> tuple[FloatArray, FloatArray]:
        """The two parts of the loss of some frames, 1/OSI and gamma*MC-MSE; nan in frames that do not count."""
        return loss_terms(self.osi_db[frames], self._eps, self.mc_mse(frames), self.loss.gamma)

    def frame_loss(self, frames: Frames = ALL_FRAMES) -> FloatArray:
        """1/OSI + gamma*MC-MSE of some frames; nan in frames that do not count.

        Of all frames in pieces that stay in the processor's cache: a third off at hours, most of the first time.
        """
        if frames is not ALL_FRAMES:
            return np.asarray(np.add(*self.terms(frames)))
        found = np.empty(self.facts.frames.n_frames)
        for first in range(0, len(found), LOSS_FRAMES):
            piece = slice(first, first + LOSS_FRAMES)
            np.add(*self.terms(piece), out=found[piece])
        return found


class PairScore(FrameLosses):
    """Numbers at one alpha and gamma, and the curves they come from.

    leading : the one of `literal` and `exact` that leads. n_counted : frames in its means.
    """

    def __init__(self, facts: Facts, loss: LossChoice, bad: BadFrames) -> None:
        super().__init__(facts, loss)
        is_literal, self.bad = loss.formula is Formula.LITERAL, bad
        self.literal, self.exact = named_results(facts, loss)
        self.leading: LiteralScores | ExactScores = self.literal if is_literal else self.exact
        self.n_counted = facts.frames.n_frames if is_literal else facts.n_active

    @property
    def shares(self) -> tuple[float, float]:
        """The two terms of the leading fused loss: loss_osi and gamma*mc_mse."""
        return self.leading.loss_osi(self.loss.method), self.loss.gamma * self.leading.mc_mse

    @property
    def loss_sum(self) -> float:
        """Sum of 1/OSI + gamma*MC-MSE over the frames that count in the leading result (method 1's sum)."""
        return self.n_counted * (self.leading.loss_osi_1 + self.loss.gamma * self.leading.mc_mse)

    @property
    def whole_loss(self) -> float:
        """`loss_sum`, which only as a positive number has parts; else nan."""
        return self.loss_sum if 0 < self.loss_sum < np.inf else float("nan")

    def mc_mse_at(self, alpha: float) -> float:
        """MC-MSE of the leading result's frames at any alpha (from the alpha table); nan without a table."""
        sums = self.facts.sums_all if self.loss.formula is Formula.LITERAL else self.facts.sums_active
        return float("nan") if sums is None else sums.mean(alpha)


@dataclass(frozen=True, slots=True)
class WholeSignal:
    """The same measures on the whole signals in time: exact OSI-SNR, SI-SNR (no mean removal), SNR, gain, in dB."""

    osi_db: float
    si_snr_db: float
    snr_db: float
    gain_db: float

    @classmethod
    def of(cls, frames: PairFrames) -> Self | None:
        """From the pass; None for masks."""
        p = frames.whole
        if p is None:
            return None
        with np.errstate(all="ignore"):
            gain_db = float(20.0 * np.log10(np.abs(p.gain[0])))
        return cls(float(exact_osi_db(p)[0]), float(si_snr_db(p)[0]), float(snr_db(p)[0]), gain_db)


def named_results(facts: Facts, loss: LossChoice) -> tuple[LiteralScores, ExactScores]:
    """Literal over all frames, exact over active ones; takes no time at any length."""
    mc_mse = facts.frames.mc_mse
    if mc_mse is not None:
        means = [mean_of(mc_mse), mean_of(mc_mse[facts.active])]
    else:
        sums = facts.sums_all, facts.sums_active
        means = [float("nan") if part is None else part.mean(loss.alpha) for part in sums]
    literal = facts.literal.completed(means[0], loss.gamma, loss.method)
    return literal, facts.exact.completed(means[1], loss.gamma, loss.method)


def score_frames(
    frames: PairFrames, session: Session, previous: PairScore | None, other: Facts | None = None
) -> PairScore:
    """All three steps, reusing whatever of `previous` still holds; `previous` itself when nothing changed.

    other : the estimate this one is held against, where the session asks for that.
    """
    facts = previous.facts if previous else None
    if facts is None or facts.frames is not frames or facts.silence_db != session.silence_db:
        facts, previous = Facts(frames, session.silence_db), None
    losses = FrameLosses(facts, session.loss)
    bad = find_bad(facts, session, previous.bad if previous else None, other, losses.frame_loss)
    if previous is None or previous.loss != session.loss:
        return PairScore(facts, session.loss, bad)
    if bad is not previous.bad:
        previous = copy(previous)  # its numbers stay
        previous.bad = bad
    return previous


#: From this part of all frames on, picking them one by one takes longer than working out all of them.
GATHER_SHARE = 0.1


class SegmentTable(SegmentFigures):
    """The figures of a pair's bad segments, with their parts of the loss."""

    def __init__(self, score: PairScore) -> None:
        vars(self).update(vars(score.bad.figures))  # they are kept while only alpha moves
        self.score, self.bad = score, score.bad

    def __len__(self) -> int:
        return int(self.start.size)

    def share(self, place: int) -> float:
        """Part of the whole loss (fused with method 1, of the result that leads) that all frames of a segment hold.

        Frames the leading result leaves out hold nothing; nan when the whole loss is no finite number.
        """
        segments = self.bad.segments
        loss = self.score.frame_loss(slice(int(segments.first[place]), int(segments.stop[place])))
        return float(np.nansum(loss)) / self.score.whole_loss

    def shares(self) -> FloatArray:
        """`share` of every segment; milliseconds for thousands of frames, since alpha asks for all its nodes."""
        inside = FramesWithin.every(self.bad.segments)
        n_frames = self.score.facts.frames.n_frames
        if inside.frames.size > GATHER_SHARE * n_frames:
            loss = self.score.frame_loss()[inside.frames]
        else:
            loss = self.score.frame_loss(inside.frames)
        return inside.total(np.where(np.isnan(loss), 0.0, loss)) / self.score.whole_loss

    def worst_time(self, start: float, stop: float) -> float:
        """Centre of a stretch's worst bad frame: furthest beyond the limit, times how loud; `start` without one."""
        bad, frames = self.bad, self.bad.facts.frames
        first, last = (round((time - frames.first_time) / frames.grid.step + 0.5) for time in (start, stop))
        inside = np.flatnonzero(bad.bad[max(first, 0) : last]) + max(first, 0)
        if not inside.size:
            return start
        depth = np.where(bad.low[inside], 0.0, float(not bad.choice.criterion.is_relative))
        depth[bad.low[inside]] = find_depth(bad, inside[bad.low[inside]])[0]
        return float(frames.first_time + frames.grid.step * inside[np.argmax(depth * bad.gate.weight[inside])])

    def place_at(self, time: float) -> int | None:
        """The segment at a time; None between segments."""
        frames = self.bad.facts.frames
        return self.bad.segments.index_at((time - frames.first_time) / frames.grid.step + 0.5)

    def place_like(self, start: float, stop: float) -> int | None:
        """The segment that shares most time with a stretch; None where there is none."""
        first = int(np.searchsorted(self.start + self.length, start, side="right"))
        last = int(np.searchsorted(self.start, stop, side="left"))
        if first >= last:
            return None
        begin, end = self.start[first:last], (self.start + self.length)[first:last]
        return first + int(np.argmax(np.minimum(end, stop) - np.maximum(begin, start)))

    def notes_of(self, notes: Sequence[Note]) -> dict[int, str]:
        """Texts of the notes that touch a segment, by its place."""
        found: dict[int, str] = {}
        for note in notes:
            first = int(np.searchsorted(self.start + self.length, note.start, side="right"))
            last = int(np.searchsorted(self.start, max(note.stop, note.start), side="right"))
            for place in range(first, last):
                found[place] = f"{found[place]}; {note.text}" if place in found else note.text
        return found


def _quality(score: PairScore) -> tuple[FloatArray | None, float]:
    """What the criterion in force goes by, of every frame, so that less is worse; and the sign of its limit in that."""
    bad = score.bad
    if bad.choice.criterion.by_osi:
        return score.facts.frames.exact_osi_db, 1.0
    if bad.choice.criterion is Criterion.LOSS:
        return -score.frame_loss(), -1.0
    return None if bad.drop_db is None else -bad.drop_db, -1.0


def worst_frame(score: PairScore) -> int | None:
    """The frame that counts and is worst by the criterion; None where none has a value."""
    active, (values, _) = score.bad.gate.active, _quality(score)
    values = score.facts.frames.exact_osi_db if values is None else values
    values = np.where(active & ~np.isnan(values), values, np.inf)
    return int(np.argmin(values)) if active.any() else None


def set_worst_share(session: Session, score: PairScore, share: float) -> Session:
    """The limit of the criterion in force beyond which the worst `share` of the frames that count lie."""
    if session.bad.criterion in (Criterion.WORST, Criterion.SHARE):
        return edits.set_bad(session, criterion=Criterion.WORST, worst_share=share)
    values, sign = _quality(score)
    if values is None:
        return session
    values = values[score.bad.gate.active]
    ordered = np.sort(values[~np.isnan(values)])
    limit = sign * limit_of_worst(ordered, max(1, round(share * ordered.size)))
    return edits.set_limit(session, limit) if np.isfinite(limit) else session


def set_carriers(session: Session, shares: LossShares, n_frames: int) -> Session:
    """The threshold under which the worst `n_frames` active frames lie, however quiet or short they are."""
    threshold = limit_of_worst(shares.osi_db, n_frames)
    if not np.isfinite(threshold):
        return session
    session = edits.set_bad(session, criterion=Criterion.OSI, minimum_s=0.0, gate_db=None)
    return edits.set_threshold(session, threshold)
