"""Where a file is clipped: orange marks along the upper edge of its picture, as many calls however many there are."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.geometry import Mapping
from osisnr_gui.qt.plots.painting import column_brush
from osisnr_gui.qt.plots.plot_row import PlotRow
from osisnr_gui.qt.plots.stretches import NOWHERE, Stretches
from osisnr_gui.session.segments.clips import clip_places
from osisnr_gui.session.tracks import Track

#: Higher than the bars of notes, which lie over it.
STRIP_PIXELS = 6.0
#: A run lasts a millisecond: this many columns to each side make it a mark that is seen.
WIDER_COLUMNS = 2


class ClipMarks:
    """The clipped runs of the file on one row."""

    def __init__(self, row: PlotRow) -> None:
        self._row = row
        self._shown: tuple[Track | None, int | None] = (None, None)
        self.stretches = NOWHERE
        row.add_layer(self, top=True)

    def show_clips(self, track: Track | None, reference: Track | None) -> None:
        """Mark those of a file that is compared with `reference` (or is it); None: nothing."""
        rate = None if reference is None else reference.sample_rate
        if track is not self._shown[0] or rate != self._shown[1]:
            self._shown = track, rate
            before = self.stretches
            places = clip_places(track, rate) if track is not None else np.empty((0, 2))
            self.stretches = Stretches.of(*places.T) if len(places) else NOWHERE
            if before is not self.stretches:
                self._row.refresh()

    def paint(self, painter: QPainter, m: Mapping, theme: Theme) -> None:
        """A strip of the ground's colour with the marks in it."""
        if self.stretches is NOWHERE:
            return
        clipped = self.stretches.coverage(m) > 0
        if not clipped.any():
            return
        strip = QRectF(m.left, m.top, m.width, STRIP_PIXELS)
        painter.setBrushOrigin(m.rect.topLeft())
        for colour, wider in ((theme.background, WIDER_COLUMNS + 1), (theme.warning, WIDER_COLUMNS)):
            columns = np.convolve(clipped, np.ones(2 * wider + 1), "same") > 0
            painter.fillRect(strip, column_brush(QColor(colour), columns.astype(np.float64), m.pixel_ratio))
