"""Finds the frames in which an estimate fits another reference better than its own: swaps of speakers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from osisnr_gui.core.best_of import find_best
from osisnr_gui.core.frame_status import is_silent
from osisnr_gui.core.types import FloatArray
from osisnr_gui.io.errors import Cancel
from osisnr_gui.io.phrase import Phrase
from osisnr_gui.session.comparison.best_frames import BestFrames
from osisnr_gui.session.facts import Facts
from osisnr_gui.session.frame_pass import FramePass, PairFrames, PassPlan, common_part
from osisnr_gui.session.pairs import PairKey, Readers, check_fit, fit_frames, pair_key, time_grid
from osisnr_gui.session.pictures import TimeGrid
from osisnr_gui.session.session import Session
from osisnr_gui.session.tracks import PairError, Track


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
    def of(cls, frames: PairFrames) -> CrossFrames:
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


def cross_key(session: Session, reference: Track, estimate: Track) -> PairKey:
    """What a cross pass depends on. Raises PairError."""
    return pair_key(session, reference, estimate, None)


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
    key = cross_key(session, reference, estimate)
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
