"""The ribbons: which estimate is best when, and whether the one in view fits its own reference or another one."""

from __future__ import annotations

from PySide6.QtGui import QColor

from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.ribbon_plot import Ribbon, RibbonPlot
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.qt.presenters.pairing_row import PAIRING, PairingRow, lead_words
from osisnr_gui.session import words
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.comparison.best_frames import BestFrames
from osisnr_gui.session.words import estimate_letter

BEST = "best"
PALE = 0.5
WHAT_IS_BEST = (
    "Best estimate per frame: the highest exact OSI-SNR among all estimates of this reference, in frames that are "
    "active in every one of them. A stripe that covers several frames shows their shares, stacked."
)
NO_FRAME = "No frame is active in every estimate"


class Ribbons:
    """The rows, which follow the reference of the estimate in view."""

    def __init__(self, link: TimeLink, theme: Theme) -> None:
        self.best_row = RibbonPlot(link, theme, BEST, "Best")
        self.best_row.words_at = self._best_tip
        self._best: BestFrames | None = None
        self.pairing = PairingRow(link, theme)

    def show_analysis(self, analysis: Analysis, selected: int) -> None:
        """Show an analysis with one estimate in view."""
        self.pairing.show_analysis(analysis, selected)
        best = analysis.best_with(selected)
        self.best_row.set_message(_why_empty(best) if analysis.complete else "")
        if best is not self._best:
            self._best = best
            self.best_row.show_ribbon(None if best is None else _ribbon_of(best), " ".join(_best_words(best)))

    def useful(self, analysis: Analysis) -> dict[str, bool]:
        """Whether there is anything to show, by row."""
        session = analysis.session
        return {
            BEST: len(set(session.partners)) < len(session.partners),
            PAIRING: len(session.references) > 1 and bool(session.estimates),
        }

    def readout(self, time: float) -> dict[str, str]:
        """What the rows that are shown say of a time, by field of the readout; "" for one with nothing there."""
        fields = {}
        if self.best_row.isVisible():
            lead = None if self._best is None else self._best.lead_at(time)
            fields["best"] = "" if lead is None else f"best {lead_words(lead, estimate_letter)}"
        if self.pairing.row.isVisible():
            fields["pairing"] = self.pairing.lead_words(time)
        return fields

    def _best_tip(self, time: float) -> str:
        lead = None if self._best is None else self._best.lead_at(time)
        over = "" if lead is None or len(lead.places) > 1 else " over the next"
        here = "" if lead is None else f"Here: {lead_words(lead, estimate_letter)}{over}."
        return "\n".join(filter(None, (here, *_best_words(self._best))))


def _why_empty(best: BestFrames | None) -> str:
    """What stands in place of a ribbon with nothing on it."""
    if best is None:
        return "The estimate in view, or every other one, cannot be compared"
    return "" if best.best.n_counted else NO_FRAME


def _ribbon_of(best: BestFrames) -> Ribbon:
    def colours(theme: Theme) -> list[str]:
        return [ribbon_colour(theme, place) for place in best.places]

    return Ribbon(best.best, best.first_time, best.step, tuple(map(estimate_letter, best.places)), colours)


def ribbon_colour(theme: Theme, place: int) -> str:
    """The estimate's colour; paler where the palette starts again, for a ribbon has no dashes to tell two apart."""
    colour, ground = QColor(theme.estimate(place).colour), QColor(theme.background)
    if place < len(theme.estimates):
        return colour.name()
    parts = zip(colour.getRgb()[:3], ground.getRgb()[:3], strict=True)
    return QColor(*(round(PALE * a + (1 - PALE) * b) for a, b in parts)).name()


def _best_words(best: BestFrames | None) -> list[str]:
    """The shares of all frames, and what they are."""
    if best is None:
        return [WHAT_IS_BEST, "There is no other estimate of this reference, or not all are compared yet."]
    if not best.best.n_counted:
        return [WHAT_IS_BEST, f"{NO_FRAME}."]
    shares = [f"{estimate_letter(place)} {words.percent(best.win_rate(place), 1)}" for place in best.places]
    tied = int(best.best.counts[best.best.tied])
    shares += [f"tied {words.percent(tied / best.best.n_counted, 1)}"] if tied else []
    return [WHAT_IS_BEST, f"Of all {words.counted(best.best.n_counted, 'such frame')}: {', '.join(shares)}."]
