"""The strip of colours of the whole file, and what dims it beside the window."""

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from osisnr_gui.core.reduce import Pyramid, is_crowded, lowest_per_stretch, summary_per_column
from osisnr_gui.core.types import BoolArray, FloatArray
from osisnr_gui.qt.look.theme import with_alpha
from osisnr_gui.qt.plots.items.maps import HIGHEST_DB, colour_image
from osisnr_gui.qt.plots.items.painting import column_spans, hatch_brush, safe_array
from osisnr_gui.qt.plots.items.pixel_item import PixelItem
from osisnr_gui.qt.plots.items.shading import BandKind, Runs
from osisnr_gui.qt.plots.view_box import PixelViewBox

TICK_HEIGHT = 5  # of the marks under the strip for bad frames
FALSE_OPACITY = 0.35  # of false activity between the hatch lines
SILENT_OPACITY = 0.45
SHADE_OPACITY = 0.55


class OverviewStrip(PixelItem):
    """The lowest OSI-SNR of each pixel column as a colour, silence hatched, bad frames marked below."""

    def __init__(self) -> None:
        super().__init__()
        self._t0, self._dt = 0.0, 1.0
        self._osi = Pyramid(np.empty(0))
        self._runs = Runs()

    def show_osi(self, t0: float, dt: float, osi_db: npt.ArrayLike) -> None:
        """Take these; NaN where there is nothing to hear."""
        self._t0, self._dt = t0, dt
        # Brighter than the brightest colour is not needed, and a perfect frame must not make a mean infinite.
        self._osi = Pyramid(np.minimum(safe_array(osi_db, keep_inf=True), HIGHEST_DB))
        self.update()

    def show_runs(self, runs: Runs) -> None:
        """Mark these."""
        if runs is not self._runs:
            self._runs = runs
            self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the strip: one or two pixel rows of colours, silence, and marks."""
        vb = self.pixels(painter)
        theme, rows = vb.theme, self._values(vb)
        covered = {kind: stretches.coverage(vb) > 0 for kind, stretches in self._runs.kinds.items()}
        ground, line = QColor(theme.panel), with_alpha(theme.silent, SILENT_OPACITY)
        painter.fillRect(vb.rect(), ground)
        painter.drawImage(vb.rect(), colour_image(rows))
        silent = covered[BandKind.SILENT] & np.isnan(rows[-1])
        painter.fillRect(vb.rect(), hatch_brush(silent, ground, line, vb.pixel_ratio))
        bad = column_spans(covered[BandKind.BAD] | covered[BandKind.MISSED], vb)
        self._paint_marks(painter, vb, bad, covered[BandKind.FALSE_ACTIVITY])

    @staticmethod
    def _paint_marks(painter: QPainter, vb: PixelViewBox, bad: list[tuple[float, float]], false: BoolArray) -> None:
        """Bad frames and false activity, at the lower edge."""
        ticks = QRectF(0.0, vb.height() - TICK_HEIGHT, vb.width(), TICK_HEIGHT)
        if bad or false.any():
            painter.fillRect(ticks, QColor(vb.theme.background))
        colour = QColor(vb.theme.bad)
        if false.any():
            hatch = hatch_brush(false, with_alpha(vb.theme.bad, FALSE_OPACITY), colour, vb.pixel_ratio)
            painter.fillRect(ticks.adjusted(0, 1, 0, 0), hatch)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRects([QRectF(a, ticks.top() + 1, max(b - a, 1.0), TICK_HEIGHT - 1) for a, b in bad])

    def _values(self, vb: PixelViewBox) -> FloatArray:
        """(1, columns): the lowest OSI-SNR of each pixel column; where it is crowded (2, columns), means above."""
        where = (self._t0, self._dt, vb.t0, vb.t1, vb.columns)
        if not is_crowded(*where[1:]):
            return lowest_per_stretch(self._osi.values, *where)[None, :]
        # Among hundreds of frames there is always a bad one: the mean above tells good parts from poor.
        times, lowest, _, means = summary_per_column(self._osi, *where)
        rows = np.full((2, vb.columns), np.nan)
        places = np.floor((times - vb.t0) * (vb.columns / (vb.t1 - vb.t0))).astype(np.intp)
        inside = (places >= 0) & (places < vb.columns)
        rows[:, places[inside]] = means[inside], lowest[inside]
        return rows


class OutsideShade(pg.GraphicsObject):
    """Dims what lies before and after the window, and closes its frame above and below."""

    def __init__(self) -> None:
        super().__init__()
        self._window = 0.0, 0.0

    def set_window(self, start: float, stop: float) -> None:
        """Leave this stretch of time bright."""
        self._window = start, stop
        self.update()

    def boundingRect(self) -> QRectF:
        """All that is in view."""
        return QRectF(self.viewRect())

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw both sides."""
        left, right = self.boundingRect(), self.boundingRect()
        left.setRight(max(self._window[0], left.left()))
        right.setLeft(min(self._window[1], right.right()))
        theme = self.getViewBox().theme
        for side in (left, right):
            painter.fillRect(side, with_alpha(theme.background, SHADE_OPACITY))
        pixel = left.height() / max(self.getViewBox().height(), 1.0)
        painter.setPen(pg.mkPen(theme.text))
        for y in (left.top() + pixel, left.bottom()):
            painter.drawLine(QLineF(left.right(), y, right.left(), y))
