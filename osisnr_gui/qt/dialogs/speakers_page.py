"""Which estimate belongs to which speaker: the matrix of all figures, and an order to be chosen in it."""

from __future__ import annotations

import math
from functools import partial

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from osisnr_gui.qt.dialogs.close_dialog import PAGE_MARGINS, ButtonRole, CloseDialog
from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, system_font, tabular_font, with_alpha
from osisnr_gui.qt.panels.layouts import REST
from osisnr_gui.qt.panels.plain_text import GAP, plain_label, tooltip
from osisnr_gui.session import words
from osisnr_gui.session.comparison.matching import order_words
from osisnr_gui.session.comparison.speakers import Places, Speakers
from osisnr_gui.session.words import estimate_letter

WHAT = (
    "SI-SNR in dB of the whole signals in time (all samples of the stretch both have, no mean removed; masks: all "
    "cells) of every estimate against every reference. Click a cell to choose the reference of its estimate."
)
SYSTEMS = (
    "Each {} estimates in turn count as the outputs of one system; the best order gives no reference twice in one."
)
CELL_WIDTH, CELL_HEIGHT = 132, 44
NAME_WIDTH = 190
LEAST_WIDTH, MOST_WIDTH, MOST_HEIGHT = 560, 1120, 360
RADIO, PAD = 12.0, 8.0

Index = QModelIndex | QPersistentModelIndex
_VALUE, _NOTE, _CHOSEN, _BEST = (Qt.ItemDataRole.UserRole + k for k in range(1, 5))


class _Cell(QStyledItemDelegate):
    """A round button, the figure, and below it in words whether it is in force or best."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """All cells are alike."""
        return QSize(CELL_WIDTH, CELL_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Everything by hand: two lines and a button are more than an item has."""
        theme, box, chosen = self._theme, QRectF(option.rect), bool(index.data(_CHOSEN))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen:
            painter.fillRect(box, with_alpha(theme.accent, theme.selection_opacity))
        if option.state & option.state.State_HasFocus:
            painter.setPen(QPen(QColor(theme.accent), 1, Qt.PenStyle.DotLine))
            painter.drawRect(box.adjusted(1.5, 1.5, -1.5, -1.5))
        left = box.left() + PAD + RADIO + PAD
        note = str(index.data(_NOTE))
        line = QRectF(left, box.top() + 4, box.right() - PAD - left, box.height() / 2 - 4)
        self._paint_radio(painter, QPointF(box.left() + PAD + RADIO / 2, line.center().y()), chosen)
        font = tabular_font()
        font.setBold(bool(index.data(_BEST)))
        painter.setFont(font)
        painter.setPen(QColor(theme.text))
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(line, side, str(index.data(_VALUE)))
        painter.setFont(system_font(SMALL_FONT_PIXELS))
        painter.setPen(QColor(theme.muted))
        painter.drawText(line.translated(0, line.height()), side, note)
        painter.restore()

    def _paint_radio(self, painter: QPainter, centre: QPointF, chosen: bool) -> None:
        painter.setPen(QPen(QColor(self._theme.accent if chosen else self._theme.faint), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(centre, RADIO / 2 - 1, RADIO / 2 - 1)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.accent))
            painter.drawEllipse(centre, RADIO / 4, RADIO / 4)


