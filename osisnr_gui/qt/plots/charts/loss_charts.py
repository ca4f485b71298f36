"""Charts of the loss: MC-MSE against alpha, and which frames carry the loss."""

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import QSizePolicy, QWidget

from osisnr_gui.core.bad_frames import LossShares
from osisnr_gui.core.types import FloatArray
from osisnr_gui.io.errors import Phrase
from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, tabular_font, with_alpha
from osisnr_gui.qt.plots.axes import FixedScale, LinearScale, Tick
from osisnr_gui.qt.plots.charts.chart import Chart, Table, curve_item, place_line, point_item, upright_line
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

    NAME, SIZE = "mc_mse", (240, 150)
    alpha_requested = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, LinearScale("α"), LinearScale("MC-MSE"), parent)
        self._alphas: FloatArray = np.empty(0)
        self._values: list[tuple[FloatArray, int]] = []
        self._curves: list[pg.PlotCurveItem] = []
        self._given: tuple[object, ...] = ()
        self._alpha = math.nan
        self._brushes: dict[int, QBrush] = {}  # by colour
        self._default_line, self._alpha_line = (upright_line(pg.mkPen(theme.accent)) for _ in range(2))
        self._points = point_item()
        self.add(self._default_line, self._alpha_line, self._points)
        self.setMinimumHeight(110)
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
        place_line(self._default_line, default_alpha)
        self._alpha = alpha
        place_line(self._alpha_line, alpha)
        self._show_points()

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
        self._brushes = {colour: pg.mkBrush(theme.estimate(colour).colour) for _values, colour in self._values}
        for item, (_values, colour) in zip(self._curves, self._values, strict=True):
            style = theme.estimate(colour)
            item.setPen(pg.mkPen(style.colour, dash=list(style.dash) or None))
        self._show_points()

    def _show_points(self) -> None:
        """A point on every curve at the present alpha."""
        places, brushes = [], []
        for values, colour in self._values:
            value = float(np.interp(self._alpha, self._alphas, values, left=math.nan, right=math.nan))
            if math.isfinite(value):
                places.append((self._alpha, value))
                brushes.append(self._brushes[colour])
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
