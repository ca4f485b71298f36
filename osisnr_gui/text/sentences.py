"""Plain sentences about an estimate, its verdict and numbers, a selected stretch of it, and everything that is open.

Every number is named with what it is: which average, which frames, literal or exact.
"""

import math

import numpy as np

from osisnr_gui.io.errors import FileError, Phrase
from osisnr_gui.session import words
from osisnr_gui.session.inspection.inspector import selected_frames
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.result import Analysis
from osisnr_gui.session.scores import PairScore
from osisnr_gui.session.segments.bad_segments import Facts
from osisnr_gui.session.session import Formula
from osisnr_gui.session.verdict import NOTABLE_SHARE, BandOfErrors, Grade, Verdict
from osisnr_gui.text.catalogue import _, ngettext, translated
from osisnr_gui.text.files import track_names

LEVEL_DB = 0.5  # a level difference below this is not worth a word


def frames_counted(n: int) -> str:
    """ "1 frame", "683 frames"."""
    return ngettext("{n} frame", "{n} frames", n).format(n=words.count(n))


def active_counted(n: int) -> str:
    """ "1 active frame", "683 active frames"."""
    return ngettext("{n} active frame", "{n} active frames", n).format(n=words.count(n))


def frames_words(facts: Facts, formula: Formula) -> str:
    """ "literal, all 822 frames", with ", 129 silent" where that weighs in, or "exact, 683 active frames"."""
    if formula is Formula.LITERAL:
        template = _("literal, all {frames}, {lost}") if facts.not_meaningful else _("literal, all {frames}")
        return template.format(frames=frames_counted(facts.frames.n_frames), lost=_lost_words(facts))
    return _("exact, {frames}").format(frames=active_counted(facts.n_active))


def result_words(score: PairScore) -> str:
    """Which number the leading fused loss is."""
    whole = score.facts.frames.complete
    template = _("{frames}, method {method}") if whole else _("{frames}, method {method}, so far")
    return template.format(frames=frames_words(score.facts, score.loss.formula), method=score.loss.method)


def _lost_words(facts: Facts) -> str:
    """ "129 silent": the frames that have no literal value above 0 dB."""
    silent = sum(count for label, count in facts.counts.items() if label.startswith("silent"))
    template = _("{n} silent") if facts.not_meaningful <= silent else _("{n} not above 0 dB")
    return template.format(n=words.count(facts.not_meaningful))


def not_defined(facts: Facts, *values: float) -> str:
    """ "not defined: 129 silent frames" where one of these literal figures is no number or not above 0; else empty."""
    if not facts.not_meaningful or all(math.isfinite(value) and value > 0 for value in values):
        return ""
    return _("not defined: {lost} frames").format(lost=_lost_words(facts))


def fused_not_defined(score: PairScore) -> str:
    """`not_defined` of the literal fused loss, of which L_OSI is a part."""
    return not_defined(score.facts, score.literal.fused, score.literal.loss_osi(score.loss.method))


def why_osi(value: float, score: PairScore, formula: Formula) -> str:
    """Why an OSI-SNR average is no plain number; empty when it is one."""
    if math.isfinite(value) or formula is Formula.LITERAL:  # of that, `not_defined` says why
        return ""
    if score.facts.n_active == 0:
        return _("No frame is active: one of the two signals is silent everywhere.")
    same = active_counted(score.facts.counts["proportional"])
    return _("Infinite: in {frames} the estimate is the reference but for its level.").format(frames=same)


def why_loss(value: float, score: PairScore, formula: Formula) -> str:
    """Why a loss is no plain number, or none to trust; empty when it is in order."""
    facts = score.facts
    if formula is Formula.EXACT:
        if math.isfinite(value):
            return ""
        if facts.n_active == 0:
            return _("No frame is active: one of the two signals is silent everywhere.")
        if math.isnan(value):
            return _("Not a number: some cells are not finite.")
        return _("Infinite: in at least one active frame estimate and reference have nothing in common (0 dB).")
    if not facts.not_meaningful:
        return ""
    return _("{lost} of {n} frames; silence counts as perfect here.").format(
        lost=_lost_words(facts), n=words.count(facts.frames.n_frames)
    )


def estimate_names(analysis: Analysis) -> list[str]:
    """ "A (est_dfn3)" for every estimate."""
    first = len(analysis.references)
    names = track_names(analysis.tracks)[first : first + len(analysis.pairs)]
    return [f"{words.estimate_letter(index)} ({name})" for index, name in enumerate(names)]


def level_polarity_delay(analysis: Analysis, pair: PairAnalysis) -> list[str]:
    """What is wrong with an estimate that OSI-SNR does not see, or hardly, in words: level, polarity, delay."""
    found, whole = list[str](), pair.whole
    # The least-squares gain means something only where there is more of the reference in it than of anything else.
    if whole is not None and whole.si_snr_db > 0 and LEVEL_DB <= abs(whole.gain_db) < math.inf:
        template = _("{level} too loud") if whole.gain_db > 0 else _("{level} too quiet")
        found.append(template.format(level=words.db(abs(whole.gain_db))))
    if any(notice.code == "polarity" and notice.source == pair.source for notice in analysis.notices):
        found.append(_("upside down (polarity)"))
    delay, rate = pair.delay, pair.sample_rate
    if delay is not None and rate and not pair.source.delay and delay.trusted:
        template = _("{time} late") if delay.samples > 0 else _("{time} early")
        found.append(template.format(time=words.milliseconds(abs(delay.samples) / rate)))
    return found


