"""What the inspector shows of a frame: plots, sentences, both formulas, companion measures."""

from __future__ import annotations

import math

from PySide6.QtWidgets import QLabel, QWidget

from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.panels.band_bars import BandBars
from osisnr_gui.qt.panels.estimate_mark import EstimateMark
from osisnr_gui.qt.panels.figure_table import FigureTable
from osisnr_gui.qt.panels.layouts import REST, column_of, row_of
from osisnr_gui.qt.panels.plain_text import GAP, MARGIN, SteadyLabel, plain_label, set_text, tooltip
from osisnr_gui.qt.panels.segmented import Segmented
from osisnr_gui.qt.plots.charts.angle_chart import AngleChart
from osisnr_gui.qt.plots.charts.spectrum_chart import SpectrumChart
from osisnr_gui.session import words
from osisnr_gui.session.file_measures import FileMeasures
from osisnr_gui.session.inspection.curves import CurveView, frame_curves
from osisnr_gui.session.inspection.inspection import Inspection
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.words import estimate_letter
from osisnr_gui.text.explain import (
    angle_words,
    explain,
    place_words,
    share_words,
    short_band_words,
    status_words,
)
from osisnr_gui.text.frame_words import (
    companion_rows,
    companion_tip,
    formula_lines,
    formula_rows,
    formula_tip,
)

VIEWS = (CurveView.LEVEL, CurveView.COMPRESSED, CurveView.MC_MSE)
VIEW_TIP = (
    "dB: levels of the scaled reference λs, the estimate e and the noise e − λs (samples over time as they are).\n"
    "|x|^α: the same three, each compressed by the α in force.\n"
    "MC-MSE: what MC-MSE compares: reference and estimate compressed by α, and their distance."
)
PLOT_PART, ANGLE_PART = 0.27, 0.22  # of the panel's height
PLOT_HEIGHTS, ANGLE_HEIGHTS = (104, 220), (88, 112)
ARROWS = "← → frames"


class FramePage(QWidget):
    """Shows inspections one after the other; what stands where does not change from frame to frame."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Inspection, int] | None = None
        self.mark = EstimateMark(theme, self)
        self.arrows: QLabel = plain_label("", "muted", small=True, parent=self)
        self.arrows.setToolTip(tooltip("The arrow keys go frame by frame, ten at a time with Shift"))
        self.status: QLabel = plain_label("", "muted", wrap=True, small=True, parent=self)
        choices = (("dB", ""), ("|x|^α", ""), ("MC-MSE", ""))
        self.view = Segmented(choices, "what the curves show", VIEW_TIP, self)
        self.spectrum, self.angle, self.bands = (
            SpectrumChart(theme, self),
            AngleChart(theme, self),
            BandBars(theme, self),
        )
        self.sentences = SteadyLabel(parent=self)
        self.formulas = FigureTable(theme, (1.5, 1.0, 1.0), (1, 2), formula_tip(), n_rows=8, head=True, parent=self)
        self.lines = SteadyLabel("muted", small=True, parent=self)
        self.lines.setToolTip(tooltip(formula_tip()))
        self.share = SteadyLabel("muted", small=True, parent=self)
        shares = (1.9, 1.0, 1.0)
        self.companions = FigureTable(theme, shares, (1, 2), companion_tip(), n_rows=12, head=True, parent=self)
        self._lay_out()
        self.view.chosen.connect(lambda _index: self._show_curves())

    def show_frame(self, x: Inspection, index: int, chosen: str = "") -> None:
        """Show a frame of estimate `index`; `chosen` says how it was chosen."""
        self._shown = x, index
        self.mark.show_estimate(index, f"{estimate_letter(index)} · {place_words(x)}")
        set_text(self.status, " · ".join(filter(None, (chosen, status_words(x)))))
        self._show_curves()
        self.angle.show_angle(
            x.angle_deg,
            f"θ {angle_words(x.angle_deg)}" if math.isfinite(x.angle_deg) else "no angle",
            words.db(x.exact.osi_db) if x.exact.counted else "",
            colour=index,
            reversed_=x.correlation < 0,
        )
        in_hertz = x.columns.bin_hz is not None
        self.bands.show_bands([(short_band_words(p.band, in_hertz), p.noise_share, p.mc_share) for p in x.bands])
        set_text(self.sentences, "\n".join(explain(x)))
        self.formulas.show_rows(formula_rows(x))
        set_text(self.lines, "\n".join(formula_lines(x)))
        set_text(self.share, share_words(x))

    def show_companions(self, x: Inspection, pair: PairAnalysis, measures: FileMeasures | None) -> None:
        """Companion measures of a frame and of the file; None while the latter are not known."""
        self.companions.show_rows(companion_rows(x, pair, measures))

    def show_arrows(self, shown: bool) -> None:
        """Whether the arrow keys belong to the panel."""
        set_text(self.arrows, ARROWS if shown else "")

    def share_height(self, height: int) -> None:
        """Pictures grow with the height there is to see, within limits."""
        self.spectrum.setFixedHeight(_within(PLOT_PART * height, PLOT_HEIGHTS))
        for picture in (self.angle, self.bands):
            picture.setFixedHeight(_within(ANGLE_PART * height, ANGLE_HEIGHTS))

    def _show_curves(self) -> None:
        if self._shown is not None:
            x, index = self._shown
            self.spectrum.show_curves(frame_curves(x, VIEWS[self.view.current]), index)

    def _lay_out(self) -> None:
        words = self.sentences, self.formulas, self.lines, self.share, self.companions
        column_of(
            row_of((self.mark, 1), self.arrows),
            self.status,
            self.view,
            self.spectrum,
            row_of((self.angle, 5), (self.bands, 6), spacing=GAP),
            *words,
            REST,
            owner=self,
            margins=(MARGIN, GAP, MARGIN, GAP),
            spacing=GAP // 2 + 1,
        )


def _within(height: float, limits: tuple[int, int]) -> int:
    return min(max(round(height), limits[0]), limits[1])
