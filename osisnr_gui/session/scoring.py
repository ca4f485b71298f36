"""The cheap last stage of an analysis: scores of what the passes found, and what is to be said of them."""

from __future__ import annotations

from dataclasses import replace

from osisnr_gui.session.facts import Facts
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
    return replace(analysis, notices=find_notices(analysis))
