"""Numbers with their units, names and times in words, the same in the window and on the command line.

Every number is named with what it is: which average, which frames, literal or exact. Nothing here knows a widget.
"""

from __future__ import annotations

import math
import os
import string
import time
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache

from osisnr_gui.io.errors import display_name, printable
from osisnr_gui.io.mask_cells import MaskKind
from osisnr_gui.session.facts import Facts
from osisnr_gui.session.scores import PairScore
from osisnr_gui.session.session import DOWNMIX, Formula
from osisnr_gui.session.tracks import Stamp, Track

MINUS = "\u2212"
NARROW_SPACE = "\u202f"
MISSING = "–"
LEVEL_DB = 0.5  # a level difference below this is not worth a word
_LOSS_LIMITS, _LOSS_DECIMALS = (0.01, 0.1, 10.0, 100.0, 1000.0), (5, 4, 3, 2, 1, 0)
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, decimals: int) -> str:
    """A number with a fixed count of decimals and a true minus sign; "∞" and "–" for what is no number."""
    if math.isnan(value):
        return MISSING
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    text = f"{value:.{decimals}f}"
    if text.startswith("-") and not text.strip("-0."):
        text = text[1:]  # -0.0 says nothing but 0.0
    return text.replace("-", MINUS)


def db(value: float, decimals: int = 1) -> str:
    """Decibels: 4.234 -> "4.2 dB"."""
    return MISSING if math.isnan(value) else f"{number(value, decimals)} dB"


def loss(value: float) -> str:
    """A loss, which has no unit: three decimals where that is enough, powers of ten beyond reason."""
    size = abs(value)
    if not math.isfinite(value) or size == 0.0:
        return number(value, 3)
    if size >= 1e5 or size < 1e-4:
        return _power(value)
    return number(value, _LOSS_DECIMALS[bisect_right(_LOSS_LIMITS, size)])


def _power(value: float) -> str:
    digits, power = f"{value:.2e}".split("e")
    exponent = str(int(power)).translate(_SUPERSCRIPTS)
    return f"{digits.replace('-', MINUS)}{NARROW_SPACE}×{NARROW_SPACE}10{exponent}"


def cell(value: float, decimals: int) -> str:
    """A value of a matrix, which can be anything: `number`, a power of ten from 100 000 on."""
    return _power(value) if 1e5 <= abs(value) < math.inf else number(value, decimals)


def count(value: int) -> str:
    """A whole number, grouped in threes from five digits on."""
    return f"{value:,}".replace(",", NARROW_SPACE) if abs(value) >= 10_000 else str(value)


def counted(value: int, noun: str) -> str:
    """ "1 frame", "683 frames"."""
    return f"{count(value)} {noun}{'' if value == 1 else 's'}"


def percent(share: float, decimals: int = 0) -> str:
    """A share of 1 in percent."""
    return MISSING if not math.isfinite(share) else f"{number(100 * share, decimals)} %"


def seconds(value: float, decimals: int = 3) -> str:
    """A point in time or a short stretch."""
    return f"{number(value, decimals)} s"


def duration(value: float) -> str:
    """A length a person can grasp: "6.60 s", "12:05 min", "1:02:03 h"."""
    if value < 60:
        return seconds(value, 2)
    whole = round(value)
    minutes, rest = divmod(whole, 60)
    if whole < 3600:
        return f"{minutes}:{rest:02d} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d} h"


def hertz(value: float) -> str:
    """A frequency: "440 Hz", "1.25 kHz"."""
    return f"{number(value, 0)} Hz" if value < 1000 else f"{number(value / 1000, 2)} kHz"


def rate(value: int) -> str:
    """A sample rate: "16 kHz", "44.1 kHz", "11025 Hz"."""
    return f"{value / 1000:g} kHz" if value % 100 == 0 else f"{value} Hz"


