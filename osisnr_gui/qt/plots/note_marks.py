"""Notes on the plots: a bar along the top edge over each, and on one row the beginning of its text."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, tabular_font
from osisnr_gui.qt.plots.geometry import Mapping
from osisnr_gui.qt.plots.painting import paint_tag, tag_width
from osisnr_gui.qt.plots.plot_row import PlotRow
from osisnr_gui.session.session import Note

BAR_PIXELS = 3.0
#: Where texts begin: under the title of the row.
TEXT_TOP = 24.0
TEXT_LIMIT = 160.0
GAP = 4.0
#: More than this in sight are bars only: texts would hide the picture.
MOST_TEXTS = 40


class NoteMarks:
    """The notes on one row. `texts` : this row shows their texts."""

    def __init__(self, row: PlotRow, *, texts: bool = False) -> None:
        self._row, self._texts = row, texts
        self._notes: tuple[Note, ...] = ()
        row.add_layer(self, top=True)

    def show_notes(self, notes: tuple[Note, ...]) -> None:
        """Mark these."""
        if notes != self._notes:
            self._notes = notes
            self._row.refresh()

    def paint(self, painter: QPainter, m: Mapping, theme: Theme) -> None:
        """Bars, and texts where they do not meet."""
        seen = [note for note in self._notes if note.stop >= m.t0 and note.start <= m.t1]
        free = m.left
        for note in seen:
            left, right = max(m.x_of(note.start), m.left), min(m.x_of(note.stop), m.right)
            painter.fillRect(QRectF(left, m.top, max(right - left, BAR_PIXELS), BAR_PIXELS), QColor(theme.accent))
            if self._texts and note.text and len(seen) <= MOST_TEXTS and left >= free:
                free = self._paint_text(painter, m, theme, note.text, left) + GAP

    def _paint_text(self, painter: QPainter, m: Mapping, theme: Theme, text: str, left: float) -> float:
        metrics = QFontMetricsF(tabular_font(SMALL_FONT_PIXELS))
        room = min(TEXT_LIMIT, m.right - left)
        shown = metrics.elidedText(text.replace("\n", " "), Qt.TextElideMode.ElideRight, room)
        box = QRectF(left, m.top + TEXT_TOP, tag_width(shown), metrics.height())
        if box.right() > m.right or box.bottom() > m.bottom:
            return left
        paint_tag(painter, box, shown, theme.accent, theme)
        return box.right()
