"""What can be said of a frame before any score, which frames are bad and how bad, and the segments they make.

A frame counts when the level gate lets it pass, see `LevelGate`. Among the frames that count, an active frame
is bad by its exact OSI-SNR, its loss, or its drop under a curve it is expected to follow: the running median of its
surroundings, or another estimate of the same reference. Missed frames and false activity have no OSI-SNR; they are
bad in their own right. No loop over segments anywhere.
"""

from dataclasses import dataclass

import numpy as np

from osisnr_gui.core.osi_snr import Projection
from osisnr_gui.core.reduce import reduce_ranges, runs_of
from osisnr_gui.core.types import BoolArray, FloatArray, FrameStatus, IntArray, StatusArray

DEFAULT_SILENCE_DB = 60.0
#: Of frames in which neither signal is silent and every cell is finite.
ACTIVE = (FrameStatus.OK, FrameStatus.PROPORTIONAL, FrameStatus.ORTHOGONAL)


def frame_status(p: Projection, silence_db: float = DEFAULT_SILENCE_DB) -> StatusArray:
    """FrameStatus of every frame, uint8 (n_frames,).

    A frame of a signal is silent when it is all zero or `silence_db` or more below that signal's loudest frame;
    silence_db = inf leaves only all-zero frames silent.
    """
    silent_s = is_silent(p.reference_db, silence_db)
    silent_e = is_silent(p.estimate_db, silence_db)
    status = np.full(p.dot.shape, FrameStatus.OK, dtype=np.uint8)
    status[p.proportional] = FrameStatus.PROPORTIONAL
    status[p.orthogonal] = FrameStatus.ORTHOGONAL
    status[silent_e] = FrameStatus.SILENT_ESTIMATE
    status[silent_s] = FrameStatus.SILENT_REFERENCE
    status[silent_s & silent_e] = FrameStatus.SILENT_BOTH
    status[~p.finite] = FrameStatus.NONFINITE
    return status


def is_silent(energy_db: FloatArray, silence_db: float) -> BoolArray:
    """True where a signal's frame is all zero or `silence_db` or more below its loudest one."""
    loudest = energy_db.max(initial=-np.inf, where=np.isfinite(energy_db))
    return np.asarray((energy_db == -np.inf) | (energy_db <= loudest - silence_db))


def status_counts(status: StatusArray) -> dict[str, int]:
    """Frames of each status by its label, statuses that do not occur included."""
    counts = np.bincount(status, minlength=len(FrameStatus))
    return {kind.label: int(counts[kind]) for kind in FrameStatus}


DEFAULT_THRESHOLD_DB = 3.0
DEFAULT_GATE_DB = 40.0
#: Levels that weigh a frame where no gate is set: from the loudest frame down to this far below it.
WEIGHT_RANGE_DB = 60.0
#: A perfect frame is infinite; drops are measured from here at most.
CEILING_DB = 100.0


class LevelGate:
    """Frames loud enough to count: those whose level is within `gate_db` of the loudest frame; None = every frame.

    The level is the reference's; where the reference is silent (false activity) it is the estimate's, below the
    estimate's own loudest frame, so that a gain does not matter.

    passed, active, missed, false_activity : bool (n_frames,), the last three only where `passed`.
    n_counted : frames of these three kinds.
    weight : float32 (n_frames,) from 0 at the gate to 1 at the loudest frame, linear in dB.
    """

    def __init__(self, projection: Projection, status: StatusArray, active: BoolArray, gate_db: float | None) -> None:
        """Gate from the energies of all frames; projection, status, active : of n_frames."""
        missed, false_activity = status == FrameStatus.SILENT_ESTIMATE, status == FrameStatus.SILENT_REFERENCE
        level = _below_loudest(projection.reference_db)
        level[false_activity] = _below_loudest(projection.estimate_db)[false_activity]
        span = WEIGHT_RANGE_DB if gate_db is None else gate_db
        with np.errstate(invalid="ignore"):
            passed = np.ones(level.shape, dtype=bool) if gate_db is None else level >= -gate_db
            self.weight = np.clip(1.0 + level / max(span, 1e-9), 0.0, 1.0).astype(np.float32)
        self.gate_db, self.passed = gate_db, passed
        self.active, self.missed, self.false_activity = active & passed, missed & passed, false_activity & passed
        counted = self.active, self.missed, self.false_activity
        self.n_counted = sum(int(np.count_nonzero(mask)) for mask in counted)


def _below_loudest(energy_db: FloatArray) -> FloatArray:
    """Level of every frame below the loudest finite one, dB <= 0; -inf and nan stay."""
    finite = np.isfinite(energy_db)
    return energy_db - (energy_db[finite].max() if finite.any() else 0.0)


def find_bad_frames(values: FloatArray, counted: BoolArray, threshold: float) -> BoolArray:
    """True where a frame counts and its exact OSI-SNR (its loss: both negated) is under the threshold."""
    return np.asarray(counted & (values < threshold))


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
    with np.errstate(invalid="ignore"):
        drop = np.minimum(other_osi_db, CEILING_DB) - np.minimum(exact_osi_db, CEILING_DB)
    return np.where(counted & other_active, drop, np.nan)