def milliseconds(value: float) -> str:
    """Seconds as milliseconds with three digits that count."""
    ms = 1000 * value
    return f"{number(ms, 2 if ms < 10 else 1 if ms < 100 else 0)} ms"


def short_names(paths: Sequence[str]) -> list[str]:
    """File names without their ending and without the words all of them begin with; never empty, safe to show."""
    stems = [os.path.splitext(os.path.basename(path))[0] for path in paths]
    low, high = min(stems, default=""), max(stems, default="")
    shared = next((i for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high)))
    cut = 0 if low == high else max(low.rfind(mark, 0, shared) for mark in "_- .") + 1
    return [display_name(stem[cut:] or stem or path) for stem, path in zip(stems, paths, strict=True)]


def track_names(tracks: Sequence[Track]) -> list[str]:
    """`short_names` of files, with the channel where several of one file are compared."""
    names = short_names([track.source.path for track in tracks])
    channels: dict[str, set[int | None]] = {}
    for track in tracks:
        channels.setdefault(track.source.path, set()).add(track.source.channel)
    return [
        f"{name} ch {track.source.channel or 1}" if len(channels[track.source.path]) > 1 else name
        for track, name in zip(tracks, names, strict=True)
    ]


def title(track: Track) -> str:
    """A file's name, with the channel where one was chosen of several."""
    return (
        track.name if track.channels == 1 or track.source.channel is None else f"{track.name} · {channel_words(track)}"
    )


def full_path(path: str) -> str:
    """A whole path, safe to show as plain text."""
    return printable(path, 1000)


def method_words(method: int) -> str:
    """What a loss_osi method does."""
    return "mean of inverses" if method == 1 else "inverse of mean"


def frames_words(facts: Facts, formula: Formula) -> str:
    """ "literal, all 822 frames" or "exact, 683 active frames"."""
    if formula is Formula.LITERAL:
        return f"literal, all {counted(facts.frames.n_frames, 'frame')}"
    return f"exact, {counted(facts.n_active, 'active frame')}"


def result_words(score: PairScore) -> str:
    """Which number the leading fused loss is."""
    partial = "" if score.facts.frames.complete else ", so far"
    return f"{frames_words(score.facts, score.loss.formula)}, method {score.loss.method}{partial}"


def level_words(track: Track) -> str:
    """RMS level re full scale; empty while it is not known."""
    if track.level is None:
        return ""
    value = track.level.rms_db
    return "digital silence" if value == -math.inf else f"{number(value, 1)} dBFS"


def channel_words(track: Track) -> str:
    """ "mono", "channel 1 of 2", "mean of 2 channels"."""
    if track.channels == 1:
        return "mono"
    if track.source.channel == DOWNMIX:
        return f"mean of {track.channels} channels"
    return f"channel {track.source.channel or 1} of {track.channels}"


def track_words(track: Track) -> str:
    """What a file is, in one line: length, rate, channels, coding and level; shape and range for a mask."""
    if track.mask is not None:
        mask = track.mask
        low, high, mean = (cell(value, 2) for value in (mask.minimum, mask.maximum, mask.mean))
        n_bins, n_frames = mask.values.shape
        size = "magnitudes " if mask.kind is MaskKind.COMPLEX else ""
        outside = f" · {percent(mask.share_outside, 1)} outside 0 to 1" if mask.share_outside else ""
        shape = f"{mask.kind} mask · {n_bins} bins × {n_frames} frames · {mask.values.dtype}"
        return f"{shape} · {size}{low} to {high}, mean {mean}{outside}"
    if track.kind is None:
        return ""
    length = "" if track.duration_s is None else duration(track.duration_s)
    rate_text = "" if not track.sample_rate else rate(track.sample_rate)
    coding = track.coding.replace("_", " ")
    delay = track.source.delay
    moved = f"moved {number(-delay, 0)} sample{'' if abs(delay) == 1 else 's'}" if delay else ""
    clips = 0 if track.level is None else track.level.clipped_runs
    clipped = f"clipped {clips}×" if clips else ""
    parts = (length, rate_text, channel_words(track), coding, level_words(track), clipped, moved)
    return " · ".join(part for part in parts if part)


