"""Which curves are drawn, ghosts among them, and the row of differences: which estimate is held against which, and
their numbers, from a thread of its own."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from osisnr_gui.core.types import FloatArray
from osisnr_gui.qt.jobs import Jobs
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.comparison_plots import Contest, DifferenceCurve, DifferencePlot
from osisnr_gui.qt.plots.curve_plot import Curve
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.comparison.difference import Change, Difference, Ghost, Quantity, partner_pair, partners
from osisnr_gui.session.scores import FrameLosses, PairScore, osi_db_of
from osisnr_gui.session.segments.bad_segments import Facts
from osisnr_gui.session.session import Session, Source
from osisnr_gui.session.words import GHOST, MIXTURE, estimate_letter
from osisnr_gui.text import sentences
from osisnr_gui.text.catalogue import _
from osisnr_gui.text.comparison import difference_text, partner_name


def value_at(values: FloatArray, first_time: float, step: float, time: float) -> float:
    """The value of the frame at a time, nan where there is none."""
    index = round((time - first_time) / step)
    return float(values[index]) if 0 <= index < values.size else math.nan


def osi_curves(analysis: Analysis, selected: int, *, with_mixture: bool) -> list[Curve]:
    """OSI-SNR of every estimate that is not hidden, and of the mixture where that is wanted."""
    curves = [
        osi_curve(pair.score, index, index == selected)
        for index, pair in enumerate(analysis.pairs)
        if pair.score is not None and index not in analysis.session.hidden
    ]
    mixture = analysis.unprocessed_for(selected) if with_mixture else None
    return curves if mixture is None or mixture.score is None else [*curves, osi_curve(mixture.score, MIXTURE)]


def osi_curve(score: PairScore, colour: int, selected: bool = False) -> Curve:
    """The OSI-SNR of a pair, by the formula that leads."""
    frames = score.facts.frames
    return Curve(frames.first_time, frames.grid.step, score.osi_db, colour, selected)


@dataclass(frozen=True, slots=True, eq=False)
class ShownGhost:
    """A ghost of estimate number `place`, called `name`. facts : under the silence limit in force.

    change : None while the estimate is compared anew, and where it cannot be read.
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


def ghost_curves(ghosts: Sequence[ShownGhost], session: Session, selected: int) -> list[Curve]:
    """Lines for the plot of OSI-SNR, without those of hidden estimates; of many only that of the one in view."""
    drawn = [ghost for ghost in ghosts if ghost.place not in session.hidden]
    if len(drawn) > 3:
        drawn = [ghost for ghost in drawn if ghost.place == selected]
    curves = []
    for shown in drawn:
        frames, osi_db = shown.facts.frames, osi_db_of(shown.facts, session.loss.formula)
        curves.append(Curve(frames.first_time, frames.grid.step, osi_db, shown.place, before=shown.name))
    return curves


DELTA = "delta"
NOTHING = _("Nothing to compare with: add another estimate of the same reference, or the unprocessed mixture")


