"""Notes on the plots: a bar along the top edge over each, and on one row the beginning of its text."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, tabular_font
from osisnr_gui.qt.plots.items.painting import paint_tag, tag_width
from osisnr_gui.qt.plots.items.pixel_item import PixelItem
from osisnr_gui.qt.plots.view_box import PixelViewBox
from osisnr_gui.session.session import Note

BAR_PIXELS = 3.0
#: Where texts begin: under the title of the row.
TEXT_TOP = 24.0
TEXT_LIMIT = 160.0
GAP = 4.0
#: More than this in sight are bars only: texts would hide the picture.
MOST_TEXTS = 40


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
