"""Several rows in one place of the stack: they share its height, and scroll where that is too little."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollBar, QSizePolicy, QWidget

from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.axes import RIGHT_MARGIN, TIME_AXIS_HEIGHT
from osisnr_gui.qt.plots.time_plot import MIN_HEIGHT, TimePlot

#: The lowest row: its title still fits.
LEAST_ROW = 26
#: So many rows are always in sight.
LEAST_ROWS = 3
#: The bar lies in the margin right of the plots, so that their edges stay aligned with those of other rows.
BAR_WIDTH = RIGHT_MARGIN - 2


class RowPane(QWidget):
    """Holds rows, the first of them for ever; `show_rows` says which are shown, from top to bottom."""

    row_added = Signal(object)  # TimePlot

    def __init__(self, first: TimePlot, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[TimePlot, ...] = ()
        self._shown: tuple[TimePlot, ...] = (first,)
        self._time_axis = False
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.bar = QScrollBar(Qt.Orientation.Vertical, self)
        self.bar.valueChanged.connect(self._place)
        self.bar.setAccessibleName("Scroll the estimates")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.add_row(first)
        self._arrange()

    @property
    def shown(self) -> tuple[TimePlot, ...]:
        """The rows that have a place, from top to bottom, scrolled out of sight or not."""
        return self._shown

    def add_row(self, row: TimePlot) -> None:
        """Hold another row, not shown yet."""
        self.rows += (row,)
        row.setParent(self)
        row.setMinimumHeight(LEAST_ROW)
        row.hide()
        self.row_added.emit(row)

    def show_rows(self, rows: Sequence[TimePlot]) -> None:
        """Show these in this order."""
        if tuple(rows) != self._shown:
            self._shown = tuple(rows)
            self._arrange()

    def set_time_axis(self, on: bool) -> None:
        """The lowest row has the time labels under it."""
        if on != self._time_axis:
            self._time_axis = on
            self._arrange()

    def set_theme(self, theme: Theme) -> None:
        """The ground in another look; the rows are told by themselves."""
        self.setStyleSheet(f"RowPane {{ background: {theme.background}; }}")

    def reveal(self, row: TimePlot) -> None:
        """Scroll so that this row is in sight."""
        height = self._row_height
        top = self._shown.index(row) * height
        self.bar.setValue(max(min(self.bar.value(), top), top + height - self._room))

    def minimumSizeHint(self) -> QSize:
        """A few rows."""
        least = MIN_HEIGHT if len(self._shown) < 2 else min(len(self._shown), LEAST_ROWS) * LEAST_ROW
        return QSize(0, least + (TIME_AXIS_HEIGHT if self._time_axis else 0))

    def sizeHint(self) -> QSize:
        """As any row."""
        return self.rows[0].sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new height."""
        super().resizeEvent(event)
        self._arrange()

    @property
    def _room(self) -> int:
        return self.height() - (TIME_AXIS_HEIGHT if self._time_axis else 0)

    @property
    def _row_height(self) -> int:
        return max(self._room // max(len(self._shown), 1), LEAST_ROW)

    def _arrange(self) -> None:
        hidden = len(self._shown) * self._row_height - self._room
        scrolls = len(self._shown) > 1 and hidden > 0
        self.bar.setRange(0, hidden if scrolls else 0)
        self.bar.setPageStep(max(self._room, 1))
        self.bar.setSingleStep(self._row_height)
        self.bar.setGeometry(self.width() - BAR_WIDTH, 0, BAR_WIDTH, max(self._room, 1))
        self.bar.setVisible(scrolls)
        for row in self.rows:
            row.set_time_axis(self._time_axis and row is self._shown[-1])
        self.updateGeometry()
        self._place()

    def _place(self) -> None:
        """Every row where it belongs; those out of sight are hidden, so that nothing is read for them."""
        count, height, offset = len(self._shown), self._row_height, self.bar.value()
        spare = max(self._room - count * height, 0)
        for place, row in enumerate(self._shown):
            # The pixels that are left over go to the first rows, one each.
            top = place * height + min(place, spare) - offset
            axis = TIME_AXIS_HEIGHT if row.time_axis else 0
            row.setGeometry(0, top, self.width(), height + (place < spare) + axis)
            row.setVisible(top < self.height() and top + height > 0)
        for row in self.rows:
            if row not in self._shown:
                row.hide()
        self.bar.raise_()
