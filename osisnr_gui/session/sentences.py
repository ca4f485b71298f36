"""Plain sentences about an estimate, a selected stretch of it, and everything that is open."""

from __future__ import annotations

import math

import numpy as np

from osisnr_gui.session import words
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.result import Analysis
from osisnr_gui.session.scores import PairScore
from osisnr_gui.session.words import estimate_letter


def estimate_names(analysis: Analysis) -> list[str]:
    """ "A (est_dfn3)" for every estimate."""
    first = len(analysis.references)
    names = words.track_names(analysis.tracks)[first : first + len(analysis.pairs)]
    return [f"{estimate_letter(index)} ({name})" for index, name in enumerate(names)]


def gain_words(pair: PairAnalysis) -> str:
    """How much too loud or too quiet the wanted part of an estimate is; empty when that cannot be said.

    The least-squares gain means something only where the estimate holds more of the reference than of anything else.
    """
    whole = pair.whole
    if whole is None or not whole.si_snr_db > 0 or not math.isfinite(whole.gain_db):
        return ""
    if abs(whole.gain_db) < words.LEVEL_DB:
        return ""
    return f"{words.db(abs(whole.gain_db))} too {'loud' if whole.gain_db > 0 else 'quiet'}"


def level_and_polarity(analysis: Analysis, pair: PairAnalysis) -> list[str]:
    """What is wrong with an estimate that OSI-SNR does not see, in words."""
    inverted = any(notice.code == "polarity" and notice.source == pair.source for notice in analysis.notices)
    return list(filter(None, (gain_words(pair), "upside down (polarity)" if inverted else "")))


def osi_words(score: PairScore) -> str:
    """Mean and median of the exact OSI-SNR over active frames, in words."""
    exact, facts = score.exact, score.facts
    n_active = facts.n_active
    if n_active == 0:
        return "no frame is active: one of the two is silent everywhere"
    where = f"over {words.counted(n_active, 'active frame')}"
    same = facts.counts["proportional"]
    if same == n_active:
        return f"the same as the reference but for its level in all {words.counted(n_active, 'active frame')}"
    if math.isinf(exact.osi_db_mean):
        part = f"{words.count(same)} of them the same as the reference but for their level"
        return f"{words.db(exact.osi_db_median)} median exact OSI-SNR {where}, {part}"
    return f"{words.db(exact.osi_db_mean)} mean exact OSI-SNR {where} (median {words.db(exact.osi_db_median)})"


def trouble_words(score: PairScore) -> list[str]:
    """Frames under the threshold, missed, of false activity and not finite; only those that occur."""
    counts = score.facts.counts
    known = (
        (score.bad.n_under, f"under {words.db(score.bad.threshold_db)}"),
        (counts["silent_estimate"], "missed"),
        (counts["silent_reference"], "of false activity"),
        (counts["nonfinite"], "with numbers that are not finite"),
    )
    return [f"{words.counted(count, 'frame')} {what}" for count, what in known if count]


def pair_sentence(analysis: Analysis, index: int) -> str:
    """What can be said of one estimate, by rule; true to the figures, always the exact ones over active frames."""
    pair, name = analysis.pairs[index], estimate_names(analysis)[index]
    if pair.error is not None:
        return f"{name} cannot be compared: {pair.error.detail}; {pair.error.remedy}."
    if pair.score is None:
        return f"{name} is open; it has not been compared yet."
    verb = " and ".join(level_and_polarity(analysis, pair))
    subject = f"{name} is {verb}; " if verb else f"{name}: "
    frames = pair.score.facts.frames
    done = f"{words.count(frames.n_frames)} of {words.counted(frames.n_total, 'frame')}"
    partial = "" if frames.complete else f"so far, {done}: "
    return f"{subject}{partial}{'; '.join((osi_words(pair.score), *trouble_words(pair.score)))}."


def status_sentence(analysis: Analysis | None, selected: int = 0) -> str:
    """The state of the comparison in one plain sentence, for the status bar and under the numbers."""
    if analysis is None or analysis.session.is_empty:
        return "Open a reference and one or more estimates to compare them."
    place = analysis.session.partner_of(selected)
    if not analysis.references:
        return "There is no reference yet: choose which file is the reference."
    reference = analysis.references[place]
    if reference.error is not None:
        return f"The reference {reference.name} was refused: {reference.error.detail}; {reference.error.remedy}."
    if not analysis.pairs:
        return f"The reference {reference.name} is open; add an estimate to compare it with."
    return pair_sentence(analysis, min(max(selected, 0), len(analysis.pairs) - 1))


def selected_frames(pair: PairAnalysis, start: float, stop: float) -> slice:
    """Entries of the pair's frames whose centres lie in [start, stop]."""
    frames = pair.frames
    if frames is None:
        return slice(0, 0)
    first = math.ceil((start - frames.first_time) / frames.grid.step - 1e-9)
    last = math.floor((stop - frames.first_time) / frames.grid.step + 1e-9) + 1
    return slice(min(max(first, 0), frames.n_frames), min(max(last, 0), frames.n_frames))


def selection_sentence(pair: PairAnalysis, start: float, stop: float) -> str:
    """Length, frames, exact OSI-SNR over active frames, and the mean of the leading loss; empty without a score."""
    score, frames = pair.score, pair.frames
    if score is None or frames is None:
        return ""
    chosen = selected_frames(pair, start, stop)
    n_frames = max(0, chosen.stop - chosen.start)
    active = score.facts.active[chosen]
    exact = frames.exact_osi_db[chosen][active]
    if frames.grid.seconds:
        where = f"{start:.3f} to {stop:.3f} s ({stop - start:.3f} s, {words.counted(n_frames, 'frame')})"
    else:
        where = words.counted(n_frames, "frame")
    parts = [f"Selected: {where}"]
    if exact.size:
        parts.append(
            f"exact OSI-SNR over {exact.size} active: mean {words.db(float(np.mean(exact)))}, "
            f"median {words.db(float(np.median(exact)))}"
        )
    else:
        parts.append("no active frame")
    loss = score.frame_loss(chosen)
    loss = loss[~np.isnan(loss)]
    if loss.size:
        result = "all" if score.loss.formula.value == "literal" else "active"
        parts.append(
            f"mean fused loss {words.loss(float(np.mean(loss)))} ({score.loss.formula.value}, {result} frames)"
        )
    return "; ".join(parts) + "."
