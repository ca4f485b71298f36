"""The stack of linked rows: overview on top, rows under it with movable borders, one time axis at the bottom."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.axes import TIME_AXIS_HEIGHT
from osisnr_gui.qt.plots.overview import Overview
from osisnr_gui.qt.plots.row_pane import RowPane
from osisnr_gui.qt.plots.time_plot import TimePlot

#: Weights for ``add_row``: how initial height is shared.
SPECTROGRAM_WEIGHT = 3.0
CURVE_WEIGHT = 2.6
LOSS_WEIGHT = 1.7
GAIN_WEIGHT = 1.0
OWN_HEIGHT = 0.0  # a row of fixed height


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
