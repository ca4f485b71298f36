"""What one file alone gives rise to: how it was read, and what is wrong with its samples."""

import math
from dataclasses import replace
from functools import partial

from osisnr_gui.io.audio import SILENCE
from osisnr_gui.io.errors import N_, LoadError, LoadWarning, Phrase, Reason
from osisnr_gui.session import edits
from osisnr_gui.session.comparison.speakers import MOST_CHANNELS, compare_channels, like, one_channel
from osisnr_gui.session.delays import shift_words
from osisnr_gui.session.guess import Role
from osisnr_gui.session.notices.notice import Case, Found, louder, signed
from osisnr_gui.session.result import Notice, Remedy
from osisnr_gui.session.session import DOWNMIX, Formula
from osisnr_gui.session.tracks import clip_places

DC_SHARE = 0.01
NEAR_SILENT_DB = -50.0
SERIOUS = ("TRUNCATED", "DAMAGED", "CHAINED", "SILENT", "OUT_OF_RANGE")


def show_exact() -> Remedy:
    """Lead with the result that does without the constants of the literal formula."""
    return Remedy(Phrase("Show exact, active frames"), partial(edits.set_formula, formula=Formula.EXACT))


def find_refused_file(case: Case) -> Found | None:
    """A file that could not be read."""
    error = case.track.error
    if error is None:
        return None
    message = Phrase("{error}{which}", error=case.error_words(error), which=_which(case))
    return Found(message, _ways_out(case) or (case.remove,))


def _which(case: Case) -> str:
    """Where one file stands in two roles, a remedy must say which of them it is for."""
    twice = case.source in case.session.references and case.source in case.session.estimates
    if not twice:
        return ""
    return Phrase(" (the reference)") if case.role is Role.REFERENCE else Phrase(" (the estimate)")


def _ways_out(case: Case) -> tuple[Remedy, ...]:
    """Other ways to read a file that was refused."""
    error, source = case.track.error, case.source
    if isinstance(error, LoadError) and error.reason is Reason.BAD_CHANNELS and source.channel:
        return case.change(Phrase("Channel 1"), channel=None)
    if source.pair_axis:
        return case.change(Phrase("Undo"), pair_axis=False)
    if isinstance(error, LoadError) and error.looks_paired:
        return case.change(Phrase("Read as re + i·im"), pair_axis=True)
    keys: tuple[str, ...] = getattr(error, "choices", ())
    return tuple(way for key in keys for way in case.change(Phrase("Use {key}", key=key), key=key))


def warning_notice(case: Case, warning: LoadWarning) -> Notice:
    """What the loader says of a file, in its own words and under its own code."""
    ways = (
        case.change(Phrase("Undo"), pair_axis=False) if warning.code == "PAIRED" else _ways_from_silence(case, warning)
    )
    severity = "warning" if warning.code in SERIOUS else "note"
    message = Phrase("{name}: {message}", name=case.name, message=warning.message)
    return Notice(warning.code.lower(), message, case.source, severity, ways)


def _ways_from_silence(case: Case, warning: LoadWarning) -> tuple[Remedy, ...]:
    """Where nothing at all is heard of a file, not only of another channel."""
    level = case.track.level
    if warning.code != "SILENT" or level is None or level.peak >= SILENCE:
        return ()
    return case.change(Phrase("Channel 1"), channel=None) if case.source.channel == DOWNMIX else (case.remove,)


def find_channels(case: Case) -> Found | None:
    """Which channels of a file are compared."""
    track, source, count = case.track, case.source, case.track.channels
    if all(warning.code != "MULTICHANNEL" for warning in track.warnings):
        return None
    values = {"name": track.name, "count": count, "which": _which(case)}
    lists = {Role.REFERENCE: case.session.references, Role.ESTIMATE: case.session.estimates}
    alike = [other for other in lists.get(case.role, ()) if like(other, source)]
    if len(alike) > 1:
        undo = Remedy(Phrase("Undo"), partial(one_channel, estimate=source if case.role is Role.ESTIMATE else None))
        message = Phrase("{name}: each of its {count} channels is compared on its own{which}", **values)
        if len(alike) < count:
            template = N_("{name}: {some} of its {count} channels are compared, each on its own{which}")
            message = Phrase(template, some=len(alike), **values)
        return Found(message, (undo,))
    if source.channel is not None:
        message = Phrase("{name}: channel {channel} of {count} is used{which}", channel=source.channel, **values)
        if source.channel == DOWNMIX:
            message = Phrase("{name}: the mean of all {count} channels is used{which}", **values)
        return Found(message, case.change(Phrase("Undo"), channel=None))
    ways = [way for k in range(2, min(count, 6) + 1) for way in case.change(Phrase("Channel {n}", n=k), channel=k)]
    ways += case.change(Phrase("Mean of all"), channel=DOWNMIX)
    if case.role is Role.ESTIMATE and case.reference is not None and count <= MOST_CHANNELS:
        each = partial(compare_channels, estimate=source, count=count, reference_count=case.reference.channels)
        ways.append(Remedy(Phrase("Each channel as its own estimate"), each))
    message = Phrase("{name}: {count} channels; channel 1 is used, nothing was mixed{which}", **values)
    return Found(message, (*ways, *case.change(Phrase("Keep"), channel=1)))


