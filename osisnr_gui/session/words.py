"""Numbers with their units, names of files and estimates, times: the same in every language."""

import math
import os
import string
import time
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache

from osisnr_gui.io.errors import FileError, Phrase, display_name, printable

MINUS = "\u2212"
NARROW_SPACE = "\u202f"
MISSING = "–"
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


def signed_db(value: float) -> str:
    """ "+2.1 dB", "−0.3 dB", "0.0 dB"."""
    text = db(value)
    return f"+{text}" if value > 0 and not text.startswith("0.0") else text


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
    """File names without their ending and the words all of them begin or end with; never empty, safe to show."""
    stems = [os.path.splitext(os.path.basename(path))[0] for path in paths]
    cut, last = _shared_words(stems), _shared_words([stem[::-1] for stem in stems])
    shorts = [stem[cut : len(stem) - last] or stem[cut:] or stem for stem in stems]
    shorts = shorts if len({*shorts}) == len({*stems}) else [stem[cut:] or stem for stem in stems]
    return [display_name(short or path) for short, path in zip(shorts, paths, strict=True)]


def _shared_words(stems: Sequence[str]) -> int:
    """Length of the whole words that different names begin with."""
    low, high = min(stems, default=""), max(stems, default="")
    shared = next((i for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high)))
    return 0 if low == high else max(low.rfind(mark, 0, shared) for mark in "_- .") + 1


def error_words(error: FileError, name: str = "") -> str:
    """`str(error)`, under another name of its file where one is given; a Phrase where nothing of it was shortened."""
    own = display_name(error.path)
    phrase = Phrase("{name}: {detail}; {remedy}", name=name or own, detail=error.detail, remedy=error.remedy)
    shown = str(error).replace(f"{own}: ", f"{name or own}: ", 1)
    return phrase if phrase == shown else shown


def full_path(path: str) -> str:
    """A whole path, safe to show as plain text."""
    return printable(path, 1000)


def clock(seconds: float) -> str:
    """The time of day, local, of seconds since 1970: "14:03:22"."""
    return time.strftime("%H:%M:%S", time.localtime(seconds))


def short_moment(seconds: float, now: float) -> str:
    """The time of day for today, the date for other days."""
    date, today = (time.strftime("%Y-%m-%d", time.localtime(at)) for at in (seconds, now))
    return clock(seconds) if date == today else date


#: In place of an estimate: the unprocessed mixture.
MIXTURE = -1
#: In place of another estimate: what this one was before its file changed.
GHOST = -2


@cache
def estimate_letter(index: int) -> str:
    """A, B, … Z, AA, AB, …: the short name of an estimate by its place."""
    letters = string.ascii_uppercase
    first, last = divmod(index, len(letters))
    return letters[last] if first <= 0 else estimate_letter(first - 1) + letters[last]


def joined(parts: Sequence[str], mark: str = "; ") -> Phrase:
    """Several phrases as one, each of them translated on its own."""
    names = [f"part{place}" for place in range(len(parts))]
    return Phrase(mark.join(f"{{{name}}}" for name in names), **dict(zip(names, parts, strict=True)))


def listed(parts: Sequence[str]) -> str:
    """ "one and two and three", each of them translated on its own."""
    words = parts[-1]
    for part in reversed(parts[:-1]):
        words = Phrase("{one} and {others}", one=part, others=words)
    return words
