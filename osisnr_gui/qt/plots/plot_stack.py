"""The stack of linked rows: overview on top, rows under it with movable borders, one time axis at the bottom; and a
place in it that several rows share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollBar, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.axes import RIGHT_MARGIN, TIME_AXIS_HEIGHT
from osisnr_gui.qt.plots.overview import Overview
from osisnr_gui.qt.plots.rows import PlotRow
from osisnr_gui.qt.plots.time_plot import MIN_HEIGHT, TimePlot
from osisnr_gui.text.catalogue import _

#: The lowest row: its title still fits.
LEAST_ROW = 26
#: So many rows are always in sight.
LEAST_ROWS = 3
#: The bar lies in the margin right of the plots, so that their edges stay aligned with those of other rows.
BAR_WIDTH = RIGHT_MARGIN - 2


class RowPane(QWidget):
    """Holds rows, the first of them for ever; `show_rows` says which are shown, from top to bottom."""

    row_added = Signal(object)  # TimePlot

    def __init__(self, first: TimePlot) -> None:
        super().__init__()
        self.rows: tuple[TimePlot, ...] = ()
        self.shown: tuple[TimePlot, ...] = (first,)  # from top to bottom, scrolled out of sight or not
        self._time_axis = False
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.bar = QScrollBar(Qt.Orientation.Vertical, self)
        self.bar.valueChanged.connect(self._place)
        self.bar.setAccessibleName(_("Scroll the estimates"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.add_row(first)
        self._arrange()

    def add_row(self, row: TimePlot) -> None:
        """Hold another row, not shown yet."""
        self.rows += (row,)
        row.setParent(self)
        row.setMinimumHeight(LEAST_ROW)
        row.hide()
        self.row_added.emit(row)

    def show_rows(self, rows: Sequence[TimePlot]) -> None:
        """Show these in this order."""
        if tuple(rows) != self.shown:
            self.shown = tuple(rows)
            self._arrange()

    def set_time_axis(self, on: bool) -> None:
        """The lowest row has the time labels under it."""
        if on != self._time_axis:
            self._time_axis = on
            self._arrange()

    def set_theme(self, theme: Theme) -> None:
        """Apply another theme to the ground and the rows."""
        self.setStyleSheet(f"RowPane {{ background: {theme.background}; }}")
        for row in self.rows:
            row.set_theme(theme)

    def reveal(self, row: TimePlot) -> None:
        """Scroll so that this row is in sight."""
        height = self._row_height
        top = self.shown.index(row) * height
        self.bar.setValue(max(min(self.bar.value(), top), top + height - self._room))

    def minimumSizeHint(self) -> QSize:
        """A few rows."""
        least = MIN_HEIGHT if len(self.shown) < 2 else min(len(self.shown), LEAST_ROWS) * LEAST_ROW
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
        return max(self._room // max(len(self.shown), 1), LEAST_ROW)

    def _arrange(self) -> None:
        hidden = len(self.shown) * self._row_height - self._room
        scrolls = len(self.shown) > 1 and hidden > 0
        self.bar.setRange(0, hidden if scrolls else 0)
        self.bar.setPageStep(max(self._room, 1))
        self.bar.setSingleStep(self._row_height)
        self.bar.setGeometry(self.width() - BAR_WIDTH, 0, BAR_WIDTH, max(self._room, 1))
        self.bar.setVisible(scrolls)
        for row in self.rows:
            row.set_time_axis(self._time_axis and row is self.shown[-1])
        self.updateGeometry()
        self._place()

    def _place(self) -> None:
        """Every row where it belongs; those out of sight are hidden, so that nothing is read for them."""
        count, height, offset = len(self.shown), self._row_height, self.bar.value()
        spare = max(self._room - count * height, 0)
        for place, row in enumerate(self.shown):
            # The pixels that are left over go to the first rows, one each.
            top = place * height + min(place, spare) - offset
            axis = TIME_AXIS_HEIGHT if row.time_axis else 0
            row.setGeometry(0, top, self.width(), height + (place < spare) + axis)
            row.setVisible(top < self.height() and top + height > 0)
        for row in self.rows:
            if row not in self.shown:
                row.hide()
        self.bar.raise_()


@dataclass
class Place:
    """A row, or the pane that holds it and others, between the borders of the stack.

    is_wanted : it is shown, or would be if there were room for it and anything in it, which `is_useful` says.
    """

    spec: PlotRow
    row: TimePlot
    widget: RowPane | TimePlot
    weight: float
    is_wanted: bool
    is_useful: bool = True
    has_room: bool = True
    is_insisted_on: bool = False

    @property
    def is_shown(self) -> bool:
        """Also while the window is not."""
        return self.is_wanted and self.is_useful and self.has_room


class PlotStack(QWidget):
    """Rows one above the other. All have the same width and the same margins, so their edges align."""

    row_added = Signal(object)  # TimePlot
    rows_fitted = Signal()  # a row went for want of room, or came back

    def __init__(self, overview: Overview) -> None:
        super().__init__()
        self._overview = overview
        self.places: dict[str, Place] = {}  # by row, from top to bottom
        self._moved_by_hand = False
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)
        self._splitter.splitterMoved.connect(self._remember_move)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(overview)
        layout.addWidget(self._splitter, 1)
        self.setAutoFillBackground(True)

    @property
    def rows(self) -> tuple[TimePlot, ...]:
        """All rows from top to bottom, hidden ones too."""
        return tuple(row for place in self.places.values() for row in _rows_of(place.widget))

    def add_row(self, row: TimePlot, spec: PlotRow, pane: RowPane | None = None) -> None:
        """Append a row; its weight is its share of the height until the user moves a border; 0: it has its own.

        ``pane`` : holds the row, and others that come and go with it.
        """
        widget = row if pane is None else pane
        self.places[row.row_id] = Place(spec, row, widget, spec.weight, spec.shown)
        self._splitter.addWidget(widget)
        self._splitter.setStretchFactor(self._splitter.count() - 1, round(spec.weight * 10))
        widget.setVisible(spec.shown)
        for each in _rows_of(widget):
            self.row_added.emit(each)
        if pane is not None:
            pane.row_added.connect(self.row_added)
        self._arrange()

    def for_each_row(self, visit: Callable[[TimePlot], object]) -> None:
        """Call this with every row, those to come too."""
        for row in self.rows:
            visit(row)
        self.row_added.connect(visit)

    def set_weight(self, row_id: str, weight: float) -> None:
        """Another share of the height; where borders were moved by hand the row grows or shrinks by as much."""
        before = self.places[row_id].weight
        if weight == before:
            return
        self.places[row_id].weight = weight
        if self._moved_by_hand:
            at, sizes = list(self.places).index(row_id), self._splitter.sizes()
            sizes[at] = round(sizes[at] * weight / before)
            self._splitter.setSizes(sizes)
        self._arrange()

    def row(self, row_id: str) -> TimePlot:
        """The row with this id."""
        return self.places[row_id].row

    def set_row_visible(self, row_id: str, visible: bool) -> None:
        """Show or hide a row, however little room there is; the lowest one shown carries the time axis."""
        place = self.places[row_id]
        place.is_wanted = place.is_insisted_on = visible
        self._arrange()

    def set_rows_wanted(self, wanted: Mapping[str, bool]) -> None:
        """Show or hide rows, as far as there is room for them."""
        for row_id, is_wanted in wanted.items():
            place = self.places[row_id]
            place.is_wanted, place.is_insisted_on = is_wanted, False
        self._arrange()

    def set_row_useful(self, row_id: str, useful: bool) -> None:
        """Keep a row off the screen while there is nothing to see in it, whatever was asked for."""
        if useful != self.places[row_id].is_useful:
            self.places[row_id].is_useful = useful
            self._arrange()

    def set_theme(self, theme: Theme) -> None:
        """Apply another theme to everything."""
        for place in self.places.values():
            place.widget.set_theme(theme)
        self._overview.set_theme(theme)

    def reset_heights(self) -> None:
        """Back to the initial shares."""
        self._moved_by_hand = False
        self._arrange()

    def save_heights(self) -> bytes:
        """The row heights, for the settings."""
        return bytes(self._splitter.saveState().data())

    def restore_heights(self, state: bytes) -> bool:
        """Take heights from :meth:`save_heights`; False when they do not fit."""
        self._moved_by_hand = self._splitter.restoreState(QByteArray(state))
        self._splitter.setHandleWidth(1)
        return self._moved_by_hand

    def _remember_move(self, *_moved: int) -> None:
        self._moved_by_hand = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new height."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        if self.isVisible():
            self._fit_rows()
        shown = [place for place in self.places.values() if place.is_shown]
        for place in self.places.values():
            place.widget.setVisible(place.is_shown)
            place.widget.set_time_axis(bool(shown) and place is shown[-1])
        if self._moved_by_hand or not shown:
            return
        heights = {place.row.row_id: float(place.row.height()) for place in shown if not place.weight}
        axis = TIME_AXIS_HEIGHT if shown[-1].weight else 0  # a row of fixed height has it included
        borders = (len(shown) - 1) * self._splitter.handleWidth()
        room = self._splitter.height() - axis - borders - sum(heights.values())
        heights |= _share(room, [place for place in shown if place.weight])
        heights[shown[-1].row.row_id] += axis
        self._splitter.setSizes([round(heights.get(row_id, 0)) for row_id in self.places])

    def _fit_rows(self) -> None:
        """Leave rows out, the first to go first, until the others are not lower than they should be."""
        before = [place.has_room for place in self.places.values()]
        for place in self.places.values():
            place.has_room = True
        room = self._splitter.height() - TIME_AXIS_HEIGHT
        for place in sorted(self.places.values(), key=lambda place: place.spec.goes):
            needed = sum(other.spec.least for other in self.places.values() if other.is_shown)
            if place.spec.goes and not place.is_insisted_on and needed > room:
                place.has_room = False
        if before != [place.has_room for place in self.places.values()]:
            self.rows_fitted.emit()


def _share(room: float, places: Sequence[Place]) -> dict[str, float]:
    """Heights by weight, in pixels by row, none of them lower than it should be."""
    heights: dict[str, float] = {}
    while places:
        unit = room / sum(place.weight for place in places)
        low = [place for place in places if unit * place.weight < place.spec.least]
        if not low:
            return heights | {place.row.row_id: unit * place.weight for place in places}
        heights |= {place.row.row_id: float(place.spec.least) for place in low}
        room -= sum(place.spec.least for place in low)
        places = [place for place in places if place not in low]
    return heights


def _rows_of(widget: RowPane | TimePlot) -> tuple[TimePlot, ...]:
    return widget.rows if isinstance(widget, RowPane) else (widget,)
