"""Which frames are bad, and the segments they make."""

from __future__ import annotations

import math
from dataclasses import dataclass

from osisnr_gui.core.bad_frames import JOIN_SECONDS, MINIMUM_SECONDS, BadSegments, find_bad_frames, find_bad_segments
from osisnr_gui.core.types import BoolArray, FrameStatus
from osisnr_gui.session.facts import Facts


@dataclass(frozen=True, slots=True, eq=False)
class BadFrames:
    """Active frames whose exact OSI-SNR is under the threshold, and segments of them and of missed frames."""

    facts: Facts
    threshold_db: float
    bad: BoolArray
    segments: BadSegments


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
