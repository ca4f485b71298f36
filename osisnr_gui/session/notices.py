"""What was adapted, and what looks wrong: one notice each, with figures, remedies and, where it makes sense, an undo.

A remedy is an edit of the session: the banner that shows it, the command line and undo all take the same path.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from osisnr_gui.io.errors import LoadWarning
from osisnr_gui.session import edits
from osisnr_gui.session.delay_words import late_message, moved_message
from osisnr_gui.session.errors import PairError
from osisnr_gui.session.guess import Role, name_role
from osisnr_gui.session.left_out import Spans, left_out
from osisnr_gui.session.matching import Matching, order_words
from osisnr_gui.session.order import order_sentence
from osisnr_gui.session.pairs import PairAnalysis, check_fit
from osisnr_gui.session.session import DOWNMIX, Formula, Lengths, Session, Source
from osisnr_gui.session.tracks import Track

DC_SHARE = 0.01
NEGATIVE_SHARE = 0.5
SURE_CORRELATION = 0.3
SURE_GAIN_DB = 1.0
# Of many estimates, with one remedy that serves all of them.
ABOUT_LITERAL = ("literal_not_meaningful", "quiet")


@dataclass(frozen=True, slots=True)
class Remedy:
    """A button: its label and the edit it makes."""

    label: str
    edit: Callable[[Session], Session]


@dataclass(frozen=True, slots=True)
class Notice:
    """code : as in the JSON; source : the file it concerns, None for all; severity "note" or "warning"."""

    code: str
    message: str
    source: Source | None = None
    severity: str = "note"
    remedies: tuple[Remedy, ...] = ()


def find_notices(
    session: Session,
    references: tuple[Track, ...],
    pairs: tuple[PairAnalysis, ...],
    matching: Matching | None = None,
) -> tuple[Notice, ...]:
    """All notices of an analysis: the references', then each estimate's, then those about the result."""
    found: list[Notice] = []
    for reference in references:
        found += track_notices(session, reference, Role.REFERENCE)
    if matching is not None:
        found += _assignment_notices(session, matching)
    for pair in pairs:
        found += pair_notices(session, pair)
    found += _order_notices(pairs)
    if session.loss.formula is Formula.LITERAL:
        found += _meaning_notices(pairs)
        found += _quiet_notices(pairs)
    return tuple(found)


def pair_notices(session: Session, pair: PairAnalysis) -> list[Notice]:
    """Everything to be said of one estimate and of its fit to the reference."""
    found, reference = track_notices(session, pair.estimate, Role.ESTIMATE), pair.reference
    if reference is None:
        return found
    if pair.error is not None:
        return found + _policy_notices(session, reference, pair)
    spans = left_out(session.lengths, reference, pair.estimate)
    found += _length_notices(session, pair, spans)
    found += _rate_notices(session, reference, pair)
    found += _delay_notices(session, pair, spans)
    found += _polarity_notices(pair)
    found += _role_notices(reference, pair)
    return found


def track_notices(session: Session, track: Track, role: Role) -> list[Notice]:
    """What one file alone gives rise to in one role; its remedies leave the file's other role alone."""
    source = track.source
    read_as = partial(_read_as, source=source, role=role)
    # Where one file stands in two roles, a remedy must say which of them it is for.
    twice = source in session.references and source in session.estimates
    which = f" (the {role.value})" if twice else ""
    if track.error is not None:
        return [Notice("refused", f"{track.error}{which}", source, "warning", _choices(track, read_as))]
    found = []
    for warning in track.warnings:
        if warning.code == "MULTICHANNEL":
            notice = _channel_notice(track, read_as)
            found.append(replace(notice, message=notice.message + which))
        else:
            found.append(Notice(warning.code.lower(), f"{track.name}: {warning.message}", source, _severity(warning)))
    level = track.level
    if level is not None and abs(level.mean) > DC_SHARE * level.rms > 0:
        share = 100 * abs(level.mean) / level.rms
        found.append(Notice("dc", f"{track.name}: DC offset of {share:.1f} % of its RMS; nothing was removed", source))
    if level is not None and level.clipped_runs:
        message = f"{track.name}: {level.clipped_runs} clipped places (3 or more samples at full scale)"
        found.append(Notice("clipping", message, source, "warning"))
    return found


def _severity(warning: LoadWarning) -> str:
    return "warning" if warning.code in ("TRUNCATED", "DAMAGED", "SILENT", "OUT_OF_RANGE") else "note"


def _choices(track: Track, read_as: Callable[..., Session]) -> tuple[Remedy, ...]:
    keys: tuple[str, ...] = getattr(track.error, "choices", ())
    return tuple(Remedy(f"Use {key}", partial(read_as, key=key)) for key in keys)


def _read_as(session: Session, source: Source, role: Role, **changes: object) -> Session:
    return edits.change_source(session, source, role, **changes)


