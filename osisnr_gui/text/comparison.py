"""Estimates held against each other in words, against what they were before their file changed, and their delays."""

import math
from dataclasses import dataclass, replace

from osisnr_gui.core.align import Delay, si_snr_of_correlation
from osisnr_gui.core.types import FloatArray
from osisnr_gui.session import words
from osisnr_gui.session.comparison.difference import WORST_SHARE, Change, Difference, Effect, Ghost, Quantity
from osisnr_gui.session.delays import correlation_at, delay_words, score_words, time_words
from osisnr_gui.session.result import Analysis
from osisnr_gui.session.session import Lengths, Session, Source
from osisnr_gui.text.catalogue import _, ngettext, translated
from osisnr_gui.text.sentences import frames_counted


def partner_name(place: int) -> str:
    """ "B", "mixture", or "before" for what the estimate itself was."""
    if place == words.MIXTURE:
        return _("mixture")
    return _("before") if place == words.GHOST else words.estimate_letter(place)


def difference_text(measure: Quantity, value: float) -> str:
    """A difference with its sign: "+1.2 dB", or a loss."""
    if measure is Quantity.OSI:
        return words.signed_db(value)
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
        name=words.estimate_letter(index),
        other=partner_name(place),
        median=difference_text(difference.measure, difference.median),
        share=words.percent(difference.n_better / difference.n_frames if difference.n_frames else math.nan),
        frames=frames_counted(difference.n_frames),
    )


def ghost_name(index: int, ghost: Ghost, now: float) -> str:
    """ "A before 14:03"."""
    return _("{name} before {moment}").format(name=words.estimate_letter(index), moment=_moment(ghost, now))


def _moment(ghost: Ghost, now: float) -> str:
    """When its content was replaced: hours and minutes of today, else the date."""
    moment = words.short_moment(ghost.replaced, now)
    return moment[:5] if moment == words.clock(ghost.replaced) else moment


def change_sentence(index: int, ghost: Ghost, change: Change, now: float) -> str:
    """ "A since 14:03: median +0.8 dB (5.1 → 5.9 dB, exact, 683 frames active before and now), better in 62 %"."""
    name, moment = words.estimate_letter(index), _moment(ghost, now)
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


@dataclass(frozen=True, slots=True)
class MeasuredDelay:
    """Estimate number `place` (its `name` against that of the reference), at `rate` Hz, under a length policy."""

    delay: Delay
    place: int
    name: str
    rate: int
    lengths: Lengths

    @property
    def si_snr_db(self) -> FloatArray | None:
        """Whole-signal SI-SNR of every delay from -reach to reach, (2*reach + 1,); None where a signal is silent."""
        curve = self.delay.curve
        if curve is None:
            return None
        return si_snr_of_correlation(curve.padded if self.lengths is Lengths.PAD else curve.common)

    def words(self, samples: int) -> str:
        """A delay with its figures: "137 samples (8.56 ms) late: SI-SNR 4.2 dB, correlation 0.97"."""
        *_n, score, correlation = self._figures(samples)
        delay = translated(delay_words(samples, self.rate))
        template = _("{delay}: SI-SNR {score}, correlation {correlation}")
        return template.format(delay=delay, score=score, correlation=correlation)

    def rows(self, taken: int) -> list[tuple[str, ...]]:
        """A table: the file as it is, with `taken` samples taken out, and with what the peak says."""
        shown = [(_("as it is"), 0), (_("now"), taken), (_("at the peak"), self.delay.samples)]
        head = ("", _("delay taken out"), "", _("whole-signal SI-SNR"), _("correlation"))
        return [head, *((name, *self._figures(samples)) for name, samples in shown)]

    def _figures(self, samples: int) -> tuple[str, ...]:
        correlation = correlation_at(self.delay, self.lengths, samples)
        sign = words.MINUS if samples < 0 else ""
        return (
            ngettext("{n} sample", "{n} samples", abs(samples)).format(n=words.number(samples, 0)),
            f"{sign}{time_words(samples, self.rate)}",
            translated(score_words(float(si_snr_of_correlation(correlation)))),
            words.number(correlation, 2),
        )


def measured_delay(session: Session, analysis: Analysis, estimate: Source) -> MeasuredDelay | None:
    """What is known of an estimate as the session reads it now; None until that was measured."""
    for place, source in enumerate(session.estimates):
        if source.signal != estimate.signal or place >= len(analysis.pairs):
            continue
        pair = analysis.pairs[place]
        if pair.delay is None or not pair.sample_rate or pair.key is None or pair.reference is None:
            return None
        wanted = session.references[session.partner_of(place)] if session.references else None
        if replace(pair.source, delay=source.delay) != source or pair.reference.source != wanted:
            return None  # found out of what the session asked for before
        name = _("{letter} · {name} against {reference}").format(
            letter=words.estimate_letter(place), name=pair.estimate.name, reference=pair.reference.name
        )
        return MeasuredDelay(pair.delay, place, name, pair.sample_rate, session.lengths)
    return None


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
