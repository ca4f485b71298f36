"""The model behind every table: rows in an order of their own, columns that say what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from osisnr_gui.core.types import IntArray
from osisnr_gui.qt.panels.plain_text import tooltip

Index = QModelIndex | QPersistentModelIndex
ROLE = Qt.ItemDataRole
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    title : two lines, the second often the unit. tip : which frames and which average. widest : the widest number room
    is made for. falling : the largest is worst, so that is where sorting begins.
    """

    key: str
    title: str
    tip: str
    _: KW_ONLY
    widest: str = ""
    falling: bool = False
    is_text: bool = False

    @property
    def name(self) -> str:
        """The title in one line, for a copied table."""
        return " ".join(self.title.split())


class ColumnModel(QAbstractTableModel):
    """Rows are places of a list in the order on show. What a cell says is asked for when it is in sight, never before.

    A model of its own says what is in `columns`, how many places there are, what is in a cell, and how rows are sorted.
    """

    #: Roles that `cell` has an answer to; None: any. A cell on screen is asked for seven at every paint.
    cell_roles: frozenset[int] | None = None
    #: The column rows are sorted by until another one is chosen.
    default_sort = 0

    def __init__(self, columns: tuple[Column, ...] = ()) -> None:
        super().__init__()
        self.columns = columns
        self.order: IntArray = np.empty(0, dtype=np.int64)
        self._row_of: IntArray = self.order
        self.sorted_by, self._direction = self.default_sort, Qt.SortOrder.AscendingOrder

    def n_places(self) -> int:
        """Places in the list, those that are not on show included."""
        raise NotImplementedError

    def text(self, place: int, column: Column) -> str:
        """A cell as it is on screen."""
        raise NotImplementedError

    def find_order(self, _column: Column, *, falling: bool) -> IntArray:
        """The places on show, sorted by a column; as they are where nothing else is said."""
        places = np.arange(self.n_places())
        return places[::-1] if falling else places

    def title(self, column: Column) -> str:
        """The title of a column."""
        return column.title

    def column_tip(self, column: Column) -> str:
        """What a column holds."""
        return f"{column.tip}\nClick to sort."

    def cell(self, _place: int, _column: Column, _role: int) -> object:
        """A cell's data of any role but those of text and alignment."""
        return None

    def copied_columns(self) -> Sequence[Column]:
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
        """Rows as tab-separated text with a header, as they are on screen."""
        columns = self.copied_columns()
        lines = ["\t".join(" ".join(self.title(column).split()) for column in columns)]
        lines += ["\t".join(self.text(self.place(row), column) for column in columns) for row in rows]
        return "\n".join(lines) + "\n"

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
            return tooltip(self.column_tip(column))
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
        asked = self.cell_roles is None or role in self.cell_roles
        return self.cell(self.place(index.row()), column, role) if asked else None
