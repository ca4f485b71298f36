"""The fused loss per frame, as two stacked bands: 1/OSI below, γ·MC-MSE on top of it."""

import math

import numpy as np

from osisnr_gui.core.loss_curve import LossCurve
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.axes import LinearScale
from osisnr_gui.qt.plots.items.level_line import LevelLine
from osisnr_gui.qt.plots.items.loss import CutMarks, LossAreas, LossSketches
from osisnr_gui.qt.plots.items.painting import round_up
from osisnr_gui.qt.plots.items.shading import Shading
from osisnr_gui.qt.plots.items.words import Key
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.qt.plots.time_plot import TimePlot
from osisnr_gui.qt.plots.view_box import PixelViewBox
from osisnr_gui.session import words
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.session import Formula
from osisnr_gui.text.catalogue import _, translated

ROBUST_PERCENTILE = 99.0
SAMPLE_LIMIT = 20_000
#: The value axis stays while the robust top is between these fractions of it: no jump at every slider tick.
KEEP_LOW, KEEP_HIGH = 0.4, 0.97
#: Behind the title when the bands are means and not every frame.
MEAN_NOTE = f" · {_('each pixel shows its mean and its highest point')}"
KEYS = (Key("1/OSI", "loss_osi", True), Key("γ·MC-MSE", "loss_mc", True))


class LossPlot(TimePlot):
    """Loss per frame of the selected estimate, live while a slider moves."""

    def __init__(self, link: TimeLink, theme: Theme, row_id: str = "loss") -> None:
        super().__init__(link, theme, row_id, _("Loss per frame"))
        self.shading = Shading()
        self.sketches = LossSketches(self)
        self._areas = LossAreas(self.sketches)
        self.limit_line = LevelLine("bad", self._limit_words, digits=_digits)
        self._has_data = False
        self._formula: Formula | None = None
        self.words.keys = KEYS
        self.set_y_scale(LinearScale(_("Loss")))
        self.set_y_limits(0.0, 1e6)
        self.add(self.shading, self._areas, CutMarks(self._areas, self.words))
        self.add_levels(self.limit_line)

    def show_analysis(self, analysis: Analysis, selected: int) -> None:
        """Draw the loss of the estimate in view."""
        pair = analysis.pair_at(selected)
        frames, score = (None, None) if pair is None else (pair.frames, pair.score)
        formula = analysis.session.loss.formula
        if formula is not self._formula:
            self._formula = formula
            named = translated(formula.words)
            self.set_title(_("1/OSI-SNR + γ·MC-MSE per frame · {formula}").format(formula=named))
        tables = [pair.frames.table for pair in analysis.pairs if pair.frames is not None]
        self.sketches.keep_only([table for table in tables if table is not None])
        if frames is None or score is None:
            self.show_loss(0.0, 1.0, None)
        else:
            self.show_loss(frames.first_time, frames.grid.step, score.curve, growing=not frames.complete)

    def show_loss(self, t0: float, dt: float, curve: LossCurve | None, *, growing: bool = False) -> None:
        """Draw 1/OSI and γ·MC-MSE of each frame, stacked; nothing is done when they are on screen already.

        ``growing`` : more frames are to come.
        """
        if self._areas.show_curve(t0, dt, curve, growing) and self.follows_data:
            self._follow_data()

    def zoom_y(self, factor: float, at: float) -> None:
        """Ctrl+wheel: zero stays at the bottom."""
        self.y_by_hand = True
        self.set_y_range(0.0, max(self.box.hi * factor, 1e-3))

    def _title_note(self, vb: PixelViewBox) -> str:
        """Says when the bands are means and not every frame."""
        return MEAN_NOTE if self._areas.is_crowded(vb) else ""

    def _limit_words(self, _vb: PixelViewBox) -> str:
        return _("bad over {loss}").format(loss=words.loss(self.limit_line.level))

    def is_final(self) -> bool:
        """Whether no sketch of the curve is to come."""
        return not self.sketches.is_busy

    def _fit_values(self) -> None:
        self._follow_data(keep=False)

    def _follow_data(self, *, keep: bool = True) -> None:
        curve = self._areas.curve
        values = np.empty(0) if curve is None else curve.sample(SAMPLE_LIMIT)
        values = values[np.isfinite(values)]
        if not values.size:
            return
        top = max(float(np.percentile(values, ROBUST_PERCENTILE)), 1e-6)
        present = self.box.hi
        keep, self._has_data = keep and self._has_data, True
        if not keep or not KEEP_LOW * present <= top <= KEEP_HIGH * present:
            self.set_y_range(0.0, round_up(1.25 * top))


def _digits(vb: PixelViewBox) -> int:
    """As many decimals as a pixel can tell apart."""
    return max(-math.floor(math.log10(max((vb.hi - vb.lo) / vb.height(), 1e-12))), 0)