class _Matrix(QTableWidget):
    """References × estimates; Return and the space bar choose as a click does."""

    chosen = Signal(int, int)

    def __init__(self, speakers: Speakers, theme: Theme, parent: QWidget) -> None:
        super().__init__(len(speakers.references), len(speakers.estimates), parent)
        self.setAccessibleName("SI-SNR of every estimate against every reference")
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setItemDelegate(_Cell(theme, self))
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        for header, size in ((rows, CELL_HEIGHT), (columns, CELL_WIDTH)):
            header.setDefaultSectionSize(size)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setHighlightSections(False)
            header.setSectionsClickable(False)
        rows.setFixedWidth(NAME_WIDTH)
        rows.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._put_names(speakers)
        self.setMaximumSize(self._content())
        self.cellClicked.connect(self.chosen)

    def _put_names(self, speakers: Speakers) -> None:
        """Short names of the files in the headers, whole ones in their tooltips."""
        metrics, tracks = QFontMetrics(system_font()), (*speakers.references, *speakers.estimates)
        names = words.track_names(tracks)
        for place, (track, name) in enumerate(zip(tracks, names, strict=True)):
            estimate = place - len(speakers.references)
            room = CELL_WIDTH - 16 if estimate >= 0 else NAME_WIDTH - 96
            name = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room)
            item = QTableWidgetItem(
                f"Reference {place + 1}  {name}" if estimate < 0 else f"{estimate_letter(estimate)}\n{name}"
            )
            item.setToolTip(tooltip(track.name))
            if estimate < 0:
                self.setVerticalHeaderItem(place, item)
            else:
                self.setHorizontalHeaderItem(estimate, item)

    def _content(self) -> QSize:
        """All cells and headers."""
        width = NAME_WIDTH + CELL_WIDTH * self.columnCount() + 2 * self.frameWidth()
        height = self.horizontalHeader().sizeHint().height() + CELL_HEIGHT * self.rowCount() + 2 * self.frameWidth()
        bar = self.horizontalScrollBar().sizeHint().height() if width > MOST_WIDTH else 0
        return QSize(width, height + bar)

    def sizeHint(self) -> QSize:
        """All cells, up to a limit from which on they scroll."""
        return self._content().boundedTo(QSize(MOST_WIDTH, MOST_HEIGHT))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the cell with the focus, or move it."""
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and index.isValid():
            self.chosen.emit(index.row(), index.column())
        else:
            super().keyPressEvent(event)


class SpeakersDialog(CloseDialog):
    """Starts with the best order chosen; nothing changes until `Assign so`."""

    return_closes = False
    assign_requested = Signal(object)  # for each estimate the place of its reference

    def __init__(self, speakers: Speakers, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Speakers", parent)
        self._speakers = speakers
        self.places: Places = speakers.best
        self.matrix = _Matrix(speakers, theme, self)
        self.matrix.chosen.connect(self.choose)
        self.chosen: QLabel = plain_label(wrap=True, parent=self)
        self.doubts: QLabel = plain_label(role="warning", wrap=True, parent=self)
        assign_tip = "Compare every estimate with the reference chosen for it; Undo takes it back"
        self.assign_button = self.add_button("&Assign so", self._assign, assign_tip, ButtonRole.AcceptRole)
        best, present = partial(self._choose_all, speakers.best), partial(self._choose_all, speakers.in_force)
        self.best_button = self.add_button("&Best order", best, "Choose the order with the highest mean")
        self.present_button = self.add_button("&Order in force", present, "Choose what is compared now")
        what = [plain_label(WHAT, "muted", wrap=True, parent=self)]
        if len(speakers.estimates) > len(speakers.references):
            what.append(plain_label(SYSTEMS.format(len(speakers.references)), "muted", wrap=True, parent=self))
        best_words = plain_label(_best_words(speakers), wrap=True, parent=self)
        self.lay_out(*what, self.matrix, best_words, self.chosen, self.doubts, REST, spacing=GAP)
        self._choose_all(self.places)
        self.matrix.setMinimumHeight(self.matrix.sizeHint().height())
        width = max(LEAST_WIDTH, self.matrix.sizeHint().width() + 2 * PAGE_MARGINS[0])
        self.resize(width, self.layout().totalHeightForWidth(width))

    def choose(self, reference: int, estimate: int) -> None:
        """Let one estimate go with another reference."""
        self._choose_all((*self.places[:estimate], reference, *self.places[estimate + 1 :]))

    def _choose_all(self, places: Places) -> None:
        speakers, self.places = self._speakers, places
        for row in range(len(speakers.references)):
            for column in range(len(speakers.estimates)):
                self._show_cell(row, column)
        change = speakers.mean_db(places) - speakers.mean_db(speakers.in_force)
        self.assign_button.setEnabled(places != speakers.in_force)
        gain = ", as it is now" if places == speakers.in_force else f", {_signed(change)} against the order in force"
        self.chosen.setText(f"Chosen: {order_words(places)}. Mean SI-SNR {words.db(speakers.mean_db(places))}{gain}.")
        doubts = speakers.doubts(places)
        self.doubts.setText(f"Mind: {doubts}." if doubts else " ")

    def _show_cell(self, row: int, column: int) -> None:
        speakers = self._speakers
        value, why = speakers.si_snr_db(row, column), speakers.why(row, column)
        best = speakers.best[column] == row and not why
        notes = [note for note, on in (("in force", speakers.in_force[column] == row), ("best", best)) if on]
        chosen = self.places[column] == row
        item = self.matrix.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            self.matrix.setItem(row, column, item)
        note = " · ".join(notes) or ("not comparable" if why else "")
        for role, data in ((_VALUE, words.db(value)), (_NOTE, note), (_CHOSEN, chosen), (_BEST, best)):
            item.setData(role, data)
        item.setToolTip(tooltip(why))
        name = f"estimate {estimate_letter(column)}, reference {row + 1}: {why or words.db(value)}"
        spoken = ", ".join((name, *notes, *(("chosen",) if chosen else ())))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)

    def _assign(self) -> None:
        self.assign_requested.emit(self.places)
        self.accept()


def _best_words(speakers: Speakers) -> str:
    best = speakers.matching.best
    margin = f"; the next-best order is {words.db(best.margin_db)} below" if math.isfinite(best.margin_db) else ""
    return f"Best: {order_words(best.places)}. Mean SI-SNR {words.db(speakers.mean_db(best.places))}{margin}."


def _signed(change: float) -> str:
    return f"{'+' if change > 0 else ''}{words.db(change)}"
