"""Sketches of long loss curves, made in the background when they are first wanted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject

from osisnr_gui.core.alpha_table import AlphaTable
from osisnr_gui.core.loss_curve import LossCurve
from osisnr_gui.core.loss_sketch import LossSketch
from osisnr_gui.qt.jobs import Job, Jobs

#: Shorter curves are drawn from their frames in a few milliseconds.
LONG_FRAMES = 1 << 18
#: Results that lead and silence limits come and go: this many sketches of the files on show are kept.
MOST_KEPT = 12


class LossSketches(Jobs):
    """Gives the sketch of a curve, whatever its alpha and gamma, as soon as there is one."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("loss-sketch", parent)
        self._known: list[tuple[LossCurve, LossSketch]] = []  # the last one was wanted last
        self._wanted: LossCurve | None = None
        self.reported.connect(self._take)

    def sketch_of(self, curve: LossCurve) -> LossSketch | None:
        """The sketch of these frames; None where none is needed, or until it is made."""
        for place, (known, sketch) in enumerate(self._known):
            if is_same_frames(known, curve):
                self._known.append(self._known.pop(place))
                return sketch
        under_way = self._wanted is not None and is_same_frames(self._wanted, curve)
        if curve.n_frames >= LONG_FRAMES and not under_way:
            self._wanted = curve
            self.start(partial(_make, curve))
        return None

    def keep_only(self, tables: Sequence[AlphaTable]) -> None:
        """Forget the sketches of all frames but these."""
        self._known = [entry for entry in self._known if any(entry[0].table is table for table in tables)]

    def _take(self, result: tuple[LossCurve, LossSketch]) -> None:
        self._known = [*self._known[1 - MOST_KEPT :], result]
        self._wanted = None


def is_same_frames(a: LossCurve, b: LossCurve) -> bool:
    """Whether two curves differ in alpha and gamma at most, without a look at the frames."""
    return a.osi_db is b.osi_db and a.eps == b.eps and a.table is b.table


def _make(curve: LossCurve, job: Job) -> tuple[LossCurve, LossSketch] | None:
    """On the worker thread."""
    sketch = curve.sketch(job.superseded)
    return None if sketch is None else (curve, sketch)
