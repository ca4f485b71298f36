"""Which frames are bad, missed, silent or falsely active, on all rows and the overview, and the limits that say so."""

import math
from collections.abc import Callable, Sequence
from operator import is_

import numpy as np

from osisnr_gui.core.bad_frames import CEILING_DB
from osisnr_gui.core.types import BoolArray
from osisnr_gui.qt.plots.curve_plot import CurvePlot, LossPlot
from osisnr_gui.qt.plots.items.maps import OverviewStrip
from osisnr_gui.qt.plots.items.shading import BandKind, Runs, Shading, Stretches
from osisnr_gui.session import edits
from osisnr_gui.session.segments.bad_segments import BadFrames, Facts
from osisnr_gui.session.session import Criterion, Session


class Shader:
    """Follows the bad frames of the estimate in view; of what a moved limit leaves alone nothing is done again."""

    def __init__(self, shadings: Sequence[Shading], overview: OverviewStrip | None = None) -> None:
        self._shadings, self._overview = shadings, overview
        self._bad: BadFrames | None = None
        self._facts: Facts | None = None
        self._known: dict[BandKind, tuple[BoolArray, Stretches]] = {}

    def show_bad(self, bad: BadFrames | None) -> None:
        """Shade these frames; None: nothing. Does nothing when they are on screen already."""
        if bad is self._bad:
            return
        before, self._bad = self._bad, bad
        facts = None if bad is None else bad.facts
        if facts is not self._facts:
            self._facts, self._known = facts, {}
            if self._overview is not None and facts is None:
                self._overview.show_osi(0.0, 1.0, np.empty(0))
            elif self._overview is not None and facts is not None:
                self._overview.show_osi(facts.frames.first_time, facts.frames.grid.step, facts.active_osi_db)
        runs = Runs() if bad is None else self._runs(bad, before)
        for view in self._shadings:
            view.show_runs(runs)
        if self._overview is not None:
            self._overview.show_runs(runs)

    def _runs(self, bad: BadFrames, before: BadFrames | None) -> Runs:
        flags = {
            BandKind.BAD: bad.low,
            BandKind.MISSED: bad.missed,
            BandKind.FALSE_ACTIVITY: bad.false_activity,
            BandKind.SILENT: self._quiet(bad, before),
        }
        first_time, step = bad.facts.frames.first_time, bad.facts.frames.grid.step
        self._known = {
            kind: known
            if (known := self._known.get(kind)) is not None and known[0] is flags[kind]
            else (flags[kind], Stretches.of_frames(flags[kind], first_time, step))
            for kind in BandKind
        }
        return Runs({kind: stretches for kind, (_, stretches) in self._known.items()})

    def _quiet(self, bad: BadFrames, before: BadFrames | None) -> BoolArray:
        """Frames without a value that are no fault either: silent in both, or missed or false but too quiet to count;
        the same array while it is the same frames."""
        if before is not None and BandKind.SILENT in self._known:
            old, new = ((each.facts, each.missed, each.false_activity) for each in (before, bad))
            if all(map(is_, old, new)):
                return self._known[BandKind.SILENT][0]
        return ~(bad.facts.active | bad.missed | bad.false_activity)


class BadLimits:
    """Shows the limit of the criterion in force, and no other; `moved` hears of one that is dragged."""

    def __init__(self, osi: CurvePlot, loss: LossPlot, moved: Callable[[float], None]) -> None:
        self._osi, self._loss = osi, loss
        self._shown: BadFrames | None = None
        osi.threshold_line.level_dragged.connect(moved)
        loss.limit_line.level_dragged.connect(moved)

    def show(self, session: Session, bad: BadFrames | None) -> None:
        """Follow the session and the frames it makes bad."""
        criterion, limit = session.bad.criterion, edits.limit_of(session)
        self._osi.threshold_line.show_level(limit if criterion is Criterion.OSI else math.nan)
        self._loss.limit_line.show_level(limit if criterion is Criterion.LOSS else math.nan)
        if bad is self._shown:
            return
        self._shown = bad
        if bad is None or bad.drop_db is None:
            self._osi.limit_curve.setData(0.0, 1.0, np.empty(0))
            return
        frames, choice = bad.facts.frames, bad.choice
        least = choice.drop_db if choice.criterion is Criterion.DROP else choice.against_db
        with np.errstate(invalid="ignore"):
            border = np.minimum(frames.exact_osi_db, CEILING_DB) + bad.drop_db - least
        self._osi.limit_curve.setData(frames.first_time, frames.grid.step, border)
