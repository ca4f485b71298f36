"""Figures and severity of all bad segments: arrays with one entry per segment."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from osisnr_gui.core.bad_frames import FramesWithin, LossShares, limit_of_worst
from osisnr_gui.core.types import FloatArray
from osisnr_gui.session import edits
from osisnr_gui.session.edits import Edit
from osisnr_gui.session.scores import PairScore
from osisnr_gui.session.segments.bad_segments import BadFrames, SegmentFigures, find_depth
from osisnr_gui.session.session import Criterion, Note, Session

#: From this part of all frames on, picking them one by one takes longer than working out all of them.
GATHER_SHARE = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class SegmentTable(SegmentFigures):
    """The figures of a pair's bad segments, with their parts of the loss."""

    score: PairScore

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
    """Figures of all bad segments of a pair."""
    figures = score.bad.figures
    return SegmentTable(**{part.name: getattr(figures, part.name) for part in fields(figures)}, score=score)


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
    threshold = limit_of_worst(shares.osi_db, n_frames)
    if not np.isfinite(threshold):
        return session
    session = edits.set_bad(session, criterion=Criterion.OSI, minimum_s=0.0, gate_db=None)
    return edits.set_threshold(session, threshold)


def half_loss_edit(shares: LossShares) -> Edit:
    """The frames that hold half of the loss."""
    return lambda session: set_carriers(session, shares, shares.frames_for(0.5))