def find_transposed(case: Case) -> Found | None:
    """A mask that was turned."""
    if case.track.mask is None or not case.source.transpose:
        return None
    message = Phrase("{name}: transposed; its rows are taken as frames", name=case.name)
    return Found(message, case.change(Phrase("Undo"), transpose=False))


def find_dc_removed(case: Case) -> Found | None:
    """A constant that was taken out of all samples."""
    if case.track.level is None or not case.source.offset:
        return None
    offset = signed(case.source.offset, "+.4g")
    message = Phrase("{name}: a DC offset of {offset} of full scale was taken out", name=case.name, offset=offset)
    return Found(message, case.change(Phrase("Undo"), offset=0.0))


def find_dc(case: Case) -> Found | None:
    """A constant in all samples that is large for how loud the sound is."""
    level, source = case.track.level, case.source
    if level is None or not abs(level.mean) > DC_SHARE * level.rms > 0:
        return None
    message = Phrase(
        "{name}: DC offset of {percent:.1f} % of its RMS ({offset} of full scale); nothing was removed",
        name=case.name,
        percent=100 * abs(level.mean) / level.rms,
        offset=signed(level.mean, "+.4g"),
    )
    return Found(message, case.change(Phrase("Take it out"), offset=level.mean / source.gain + source.offset))


def find_clipping(case: Case) -> Found | None:
    """Runs of samples at full scale."""
    track = case.track
    if track.level is None or not track.level.clipped_runs:
        return None
    runs = track.level.clipped_runs
    places = Phrase("{n} clipped place", n=runs) if runs == 1 else Phrase("{n} clipped places", n=runs)
    message = Phrase("{name}: {runs} (3 or more samples at full scale)", name=case.name, runs=places)
    if not len(track.clips):
        return Found(message)
    # Of a hundred thousand runs only this one: notices are found anew while a slider moves.
    longest = int(track.clips[:, 1].argmax())
    one = replace(track, clips=track.clips[longest : longest + 1])
    ((start, stop),) = clip_places(one, None if case.reference is None else case.reference.sample_rate).tolist()
    length = int(one.clips[0, 1])
    template = N_("{found}, the longest {length} samples at {start:.3f} s")
    return Found(Phrase(template, found=message, length=length, start=start), place=(start, stop))


def find_near_silent(case: Case) -> Found | None:
    """Sound so quiet that the constants of the literal formula may weigh in."""
    level = case.track.level
    if level is None or not (level.rms_db < NEAR_SILENT_DB and level.peak >= SILENCE):
        return None
    message = Phrase(
        "{name}: nearly silent, RMS {rms} dBFS, peak {peak} dBFS; exact values do not depend on the level, "
        "the constants of the literal formula are made for louder sound",
        name=case.name,
        rms=signed(level.rms_db, ".1f"),
        peak=signed(level.peak_db, ".1f"),
    )
    return Found(message, (show_exact(),) if case.session.loss.formula is Formula.LITERAL else ())


def find_moved_file(case: Case) -> Found | None:
    """A file that is no estimate, or no longer one, and was moved in time."""
    track, reference = case.track, case.reference
    rate = track.sample_rate if reference is None else reference.sample_rate
    if not (case.source.delay and track.sample_rate and rate):
        return None
    message = Phrase("{name}: {shift}", name=case.name, shift=shift_words(case.source.delay, rate))
    return Found(message, case.change(Phrase("Undo"), delay=0))


def find_scaled(case: Case) -> Found | None:
    """Sound that was brought to another level."""
    if case.source.gain == 1.0 or not case.track.sample_rate:
        return None
    level = louder(20 * math.log10(case.source.gain))
    message = Phrase("{name}: made {louder}", name=case.name, louder=level)
    if case.role is Role.ESTIMATE:
        message = Phrase("{name}: made {louder} to match the reference", name=case.name, louder=level)
    return Found(message, case.change(Phrase("Undo"), gain=1.0))


def find_flipped(case: Case) -> Found | None:
    """A file that is read with the opposite sign."""
    if not case.source.flip:
        return None
    message = Phrase("{name}: turned upside down (opposite sign)", name=case.name)
    return Found(message, case.change(Phrase("Undo"), flip=False))
