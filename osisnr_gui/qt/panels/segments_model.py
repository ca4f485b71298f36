"""The table of bad segments: a row for each, sorted here, ten thousand of them without a loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Qt

from osisnr_gui.core.types import FloatArray, IntArray
from osisnr_gui.qt.panels.column_model import ROLE, Column, ColumnModel
from osisnr_gui.qt.panels.plain_text import tooltip
from osisnr_gui.qt.plots.axes import format_time, time_format_name
from osisnr_gui.session import words
from osisnr_gui.session.segments import segment_words
from osisnr_gui.session.segments.segment_table import SegmentTable
from osisnr_gui.session.session import Criterion, Note


@dataclass(frozen=True, slots=True)
class SegmentColumn(Column):
    """A column of bad segments. values : what it is sorted by; text : a cell, by the segment's place."""

    values: Callable[[SegmentTable], FloatArray | IntArray]
    text: Callable[[SegmentTable, int], str]


class SegmentsModel(ColumnModel):
    """Rows are segments, by their place in time; worst first until another column is chosen."""

    columns: tuple[SegmentColumn, ...]

    def __init__(self) -> None:
        super().__init__(self._make_columns())
        self.table: SegmentTable | None = None
        self.notes: dict[int, str] = {}
        self.other = ""
        self._rank: IntArray = self.order

    def show_table(self, table: SegmentTable | None, notes: Sequence[Note] = (), other: str = "") -> None:
        """Show other segments, sorted as the rows were."""
        with self.resetting():
            self.table, self.other = table, other
            self.notes = table.notes_of(notes) if table is not None else {}
            self._rank = np.empty(self.n_places(), dtype=np.int64)
            if table is not None:
                self._rank[table.worst_first] = np.arange(1, len(table) + 1)

    @property
    def order_words(self) -> str:
        """What the rows are sorted by, for a message."""
        column = self.columns[self.sorted_by]
        if column.key == "rank":
            return "worst first" if self._direction is Qt.SortOrder.AscendingOrder else "worst last"
        if column.key == "start":
            return "in order of time" if self._direction is Qt.SortOrder.AscendingOrder else "last one first"
        way = "rising" if self._direction is Qt.SortOrder.AscendingOrder else "falling"
        return f"by {column.title.splitlines()[0]}, {way}"

    def n_places(self) -> int:
        """Segments."""
        return 0 if self.table is None else len(self.table)

    def text(self, place: int, column: SegmentColumn) -> str:
        """A cell as it is on screen."""
        assert self.table is not None, "only a segment has a place"
        return column.text(self.table, place)

    def find_order(self, column: SegmentColumn, *, falling: bool) -> IntArray:
        """By value: what has none comes last in both directions, equal rows stay in the order of time."""
        if self.table is None:
            return np.empty(0, dtype=np.int64)
        values = np.asarray(column.values(self.table), dtype=np.float64)
        return np.argsort(-values if falling else values, kind="stable")

    def cell(self, place: int, column: Column, role: int) -> object:
        """The note, or what the frames of a segment are."""
        if role != ROLE.ToolTipRole or self.table is None:
            return None
        if column.key == "note":
            return tooltip(self.notes.get(place, ""))
        counts = segment_words.count_words(self.table, place, self.other)
        return tooltip(f"{counts}.\nClick: select, zoom and loop. Enter or double-click: play it, too.")

    def copied_columns(self) -> list[Column]:
        """Those that are shown."""
        return [column for column in self.columns if column.key != "worst" or self.has_worst]

    @property
    def longest_start(self) -> str:
        """The widest text of the column of starts."""
        return "" if self.table is None or not len(self.table) else self._start(self.table, len(self.table) - 1)

    @property
    def has_worst(self) -> bool:
        """Whether the criterion has a figure of its own: a drop or a loss."""
        return self.table is not None and self.table.bad.choice.criterion is not Criterion.OSI

    def title(self, column: Column) -> str:
        """The title, with the unit of what is listed."""
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

    def _make_columns(self) -> tuple[SegmentColumn, ...]:
        low = "of the frames that are bad by the criterion"
        return (
            SegmentColumn(
                "rank",
                "#\n",
                "Rank, worst first: how far beyond the limit, times how loud, summed over its bad frames; by sudden "
                "drop, that of its worst frame. Missed "
                "frames and false activity are as far beyond as can be, but have no drop.",
                lambda _t: self._rank,
                lambda _t, k: str(self._rank[k]),
                widest="000",
            ),
            SegmentColumn(
                "start", "start\ns", "Where it begins: half a hop before the centre of its first frame",
                lambda t: t.start, self._start, widest="000.00",
            ),
            SegmentColumn(
                "length", "length\nms", "How long it is, joined gaps included",
                lambda t: t.length, self._length, widest="0000", falling=True,
            ),
            SegmentColumn(
                "min", "min\ndB", f"Lowest exact OSI-SNR {low}; none for missed frames",
                lambda t: t.osi_min, lambda t, k: words.number(float(t.osi_min[k]), 1), widest="00.0",
            ),
            SegmentColumn(
                "mean", "mean\ndB", f"Arithmetic mean of the exact OSI-SNR {low}",
                lambda t: t.osi_mean, lambda t, k: words.number(float(t.osi_mean[k]), 1), widest="00.0",
            ),
            SegmentColumn(
                "kind", "kind\n", "What most of its bad frames are; the tooltip of a cell has the counts",
                lambda t: t.kind.astype(np.float64), self._kind, widest="missed 00/00", is_text=True,
            ),
            SegmentColumn(
                "share",
                "loss\n%",
                "Share of the whole fused loss (method 1, of the result that leads) that all its frames hold",
                lambda t: t.shares(),
                lambda t, k: words.number(100 * t.share(k), 1),
                widest="00.0",
                falling=True,
            ),
            SegmentColumn(
                "worst", "drop\ndB", f"Largest drop, or largest loss, {low}",
                lambda t: t.worst, self._worst, widest="00.0", falling=True,
            ),
            SegmentColumn(
                "note", "note\n", "What was noted there (Ctrl+N)",
                self._noted, lambda _t, k: self.notes.get(k, ""), widest="a few words", is_text=True,
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
