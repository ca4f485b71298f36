"""Shading of runs of frames: bad, missed, silent. One layer per row, however many runs there are."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from osisnr_gui.qt.plots.geometry import Mapping
from osisnr_gui.qt.plots.painting import column_brush, fill_plot, hatch_brush
from osisnr_gui.qt.plots.plot_row import PlotRow
from osisnr_gui.qt.plots.safe_arrays import FloatArray, safe_arrays
from osisnr_gui.qt.theme import Theme, with_alpha

#: Narrower missed runs have no edges: two dotted lines in three pixels are noise.
EDGE_MIN_PIXELS = 4
#: Strength of a column that bad frames barely touch, as a share of the full one.
FAINTEST = 0.35


class BandKind(IntEnum):
    """Why a run of frames is shaded."""

    BAD = 0
    MISSED = 1
    SILENT = 2


class _Runs:
    """The runs of one kind: sorted, disjoint, and how much of any stretch of time they cover."""

    def __init__(self, starts: FloatArray, stops: FloatArray) -> None:
        order = np.argsort(starts, kind="stable")
        self.starts = starts[order]
        self.stops = np.maximum.accumulate(stops[order])
        self.starts[1:] = np.maximum(self.starts[1:], self.stops[:-1])
        bounds = np.column_stack((self.starts, self.stops))
        covered = np.cumsum(self.stops - self.starts)
        before = covered - (self.stops - self.starts)
        self._times, self._covered = bounds.ravel(), np.column_stack((before, covered)).ravel()

    def coverage(self, m: Mapping) -> FloatArray:
        """Covered share, 0 to 1, of each pixel column."""
        if not self.starts.size:
            return np.zeros(m.columns)
        edges = np.linspace(m.t0, m.t1, m.columns + 1)
        share = np.diff(np.interp(edges, self._times, self._covered)) * (m.columns / (m.t1 - m.t0))
        return np.clip(share, 0.0, 1.0)


class Bands:
    """Shades runs of time across the full height of a row.

    Runs are reduced to one value per pixel column. Where several bad runs share a column, its strength says
    how much of it they cover, so that a whole hour is not one block.
    ``over=True`` is for rows that show a picture; curves are drawn over their shading instead.
    """

    def __init__(self, row: PlotRow, *, over: bool = False) -> None:
        self._row = row
        self._runs = {kind: _Runs(np.empty(0), np.empty(0)) for kind in BandKind}
        self._key: tuple[Mapping, str] | None = None
        self._hatch, self._shade = QBrush(), QBrush()
        self._edges: list[QLineF] = []
        row.add_layer(self, over=over)

    def show_bands(self, starts: npt.ArrayLike, stops: npt.ArrayLike, kinds: npt.ArrayLike) -> None:
        """Shade ``starts[i]..stops[i]`` (seconds) as ``BandKind(kinds[i])``. Order does not matter."""
        begin, end, kind = safe_arrays(starts, stops, kinds)
        usable = np.isfinite(begin) & np.isfinite(end) & (end > begin)
        for each in BandKind:
            mine = usable & (kind == each)
            self._runs[each] = _Runs(begin[mine], end[mine])
        self._key = None
        self._row.refresh()

    def paint(self, painter: QPainter, m: Mapping, theme: Theme) -> None:
        """Two fills and the dotted edges: three calls however many runs there are."""
        if (m, theme.name) != self._key:
            self._key = (m, theme.name)
            self._hatch, self._shade = self._hatching(m, theme), self._shading(m, theme)
            self._edges = self._missed_edges(m)
        fill_plot(painter, m, self._hatch)
        fill_plot(painter, m, self._shade)
        if self._edges:
            painter.setPen(QPen(with_alpha(theme.bad, 0.9), 1, Qt.PenStyle.DotLine))
            painter.drawLines(self._edges)

    def _hatching(self, m: Mapping, theme: Theme) -> QBrush:
        silent = self._runs[BandKind.SILENT].coverage(m) >= 0.5
        ground = with_alpha(theme.silent, theme.silent_opacity / 2)
        line = with_alpha(theme.silent, 2.5 * theme.silent_opacity)
        return hatch_brush(silent, ground, line, m.pixel_ratio) if silent.any() else QBrush()

    def _shading(self, m: Mapping, theme: Theme) -> QBrush:
        share = self._runs[BandKind.BAD].coverage(m) + self._runs[BandKind.MISSED].coverage(m)
        if not share.any():
            return QBrush()
        # A single bad frame in an hour must still be seen: any coverage starts at a visible step.
        strength = np.where(share > 0, FAINTEST + (1 - FAINTEST) * np.minimum(share, 1.0), 0.0)
        return column_brush(QColor(theme.bad), strength * theme.bad_opacity, m.pixel_ratio)

    def _missed_edges(self, m: Mapping) -> list[QLineF]:
        runs = self._runs[BandKind.MISSED]
        wide = (runs.stops - runs.starts) * m.width >= EDGE_MIN_PIXELS * (m.t1 - m.t0)
        xs = m.xs_of(np.concatenate((runs.starts[wide], runs.stops[wide])))
        xs = np.unique(np.round(xs[(xs > m.left - 1) & (xs < m.right + 1)]))
        return [QLineF(x, m.top, x, m.bottom) for x in xs.tolist()]