class Differences(QObject):
    """Holds the choice of the partner for each estimate, by file, as long as both are there."""

    changed = Signal()  # another curve is on show

    def __init__(self, link: TimeLink, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self.row = DifferencePlot(link, theme, DELTA)
        self.measure = Quantity.OSI
        self._analysis, self._selected = Analysis(Session()), 0
        self._chosen: dict[str, str | int] = {}  # by the estimate's path, that of another one, or MIXTURE, or GHOST
        self._ghosts: tuple[ShownGhost, ...] = ()
        self._asked: tuple[object, ...] = ()
        self._job = Jobs("difference", self)
        self._job.reported.connect(self._take)
        self._job.failed.connect(lambda words, _details: self.row.set_message(words, error=True))

    @property
    def options(self) -> tuple[int, ...]:
        """What the estimate in view can be held against, the default first."""
        analysis = self._analysis
        if self._selected >= len(analysis.pairs):
            return ()
        before = () if ghost_of(self._ghosts, self._selected) is None else (GHOST,)
        there = partners(analysis.session, self._selected)
        return (*before, *(place for place in there if place != MIXTURE or analysis.compares_mixture))

    @property
    def partner(self) -> int | None:
        """What it is held against: another estimate's place, MIXTURE, GHOST, or None where there is nothing."""
        options = self.options
        if not options:
            return None
        wanted = self._chosen.get(self._analysis.session.estimates[self._selected].path)
        return next((place for place in options if self._key_of(place) == wanted), options[0])

    def option_names(self) -> list[tuple[int, str]]:
        """The options by place, the mixture last, with what to call them in a menu."""
        names = dict(enumerate(sentences.estimate_names(self._analysis)))
        ghost = ghost_of(self._ghosts, self._selected)
        names |= {MIXTURE: _("the unprocessed mixture"), GHOST: "" if ghost is None else ghost.name}
        order = sorted(self.options, key=lambda place: (place == MIXTURE, place))
        return [(place, names[place]) for place in order]

    def show_analysis(self, analysis: Analysis, selected: int) -> None:
        """Follow the estimate in view; while the row is hidden nothing is worked out."""
        self._analysis, self._selected = analysis, selected
        here = {source.path for source in analysis.session.estimates}
        self._chosen = {path: other for path, other in self._chosen.items() if path in here}
        self._follow()

    def show_ghosts(self, ghosts: tuple[ShownGhost, ...]) -> None:
        """What estimates were before their files changed; what is on screen stays until another is chosen."""
        partner = self.partner
        if self.row.isVisible() and partner is not None:
            self.choose(partner)
        self._ghosts = ghosts
        self._follow()

    def choose(self, place: int) -> None:
        """Hold the estimate in view against this one, or MIXTURE, or GHOST."""
        if place in self.options:
            self._chosen[self._analysis.session.estimates[self._selected].path] = self._key_of(place)
            self._follow()

    def _key_of(self, place: int) -> str | int:
        """What a choice is known by while estimates come and go."""
        return place if place < 0 else self._analysis.session.estimates[place].path

    def next_partner(self) -> None:
        """The next one it can be held against."""
        options, partner = self.options, self.partner
        if partner is not None:
            self.choose(options[(options.index(partner) + 1) % len(options)])

    def set_measure(self, measure: Quantity) -> None:
        """OSI-SNR or the fused loss."""
        self.measure = measure
        self._follow()

    def readout(self, time: float) -> dict[str, str]:
        """The difference at a time, by field of the readout; "" where there is none."""
        contest, curve, told = self.row.contest, self.row.curve, ""
        if not self.row.isVisible():
            return {}
        if contest is not None and curve is not None:
            found = curve.difference
            value = value_at(found.values, found.first_time, found.step, time)
            other = _("mix") if contest.partner == MIXTURE else partner_name(contest.partner)
            if not math.isnan(value):
                told = f"{estimate_letter(contest.place)}−{other} {difference_text(found.measure, value)}"
        return {"delta": told}

    def _follow(self) -> None:
        """Work out what is not on screen already, while the row is seen; what is stays until then."""
        if not self.row.isVisible():
            return
        scores, place = self._scores(), self.partner
        self.row.set_message("" if self.options else NOTHING)
        if scores is None or place is None:
            self._asked = ()
            self._job.cancel()
            self.row.show_contest(None, None)
            return
        loss = scores[0].loss
        measure = Quantity.OSI if place == GHOST else self.measure
        contest = Contest(self._selected, place, loss.formula.words)
        # OSI-SNR does not depend on alpha and gamma: a slider asks for nothing new.
        asked = (scores[0].facts, scores[1].facts, measure, contest, loss if measure is Quantity.LOSS else None)
        if asked != self._asked:
            self._asked = asked
            self._job.start(lambda _job: (contest, DifferenceCurve(Difference(*scores, measure))))

    def _scores(self) -> tuple[PairScore, FrameLosses] | None:
        analysis, place = self._analysis, self.partner
        score = None if place is None else analysis.pairs[self._selected].score
        if place is None or score is None:
            return None
        ghost = ghost_of(self._ghosts, self._selected)
        if place == GHOST and ghost is not None:
            return score, FrameLosses(ghost.facts, score.loss)
        other = partner_pair(analysis, self._selected, place)
        return None if other is None or other.score is None else (score, other.score)

    def _take(self, result: tuple[Contest, DifferenceCurve]) -> None:
        self.row.show_contest(*result)
        self.changed.emit()
