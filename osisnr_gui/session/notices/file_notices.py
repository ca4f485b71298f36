"""What one file alone gives rise to: how it was read, and what is wrong with its samples."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from osisnr_gui.io.checks import SILENCE
from osisnr_gui.io.errors import LoadError, LoadWarning, Reason
from osisnr_gui.session import edits
from osisnr_gui.session.channel_edits import MOST_CHANNELS, compare_channels, like, one_channel
from osisnr_gui.session.delay.delay_words import shift_words
from osisnr_gui.session.guess import Role
from osisnr_gui.session.notices.notice import Notice, Remedy, signed
from osisnr_gui.session.segments.clips import clip_places
from osisnr_gui.session.session import DOWNMIX, Formula, Session
from osisnr_gui.session.tracks import Level, Track

DC_SHARE = 0.01
NEAR_SILENT_DB = -50.0
SERIOUS = ("TRUNCATED", "DAMAGED", "CHAINED", "SILENT", "OUT_OF_RANGE")

Change = Callable[..., Session]


def track_notices(session: Session, track: Track, role: Role, reference: Track | None = None) -> list[Notice]:
    """What a file gives rise to in one role; its remedies leave its other role alone.

    reference : the one it is compared with, itself for a reference; None while there is none.
    """
    source = track.source
    change: Change = partial(edits.change_source, source=source, role=role)
    remove = Remedy("Remove", partial(edits.remove, source=source, role=role))
    # Where one file stands in two roles, a remedy must say which of them it is for.
    twice = source in session.references and source in session.estimates
    which = f" (the {role.value})" if twice else ""
    if track.error is not None:
        return [Notice("refused", f"{track.error}{which}", source, "warning", _ways_out(track, change) or (remove,))]
    found = []
    for warning in track.warnings:
        if warning.code == "MULTICHANNEL":
            notice = _channel_notice(session, track, role, reference, change)
            found.append(replace(notice, message=notice.message + which))
        else:
            message, ways = f"{track.name}: {warning.message}", _ways_from_silence(track, warning, change, remove)
            ways += (Remedy("Undo", partial(change, pair_axis=False)),) if warning.code == "PAIRED" else ()
            severity = "warning" if warning.code in SERIOUS else "note"
            found.append(Notice(warning.code.lower(), message, source, severity, ways))
    if track.mask is not None and source.transpose:
        message = f"{track.name}: transposed; its rows are taken as frames"
        found.append(Notice("transposed", message, source, "note", (Remedy("Undo", partial(change, transpose=False)),)))
    found += _sample_notices(session, track, reference, change)
    # Of an estimate its pair tells more.
    return found if role is Role.ESTIMATE else found + _change_notices(track, reference, change)


def show_exact() -> Remedy:
    """Lead with the result that does without the constants of the literal formula."""
    return Remedy("Show exact, active frames", partial(edits.set_formula, formula=Formula.EXACT))


def _ways_out(track: Track, change: Change) -> tuple[Remedy, ...]:
    """Other ways to read a file that was refused."""
    if isinstance(track.error, LoadError) and track.error.reason is Reason.BAD_CHANNELS and track.source.channel:
        return (Remedy("Channel 1", partial(change, channel=None)),)
    if track.source.pair_axis:
        return (Remedy("Undo", partial(change, pair_axis=False)),)
    if isinstance(track.error, LoadError) and track.error.looks_paired:
        return (Remedy("Read as re + i·im", partial(change, pair_axis=True)),)
    keys: tuple[str, ...] = getattr(track.error, "choices", ())
    return tuple(Remedy(f"Use {key}", partial(change, key=key)) for key in keys)


def _ways_from_silence(track: Track, warning: LoadWarning, change: Change, remove: Remedy) -> tuple[Remedy, ...]:
    """Where nothing at all is heard of a file, not only of another channel."""
    if warning.code != "SILENT" or track.level is None or track.level.peak >= SILENCE:
        return ()
    if track.source.channel == DOWNMIX:
        return (Remedy("Channel 1", partial(change, channel=None)),)
    return (remove,)


def _channel_notice(session: Session, track: Track, role: Role, reference: Track | None, change: Change) -> Notice:
    source, count = track.source, track.channels
    beside = {Role.REFERENCE: session.references, Role.ESTIMATE: session.estimates}.get(role, ())
    alike = [other for other in beside if like(other, source)]
    if len(alike) > 1:
        all_of_them = f"each of its {count} channels is compared on its own"
        some = f"{len(alike)} of its {count} channels are compared, each on its own"
        message = f"{track.name}: {all_of_them if len(alike) == count else some}"
        undo = Remedy("Undo", partial(one_channel, estimate=source if role is Role.ESTIMATE else None))
        return Notice("channels", message, source, "note", (undo,))
    if source.channel is None:
        message = f"{track.name}: {count} channels; channel 1 is used, nothing was mixed"
        ways = [Remedy(f"Channel {k}", partial(change, channel=k)) for k in range(2, min(count, 6) + 1)]
        ways.append(Remedy("Mean of all", partial(change, channel=DOWNMIX)))
        if role is Role.ESTIMATE and reference is not None and count <= MOST_CHANNELS:
            each = partial(compare_channels, estimate=source, count=count, reference_count=reference.channels)
            ways.append(Remedy("Each channel as its own estimate", each))
        ways.append(Remedy("Keep", partial(change, channel=1)))
        return Notice("channels", message, source, "note", tuple(ways))
    used = f"the mean of all {count} channels" if source.channel == DOWNMIX else f"channel {source.channel} of {count}"
    undo = Remedy("Undo", partial(change, channel=None))
    return Notice("channels", f"{track.name}: {used} is used", source, "note", (undo,))


def _sample_notices(session: Session, track: Track, reference: Track | None, change: Change) -> list[Notice]:
    """What was found, or changed, in the samples."""
    source, level, found = track.source, track.level, list[Notice]()
    if level is None:
        return found
    if source.offset:
        message = f"{track.name}: a DC offset of {signed(source.offset, '+.4g')} of full scale was taken out"
        found.append(Notice("dc_removed", message, source, "note", (Remedy("Undo", partial(change, offset=0.0)),)))
    if abs(level.mean) > DC_SHARE * level.rms > 0:
        message = (
            f"{track.name}: DC offset of {100 * abs(level.mean) / level.rms:.1f} % of its RMS "
            f"({signed(level.mean, '+.4g')} of full scale); nothing was removed"
        )
        offset = level.mean / source.gain + source.offset
        found.append(Notice("dc", message, source, "note", (Remedy("Take it out", partial(change, offset=offset)),)))
    if level.clipped_runs:
        found.append(_clipping_notice(track, level, reference))
    if level.rms_db < NEAR_SILENT_DB and level.peak >= SILENCE:
        rms_db, peak_db = (signed(value, ".1f") for value in (level.rms_db, level.peak_db))
        message = (
            f"{track.name}: nearly silent, RMS {rms_db} dBFS, peak {peak_db} dBFS; "
            "the constants of the literal formula are made for louder sound"
        )
        ways = (show_exact(),) if session.loss.formula is Formula.LITERAL else ()
        found.append(Notice("near_silent", message, source, "note", ways))
    return found


def _change_notices(track: Track, reference: Track | None, change: Change) -> list[Notice]:
    """What was done to a file that is no estimate, or no longer one."""
    source, found = track.source, list[Notice]()
    rate = track.sample_rate if reference is None else reference.sample_rate
    if source.delay and track.sample_rate and rate:
        message = f"{track.name}: {shift_words(source.delay, rate)}"
        found.append(Notice("aligned", message, source, "note", (Remedy("Undo", partial(change, delay=0)),)))
    if source.gain != 1.0 and track.sample_rate:
        message = f"{track.name}: made {louder(20 * math.log10(source.gain))}"
        found.append(Notice("level_matched", message, source, "note", (Remedy("Undo", partial(change, gain=1.0)),)))
    return [*found, flipped_notice(track, partial(change, flip=False))] if source.flip else found


def flipped_notice(track: Track, undo: Change) -> Notice:
    """Of a file that is read with the opposite sign."""
    message = f"{track.name}: turned upside down (opposite sign)"
    return Notice("flipped", message, track.source, "note", (Remedy("Undo", undo),))


def louder(gain_db: float) -> str:
    """ "6.0 dB louder", "6.0 dB quieter"."""
    return f"{abs(gain_db):.1f} dB {'louder' if gain_db > 0 else 'quieter'}"


def _clipping_notice(track: Track, level: Level, reference: Track | None) -> Notice:
    message = (
        f"{track.name}: {level.clipped_runs} clipped place{'' if level.clipped_runs == 1 else 's'} "
        "(3 or more samples at full scale)"
    )
    if not len(track.clips):
        return Notice("clipping", message, track.source, "warning")
    # Of a hundred thousand runs only this one: notices are found anew while a slider moves.
    longest = int(track.clips[:, 1].argmax())
    one = replace(track, clips=track.clips[longest : longest + 1])
    ((start, stop),) = clip_places(one, None if reference is None else reference.sample_rate).tolist()
    message += f", the longest {one.clips[0, 1]} samples at {start:.3f} s"
    return Notice("clipping", message, track.source, "warning", place=(start, stop))
