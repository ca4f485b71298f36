"""Which curves are drawn, and they: those of the session's estimates that are not hidden, and the mixture's."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from osisnr_gui.core.types import FloatArray
from osisnr_gui.qt.plots.curve_plot import Curve
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.comparison.difference import Change, Ghost
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.scores import osi_db_of
from osisnr_gui.session.segments.bad_segments import Facts
from osisnr_gui.session.session import Formula, Session, Source
from osisnr_gui.session.words import MIXTURE


@dataclass(frozen=True, slots=True)
class CurveChoice:
    """hidden : estimates without a curve. mixture : whether the unprocessed mixture has one."""

    hidden: frozenset[Source] = frozenset()
    mixture: bool = False


class ShownCurves(QObject):
    """The choice in force; every change is told."""

    changed = Signal(object)  # CurveChoice

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.choice = CurveChoice()

    def follow(self, session: Session) -> None:
        """Hide the curves that the session hides."""
        hidden = frozenset(source for place, source in enumerate(session.estimates) if place in session.hidden)
        self._set(replace(self.choice, hidden=hidden))

    def set_mixture(self, shown: bool) -> None:
        """Show or hide the curve of the unprocessed mixture."""
        self._set(replace(self.choice, mixture=shown))

    def _set(self, choice: CurveChoice) -> None:
        if choice != self.choice:
            self.choice = choice
            self.changed.emit(choice)


def value_at(values: FloatArray, first_time: float, step: float, time: float) -> float:
    """The value of the frame at a time, nan where there is none."""
    index = round((time - first_time) / step)
    return float(values[index]) if 0 <= index < values.size else math.nan


def osi_curves(analysis: Analysis, selected: int, choice: CurveChoice) -> list[Curve]:
    """OSI-SNR of every estimate that is not hidden, and of the mixture where that is wanted."""
    curves = [
        _curve(pair, index, index == selected)
        for index, pair in enumerate(analysis.pairs)
        if pair.score is not None and pair.source not in choice.hidden
    ]
    mixture = analysis.unprocessed_for(selected) if choice.mixture else None
    return curves if mixture is None or mixture.score is None else [*curves, _curve(mixture, MIXTURE)]


def _curve(pair: PairAnalysis, colour: int, selected: bool = False) -> Curve:
    """The OSI-SNR of a pair that has a score, by the formula that leads."""
    assert pair.score is not None, "only what has a score has a curve"
    frames = pair.score.facts.frames
    return Curve(frames.first_time, frames.grid.step, pair.score.osi_db, colour, selected)


@dataclass(frozen=True, slots=True, eq=False)
class ShownGhost:
    """A ghost of estimate number `place`, called `name`. facts : under the silence limit in force.

    change : None while it is worked out, and for an estimate that cannot be read.
    """

    place: int
    source: Source
    ghost: Ghost
    name: str
    facts: Facts
    change: Change | None = None


def ghost_of(ghosts: Sequence[ShownGhost], place: int) -> ShownGhost | None:
    """The ghost of estimate number `place`."""
    return next((ghost for ghost in ghosts if ghost.place == place), None)


def ghost_curves(
    ghosts: Sequence[ShownGhost], formula: Formula, selected: int, hidden: frozenset[Source]
) -> list[Curve]:
    """Lines for the plot of OSI-SNR, without those of hidden estimates; of many only that of the one in view."""
    drawn = [ghost for ghost in ghosts if ghost.source not in hidden]
    if len(drawn) > 3:
        drawn = [ghost for ghost in drawn if ghost.place == selected]
    curves = []
    for shown in drawn:
        frames, osi_db = shown.facts.frames, osi_db_of(shown.facts, formula)
        curves.append(Curve(frames.first_time, frames.grid.step, osi_db, shown.place, before=shown.name))
    return curves
