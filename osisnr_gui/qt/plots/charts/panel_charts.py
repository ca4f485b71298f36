"""Charts of the side panels: MC-MSE against alpha, which frames carry the loss, and how often values occur in masks:
one outline of counts for each, over the same bins, with its range marked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from osisnr_gui.core.bad_frames import LossShares
from osisnr_gui.core.types import FloatArray, IntArray
from osisnr_gui.io.errors import Phrase
from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, tabular_font, with_alpha
from osisnr_gui.qt.panels.plain_text import tooltip
from osisnr_gui.qt.plots.axes import FixedScale, LinearScale, Tick
from osisnr_gui.qt.plots.charts.chart import Chart, Table, curve_item, point_item
from osisnr_gui.qt.plots.items.lines import Line
from osisnr_gui.qt.plots.items.painting import round_up
from osisnr_gui.qt.plots.items.spectrogram import same_objects
from osisnr_gui.session import words
from osisnr_gui.session.words import estimate_letter
from osisnr_gui.text.catalogue import _

#: The worst few per cent are the story: the axis of frames goes by the square root.
FRAMES = FixedScale(
    _("% of active frames, worst first"),
    tuple(Tick(math.sqrt(share), f"{100 * share:g}") for share in (0.01, 0.05, 0.1, 0.25, 0.5, 1.0)),
)
LOSS = FixedScale(_("% of loss"), tuple(Tick(share, f"{100 * share:g}") for share in (0.0, 0.5, 1.0)))


class AlphaChart(Chart):
    """MC-MSE against alpha, one curve an estimate; default dashed, the present one has points; click to choose."""

    NAME, SIZE, LEAST = "mc_mse", (240, 150), (160, 110)
    alpha_requested = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, LinearScale("α"), LinearScale("MC-MSE"), parent)
        self._alphas: FloatArray = np.empty(0)
        self._values: list[tuple[FloatArray, int]] = []
        self._curves: list[pg.PlotCurveItem] = []
        self._given: tuple[object, ...] = ()
        self._alpha = math.nan
        self._default_line, self._alpha_line = Line(), Line()
        self._points = point_item()
        self.add(self._default_line, self._alpha_line, self._points)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setAccessibleName(_("MC-MSE against alpha"))
        self.box.pointed.connect(self._request)
        self._dress()

    def show_alpha(
        self, alphas: FloatArray, curves: Sequence[tuple[FloatArray, int]], alpha: float, default_alpha: float
    ) -> None:
        """Draw ``(values, colour index)`` of each estimate over two or more rising ``alphas``, as many values."""
        given = (alphas, *(value for curve in curves for value in curve))
        if not same_objects(given, self._given):
            self._given, self._alphas, self._values = given, alphas, list(curves)
            tops = [float(np.max(values, where=np.isfinite(values), initial=0.0)) for values, _colour in curves]
            self.fit((float(alphas[0]), float(alphas[-1])), (0.0, round_up(1.1 * max(tops, default=0.0))))
            self.match(self._curves, len(curves))
            for item, (values, _colour) in zip(self._curves, curves, strict=True):
                item.setData(alphas, values)
            self._dress()
        self._default_line.place(default_alpha)
        self._alpha_line.place(alpha)
        self.move_to(alpha)

    def move_to(self, alpha: float) -> None:
        """Another alpha in force, a finite number; the curves stay."""
        if alpha != self._alpha:
            self._alpha = alpha
            self._alpha_line.setPos(alpha)
            self._show_points()

    def table(self) -> Table | None:
        """A column for each curve."""
        if not self._values:
            return None
        names = [estimate_letter(place) for _values, place in self._values]
        return "alpha", self._alphas, names, np.column_stack([values for values, _place in self._values])

    def _dress(self) -> None:
        theme = self.theme
        self._default_line.setPen(pg.mkPen(theme.faint, dash=[3.0, 3.0]))
        self._alpha_line.setPen(pg.mkPen(theme.accent))
        for item, (_values, colour) in zip(self._curves, self._values, strict=True):
            style = theme.estimate(colour)
            item.setPen(pg.mkPen(style.colour, dash=list(style.dash) or None))
        self._show_points()

    def _show_points(self) -> None:
        """A point on every curve at the present alpha."""
        places, brushes = [], []
        for item, (values, _colour) in zip(self._curves, self._values, strict=True):
            value = float(np.interp(self._alpha, self._alphas, values, left=math.nan, right=math.nan))
            if math.isfinite(value):
                places.append((self._alpha, value))
                brushes.append(pg.mkBrush(item.opts["pen"].color()))
        self._points.setData(pos=np.array(places).reshape(-1, 2), brush=brushes)

    def _request(self, at: QPointF) -> None:
        if self._values:
            alpha = round(min(max(at.x(), float(self._alphas[0])), float(self._alphas[-1])), 3)
            if alpha != self._alpha:
                self.alpha_requested.emit(alpha)


class ShareChart(Chart):
    """Cumulative share of the loss over active frames from worst to best; a click chooses the worst frames."""

    NAME, ZOOMS, SIZE = "loss_shares", False, (240, 118)
    frames_requested = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, FRAMES, LOSS, parent)
        self._shares: LossShares | None = None
        self._chosen = 0
        self._area = pg.PlotCurveItem(fillLevel=0.0)
        self._curve, self._point = curve_item(), point_item()
        self._words = pg.TextItem(anchor=(1.0, 1.0))
        self._words.setFont(tabular_font(SMALL_FONT_PIXELS))
        self._words.setPos(1.0, 0.0)
        self.add(self._area, self._curve, self._point, self._words)
        self.fit((0.0, 1.0), (0.0, 1.05))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setAccessibleName(_("Share of the loss that the worst frames hold"))
        self.box.pointed.connect(self._request)
        self._dress()

    def show_shares(self, shares: LossShares | None, chosen: int) -> None:
        """Draw the shares; `chosen` worst frames lie under the threshold in force."""
        if shares is not self._shares:
            self._shares = shares
            self._curve.setData(*_curve(shares))
        elif chosen == self._chosen:
            return
        self._chosen = chosen
        places, held = self._curve.getData()
        # What the chosen frames hold is filled, and said where the curve never is.
        shown = places is not None and places.size > 0 and chosen > 0
        for item in (self._area, self._point, self._words):
            item.setVisible(shown)
        if not shown or shares is None:
            return
        place, share = math.sqrt(chosen / len(shares)), shares.held_by(chosen)
        kept = places < place
        self._area.setData(np.append(places[kept], place), np.append(held[kept], share))
        self._point.setData([place], [share])
        frames = words.percent(chosen / len(shares), 1)
        held_words = _("{frames} of frames hold {share}").format(frames=frames, share=words.percent(share))
        self._words.setPlainText(held_words)

    def table(self) -> Table | None:
        """Shares of the loss over shares of the frames."""
        places, held = self._curve.getData()
        if places is None or not places.size:
            return None
        return Phrase("% of active frames"), 100.0 * places**2, [Phrase("% of loss")], 100.0 * held[:, None]

    def _dress(self) -> None:
        theme = self.theme
        self._area.setPen(None)
        self._area.setBrush(with_alpha(theme.bad, theme.bad_opacity))
        self._curve.setPen(pg.mkPen(theme.text))
        self._point.setBrush(theme.bad)
        self._words.setColor(theme.text)

    def _request(self, at: QPointF) -> None:
        if self._shares is not None and len(self._shares):
            n_frames = max(1, round(min(max(at.x(), 0.0), 1.0) ** 2 * len(self._shares)))
            if n_frames != self._chosen:
                self.frames_requested.emit(n_frames)


def _curve(shares: LossShares | None) -> tuple[FloatArray, FloatArray]:
    """Points of the curve, evenly spaced on the axis; empty without a finite loss."""
    if shares is None or not len(shares) or not np.isfinite(shares.share[-1]):
        return np.empty(0), np.empty(0)
    counts = np.unique(np.round(np.linspace(0, 1, 200) ** 2 * len(shares)).astype(np.int64))
    held = np.concatenate(([0.0], shares.share))[counts]
    return np.sqrt(counts / len(shares)), held


TIP = _(
    "Cells in each of 80 equal steps, the same for all masks. Grey outline: the reference; in the estimate's colour: "
    "the estimate in view. Triangles: lowest and highest value."
)
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, eq=False)
class Outline:
    """Counts of one mask and its name, its lowest and highest value, and how it is drawn."""

    name: str
    counts: IntArray
    low: float
    high: float
    colour: str
    dash: tuple[float, ...] = ()


#: Counts by their log10: 1, 10, 100, then powers.
LOG_COUNTS = FixedScale(
    _("Cells"), tuple(Tick(float(n), str(10**n) if n < 3 else f"10{str(n).translate(SUPERSCRIPTS)}") for n in range(16))
)


class HistogramChart(Chart):
    """Counts by value; `bin_hovered` gives the bin under the pointer, −1 for none."""

    NAME, SIZE, LEAST, AXES = "mask_values", (260, 190), (160, 140), (62, 34)
    bin_hovered = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        # Labels of values are wider than those of counts are tall.
        super().__init__(theme, LinearScale(_("Value"), share=0.6), LOG_COUNTS, parent)
        self._range = (0.0, 1.0)
        self._outlines: tuple[Outline, ...] = ()
        self._log = True
        self._hovered = -1
        self._steps: list[pg.PlotCurveItem] = []
        self._ends = pg.ScatterPlotItem(symbol="t1", size=9, pen=None, antialias=True)
        self._bin = pg.LinearRegionItem(movable=False, pen=pg.mkPen(None))
        self._bin.hide()
        self.add(self._bin, self._ends)
        self.setAccessibleName(_("How often each value occurs in the masks"))
        self.setToolTip(tooltip(TIP))
        self.pointer_at.connect(self._hover)
        self._dress()
        self._show()

    def show_outlines(self, low: float, high: float, outlines: Sequence[Outline]) -> None:
        """Draw counts in equal bins from low to high."""
        self._range, self._outlines = (low, high), tuple(outlines)
        self._show()

    def set_log(self, on: bool) -> None:
        """Counts on a logarithmic or a linear axis."""
        self._log = on
        self._left.set_scale(LOG_COUNTS if on else LinearScale(_("Cells"), whole=True))
        self._is_zoomed = False
        self._show()

    def table(self) -> Table | None:
        """The lower and the upper edge of each bin, and its counts."""
        if not self._outlines:
            return None
        edges = np.linspace(*self._range, self._n_bins + 1)
        columns = np.column_stack((edges[1:], *(outline.counts for outline in self._outlines)))
        return "from", edges[:-1], ["to", *(outline.name for outline in self._outlines)], columns

    @property
    def _n_bins(self) -> int:
        return self._outlines[0].counts.size if self._outlines else 0

    def _show(self) -> None:
        most = max(max((int(outline.counts.max(initial=0)) for outline in self._outlines), default=1), 1)
        top = math.log10(most) + 0.3 if self._log else round_up(1.1 * most)
        least = -0.3 if self._log else 0.0  # one cell still has a height
        low = least - 0.06 * (top - least)  # the room of the triangles
        self.fit(self._range, (low, top))
        self.match(self._steps, len(self._outlines))
        for item, outline in zip(self._steps, self._outlines, strict=True):
            counts = outline.counts.astype(np.float64)
            heights = np.log10(np.maximum(counts, 10.0**least)) if self._log else counts
            item.setData(np.linspace(*self._range, counts.size + 1), heights, stepMode="center", fillLevel=least)
            item.setPen(pg.mkPen(outline.colour, dash=list(outline.dash) or None))
            item.setBrush(with_alpha(outline.colour, 0.18))
        places = np.clip([value for o in self._outlines for value in (o.low, o.high)], *self._range)
        brushes = [pg.mkBrush(o.colour) for o in self._outlines for _ in (o.low, o.high)]
        self._ends.setData(x=places, y=np.full(places.size, (low + least) / 2), brush=brushes)
        self._show_hovered()

    def _dress(self) -> None:
        self._bin.setBrush(pg.mkBrush(self.theme.hover))

    def _hover(self, at: QPointF | None) -> None:
        low, high = self._range
        place = -1.0 if at is None else (at.x() - low) / (high - low)
        index = int(place * self._n_bins) if self._n_bins and 0 <= place < 1 else -1
        if index != self._hovered:
            self._hovered = index
            self._show_hovered()
            self.bin_hovered.emit(index)

    def _show_hovered(self) -> None:
        shown = 0 <= self._hovered < self._n_bins
        self._bin.setVisible(shown)
        if shown:
            edges = np.linspace(*self._range, self._n_bins + 1)
            self._bin.setRegion(edges[self._hovered : self._hovered + 2].tolist())
