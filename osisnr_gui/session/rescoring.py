"""The last stage of an analysis, and all of it that a new alpha, gamma, method, threshold or silence limit needs.

Nothing is read; results whose inputs did not change are handed back as they are.
"""

import math
from dataclasses import replace

from osisnr_gui.core.loss import NAN
from osisnr_gui.session.comparison.best_frames import find_best_frames
from osisnr_gui.session.notices.all_notices import find_notices
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.result import Analysis
from osisnr_gui.session.scores import score_frames
from osisnr_gui.session.segments.bad_segments import Facts, other_place
from osisnr_gui.session.session import Criterion, Session

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
