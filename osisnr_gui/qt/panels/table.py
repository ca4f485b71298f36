"""Every table: a model of rows in an order of their own and columns that say what they hold, and its view."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass
from functools import partial
from typing import Any, Generic, TypeVar

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from osisnr_gui.core.types import IntArray
from osisnr_gui.qt.focus import TABLE_KEYS, Does, own_keys
from osisnr_gui.qt.look.theme import tabular_font
from osisnr_gui.qt.panels.plain_text import tooltip
from osisnr_gui.text.catalogue import _

Index = QModelIndex | QPersistentModelIndex
ROLE = Qt.ItemDataRole
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
ROW_HEIGHT = 26


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    title : two lines, the second often the unit. tip : which frames and which average. widest : the widest number room
    is made for. falling : the largest is worst, so that is where sorting begins. roles : those that `ColumnModel.cell`
    has an answer to; None: any. A cell on screen is asked for seven at every paint.
    """

    key: str
    title: str
    tip: str
    _: KW_ONLY
    widest: str = ""
    falling: bool = False
    is_text: bool = False
    roles: frozenset[int] | None = None

    @property
    def name(self) -> str:
        """The title in one line, for a copied table."""
        return " ".join(self.title.split())


C = TypeVar("C", bound=Column)


class ColumnModel(QAbstractTableModel, Generic[C]):
    """Rows are places of a list in the order on show. What a cell says is asked for when it is in sight, never before.

    A model of its own says what is in `columns`, how many places there are, what is in a cell, and how rows are sorted.
    """

    #: The column rows are sorted by until another one is chosen.
    default_sort = 0
    #: What the tooltip of a title says.
    title_tip = _("{what}\nClick to sort.")

    def __init__(self, columns: tuple[C, ...]) -> None:
        super().__init__()
        self.columns = columns
        self.order: IntArray = np.empty(0, dtype=np.int64)
        self._row_of: IntArray = self.order
        self.sorted_by, self._direction = self.default_sort, Qt.SortOrder.AscendingOrder

    def n_places(self) -> int:
        """Places in the list, those that are not on show included."""
        raise NotImplementedError

    def text(self, place: int, column: C) -> str:
        """A cell as it is on screen."""
        raise NotImplementedError

    def find_order(self, column: C, *, falling: bool) -> IntArray:
        """The places on show, sorted by a column; as they are where nothing else is said."""
        places = np.arange(self.n_places())
        return places[::-1] if falling else places

    def title(self, column: C) -> str:
        """The title of a column."""
        return column.title

    def cell(self, place: int, column: C, role: int) -> object:
        """A cell's data of any role but those of text and alignment."""
        return None

    def copied(self, place: int | None, column: C) -> str:
        """A cell of a copied table; the title of its column in one line, where there is no place."""
        return " ".join(self.title(column).split()) if place is None else self.text(place, column)

    def copied_columns(self) -> Sequence[C]:
        """The columns of a copied table."""
        return self.columns

    def place(self, row: int) -> int:
        """The place of a row."""
        return int(self.order[row])

    def row(self, place: int | None) -> int:
        """The row of a place; -1 when it is not on show."""
        return -1 if place is None else int(self._row_of[place])

    def section(self, key: str) -> int:
        """Where a column is."""
        return next(k for k, column in enumerate(self.columns) if column.key == key)

    def table_text(self, rows: Iterable[int]) -> str:
        """Rows as tab-separated text with a header."""
        columns, places = self.copied_columns(), [None, *map(self.place, rows)]
        return "".join("\t".join(self.copied(place, column) for column in columns) + "\n" for place in places)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort the rows by a column; -1 is as at first. What points to a row goes with it."""
        self.sorted_by, self._direction = (column, order) if column >= 0 else (self.default_sort, order)
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        places = [self.place(index.row()) for index in old]
        self.arrange()
        new = [self.index(self.row(place), index.column()) for place, index in zip(places, old, strict=True)]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def arrange(self) -> None:
        """Work the order of the rows out anew; views are told by the caller."""
        falling = self._direction is Qt.SortOrder.DescendingOrder
        self.order = self.find_order(self.columns[self.sorted_by], falling=falling)
        self._row_of = np.full(self.n_places(), -1, dtype=np.int64)
        self._row_of[self.order] = np.arange(self.order.size)

    @contextmanager
    def resetting(self) -> Iterator[None]:
        """Inside it other places come to be listed; the rows are arranged anew."""
        self.beginResetModel()
        yield
        self.arrange()
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Rows on show."""
        return 0 if parent.isValid() else int(self.order.size)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = ROLE.DisplayRole) -> object:
        """Titles, and in tooltips what they mean."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == ROLE.DisplayRole:
            return self.title(column)
        if role == ROLE.ToolTipRole:
            return tooltip(self.title_tip.format(what=column.tip))
        if role == ROLE.TextAlignmentRole:
            return LEFT if column.is_text else RIGHT
        if role == ROLE.InitialSortOrderRole:
            return Qt.SortOrder.DescendingOrder if column.falling else Qt.SortOrder.AscendingOrder
        return None

    def data(self, index: Index, role: int = ROLE.DisplayRole) -> object:
        """A cell."""
        if not index.isValid() or index.row() >= self.order.size:
            return None
        column = self.columns[index.column()]
        if role == ROLE.TextAlignmentRole:
            return LEFT if column.is_text else RIGHT
        if role == ROLE.DisplayRole:
            return self.text(self.place(index.row()), column)
        asked = column.roles is None or role in column.roles
        return self.cell(self.place(index.row()), column, role) if asked else None


def set_up_rows(table: QTableView, name: str) -> None:
    """Let a table have rows of one height to choose, and no grid."""
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setAccessibleName(name)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
    table.horizontalHeader().setHighlightSections(False)


class CopyTable(QTableView):
    """Rows of a `ColumnModel` to choose, sort and copy; nothing to edit."""

    row_chosen = Signal(int)  # by the user

    def __init__(self, model: ColumnModel[Any], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        set_up_rows(self, name)
        self._model = model
        self.sortByColumn(model.default_sort, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self.setFont(tabular_font())
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        # Return ends here: what it opens may move the focus to a button, which is not to be pressed as well.
        opens: Does = dict.fromkeys((Qt.Key.Key_Return, Qt.Key.Key_Enter), self._open_row)
        own_keys(self, TABLE_KEYS, {**opens, QKeySequence.StandardKey.Copy: self.copy_rows})

    def _open_row(self) -> None:
        if self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())

    @property
    def chosen_row(self) -> int:
        """The current row; -1 while none was chosen: focus alone makes a row current without choosing it."""
        selection = self.selectionModel()
        row = selection.currentIndex().row()
        return row if selection.hasSelection() and row < self._model.rowCount() else -1

    def choose_row(self, row: int) -> None:
        """Make a row the current one, without a word."""
        index, flags = self._model.index(row, 0), QItemSelectionModel.SelectionFlag
        self.blockSignals(True)
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.blockSignals(False)
        self.scrollTo(index)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Say what the user chose."""
        super().currentChanged(current, previous)
        moved = current.isValid() and current.row() != previous.row()
        if moved and self.selectionModel().isRowSelected(current.row()):
            self.row_chosen.emit(current.row())

    def copy_rows(self, *, every: bool = False) -> None:
        """Copy the selected rows (all of them when none is) as tab-separated text."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        if every or not rows:
            rows = list(range(self._model.rowCount()))
        QGuiApplication.clipboard().setText(self._model.table_text(rows))

    def add_copy_menu(self) -> None:
        """What can be copied, on a right click; more actions may follow."""
        self.addAction(_("Copy selected rows"), self.copy_rows)
        self.addAction(_("Copy all rows"), partial(self.copy_rows, every=True))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def fit_columns(self, padding: int) -> None:
        """Widths from titles and from the widest number of each column: numbers that change move nothing."""
        for section, column in enumerate(self._model.columns):
            self.fit_column(section, column.title, column.widest, padding)

    def fit_column(self, section: int, title: str, widest: str, padding: int) -> None:
        """Room for the lines of a title and for a text in the cells."""
        metrics = QFontMetrics(tabular_font())
        width = max(map(metrics.horizontalAdvance, (*title.split("\n"), widest))) + padding
        if width != self.columnWidth(section):
            self.setColumnWidth(section, width)
