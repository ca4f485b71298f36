"""Files in words: what they are, when they were written, what became of them since, their errors and roles."""

import math
import time
from collections.abc import Sequence

from osisnr_gui.io.errors import MESSAGE_LIMIT, NAME_LIMIT, FileError, display_name, printable
from osisnr_gui.io.masks import Mask, MaskKind
from osisnr_gui.session.file_changes import Fate, FileChange
from osisnr_gui.session.guess import Role
from osisnr_gui.session.session import DOWNMIX
from osisnr_gui.session.tracks import Stamp, Track
from osisnr_gui.session.words import cell, count, duration, number, percent, rate, short_moment, short_names
from osisnr_gui.text.catalogue import _, ngettext, translated

SHORT_HASH = 8
MOST_NAMES = 3
_NS = 1_000_000_000
_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86_400, 365 * 86_400


def track_names(tracks: Sequence[Track]) -> list[str]:
    """`short_names` of files, with the channel where several of one file are compared."""
    names = short_names([track.source.path for track in tracks])
    channels: dict[str, set[int | None]] = {}
    for track in tracks:
        channels.setdefault(track.source.path, set()).add(track.source.channel)
    return [
        _("{name} ch {channel}").format(name=name, channel=track.source.channel or 1)
        if len(channels[track.source.path]) > 1
        else name
        for track, name in zip(tracks, names, strict=True)
    ]


def title(track: Track) -> str:
    """A file's name, with the channel where one was chosen of several."""
    is_whole = track.channels == 1 or track.source.channel is None
    return track.name if is_whole else f"{track.name} · {channel_words(track)}"


def channel_words(track: Track) -> str:
    """ "mono", "channel 1 of 2", "mean of 2 channels"."""
    if track.channels == 1:
        return _("mono")
    if track.source.channel == DOWNMIX:
        return _("mean of {count} channels").format(count=track.channels)
    return _("channel {channel} of {count}").format(channel=track.source.channel or 1, count=track.channels)


def track_words(track: Track) -> str:
    """What a file is, in one line: length, rate, channels, coding and level; shape and range for a mask."""
    if track.mask is not None:
        return _mask_words(track.mask)
    if track.kind is None:
        return ""
    length = "" if track.duration_s is None else duration(track.duration_s)
    rate_text = "" if not track.sample_rate else rate(track.sample_rate)
    delay = track.source.delay
    moved = ngettext("moved {n} sample", "moved {n} samples", abs(delay)).format(n=number(-delay, 0)) if delay else ""
    level = clipped = ""
    if track.level is not None:
        rms_db, clips = track.level.rms_db, track.level.clipped_runs
        level = _("digital silence") if rms_db == -math.inf else f"{number(rms_db, 1)} dBFS"
        clipped = _("clipped {n}×").format(n=clips) if clips else ""
    parts = (length, rate_text, channel_words(track), track.coding.replace("_", " "), level, clipped, moved)
    return " · ".join(filter(None, parts))


def _mask_words(mask: Mask) -> str:
    n_bins, n_frames = mask.values.shape
    kind = {
        MaskKind.COMPLEX: _("complex mask"),
        MaskKind.BINARY: _("binary mask"),
        MaskKind.CONSTANT: _("constant mask"),
        MaskKind.RATIO: _("ratio mask"),
        MaskKind.SIGNED: _("signed mask"),
        MaskKind.MAGNITUDE: _("magnitude mask"),
    }[mask.kind]
    shape = _("{bins} bins × {frames} frames").format(bins=n_bins, frames=n_frames)
    is_complex = mask.kind is MaskKind.COMPLEX
    span = _("magnitudes {low} to {high}, mean {mean}") if is_complex else _("{low} to {high}, mean {mean}")
    low, high, mean = (cell(value, 2) for value in (mask.minimum, mask.maximum, mask.mean))
    parts = [kind, shape, str(mask.values.dtype), span.format(low=low, high=high, mean=mean)]
    if mask.share_outside:
        parts.append(_("{share} outside 0 to 1").format(share=percent(mask.share_outside, 1)))
    return " · ".join(parts)


def age(seconds: float) -> str:
    """ "2 min ago"; empty for what is to come or older than a year."""
    if not 0 <= seconds < _YEAR:
        return ""
    if seconds < _MINUTE:
        return _("{n} s ago").format(n=f"{seconds:.0f}")
    if seconds < _HOUR:
        return _("{n} min ago").format(n=int(seconds // _MINUTE))
    if seconds < _DAY:
        return _("{n} h ago").format(n=int(seconds // _HOUR))
    days = int(seconds // _DAY)
    return ngettext("{n} day ago", "{n} days ago", days).format(n=days)


def file_words(stamp: Stamp | None, content: str, now: float) -> str:
    """ "14:03:22 · 3f9ac21e": when it was written and, where it is known, the start of its hash."""
    if stamp is None:
        return ""
    return " · ".join(filter(None, (short_moment(stamp[1] / _NS, now), content[:SHORT_HASH])))


def file_tip(stamp: Stamp | None, content: str, now: float) -> str:
    """The same in full, the moment as "2026-11-22 14:03:22", local, and with the size, a line each."""
    if stamp is None:
        return ""
    size, written = stamp[0], stamp[1] / _NS
    ago = age(now - written)
    when = _("written {moment} ({age})") if ago else _("written {moment}")
    lines = (
        when.format(moment=time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(written)), age=ago),
        ngettext("{n} byte", "{n} bytes", size).format(n=count(size)),
        f"SHA-256 {content}" if content else _("SHA-256 not known yet"),
    )
    return "\n".join(lines)


def changes_sentence(changes: Sequence[FileChange]) -> str:
    """All changes in one line, files with the same fate together."""
    parts = []
    for fate in Fate:
        same = [change for change in changes if change.fate is fate]
        if same:
            names = [display_name(change.path) for change in same]
            n_more = len(names) - MOST_NAMES
            more = _("{names} and {n} more {fate}") if n_more > 0 else _("{names} {fate}")
            latest = max(same, key=lambda change: change.seen)
            parts.append(more.format(names=", ".join(names[:MOST_NAMES]), n=n_more, fate=translated(latest.words)))
            if fate is Fate.GONE:
                parts.append(_("what was read of it stays"))
    return "; ".join(parts)


def error_words(error: FileError) -> str:
    """`str(error)` in the language of the user: name, what is wrong, what to do; one line, at most 300 characters."""
    detail, remedy = translated(error.detail), translated(error.remedy)
    words = _("{name}: {detail}; {remedy}").format(name=display_name(error.path), detail=detail, remedy=remedy)
    return printable(words, MESSAGE_LIMIT)


def reading_words(paths: Sequence[str], roles: Sequence[Role]) -> tuple[str, str]:
    """One reading of the roles: what the reference is, and what the others are."""
    # Base names, or as much of the ends of the paths as tells the files apart; safe to show.
    parts = [path.replace("\\", "/").split("/") for path in paths]
    depths = range(1, max(map(len, parts), default=1) + 1)
    depth = next((k for k in depths if len({tuple(p[-k:]) for p in parts}) == len(set(paths))), 1)
    named = list(zip((printable("/".join(p[-depth:]), NAME_LIMIT) for p in parts), roles, strict=True))
    of_role = {role: ", ".join(name for name, its in named if its is role) for role in Role}
    reference = _("{name} is the reference").format(name=of_role[Role.REFERENCE])
    others = [(Role.ESTIMATE, _("estimate: {names}")), (Role.MIXTURE, _("mixture: {names}"))]
    return reference, "; ".join(what.format(names=of_role[role]) for role, what in others if of_role[role])
