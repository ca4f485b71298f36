"""What was adapted, and what looks wrong: one notice each, with figures, remedies and, where it makes sense, an undo.

A remedy is an edit of the session: the banner that shows it, the command line and undo all take the same path.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import numpy as np

from osisnr_gui.session import edits
from osisnr_gui.session.channel_edits import like
from osisnr_gui.session.delay.delay_words import late_message, moved_message
from osisnr_gui.session.errors import PairError
from osisnr_gui.session.facts import Facts
from osisnr_gui.session.guess import Role, name_role
from osisnr_gui.session.notices.file_notices import flipped_notice, louder, show_exact, track_notices
from osisnr_gui.session.notices.left_out import Spans, left_out
from osisnr_gui.session.notices.notice import Notice, Remedy, signed
from osisnr_gui.session.pairs import PairAnalysis, check_fit
from osisnr_gui.session.result import Analysis
from osisnr_gui.session.session import Formula, Lengths, Session
from osisnr_gui.session.several.matching import Matching, order_words
from osisnr_gui.session.several.order import order_sentence
from osisnr_gui.session.tracks import Track

__all__ = ["Notice", "Remedy", "find_notices", "gather"]

NEGATIVE_SHARE = 0.5
SURE_CORRELATION = 0.3
SURE_GAIN_DB = 1.0
LEVEL_DB = 3.0  # a level difference that weighs in MC-MSE
# Of many estimates, with one remedy that serves all of them.
ABOUT_LITERAL = ("literal_not_meaningful", "quiet")


def find_notices(analysis: Analysis) -> tuple[Notice, ...]:
    """All notices of an analysis: the references', then each estimate's, the mixture's, then those about the result.

    Of the mixture against each reference the first speaks for all.
    """
    session, pairs = analysis.session, analysis.pairs
    found: list[Notice] = []
    for reference in analysis.references:
        found += track_notices(session, reference, Role.REFERENCE, reference)
    if analysis.matching is not None:
        found += _assignment_notices(session, analysis.matching)
    for pair in pairs:
        found += _of_channel(session, pair, pair_notices(session, pair))
    if analysis.mixture is not None:
        found += _mixture_notices(session, analysis.mixture, next(iter(analysis.unprocessed), None))
    found += _order_notices(pairs)
    if session.loss.formula is Formula.LITERAL:
        scored = [(pair, pair.score.facts) for pair in pairs if pair.score is not None]
        found += [_meaning_notice(pair, facts) for pair, facts in scored if facts.not_meaningful]
        found += [_quiet_notice(pair, facts) for pair, facts in scored if facts.biased]
    return tuple(found)


def pair_notices(session: Session, pair: PairAnalysis) -> list[Notice]:
    """Everything to be said of one estimate and of its fit to the reference."""
    reference = pair.reference
    found = track_notices(session, pair.estimate, Role.ESTIMATE, reference)
    if reference is None:
        return found
    if pair.error is not None:
        return found + _refusal_notices(session, reference, pair)
    spans = left_out(session.lengths, reference, pair.estimate)
    found += _delay_notices(session, pair, spans)
    found += _length_notices(session, pair, spans)
    found += _rate_notices(session, reference, pair)
    found += _polarity_notices(pair)
    found += _gain_notices(session, reference, pair)
    found += _role_notices(session, reference, pair)
    return found


def _mixture_notices(session: Session, mixture: Track, pair: PairAnalysis | None) -> list[Notice]:
    """What was adapted so that a mixture can be compared; whether it is late or loud is no fault of an estimate.

    pair : it against the first reference, where both could be opened.
    """
    reference = None if pair is None else pair.reference
    found = track_notices(session, mixture, Role.MIXTURE, reference)
    if pair is None or reference is None or reference.error is not None:
        return found
    if pair.error is not None:
        return found + _refusal_notices(session, reference, pair, Role.MIXTURE)
    spans = left_out(session.lengths, reference, mixture)
    return found + _length_notices(session, pair, spans) + _rate_notices(session, reference, pair)


def _of_channel(session: Session, pair: PairAnalysis, notices: list[Notice]) -> list[Notice]:
    """Notices that name the channel, where several of one file are compared."""
    source, start = pair.source, f"{pair.estimate.name}: "
    if sum(like(other, source) for other in session.estimates) < 2:
        return notices
    named = f"{start}channel {source.channel or 1}: "
    return [
        notice if notice.code == "channels" else replace(notice, message=notice.message.replace(start, named, 1))
        for notice in notices
    ]


def _refusal_notices(
    session: Session, reference: Track, pair: PairAnalysis, role: Role = Role.ESTIMATE
) -> list[Notice]:
    """A file that can be read and yet not be compared: what would change that."""
    if pair.error is None or pair.estimate.error is not None:
        return []
    ways = _allowing(session, reference, pair) + _turning(reference, pair, role)
    ways = ways or (Remedy("Remove", partial(edits.remove, source=pair.source, role=role)),)
    return [Notice("refused", str(pair.error), pair.source, "warning", ways)]


def _allowing(session: Session, reference: Track, pair: PairAnalysis) -> tuple[Remedy, ...]:
    """The way back where a pair is refused only because the session is strict."""
    rates = reference.sample_rate != pair.estimate.sample_rate
    if not isinstance(pair.error, PairError) or _fits(session, reference, pair):
        return ()
    fits = _fits(_allow(session, rates=rates), reference, pair)
    return (Remedy("Allow", partial(_allow, rates=rates)),) if fits else ()


def _turning(reference: Track, pair: PairAnalysis, own_role: Role) -> tuple[Remedy, ...]:
    """Turn the mask that has as many columns as the other one has rows."""
    tracks = (reference, Role.REFERENCE), (pair.estimate, own_role)
    shapes = [() if track.mask is None else track.mask.values.shape for track, _ in tracks]
    if () in shapes or shapes[0][0] == shapes[1][0]:
        return ()
    return tuple(
        Remedy(
            f"Transpose the {role.value}",
            partial(edits.change_source, source=track.source, role=role, transpose=not track.source.transpose),
        )
        for (track, role), own, other in reversed(list(zip(tracks, shapes, shapes[::-1], strict=True)))
        if own[1] == other[0]
    )


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
        ways = [Remedy("Undo", partial(edits.set_lengths, lengths=Lengths.COMMON))]
    else:
        what = "the stretch both have" if pair.source.delay else "the common start"
        text += f"{what} is compared{', ' if lost else ''}{lost}"
        policies = ("Pad with zeros", Lengths.PAD), ("Refuse", Lengths.REFUSE)
        ways = [Remedy(label, partial(edits.set_lengths, lengths=policy)) for label, policy in policies]
    return [Notice("length_mismatch", text, pair.source, "note", tuple(ways))]


def _rate_notices(session: Session, reference: Track, pair: PairAnalysis) -> list[Notice]:
    estimate = pair.estimate
    if not reference.sample_rate or not estimate.sample_rate or reference.sample_rate == estimate.sample_rate:
        return []
    message = (
        f"{estimate.name}: {estimate.sample_rate} Hz, resampled to the reference's {reference.sample_rate} Hz; "
        "resampling alone caps OSI-SNR at about 30 dB"
    )
    refuse = Remedy("Refuse instead", partial(replace, same_rate_only=True))
    return [Notice("sample_rate_mismatch", message, estimate.source, "note", (refuse,))]


def _delay_notices(session: Session, pair: PairAnalysis, spans: Spans | None) -> list[Notice]:
    source, delay = pair.source, pair.delay
    if pair.sample_rate is None:
        return []
    move = partial(edits.change_source, source=source, role=Role.ESTIMATE)
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
    flip = partial(edits.change_source, source=pair.source, role=Role.ESTIMATE, flip=not pair.source.flip)
    if pair.source.flip:
        return [flipped_notice(pair.estimate, flip)]
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
        inverted = f"the signal is inverted (correlation {signed(correlation, '.2f')})"
    else:
        negative = np.count_nonzero(facts.active & (facts.frames.projection.dot < 0))
        if not facts.n_active or negative <= NEGATIVE_SHARE * facts.n_active:
            return []
        inverted = f"{negative} of {facts.n_active} active frames are inverted"
    message = f"{pair.estimate.name}: {inverted}; OSI-SNR does not see polarity"
    return [Notice("polarity", message, pair.source, "warning", (Remedy("Flip", flip),))]


def _gain_notices(session: Session, reference: Track, pair: PairAnalysis) -> list[Notice]:
    """A constant level difference; it means something where the reference is the larger part of the estimate."""
    source, whole, name = pair.source, pair.whole, pair.estimate.name
    change = partial(edits.change_source, source=source, role=Role.ESTIMATE)
    if source.gain != 1.0:
        message = f"{name}: made {louder(20 * math.log10(source.gain))} to match the reference"
        return [Notice("level_matched", message, source, "note", (Remedy("Undo", partial(change, gain=1.0)),))]
    level, wanted = pair.estimate.level, reference.level
    if session.loss.gamma == 0.0 or whole is None or level is None or wanted is None or not whole.si_snr_db > 0.0:
        return []
    # An estimate that lacks something has a smaller gain, too; what is only at another level has another RMS as well.
    both = whole.gain_db, level.rms_db - wanted.rms_db
    if not LEVEL_DB <= min(map(abs, both)) < math.inf or both[0] * both[1] < 0.0:
        return []
    rms = " against ".join(f"{signed(each.rms_db, '.1f')} dBFS" for each in (level, wanted))
    message = (
        f"{name}: {louder(whole.gain_db)} than the reference (least-squares gain {signed(whole.gain_db, '+.1f')} dB, "
        f"RMS {rms}); OSI-SNR does not see level, MC-MSE and the fused loss do"
    )
    match = Remedy("Match level", partial(change, gain=10.0 ** (-whole.gain_db / 20.0)))
    return [Notice("gain", message, source, "note", (match,))]


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


def _role_notices(session: Session, reference: Track, pair: PairAnalysis) -> list[Notice]:
    """Names that do not tell the roles, or say the opposite; the exact scores of both orders are the same."""
    swap = Remedy("Swap", partial(edits.swap, estimate=pair.source))
    if session.roles_guessed and pair.source == session.estimates[0]:
        message = f"The names do not tell the roles: {reference.name} was taken as the reference"
        right = Remedy("That is right", partial(replace, roles_guessed=False))
        return [Notice("roles_guessed", message, pair.source, "warning", (swap, right))]
    names = name_role(reference.source.path), name_role(pair.source.path)
    if names[0] not in (Role.ESTIMATE, Role.MIXTURE) or names[1] is not Role.REFERENCE:
        return []
    message = f"{pair.estimate.name} is compared with {reference.name} as its reference; the names say the opposite"
    return [Notice("roles", message, pair.source, "warning", (swap,))]


def gather(notices: tuple[Notice, ...]) -> tuple[Notice, ...]:
    """For banners: one notice where several estimates give rise to the same one with the same remedy."""
    groups: dict[object, list[Notice]] = {}
    for notice in notices:
        # Of each channel of one file, with one remedy.
        place = notice.source.path if notice.source and notice.code == "channels" else notice.source
        key = notice.code if notice.code in ABOUT_LITERAL else (notice.code, place, notice.message)
        groups.setdefault(key, []).append(notice)
    return tuple(_gathered(*group) for group in groups.values())


def _gathered(first: Notice, *others: Notice) -> Notice:
    if not others or first.code == "channels":
        return first
    return replace(first, message=f"{first.message} (+{len(others)} estimate{'s' if len(others) > 1 else ''})")


def _meaning_notice(pair: PairAnalysis, facts: Facts) -> Notice:
    message = (
        f"{pair.estimate.name}: {facts.not_meaningful} of {facts.frames.n_frames} literal frames are not finite "
        "or ≤ 0 dB; silence counts as perfect there"
    )
    return Notice("literal_not_meaningful", message, pair.source, "warning", (show_exact(),))


def _quiet_notice(pair: PairAnalysis, facts: Facts) -> Notice:
    """Where the constants of the literal formula, made for louder sound, weigh in."""
    message = (
        f"{pair.estimate.name}: in {facts.biased} of {facts.n_active} active frames the constants of the literal "
        f"formula change OSI-SNR, by up to {facts.bias_db:.1f} dB: the sound is quiet, or the error next to nothing"
    )
    if facts.tiny:
        message += f"; {facts.tiny} frames of the estimate hold less energy than the constants"
    return Notice("quiet", message, pair.source, "note", (show_exact(),))
