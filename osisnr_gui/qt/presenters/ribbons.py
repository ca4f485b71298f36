"""The ribbons: which estimate is best when, and whether the one in view fits its own reference or another one: for that
passes of its own, made only while it is on show."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtGui import QColor

from osisnr_gui.qt.jobs import Job, Jobs
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.comparison_plots import RibbonPlot
from osisnr_gui.qt.plots.items.maps import Ribbon
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.session import words
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.comparison.best_frames import BestFrames, find_pairing
from osisnr_gui.session.frame_pass import PairFrames
from osisnr_gui.session.pair_pass import run_cross
from osisnr_gui.session.pairs import PairAnalysis, PairKey, pair_key
from osisnr_gui.session.segments.bad_segments import Facts
from osisnr_gui.session.session import Session
from osisnr_gui.session.tracks import Track
from osisnr_gui.session.words import estimate_letter
from osisnr_gui.text.catalogue import _, ngettext

BEST = "best"
WHAT_IS_BEST = _(
    "Best estimate per frame: the highest exact OSI-SNR among all estimates of this reference, in frames that are "
    "active in every one of them. A stripe that covers several frames shows their shares, stacked."
)
WHAT_FITS = _(
    "Better reference per frame: whether {name} fits its own reference or another one, by exact OSI-SNR, in frames in "
    "which it, its own and another reference are active. A stripe that covers several frames shows their shares, "
    "stacked."
)
PAIRING = "pairing"
PARTS_SECONDS = 0.25
#: An hour of each takes some 29 MB.
MOST_KEPT = 8


@dataclass(frozen=True, eq=False)
class _Wish:
    """A ribbon to be made: the estimate with its own reference at `own`, and the others by place."""

    session: Session
    selected: int
    facts: Facts
    estimate: Track
    own: int
    others: dict[int, Track]

    @property
    def key(self) -> tuple[object, ...]:
        """What it depends on. Facts hold the files, frames and the silence limit of the own pair."""
        others = [(place, track.source, track.stamp, track.error) for place, track in self.others.items()]
        return self.facts, self.selected, self.own, others


#: What has become known for a wish: the ribbon so far, or a pass that is done.
_Found = tuple[_Wish, BestFrames | tuple[PairKey, PairFrames]]


class PairingRow:
    """The row, its worker, and the passes that were made for the files that are open."""

    def __init__(self, link: TimeLink, theme: Theme) -> None:
        self.row = RibbonPlot(link, theme, PAIRING, _("Fits"))
        self.row.words_at = lambda time: _tip(self.lead_words(time), self._words())
        self.row.shown_changed.connect(self._follow)
        self.best: BestFrames | None = None
        self._wish: _Wish | None = None
        self._asked: _Wish | None = None  # what is made, or is there
        self._may_start = False
        self._known: dict[PairKey, PairFrames] = {}
        self._job = Jobs("pairing", self.row)
        self._job.reported.connect(self._take)
        self._job.failed.connect(lambda words, _details: self.row.set_message(words, error=True))

    def show_analysis(self, analysis: Analysis, selected: int) -> None:
        """Follow the estimate in view. Passes begin when the analysis is complete, so as not to hold it up."""
        wish = _wish_of(analysis, selected)
        if (wish and wish.key) != (self._wish and self._wish.key):
            self._wish = wish
            self._show(None)
        self._may_start = analysis.complete
        self._follow()

    def lead_words(self, time: float) -> str:
        """ "fits ref 2 +5.1 dB" for the frame at a time; empty where nothing is known or counts."""
        lead = lead_words(self.best, time, lambda place: str(place + 1))
        return lead and _("fits ref {lead}").format(lead=lead)

    def _follow(self) -> None:
        """Start on what is wanted while the row is seen; stop when it is not."""
        wish = self._wish if self.row.isVisible() and self._may_start else None
        if wish is None and self._job.is_busy:
            self._asked = None
            self._job.cancel()
        elif wish is not None and wish is not self._asked:
            self._asked = wish
            self.row.set_message("")
            self._job.start(partial(_work, wish, dict(self._known)))

    def _take(self, found: _Found) -> None:
        wish, part = found
        if isinstance(part, tuple):
            # What was made for a wish of a moment ago is as good later.
            self._known = dict([*self._known.items(), part][-MOST_KEPT:])
        elif wish is self._asked:
            self._show(part)

    def _show(self, best: BestFrames | None) -> None:
        self.best, wish = best, self._wish
        self.row.set_name(_("fits") if wish is None else _("{name} fits").format(name=estimate_letter(wish.selected)))
        own, ribbon = None if wish is None else wish.own, None
        if best is not None:
            # Calm, and striking.
            ribbon = _ribbon_of(
                best, lambda k: str(k + 1), lambda theme, k: theme.loss_osi if k == own else theme.warning
            )
        self.row.set_message("")
        self.row.show_ribbon(ribbon, " ".join(self._words()))

    def _words(self) -> list[str]:
        wish, best = self._wish, self.best
        what = WHAT_FITS.format(name=_("the estimate in view") if wish is None else estimate_letter(wish.selected))
        if wish is None or best is None or not best.best.n_counted:
            return [what]
        shares = []
        for place in best.places:
            share = _("reference {k} (its own) {share}") if place == wish.own else _("reference {k} {share}")
            shares.append(share.format(k=place + 1, share=words.percent(best.win_rate(place), 1)))
        n = best.best.n_counted
        told = ngettext("Of {n} such frame: {shares}.", "Of {n} such frames: {shares}.", n)
        return [what, told.format(n=words.count(n), shares=", ".join(shares))]


def lead_words(best: BestFrames | None, time: float, name: Callable[[int], str]) -> str:
    """Who leads at a time and by how much, or who are tied; empty where nothing is known or counts."""
    lead = None if best is None else best.lead_at(time)
    if lead is None:
        return ""
    names = " = ".join(map(name, lead.places))
    return names if len(lead.places) > 1 else f"{names} +{words.db(lead.lead_db)}"


def _tip(here: str, lines: list[str]) -> str:
    """What the tooltip says: who leads at a time, then what the ribbon is."""
    if here:
        told = _("Here: {lead}.") if " = " in here else _("Here: {lead} over the next.")
        lines = [told.format(lead=here), *lines]
    return "\n".join(lines)


def _wish_of(analysis: Analysis, selected: int) -> _Wish | None:
    pair = analysis.pair_at(selected)
    if pair is None or pair.score is None or pair.error is not None or len(analysis.references) < 2:
        return None
    if not pair.score.facts.frames.complete:
        return None
    own = analysis.session.partner_of(selected)
    others = {place: track for place, track in enumerate(analysis.references) if place != own}
    return _Wish(analysis.session, selected, pair.score.facts, pair.estimate, own, others)


def _ribbon_of(best: BestFrames, letter: Callable[[int], str], colour: Callable[[Theme, int], str]) -> Ribbon:
    """The ribbon of several places, with what gives the letter of one, and its colour in a theme."""
    places = best.places
    letters = tuple(map(letter, places))
    return Ribbon(best.best, best.first_time, best.step, letters, lambda theme: [colour(theme, k) for k in places])


def _work(wish: _Wish, known: dict[PairKey, PairFrames], job: Job) -> _Found:
    """On the worker thread: the passes that are missing, one after the other; the ribbon grows with the last one."""
    session, found = wish.session, dict[int, PairFrames]()
    last = max(wish.others)
    shown = time.monotonic()

    def grow(running: PairAnalysis) -> None:
        nonlocal shown
        frames = running.frames
        if frames is not None and not frames.complete and time.monotonic() - shown > PARTS_SECONDS:
            job.report((wish, find_pairing(wish.own, wish.facts, {**found, last: frames})))
            shown = time.monotonic()

    for place, reference in sorted(wish.others.items()):
        if reference.error is not None:
            raise reference.error
        key = pair_key(session, reference, wish.estimate, None)
        cross, grid = known.get(key), wish.facts.frames.grid
        if cross is None:
            progress = grow if place == last else None
            cross = run_cross(session, reference, wish.estimate, grid, progress, job.superseded)
            job.report((wish, (key, cross)))
        found[place] = cross
    return wish, find_pairing(wish.own, wish.facts, found)


class Ribbons:
    """The rows, which follow the reference of the estimate in view."""

    def __init__(self, link: TimeLink, theme: Theme) -> None:
        self.best_row = RibbonPlot(link, theme, BEST, _("Best"))
        self.best_row.words_at = lambda time: _tip(
            lead_words(self._best, time, estimate_letter), _best_words(self._best)
        )
        self._best: BestFrames | None = None
        self.pairing = PairingRow(link, theme)

    def show_analysis(self, analysis: Analysis, selected: int) -> None:
        """Show an analysis with one estimate in view."""
        self.pairing.show_analysis(analysis, selected)
        best = analysis.best_with(selected)
        why_empty = _("The estimate in view, or every other one, cannot be compared")
        if best is not None:
            why_empty = "" if best.best.n_counted else _("No frame is active in every estimate")
        self.best_row.set_message(why_empty if analysis.complete else "")
        if best is not self._best:
            self._best = best
            ribbon = None if best is None else _ribbon_of(best, estimate_letter, ribbon_colour)
            self.best_row.show_ribbon(ribbon, " ".join(_best_words(best)))

    def readout(self, time: float) -> dict[str, str]:
        """What the rows that are shown say of a time, by field of the readout; "" for one with nothing there."""
        fields = {}
        if self.best_row.isVisible():
            here = lead_words(self._best, time, estimate_letter)
            fields["best"] = here and _("best {lead}").format(lead=here)
        if self.pairing.row.isVisible():
            fields["pairing"] = self.pairing.lead_words(time)
        return fields


def ribbon_colour(theme: Theme, place: int) -> str:
    """The estimate's colour; paler where the palette starts again, for a ribbon has no dashes to tell two apart."""
    colour, ground = QColor(theme.estimate(place).colour), QColor(theme.background)
    if place < len(theme.estimates):
        return colour.name()
    pairs = ((colour.red(), ground.red()), (colour.green(), ground.green()), (colour.blue(), ground.blue()))
    return QColor(*(round(0.5 * a + 0.5 * b) for a, b in pairs)).name()


def _best_words(best: BestFrames | None) -> list[str]:
    """The shares of all frames, and what they are."""
    if best is None:
        return [WHAT_IS_BEST, _("There is no other estimate of this reference, or not all are compared yet.")]
    n = best.best.n_counted
    if not n:
        return [WHAT_IS_BEST, _("No frame is active in every estimate.")]
    shares = [f"{estimate_letter(place)} {words.percent(best.win_rate(place), 1)}" for place in best.places]
    tied = int(best.best.counts[best.best.tied])
    if tied:
        shares.append(_("tied {share}").format(share=words.percent(tied / n, 1)))
    told = ngettext("Of all {n} such frame: {shares}.", "Of all {n} such frames: {shares}.", n)
    return [WHAT_IS_BEST, told.format(n=words.count(n), shares=", ".join(shares))]
