"""Which frames are bad, by four criteria, and how bad: the rules behind the list of bad segments.

A frame counts when the level gate lets it pass, see `LevelGate`. Among the frames that count, an active frame
is bad by its exact OSI-SNR, its loss, or its drop under a curve it is expected to follow: the running median of its
surroundings, or another estimate of the same reference. Missed frames and false activity have no OSI-SNR; they are
bad in their own right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from osisnr_gui.core.osi_snr import Projection
from osisnr_gui.core.types import BoolArray, FloatArray, FrameStatus, StatusArray

DEFAULT_THRESHOLD_DB = 3.0
DEFAULT_GATE_DB = 40.0
#: Levels that weigh a frame where no gate is set: from the loudest frame down to this far below it.
WEIGHT_RANGE_DB = 60.0
#: A perfect frame is infinite; drops are measured from here at most.
CEILING_DB = 100.0


@dataclass(frozen=True, slots=True, eq=False)
class LevelGate:
    """Frames loud enough to count: those whose level is within `gate_db` of the loudest frame; None = every frame.

    The level is the reference's; where the reference is silent (false activity) it is the estimate's, below the
    estimate's own loudest frame, so that a gain does not matter.

    passed, active, missed, false_activity : bool (n_frames,), the last three only where `passed`.
    n_counted : frames of these three kinds.
    weight : float32 (n_frames,) from 0 at the gate to 1 at the loudest frame, linear in dB.
    """

    gate_db: float | None
    passed: BoolArray
    active: BoolArray
    missed: BoolArray
    false_activity: BoolArray
    n_counted: int
    weight: np.ndarray[tuple[int], np.dtype[np.float32]]

    @classmethod
    def of(cls, projection: Projection, status: StatusArray, active: BoolArray, gate_db: float | None) -> LevelGate:
        """Gate from the energies of all frames; projection, status, active : of n_frames."""
        missed, false_activity = status == FrameStatus.SILENT_ESTIMATE, status == FrameStatus.SILENT_REFERENCE
        level = np.where(
            false_activity, _below_loudest(projection.estimate_db), _below_loudest(projection.reference_db)
        )
        span = WEIGHT_RANGE_DB if gate_db is None else gate_db
        with np.errstate(invalid="ignore"):
            passed = np.ones(level.shape, dtype=bool) if gate_db is None else level >= -gate_db
            weight = np.clip(1.0 + level / max(span, 1e-9), 0.0, 1.0).astype(np.float32)
        counted = active & passed, missed & passed, false_activity & passed
        return cls(gate_db, passed, *counted, sum(int(np.count_nonzero(mask)) for mask in counted), weight)


def _below_loudest(energy_db: FloatArray) -> FloatArray:
    """Level of every frame below the loudest finite one, dB <= 0; -inf and nan stay."""
    finite = np.isfinite(energy_db)
    return energy_db - (energy_db[finite].max() if finite.any() else 0.0)


def find_bad_frames(exact_osi_db: FloatArray, counted: BoolArray, threshold_db: float) -> BoolArray:
    """True where a frame counts and its exact OSI-SNR is under the threshold."""
    return np.asarray(counted & (exact_osi_db < threshold_db))


def find_above(values: FloatArray, counted: BoolArray, limit: float) -> BoolArray:
    """True where a frame counts and its value (loss) is over the limit."""
    return np.asarray(counted & (values > limit))


def find_drops(drop_db: FloatArray, least_db: float) -> BoolArray:
    """True where the curve lies `least_db` or more under the one it is compared with; nan is no drop."""
    return np.asarray(drop_db >= least_db)


def drop_below_median(exact_osi_db: FloatArray, counted: BoolArray, window: int) -> FloatArray:
    """Running median minus exact OSI-SNR, dB (n_frames,); nan in frames that do not count.

    window : frames of the median, made odd; it runs over the frames that count as if they
    followed each other, so that a pause neither pulls it down nor starves it. The median is a rank filter: a few bad
    frames do not move it. Memory: a few numbers a frame, whatever the window.
    """
    # 0.04 s, which the command line need not spend.
    from scipy.ndimage import median_filter

    drop = np.full(exact_osi_db.shape, np.nan)
    values = np.minimum(exact_osi_db[counted], CEILING_DB)
    if values.size:
        # Once every window holds all values, a longer one only adds as many copies of the first as of the last value:
        # the median stays. scipy would take values x window x 8 bytes for it.
        size = min(max(1, window) | 1, 2 * values.size - 1)
        drop[counted] = median_filter(values, size=size, mode="nearest") - values
    return drop


def drop_below_other(
    exact_osi_db: FloatArray, counted: BoolArray, other_osi_db: FloatArray, other_active: BoolArray
) -> FloatArray:
    """Exact OSI-SNR of another estimate minus that of this one, dB (n_frames,); nan where one of them has none."""
    both = counted & other_active
    with np.errstate(invalid="ignore"):
        drop = np.minimum(other_osi_db, CEILING_DB) - np.minimum(exact_osi_db, CEILING_DB)
    return np.where(both, drop, np.nan)


def depth_under(exact_osi_db: FloatArray, threshold_db: float) -> FloatArray:
    """How far under the threshold: 0 at it, 1 at 0 dB, where nothing of the reference is left."""
    with np.errstate(all="ignore"):
        return np.clip(1.0 - exact_osi_db / threshold_db, 0.0, 1.0)


def depth_above(loss: FloatArray, limit: float) -> FloatArray:
    """How far over the limit: 0 at it, 1 at infinity. For 1/OSI-SNR this is `depth_under` of its inverse."""
    with np.errstate(all="ignore"):
        return np.clip(1.0 - limit / loss, 0.0, 1.0)


def limit_of_worst(ordered: FloatArray, n_frames: int) -> float:
    """A limit that the first `n_frames` of rising values lie under, and no other; nan for none.

    Ties across the border stay out: equal frames are never told apart.
    """
    if not ordered.size or n_frames <= 0:
        return float("nan")
    last = float(ordered[min(n_frames, ordered.size) - 1])
    following = float(ordered[n_frames]) if n_frames < ordered.size else float("inf")
    return (last + following) / 2 if np.isfinite(following) else float(np.nextafter(last, np.inf))
