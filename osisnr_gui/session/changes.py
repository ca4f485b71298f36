"""The last stage of an analysis, and what differs between two analyses.

The stage is all that a new alpha, gamma, method, threshold or silence limit needs. Nothing is read; a result whose
inputs did not change is the same object as before, and what differs is found by identity.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import Flag, auto
from functools import reduce
from operator import attrgetter, is_, or_

from osisnr_gui.core.loss import NAN
from osisnr_gui.session.comparison.best_frames import find_best_frames
from osisnr_gui.session.notices.all_notices import find_notices
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.result import Analysis
from osisnr_gui.session.scores import score_frames
from osisnr_gui.session.segments.bad_segments import Facts, other_place
from osisnr_gui.session.session import Criterion, Session

#: Of a pair, beside the files and its score: what comes of reading the files.
_found_of = attrgetter("frames", "pictures", "whole", "delay", "error", "sample_rate", "reference")
#: Of a session, beside the files: what reading them, and which frames count, depends on.
_reading_of = attrgetter("framing", "mask_grid", "silence_db", "lengths", "same_rate_only")
#: Of a session: which files there are, in which roles.
_files_of = attrgetter("references", "estimates", "mixture", "pairing")
#: Of an analysis, beside the pairs: what comes of reading the files.
_results_of = attrgetter("alone", "matching")


class Changed(Flag):
    """Parts of an analysis that a view can depend on.

    FILES : which files there are, in which roles, and what is known of them. FRAMES : what the passes over them found,
    the silence limit, how far the run is. LEADING : which named result leads. LOSS : alpha, gamma, method, and the
    losses. BAD : which frames are bad, and the limits. NOTES, NOTICES : what they are called. VIEW : which curves are
    hidden, and which estimate is in view, which is no part of an analysis.
    """

    NONE = 0
    FILES = auto()
    FRAMES = auto()
    LEADING = auto()
    LOSS = auto()
    BAD = auto()
    NOTES = auto()
    NOTICES = auto()
    VIEW = auto()
    ALL = FILES | FRAMES | LEADING | LOSS | BAD | NOTES | NOTICES | VIEW


#: Shows an analysis with one estimate in view.
Show = Callable[[Analysis, int], object]
#: What is to be called whenever something of this changed.
Part = tuple[Show, Changed]


def find_changes(before: Analysis, after: Analysis) -> Changed:
    """Which parts of `after` are not those of `before`."""
    if after is before:
        return Changed.NONE
    old, new = before.session, after.session
    found = _pair_changes(before.pairs, after.pairs) | _pair_changes(before.unprocessed, after.unprocessed)
    other_files = _files_of(old) != _files_of(new) or before.mixture is not after.mixture
    same_run = before.complete == after.complete and before.framing == after.framing
    same_results = _are_same(_results_of(before), _results_of(after)) and _are_same(before.best, after.best)
    differs = {
        Changed.FILES: other_files or not _are_same(before.references, after.references),
        Changed.FRAMES: not (same_run and same_results and _reading_of(old) == _reading_of(new)),
        Changed.LEADING: new.loss.formula is not old.loss.formula,
        Changed.LOSS: new.loss != old.loss,
        Changed.BAD: new.threshold_db != old.threshold_db or new.bad != old.bad,
        Changed.NOTES: new.notes != old.notes,
        Changed.NOTICES: after.notices is not before.notices,
        Changed.VIEW: new.hidden != old.hidden,
    }
    return reduce(or_, (part for part, is_other in differs.items() if is_other), found)


def _pair_changes(before: Sequence[PairAnalysis], after: Sequence[PairAnalysis]) -> Changed:
    """Of every pair: its file, what the pass found, its score."""
    if len(before) != len(after):
        return Changed.FILES | Changed.FRAMES | Changed.LOSS | Changed.BAD
    found = Changed.NONE
    for old, new in zip(before, after, strict=True):
        if old.estimate is not new.estimate:
            found |= Changed.FILES
        if not _are_same(_found_of(old), _found_of(new)):
            found |= Changed.FRAMES
        a, b = old.score, new.score
        if a is not None and b is not None and a.facts is b.facts:
            found |= Changed.NONE if a.literal is b.literal else Changed.LOSS
            found |= Changed.NONE if a.bad is b.bad else Changed.BAD
        elif a is not b:
            found |= Changed.FRAMES | Changed.LOSS | Changed.BAD
    return found


def _are_same(before: Sequence[object], after: Sequence[object]) -> bool:
    return len(before) == len(after) and all(map(is_, before, after))


#: Of a session: what `rescore` can follow.
DISPLAY_FIELDS = ("loss", "silence_db", "threshold_db", "bad", "notes", "roles_guessed", "hidden")
#: From here on a step that goes through all frames several times takes longer than a window may wait.
MANY_FRAMES = 500_000


def analysis_key(session: Session) -> Session:
    """What a pass over the files depends on: the session without what `rescore` can follow."""
    return with_display_settings(session, Session())


def with_display_settings(session: Session, other: Session) -> Session:
    """`session` with everything of `other` that `rescore` can follow."""
    return replace(session, **{name: getattr(other, name) for name in DISPLAY_FIELDS})


def rescore(session: Session, analysis: Analysis) -> Analysis | None:
    """The analysis of `session` when only cheap settings differ; None when files must be read again."""
    if analysis_key(session) != analysis_key(analysis.session):
        return None
    if any(pair.key is not None and pair.key.alpha not in (None, session.loss.alpha) for pair in analysis.pairs):
        return None  # no alpha table was kept
    pairs, unprocessed = (tuple(scored(session, p) for p in group) for group in (analysis.pairs, analysis.unprocessed))
    fresh = replace(analysis, session=session, pairs=pairs, unprocessed=unprocessed)
    return fresh if _decisive(fresh) == _decisive(analysis) else finish(fresh)


def takes_long(session: Session, analysis: Analysis) -> bool:
    """Whether `rescore` would hold up a window: statuses or running medians of hours of frames, found anew."""
    old, frames = analysis.session, [pair.frames for pair in (*analysis.pairs, *analysis.unprocessed)]
    medians = session.bad.criterion is Criterion.DROP
    kept = old.bad.criterion is Criterion.DROP and old.bad.window_s == session.bad.window_s
    anew = session.silence_db != old.silence_db or (medians and not kept)
    return anew and sum(found.n_frames for found in frames if found is not None) > MANY_FRAMES


def scored(session: Session, pair: PairAnalysis) -> PairAnalysis:
    """A pair with its numbers under a session; as it is while it has no frames, or an error."""
    return _scored_against(session, pair, pair.score.bad.other if pair.score is not None else None)


def _scored_against(session: Session, pair: PairAnalysis, other: Facts | None) -> PairAnalysis:
    if pair.frames is None or pair.error is not None:
        return pair
    score = score_frames(pair.frames, session, pair.score, other)
    return pair if score is pair.score else replace(pair, score=score)


def finish(analysis: Analysis) -> Analysis:
    """What concerns several pairs or files at once: estimates held against each other, notices."""
    session, pairs = analysis.session, analysis.pairs
    if session.bad.criterion is Criterion.AGAINST:
        places = [other_place(session, index) for index in range(len(pairs))]
        scores = [None if place is None else pairs[place].score for place in places]
        others = [None if score is None else score.facts for score in scores]
        pairs = tuple(_scored_against(session, pair, other) for pair, other in zip(pairs, others, strict=True))
    analysis = replace(analysis, pairs=pairs, best=find_best_frames(pairs, analysis.best))
    return replace(analysis, notices=find_notices(analysis))


def _decisive(analysis: Analysis) -> tuple[object, ...]:
    """What `finish` looks at beside files and frames; of the fused losses only how they rank the estimates."""
    session = analysis.session
    losses = [NAN if pair.score is None else pair.score.exact.fused for pair in analysis.pairs]
    ranks = {loss: rank for rank, loss in enumerate(sorted(set(filter(math.isfinite, losses))))}
    light = session.silence_db, session.bad, session.loss.formula, session.loss.gamma == 0.0, session.roles_guessed
    return *light, *map(ranks.get, losses)
