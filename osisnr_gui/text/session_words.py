"""What a window, a comparison and an edit of a session are called."""

import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import fields
from operator import attrgetter

from osisnr_gui.io.errors import NAME_LIMIT, display_name, printable
from osisnr_gui.session.session import Session, Source
from osisnr_gui.session.words import MINUS, estimate_letter, short_names, signed_db
from osisnr_gui.text.catalogue import _

#: One setting of a session by its name, and how a change of it is called.
_SETTINGS = {
    "loss.alpha": _("alpha {old} → {new}"),
    "loss.gamma": _("gamma {old} → {new}"),
    "loss.method": _("method {old} → {new}"),
    "loss.formula": _("result that leads: {old} → {new}"),
    "threshold_db": _("threshold {old} → {new} dB"),
    "silence_db": _("silence limit {old} → {new} dB"),
    "bad.criterion": _("what makes a frame bad: {old} → {new}"),
    "bad.loss_limit": _("loss limit {old} → {new}"),
    "bad.drop_db": _("drop limit {old} → {new} dB"),
    "bad.window_s": _("running median {old} → {new} s"),
    "bad.against_db": _("limit against another estimate {old} → {new} dB"),
    "bad.against": _("estimate to be worse than {old} → {new}"),
    "bad.worst_share": _("share of the worst frames {old} → {new}"),
    "bad.loss_share": _("share of the loss {old} → {new}"),
    "bad.minimum_s": _("shortest segment {old} → {new} s"),
    "bad.join_s": _("join gaps up to {old} → {new} s"),
    "bad.gate_db": _("level gate {old} → {new} dB"),
    "framing.representation": _("representation {old} → {new}"),
    "framing.n_fft": _("n_fft {old} → {new}"),
    "framing.hop": _("hop {old} → {new}"),
    "framing.window": _("window {old} → {new}"),
    "mask_grid": _("STFT of the masks"),
    "lengths": _("different lengths {old} → {new}"),
    "same_rate_only": _("same sample rate only {old} → {new}"),
}
#: How one file is read.
_READING = {
    "delay": _("delay of {name} {old} → {new} samples"),
    "channel": _("channel of {name} {old} → {new}"),
    "flip": _("polarity of {name} turned"),
    "gain": _("level of {name} {old} → {new}"),
}
LONGEST_NOTE = 30


def pair_words(names: Sequence[str]) -> str:
    """The title of what is open: an estimate and the reference it is held against, or one name, or nothing."""
    if len(names) < 2:
        return names[0] if names else ""
    return _("{estimate} against {reference}").format(estimate=names[0], reference=names[1])


def comparison_words(session: Session) -> str:
    """All estimates against their first reference, by what differs in their names."""
    names = short_names([source.path for source in (*session.estimates, *session.references[:1])])
    n_estimates = len(session.estimates)
    return printable(pair_words([", ".join(part) for part in (names[:n_estimates], names[n_estimates:]) if part]), 60)


def change_words(before: Session, after: Session) -> str:
    """What differs between two sessions: the most important change, and whether there are more."""
    changes = list(_changes(before, after))
    return _("{change}, and more").format(change=changes[0]) if len(changes) > 1 else "".join(changes)


def _changes(before: Session, after: Session) -> Iterator[str]:
    """Whole phrases, files first."""
    old, new = ([source.path for source in session.sources] for session in (before, after))
    come, left = [path for path in new if path not in old], [path for path in old if path not in new]
    if come or left:
        yield _file_words(come, left, empty=after.is_empty)
    elif old != new or len(before.estimates) != len(after.estimates) or before.roles_guessed != after.roles_guessed:
        yield _("roles of the files")
    else:
        yield from _reading_changes(before, after)
        if before.pairing != after.pairing:
            yield _("which reference an estimate is compared with")
        for template, one, other in (
            (_("curve of {names} hidden"), before, after),
            (_("curve of {names} shown"), after, before),
        ):
            if places := set(other.hidden) - set(one.hidden):
                yield template.format(names=", ".join(map(estimate_letter, sorted(places))))
    added = [note.text for note in after.notes if note not in before.notes]
    gone = [note.text for note in before.notes if note not in after.notes]
    if added or gone:
        template = _("delete note “{text}”") if not added else _("note “{text}”") if gone else _("add note “{text}”")
        text = (added or gone)[0]
        yield template.format(text=printable(text, LONGEST_NOTE)) if text else _("a note without words")
    elif before.notes != after.notes:
        yield _("notes")
    for name, template in _SETTINGS.items():
        values = attrgetter(name)(before), attrgetter(name)(after)
        if values[0] != values[1]:
            yield template.format(old=_value(values[0], name), new=_value(values[1], name))


def _file_words(added: Sequence[str], gone: Sequence[str], *, empty: bool) -> str:
    """Files that came or went."""
    if empty:
        return _("close all files")
    template = _("add {names}") if not gone else _("other files: {names}") if added else _("close {names}")
    names = ", ".join(os.path.basename(path) for path in added or gone)
    return template.format(names=printable(names, NAME_LIMIT))


def _reading_changes(before: Session, after: Session) -> Iterator[str]:
    """The same files, read in another way."""
    for old, new in zip(before.sources, after.sources, strict=True):
        for field in fields(Source):
            values = getattr(old, field.name), getattr(new, field.name)
            if values[0] != values[1]:
                template = _READING.get(field.name, _("how {name} is read"))
                said = [signed_db(20 * math.log10(v)) if field.name == "gain" else _value(v) for v in values]
                yield template.format(name=display_name(new.path), old=said[0], new=said[1])


def _value(value: object, name: str = "") -> str:
    """The value of a setting as it is said."""
    if value is None:
        return _("off") if name == "bad.gate_db" else _("default")
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if isinstance(value, float):
        return f"{value:.6g}".replace("-", MINUS)
    if name == "bad.against" and isinstance(value, int):
        return estimate_letter(value)
    return printable(str(value), NAME_LIMIT)
