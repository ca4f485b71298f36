"""Sentences about a list of pairs: its progress, medians and settings."""

from __future__ import annotations

import math
from enum import Enum, auto

from osisnr_gui.batch.pair_list import PairList, State
from osisnr_gui.batch.runner import BatchSettings
from osisnr_gui.session import words
from osisnr_gui.session.session import FramingChoice

KEYS = (
    "Enter or double-click opens a pair, Ctrl+L comes back · Up and Down walk the list, Ctrl+PgUp and Ctrl+PgDown also "
    "while a pair is open · a click on a heading sorts · Ctrl+C copies rows"
)
PAIRING = (
    "Files with the same name belong together, also below the folders, and also with another ending where that is "
    "clear. A file without a partner is a row of its own that says so."
)


class Phase(Enum):
    """How far a list is."""

    FINDING = auto()
    RUNNING = auto()
    STOPPED = auto()
    DONE = auto()


def state_sentence(pairs: PairList, phase: Phase, rate: float) -> str:
    """How many pairs are scored. rate : pairs a second of late; 0 = not known."""
    if phase is Phase.FINDING:
        return "Looking for files …"
    scored, refused, waiting = (pairs.count(state) for state in State)
    parts = [f"{scored:,} of {_pairs(len(pairs))} scored".replace(",", words.NARROW_SPACE)]
    parts += [f"{refused} refused"] if refused else []
    if phase is Phase.RUNNING and rate:
        parts += [f"{rate:.1f} pairs/s", f"{_duration(waiting / rate)} left"]
    text = ", ".join(parts)
    return f"Stopped: {text}" if phase is Phase.STOPPED else text


def median_sentence(pairs: PairList) -> str:
    """Medians over the pairs that are scored, each figure named in full."""
    n = pairs.count(State.SCORED)
    if not n:
        return ""
    osi, loss, si_snr = map(pairs.median, ("exact_osi_db_median", "exact_fused", "whole_si_snr_db"))
    return (
        f"Median of {_pairs(n)}: OSI-SNR median (exact, active) {words.number(osi, 2)} dB · fused loss (exact, active) "
        f"{words.loss(loss)} · SI-SNR (whole) {words.number(si_snr, 2)} dB"
    )


def nothing_sentence(pairs: PairList, phase: Phase, text: str, failed: bool) -> str:
    """Why there are no rows."""
    if failed:
        return "Choose other folders, or a list of pairs (Ctrl+Shift+O)."
    if phase is Phase.FINDING:
        return ""
    if text and len(pairs):
        return f"No pair has “{text}” in its name."
    return "No pair was refused." if len(pairs) else "Stopped before any file was found. Go on looks again."


def settings_sentence(settings: BatchSettings) -> str:
    """What a list is scored with."""
    session = settings.session
    framing, loss = session.framing, session.loss
    window = "frames as each file asks for (sound: 32 ms every 8 ms)"
    if framing != FramingChoice():
        n_fft, hop = (value or "default" for value in (framing.n_fft, framing.hop))
        window = f"frames: {n_fft} samples every {hop}, {framing.window}"
    limit = session.silence_db
    silence = "silent: zeros only" if math.isinf(limit) else f"silent: {limit:g} dB below the loudest frame"
    bad = f"bad under {words.number(session.threshold_db, 1)} dB"
    return f"Scored with α = {loss.alpha:g}, γ = {loss.gamma:g}, loss method {loss.method}, {silence}, {bad}, {window}"


def _pairs(count: int) -> str:
    return f"{count:,} pair{'' if count == 1 else 's'}".replace(",", words.NARROW_SPACE)


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 100:
        return f"{whole} s"
    return f"{whole // 60} min" if whole < 6000 else f"{whole // 3600} h {whole % 3600 // 60} min"