def _channel_notice(track: Track, read_as: Callable[..., Session]) -> Notice:
    source = track.source
    if source.channel is None:
        message = f"{track.name}: {track.channels} channels; channel 1 is used, nothing was mixed"
        others = [Remedy(f"Channel {k}", partial(read_as, channel=k)) for k in range(2, min(track.channels, 6) + 1)]
        mix = Remedy("Mean of all", partial(read_as, channel=DOWNMIX))
        keep = Remedy("Keep", partial(read_as, channel=1))
        return Notice("channels", message, source, "note", (*others, mix, keep))
    used = f"channel {source.channel} of {track.channels}"
    if source.channel == DOWNMIX:
        used = f"the mean of all {track.channels} channels"
    message = f"{track.name}: {used} is used"
    return Notice("channels", message, source, "note", (Remedy("Undo", partial(read_as, channel=None)),))


def _policy_notices(session: Session, reference: Track, pair: PairAnalysis) -> list[Notice]:
    """A pair refused only because the session is strict: the way back."""
    allowed = _allow(session, rates=reference.sample_rate != pair.estimate.sample_rate)
    if not isinstance(pair.error, PairError) or _fits(session, reference, pair) or not _fits(allowed, reference, pair):
        return []
    allow = Remedy("Allow", partial(_allow, rates=reference.sample_rate != pair.estimate.sample_rate))
    return [Notice("refused", str(pair.error), pair.source, "warning", (allow,))]


def _fits(session: Session, reference: Track, pair: PairAnalysis) -> bool:
    try:
        check_fit(session, reference, pair.estimate)
    except PairError:
        return False
    return True


def _allow(session: Session, rates: bool) -> Session:
    """Without refusal of other lengths, and of other rates where those differ (refusing lengths refuses them, too)."""
    lengths = Lengths.COMMON if session.lengths is Lengths.REFUSE else session.lengths
    return replace(session, lengths=lengths, same_rate_only=session.same_rate_only and not rates)


def _length_notices(session: Session, pair: PairAnalysis, spans: Spans | None) -> list[Notice]:
    if spans is None or not spans.differ:
        return []
    text = f"{pair.estimate.name}: {spans.lengths}; "
    lost = spans.words("the estimate's")
    if session.lengths is Lengths.PAD:
        text += f"what one of them lacks is filled with zeros{', ' if lost else ''}{lost}"
        remedy = Remedy("Undo", partial(edits.set_lengths, lengths=Lengths.COMMON))
    else:
        what = "the stretch both have" if pair.source.delay else "the common start"
        text += f"{what} is compared{', ' if lost else ''}{lost}"
        remedy = Remedy("Pad with zeros", partial(edits.set_lengths, lengths=Lengths.PAD))
    return [Notice("length_mismatch", text, pair.source, "note", (remedy,))]


def _rate_notices(session: Session, reference: Track, pair: PairAnalysis) -> list[Notice]:
    estimate = pair.estimate
    if not reference.sample_rate or not estimate.sample_rate or reference.sample_rate == estimate.sample_rate:
        return []
    message = (
        f"{estimate.name}: {estimate.sample_rate} Hz, resampled to the reference's {reference.sample_rate} Hz; "
        "resampling alone caps OSI-SNR at about 30 dB"
    )
    refuse = Remedy("Refuse instead", partial(_set_same_rate, only=True))
    return [Notice("sample_rate_mismatch", message, estimate.source, "note", (refuse,))]


def _set_same_rate(session: Session, only: bool) -> Session:
    return replace(session, same_rate_only=only)


def _delay_notices(session: Session, pair: PairAnalysis, spans: Spans | None) -> list[Notice]:
    source, delay = pair.source, pair.delay
    if pair.sample_rate is None:
        return []
    move = partial(_read_as, source=source, role=Role.ESTIMATE)
    align = [] if delay is None else [Remedy("Align", partial(move, delay=delay.samples))]
    if source.delay:
        message = moved_message(pair, session.lengths)
        if spans is not None and not spans.differ:  # else the notice about lengths says it
            lost = spans.words("its")
            message += f"; {lost}" if lost else ""
        again = align if delay is not None and delay.certain and delay.samples != source.delay else []
        return [Notice("aligned", message, source, "note", (Remedy("Undo", partial(move, delay=0)), *again))]
    if delay is None or not delay.trusted:
        return []
    return [Notice("delay", late_message(pair, session.lengths), source, "warning", tuple(align))]


