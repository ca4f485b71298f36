"""The cheap last stage of an analysis: scores of what the passes found, and what is to be said of them."""

from __future__ import annotations

import math
from dataclasses import replace

from osisnr_gui.core.loss import NAN
from osisnr_gui.session.facts import Facts
from osisnr_gui.session.masks.mask_notices import mask_notices
from osisnr_gui.session.notices.all_notices import find_notices
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.result import Analysis
from osisnr_gui.session.scores import PairScore, score_frames
from osisnr_gui.session.segments.bad_segments import other_place
from osisnr_gui.session.session import Criterion, Session
from osisnr_gui.session.several.best_frames import find_best_frames


def scored(session: Session, pair: PairAnalysis) -> PairAnalysis:
    """A pair with its numbers under a session; as it is while it has no frames, or an error."""
    return _scored_against(session, pair, pair.score.bad.other if pair.score is not None else None)


def _scored_against(session: Session, pair: PairAnalysis, other: Facts | None) -> PairAnalysis:
    if pair.frames is None or pair.error is not None:
        return pair
    score: PairScore = score_frames(pair.frames, session, pair.score, other)
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
    notices = mask_notices(session, analysis.reference, analysis.mixture) + find_notices(analysis)
    return replace(analysis, notices=notices)


def is_finished(analysis: Analysis, before: Analysis) -> bool:
    """Whether what `finish` made of `before` holds for `analysis`, whose files and frames are the same."""
    return _decisive(analysis) == _decisive(before)


def _decisive(analysis: Analysis) -> tuple[object, ...]:
    """What `finish` looks at beside files and frames; of the fused losses only how they rank the estimates."""
    session = analysis.session
    losses = [NAN if pair.score is None else pair.score.exact.fused for pair in analysis.pairs]
    ranks = {loss: rank for rank, loss in enumerate(sorted(set(filter(math.isfinite, losses))))}
    light = session.silence_db, session.bad, session.loss.formula, session.loss.gamma == 0.0
    return *light, *map(ranks.get, losses)
