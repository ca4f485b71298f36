"""Where a file is clipped: orange marks along the upper edge of its picture, as many calls however many there are."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from osisnr_gui.qt.plots.items.painting import column_brush
from osisnr_gui.qt.plots.items.pixel_item import PixelItem
from osisnr_gui.qt.plots.stretches import NOWHERE, Stretches
from osisnr_gui.session.tracks import Track, clip_places

#: Higher than the bars of notes, which lie over it.
STRIP_PIXELS = 6.0
#: A run lasts a millisecond: this many columns to each side make it a mark that is seen.
WIDER_COLUMNS = 2


class ClipMarks(PixelItem):
    """The clipped runs of the file on one row."""

    def __init__(self) -> None:
        super().__init__(200.0)
        self._shown: tuple[Track | None, int | None] = (None, None)
        self.stretches = NOWHERE

    def show_clips(self, track: Track | None, reference: Track | None) -> None:
        """Mark those of a file that is compared with `reference` (or is it); None: nothing."""
        rate = None if reference is None else reference.sample_rate
        if track is not self._shown[0] or rate != self._shown[1]:
            self._shown = track, rate
            before = self.stretches
            places = clip_places(track, rate) if track is not None else np.empty((0, 2))
            self.stretches = Stretches.of(*places.T) if len(places) else NOWHERE
            if before is not self.stretches:
                self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw a strip of the ground's colour with the marks in it."""
        if self.stretches is NOWHERE:
            return
        vb = self.pixels(painter)
        clipped = self.stretches.coverage(vb) > 0
        if not clipped.any():
            return
        strip = QRectF(0.0, 0.0, vb.width(), STRIP_PIXELS)
        for colour, wider in ((vb.theme.background, WIDER_COLUMNS + 1), (vb.theme.warning, WIDER_COLUMNS)):
            columns = np.convolve(clipped, np.ones(2 * wider + 1), "same") > 0
            painter.fillRect(strip, column_brush(QColor(colour), columns.astype(np.float64), vb.pixel_ratio))
