"""From frames to numbers: everything cheap enough to follow a slider.

Three steps, each handed back unchanged while its inputs do not change: facts (silence limit), bad frames (threshold),
and the score itself (alpha, gamma, method, which result leads).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from osisnr_gui.core.alpha_table import ALL_FRAMES, Frames
from osisnr_gui.core.loss import EPS_FUSED, ExactScores, LiteralScores, inverse_osi
from osisnr_gui.core.loss_curve import LossCurve, loss_terms
from osisnr_gui.core.osi_snr import exact_osi_db, si_snr_db, snr_db
from osisnr_gui.core.types import FloatArray
from osisnr_gui.session.facts import Facts, find_facts
from osisnr_gui.session.frame_pass import PairFrames
from osisnr_gui.session.segments.bad_segments import BadFrames, find_bad
from osisnr_gui.session.session import Formula, LossChoice, Session

LOSS_FRAMES = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class PairScore:
    """Numbers at one alpha and gamma, and the curves they come from, worked out for the frames that are asked for."""

    facts: Facts
    bad: BadFrames
    loss: LossChoice
    literal: LiteralScores
    exact: ExactScores

    @property
    def osi_db(self) -> FloatArray:
        """OSI-SNR of every frame by the formula that leads, nan in frames it leaves out."""
        return _osi_db(self.facts, self.loss)

    @property
    def curve(self) -> LossCurve | None:
        """The loss of every frame by the formula that leads; None without an alpha table."""
        loss, table = self.loss, self.facts.frames.table
        return None if table is None else LossCurve(self.osi_db, _eps(loss), table, loss.alpha, loss.gamma)

    def mc_mse(self, frames: Frames = ALL_FRAMES) -> FloatArray:
        """MC-MSE of some frames at `loss.alpha`."""
        return _mc_mse(self.facts, self.loss, frames)

    def osi_term(self) -> FloatArray:
        """1/OSI-SNR of every frame by the formula that leads; nan in frames it leaves out."""
        return inverse_osi(self.osi_db, _eps(self.loss))

    def terms(self, frames: Frames = ALL_FRAMES) -> tuple[FloatArray, FloatArray]:
        """The two parts of the loss of some frames, 1/OSI and gamma*MC-MSE; nan in frames that do not count."""
        return _terms(self.facts, self.loss, frames)

    def frame_loss(self, frames: Frames = ALL_FRAMES) -> FloatArray:
        """1/OSI + gamma*MC-MSE of some frames; nan in frames that do not count."""
        return np.asarray(np.add(*self.terms(frames)))

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
        loss = self.leading.loss_osi_1 if self.loss.method == 1 else self.leading.loss_osi_2
        return loss, self.loss.gamma * self.leading.mc_mse

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
    def of(cls, frames: PairFrames) -> WholeSignal | None:
        """From the pass; None for masks."""
        p = frames.whole
        if p is None:
            return None
        with np.errstate(all="ignore"):
            gain_db = float(20.0 * np.log10(np.abs(p.gain[0])))
        return cls(float(exact_osi_db(p)[0]), float(si_snr_db(p)[0]), float(snr_db(p)[0]), gain_db)


def find_score(
    facts: Facts, session: Session, previous: BadFrames | None = None, other: Facts | None = None
) -> PairScore:
    """Everything that moves with alpha and gamma, and the bad frames, which can follow the loss."""
    frames, loss = facts.frames, session.loss
    if frames.table is not None:
        mean_all = facts.sums_all.mean(loss.alpha) if facts.sums_all else float("nan")
        mean_active = facts.sums_active.mean(loss.alpha) if facts.sums_active else float("nan")
    else:
        assert frames.mc_mse is not None, "a pass keeps either the table or MC-MSE at one alpha"
        mean_all, mean_active = _mean(frames.mc_mse), _mean(frames.mc_mse[facts.active])
    return PairScore(
        facts,
        find_bad(facts, session, previous, other, partial(_frame_loss, facts, loss)),
        loss,
        facts.statistics.literal(mean_all, loss.gamma, loss.method),
        facts.statistics.exact(mean_active, loss.gamma, loss.method),
    )


def score_frames(
    frames: PairFrames, session: Session, previous: PairScore | None, other: Facts | None = None
) -> PairScore:
    """All three steps, reusing whatever of `previous` still holds; `previous` itself when nothing changed.

    other : the estimate this one is held against, where the session asks for that.
    """
    facts = previous.facts if previous else None
    if facts is None or facts.frames is not frames or facts.silence_db != session.silence_db:
        facts, previous = find_facts(frames, session.silence_db), None
    if previous is None or previous.loss != session.loss:
        return find_score(facts, session, previous.bad if previous else None, other)
    bad = find_bad(facts, session, previous.bad, other, previous.frame_loss)
    return previous if bad is previous.bad else replace(previous, bad=bad)


def _osi_db(facts: Facts, loss: LossChoice) -> FloatArray:
    return facts.frames.literal_osi_db if loss.formula is Formula.LITERAL else facts.active_osi_db


def _eps(loss: LossChoice) -> float:
    return EPS_FUSED if loss.formula is Formula.LITERAL else 0.0


def _mc_mse(facts: Facts, loss: LossChoice, frames: Frames) -> FloatArray:
    found = facts.frames
    if found.table is not None:
        return found.table.per_frame(loss.alpha, frames)
    assert found.mc_mse is not None, "a pass keeps either the table or MC-MSE at one alpha"
    return found.mc_mse[frames]


def _terms(facts: Facts, loss: LossChoice, frames: Frames = ALL_FRAMES) -> tuple[FloatArray, FloatArray]:
    return loss_terms(_osi_db(facts, loss)[frames], _eps(loss), _mc_mse(facts, loss, frames), loss.gamma)


def _frame_loss(facts: Facts, loss: LossChoice) -> FloatArray:
    """Of all frames, in pieces that stay in the processor's cache: a third off at hours, most of the first time."""
    found = np.empty(facts.frames.n_frames)
    for first in range(0, len(found), LOSS_FRAMES):
        piece = slice(first, first + LOSS_FRAMES)
        np.add(*_terms(facts, loss, piece), out=found[piece])
    return found


def _mean(values: FloatArray) -> float:
    return float(np.mean(values)) if values.size else float("nan")
