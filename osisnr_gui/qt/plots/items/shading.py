"""Stretches of time that are shaded: bad, missed, silent, falsely active. One item a row, however many there are."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from osisnr_gui.core.reduce import runs_of
from osisnr_gui.core.types import BoolArray, FloatArray
from osisnr_gui.qt.look.theme import Theme, with_alpha
from osisnr_gui.qt.plots.items.painting import column_brush, hatch_brush, safe_array
from osisnr_gui.qt.plots.items.pixel_item import PixelItem
from osisnr_gui.qt.plots.view_box import PixelViewBox

#: Narrower missed runs have no edges: two dotted lines in three pixels are noise.
EDGE_MIN_PIXELS = 4
#: Strength of a column that bad frames barely touch, as a share of the full one.
FAINTEST = 0.35
#: On a picture the runs are a stripe this high at its lower edge ...
STRIPE_PIXELS = 5.0
#: ... and this share of the usual shading above it: more would change the colours that are to be read.
OVER_PICTURE = 1 / 3


class Stretches:
    """Sorted and disjoint: ``starts[i]..stops[i]``, float64 (n,)."""

    def __init__(self, starts: FloatArray, stops: FloatArray) -> None:
        self.starts, self.stops = starts, stops
        self._times = np.column_stack((starts, stops)).ravel()
        lengths = stops - starts
        covered = np.cumsum(lengths)
        self._covered = np.column_stack((covered - lengths, covered)).ravel()

    @classmethod
    def of(cls, starts: npt.ArrayLike = (), stops: npt.ArrayLike = ()) -> Stretches:
        """From ``starts[i]..stops[i]`` in any order, overlaps included; what is not finite or empty is left out."""
        begin, end = safe_array(starts), safe_array(stops)
        usable = end > begin  # false where either is NaN
        order = np.argsort(begin[usable], kind="stable")
        begin, end = begin[usable][order], np.maximum.accumulate(end[usable][order])
        begin[1:] = np.maximum(begin[1:], end[:-1])
        return cls(begin, end)

    @classmethod
    def of_frames(cls, flags: BoolArray, t0: float, dt: float) -> Stretches:
        """The frames where ``flags`` is True; frame ``i`` is the stretch ``dt`` around ``t0 + i * dt``."""
        first, stop = (ends.astype(np.float64) for ends in runs_of(flags))
        return cls(t0 + dt * (first - 0.5), t0 + dt * (stop - 0.5))

    def coverage(self, vb: PixelViewBox) -> FloatArray:
        """Covered share, 0 to 1, of each pixel column."""
        if not self.starts.size:
            return np.zeros(vb.columns)
        edges = np.linspace(vb.t0, vb.t1, vb.columns + 1)
        share = np.diff(np.interp(edges, self._times, self._covered)) * (vb.columns / (vb.t1 - vb.t0))
        return np.clip(share, 0.0, 1.0)


NOWHERE = Stretches.of()


class BandKind(IntEnum):
    """Why a run of frames is shaded."""

    BAD = 0
    MISSED = 1
    SILENT = 2
    FALSE_ACTIVITY = 3  # the estimate is active where the reference is silent


class Brushes(NamedTuple):
    """What is painted for one view: brushes over the full height, brushes of the stripe, dotted edges."""

    full: list[QBrush]
    stripe: list[QBrush]
    edges: list[float]  # pixels


class Runs:
    """Runs of frames to shade, by kind; kinds that are missing have none.

    One object serves all rows; what it works out for one of them it keeps for the next.
    """

    def __init__(self, kinds: Mapping[BandKind, Stretches] = MappingProxyType({})) -> None:
        self.kinds = {kind: kinds.get(kind, NOWHERE) for kind in BandKind}
        self._key: object = None
        self._share: dict[BandKind, FloatArray] = {}
        self._brushes: dict[bool, Brushes] = {}

    def brushes(self, vb: PixelViewBox, theme: Theme, *, over: bool) -> Brushes:
        """What to paint on a row with curves, or ``over`` a picture; its height does not matter."""
        key = (vb.t0, vb.t1, vb.width(), vb.pixel_ratio, theme.name)
        if key != self._key:
            self._key, self._brushes = key, {}
            self._share = {each: runs.coverage(vb) for each, runs in self.kinds.items()}
        if over not in self._brushes:
            self._brushes[over] = self._shade(vb, theme, over)
        return self._brushes[over]

    def _shade(self, vb: PixelViewBox, theme: Theme, over: bool) -> Brushes:
        share = self._share
        bad = np.minimum(share[BandKind.BAD] + share[BandKind.MISSED], 1.0)
        # A single bad frame in an hour must still be seen: any coverage starts at a visible step.
        strength = np.where(bad > 0, FAINTEST + (1 - FAINTEST) * bad, 0.0)
        silent, false = share[BandKind.SILENT] >= 0.5, share[BandKind.FALSE_ACTIVITY] > 0
        weight = OVER_PICTURE if over else 1.0
        quiet, loud = weight * theme.silent_opacity, weight * theme.bad_opacity
        full = [
            *_hatching(silent, theme.silent, (quiet / 2, 2.5 * quiet), vb),
            *_hatching(false, theme.bad, (loud / 2, 3 * loud), vb),
            *_columns(theme.bad, loud * strength, vb),
        ]
        stripe: list[QBrush] = []
        if over:
            stripe += _columns(theme.background, (silent | false | (bad > 0)).astype(np.float64), vb)
            stripe += _hatching(silent, theme.silent, (0.0, 1.0), vb)
            stripe += _hatching(false, theme.bad, (FAINTEST, 1.0), vb)
            stripe += _columns(theme.bad, strength, vb)
        return Brushes(full, stripe, self._missed_edges(vb))

    def _missed_edges(self, vb: PixelViewBox) -> list[float]:
        runs = self.kinds[BandKind.MISSED]
        wide = (runs.stops - runs.starts) * vb.width() >= EDGE_MIN_PIXELS * (vb.t1 - vb.t0)
        xs = vb.xs_of(np.concatenate((runs.starts[wide], runs.stops[wide])))
        edges: list[float] = np.unique(np.round(xs[(xs > -1) & (xs < vb.width() + 1)])).tolist()
        return edges


class Shading(PixelItem):
    """Shades runs of time across the full height of a row.

    Runs are reduced to one value per pixel column. Where several bad runs share a column, its strength says how much
    of it they cover, so that a whole hour is not one block. `over` : for rows that show a picture: a stripe along its
    lower edge in full strength, and hardly any shading above. Curves are drawn over their shading instead.
    """

    def __init__(self, *, over: bool = False) -> None:
        super().__init__(100.0 if over else -10.0)
        self._over = over
        self._runs = Runs()

    def show_runs(self, runs: Runs) -> None:
        """Shade these."""
        if runs is not self._runs:
            self._runs = runs
            self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw a few fills and the dotted edges: as many calls however many runs there are."""
        vb = self.pixels(painter)
        brushes = self._runs.brushes(vb, vb.theme, over=self._over)
        for brush in brushes.full:
            painter.fillRect(vb.rect(), brush)
        height = min(STRIPE_PIXELS, vb.height())
        for brush in brushes.stripe:
            painter.fillRect(QRectF(0.0, vb.height() - height, vb.width(), height), brush)
        if brushes.edges:
            painter.setPen(QPen(with_alpha(vb.theme.bad, 0.9), 1, Qt.PenStyle.DotLine))
            painter.drawLines([QLineF(x, 0.0, x, vb.height()) for x in brushes.edges])


def _hatching(mask: BoolArray, colour: str, opacities: tuple[float, float], vb: PixelViewBox) -> list[QBrush]:
    """Hatch with a ground and lines of these opacities; nothing where there is nothing to hatch."""
    ground, line = (with_alpha(colour, opacity) for opacity in opacities)
    return [hatch_brush(mask, ground, line, vb.pixel_ratio)] if mask.any() else []


def _columns(colour: str, opacity: FloatArray, vb: PixelViewBox) -> list[QBrush]:
    return [column_brush(QColor(colour), opacity, vb.pixel_ratio)] if opacity.any() else []
