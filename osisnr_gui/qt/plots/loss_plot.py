"""The fused loss per frame, as two stacked bands: 1/OSI below, γ·MC-MSE on top of it."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPainterPath
from PySide6.QtWidgets import QWidget

from osisnr_gui.core.reduce import is_crowded, is_reduced, mean_per_column, upper_edge
from osisnr_gui.qt.plots.axes import LinearScale
from osisnr_gui.qt.plots.bands import Bands
from osisnr_gui.qt.plots.geometry import Mapping
from osisnr_gui.qt.plots.painting import area_image, edge_per_column, line_path, line_pen, round_up
from osisnr_gui.qt.plots.plot_row import PlotRow
from osisnr_gui.qt.plots.row_overlay import paint_plate
from osisnr_gui.qt.plots.safe_arrays import FloatArray, safe_arrays
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.qt.theme import SMALL_FONT_PIXELS, Theme, system_font, with_alpha

ROBUST_PERCENTILE = 99.0
SAMPLE_LIMIT = 20_000
#: The value axis stays while the robust top is between these fractions of it: no jump at every slider tick.
KEEP_LOW, KEEP_HIGH = 0.4, 0.97
VEIL_OPACITY = 0.28


class LossPlot(PlotRow):
    """Loss per frame of the selected estimate, live while a slider moves."""

    def __init__(self, link: TimeLink, theme: Theme, row_id: str = "loss", parent: QWidget | None = None) -> None:
        super().__init__(link, theme, row_id, "Loss per frame", parent)
        self.bands = Bands(self)
        self._areas = _LossAreas()
        self._has_data = False
        self.set_y_scale(LinearScale("Loss"))
        self.set_y_limits(0.0, 1e6)
        self.add_layer(self._areas)
        self.add_layer(_Legend(), over=True)

    def show_loss(self, t0: float, dt: float, osi_term: npt.ArrayLike, mc_term: npt.ArrayLike) -> None:
        """Draw ``osi_term`` (1/OSI) and ``mc_term`` (γ·MC-MSE) of each frame, stacked."""
        osi, mc = safe_arrays(osi_term, mc_term)
        self._areas.show_terms(t0, dt, osi, osi + mc)
        if not self.y_by_hand:
            self._follow_data()
        self.refresh()

    def fit_y(self) -> None:
        """Back to the automatic value range."""
        self.y_by_hand = False
        self._follow_data(keep=False)

    def zoom_y(self, factor: float, at: float) -> None:
        """Ctrl+wheel: zero stays at the bottom."""
        self.y_by_hand = True
        self.set_y_range(0.0, max(self.mapping.hi * factor, 1e-3))

    def _title_note(self, m: Mapping) -> str:
        """Says when the bands are means and not every frame."""
        return " · mean and maximum per pixel" if self._areas.is_crowded(m) else ""

    def _follow_data(self, *, keep: bool = True) -> None:
        total = self._areas.total
        values = total[:: max(1, total.size // SAMPLE_LIMIT)]
        values = values[np.isfinite(values)]
        if not values.size:
            return
        top = max(float(np.percentile(values, ROBUST_PERCENTILE)), 1e-6)
        present = self.mapping.hi
        keep, self._has_data = keep and self._has_data, True
        if not keep or not KEEP_LOW * present <= top <= KEEP_HIGH * present:
            self.set_y_range(0.0, round_up(1.25 * top))


class _LossAreas:
    """The two bands and the line on top, as a picture for the last mapping.

    A few frames per pixel column: the maximum of the lower edge (1/OSI) and of the upper edge (the total).
    The reader looks for the worst frames, so no peak may be lost; and because the total is nowhere below
    1/OSI its maximum is not either, so the bands cannot cross. (Maxima of the two terms added up would show
    a total that no frame has.) Many frames per column: maxima are a block that tells nothing, so the bands
    are means, which add up exactly, and the maximum of the total stays as a veil over them.
    """

    def __init__(self) -> None:
        self.total: FloatArray = np.empty(0)
        self._osi: FloatArray = np.empty(0)
        self._t0, self._dt = 0.0, 1.0
        self._key: tuple[Mapping, str] | None = None
        self._image = QImage()
        self._line = QPainterPath()

    def show_terms(self, t0: float, dt: float, osi: FloatArray, total: FloatArray) -> None:
        self._t0, self._dt, self._osi, self.total = t0, dt, osi, total
        self._key = None

    def paint(self, painter: QPainter, m: Mapping, theme: Theme) -> None:
        if (m, theme.name) != self._key:
            self._key = (m, theme.name)
            self._shape(m, theme)
        painter.drawImage(m.rect, self._image)
        reduced = is_reduced(self.total.size, self._t0, self._dt, m.t0, m.t1, m.columns)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not reduced)
        painter.setPen(line_pen(theme.loss_total))
        painter.drawPath(self._line)

    def is_crowded(self, m: Mapping) -> bool:
        return is_crowded(self._dt, m.t0, m.t1, m.columns)

    def _shape(self, m: Mapping, theme: Theme) -> None:
        where = (self._t0, self._dt, m.t0, m.t1, m.columns)
        times, total = upper_edge(self.total, *where)
        areas: list[tuple[FloatArray, QColor]] = []
        if self.is_crowded(m):
            veil = with_alpha(theme.loss_mc, VEIL_OPACITY)
            areas.append((edge_per_column(m, times, total), veil))
            _, osi = mean_per_column(self._osi, *where)
            times, total = mean_per_column(self.total, *where)
        else:
            _, osi = upper_edge(self._osi, *where)
        areas.append((edge_per_column(m, times, total), QColor(theme.loss_mc)))
        areas.append((edge_per_column(m, times, osi), QColor(theme.loss_osi)))
        self._image = area_image(m, areas)
        self._line = line_path(m.xs_of(times), m.ys_of(total))


class _Legend:
    """Which band is which, in the top-right corner."""

    ENTRIES = (("loss_osi", "1/OSI"), ("loss_mc", "γ·MC-MSE"))

    def paint(self, painter: QPainter, m: Mapping, theme: Theme) -> None:
        painter.setFont(system_font(SMALL_FONT_PIXELS))
        metrics = QFontMetricsF(painter.font())
        widths = [metrics.horizontalAdvance(text) + 28 for _, text in self.ENTRIES]
        x, height = m.right - sum(widths) - 5, math.ceil(metrics.height()) + 2
        if x < m.left + 120:
            return
        paint_plate(painter, QRectF(x, m.top + 5, sum(widths), height), theme)
        for (token, text), width in zip(self.ENTRIES, widths, strict=True):
            painter.fillRect(QRectF(x + 6, m.top + 9, 8, height - 8), QColor(getattr(theme, token)))
            painter.setPen(QColor(theme.muted))
            painter.drawText(QPointF(x + 19, m.top + 6 + metrics.ascent()), text)
            x += width
