"""Which estimate belongs to which reference, when there are several speakers and their order is not known."""

from dataclasses import dataclass

import numpy as np

from osisnr_gui.core.types import FloatArray

# Beyond this two signals are the same, or have nothing in common, for the purpose of telling speakers apart: one
# perfect pair must not outweigh everything else.
SCORE_LIMIT_DB = 60.0


@dataclass(frozen=True, slots=True)
class Assignment:
    """One order of the references.

    places : for each estimate the place of its reference. mean_db : mean score of these pairs.
    margin_db : what the mean loses with the next best assignment; nan where there is only one.
    """

    places: tuple[int, ...]
    mean_db: float
    margin_db: float


def mean_score_db(scores_db: FloatArray, places: tuple[int, ...]) -> float:
    """Mean score of estimates compared with the references at `places`; scores_db : (n_references, n_estimates)."""
    limited = limited_scores(scores_db)
    return float(np.mean([limited[place, estimate] for estimate, place in enumerate(places)]))


def limited_scores(scores_db: FloatArray) -> FloatArray:
    """Scores between -60 and 60 dB; what is not known counts as the worst."""
    return np.asarray(np.clip(np.nan_to_num(scores_db, nan=-SCORE_LIMIT_DB), -SCORE_LIMIT_DB, SCORE_LIMIT_DB))


def find_assignment(scores_db: FloatArray) -> Assignment:
    """The assignment with the highest mean score, no reference twice within one system.

    scores_db : (n_references, n_estimates) in dB, higher is better. With more estimates than references, each
    n_references in turn are taken as the output of one system and assigned for themselves.
    """
    scores = limited_scores(scores_db)
    n_references, n_estimates = scores.shape
    starts = range(0, n_estimates, n_references)
    groups = [scores[:, start : start + n_references] for start in starts]
    best = [_solve(group) for group in groups]
    places = tuple(place for group_places, _ in best for place in group_places)
    total = sum(group_total for _, group_total in best)
    losses = [best_total - _next_best(group, at) for group, (at, best_total) in zip(groups, best, strict=True)]
    margin = min(losses, default=float("nan"))
    return Assignment(places, total / n_estimates, margin / n_estimates if np.isfinite(margin) else float("nan"))


def _solve(scores: FloatArray) -> tuple[tuple[int, ...], float]:
    """Hungarian method: the reference of every estimate, and the sum of their scores."""
    # Half a second to import, needed only where there are several speakers.
    from scipy.optimize import linear_sum_assignment

    estimates, references = linear_sum_assignment(scores.T, maximize=True)
    return tuple(references.tolist()), float(scores.T[estimates, references].sum())


def _next_best(scores: FloatArray, best: tuple[int, ...]) -> float:
    """The highest sum of any other assignment: it lacks at least one of the best one's pairs. -inf if there is none."""
    sums = [-np.inf]
    for estimate, reference in enumerate(best):
        without = scores.copy()
        without[reference, estimate] = -1e6
        places, total = _solve(without)
        if places[estimate] != reference:
            sums.append(total)
    return max(sums)
