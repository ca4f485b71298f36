"""Cells of the list of pairs: text in the voice of its row, and OSI-SNR over time as bars in the overview's colours."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from osisnr_gui.batch.pair_list import State
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.look.themed import Themed
from osisnr_gui.qt.panels.folder_model import SPARK_ROLE, STATE_ROLE
from osisnr_gui.qt.plots.colours import lookup_table
from osisnr_gui.qt.plots.items.maps import COLOUR_MAP

LOWEST_DB, HIGHEST_DB = 0.0, 30.0
LEAST_HEIGHT = 2.0
MARGIN = 4.0
WIDTH = 152


class CellDelegate(Themed, QStyledItemDelegate):
    """Text: red where the pair was refused, faint where it waits; what does not fit is elided as `elide` says."""

    def __init__(self, theme: Theme, elide: Qt.TextElideMode, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._elide = elide

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """As the style has it, but for colour and ellipsis."""
        super().initStyleOption(option, index)
        option.textElideMode = self._elide
        state = index.data(STATE_ROLE)
        if state != State.SCORED:
            colour = QColor(self._theme.error if state == State.REFUSED else self._theme.faint)
            for role in (QPalette.ColorRole.Text, QPalette.ColorRole.HighlightedText):
                option.palette.setColor(role, colour)


class SparkDelegate(Themed, QStyledItemDelegate):
    """Paints the spark of a row: heights and colours from LOWEST_DB to HIGHEST_DB, nothing where no frame counts."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._colours = [QColor(*colour) for colour in lookup_table(COLOUR_MAP).tolist()]

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The row's background, then the bars on a plate of their own."""
        super().paint(painter, option, index)
        values = index.data(SPARK_ROLE)
        if not values:
            return
        area = QRectF(option.rect).adjusted(MARGIN, 3.0, -MARGIN, -3.0)
        painter.fillRect(area, QColor(self._theme.panel))
        width = area.width() / len(values)
        for place, value in enumerate(values):
            if value is not None:
                share = min(max((value - LOWEST_DB) / (HIGHEST_DB - LOWEST_DB), 0.0), 1.0)
                height = max(LEAST_HEIGHT, share * area.height())
                bar = QRectF(area.left() + place * width, area.bottom() - height, width, height)
                painter.fillRect(bar, self._colours[round(255 * share)])

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Wide enough to see where in the file it is."""
        return QSize(WIDTH, super().sizeHint(option, index).height())
