"""Values per frame: OSI-SNR and gain as a line per estimate, and the fused loss as two stacked bands."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from osisnr_gui.core.loss_curve import LossCurve
from osisnr_gui.core.types import FloatArray
from osisnr_gui.io.errors import Phrase
from osisnr_gui.qt.look.theme import Theme, with_alpha
from osisnr_gui.qt.plots.axes import LinearScale
from osisnr_gui.qt.plots.items.lines import CurveItem, LevelLine
from osisnr_gui.qt.plots.items.loss import LossAreas, LossSketches
from osisnr_gui.qt.plots.items.painting import line_pen, round_up
from osisnr_gui.qt.plots.items.shading import NOWHERE, RunMarks, Shading, Stretches
from osisnr_gui.qt.plots.items.spectrogram import same_objects
from osisnr_gui.qt.plots.items.words import TAG_MARGIN, Key, tag_box
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.qt.plots.time_plot import TimePlot
from osisnr_gui.qt.plots.view_box import PixelViewBox
from osisnr_gui.session import words
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.words import MIXTURE, estimate_letter
from osisnr_gui.text.catalogue import _, translated

#: Of the gain the axis never shows less than this, both ways: small ripples must not look large.
LEAST_DB = 6.0
LIMIT_DB = 200.0
#: What an estimate was before.
GHOST_DASH, GHOST_OPACITY = (2.0, 2.0), 0.85
#: The automatic range of OSI-SNR, and that of the loss, reach up to these: one spike flattens nothing.
ROBUST_PERCENTILE, ROBUST_LOSS_PERCENTILE = 99.5, 99.0
SAMPLE_LIMIT = 20_000
#: Behind the title when a line is a mean and not every frame.
#: Of a bare curve: title, axis, and what is shaded.
PLAIN_WORDS = _("How close it is, moment by moment: higher is closer"), _("how close (dB)")
BAD_KEY = Key(_("bad places"), "bad", True)
MEAN_NOTE = f" · {_('mean and range per pixel')}"
#: Behind the title when the bands are means and not every frame.
BANDS_NOTE = f" · {_('each pixel shows its mean and its highest point')}"


class Curve(NamedTuple):
    """One estimate: ``values[i]`` belongs to time ``t0 + i * dt``; +inf = perfect, NaN = no value.

    colour : its place, or MIXTURE. before : the name of a ghost, of what the estimate was; "" for what it is.
    turned : of a gain, where it is negative.
    """

    t0: float
    dt: float
    values: FloatArray
    colour: int
    selected: bool = False
    before: str = ""
    turned: npt.NDArray[np.bool_] | None = None

    @property
    def name(self) -> str:
        """Of its line in the legend."""
        return self.before or (Phrase("mixture") if self.colour == MIXTURE else estimate_letter(self.colour))


def finite_sample(values: FloatArray) -> FloatArray:
    """Finite values, enough for a percentile: sorting an hour of frames takes longer than drawing them."""
    sample = values[:: max(1, values.size // SAMPLE_LIMIT)]
    return sample[np.isfinite(sample)]


def usual_range(values: FloatArray) -> tuple[float, float]:
    """Where most of the finite values lie; (0, 0) where there are none."""
    low, high = np.percentile(values, (2.0, 98.0)) if values.size else (0.0, 0.0)
    return float(low), float(high)


def around_zero(low: float, high: float, least: float) -> tuple[float, float]:
    """Calm ends of an axis for values from `low` to `high` that shows at least ±`least`."""
    return -round_up(max(-1.1 * low, least)), round_up(max(1.1 * high, least))


class CurvesPlot(TimePlot):
    """A plot with a line for each estimate; the selected one is drawn last and stronger.

    bare : one strong line, all of it under the title whatever other rows hold, and no word on means.
    """

    def __init__(self, link: TimeLink, theme: Theme, row_id: str, title: str, *, bare: bool = False) -> None:
        super().__init__(link, theme, row_id, title)
        self.shading, self._bare = Shading(), bare
        self._shown: list[tuple[Curve, CurveItem]] = []
        self.add(self.shading)

    @property
    def curves(self) -> tuple[Curve, ...]:
        """What is drawn, the lowest first."""
        return tuple(curve for curve, _ in self._shown)

    def show_curves(self, curves: Sequence[Curve | tuple[float, float, FloatArray, int, bool]]) -> None:
        """Draw these estimates; the selected one comes last and stronger."""
        new = sorted((Curve(*c) for c in curves), key=lambda c: (not c.before, c.selected, c.colour != MIXTURE))
        before = self.curves
        same_data = same_objects([c.values for c in new], [c.values for c in before])
        if not (same_data and all(a._replace(turned=b.turned) == b for a, b in zip(new, before, strict=True))):
            self._show_items(new)
            if not same_data:
                self._follow_data()

    def _follow_data(self) -> None:
        """Other values: another range, unless the user chose it."""
        if self.follows_data or self._bare:
            self.fit_y()

    def _show_items(self, new: Sequence[Curve]) -> None:
        """An item for each curve; one whose values are shown already keeps its own."""
        known = {id(curve.values): item for curve, item in self._shown}
        self._shown, caps = [], 0
        for z, curve in enumerate(new):
            item = known.pop(id(curve.values), None)
            if item is None:
                item = CurveItem(dots=not curve.before)
                self.add(item)
            item.label = curve.name
            item.setData(curve.t0, curve.dt, curve.values)
            item.setZValue(z / len(new))
            item.cap = None if curve.before else caps
            caps += not curve.before and item.perfect.size > 0
            self._shown.append((curve, item))
        for item in known.values():
            self.removeItem(item)
        present = sorted((c for c in new if not c.before), key=lambda c: (c.colour == MIXTURE, c.colour))
        keys = [Key(translated(c.name), c.colour, c.selected) for c in present]
        keys += [Key(translated(c.before), c.colour, False, GHOST_DASH, GHOST_OPACITY) for c in new if c.before]
        self.words.keys = (BAD_KEY,) if self._bare else tuple(keys)
        self._dress()

    def _dress(self) -> None:
        several = sum(not curve.before for curve, _ in self._shown) > 1
        for curve, item in self._shown:
            style = self.theme.estimate(curve.colour)
            if curve.before:
                item.set_pens(line_pen(with_alpha(style.colour, GHOST_OPACITY), GHOST_DASH))
                continue
            colour = with_alpha(style.colour, 0.8 if several and not curve.selected else 1.0)
            veil = line_pen(with_alpha(style.colour, 0.18)) if curve.selected or not several else None
            item.set_pens(line_pen(colour, style.dash), veil, strong=self._bare or (several and curve.selected))

    def _sample(self) -> FloatArray:
        """Finite values of all curves, enough for a percentile."""
        return np.concatenate([np.empty(0), *(finite_sample(item.values) for _curve, item in self._shown)])

    def _title_note(self, vb: PixelViewBox) -> str:
        """Says when the line is a mean and not every frame."""
        crowded = any(item.is_crowded(vb) for _curve, item in self._shown)
        return MEAN_NOTE if crowded and not self._bare else ""


class CurvePlot(CurvesPlot):
    """OSI-SNR in dB over time, with the threshold to drag and what two unrelated signals reach (`chance_line`)."""

    def __init__(self, link: TimeLink, theme: Theme, row_id: str = "osi", *, bare: bool = False) -> None:
        title, unit = PLAIN_WORDS if bare else (_("OSI-SNR per frame"), "OSI-SNR (dB)")
        super().__init__(link, theme, row_id, title, bare=bare)
        self._automatic = 0.0, 40.0
        self.limit_curve = CurveItem("limit")
        self.threshold_line = LevelLine("bad", self._threshold_words, digits=lambda _vb: 1)
        words_of = _("chance {level:.1f} dB").format
        self.chance_line = LevelLine("faint", lambda _vb: words_of(level=self.chance_line.level), words_ink="muted")
        self.set_y_scale(LinearScale(unit))
        self.set_y_limits(*self._automatic)
        self.set_y_range(*self._automatic)
        self.add(self.limit_curve)
        self.add_levels(self.threshold_line, self.chance_line)
        self.limit_curve.setZValue(60.0)
        self._dress()

    def zoom_y(self, factor: float, at: float) -> None:
        """Ctrl+wheel: the floor of the axis stays, because 0 dB is the worst there is."""
        self.y_by_hand = True
        lo, hi = self.box.lo, self.box.hi
        self.set_y_range(lo, lo + max((hi - lo) * factor, 1.0)) if lo == 0.0 else super().zoom_y(factor, at)

    def _dress(self) -> None:
        super()._dress()
        self.limit_curve.set_pens(line_pen(self.theme.bad, (6.0, 4.0)))

    def _threshold_words(self, vb: PixelViewBox) -> str:
        """What the dashed line is: bad frames are told by their exact OSI-SNR whichever formula is drawn.

        The long words may take a part of the width; in a low row there is only the room beside the title.
        """
        text = _("bad under {level:.1f} dB exact OSI-SNR").format(level=self.threshold_line.level)
        room = 0.4 * vb.width()
        if vb.height() <= 60.0:
            room = min(room, vb.width() - self.words.title_box.right() - 2 * TAG_MARGIN)
        if tag_box(text).width() > room:
            text = _("bad < {level:.1f} dB exact").format(level=self.threshold_line.level)
        return text

    def _follow_data(self) -> None:
        """Limits from the data, the range from a robust percentile so that one spike flattens nothing."""
        values = self._sample()
        top = float(np.percentile(values, ROBUST_PERCENTILE)) if values.size else 30.0
        lowest = float(values.min()) if values.size else 0.0
        self.set_y_limits(min(0.0, lowest), max(round_up(1.2 * max(top, lowest)), 200.0))
        self._automatic = min(0.0, lowest), max(round_up(1.08 * top), 10.0)
        super()._follow_data()

    def _fit_values(self) -> None:
        (self.set_range_under_title if self._bare else self.set_y_range)(*self._automatic)


class GainPlot(CurvesPlot):
    """Least-squares gain in dB over time, which OSI-SNR does not see, around the zero line."""

    def __init__(self, link: TimeLink, theme: Theme, row_id: str = "gain") -> None:
        super().__init__(link, theme, row_id, _("Gain per frame"))
        self._turned = RunMarks("warning", words=_("polarity turned"))
        self._zero = LevelLine("faint")
        self.set_y_scale(LinearScale(_("Gain (dB)")))
        self.set_y_limits(-LIMIT_DB, LIMIT_DB)
        self.set_y_range(-LEAST_DB, LEAST_DB)
        self.add(self._turned)
        self.add_levels(self._zero)

    def _show_items(self, new: Sequence[Curve]) -> None:
        super()._show_items(new)
        self._zero.show_level(0.0 if new else math.nan)
        turned = [Stretches.of_frames(c.turned, c.t0, c.dt) for c in new if c.selected and c.turned is not None]
        self._turned.show_runs(turned[0] if turned else NOWHERE)

    def _fit_values(self) -> None:
        """What most frames have, and always 0 dB."""
        self.set_range_under_title(*around_zero(*usual_range(self._sample()), LEAST_DB))


class LossPlot(TimePlot):
    """Loss per frame of the selected estimate: 1/OSI below, γ·MC-MSE on top of it, live while a slider moves."""

    def __init__(self, link: TimeLink, theme: Theme, row_id: str = "loss") -> None:
        super().__init__(link, theme, row_id, _("Loss per frame"))
        self.shading = Shading()
        self.sketches = LossSketches(self)
        self._areas = LossAreas(self.sketches, self.words)
        words_of = _("bad over {loss}").format
        self.limit_line = LevelLine("bad", lambda _vb: words_of(loss=words.loss(self.limit_line.level)), digits=_digits)
        self._has_data = False
        self.words.keys = Key("1/OSI", "loss_osi", True), Key("γ·MC-MSE", "loss_mc", True)
        self.set_y_scale(LinearScale(_("Loss")))
        self.set_y_limits(0.0, 1e6)
        self.add(self.shading, self._areas)
        self.add_levels(self.limit_line)

    def show_analysis(self, analysis: Analysis, selected: int) -> None:
        """Draw the loss of the estimate in view."""
        pair = analysis.pair_at(selected)
        frames, score = (None, None) if pair is None else (pair.frames, pair.score)
        named = translated(analysis.session.loss.formula.words)
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
        return BANDS_NOTE if self._areas.is_crowded(vb) else ""

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
        top = max(float(np.percentile(values, ROBUST_LOSS_PERCENTILE)), 1e-6)
        keep, self._has_data = keep and self._has_data, True
        # The axis stays while the robust top is in the upper part of it: no jump at every slider tick.
        if not keep or not 0.4 * self.box.hi <= top <= 0.97 * self.box.hi:
            self.set_y_range(0.0, round_up(1.25 * top))


def _digits(vb: PixelViewBox) -> int:
    """As many decimals as a pixel can tell apart."""
    return max(-math.floor(math.log10(max((vb.hi - vb.lo) / vb.height(), 1e-12))), 0)
