"""Marks at an edge of a plot: over runs of frames, over notes, over what is clipped."""

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, tabular_font
from osisnr_gui.qt.plots.items.painting import TAG_MARGIN, column_brush, column_spans, paint_tag, tag_width
from osisnr_gui.qt.plots.items.pixel_item import PixelItem
from osisnr_gui.qt.plots.items.shading import NOWHERE, Stretches
from osisnr_gui.qt.plots.view_box import PixelViewBox
from osisnr_gui.session.session import Note
from osisnr_gui.session.tracks import Track, clip_places

MARK_PIXELS = 4.0
BAR_PIXELS = 3.0
#: Where texts begin: under the title of the row.
TEXT_TOP = 24.0
TEXT_LIMIT = 160.0
GAP = 4.0
#: More than this in sight are bars only: texts would hide the picture.
MOST_TEXTS = 40
#: Higher than the bars of notes, which lie over it.
CLIP_PIXELS = 6.0
#: A run lasts a millisecond: this many columns to each side make it a mark that is seen.
WIDER_COLUMNS = 2


class RunMarks(PixelItem):
    """Bars at the lower edge, or the upper one, in `ink`, the name of a colour in a theme or the colour itself.

    `words` : what the bars mean, at the right end beside them.
    """

    def __init__(self, ink: str = "", *, upper: bool = False, words: str = "") -> None:
        super().__init__(200.0)
        self._ink, self._upper, self._words = ink, upper, words
        self._runs = NOWHERE

    def show_runs(self, runs: Stretches, ink: str = "") -> None:
        """Mark these, in another colour if one is given."""
        self._runs, self._ink = runs, ink or self._ink
        self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw all bars at once."""
        vb = self.pixels(painter)
        top = 0.0 if self._upper else vb.height() - MARK_PIXELS
        spans = column_spans(self._runs.coverage(vb) > 0, vb)
        if not spans:
            return
        ink = getattr(vb.theme, self._ink, self._ink)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ink))
        painter.drawRects([QRectF(a, top, max(b - a, 1.0), MARK_PIXELS) for a, b in spans])
        if self._words:
            height = QFontMetricsF(tabular_font(SMALL_FONT_PIXELS)).height()
            width = tag_width(self._words)
            box = QRectF(vb.width() - width - TAG_MARGIN, top - height - 1, width, height)
            paint_tag(painter, box, self._words, ink, vb.theme)


class NoteMarks(PixelItem):
    """The notes on one row. `texts` : this row shows their texts."""

    def __init__(self, *, texts: bool = False) -> None:
        super().__init__(200.0)
        self._texts = texts
        self._notes: tuple[Note, ...] = ()
        self.hide()

    def show_notes(self, notes: tuple[Note, ...]) -> None:
        """Mark these."""
        if notes != self._notes:
            self._notes = notes
            self.setVisible(bool(notes))
            self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw bars, and texts where they do not meet."""
        vb = self.pixels(painter)
        seen = [note for note in self._notes if note.stop >= vb.t0 and note.start <= vb.t1]
        free = 0.0
        for note in seen:
            left, right = max(vb.x_of(note.start), 0.0), min(vb.x_of(note.stop), vb.width())
            painter.fillRect(QRectF(left, 0.0, max(right - left, BAR_PIXELS), BAR_PIXELS), QColor(vb.theme.accent))
            if self._texts and note.text and len(seen) <= MOST_TEXTS and left >= free:
                free = self._paint_text(painter, vb, note.text, left) + GAP

    def _paint_text(self, painter: QPainter, vb: PixelViewBox, text: str, left: float) -> float:
        metrics = QFontMetricsF(tabular_font(SMALL_FONT_PIXELS))
        room = min(TEXT_LIMIT, vb.width() - left)
        shown = metrics.elidedText(text.replace("\n", " "), Qt.TextElideMode.ElideRight, room)
        box = QRectF(left, TEXT_TOP, tag_width(shown), metrics.height())
        if box.right() > vb.width() or box.bottom() > vb.height():
            return left
        paint_tag(painter, box, shown, vb.theme.accent, vb.theme)
        return box.right()


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
        strip = QRectF(0.0, 0.0, vb.width(), CLIP_PIXELS)
        for colour, wider in ((vb.theme.background, WIDER_COLUMNS + 1), (vb.theme.warning, WIDER_COLUMNS)):
            columns = np.convolve(clipped, np.ones(2 * wider + 1), "same") > 0
            painter.fillRect(strip, column_brush(QColor(colour), columns.astype(np.float64), vb.pixel_ratio))
