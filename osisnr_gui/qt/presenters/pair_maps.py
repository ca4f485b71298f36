"""What follows the pair in view. Where in time and frequency: the blame map, the band strip and the gain strip. Which
frames are bad, missed, silent or falsely active, on all rows and the overview, and the limits that say so."""

import math
from collections.abc import Sequence
from operator import is_

import numpy as np

from osisnr_gui.core.bad_frames import CEILING_DB
from osisnr_gui.core.types import BoolArray, FloatArray
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.curve_plot import Curve, CurvePlot, GainPlot, LossPlot
from osisnr_gui.qt.plots.items.maps import OverviewStrip
from osisnr_gui.qt.plots.items.shading import BandKind, Runs, Shading, Stretches
from osisnr_gui.qt.plots.map_plots import BandPlot, BlameOverlay, band_words
from osisnr_gui.qt.plots.spectrogram_plot import SpectrogramPlot
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.qt.presenters.differences import value_at
from osisnr_gui.session import edits, words
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.pairs import PairReader
from osisnr_gui.session.segments.bad_segments import BadFrames, Facts
from osisnr_gui.session.session import Criterion, Session
from osisnr_gui.session.words import estimate_letter
from osisnr_gui.text.catalogue import _

BANDS, GAIN = "bands", "gain"


class PairMaps:
    """Two rows and one overlay, which follow the pair in view."""

    def __init__(self, link: TimeLink, theme: Theme, estimate: SpectrogramPlot, third: SpectrogramPlot) -> None:
        self.band_row, self.gain_row = BandPlot(link, theme, BANDS), GainPlot(link, theme, GAIN)
        self.blame = BlameOverlay(estimate, third, self.band_row)
        self._columns: PairReader | None = None
        self._shown: object = None
        self._gains: dict[Facts, tuple[FloatArray, BoolArray]] = {}

    def show_analysis(self, analysis: Analysis, selected: int) -> None:
        """Show an analysis with one estimate in view; a pair appears once all its frames are there."""
        pair = analysis.pair_at(selected)
        frames = pair.frames if pair is not None and pair.error is None else None
        if frames is not self._shown:
            self._shown = frames
            done = frames is not None and frames.complete
            self._columns = PairReader(pair) if pair is not None and done else None
        self.show_blame(analysis, selected)
        self.band_row.show_pair(self._columns, pair.score if pair is not None else None)
        title = _("OSI-SNR per band · {name} · exact, active frames")
        self.band_row.set_title(title.format(name=estimate_letter(selected)))
        self.gain_row.set_title(_("Gain per frame · least squares, active frames"))
        self._show_gains(analysis, selected)

    def show_blame(self, analysis: Analysis, selected: int) -> None:
        """Give the blame map the losses in force."""
        pair = analysis.pair_at(selected)
        picture = pair.pictures.estimate if pair is not None else None
        score = pair.score if pair is not None and self._columns is not None else None
        self.blame.show_pair(self._columns if picture else None, score, picture.bin_step if picture else 1.0)

    def readout(self, time: float, value: float, row_id: str, frequency: float | None) -> dict[str, str]:
        """What the maps that are shown say of a point, by field of the readout; "" for one with nothing there.

        value : on the y axis of the row; frequency : Hz or bins, None off the spectrograms.
        """
        fields = {}
        if self.blame.kind is not None:
            density = None if frequency is None else self.blame.value_at(time, value)
            shown = "" if density is None else words.number(density, 1 if density < 100 else 0)
            fields["blame"] = shown and _("{density}× its share").format(density=shown)
        if self.band_row.isVisible():
            fields["band"] = self._band_words(time, value, row_id, frequency)
        if self.gain_row.isVisible():
            fields["gain"] = self._gain_words(time)
        return fields

    def _band_words(self, time: float, value: float, row_id: str, frequency: float | None) -> str:
        row = self.band_row
        band = row.band_at(value) if row_id == BANDS else None if frequency is None else row.band_of(frequency)
        if band is None:
            return ""
        osi_db = row.value_at(time, band)
        return f"{band_words(band, in_hz=row.in_hz)} {words.db(math.nan if osi_db is None else osi_db)}"

    def _gain_words(self, time: float) -> str:
        chosen = next((curve for curve in self.gain_row.curves if curve.selected), None)
        gain_db = math.nan if chosen is None else value_at(chosen.values, chosen.t0, chosen.dt, time)
        if chosen is None or math.isnan(gain_db):
            return ""
        turned = chosen.turned is not None and chosen.turned[round((time - chosen.t0) / chosen.dt)]
        return (_("gain {level} (−)") if turned else _("gain {level}")).format(level=words.db(gain_db))

    def _show_gains(self, analysis: Analysis, selected: int) -> None:
        gains, kept = [], {}
        for index, pair in enumerate(analysis.pairs):
            if pair.score is None:
                continue
            facts, frames = pair.score.facts, pair.score.facts.frames
            gain_db, turned = kept[facts] = self._gains.get(facts) or _gain_of(facts)
            if index not in analysis.session.hidden:
                curve = Curve(frames.first_time, frames.grid.step, gain_db, index, index == selected, turned=turned)
                gains.append(curve)
        self._gains = kept
        self.gain_row.show_curves(gains)


