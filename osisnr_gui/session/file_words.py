"""When a file was written and what it holds, in words: local time, and the hash that `sha256sum` prints."""

from __future__ import annotations

import time

from osisnr_gui.session import words
from osisnr_gui.session.tracks import Stamp

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
    size = words.counted(stamp[0], "byte")
    return "\n".join((written, size, f"SHA-256 {content or 'not known yet'}"))
