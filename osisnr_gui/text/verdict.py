"""The verdict in words: one word beside the number, and one sentence."""

import math

from osisnr_gui.session import words
from osisnr_gui.session.verdict import NOTABLE_SHARE, BandOfErrors, Grade, Verdict
from osisnr_gui.text.catalogue import _


def grade_words(grade: Grade) -> str:
    """One word (or three) for how good an estimate is."""
    return {
        Grade.NOTHING: _("nothing to compare"),
        Grade.UNRELATED: _("unrelated"),
        Grade.STRONG: _("strong errors"),
        Grade.AUDIBLE: _("errors audible"),
        Grade.VERY_CLOSE: _("very close"),
        Grade.SAME_TO_THE_EAR: _("hard to tell apart"),
        Grade.SAME: _("the same but for level"),
    }[grade]


def verdict_line(verdict: Verdict) -> str:
    """The word, and the number it rests on."""
    if math.isnan(verdict.median_db):
        return grade_words(verdict.grade)
    line = _("{word} · median {number} (exact)")
    return line.format(word=grade_words(verdict.grade), number=words.db(verdict.median_db))


def grade_tip() -> str:
    """What the words rest on."""
    return _(
        "The words name the angle between reference and estimate in this representation, as the median exact OSI-SNR "
        "of active frames: 30 dB hard to tell apart, 20 dB very close, 10 dB errors audible. No listening test."
    )


def verdict_sentence(verdict: Verdict, unit: str, *also: str) -> str:
    """Good or bad, where in frequency, where in time, then level, polarity and delay (`also`).

    unit : of the time axis, "s" or "frames".
    """
    if verdict.grade is Grade.UNRELATED:
        said = _("No closer to the reference than something unrelated, which reaches about {chance} (this: {median})")
        said = said.format(chance=words.db(verdict.chance_db), median=words.db(verdict.median_db))
        return "; ".join(filter(None, (said, *also))).replace(" dB", "\u00a0dB") + "."
    parts = [*_faults(verdict), _head(verdict) + _where(verdict.band)]
    if math.isfinite(verdict.worst_time):
        at = words.number(verdict.worst_time, 1 if unit == "s" else 0)
        parts.append(_("worst at {time}\u00a0{unit}").format(time=at, unit=unit))
    sentence = "; ".join((*parts, *filter(None, also))).replace(" dB", "\u00a0dB").replace(" kHz", "\u00a0kHz")
    return sentence[:1].upper() + sentence[1:] + "."


def _faults(verdict: Verdict) -> list[str]:
    """What the angle leaves out, from where it is worth a word."""
    missing = _("{share} of the reference's sound is missing")
    made_up = _("sound where the reference is silent, {share} of its length")
    if verdict.of_masks:
        missing = _("empty in {share} of the frames that the reference fills")
        made_up = _("filled where the reference is empty, {share} of its length")
    known = (
        (verdict.missing, missing),
        (verdict.made_up, made_up),
        (verdict.under, _("{share} of the frames are bad")),
    )
    return [what.format(share=words.percent(share)) for share, what in known if share > NOTABLE_SHARE]


def _head(verdict: Verdict) -> str:
    return {
        Grade.NOTHING: _("no frame in which both are active"),
        Grade.STRONG: _("errors are strong"),
        Grade.AUDIBLE: _("errors are audible"),
        Grade.VERY_CLOSE: _("very close to the reference"),
        Grade.SAME_TO_THE_EAR: _("hard to tell from the reference"),
        Grade.SAME: _("the same as the reference but for its level"),
    }[verdict.grade]


def _where(band: BandOfErrors | None) -> str:
    if band is None:
        return ""
    low, high = (_edge(edge, in_hz=band.in_hz) for edge in (band.low, band.high))
    if band.high == math.inf:
        return _(", mostly above {low}").format(low=low)
    if band.low == 0.0:
        return _(", mostly below {high}").format(high=high)
    return _(", mostly between {low} and {high}").format(low=low, high=high)


def _edge(edge: float, *, in_hz: bool) -> str:
    """ "4 kHz", "bin 64": edges of bands are round."""
    if not in_hz:
        return _("bin {n}").format(n=f"{edge:g}")
    return f"{edge / 1000:g} kHz" if edge >= 1000.0 else f"{edge:g} Hz"
