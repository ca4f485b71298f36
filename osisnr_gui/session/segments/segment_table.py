"""Figures and severity of all bad segments: arrays with one entry per segment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from osisnr_gui.core.bad_frames import depth_above, depth_under, limit_of_worst
from osisnr_gui.core.loss_shares import LossShares
from osisnr_gui.core.segments import FramesWithin
from osisnr_gui.core.types import FloatArray, IntArray
from osisnr_gui.session import edits
from osisnr_gui.session.edits import Edit
from osisnr_gui.session.scores import PairScore
from osisnr_gui.session.segments.bad_segments import BadFrames
from osisnr_gui.session.session import Criterion, Note, Session

#: From this part of all frames on, picking them one by one takes longer than working out all of them.
GATHER_SHARE = 0.1


class Kind(IntEnum):
    """What most bad frames of a segment are."""

    MISSED = 0
    FALSE_ACTIVITY = 1
    LOW = 2


@dataclass(frozen=True, slots=True, eq=False)
class SegmentTable:
    """Every array has one entry per segment of `bad.segments`, in the order of time.

    start, length : s (frames for masks), from half a frame step before the first frame's centre.
    counts : bad frames of each Kind, int64 (3, n). kind : the commonest. osi_min, osi_mean : exact OSI-SNR of the
    frames that are bad by the criterion, dB; nan where there are none. worst : the largest drop (dB) or loss of those,
    nan for the criterion of OSI-SNR.
    severity : how far beyond the limit, times how loud, summed over the bad frames and multiplied by the frame step;
    for sudden drops that of the worst frame, times the square of how loud.
    """

    score: PairScore
    start: FloatArray
    length: FloatArray
    counts: IntArray
    kind: NDArray[np.uint8]
    osi_min: FloatArray
    osi_mean: FloatArray
    worst: FloatArray
    severity: FloatArray

    def __len__(self) -> int:
        return int(self.start.size)

    @property
    def bad(self) -> BadFrames:
        """The frames and segments this is about."""
        return self.score.bad

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

    @property
    def worst_first(self) -> IntArray:
        """Places of the segments from the most severe on."""
        return np.argsort(-self.severity, kind="stable")

    def span(self, index: int) -> tuple[float, float]:
        """Start and stop of a segment on the time axis."""
        start = float(self.start[index])
        return start, start + float(self.length[index])

    def worst_time(self, start: float, stop: float) -> float:
        """Centre of a stretch's worst bad frame: furthest beyond the limit, times how loud; `start` without one."""
        bad, frames = self.bad, self.bad.facts.frames
        first, last = (round((time - frames.first_time) / frames.grid.step + 0.5) for time in (start, stop))
        inside = np.flatnonzero(bad.bad[max(first, 0) : last]) + max(first, 0)
        if not inside.size:
            return start
        depth = np.where(bad.low[inside], 0.0, float(not bad.choice.criterion.is_relative))
        depth[bad.low[inside]] = _depth(self.score, inside[bad.low[inside]])[0]
        return float(frames.first_time + frames.grid.step * inside[np.argmax(depth * bad.gate.weight[inside])])

    def place_at(self, time: float) -> int | None:
        """The segment at a time; None between segments."""
        grid = self.bad.facts.frames.grid
        return self.bad.segments.index_at((time - self.bad.facts.frames.first_time) / grid.step + 0.5)

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


def find_segment_table(score: PairScore) -> SegmentTable:
    """Figures of all bad segments of a pair; costs grow with the bad frames, not with the file."""
    bad, frames = score.bad, score.facts.frames
    segments, step = bad.segments, frames.grid.step
    low, missed, false_activity = (
        FramesWithin.where(mask, segments) for mask in (bad.low, bad.missed, bad.false_activity)
    )
    counts = np.stack([missed.counts, false_activity.counts, low.counts])
    osi_db = frames.exact_osi_db[low.frames]
    depth, worst = _depth(score, low.frames)
    weight = _weight(bad, low)
    if bad.choice.criterion is Criterion.DROP:
        # A click is short and stands in loud speech; the onset of a word drops as far, for longer, but is quiet.
        severity = np.nan_to_num(low.most(depth * weight**2))
    else:
        severity = low.total(depth * weight)
    if not bad.choice.criterion.is_relative:
        severity += missed.total(_weight(bad, missed)) + false_activity.total(_weight(bad, false_activity))
    return SegmentTable(
        score,
        start=frames.first_time + (segments.first.astype(np.float64) - 0.5) * step,
        length=(segments.stop - segments.first).astype(np.float64) * step,
        counts=counts,
        kind=np.argmax(counts, axis=0).astype(np.uint8),
        osi_min=low.least(osi_db),
        osi_mean=low.mean(osi_db),
        worst=low.most(worst) if worst is not None else np.full(len(segments), np.nan),
        severity=step * severity,
    )


def _weight(bad: BadFrames, within: FramesWithin) -> FloatArray:
    return bad.gate.weight[within.frames].astype(np.float64)


def _depth(score: PairScore, low: IntArray) -> tuple[FloatArray, FloatArray | None]:
    """How far beyond the limit some bad frames are: 0 to 1, or the drop in dB; and the drop or loss itself.

    Missed frames and false activity are as deep as can be, 1, but have no drop: by a relative criterion they come last.
    """
    bad = score.bad
    if bad.choice.criterion is Criterion.OSI:
        return depth_under(score.facts.frames.exact_osi_db[low], bad.threshold_db), None
    if bad.choice.criterion is Criterion.LOSS:
        loss = np.empty(0) if bad.fused is None else bad.fused[low]
        return depth_above(loss, bad.choice.loss_limit), loss
    drop = np.empty(0) if bad.drop_db is None else bad.drop_db[low]
    return drop, drop


def _quality(score: PairScore) -> tuple[FloatArray | None, float]:
    """What the criterion in force goes by, of every frame, so that less is worse; and the sign of its limit in that."""
    bad = score.bad
    if bad.choice.criterion is Criterion.OSI:
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
    values, sign = _quality(score)
    if values is None:
        return session
    values = values[score.bad.gate.active]
    ordered = np.sort(values[~np.isnan(values)])
    limit = sign * limit_of_worst(ordered, max(1, round(share * ordered.size)))
    return edits.set_limit(session, limit) if np.isfinite(limit) else session


def set_carriers(session: Session, shares: LossShares, n_frames: int) -> Session:
    """The threshold under which the worst `n_frames` active frames lie, however quiet or short they are."""
    threshold = shares.threshold_for(n_frames)
    if not np.isfinite(threshold):
        return session
    session = edits.set_bad(session, criterion=Criterion.OSI, minimum_s=0.0, gate_db=None)
    return edits.set_threshold(session, threshold)


def half_loss_edit(shares: LossShares) -> Edit:
    """The frames that hold half of the loss."""
    return lambda session: set_carriers(session, shares, shares.frames_for(0.5))
