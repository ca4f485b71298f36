"""From frames to numbers: everything cheap enough to follow a slider.

Three steps, each handed back unchanged while its inputs do not change: facts (silence limit), bad frames (threshold),
and the score itself (alpha, gamma, method, which result leads).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from osisnr_gui.core.alpha_table import AlphaSums
from osisnr_gui.core.bad_frames import JOIN_SECONDS, MINIMUM_SECONDS, BadSegments, find_bad_frames, find_bad_segments
from osisnr_gui.core.frame_status import frame_status, is_active, status_counts
from osisnr_gui.core.loss import EPS_FUSED, ExactScores, LiteralScores, OsiStatistics, inverse_osi
from osisnr_gui.core.osi_snr import exact_osi_db, si_snr_db, snr_db
from osisnr_gui.core.types import BoolArray, FloatArray, FrameStatus, StatusArray
from osisnr_gui.session.frame_pass import PairFrames
from osisnr_gui.session.session import Formula, LossChoice

BIAS_DB = 0.1
QUIET_ENERGY_DB = -80.0  # estimate energy 1e-8: EPS_NOISE decides the literal value


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What follows from the frames and the silence limit.

    not_meaningful : literal frames that are not finite or not above 0 dB; biased : active frames whose literal value
    differs from the exact one by more than 0.1 dB; tiny : frames with an estimate energy below 1e-8.
    """

    frames: PairFrames
    silence_db: float
    status: StatusArray
    active: BoolArray
    statistics: OsiStatistics
    counts: dict[str, int]
    sums_all: AlphaSums | None
    sums_active: AlphaSums | None
    not_meaningful: int
    biased: int
    tiny: int

    @property
    def n_active(self) -> int:
        """Frames in which neither signal is silent."""
        return int(np.count_nonzero(self.active))


@dataclass(frozen=True, slots=True, eq=False)
class BadFrames:
    """Active frames whose exact OSI-SNR is under the threshold, and segments of them and of missed frames."""

    facts: Facts
    threshold_db: float
    bad: BoolArray
    segments: BadSegments


@dataclass(frozen=True, slots=True, eq=False)
class PairScore:
    """Numbers and curves at one alpha and gamma.

    osi_term, mc_term : the two parts of the loss of every frame for the result that leads: 1/OSI and gamma*MC-MSE;
    nan in frames that result leaves out. mc_mse : MC-MSE of every frame at `loss.alpha`.
    """

    facts: Facts
    bad: BadFrames
    loss: LossChoice
    mc_mse: FloatArray
    osi_db: FloatArray
    osi_term: FloatArray
    mc_term: FloatArray
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


def find_facts(frames: PairFrames, silence_db: float) -> Facts:
    """Status of every frame and all that does not depend on alpha, gamma and threshold."""
    status = frame_status(frames.projection, silence_db)
    active = is_active(status)
    sums_all, sums_active = (None, None) if frames.table is None else frames.table.split_sums(active)
    literal, exact = frames.literal_osi_db, frames.exact_osi_db
    with np.errstate(invalid="ignore"):
        not_meaningful = int(np.count_nonzero(~(np.isfinite(literal) & (literal > 0))))
        biased = int(np.count_nonzero(active & (np.abs(literal - exact) > BIAS_DB)))
    return Facts(
        frames=frames,
        silence_db=silence_db,
        status=status,
        active=active,
        statistics=OsiStatistics.of(literal, exact, active),
        counts=status_counts(status),
        sums_all=sums_all,
        sums_active=sums_active,
        not_meaningful=not_meaningful,
        biased=biased,
        tiny=int(np.count_nonzero(frames.projection.estimate_db < QUIET_ENERGY_DB)),
    )


def find_bad(facts: Facts, threshold_db: float) -> BadFrames:
    """Frames under the threshold; segments also hold missed frames, which are bad whatever their OSI-SNR.

    Gaps up to 40 ms are joined, segments under 24 ms dropped.
    """
    # Rounding must not turn 40 ms into a gap of one long hop, nor 24 ms into less.
    frames = facts.frames
    bad = find_bad_frames(frames.exact_osi_db, facts.active, threshold_db)
    seconds = frames.grid.step if frames.grid.seconds else 0.008
    minimum = max(1, math.ceil(MINIMUM_SECONDS / seconds - 1e-6))
    join = math.floor(JOIN_SECONDS / seconds + 1e-6)
    missed = facts.status == FrameStatus.SILENT_ESTIMATE
    return BadFrames(facts, threshold_db, bad, find_bad_segments(bad | missed, minimum, join))


def find_score(bad: BadFrames, loss: LossChoice) -> PairScore:
    """Everything that moves with alpha and gamma."""
    facts, frames = bad.facts, bad.facts.frames
    if frames.table is not None:
        mc_mse = frames.table.per_frame(loss.alpha)
        mean_all = facts.sums_all.mean(loss.alpha) if facts.sums_all else float("nan")
        mean_active = facts.sums_active.mean(loss.alpha) if facts.sums_active else float("nan")
    else:
        assert frames.mc_mse is not None, "a pass keeps either the table or MC-MSE at one alpha"
        mc_mse = frames.mc_mse
        mean_all, mean_active = _mean(mc_mse), _mean(mc_mse[facts.active])
    if loss.formula is Formula.LITERAL:
        osi_db = frames.literal_osi_db
        osi_term, mc_term = inverse_osi(osi_db, EPS_FUSED), loss.gamma * mc_mse
    else:
        osi_db = np.where(facts.active, frames.exact_osi_db, np.nan)
        osi_term, mc_term = inverse_osi(osi_db), np.where(facts.active, loss.gamma * mc_mse, np.nan)
    return PairScore(
        facts,
        bad,
        loss,
        mc_mse,
        osi_db,
        osi_term,
        mc_term,
        facts.statistics.literal(mean_all, loss.gamma, loss.method),
        facts.statistics.exact(mean_active, loss.gamma, loss.method),
    )


def score_frames(
    frames: PairFrames, silence_db: float, threshold_db: float, loss: LossChoice, previous: PairScore | None
) -> PairScore:
    """All three steps, reusing whatever of `previous` still holds; `previous` itself when nothing changed."""
    facts = previous.facts if previous else None
    if facts is None or facts.frames is not frames or facts.silence_db != silence_db:
        facts, previous = find_facts(frames, silence_db), None
    bad = previous.bad if previous else None
    if bad is None or bad.threshold_db != threshold_db:
        bad = find_bad(facts, threshold_db)
    if previous is not None and previous.bad is bad and previous.loss == loss:
        return previous
    return find_score(bad, loss)


def _mean(values: FloatArray) -> float:
    return float(np.mean(values)) if values.size else float("nan")
