"""The stack of linked rows: overview on top, rows under it with movable borders, one time axis at the bottom; and a
place in it that several rows share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QByteArray, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollBar, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.axes import RIGHT_MARGIN, TIME_AXIS_HEIGHT
from osisnr_gui.qt.plots.overview import Overview
from osisnr_gui.qt.plots.time_plot import MIN_HEIGHT, TimePlot

#: Weights for ``add_row``: how initial height is shared.
SPECTROGRAM_WEIGHT = 3.0
CURVE_WEIGHT = 2.6
LOSS_WEIGHT = 1.7
GAIN_WEIGHT = 1.0
OWN_HEIGHT = 0.0  # a row of fixed height
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


class PlotStack(QWidget):
    """Rows one above the other. All have the same width and the same margins, so their edges align."""

    row_added = Signal(object)  # TimePlot

    def __init__(self, theme: Theme, overview: Overview | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._overview = overview
        self._rows: dict[str, tuple[TimePlot, float]] = {}
        self._panes: dict[str, RowPane] = {}
        self._shown: dict[str, bool] = {}
        self._useless: set[str] = set()
        self._moved_by_hand = False
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)
        self._splitter.splitterMoved.connect(self._remember_move)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        if overview is not None:
            layout.addWidget(overview)
        layout.addWidget(self._splitter, 1)
        self.setAutoFillBackground(True)

    @property
    def rows(self) -> tuple[TimePlot, ...]:
        """All rows from top to bottom, hidden ones too."""
        panes = self._panes
        return tuple(
            row
            for row_id, (first, _) in self._rows.items()
            for row in (panes[row_id].rows if row_id in panes else (first,))
        )

    def add_row(
        self, row: TimePlot, weight: float = CURVE_WEIGHT, *, visible: bool = True, pane: RowPane | None = None
    ) -> None:
        """Append a row; ``weight`` is its share of the height until the user moves a border; 0: it has its own.

        ``pane`` : holds the row, and others that come and go with it.
        """
        self._rows[row.row_id] = (row, weight)
        if pane is not None:
            self._panes[row.row_id] = pane
        self._shown[row.row_id] = visible
        self._splitter.addWidget(self._widget(row.row_id))
        self._splitter.setStretchFactor(self._splitter.count() - 1, round(weight * 10))
        self._widget(row.row_id).setVisible(visible)
        for each in (row,) if pane is None else pane.rows:
            self._take_row(each)
        if pane is not None:
            pane.row_added.connect(self._take_row)
        self._arrange()

    def for_each_row(self, visit: Callable[[TimePlot], object]) -> None:
        """Call this with every row, those to come too."""
        for row in self.rows:
            visit(row)
        self.row_added.connect(visit)

    def set_weight(self, row_id: str, weight: float) -> None:
        """Another share of the height; where borders were moved by hand the row grows or shrinks by as much."""
        row, before = self._rows[row_id]
        if weight == before:
            return
        self._rows[row_id] = (row, weight)
        if self._moved_by_hand:
            place, sizes = list(self._rows).index(row_id), self._splitter.sizes()
            sizes[place] = round(sizes[place] * weight / before)
            self._splitter.setSizes(sizes)
        self._arrange()

    def row(self, row_id: str) -> TimePlot:
        """The row with this id."""
        return self._rows[row_id][0]

    def is_row_visible(self, row_id: str) -> bool:
        """True when the row is shown (also while the window is not)."""
        return self._shown[row_id] and row_id not in self._useless

    def is_row_wanted(self, row_id: str) -> bool:
        """True when the row is shown, or would be if there were anything in it."""
        return self._shown[row_id]

    def set_row_visible(self, row_id: str, visible: bool) -> None:
        """Show or hide a row; the lowest one shown carries the time axis."""
        self._shown[row_id] = visible
        self._follow(row_id)

    def set_row_useful(self, row_id: str, useful: bool) -> None:
        """Keep a row off the screen while there is nothing to see in it, whatever was asked for."""
        if useful == (row_id in self._useless):
            self._useless ^= {row_id}
            self._follow(row_id)

    def is_row_useful(self, row_id: str) -> bool:
        """False while there is nothing to see in it."""
        return row_id not in self._useless

    def set_overview_visible(self, visible: bool) -> None:
        """Show or hide the strip on top."""
        if self._overview is not None:
            self._overview.setVisible(visible)

    def set_crosshair(self, on: bool) -> None:
        """Show or hide the crosshair on all rows."""
        for row in self.rows:
            row.marks.set_crosshair(on)

    def set_theme(self, theme: Theme) -> None:
        """Repaint everything in another look."""
        self._theme = theme
        for row in (*self.rows, *self._panes.values()):
            row.set_theme(theme)
        if self._overview is not None:
            self._overview.set_theme(theme)

    def reset_heights(self) -> None:
        """Back to the initial shares."""
        self._moved_by_hand = False
        self._arrange()

    def save_heights(self) -> bytes:
        """The row heights, for the settings."""
        return self._splitter.saveState().data()

    def restore_heights(self, state: bytes) -> bool:
        """Take heights from :meth:`save_heights`; False when they do not fit."""
        self._moved_by_hand = self._splitter.restoreState(QByteArray(state))
        self._splitter.setHandleWidth(1)
        return self._moved_by_hand

    def _take_row(self, row: TimePlot) -> None:
        row.set_theme(self._theme)
        self.row_added.emit(row)

    def _widget(self, row_id: str) -> RowPane | TimePlot:
        """What lies between the borders for a row."""
        return self._panes.get(row_id, self._rows[row_id][0])

    def _remember_move(self, *_: int) -> None:
        self._moved_by_hand = True

    def _follow(self, row_id: str) -> None:
        self._widget(row_id).setVisible(self.is_row_visible(row_id))
        self._arrange()

    def _arrange(self) -> None:
        shown = [(row, weight) for row_id, (row, weight) in self._rows.items() if self.is_row_visible(row_id)]
        for row_id, (row, _) in self._rows.items():
            self._widget(row_id).set_time_axis(bool(shown) and row is shown[-1][0])
        if self._moved_by_hand or not shown:
            return
        own = {row.row_id: row.height() for row, weight in shown if not weight}
        axis = TIME_AXIS_HEIGHT if shown[-1][1] else 0  # a row of fixed height has it included
        room = max(self._splitter.height() - axis - sum(own.values()), 1)
        total = sum(weight for _, weight in shown) or 1.0
        heights = {row.row_id: room * weight / total for row, weight in shown} | own
        heights[shown[-1][0].row_id] += axis
        self._splitter.setSizes([round(heights.get(row_id, 0)) for row_id in self._rows])
