"""Which estimate of a reference is the best one in every frame, and where one fits another reference better (swaps)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from osisnr_gui.core.bad_frames import is_silent
from osisnr_gui.core.several import BestOf, find_best
from osisnr_gui.core.types import FloatArray
from osisnr_gui.session.frame_pass import PairFrames, common_part
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.segments.bad_segments import Facts


class Lead(NamedTuple):
    """Of one frame: the places of the best contenders (two or more are tied), and how far the next one is below, dB."""

    places: tuple[int, ...]
    lead_db: float


@dataclass(frozen=True, slots=True, eq=False)
class BestFrames:
    """Several contenders beside each other, over the frames all of them have: mostly the estimates of one reference.

    places : of these in the session, in order; `best` numbers them from 0. first_time : centre of entry 0. values :
    exact OSI-SNR of each contender in dB, nan where it is not active. found_from : what a later one is told apart by.
    """

    places: tuple[int, ...]
    first_time: float
    step: float
    best: BestOf
    values: tuple[FloatArray, ...]
    found_from: tuple[object, ...] = ()

    def win_rate(self, place: int) -> float:
        """Share of the counted frames in which the contender at `place` has the highest value; a tie is no win.

        nan where no frame counts.
        """
        n_counted = self.best.n_counted
        return int(self.best.counts[self.places.index(place)]) / n_counted if n_counted else math.nan

    def lead_at(self, time: float) -> Lead | None:
        """Who is best in the frame at a time, and by how much; None where it does not count or there is none."""
        index = round((time - self.first_time) / self.step)
        if not 0 <= index < self.best.place.size or self.best.place[index] < 0:
            return None
        values = {place: float(value[index]) for place, value in zip(self.places, self.values, strict=True)}
        top = max(value for value in values.values() if not math.isnan(value))
        best = tuple(place for place, value in values.items() if value == top)
        below = [value for value in values.values() if value < top]
        return Lead(best, top - max(below) if below and len(best) == 1 else 0.0)


def find_best_frames(pairs: Sequence[PairAnalysis], known: Sequence[BestFrames] = ()) -> tuple[BestFrames, ...]:
    """One for every reference with two or more estimates, as soon as all of these have frames.

    Only frames that are active in every one of them count. known : earlier ones, handed back where their frames are the
    same. A pair with an error takes no part.
    """
    groups: dict[int, list[int]] = {}
    for place, pair in enumerate(pairs):
        if pair.error is None and pair.reference is not None:
            groups.setdefault(id(pair.reference), []).append(place)
    found = []
    for places in groups.values():
        facts = tuple(score.facts for place in places if (score := pairs[place].score) is not None)
        if len(facts) == len(places) > 1:
            found.append(_best_frames(tuple(places), facts, known))
    return tuple(found)


def _best_frames(places: tuple[int, ...], facts: tuple[Facts, ...], known: Sequence[BestFrames]) -> BestFrames:
    for old in known:
        if old.places == places and all(a is b for a, b in zip(old.found_from, facts, strict=True)):
            return old
    first, parts = common_part([one.frames.span for one in facts])
    values = tuple(one.active_osi_db[part] for one, part in zip(facts, parts, strict=True))
    grid = facts[0].frames.grid
    best = find_best(values, ~np.logical_or.reduce([np.isnan(value) for value in values]))
    return BestFrames(places, grid.first + first * grid.step, grid.step, best, values, facts)


def find_pairing(own_place: int, own: Facts, others: Mapping[int, PairFrames]) -> BestFrames:
    """The references as contenders for one estimate; `own_place` is its own, `others` are by place.

    Frames count in which the estimate, its own reference and at least one other are active.
    """
    frames = {**others, own_place: own.frames}
    places = tuple(sorted(frames))
    first, parts = common_part([frames[place].span for place in places])
    values = [_active_osi_db(frames[place], own.silence_db)[part] for place, part in zip(places, parts, strict=True)]
    known = [~np.isnan(value) for value in values]
    counted = known[places.index(own_place)] & (np.add.reduce(known, dtype=np.int64) > 1)
    grid = own.frames.grid
    best = find_best(values, counted)
    return BestFrames(places, grid.first + first * grid.step, grid.step, best, tuple(values))


def _active_osi_db(frames: PairFrames, silence_db: float) -> FloatArray:
    """Exact OSI-SNR; nan in frames in which one of the two is silent."""
    p = frames.projection
    silent = is_silent(p.reference_db, silence_db) | is_silent(p.estimate_db, silence_db)
    return np.where(silent, np.nan, frames.exact_osi_db)
