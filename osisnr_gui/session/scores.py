"""Scores of a pair from its frames: everything cheap enough to follow a slider.

Three steps, each handed back unchanged while its inputs do not change: facts (silence limit), bad frames (threshold),
and the score itself (alpha, gamma, method, which result leads).
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from osisnr_gui.core.alpha_table import ALL_FRAMES, Frames
from osisnr_gui.core.loss import EPS_FUSED, ExactScores, LiteralScores, inverse_osi, mean_of
from osisnr_gui.core.loss_curve import LossCurve, loss_terms
from osisnr_gui.core.osi_snr import exact_osi_db, si_snr_db, snr_db
from osisnr_gui.core.types import FloatArray
from osisnr_gui.session.frame_pass import PairFrames
from osisnr_gui.session.segments.bad_segments import BadFrames, Facts, find_bad, find_facts
from osisnr_gui.session.session import Formula, LossChoice, Session

LOSS_FRAMES = 1 << 16


def osi_db_of(facts: Facts, formula: Formula) -> FloatArray:
    """OSI-SNR of every frame by one of the formulas, nan in frames it leaves out."""
    return facts.frames.literal_osi_db if formula is Formula.LITERAL else facts.active_osi_db


@dataclass(frozen=True, slots=True, eq=False)
class FrameLosses:
    """Curves at one alpha and gamma by the formula that leads, worked out for the frames that are asked for."""

    facts: Facts
    loss: LossChoice

    @property
    def osi_db(self) -> FloatArray:
        """OSI-SNR of every frame, nan in frames the formula leaves out."""
        return osi_db_of(self.facts, self.loss.formula)

    @property
    def _eps(self) -> float:
        return EPS_FUSED if self.loss.formula is Formula.LITERAL else 0.0

    @property
    def curve(self) -> LossCurve | None:
        """The loss of every frame; None without an alpha table."""
        loss, table = self.loss, self.facts.frames.table
        return None if table is None else LossCurve(self.osi_db, self._eps, table, loss.alpha, loss.gamma)

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
        """1/OSI + gamma*MC-MSE of some frames; nan in frames that do not count."""
        return np.asarray(np.add(*self.terms(frames)))

    def all_losses(self) -> FloatArray:
        """Of all frames, in pieces that stay in the processor's cache: a third off at hours, most of the first time."""
        found = np.empty(self.facts.frames.n_frames)
        for first in range(0, len(found), LOSS_FRAMES):
            piece = slice(first, first + LOSS_FRAMES)
            np.add(*self.terms(piece), out=found[piece])
        return found


@dataclass(frozen=True, slots=True, eq=False)
class PairScore(FrameLosses):
    """Numbers at one alpha and gamma, and the curves they come from."""

    bad: BadFrames
    literal: LiteralScores
    exact: ExactScores

    @property
    def leading(self) -> LiteralScores | ExactScores:
        """The result that leads."""
        return self.literal if self.loss.formula is Formula.LITERAL else self.exact

    @property
    def n_counted(self) -> int:
        """Frames in the leading result's means."""
        return self.facts.frames.n_frames if self.loss.formula is Formula.LITERAL else self.facts.n_active

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
        facts, previous = find_facts(frames, session.silence_db), None
    losses = FrameLosses(facts, session.loss)
    bad = find_bad(facts, session, previous.bad if previous else None, other, losses.all_losses)
    if previous is None or previous.loss != session.loss:
        return PairScore(facts, session.loss, bad, *named_results(facts, session.loss))
    return previous if bad is previous.bad else replace(previous, bad=bad)