def depth_between(lower: FloatArray | float, upper: FloatArray | float) -> FloatArray:
    """How far an OSI-SNR (dB) lies under its threshold, or a limit under the loss: 0 at it, and 1 at the worst.

    That is 0 dB, where nothing of the reference is left, or an infinite loss: 1/OSI-SNR is as deep as its inverse.
    """
    with np.errstate(all="ignore"):
        return np.clip(1.0 - np.divide(lower, upper), 0.0, 1.0)


def limit_of_worst(ordered: FloatArray, n_frames: int) -> float:
    """A limit that the first `n_frames` of rising values lie under, and no other; nan for none.

    Ties across the border stay out: equal frames are never told apart.
    """
    if not ordered.size or n_frames <= 0:
        return float("nan")
    last = float(ordered[min(n_frames, ordered.size) - 1])
    following = float(ordered[n_frames]) if n_frames < ordered.size else float("inf")
    return (last + following) / 2 if np.isfinite(following) else float(np.nextafter(last, np.inf))


class LossShares:
    """Active frames from worst to best.

    osi_db : their exact OSI-SNR, rising, float64 (n,). share : part of the sum of 1/osi_db that the frames up to and
    including this one hold, rising to 1, float64 (n,).
    """

    def __init__(self, exact_osi_db: FloatArray, active: BoolArray) -> None:
        """Shares in loss_osi method 1, exact: every active frame weighs 1/osi_db.

        A proportional one (infinite dB) weighs nothing. A frame of 0 dB weighs infinitely: such frames share the whole
        loss among themselves.
        """
        osi_db = np.sort(exact_osi_db[active])
        with np.errstate(divide="ignore"):
            weights = 1.0 / np.maximum(osi_db, 0.0)
        if osi_db.size and np.isinf(weights[0]):
            weights = np.isinf(weights).astype(np.float64)
        held = np.cumsum(weights)
        whole = held[-1] if held.size else 0.0
        self.osi_db, self.share = osi_db, (held / whole if whole > 0 else np.full(osi_db.shape, np.nan))

    def __len__(self) -> int:
        return int(self.osi_db.size)

    def held_by(self, n_frames: int) -> float:
        """Part of the loss that the worst `n_frames` hold."""
        return 0.0 if n_frames <= 0 or not len(self) else float(self.share[min(n_frames, len(self)) - 1])

    def frames_for(self, share: float) -> int:
        """The fewest frames that hold this part of the loss."""
        return min(int(np.searchsorted(self.share, share * (1 - 1e-12))) + 1, len(self))


MINIMUM_SECONDS = 0.024
JOIN_SECONDS = 0.040


@dataclass(frozen=True, slots=True)
class BadSegments:
    """Runs of bad frames: `first` and `stop` frame (half open), int64 (n_segments,) each, sorted and disjoint."""

    first: IntArray
    stop: IntArray

    def __len__(self) -> int:
        return int(self.first.size)

    def index_at(self, frame: float) -> int | None:
        """The segment that holds a frame; None where there is none."""
        index = int(np.searchsorted(self.first, frame, side="right")) - 1
        return index if index >= 0 and frame < self.stop[index] else None


def find_bad_segments(bad: BoolArray, minimum_frames: int, join_frames: int) -> BadSegments:
    """Join runs at most `join_frames` apart, then drop segments shorter than `minimum_frames`."""
    first, stop = runs_of(bad)
    if first.size:
        apart = first[1:] - stop[:-1] > join_frames
        first, stop = first[np.concatenate(([True], apart))], stop[np.concatenate((apart, [True]))]
        long_enough = stop - first >= minimum_frames
        first, stop = first[long_enough], stop[long_enough]
    return BadSegments(first.astype(np.int64), stop.astype(np.int64))


class FramesWithin:
    """Some frames of the whole, by number, and reductions over those of them that lie in each segment.

    counts : how many there are in each segment, int64 (n_segments,). Costs grow with these frames and the segments, not
    with the length of the recording.
    """

    def __init__(self, frames: IntArray, segments: BadSegments) -> None:
        self.frames = frames
        self._start, self._stop = (np.searchsorted(frames, edge) for edge in (segments.first, segments.stop))
        self.counts = (self._stop - self._start).astype(np.int64)

    @classmethod
    def every(cls, segments: BadSegments) -> "FramesWithin":
        """All frames of all segments."""
        lengths = segments.stop - segments.first
        offsets = np.cumsum(lengths) - lengths
        n_frames = int(lengths.sum())
        return cls(np.repeat(segments.first - offsets, lengths) + np.arange(n_frames, dtype=np.int64), segments)

    def total(self, values: FloatArray) -> FloatArray:
        """Sum of `values` (one for each of `frames`) in each segment; 0 where it has none."""
        return self.reduced(np.add, values, 0.0)

    def mean(self, values: FloatArray) -> FloatArray:
        """Their mean; nan where a segment has none."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.total(values) / self.counts, dtype=np.float64)

    def reduced(self, how: np.ufunc, values: FloatArray, empty: float = np.nan) -> FloatArray:
        """`how` over them; `empty` where a segment has none."""
        return reduce_ranges(how, values, self._start, self._stop, empty)
