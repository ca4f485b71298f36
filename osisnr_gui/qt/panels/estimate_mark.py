"""An estimate's line sample, letter and name, the same wherever it is named."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from osisnr_gui.qt.look.theme import EstimateStyle, Theme
from osisnr_gui.qt.look.themed import Themed
from osisnr_gui.qt.panels.layouts import row_of
from osisnr_gui.qt.panels.plain_text import ElidedLabel


class LineSample(QWidget):
    """A short piece of an estimate's line: colour and dash as on the plots."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style: EstimateStyle | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_style(self, style: EstimateStyle | None) -> None:
        """Another colour and dash; None shows nothing."""
        if style != self._style:
            self._style = style
            self.update()

    def sizeHint(self) -> QSize:
        """One dash and a half."""
        return QSize(22, 16)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The line."""
        if self._style is None:
            return
        painter = QPainter(self)
        pen = QPen(QColor(self._style.colour), 2)
        if self._style.dash:
            pen.setDashPattern([length / 2 for length in self._style.dash])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        y = self.height() / 2
        painter.drawLine(QPointF(0, y), QPointF(self.width(), y))
        painter.end()


class EstimateMark(Themed, QWidget):
    """Line sample and name in a row."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._index: int | None = None
        self.sample, self.name = LineSample(self), ElidedLabel("", Qt.TextElideMode.ElideMiddle, parent=self)
        row_of(self.sample, (self.name, 1), owner=self, spacing=8)

    def show_estimate(self, index: int | None, name: str) -> None:
        """Show an estimate by its place and name; None shows an empty row."""
        self._index = index
        self.sample.show_style(None if index is None else self._theme.estimate(index))
        self.name.set_text(name)

    def set_theme(self, theme: Theme) -> None:
        """Apply `theme` to the sample too."""
        super().set_theme(theme)
        self.show_estimate(self._index, self.name.text())
