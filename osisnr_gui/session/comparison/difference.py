"""One estimate against another one, or against the unprocessed mixture, frame by frame.

Both are held against the same reference. Differences are this one minus the other one, by the formula that leads.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from osisnr_gui.core.types import FloatArray
from osisnr_gui.session.frame_pass import on_grid
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.result import Analysis
from osisnr_gui.session.scores import FrameLosses, PairScore
from osisnr_gui.session.segments.bad_segments import rivals
from osisnr_gui.session.session import Session
from osisnr_gui.session.words import MIXTURE


class Quantity(StrEnum):
    """What is subtracted."""

    OSI = "osi"
    LOSS = "loss"

    @property
    def sign(self) -> int:
        """+1 where more is better, -1 where less is."""
        return 1 if self is Quantity.OSI else -1


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """Frame i of `values`, dB or loss, belongs to `first_time + i * step`.

    values : this one minus the other one; nan where one of them has no value, 0 where both are perfect, +-inf where
    only one is. median : of the frames with a difference. n_better, n_frames : in how many of these this one is better.
    """

    measure: Quantity
    first_time: float
    step: float
    values: FloatArray
    median: float
    n_better: int
    n_frames: int

    @property
    def share_better(self) -> float:
        """Share of the frames with a difference in which this one is better; nan without any."""
        return self.n_better / self.n_frames if self.n_frames else float("nan")


def partners(session: Session, index: int) -> tuple[int, ...]:
    """What estimate `index` can be held against: others of the same reference from the next one on, then MIXTURE."""
    others = rivals(session, index)
    following = [place for place in others if place > index] + [place for place in others if place < index]
    return (*following, MIXTURE) if session.mixture is not None else tuple(following)


def partner_pair(analysis: Analysis, index: int, place: int) -> PairAnalysis | None:
    """The pair that estimate `index` is held against; None while there is none."""
    return analysis.unprocessed_for(index) if place == MIXTURE else analysis.pair_at(place)


def find_difference(score: PairScore, other: FrameLosses, measure: Quantity) -> Difference:
    """`score` minus `other` in the frames both have; both by the formula that leads in `score`."""
    frames, others = score.facts.frames, other.facts.frames
    if measure is Quantity.OSI:
        values, theirs = score.osi_db, other.osi_db
    else:
        values, theirs = score.frame_loss(), other.frame_loss()
    theirs = on_grid(frames, others, theirs, np.nan)
    with np.errstate(invalid="ignore"):
        found = np.where(np.isposinf(values) & np.isposinf(theirs), 0.0, values - theirs)
        known = found[~np.isnan(found)]
        median = float(np.median(known)) if known.size else float("nan")
    n_better = int(np.count_nonzero(measure.sign * known > 0))
    return Difference(measure, frames.first_time, frames.grid.step, found, median, n_better, known.size)
