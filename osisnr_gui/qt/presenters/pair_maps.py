"""Where in time and frequency: the blame map, the band strip and the gain strip of an analysis."""

import math

import numpy as np

from osisnr_gui.core.types import BoolArray, FloatArray
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.curve_plot import Curve, GainPlot
from osisnr_gui.qt.plots.map_plots import BandPlot, BlameOverlay, band_words
from osisnr_gui.qt.plots.spectrogram_plot import SpectrogramPlot
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.qt.presenters.differences import value_at
from osisnr_gui.session import words
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.pairs import PairReader
from osisnr_gui.session.segments.bad_segments import Facts
from osisnr_gui.session.session import Source
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
        self._hidden: frozenset[Source] = frozenset()
        self._analysis: tuple[Analysis, int] | None = None
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
        self._analysis = analysis, selected
        self._show_gains(analysis, selected)

    def show_blame(self, analysis: Analysis, selected: int) -> None:
        """Give the blame map the losses in force."""
        pair = analysis.pair_at(selected)
        picture = pair.pictures.estimate if pair is not None else None
        score = pair.score if pair is not None and self._columns is not None else None
        self.blame.show_pair(self._columns if picture else None, score, picture.bin_step if picture else 1.0)

    def set_hidden(self, hidden: frozenset[Source]) -> None:
        """Estimates without a curve in the gain strip."""
        self._hidden = hidden
        if self._analysis is not None:
            self._show_gains(*self._analysis)

    def readout(self, time: float, value: float, row_id: str, frequency: float | None) -> dict[str, str]:
        """What the maps that are shown say of a point, by field of the readout; "" for one with nothing there.

        value : on the y axis of the row; frequency : Hz or bins, None off the spectrograms.
        """
        fields = {}
        if self.blame.kind is not None:
            density = None if frequency is None else self.blame.value_at(time, value)
            told = _("{density}× its share")
            shown = "" if density is None else words.number(density, 1 if density < 100 else 0)
            fields["blame"] = shown and told.format(density=shown)
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
            if pair.source not in self._hidden:
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