def _polarity_notices(pair: PairAnalysis) -> list[Notice]:
    """Magnitudes have no sign: the whole signal in time decides, at the delay found; for masks, most frames do."""
    flip = partial(_read_as, source=pair.source, role=Role.ESTIMATE, flip=not pair.source.flip)
    if pair.source.flip:
        message = f"{pair.estimate.name}: turned upside down (opposite sign)"
        return [Notice("flipped", message, pair.source, "note", (Remedy("Undo", flip),))]
    if pair.score is None:
        return []
    facts, whole = pair.score.facts, pair.score.facts.frames.whole
    if whole is not None:
        with np.errstate(all="ignore"):
            energies = np.sqrt(whole.reference_energy[0]) * np.sqrt(whole.estimate_energy[0])
            correlation = float(whole.dot[0] / energies)
        if pair.delay is not None and pair.delay.trusted:
            correlation = pair.delay.peak  # half a period late looks inverted where it is not
        if not correlation < -SURE_CORRELATION:
            return []
        inverted = f"the signal is inverted (correlation {correlation:.2f})".replace("-", "−")
    else:
        negative = np.count_nonzero(facts.active & (facts.frames.projection.dot < 0))
        if not facts.n_active or negative <= NEGATIVE_SHARE * facts.n_active:
            return []
        inverted = f"{negative} of {facts.n_active} active frames are inverted"
    message = f"{pair.estimate.name}: {inverted}; OSI-SNR does not see polarity"
    return [Notice("polarity", message, pair.source, "warning", (Remedy("Flip", flip),))]


def _assignment_notices(session: Session, matching: Matching) -> list[Notice]:
    """Speakers that seem to be in another order; applied on a click only."""
    best, gain = matching.best, matching.gain_db(session.partners)
    known = all(not np.isnan(matching.si_snr_db[place, i]) for i, place in enumerate(best.places))
    if best.places == session.partners or not gain > SURE_GAIN_DB or not known:
        return []
    message = (
        f"Speakers in another order? {order_words(best.places)}: mean whole-signal SI-SNR +{gain:.1f} dB"
        f" (margin to the next order {best.margin_db:.1f} dB)"
    )
    use = Remedy("Assign so", partial(edits.set_pairing, pairing=best.places))
    return [Notice("assignment", message, None, "warning", (use,))]


def _order_notices(pairs: tuple[PairAnalysis, ...]) -> list[Notice]:
    sentence = order_sentence(pairs)
    if not sentence:
        return []
    return [
        Notice("order", f"The order depends on the figure (exact, active frames): {sentence}; the mean misleads most")
    ]


def _role_notices(reference: Track, pair: PairAnalysis) -> list[Notice]:
    """Names that say the opposite of the roles. The scores cannot tell: swapping the two changes no exact value."""
    names = name_role(reference.source.path), name_role(pair.source.path)
    if names[0] not in (Role.ESTIMATE, Role.MIXTURE) or names[1] is not Role.REFERENCE:
        return []
    message = f"{pair.estimate.name} is compared with {reference.name} as its reference; the names say the opposite"
    swap = Remedy("Swap", partial(edits.swap, estimate=pair.source))
    return [Notice("roles", message, pair.source, "warning", (swap,))]


def gather(notices: tuple[Notice, ...]) -> tuple[Notice, ...]:
    """For banners: one notice where several estimates give rise to the same one with the same remedy."""
    shown: dict[object, Notice] = {}
    counts: dict[object, int] = {}
    for notice in notices:
        key = notice.code if notice.code in ABOUT_LITERAL else (notice.code, notice.source, notice.message)
        shown.setdefault(key, notice)
        counts[key] = counts.get(key, 0) + 1
    more = {key: count - 1 for key, count in counts.items()}
    return tuple(
        replace(notice, message=f"{notice.message} (+{more[key]} estimate{'s' if more[key] > 1 else ''})")
        if more[key]
        else notice
        for key, notice in shown.items()
    )


def _meaning_notices(pairs: tuple[PairAnalysis, ...]) -> list[Notice]:
    found = []
    for pair in pairs:
        if pair.score is None or not pair.score.facts.not_meaningful:
            continue
        facts = pair.score.facts
        message = (
            f"{pair.estimate.name}: {facts.not_meaningful} of {facts.frames.n_frames} literal frames are not finite "
            "or ≤ 0 dB; silence counts as perfect there"
        )
        found.append(Notice("literal_not_meaningful", message, pair.source, "warning", (_show_exact(),)))
    return found


def _show_exact() -> Remedy:
    return Remedy("Show exact, active frames", partial(edits.set_formula, formula=Formula.EXACT))


def _quiet_notices(pairs: tuple[PairAnalysis, ...]) -> list[Notice]:
    """Where the constants of the literal formula, made for louder sound, weigh in."""
    found = []
    for pair in pairs:
        if pair.score is None or not pair.score.facts.biased:
            continue
        facts = pair.score.facts
        message = (
            f"{pair.estimate.name}: in {facts.biased} of {facts.n_active} active frames the constants of the literal "
            f"formula change OSI-SNR, by up to {facts.bias_db:.1f} dB: the sound is quiet, or the error next to nothing"
        )
        if facts.tiny:
            message += f"; {facts.tiny} frames of the estimate hold less energy than the constants"
        found.append(Notice("quiet", message, pair.source, "note", (_show_exact(),)))
    return found