def why_osi(value: float, score: PairScore, formula: Formula) -> str:
    """Why an OSI-SNR average is no plain number; empty when it is one."""
    if math.isfinite(value):
        return ""
    facts = score.facts
    if formula is Formula.EXACT:
        if facts.n_active == 0:
            return "No frame is active: one of the two signals is silent everywhere."
        same = counted(facts.counts["proportional"], "active frame")
        return f"Infinite: in {same} the estimate is the reference but for its level."
    if math.isnan(value):
        return "Not a number: the literal formula divides zero by zero in at least one frame."
    bad = f"{count(facts.not_meaningful)} of {counted(facts.frames.n_frames, 'literal frame')}"
    return f"Not finite: {bad} are not finite or not above 0 dB (silence)."


def why_loss(value: float, score: PairScore, formula: Formula) -> str:
    """Why a loss is no plain number, or none to trust; empty when it is in order."""
    facts = score.facts
    if formula is Formula.EXACT:
        if math.isfinite(value):
            return ""
        if facts.n_active == 0:
            return "No frame is active: one of the two signals is silent everywhere."
        if math.isnan(value):
            return "Not a number: some cells are not finite."
        return "Infinite: in at least one active frame estimate and reference have nothing in common (0 dB)."
    if not math.isfinite(value):
        return "The literal formula is not finite in at least one frame."
    if facts.not_meaningful:
        frames = counted(facts.frames.n_frames, "literal frame")
        return f"{count(facts.not_meaningful)} of {frames} are not above 0 dB; silence counts as perfect here."
    return ""


SHORT_HASH = 8
_NS = 1_000_000_000
_STEPS = ((60, "s"), (60, "min"), (24, "h"), (365, "days"))


def clock(seconds: float) -> str:
    """The time of day, local, of seconds since 1970: "14:03:22"."""
    return time.strftime("%H:%M:%S", time.localtime(seconds))


def moment(seconds: float) -> str:
    """ "2026-11-22 14:03:22", local."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))


def short_moment(seconds: float, now: float) -> str:
    """The time of day for today, the date for other days."""
    date, today = (time.strftime("%Y-%m-%d", time.localtime(at)) for at in (seconds, now))
    return clock(seconds) if date == today else date


def age(seconds: float) -> str:
    """ "2 min ago"; empty for what is to come or older than a year."""
    value = seconds
    for step, unit in _STEPS:
        if 0 <= value < step:
            return f"{value:.0f} {unit} ago" if unit != "days" or value >= 1.5 else "1 day ago"
        value = value // step if value >= 0 else value
    return ""


def file_words(stamp: Stamp | None, content: str, now: float) -> str:
    """ "14:03:22 · 3f9ac21e": when it was written and, where it is known, the start of its hash."""
    if stamp is None:
        return ""
    parts = (short_moment(stamp[1] / _NS, now), content[:SHORT_HASH])
    return " · ".join(part for part in parts if part)


def file_tip(stamp: Stamp | None, content: str, now: float) -> str:
    """The same in full, with the size, a line each."""
    if stamp is None:
        return ""
    ago = age(now - stamp[1] / _NS)
    written = f"written {moment(stamp[1] / _NS)}{f' ({ago})' if ago else ''}"
    size = counted(stamp[0], "byte")
    return "\n".join((written, size, f"SHA-256 {content or 'not known yet'}"))


#: In place of an estimate: the unprocessed mixture.
MIXTURE = -1
#: In place of another estimate: what this one was before its file changed.
GHOST = -2


@cache
def estimate_letter(index: int) -> str:
    """A, B, … Z, AA, AB, …: the short name of an estimate by its place."""
    letters = string.ascii_uppercase
    first, last = divmod(index, len(letters))
    return letters[last] if first == 0 else estimate_letter(first - 1) + letters[last]
