"""MC-MSE against alpha: a small curve per estimate with the present point; click or drag to choose alpha."""

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import QSizePolicy, QWidget

from osisnr_gui.core.types import FloatArray
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.axes import LinearScale
from osisnr_gui.qt.plots.charts.chart import Chart, Table, place_line, point_item, upright_line
from osisnr_gui.qt.plots.items.painting import round_up
from osisnr_gui.qt.plots.items.spectrogram import same_objects
from osisnr_gui.session.words import estimate_letter
from osisnr_gui.text.catalogue import _


class AlphaChart(Chart):
    """The curves, with the default alpha as a dashed line and the present one as a line with points."""

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
            self._given = given
            self._take_curves(alphas, curves)
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

    def _take_curves(self, alphas: FloatArray, curves: Sequence[tuple[FloatArray, int]]) -> None:
        self._alphas, self._values = alphas, list(curves)
        tops = [float(np.max(values, where=np.isfinite(values), initial=0.0)) for values, _colour in curves]
        self.fit((float(alphas[0]), float(alphas[-1])), (0.0, round_up(1.1 * max(tops, default=0.0))))
        self.match(self._curves, len(curves))
        for item, (values, _colour) in zip(self._curves, curves, strict=True):
            item.setData(alphas, values)
        self._dress()

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
