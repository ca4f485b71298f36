"""Several speakers or systems: who belongs to which reference, the best in every frame, the order by loss.

L_i(gamma) = a_i + gamma * b_i with a_i = loss_osi and b_i = mc_mse of system i: two lines cross once at most, at
gamma = (a_j - a_i) / (b_i - b_j).
"""

import math
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from osisnr_gui.core.reduce import IndexArray
from osisnr_gui.core.types import BoolArray, FloatArray

# Beyond this two signals are the same, or have nothing in common, for the purpose of telling speakers apart: one
# perfect pair must not outweigh everything else.
SCORE_LIMIT_DB = 60.0


class Assignment(NamedTuple):
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


#: The place in frames that do not count.
NOBODY = -1


class BestOf:
    """The best of several systems in every frame.

    place : int16 (n_frames,), the best of systems 0 ... n_systems - 1 in every frame; `tied` where two or more are
    equally good, NOBODY where a frame does not count. counts : frames in which each system is best, at the end those
    that are tied, int64 (n_systems + 1,). n_counted : frames that count.
    Counts before every frame are kept (4 bytes for each system), so that shares of a pixel cost the same at any length.
    """

    def __init__(self, place: npt.NDArray[np.int16], n_systems: int) -> None:
        self.place, self.tied = place, n_systems
        self._before = np.zeros((n_systems + 1, place.size + 1), np.int32)
        for kind, before in enumerate(self._before):
            np.cumsum(place == kind, dtype=np.int32, out=before[1:])
        self.counts = self._before[:, -1].astype(np.int64)
        self.n_counted = int(self.counts.sum())

    def shares(self, starts: IndexArray, stops: IndexArray) -> FloatArray:
        """Shares of the counted frames `starts[j]:stops[j]`: (n_systems + 1, k), nan where no frame counts."""
        counts = self._before[:, stops] - self._before[:, starts]
        with np.errstate(invalid="ignore"):
            return np.asarray(counts / counts.sum(axis=0))


def find_best(values: Sequence[FloatArray], counted: BoolArray) -> BestOf:
    """The system with the highest value in each frame.

    values : a system each, float64 (n_frames,); nan where it takes no part. counted : which frames count.
    """
    top = np.full(counted.size, -np.inf)
    place = np.full(counted.size, NOBODY, np.int16)
    tied = np.zeros(counted.size, np.bool_)
    for number, value in enumerate(values):
        higher = value > top  # false where it is nan
        tied |= value == top
        tied &= ~higher
        np.copyto(top, value, where=higher)
        np.copyto(place, number, where=higher, casting="unsafe")
    place[tied] = len(values)
    place[~counted] = NOBODY
    return BestOf(place, len(values))


def column_frames(n: int, t0: float, dt: float, borders: FloatArray) -> tuple[IndexArray, IndexArray]:
    """Frames `starts[j]:stops[j]` of each pixel column with these borders: of n frames, frame i at `t0 + i * dt`.

    A column that holds no frame's time has the frame it lies in; without one its start is its stop.
    """
    at = (borders - t0) / dt
    if at[1] - at[0] > 1.0 + 1e-6:  # else rounding could leave a column without a frame
        edges = np.ceil(at)
        starts, stops = edges[:-1], edges[1:]
    else:
        starts = np.floor((at[:-1] + at[1:]) / 2 + 0.5)
        stops = starts + 1
    return np.clip(starts, 0, n).astype(np.intp), np.clip(stops, 0, n).astype(np.intp)


Terms = tuple[float, float]  # loss_osi, mc_mse


class Crossing(NamedTuple):
    """At `gamma` > 0 two systems have the same loss: below it `below` is the better one, above it `above`."""

    gamma: float
    below: int
    above: int


def find_crossings(terms: Sequence[Terms]) -> tuple[Crossing, ...]:
    """All crossings at gamma > 0, in order of gamma; systems whose terms are not finite have none."""
    found = []
    for i, j in combinations(range(len(terms)), 2):
        (a, b), (c, d) = terms[i], terms[j]
        if not all(map(math.isfinite, (a, b, c, d))) or b == d:
            continue
        gamma = (c - a) / (b - d)
        if gamma > 0 and math.isfinite(gamma):
            # The flatter line is the better one beyond.
            above, below = (i, j) if b < d else (j, i)
            found.append(Crossing(gamma, below, above))
    return tuple(sorted(found, key=lambda crossing: crossing.gamma))


def find_order(terms: Sequence[Terms], gamma: float) -> tuple[int, ...]:
    """Systems by rising loss at `gamma`, equal ones in their own order; those without a finite loss are left out."""
    losses = [a + gamma * b for a, b in terms]
    return tuple(sorted((i for i, loss in enumerate(losses) if math.isfinite(loss)), key=losses.__getitem__))


def find_span(crossings: Sequence[Crossing], gamma: float) -> tuple[float, float]:
    """The range of gamma round `gamma` without a crossing inside: (0 or more, up to inf)."""
    low = max((crossing.gamma for crossing in crossings if crossing.gamma <= gamma), default=0.0)
    high = min((crossing.gamma for crossing in crossings if crossing.gamma > gamma), default=math.inf)
    return low, high
