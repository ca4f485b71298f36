"""The table of bad segments: a row for each, sorted here, ten thousand of them without a loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from osisnr_gui.core.types import FloatArray, IntArray
from osisnr_gui.qt.panels.plain_text import tooltip
from osisnr_gui.qt.plots.axes import format_time, time_format_name
from osisnr_gui.session import words
from osisnr_gui.session.segments import segment_words
from osisnr_gui.session.segments.segment_table import SegmentTable
from osisnr_gui.session.session import Criterion, Note

Index = QModelIndex | QPersistentModelIndex
ROLE = Qt.ItemDataRole
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Column:
    """One column. values : what it is sorted by; text : a cell, by the segment's place; down : the largest is worst."""

    key: str
    title: str
    tip: str
    values: Callable[[SegmentTable], FloatArray | IntArray]
    text: Callable[[SegmentTable, int], str]
    widest: str
    down: bool = False
    is_text: bool = False


class SegmentsModel(QAbstractTableModel):
    """Rows are places of the table in the order on show; worst first until another column is chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.table: SegmentTable | None = None
        self.order: IntArray = np.empty(0, dtype=np.int64)
        self.notes: dict[int, str] = {}
        self.other = ""
        self.columns = self._make_columns()
        self._rank: IntArray = self.order
        self._row_of: IntArray = self.order
        self._sorted_by, self._direction = 0, Qt.SortOrder.AscendingOrder

    def show_table(self, table: SegmentTable | None, notes: Sequence[Note] = (), other: str = "") -> None:
        """Show other segments, sorted as the rows were."""
        self.beginResetModel()
        self.table, self.other = table, other
        self.notes = table.notes_of(notes) if table is not None else {}
        n = len(table) if table is not None else 0
        self._rank = np.empty(n, dtype=np.int64)
        if table is not None:
            self._rank[table.worst_first] = np.arange(1, n + 1)
        self._arrange()
        self.endResetModel()

    def place(self, row: int) -> int:
        """The segment of a row, by its place in time."""
        return int(self.order[row])

    def row(self, place: int) -> int:
        """The row of a segment."""
        return int(self._row_of[place])

    @property
    def order_words(self) -> str:
        """What the rows are sorted by, for a message."""
        column = self.columns[self._sorted_by]
        if column.key == "rank":
            return "worst first" if self._direction is Qt.SortOrder.AscendingOrder else "worst last"
        if column.key == "start":
            return "in order of time" if self._direction is Qt.SortOrder.AscendingOrder else "last one first"
        way = "rising" if self._direction is Qt.SortOrder.AscendingOrder else "falling"
        return f"by {column.title.splitlines()[0]}, {way}"

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort the rows by a column; -1 is worst first."""
        self.layoutAboutToBeChanged.emit()
        self._sorted_by, self._direction = max(column, 0), order
        self._arrange()
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Segments."""
        return 0 if parent.isValid() else int(self.order.size)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Figures."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = ROLE.DisplayRole) -> object:
        """Titles, and in tooltips which frames and which average."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == ROLE.DisplayRole:
            return self._title(column)
        if role == ROLE.ToolTipRole:
            return tooltip(f"{column.tip}\nClick to sort.")
        if role == ROLE.TextAlignmentRole:
            return LEFT if column.is_text else RIGHT
        if role == ROLE.InitialSortOrderRole:
            return Qt.SortOrder.DescendingOrder if column.down else Qt.SortOrder.AscendingOrder
        return None

    def data(self, index: Index, role: int = ROLE.DisplayRole) -> object:
        """A cell; only cells in sight are ever asked for."""
        if self.table is None or not index.isValid() or index.row() >= self.order.size:
            return None
        place, column = self.place(index.row()), self.columns[index.column()]
        if role == ROLE.DisplayRole:
            return column.text(self.table, place)
        if role == ROLE.TextAlignmentRole:
            return LEFT if column.is_text else RIGHT
        if role == ROLE.ToolTipRole:
            return tooltip(self._cell_tip(column, place))
        return None

    def table_text(self, rows: Sequence[int]) -> str:
        """Rows as tab-separated text with a header, as they are on screen."""
        if self.table is None:
            return ""
        shown = [column for column in self.columns if column.key != "worst" or self.has_worst]
        lines = ["\t".join(" ".join(self._title(column).split()) for column in shown)]
        for row in rows:
            place = self.place(row)
            lines.append("\t".join(column.text(self.table, place) for column in shown))
        return "\n".join(lines) + "\n"

    @property
    def longest_start(self) -> str:
        """The widest text of the column of starts."""
        return "" if self.table is None or not len(self.table) else self._start(self.table, len(self.table) - 1)

    @property
    def has_worst(self) -> bool:
        """Whether the criterion has a figure of its own: a drop or a loss."""
        return self.table is not None and self.table.bad.choice.criterion is not Criterion.OSI

    def _arrange(self) -> None:
        table = self.table
        if table is None:
            self.order = np.empty(0, dtype=np.int64)
        else:
            values = np.asarray(self.columns[self._sorted_by].values(table), dtype=np.float64)
            falling = self._direction is Qt.SortOrder.DescendingOrder
            # What has no value comes last in both directions; equal rows stay in the order of time.
            self.order = np.argsort(-values if falling else values, kind="stable")
        self._row_of = np.empty_like(self.order)
        self._row_of[self.order] = np.arange(self.order.size)

    def _title(self, column: Column) -> str:
        if column.key == "worst" and self.table is not None:
            return "loss\nmax" if self.table.bad.choice.criterion is Criterion.LOSS else "drop\ndB"
        if column.key == "start":
            return f"start\n{time_format_name(self._last_start, 's' if self._in_seconds else 'frames')}"
        if column.key == "length" and not self._in_seconds:
            return "length\nframes"
        return column.title

    @property
    def _in_seconds(self) -> bool:
        return self.table is None or self.table.bad.facts.frames.grid.seconds

    @property
    def _last_start(self) -> float:
        return float(self.table.start[-1]) if self.table is not None and len(self.table) else 0.0

    def _cell_tip(self, column: Column, place: int) -> str:
        assert self.table is not None
        if column.key == "note":
            return self.notes.get(place, "")
        counts = segment_words.count_words(self.table, place, self.other)
        return f"{counts}.\nClick: select and zoom. Enter or double-click: loop and play."

    def _make_columns(self) -> tuple[Column, ...]:
        low = "of the frames that are bad by the criterion"
        return (
            Column(
                "rank",
                "#\n",
                "Rank, worst first: how far beyond the limit, times how loud, summed over its bad frames. Missed "
                "frames and false activity are as far beyond as can be, but have no drop.",
                lambda _t: self._rank,
                lambda _t, k: str(self._rank[k]),
                "000",
            ),
            Column(
                "start", "start\ns", "Where it begins: half a hop before the centre of its first frame",
                lambda t: t.start, self._start, "000.00",
            ),
            Column(
                "length", "length\nms", "How long it is, joined gaps included",
                lambda t: t.length, self._length, "0000", down=True,
            ),
            Column(
                "min", "min\ndB", f"Lowest exact OSI-SNR {low}; none for missed frames",
                lambda t: t.osi_min, lambda t, k: words.number(float(t.osi_min[k]), 1), "00.0",
            ),
            Column(
                "mean", "mean\ndB", f"Arithmetic mean of the exact OSI-SNR {low}",
                lambda t: t.osi_mean, lambda t, k: words.number(float(t.osi_mean[k]), 1), "00.0",
            ),
            Column(
                "kind", "kind\n", "What most of its bad frames are; the tooltip of a cell has the counts",
                lambda t: t.kind.astype(np.float64), self._kind, "missed 00/00", is_text=True,
            ),
            Column(
                "share",
                "loss\n%",
                "Share of the whole fused loss (method 1, of the result that leads) that all its frames hold",
                lambda t: t.shares(),
                lambda t, k: words.number(100 * t.share(k), 1),
                "00.0",
                down=True,
            ),
            Column(
                "worst", "drop\ndB", f"Largest drop, or largest loss, {low}",
                lambda t: t.worst, self._worst, "00.0", down=True,
            ),
            Column(
                "note", "note\n", "What was noted there (Ctrl+N)",
                self._noted, lambda _t, k: self.notes.get(k, ""), "a few words", is_text=True,
            ),
        )  # fmt: skip

    def _start(self, table: SegmentTable, place: int) -> str:
        if not self._in_seconds:
            return words.number(float(table.start[place]), 0)
        return format_time(float(table.start[place]), 0.01, self._last_start, "s")

    def _length(self, table: SegmentTable, place: int) -> str:
        return words.number((1000.0 if self._in_seconds else 1.0) * float(table.length[place]), 0)

    def _kind(self, table: SegmentTable, place: int) -> str:
        """The commonest kind, and how many of the bad frames it is of where there are others."""
        counts = table.counts[:, place]
        name = segment_words.kind_name(table, place, self.other).removesuffix(" activity")
        return name if counts.max() == counts.sum() else f"{name} {counts.max()}/{counts.sum()}"

    def _worst(self, table: SegmentTable, place: int) -> str:
        value = float(table.worst[place])
        return words.loss(value) if table.bad.choice.criterion is Criterion.LOSS else words.number(value, 1)

    def _noted(self, table: SegmentTable) -> FloatArray:
        noted = np.full(len(table), np.nan)
        noted[list(self.notes)] = 0.0
        return noted
