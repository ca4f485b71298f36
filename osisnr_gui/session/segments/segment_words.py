"""Bad segments in words."""

from __future__ import annotations

import numpy as np

from osisnr_gui.core.loss_shares import LossShares
from osisnr_gui.session import words
from osisnr_gui.session.segments.bad_segments import BadFrames, other_place
from osisnr_gui.session.segments.segment_table import Kind, SegmentTable
from osisnr_gui.session.session import Criterion, Session
from osisnr_gui.session.words import estimate_letter

CARRIER_SHARE = 0.05
KIND_NAMES = {Kind.MISSED: "missed", Kind.FALSE_ACTIVITY: "false activity"}
LOW_NAMES = {
    Criterion.OSI: "low OSI",
    Criterion.LOSS: "high loss",
    Criterion.DROP: "drop",
}
ALONE_WORDS = "There is no other estimate of this reference to compare with: add one."


def other_letter(session: Session, index: int) -> str:
    """The letter of the estimate that estimate `index` is held against; empty where it stands alone."""
    place = other_place(session, index)
    return "" if place is None else estimate_letter(place)


def low_name(criterion: Criterion, other: str) -> str:
    """What a frame that is bad by the criterion is called."""
    return LOW_NAMES.get(criterion) or f"below {other or 'another'}"


def kind_name(table: SegmentTable, place: int, other: str) -> str:
    """The commonest kind of bad frame in a segment."""
    kind = Kind(int(table.kind[place]))
    return KIND_NAMES.get(kind) or low_name(table.bad.choice.criterion, other)


def count_words(table: SegmentTable, place: int, other: str) -> str:
    """How many frames of a segment are what."""
    segments = table.bad.segments
    n_frames = int(segments.stop[place] - segments.first[place])
    missed, false_activity, low = table.counts[:, place].tolist()
    parts = [
        f"{words.count(n)} {name}"
        for n, name in (
            (low, limit_words(table.bad, other)),
            (missed, "missed"),
            (false_activity, "of false activity"),
            (n_frames - low - missed - false_activity, "between them"),
        )
        if n
    ]
    return f"{words.counted(n_frames, 'frame')}: {', '.join(parts)}"


def limit_words(bad: BadFrames, other: str) -> str:
    """What frames that are bad by the criterion have in common: "under 3.0 dB exact OSI-SNR"."""
    choice = bad.choice
    if choice.criterion is Criterion.OSI:
        # Two decimals where one would hide a limit that was chosen by its share of frames.
        decimals = 1 if round(bad.threshold_db, 1) == bad.threshold_db else 2
        return f"under {words.db(bad.threshold_db, decimals)} exact OSI-SNR"
    if choice.criterion is Criterion.LOSS:
        return f"over a fused loss of {words.loss(choice.loss_limit)}"
    if choice.criterion is Criterion.DROP:
        return f"{words.db(choice.drop_db)} or more under the median of {words.number(choice.window_s, 1)} s around"
    return f"{words.db(choice.against_db)} or more under {other or 'another estimate'}"


def counts_sentence(table: SegmentTable, other: str) -> str:
    """How many segments there are, of which frames, and how many the level gate keeps out: two short lines."""
    bad = table.bad
    if _stands_alone(bad):
        return ALONE_WORDS
    counts = [int(np.count_nonzero(mask)) for mask in (bad.low, bad.missed, bad.false_activity)]
    names = (low_name(bad.choice.criterion, other), "missed", "of false activity")
    frames = ", ".join(f"{words.count(n)} {name}" for n, name in zip(counts, names, strict=True))
    gate = f"Level gate: {words.count(bad.n_left_out)} of {words.count(bad.n_judged)} left out."
    gate = "No level gate." if bad.choice.gate_db is None else gate
    return f"{words.counted(len(table), 'segment')}; frames: {frames}. {gate}"


def counts_tip(table: SegmentTable, other: str) -> str:
    """What stands behind the counts."""
    bad = table.bad
    what = f"{low_name(bad.choice.criterion, other)}: {limit_words(bad, other)}, active in both signals."
    missed = "Missed: only the estimate is silent. False activity: only the reference is."
    if bad.choice.gate_db is None:
        return f"{what}\n{missed}\nNo level gate: quiet frames count as well."
    gate = words.db(bad.choice.gate_db, 0)
    return (
        f"{what}\n{missed}\nLeft out by the level gate: frames more than {gate} below the loudest one, of "
        f"{words.count(bad.n_judged)} that are not silent in both signals."
    )


def no_segment_words(table: SegmentTable | None, other: str) -> str:
    """Why there is nothing to go to."""
    if table is None:
        return "Nothing has been compared yet."
    if _stands_alone(table.bad):
        return ALONE_WORDS
    what = limit_words(table.bad, other)
    return f"No bad segment: no long enough run of frames that count is {what}, and none is missed or falsely active."


def carriers_sentence(shares: LossShares) -> str:
    """Which frames carry the loss: what the worst 5 % hold, and how few hold half."""
    if not len(shares) or not np.isfinite(shares.share[-1]):
        return "No active frame has a loss."
    n_worst, n_half = max(1, round(CARRIER_SHARE * len(shares))), shares.frames_for(0.5)
    return (
        f"Worst {words.percent(CARRIER_SHARE)} of active frames ({words.count(n_worst)}): "
        f"{words.percent(shares.held_by(n_worst))} of the loss (exact, method 1); half of it in "
        f"{words.counted(n_half, 'frame')}."
    )


def _stands_alone(bad: BadFrames) -> bool:
    return bad.choice.criterion is Criterion.AGAINST and bad.other is None
