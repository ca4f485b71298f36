"""Which estimate of a reference is the best one in every frame, and where one fits another reference better (swaps)."""

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from osisnr_gui.core.bad_frames import is_silent
from osisnr_gui.core.several import BestOf, find_best
from osisnr_gui.core.types import FloatArray
from osisnr_gui.io.errors import Cancel, Phrase
from osisnr_gui.session.frame_pass import FramePass, PairFrames, PassPlan, common_part
from osisnr_gui.session.pairs import PairAnalysis, Readers, check_fit, fit_frames, pair_key, time_grid
from osisnr_gui.session.pictures import TimeGrid
from osisnr_gui.session.segments.bad_segments import Facts
from osisnr_gui.session.session import Session
from osisnr_gui.session.tracks import PairError, Track


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


@dataclass(frozen=True, slots=True, eq=False)
class CrossFrames:
    """What is kept of an estimate against a reference it is not compared with: float64 (n_frames,) each.

    first_frame : frame number of entry 0. osi_db : exact OSI-SNR. reference_db, estimate_db : energies of the frames,
    for telling silent ones. complete : whether the pass is done.
    """

    first_frame: int
    osi_db: FloatArray
    reference_db: FloatArray
    estimate_db: FloatArray
    complete: bool

    @classmethod
    def of(cls, frames: PairFrames) -> Self:
        """From the pass, as far as it is."""
        p = frames.projection
        return cls(frames.first_frame, frames.exact_osi_db, p.reference_db, p.estimate_db, frames.complete)

    @property
    def span(self) -> range:
        """Frame numbers of all entries."""
        return range(self.first_frame, self.first_frame + self.osi_db.size)

    def active_osi_db(self, silence_db: float) -> FloatArray:
        """nan in frames in which one of the two is silent."""
        silent = is_silent(self.reference_db, silence_db) | is_silent(self.estimate_db, silence_db)
        return np.where(silent, np.nan, self.osi_db)


def run_cross(
    session: Session,
    reference: Track,
    estimate: Track,
    grid: TimeGrid,
    progress: Callable[[CrossFrames], None] | None = None,
    cancelled: Cancel | None = None,
) -> CrossFrames:
    """One pass for OSI-SNR alone. grid : of the estimate's own pair, beside whose frames these are to stand.

    Raises PairError, LoadError and io's Cancelled.
    """
    check_fit(session, reference, estimate)
    key = pair_key(session, reference, estimate, None)
    framing = key.framing
    if time_grid(framing, reference, key.mask_grid) != grid:
        detail = Phrase("its frames lie elsewhere")
        raise PairError(reference.source.path, detail, Phrase("use references of one sample rate"))
    with closing(Readers((reference, estimate), framing, reference.sample_rate)) as opened:
        s, e = opened.open()
        fit = fit_frames(session, s, e, (reference.source.path, estimate.source.path))
        plan = PassPlan(s, e, fit.first, fit.stop, grid, osi_only=True)

        def report(running: FramePass) -> None:
            if progress is not None:
                progress(CrossFrames.of(running.snapshot()))

        return CrossFrames.of(FramePass(plan).run(report, cancelled))


def find_pairing(own_place: int, own: Facts, others: Mapping[int, CrossFrames]) -> BestFrames:
    """The references as contenders for one estimate; `own_place` is its own, `others` are by place.

    Frames count in which the estimate, its own reference and at least one other are active.
    """
    places = tuple(sorted((own_place, *others)))
    frames: dict[int, PairFrames | CrossFrames] = {**others, own_place: own.frames}
    first, parts = common_part([frames[place].span for place in places])
    values = []
    for place, part in zip(places, parts, strict=True):
        active = own.active_osi_db if place == own_place else others[place].active_osi_db(own.silence_db)
        values.append(active[part])
    known = [~np.isnan(value) for value in values]
    counted = known[places.index(own_place)] & (np.add.reduce(known, dtype=np.int64) > 1)
    grid = own.frames.grid
    best = find_best(values, counted)
    return BestFrames(places, grid.first + first * grid.step, grid.step, best, tuple(values))