def error_clause(error: FileError) -> str:
    """What is wrong with a file and what to do, without its name and a full stop."""
    return _("{detail}; {remedy}").format(detail=translated(error.detail), remedy=translated(error.remedy))


def pair_sentence(analysis: Analysis, index: int) -> str:
    """The median of one estimate, or why it has none; the verdict and what else is wrong stand in the panel."""
    pair, name = analysis.pairs[index], estimate_names(analysis)[index]
    if pair.error is not None:
        return _("{name} cannot be compared: {error}.").format(name=name, error=error_clause(pair.error))
    if pair.score is None:
        return _("{name} is open; it has not been compared yet.").format(name=name)
    facts, median = pair.score.facts, words.db(pair.score.exact.osi_db_median)
    figures = _("no frame is active: one of the two is silent everywhere")
    if facts.n_active:
        figures = _("median {median} (exact, {frames})").format(median=median, frames=active_counted(facts.n_active))
    if not facts.frames.complete:
        template = _("so far, {done} of {frames}: {figures}")
        done, total = words.count(facts.frames.n_frames), frames_counted(facts.frames.n_total)
        figures = template.format(done=done, frames=total, figures=figures)
    return _("{name}: {figures}.").format(name=name, figures=figures)


def status_sentence(analysis: Analysis | None, selected: int = 0) -> str:
    """The state of the comparison in one plain sentence, for the status bar and under the numbers."""
    if analysis is None or analysis.session.is_empty:
        return _("Open a reference and one or more estimates to compare them.")
    place = analysis.session.partner_of(selected)
    if not analysis.references:
        return _("There is no reference yet: choose which file is the reference.")
    reference = analysis.references[place]
    if reference.error is not None:
        template = _("The reference {name} was refused: {error}.")
        return template.format(name=reference.name, error=error_clause(reference.error))
    if not analysis.pairs:
        return _("The reference {name} is open; add an estimate to compare it with.").format(name=reference.name)
    return pair_sentence(analysis, min(max(selected, 0), len(analysis.pairs) - 1))


def selection_sentence(pair: PairAnalysis, start: float, stop: float) -> str:
    """Length, frames, exact OSI-SNR over active frames, and the mean of the leading loss; empty without a score."""
    score, frames = pair.score, pair.frames
    if score is None or frames is None:
        return ""
    chosen = selected_frames(pair, start, stop)
    counted = frames_counted(max(0, chosen.stop - chosen.start))
    exact = frames.exact_osi_db[chosen][score.facts.active[chosen]]
    where = _("Selected: {frames}")
    if frames.grid.seconds:
        where = _("Selected: {start:.3f} to {stop:.3f} s ({length:.3f} s, {frames})")
    parts = [where.format(start=start, stop=stop, length=stop - start, frames=counted)]
    if exact.size:
        mean, median = words.db(float(np.mean(exact))), words.db(float(np.median(exact)))
        template = _("exact OSI-SNR over {n} active: mean {mean}, median {median}")
        parts.append(template.format(n=exact.size, mean=mean, median=median))
    else:
        parts.append(_("no active frame"))
    loss = score.frame_loss(chosen)
    loss = loss[~np.isnan(loss)]
    if loss.size:
        is_literal = score.loss.formula is Formula.LITERAL
        template = _("mean fused loss {loss} (literal, all frames)")
        template = template if is_literal else _("mean fused loss {loss} (exact, active frames)")
        parts.append(template.format(loss=words.loss(float(np.mean(loss)))))
    return "; ".join(parts) + "."


#: How good an estimate is: in a word (or three), and as the head of a sentence.
_GRADES = {
    Grade.NOTHING: (Phrase("nothing to compare"), Phrase("no frame in which both are active")),
    Grade.UNRELATED: (Phrase("unrelated"), ""),  # has a sentence of its own
    Grade.STRONG: (Phrase("strong errors"), Phrase("errors are strong")),
    Grade.AUDIBLE: (Phrase("errors audible"), Phrase("errors are audible")),
    Grade.VERY_CLOSE: (Phrase("very close"), Phrase("very close to the reference")),
    Grade.SAME_TO_THE_EAR: (Phrase("hard to tell apart"), Phrase("hard to tell from the reference")),
    Grade.SAME: (Phrase("the same but for level"), Phrase("the same as the reference but for its level")),
}


def grade_words(grade: Grade) -> str:
    """One word (or three) for how good an estimate is."""
    return translated(_GRADES[grade][0])


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
    parts = [*_faults(verdict), translated(_GRADES[verdict.grade][1]) + _where(verdict.band)]
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