def _gain_of(facts: Facts) -> tuple[FloatArray, BoolArray]:
    """Least-squares gain in dB of active frames (nan elsewhere, and where it is 0), and where it is negative."""
    gain = facts.frames.projection.gain
    with np.errstate(divide="ignore", invalid="ignore"):
        gain_db = 20.0 * np.log10(np.abs(gain))
    usable = facts.active & np.isfinite(gain_db)
    return np.where(usable, gain_db, np.nan), usable & (gain < 0)


class Shader:
    """Follows the bad frames of the estimate in view; of what a moved limit leaves alone nothing is done again."""

    def __init__(self, shadings: Sequence[Shading], overview: OverviewStrip | None = None) -> None:
        self._views = shadings if overview is None else (*shadings, overview)
        self._overview = overview
        self._bad: BadFrames | None = None
        #: By kind the arrays that its frames come from, and where these are.
        self._known: dict[BandKind, tuple[tuple[BoolArray, ...], Stretches]] = {}

    def show_bad(self, bad: BadFrames | None) -> None:
        """Shade these frames; None: nothing. Does nothing when they are on screen already."""
        if bad is self._bad:
            return
        before, self._bad = self._bad, bad
        old, facts = (None if each is None else each.facts for each in (before, bad))
        if facts is not old:
            self._known = {}
            if self._overview is not None and facts is None:
                self._overview.show_osi(0.0, 1.0, np.empty(0))
            elif self._overview is not None and facts is not None:
                self._overview.show_osi(facts.frames.first_time, facts.frames.grid.step, facts.active_osi_db)
        runs = Runs() if bad is None else self._runs(bad)
        for view in self._views:
            view.show_runs(runs)

    def _runs(self, bad: BadFrames) -> Runs:
        first_time, step = bad.facts.frames.first_time, bad.facts.frames.grid.step
        kinds = {
            BandKind.BAD: (bad.low,),
            BandKind.MISSED: (bad.missed,),
            BandKind.FALSE_ACTIVITY: (bad.false_activity,),
            # Those without a value that are no fault either: silent in both, or missed or false but too quiet to count.
            BandKind.SILENT: (bad.facts.active, bad.missed, bad.false_activity),
        }
        for kind, found_from in kinds.items():
            if kind not in self._known or not all(map(is_, self._known[kind][0], found_from)):
                flags = ~np.logical_or.reduce(found_from) if kind is BandKind.SILENT else found_from[0]
                self._known[kind] = found_from, Stretches.of_frames(flags, first_time, step)
        return Runs({kind: stretches for kind, (_, stretches) in self._known.items()}, step)


def show_limits(osi: CurvePlot, loss: LossPlot, session: Session, bad: BadFrames | None) -> None:
    """The limit of the criterion in force, and no other, in the plots; `bad` are the frames it makes bad."""
    criterion, limit = session.bad.criterion, edits.limit_of(session)
    osi.threshold_line.show_level(limit if criterion is Criterion.OSI else math.nan)
    loss.limit_line.show_level(limit if criterion is Criterion.LOSS else math.nan)
    first_time, step, border = 0.0, 1.0, np.empty(0)
    if bad is not None and bad.drop_db is not None:
        frames, choice = bad.facts.frames, bad.choice
        least = choice.drop_db if choice.criterion is Criterion.DROP else choice.against_db
        with np.errstate(invalid="ignore"):
            border = np.minimum(frames.exact_osi_db, CEILING_DB) + bad.drop_db - least
        first_time, step = frames.first_time, frames.grid.step
    osi.limit_curve.setData(first_time, step, border)
