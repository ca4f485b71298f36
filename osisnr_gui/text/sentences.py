"""Plain sentences about an estimate, its numbers, a selected stretch of it, and everything that is open.

Every number is named with what it is: which average, which frames, literal or exact.
"""

import math

import numpy as np

from osisnr_gui.io.errors import FileError
from osisnr_gui.session import words
from osisnr_gui.session.inspection.inspector import selected_frames
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.result import Analysis
from osisnr_gui.session.scores import PairScore
from osisnr_gui.session.segments.bad_segments import Facts
from osisnr_gui.session.session import Formula
from osisnr_gui.text.catalogue import _, ngettext, translated
from osisnr_gui.text.files import track_names

LEVEL_DB = 0.5  # a level difference below this is not worth a word


def frames_counted(n: int) -> str:
    """ "1 frame", "683 frames"."""
    return ngettext("{n} frame", "{n} frames", n).format(n=words.count(n))


def active_counted(n: int) -> str:
    """ "1 active frame", "683 active frames"."""
    return ngettext("{n} active frame", "{n} active frames", n).format(n=words.count(n))


def method_words(method: int) -> str:
    """What a loss_osi method does."""
    return _("mean of inverses") if method == 1 else _("inverse of mean")


def frames_words(facts: Facts, formula: Formula) -> str:
    """ "literal, all 822 frames" or "exact, 683 active frames"."""
    if formula is Formula.LITERAL:
        return _("literal, all {frames}").format(frames=frames_counted(facts.frames.n_frames))
    return _("exact, {frames}").format(frames=active_counted(facts.n_active))


def result_words(score: PairScore) -> str:
    """Which number the leading fused loss is."""
    whole = score.facts.frames.complete
    template = _("{frames}, method {method}") if whole else _("{frames}, method {method}, so far")
    return template.format(frames=frames_words(score.facts, score.loss.formula), method=score.loss.method)


def why_osi(value: float, score: PairScore, formula: Formula) -> str:
    """Why an OSI-SNR average is no plain number; empty when it is one."""
    if math.isfinite(value):
        return ""
    facts = score.facts
    if formula is Formula.EXACT:
        if facts.n_active == 0:
            return _("No frame is active: one of the two signals is silent everywhere.")
        same = active_counted(facts.counts["proportional"])
        return _("Infinite: in {frames} the estimate is the reference but for its level.").format(frames=same)
    if math.isnan(value):
        return _("Not a number: the literal formula divides zero by zero in at least one frame.")
    n = facts.frames.n_frames
    return ngettext(
        "Not finite: {bad} of {n} literal frame are not finite or not above 0 dB (silence).",
        "Not finite: {bad} of {n} literal frames are not finite or not above 0 dB (silence).",
        n,
    ).format(bad=words.count(facts.not_meaningful), n=words.count(n))


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
    if not math.isfinite(value):
        return _("The literal formula is not finite in at least one frame.")
    if not facts.not_meaningful:
        return ""
    n = facts.frames.n_frames
    return ngettext(
        "{bad} of {n} literal frame are not above 0 dB; silence counts as perfect here.",
        "{bad} of {n} literal frames are not above 0 dB; silence counts as perfect here.",
        n,
    ).format(bad=words.count(facts.not_meaningful), n=words.count(n))


def estimate_names(analysis: Analysis) -> list[str]:
    """ "A (est_dfn3)" for every estimate."""
    first = len(analysis.references)
    names = track_names(analysis.tracks)[first : first + len(analysis.pairs)]
    return [f"{words.estimate_letter(index)} ({name})" for index, name in enumerate(names)]


def level_and_polarity(analysis: Analysis, pair: PairAnalysis) -> list[str]:
    """What is wrong with an estimate that OSI-SNR does not see, in words.

    The least-squares gain means something only where the estimate holds more of the reference than of anything else.
    """
    found, whole = [], pair.whole
    if whole is not None and whole.si_snr_db > 0 and LEVEL_DB <= abs(whole.gain_db) < math.inf:
        template = _("{level} too loud") if whole.gain_db > 0 else _("{level} too quiet")
        found.append(template.format(level=words.db(abs(whole.gain_db))))
    if any(notice.code == "polarity" and notice.source == pair.source for notice in analysis.notices):
        found.append(_("upside down (polarity)"))
    return found


def osi_words(score: PairScore) -> str:
    """Mean and median of the exact OSI-SNR over active frames, in words."""
    exact, n_active = score.exact, score.facts.n_active
    if n_active == 0:
        return _("no frame is active: one of the two is silent everywhere")
    frames, same = active_counted(n_active), score.facts.counts["proportional"]
    if same == n_active:
        return _("the same as the reference but for its level in all {frames}").format(frames=frames)
    median = words.db(exact.osi_db_median)
    if math.isinf(exact.osi_db_mean):
        template = _(
            "{median} median exact OSI-SNR over {frames}, {n} of them the same as the reference but for their level"
        )
        return template.format(median=median, frames=frames, n=words.count(same))
    template = _("{mean} mean exact OSI-SNR over {frames} (median {median})")
    return template.format(mean=words.db(exact.osi_db_mean), frames=frames, median=median)


def trouble_words(score: PairScore) -> list[str]:
    """Frames under the threshold, missed, of false activity and not finite; only those that occur."""
    counts = score.facts.counts
    under, missed, made_up = score.bad.n_under, counts["silent_estimate"], counts["silent_reference"]
    wrong, limit = counts["nonfinite"], words.db(score.bad.threshold_db)
    known = (
        (under, ngettext("{n} frame under {limit}", "{n} frames under {limit}", under)),
        (missed, ngettext("{n} frame missed", "{n} frames missed", missed)),
        (made_up, ngettext("{n} frame of false activity", "{n} frames of false activity", made_up)),
        (
            wrong,
            ngettext(
                "{n} frame with numbers that are not finite", "{n} frames with numbers that are not finite", wrong
            ),
        ),
    )
    return [template.format(n=words.count(n), limit=limit) for n, template in known if n]


def error_clause(error: FileError) -> str:
    """What is wrong with a file and what to do, without its name and a full stop."""
    return _("{detail}; {remedy}").format(detail=translated(error.detail), remedy=translated(error.remedy))


def pair_sentence(analysis: Analysis, index: int) -> str:
    """What can be said of one estimate, by rule; true to the figures, always the exact ones over active frames."""
    pair, name = analysis.pairs[index], estimate_names(analysis)[index]
    if pair.error is not None:
        return _("{name} cannot be compared: {error}.").format(name=name, error=error_clause(pair.error))
    if pair.score is None:
        return _("{name} is open; it has not been compared yet.").format(name=name)
    frames = pair.score.facts.frames
    figures = "; ".join((osi_words(pair.score), *trouble_words(pair.score)))
    if not frames.complete:
        template = _("so far, {done} of {frames}: {figures}")
        done, total = words.count(frames.n_frames), frames_counted(frames.n_total)
        figures = template.format(done=done, frames=total, figures=figures)
    faults = level_and_polarity(analysis, pair)
    if not faults:
        return _("{name}: {figures}.").format(name=name, figures=figures)
    if len(faults) > 1:
        faults = [_("{one} and {other}").format(one=faults[0], other=faults[1])]
    return _("{name} is {fault}; {figures}.").format(name=name, fault=faults[0], figures=figures)


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
