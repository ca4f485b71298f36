"""Small painted parts of panels: an estimate's line sample and name, and a table of figures."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, tabular_font
from osisnr_gui.qt.look.themed import Themed
from osisnr_gui.qt.panels.layouts import row_of
from osisnr_gui.qt.panels.plain_text import ElidedLabel, tooltip


def sample_pen(theme: Theme, index: int) -> QPen:
    """Colour and dash of an estimate's line, as on the plots, two pixels wide."""
    style = theme.estimate(index)
    pen = QPen(QColor(style.colour), 2)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if style.dash:
        pen.setDashPattern([length / 2 for length in style.dash])
    return pen


class LineSample(Themed, QWidget):
    """A short piece of an estimate's line: colour and dash as on the plots."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._index: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_estimate(self, index: int | None) -> None:
        """Another colour and dash; None shows nothing."""
        if index != self._index:
            self._index = index
            self.update()

    def sizeHint(self) -> QSize:
        """One dash and a half."""
        return QSize(22, 16)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The line."""
        if self._index is None:
            return
        painter = QPainter(self)
        painter.setPen(sample_pen(self._theme, self._index))
        y = self.height() / 2
        painter.drawLine(QPointF(0, y), QPointF(self.width(), y))
        painter.end()


class EstimateMark(QWidget):
    """Line sample and name in a row."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sample, self.name = LineSample(theme, self), ElidedLabel("", Qt.TextElideMode.ElideMiddle, parent=self)
        row_of(self.sample, (self.name, 1), owner=self, spacing=8)

    def show_estimate(self, index: int | None, name: str) -> None:
        """Show an estimate by its place and name; None shows an empty row."""
        self.sample.show_estimate(index)
        self.name.set_text(name)


LINE = 17
PIXELS = SMALL_FONT_PIXELS + 1


class FigureTable(Themed, QWidget):
    """Rows of text cells: the first row names the columns, the first column the rows, all other cells are numbers.

    shares : the columns' parts of the width. n_rows : room kept before there is anything to show.
    """

    def __init__(
        self, theme: Theme, shares: Sequence[float], tip: str, *, n_rows: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, parent)
        total = sum(shares)
        self._edges = [sum(shares[:k]) / total for k in range(len(shares) + 1)]
        self._rows: tuple[tuple[str, ...], ...] = ()
        self._n_rows = n_rows
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
        edges = [self.width() * edge for edge in self._edges]
        for line, row in enumerate(self._rows):
            for k, text in enumerate(row):
                box = QRectF(edges[k], line * LINE, edges[k + 1] - edges[k], LINE)
                painter.setPen(QColor(self._theme.text if line and k else self._theme.muted))
                side = Qt.AlignmentFlag.AlignRight
                if k == 0:
                    side = Qt.AlignmentFlag.AlignLeft
                    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
                painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, text)
        painter.end()
