"""How often values occur in masks: one outline of counts for each, over the same bins, with its range marked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Signal
from PySide6.QtWidgets import QWidget

from osisnr_gui.core.types import IntArray
from osisnr_gui.qt.look.theme import Theme, with_alpha
from osisnr_gui.qt.panels.plain_text import tooltip
from osisnr_gui.qt.plots.axes import FixedScale, LinearScale, Tick
from osisnr_gui.qt.plots.charts.chart import Chart, Table
from osisnr_gui.qt.plots.items.painting import round_up
from osisnr_gui.text.catalogue import _

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

    NAME, SIZE, AXES = "mask_values", (260, 190), (62, 34)
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
        self.setMinimumHeight(140)
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
