"""Status of every frame, and all that follows from frames and silence limit alone."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from osisnr_gui.core.alpha_table import AlphaSums
from osisnr_gui.core.frame_status import ACTIVE, frame_status, is_active, status_counts
from osisnr_gui.core.loss import ExactScores, LiteralScores, quantile
from osisnr_gui.core.types import BoolArray, FloatArray, StatusArray
from osisnr_gui.session.frame_pass import PairFrames

BIAS_DB = 0.1
QUIET_ENERGY_DB = -80.0  # estimate energy 1e-8: EPS_NOISE decides the literal value


@dataclass(frozen=True, eq=False)
class Facts:
    """What follows from the frames and the silence limit.

    active_osi_db : exact OSI-SNR of active frames, nan in the others. not_meaningful : literal frames that are not
    finite or not above 0 dB; biased : active frames whose literal value differs from a finite exact one by more
    than 0.1 dB, and bias_db by how much at most; tiny : frames with an estimate energy below 1e-8. literal, exact :
    both results but for what depends on alpha and gamma.
    """

    frames: PairFrames
    silence_db: float
    status: StatusArray
    active: BoolArray
    active_osi_db: FloatArray
    literal: LiteralScores
    exact: ExactScores
    counts: dict[str, int]
    sums_all: AlphaSums | None
    sums_active: AlphaSums | None
    not_meaningful: int
    biased: int
    bias_db: float
    tiny: int

    @property
    def n_active(self) -> int:
        """Frames in which neither signal is silent."""
        return sum(self.counts[kind.label] for kind in ACTIVE)

    @cached_property
    def literal_quantiles(self) -> tuple[float, float]:
        """5th percentile and median of the literal OSI-SNR of all frames, dB; nan when a frame is not a number."""
        values = self.frames.literal_osi_db
        if np.isnan(values).any():
            return np.nan, np.nan
        return quantile(values, 0.05), quantile(values, 0.5)


def find_facts(frames: PairFrames, silence_db: float) -> Facts:
    """Status of every frame and all that does not depend on alpha, gamma and threshold."""
    status = frame_status(frames.projection, silence_db)
    active = is_active(status)
    sums_all, sums_active = (None, None) if frames.table is None else frames.table.split_sums(active)
    literal, exact = frames.literal_osi_db, frames.exact_osi_db
    with np.errstate(invalid="ignore"):
        not_meaningful = int(np.count_nonzero(~(np.isfinite(literal) & (literal > 0))))
        bias = np.abs(literal - exact)
        # Where the exact value is infinite any finite one is far off, however loud the frame.
        bias = bias[active & (bias > BIAS_DB) & (bias < np.inf)]
    return Facts(
        frames=frames,
        silence_db=silence_db,
        status=status,
        active=active,
        active_osi_db=np.where(active, exact, np.nan),
        literal=LiteralScores.of(literal),
        exact=ExactScores.of(exact[active]),
        counts=status_counts(status),
        sums_all=sums_all,
        sums_active=sums_active,
        not_meaningful=not_meaningful,
        biased=bias.size,
        bias_db=float(bias.max(initial=0.0)),
        tiny=int(np.count_nonzero(frames.projection.estimate_db < QUIET_ENERGY_DB)),
    )
