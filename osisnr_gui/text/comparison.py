"""Estimates held against each other in words: differences, and what an estimate was before its file changed."""

import math

from osisnr_gui.session import words
from osisnr_gui.session.comparison.difference import Difference, Quantity
from osisnr_gui.session.comparison.effects import WORST_SHARE, Effect
from osisnr_gui.session.comparison.ghosts import Change, Ghost
from osisnr_gui.session.words import GHOST, MIXTURE, estimate_letter, signed_db
from osisnr_gui.text.catalogue import _
from osisnr_gui.text.sentences import frames_counted


def partner_name(place: int) -> str:
    """ "B", "mixture", or "before" for what the estimate itself was."""
    if place == MIXTURE:
        return _("mixture")
    return _("before") if place == GHOST else estimate_letter(place)


def difference_text(measure: Quantity, value: float) -> str:
    """A difference with its sign: "+1.2 dB", or a loss."""
    if measure is Quantity.OSI:
        return signed_db(value)
    return f"{'+' if value > 0 else ''}{words.loss(value)}"


def difference_words(difference: Difference, index: int, place: int, *, short: bool = False) -> str:
    """ "OSI-SNR, A minus B: median +1.2 dB, A better in 63 % of 580 frames".

    short : "OSI, A − B: median +1.2 dB, better in 63 %".
    """
    is_osi = difference.measure is Quantity.OSI
    if short:
        osi, loss = (
            _("OSI, {name} − {other}: median {median}, better in {share}"),
            _("loss, {name} − {other}: median {median}, better in {share}"),
        )
    else:
        osi, loss = (
            _("OSI-SNR, {name} minus {other}: median {median}, {name} better in {share} of {frames}"),
            _("fused loss, {name} minus {other}: median {median}, {name} better in {share} of {frames}"),
        )
    return (osi if is_osi else loss).format(
        name=estimate_letter(index),
        other=partner_name(place),
        median=difference_text(difference.measure, difference.median),
        share=words.percent(difference.share_better),
        frames=frames_counted(difference.n_frames),
    )


def ghost_name(index: int, ghost: Ghost, now: float) -> str:
    """ "A before 14:03"."""
    return _("{name} before {moment}").format(name=estimate_letter(index), moment=_moment(ghost, now))


def _moment(ghost: Ghost, now: float) -> str:
    """When its content was replaced: hours and minutes of today, else the date."""
    moment = words.short_moment(ghost.replaced, now)
    return moment[:5] if moment == words.clock(ghost.replaced) else moment


def change_sentence(index: int, ghost: Ghost, change: Change, now: float) -> str:
    """ "A since 14:03: median +0.8 dB (5.1 → 5.9 dB, exact, 683 frames active before and now), better in 62 %"."""
    name, moment = estimate_letter(index), _moment(ghost, now)
    if not change.n_frames:
        return _("{name} since {moment}: no frame is active before and now.").format(name=name, moment=moment)
    gain = change.after - change.before if change.after != change.before else 0.0
    return _(
        "{name} since {moment}: median {gain} ({before} → {after}, exact, {frames} active before and now), better in "
        "{share} of them."
    ).format(
        name=name,
        moment=moment,
        gain=f"{'+' if gain > 0 else ''}{words.db(gain)}",
        before=words.number(change.before, 1),
        after=words.db(change.after),
        frames=frames_counted(change.n_frames),
        share=words.percent(change.n_better / change.n_frames),
    )


def effect_sentence(effect: Effect | None) -> str:
    """ "Before → now (exact, active frames): median 1.7 → 9.8 dB, fused loss 2.138 → 2.465, SI-SNR −8.1 → 9.9 dB."."""
    if effect is None:
        return ""
    shown = _("Before → now (exact, active frames): median {median} dB, fused loss {loss}, SI-SNR {si_snr} dB.")
    if math.isnan(sum(effect.si_snr_db)):
        shown = _("Before → now (exact, active frames): median {median} dB, fused loss {loss}.")
    median, si_snr = (
        " → ".join(words.number(value, 1) for value in values) for values in (effect.median_db, effect.si_snr_db)
    )
    sentence = shown.format(median=median, loss=" → ".join(map(words.loss, effect.fused)), si_snr=si_snr)
    if not effect.is_divided:
        return sentence
    why = _("{sentence} They disagree because each weighs the frames in its own way.")
    if effect.loss.method == 1:
        why = _(
            "{sentence} They disagree because single frames near 0 dB own method 1: the worst {worst} of the frames "
            "hold {held} of it, which the median does not see."
        )
    return why.format(sentence=sentence, worst=words.percent(WORST_SHARE), held=words.percent(effect.held))
