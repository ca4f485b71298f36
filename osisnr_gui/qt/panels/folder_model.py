"""The table of a list of pairs: a row for each, ten thousand of them without a loop in the window."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from osisnr_gui.core.types import IntArray
from osisnr_gui.io.errors import printable
from osisnr_gui.qt.panels.plain_text import tooltip
from osisnr_gui.session import words
from osisnr_gui.session.batch.files import warning_codes
from osisnr_gui.session.batch.pair_list import NAME, REMARKS, ListedRow, PairList, State, warnings_of
from osisnr_gui.session.batch.pairs import BatchPair

Index = QModelIndex | QPersistentModelIndex
ROLE = Qt.ItemDataRole
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
SPARK = "spark"
SPARK_ROLE = ROLE.UserRole + 1
STATE_ROLE = ROLE.UserRole + 2
_LONGEST = 400  # characters of a name or of a sentence in a cell


@dataclass(frozen=True, slots=True)
class Column:
    """One column. key : what it is sorted by; falling : the largest is worst; decimals : -1 = a loss."""

    key: str
    title: str
    tip: str
    widest: str
    decimals: int = 2
    falling: bool = False
    is_text: bool = False


_MEDIAN = "Median OSI-SNR, exact, of active frames, dB"
_PERCENTILE = "5th percentile of OSI-SNR, exact, of active frames, dB"
_MEAN = "Mean OSI-SNR, literal, of all frames, dB: what a training script prints"
_EXACT = "Fused loss, exact, of active frames; no unit, less is better"
_LITERAL = "Fused loss, literal, of all frames; no unit, less is better"
_SPARK = (
    "Mean exact OSI-SNR of the active frames in up to 64 equal stretches of the file: height and colour from 0 dB "
    "(dark) to 30 dB (bright), as in the overview strip; gaps: no active frame. Sorted by the median"
)
_BAD = "Stretches of frames under the threshold or missed, at any level"
COLUMNS = (
    Column(NAME, "file\n", "Name of the pair: the path below the folder, or what the list says", "", is_text=True),
    Column(SPARK, "OSI-SNR over the file\nexact, 0 to 30 dB", _SPARK, "", is_text=True),
    Column("exact_osi_db_median", "OSI-SNR median\nexact, active, dB", _MEDIAN, "000.00"),
    Column("exact_osi_db_p05", "OSI-SNR 5th perc.\nexact, active, dB", _PERCENTILE, "000.00"),
    Column("literal_osi_db_mean", "OSI-SNR mean\nliteral, all, dB", _MEAN, "000.00"),
    Column("exact_fused", "fused loss\nexact, active", _EXACT, "00.000", -1, falling=True),
    Column("literal_fused", "fused loss\nliteral, all", _LITERAL, "00.000", -1, falling=True),
    Column("whole_si_snr_db", "SI-SNR\nwhole, dB", "SI-SNR of the whole signal in time, dB; none for masks", "000.00"),
    Column("bad_segments", "bad seg-\nments", _BAD, "0000", 0, falling=True),
    Column(REMARKS, "remarks\n", "Why a pair has no numbers, or what was adapted or looks wrong", "", is_text=True),
)
DEFAULT_SORT = 2


class FolderModel(QAbstractTableModel):
    """Rows are places of the list in the order on show: worst first until another column is chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs = PairList()
        self.order: IntArray = np.empty(0, dtype=np.int64)
        self._row_of: IntArray = self.order
        self._sorted_by, self._direction = DEFAULT_SORT, Qt.SortOrder.AscendingOrder
        self._words, self._only_errors = "", False

    def show_pairs(self, pairs: Sequence[BatchPair]) -> None:
        """Show other pairs, all of them waiting."""
        self.beginResetModel()
        self.pairs = PairList(pairs)
        self._arrange()
        self.endResetModel()

    def put(self, rows: Iterable[ListedRow]) -> None:
        """Take in what came of some pairs; rows find their places, chosen ones stay chosen."""
        if self._only_errors:
            self.beginResetModel()
            self.pairs.put(rows)
            self._arrange()
            self.endResetModel()
        else:
            self._move(rows)

    def set_filter(self, text: str, only_errors: bool) -> None:
        """Show only pairs whose name has these words, or only those that were refused."""
        if (text, only_errors) != (self._words, self._only_errors):
            self.beginResetModel()
            self._words, self._only_errors = text, only_errors
            self._arrange()
            self.endResetModel()

    def place(self, row: int) -> int:
        """The pair of a row, by its place in the list."""
        return int(self.order[row])

    def row(self, place: int | None) -> int:
        """The row of a pair; -1 when it is not on show."""
        return -1 if place is None else int(self._row_of[place])

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort the rows by a column; -1 is worst first."""
        self._sorted_by, self._direction = (column, order) if column >= 0 else (DEFAULT_SORT, order)
        self._move()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Pairs on show."""
        return 0 if parent.isValid() else int(self.order.size)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Figures."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = ROLE.DisplayRole) -> object:
        """Titles, and in tooltips which frames and which average."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        column = COLUMNS[section]
        if role == ROLE.DisplayRole:
            return column.title
        if role == ROLE.ToolTipRole:
            return tooltip(f"{column.tip}.\nClick to sort.")
        if role == ROLE.TextAlignmentRole:
            return LEFT if column.is_text else RIGHT
        if role == ROLE.InitialSortOrderRole:
            return Qt.SortOrder.DescendingOrder if column.falling else Qt.SortOrder.AscendingOrder
        return None

    def data(self, index: Index, role: int = ROLE.DisplayRole) -> object:
        """A cell; only cells in sight are ever asked for."""
        if not index.isValid() or index.row() >= self.order.size:
            return None
        place, column = self.place(index.row()), COLUMNS[index.column()]
        if role == ROLE.DisplayRole:
            return self.text(place, column)
        if role == ROLE.TextAlignmentRole:
            return LEFT if column.is_text else RIGHT
        if role == STATE_ROLE:
            return int(self.pairs.state(place))
        if role == SPARK_ROLE:
            row = self.pairs.rows[place]
            return () if row is None else row.spark
        if role == ROLE.ToolTipRole:
            return tooltip(self._tip(place, column))
        return None

    def text(self, place: int, column: Column) -> str:
        """A cell as it is on screen."""
        if column.key == NAME:
            return printable(self.pairs.pairs[place].name, _LONGEST)
        if column.key == REMARKS:
            return self._remarks(place)
        if column.key == SPARK or self.pairs.state(place) is not State.SCORED:
            return ""
        value = self.pairs.number(column.key, place)
        return words.loss(value) if column.decimals < 0 else words.number(value, column.decimals)

    def detail(self, place: int) -> str:
        """All there is to say about a pair, in one line."""
        row = self.pairs.rows[place]
        found = [] if row is None else [str(row.error)] if row.error is not None else warnings_of(row)
        return printable(" · ".join(found), 4 * _LONGEST)

    def table_text(self, rows: Sequence[int]) -> str:
        """Rows as tab-separated text with a header, as they are on screen."""
        shown = [column for column in COLUMNS if column.key != SPARK]
        lines = ["\t".join(" ".join(column.title.split()) for column in shown)]
        lines += ["\t".join(self.text(self.place(row), column) for column in shown) for row in rows]
        return "\n".join(lines) + "\n"

    def _remarks(self, place: int) -> str:
        row = self.pairs.rows[place]
        if row is None:
            return "waiting"
        if row.error is not None:
            return printable(f"{row.error.detail}; {row.error.remedy}", _LONGEST)
        return ", ".join(dict.fromkeys(code.replace("_", " ") for code in warning_codes(row)))

    def _tip(self, place: int, column: Column) -> str:
        pair, row = self.pairs.pairs[place], self.pairs.rows[place]
        if column.key == REMARKS and row is not None:
            found = [str(row.error)] if row.error is not None else warnings_of(row)
            return "\n".join(printable(line, 4 * _LONGEST) for line in found)
        paths = f"reference: {pair.reference or '–'}\nestimate: {pair.estimate or '–'}"
        return f"{printable(paths, 4 * _LONGEST)}\nEnter or double-click opens the pair."

    def _move(self, rows: Iterable[ListedRow] = ()) -> None:
        """Take in rows and sort; the same pairs stay on show, and what points to one goes with it."""
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        places = [self.place(index.row()) for index in old]
        self.pairs.put(rows)
        self._arrange()
        new = [self.index(self.row(place), index.column()) for place, index in zip(places, old, strict=True)]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def _arrange(self) -> None:
        key = COLUMNS[self._sorted_by].key
        falling = self._direction is Qt.SortOrder.DescendingOrder
        key = COLUMNS[DEFAULT_SORT].key if key == SPARK else key
        self.order = self.pairs.places(key, falling=falling, words=self._words, only_errors=self._only_errors)
        self._row_of = np.full(len(self.pairs), -1, dtype=np.int64)
        self._row_of[self.order] = np.arange(self.order.size)
