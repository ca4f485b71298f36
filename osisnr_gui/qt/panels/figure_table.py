"""A small table of figures painted in one go: names left, numbers right, in lines that never move."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, tabular_font
from osisnr_gui.qt.look.themed import Themed
from osisnr_gui.qt.panels.plain_text import tooltip

LINE = 17
PIXELS = SMALL_FONT_PIXELS + 1
GAP = 14.0


class FigureTable(Themed, QWidget):
    """Rows of text cells. `shares` are the columns' parts of the width; `numbers` the columns that hold numbers.

    head : whether the first row names the columns. strong : row that is painted in the text's full colour.
    """

    def __init__(
        self,
        theme: Theme,
        shares: Sequence[float],
        numbers: Sequence[int],
        tip: str,
        *,
        n_rows: int,
        head: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, parent)
        self._shares, self._numbers, self._head = tuple(shares), frozenset(numbers), head
        self._rows: tuple[tuple[str, ...], ...] = ()
        self._n_rows = n_rows  # room kept before there is anything to show
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(tooltip(tip))

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show other cells."""
        shown = tuple(tuple(row) for row in rows)
        if shown != self._rows:
            if len(shown) != self._n_rows:
                self._n_rows = len(shown)
                self.updateGeometry()
            self._rows = shown
            self.setAccessibleName("; ".join(" ".join(filter(None, row)) for row in shown))
            self.update()

    def sizeHint(self) -> QSize:
        """All rows."""
        return QSize(200, LINE * self._n_rows)

    def minimumSizeHint(self) -> QSize:
        """All rows, however narrow."""
        return QSize(60, LINE * self._n_rows)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Cell by cell; a name too long for its column loses its end, a number is never cut."""
        painter = QPainter(self)
        painter.setFont(tabular_font(PIXELS))
        metrics = QFontMetricsF(painter.font())
        total = sum(self._shares)
        edges = [self.width() * sum(self._shares[:k]) / total for k in range(len(self._shares) + 1)]
        for line, row in enumerate(self._rows):
            for k, text in enumerate(row):
                box = QRectF(edges[k], line * LINE, edges[k + 1] - edges[k], LINE)
                number = k in self._numbers
                plain = number and not (self._head and line == 0)
                painter.setPen(QColor(self._theme.text if plain else self._theme.muted))
                if number:
                    side = Qt.AlignmentFlag.AlignRight
                else:
                    side = Qt.AlignmentFlag.AlignLeft
                    box = box.adjusted(GAP if k else 0, 0, 0, 0)
                    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
                painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, text)
        painter.end()
