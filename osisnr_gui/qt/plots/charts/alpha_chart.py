"""MC-MSE against alpha: a small curve per estimate with the present point; click or drag to choose alpha."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import QSizePolicy, QWidget

from osisnr_gui.core.types import FloatArray
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.axes import LinearScale
from osisnr_gui.qt.plots.charts.chart import Chart, Table, place_line, point_item, upright_line
from osisnr_gui.qt.plots.items.painting import round_up, safe_array, safe_arrays
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
        self, alphas: npt.ArrayLike, curves: Sequence[tuple[npt.ArrayLike, int]], alpha: float, default_alpha: float
    ) -> None:
        """Draw ``(values, colour index)`` of each estimate over rising ``alphas``."""
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
        if not any(values.size for values, _ in self._values):
            return None
        columns = np.full((self._alphas.size, len(self._values)), np.nan)
        for k, (values, _place) in enumerate(self._values):
            columns[: values.size, k] = values
        return "alpha", self._alphas, [estimate_letter(place) for _values, place in self._values], columns

    def _take_curves(self, alphas: npt.ArrayLike, curves: Sequence[tuple[npt.ArrayLike, int]]) -> None:
        nodes = safe_array(alphas)
        self._alphas = nodes if np.all(np.diff(nodes) > 0) and np.all(np.isfinite(nodes)) else np.empty(0)
        self._values = [(safe_arrays(values, self._alphas)[0], colour) for values, colour in curves]
        finite = [v[np.isfinite(v)] for v, _ in self._values]
        top = round_up(1.1 * max((float(v.max()) for v in finite if v.size), default=0.0))
        low, high = (float(nodes[0]), float(nodes[-1])) if self._alphas.size > 1 else (0.0, 1.0)
        self.fit((low, high), (0.0, top))
        self._show_curves()
        self._dress()

    def _show_curves(self) -> None:
        self.match(self._curves, len(self._values))
        for item, (values, _colour) in zip(self._curves, self._values, strict=True):
            item.setData(self._alphas[: values.size], values)

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
            if values.size > 1 and self._alphas[0] <= self._alpha <= self._alphas[-1]:
                value = float(np.interp(self._alpha, self._alphas[: values.size], values))
                if math.isfinite(value):
                    places.append((self._alpha, value))
                    brushes.append(self._brushes[colour])
        self._points.setData(pos=np.array(places).reshape(-1, 2), brush=brushes)

    def _request(self, at: QPointF) -> None:
        if self._alphas.size > 1:
            alpha = round(min(max(at.x(), float(self._alphas[0])), float(self._alphas[-1])), 3)
            if alpha != self._alpha:
                self.alpha_requested.emit(alpha)
