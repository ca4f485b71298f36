"""Shading of runs of frames: bad, missed, silent, falsely active. One layer per row, however many runs."""

from __future__ import annotations

from collections.abc import Mapping as ByKind
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from osisnr_gui.qt.look.theme import Theme, with_alpha
from osisnr_gui.qt.plots.geometry import Mapping
from osisnr_gui.qt.plots.painting import column_brush, fill_plot, hatch_brush
from osisnr_gui.qt.plots.plot_row import PlotRow
from osisnr_gui.qt.plots.safe_arrays import FloatArray
from osisnr_gui.qt.plots.stretches import NOWHERE, Stretches

#: Narrower missed runs have no edges: two dotted lines in three pixels are noise.
EDGE_MIN_PIXELS = 4
#: Strength of a column that bad frames barely touch, as a share of the full one.
FAINTEST = 0.35
#: On a picture the runs are a stripe this high at its lower edge ...
STRIPE_PIXELS = 5.0
#: ... and this share of the usual shading above it: more would change the colours that are to be read.
OVER_PICTURE = 1 / 3


class BandKind(IntEnum):
    """Why a run of frames is shaded."""

    BAD = 0
    MISSED = 1
    SILENT = 2
    FALSE_ACTIVITY = 3  # the estimate is active where the reference is silent


@dataclass
class Shading:
    """What is painted for one mapping: brushes over the full height, brushes of the stripe, dotted edges."""

    full: list[QBrush] = field(default_factory=list)
    stripe: list[QBrush] = field(default_factory=list)
    edges: list[float] = field(default_factory=list)  # pixels


class Runs:
    """Runs of frames to shade, by kind; kinds that are missing have none.

    One object serves all rows; what it works out for one of them it keeps for the next.
    """

    def __init__(self, kinds: ByKind[BandKind, Stretches] = MappingProxyType({})) -> None:
        self.kinds = {kind: kinds.get(kind, NOWHERE) for kind in BandKind}
        self._key: object = None
        self._share: dict[BandKind, FloatArray] = {}
        self._shadings: dict[bool, Shading] = {}

    def shading(self, m: Mapping, theme: Theme, *, over: bool) -> Shading:
        """What to paint on a row with curves, or ``over`` a picture; its height does not matter."""
        key = (m.t0, m.t1, m.left, m.width, m.pixel_ratio, theme.name)
        if key != self._key:
            self._key, self._shadings = key, {}
            self._share = {each: runs.coverage(m) for each, runs in self.kinds.items()}
        if over not in self._shadings:
            self._shadings[over] = self._shade(m, theme, over)
        return self._shadings[over]

    def _shade(self, m: Mapping, theme: Theme, over: bool) -> Shading:
        share = self._share
        bad = np.minimum(share[BandKind.BAD] + share[BandKind.MISSED], 1.0)
        # A single bad frame in an hour must still be seen: any coverage starts at a visible step.
        strength = np.where(bad > 0, FAINTEST + (1 - FAINTEST) * bad, 0.0)
        silent, false = share[BandKind.SILENT] >= 0.5, share[BandKind.FALSE_ACTIVITY] > 0
        weight = OVER_PICTURE if over else 1.0
        full = [
            _hatching(
                silent, theme.silent, (weight * theme.silent_opacity / 2, weight * 2.5 * theme.silent_opacity), m
            ),
            _hatching(false, theme.bad, (weight * theme.bad_opacity / 2, weight * 3 * theme.bad_opacity), m),
            _columns(theme.bad, weight * theme.bad_opacity * strength, m),
        ]
        stripe: list[QBrush | None] = []
        if over:
            stripe = [
                _columns(theme.background, (silent | false | (bad > 0)).astype(np.float64), m),
                _hatching(silent, theme.silent, (0.0, 1.0), m),
                _hatching(false, theme.bad, (FAINTEST, 1.0), m),
                _columns(theme.bad, strength, m),
            ]
        return Shading(
            full=[brush for brush in full if brush is not None],
            stripe=[brush for brush in stripe if brush is not None],
            edges=self._missed_edges(m),
        )

    def _missed_edges(self, m: Mapping) -> list[float]:
        runs = self.kinds[BandKind.MISSED]
        wide = (runs.stops - runs.starts) * m.width >= EDGE_MIN_PIXELS * (m.t1 - m.t0)
        xs = m.xs_of(np.concatenate((runs.starts[wide], runs.stops[wide])))
        return np.unique(np.round(xs[(xs > m.left - 1) & (xs < m.right + 1)])).tolist()


class Bands:
    """Shades runs of time across the full height of a row.

    Runs are reduced to one value per pixel column. Where several bad runs share a column, its strength says
    how much of it they cover, so that a whole hour is not one block.
    ``over=True`` is for rows that show a picture: a stripe along its lower edge in full strength, and hardly
    any shading above. Curves are drawn over their shading instead.
    """

    def __init__(self, row: PlotRow, *, over: bool = False) -> None:
        self._row, self._over = row, over
        self._runs = Runs()
        row.add_layer(self, over=over)

    def show_runs(self, runs: Runs) -> None:
        """Shade these."""
        if runs is not self._runs:
            self._runs = runs
            self._row.refresh()

    def paint(self, painter: QPainter, m: Mapping, theme: Theme) -> None:
        """A few fills and the dotted edges: as many calls however many runs there are."""
        shading = self._runs.shading(m, theme, over=self._over)
        for brush in shading.full:
            fill_plot(painter, m, brush)
        height = min(STRIPE_PIXELS, m.height)
        for brush in shading.stripe:
            painter.fillRect(QRectF(m.left, m.bottom - height, m.width, height), brush)
        if shading.edges:
            painter.setPen(QPen(with_alpha(theme.bad, 0.9), 1, Qt.PenStyle.DotLine))
            painter.drawLines([QLineF(x, m.top, x, m.bottom) for x in shading.edges])


def _hatching(mask: npt.NDArray[np.bool_], colour: str, opacities: tuple[float, float], m: Mapping) -> QBrush | None:
    """Hatch with a ground and lines of these opacities; None where there is nothing to hatch."""
    ground, line = (with_alpha(colour, opacity) for opacity in opacities)
    return hatch_brush(mask, ground, line, m.pixel_ratio) if mask.any() else None


def _columns(colour: str, opacity: FloatArray, m: Mapping) -> QBrush | None:
    return column_brush(QColor(colour), opacity, m.pixel_ratio) if opacity.any() else None
