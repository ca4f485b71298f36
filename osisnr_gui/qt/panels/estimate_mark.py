"""An estimate's line sample, letter and name, the same wherever it is named."""

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.look.themed import Themed
from osisnr_gui.qt.panels.layouts import row_of
from osisnr_gui.qt.panels.plain_text import ElidedLabel


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
