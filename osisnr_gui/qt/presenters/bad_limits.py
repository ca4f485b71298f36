"""What makes a frame bad, drawn where it is read: the line of the threshold, of the loss, or the curve to stay over."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from osisnr_gui.core.bad_frames import CEILING_DB
from osisnr_gui.qt.plots.curve_plot import CurvePlot
from osisnr_gui.qt.plots.loss_plot import LossPlot
from osisnr_gui.session import edits
from osisnr_gui.session.segments.bad_segments import BadFrames
from osisnr_gui.session.session import Criterion, Session


class BadLimits:
    """Shows the limit of the criterion in force, and no other; `moved` hears of one that is dragged."""

    def __init__(self, osi: CurvePlot, loss: LossPlot, moved: Callable[[float], None]) -> None:
        self._osi, self._loss = osi, loss
        self._shown: BadFrames | None = None
        osi.threshold_changed.connect(moved)
        loss.limit_line.level_dragged.connect(moved)

    def show(self, session: Session, bad: BadFrames | None) -> None:
        """Follow the session and the frames it makes bad."""
        criterion, limit = session.bad.criterion, edits.limit_of(session)
        self._osi.set_threshold(limit if criterion is Criterion.OSI else math.nan)
        self._loss.limit_line.show_level(limit if criterion is Criterion.LOSS else math.nan)
        if bad is not self._shown:
            self._shown = bad
            self._show_curve(bad)

    def _show_curve(self, bad: BadFrames | None) -> None:
        if bad is None or bad.drop_db is None:
            self._osi.limit_curve.setData(0.0, 1.0, np.empty(0))
            return
        frames, choice = bad.facts.frames, bad.choice
        least = choice.drop_db if choice.criterion is Criterion.DROP else choice.against_db
        with np.errstate(invalid="ignore"):
            border = np.minimum(frames.exact_osi_db, CEILING_DB) + bad.drop_db - least
        self._osi.limit_curve.setData(frames.first_time, frames.grid.step, border)
