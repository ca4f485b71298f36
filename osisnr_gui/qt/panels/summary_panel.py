"""The numbers of all estimates in one table, for one named result at a time."""

import math
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from osisnr_gui.qt.look.theme import LINE_SIZE, Theme
from osisnr_gui.qt.panels.layouts import column_of
from osisnr_gui.qt.panels.plain_text import GAP, MARGIN, plain_label
from osisnr_gui.qt.panels.summary_model import FIRST_FIGURES, SummaryModel
from osisnr_gui.qt.panels.table import ROW_HEIGHT, CopyTable
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.changes import Changed, Part
from osisnr_gui.session.session import Session
from osisnr_gui.text import sentences
from osisnr_gui.text.catalogue import _, translated

#: In a table narrower than this names are elided, so that the first figures are in sight beside them.
NARROW_TABLE, NARROW_NAME, LEAST_NAME = 500, 88, 56
CELL_PADDING, NARROW_PADDING = 20, 8
NAME_PADDING = 24
LETTER_WIDTH = 32
#: With as many rows as are in sight at first, and above them.
LEAST_ROWS, MOST_ROWS, ABOVE_ROWS = 2, 8, 128


class SummaryPanel(QWidget):
    """The table, and above it which of the two named results it shows."""

    selected_changed = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = SummaryModel(theme)
        self.model.setParent(self)
        part_tip = _("Which result the table shows: the one that leads, as chosen beside the loss.")
        self.part = plain_label("", "muted", tip=part_tip, parent=self)
        self.table = table = CopyTable(self.model, _("Summary: a row for each estimate"), self)
        table.setIconSize(LINE_SIZE)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # long names lose their middle
        table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        table.row_chosen.connect(lambda row: self.selected_changed.emit(self.model.place(row)))
        table.horizontalHeader().setStyleSheet("QHeaderView::section { padding: 4px; }")
        # Once a name begins to leave at the left, its letter stays.
        letters = table.verticalHeader()
        letters.setFixedWidth(LETTER_WIDTH)
        table.horizontalScrollBar().valueChanged.connect(lambda value: letters.setVisible(value > LINE_SIZE.width()))
        table.setMinimumSize(200, 4 * ROW_HEIGHT)  # the titles and two rows
        self._set_widths()
        top = column_of(self.part, margins=(MARGIN, 0, MARGIN, 0))
        column_of(top, (table, 1), owner=self, margins=(0, GAP, 0, 0), spacing=GAP)
        files = Changed.FILES | Changed.FRAMES
        self.parts: tuple[Part, ...] = (
            (self._show_pairs, files | Changed.LEADING),
            (partial(self.model.show_scores, Changed.LOSS), Changed.LOSS),
            (partial(self.model.show_scores, Changed.BAD), Changed.BAD),
            (self._select, files | Changed.LEADING | Changed.VIEW),
        )

    def _show_pairs(self, analysis: Analysis, _selected: int) -> None:
        self.part.setText(translated(analysis.session.loss.formula.words))
        before = self.model.columns, [row.name for row in self.model.rows]
        names = sentences.estimate_names(analysis)
        self.model.show_pairs(analysis, names, _win_rates(analysis))
        if (self.model.columns, names) != before:
            self._set_widths()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width: names that fit, or do not."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._set_widths()

    def wanted_height(self, session: Session) -> int:
        """The height, title included, in which all estimates are in sight, or some of them where they are many."""
        return ABOVE_ROWS + min(max(len(session.estimates), LEAST_ROWS), MOST_ROWS) * ROW_HEIGHT

    def _set_widths(self) -> None:
        room = self.table.viewport().width()
        is_narrow = room < NARROW_TABLE
        self.table.fit_columns(NARROW_PADDING if is_narrow else CELL_PADDING)
        header, metrics = self.table.horizontalHeader(), self.table.fontMetrics()
        names = max((metrics.horizontalAdvance(row.name) for row in self.model.rows), default=0)
        wanted, most = max(LINE_SIZE.width() + NAME_PADDING + names, NARROW_NAME), room // 3
        if is_narrow:
            most = min(NARROW_NAME, room - sum(map(self.table.columnWidth, range(1, 1 + len(FIRST_FIGURES)))))
        header.resizeSection(0, max(min(wanted, most), LEAST_NAME))
        if header.sortIndicatorSection() >= 0:  # the column may stand elsewhere now
            header.setSortIndicator(self.model.sorted_by, header.sortIndicatorOrder())

    def _select(self, _analysis: Analysis, selected: int) -> None:
        """Make the estimate in view the current row; further selected rows stay as they are."""
        row = self.model.row(selected) if 0 <= selected < self.model.rowCount() else -1
        if row >= 0 and not (row == self.table.chosen_row and self.table.selectionModel().isRowSelected(row)):
            self.table.choose_row(row)


def _win_rates(analysis: Analysis) -> tuple[float, ...]:
    """For each estimate, nan where it is not known yet; none where no two estimates share a reference."""
    partners = analysis.session.partners
    if len(set(partners)) == len(partners):
        return ()
    groups = [(place, analysis.best_with(place)) for place in range(len(analysis.pairs))]
    return tuple(math.nan if best is None else best.win_rate(place) for place, best in groups)
