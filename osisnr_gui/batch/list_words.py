"""Sentences about a list of pairs: its progress, medians and settings."""

import math
from enum import Enum, auto

from osisnr_gui.batch.pair_list import PairList, State
from osisnr_gui.batch.runner import BatchSettings
from osisnr_gui.session import words
from osisnr_gui.session.session import FramingChoice
from osisnr_gui.text.catalogue import _, ngettext

KEYS = _(
    "Enter or double-click opens a pair, Ctrl+L comes back · Up and Down walk the list, Ctrl+PgUp and Ctrl+PgDown also "
    "while a pair is open · a click on a heading sorts · Ctrl+C copies rows"
)
PAIRING = _(
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
        return _("Looking for files …")
    scored, refused, waiting = (pairs.count(state) for state in State)
    template = ngettext("{n} of {total} pair scored", "{n} of {total} pairs scored", len(pairs))
    parts = [template.format(n=_grouped(scored), total=_grouped(len(pairs)))]
    parts += [_("{n} refused").format(n=refused)] if refused else []
    if phase is Phase.RUNNING and rate:
        parts += [_("{rate:.1f} pairs/s").format(rate=rate), _("{time} left").format(time=_duration(waiting / rate))]
    text = ", ".join(parts)
    return _("Stopped: {counts}").format(counts=text) if phase is Phase.STOPPED else text


def median_sentence(pairs: PairList) -> str:
    """Medians over the pairs that are scored, each figure named in full."""
    n = pairs.count(State.SCORED)
    if not n:
        return ""
    osi, loss, si_snr = map(pairs.median, ("exact_osi_db_median", "exact_fused", "whole_si_snr_db"))
    template = ngettext(
        "Median of {n} pair: OSI-SNR median (exact, active) {osi} dB · fused loss (exact, active) {loss} · "
        "SI-SNR (whole) {si_snr} dB",
        "Median of {n} pairs: OSI-SNR median (exact, active) {osi} dB · fused loss (exact, active) {loss} · "
        "SI-SNR (whole) {si_snr} dB",
        n,
    )
    osi_db, si_snr_db = words.number(osi, 2), words.number(si_snr, 2)
    return template.format(n=_grouped(n), osi=osi_db, loss=words.loss(loss), si_snr=si_snr_db)


def nothing_sentence(pairs: PairList, phase: Phase, text: str, failed: bool) -> str:
    """Why there are no rows."""
    if failed:
        return _("Choose other folders, or a list of pairs (Ctrl+Shift+O).")
    if phase is Phase.FINDING:
        return ""
    if text and len(pairs):
        return _("No pair has “{text}” in its name.").format(text=text)
    return _("No pair was refused.") if len(pairs) else _("Stopped before any file was found. Go on looks again.")


def settings_sentence(settings: BatchSettings) -> str:
    """What a list is scored with."""
    session = settings.session
    framing, loss = session.framing, session.loss
    window = _("frames as each file asks for (sound: 32 ms every 8 ms)")
    if framing != FramingChoice():
        n_fft, hop = (value or _("default") for value in (framing.n_fft, framing.hop))
        window = _("frames: {n_fft} samples every {hop}, {window}").format(n_fft=n_fft, hop=hop, window=framing.window)
    silence = _("silent: zeros only")
    if math.isfinite(session.silence_db):
        silence = _("silent: {limit:g} dB below the loudest frame").format(limit=session.silence_db)
    bad = _("bad under {limit} dB").format(limit=words.number(session.threshold_db, 1))
    template = _("Scored with α = {alpha:g}, γ = {gamma:g}, loss method {method}, {silence}, {bad}, {frames}")
    return template.format(
        alpha=loss.alpha, gamma=loss.gamma, method=loss.method, silence=silence, bad=bad, frames=window
    )


def _grouped(count: int) -> str:
    return f"{count:,}".replace(",", words.NARROW_SPACE)


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 100:
        return _("{n} s").format(n=whole)
    if whole < 6000:
        return _("{n} min").format(n=whole // 60)
    return _("{hours} h {minutes} min").format(hours=whole // 3600, minutes=whole % 3600 // 60)
