"""A table whose copy key copies rows, whatever the window uses it for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from osisnr_gui.qt.look.theme import tabular_font
from osisnr_gui.qt.panels.column_model import Column
from osisnr_gui.qt.panels.own_keys import TABLE_KEYS, own_keys

ROW_HEIGHT = 26


class RowTable(QTableView):
    """Rows of one height to choose, without a grid."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.horizontalHeader().setHighlightSections(False)


class CopyTable(RowTable):
    """Rows of a `ColumnModel` to choose, sort and copy; nothing to edit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(tabular_font())
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        own_keys(self, TABLE_KEYS, {QKeySequence.StandardKey.Copy: self.copy_rows})

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return ends here: what it opens may move the focus to a button, which is not to be pressed as well."""
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()

    def copy_rows(self, *, every: bool = False) -> None:
        """Copy the selected rows (all of them when none is) as tab-separated text."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        if every or not rows:
            rows = list(range(self.model().rowCount()))
        QGuiApplication.clipboard().setText(self.model().table_text(rows))

    def add_copy_menu(self) -> None:
        """What can be copied, on a right click; more actions may follow."""
        self.add_entry("Copy selected rows", self.copy_rows)
        self.add_entry("Copy all rows", partial(self.copy_rows, every=True))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def add_entry(self, text: str, run: Callable[[], object]) -> None:
        """One more line in the menu of a right click."""
        action = QAction(text, self)
        action.triggered.connect(lambda _on=False: run())
        self.addAction(action)

    def fit_columns(self, columns: Iterable[Column], padding: int) -> None:
        """Widths from titles and from the widest number of each column: numbers that change move nothing."""
        metrics = QFontMetrics(tabular_font())
        for section, column in enumerate(columns):
            texts = (*column.title.split("\n"), column.widest)
            self.horizontalHeader().resizeSection(section, max(map(metrics.horizontalAdvance, texts)) + padding)
