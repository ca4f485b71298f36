"""Which estimate belongs to which speaker: the matrix of all figures, and an order to be chosen in it."""

import math
from functools import partial

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QFontMetrics, QGuiApplication, QIcon, QKeyEvent, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from osisnr_gui.qt.dialogs.close_dialog import PAGE_MARGINS, ButtonRole, CloseDialog
from osisnr_gui.qt.look.theme import system_font, tabular_font
from osisnr_gui.qt.panels.layouts import REST
from osisnr_gui.qt.panels.plain_text import GAP, plain_label, tooltip
from osisnr_gui.session import words
from osisnr_gui.session.comparison.matching import order_words
from osisnr_gui.session.comparison.speakers import Places, Speakers
from osisnr_gui.session.words import estimate_letter
from osisnr_gui.text.catalogue import _, translated
from osisnr_gui.text.files import track_names

WHAT = _(
    "SI-SNR in dB of the whole signals in time (all samples of the stretch both have, no mean removed; masks: all "
    "cells) of every estimate against every reference. Click a cell to choose the reference of its estimate."
)
SYSTEMS = _(
    "Each {n} estimates in turn count as the outputs of one system; the best order gives no reference twice in one."
)
CELL_WIDTH, CELL_HEIGHT = 132, 44
NAME_WIDTH = 190
LEAST_WIDTH, MOST_WIDTH, MOST_HEIGHT = 560, 1120, 360


def _radio(chosen: bool) -> QIcon:
    """A round button of the style, to be pressed with its whole cell."""
    style, option = QApplication.style(), QStyleOptionButton()
    size = style.pixelMetric(QStyle.PixelMetric.PM_ExclusiveIndicatorWidth)
    ratio = QGuiApplication.primaryScreen().devicePixelRatio()
    picture = QPixmap(QSize(size, size) * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    option.rect = QRect(0, 0, size, size)
    # The style edges it in a darker window colour, which cannot be seen on a dark ground.
    option.palette = QPalette(QApplication.palette().placeholderText().color().lighter(140))
    option.state = QStyle.StateFlag.State_Enabled | (
        QStyle.StateFlag.State_On if chosen else QStyle.StateFlag.State_Off
    )
    painter = QPainter(picture)
    style.drawPrimitive(QStyle.PrimitiveElement.PE_IndicatorRadioButton, option, painter)
    painter.end()
    return QIcon(picture)


class _Matrix(QTableWidget):
    """References × estimates; Return and the space bar choose as a click does."""

    chosen = Signal(int, int)

    def __init__(self, speakers: Speakers, parent: QWidget) -> None:
        super().__init__(len(speakers.references), len(speakers.estimates), parent)
        self.setAccessibleName(_("SI-SNR of every estimate against every reference"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setObjectName("speakers")  # the style sheet shows which cell has the focus
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
        self.setSizeAdjustPolicy(QAbstractItemView.SizeAdjustPolicy.AdjustToContents)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        self.setMaximumSize(MOST_WIDTH, MOST_HEIGHT)  # from there on it scrolls
        self.cellClicked.connect(self.chosen)

    def _put_names(self, speakers: Speakers) -> None:
        """Short names of the files in the headers, whole ones in their tooltips."""
        metrics, tracks = QFontMetrics(system_font()), (*speakers.references, *speakers.estimates)
        names = track_names(tracks)
        for place, (track, name) in enumerate(zip(tracks, names, strict=True)):
            estimate = place - len(speakers.references)
            room = CELL_WIDTH - 16 if estimate >= 0 else NAME_WIDTH - 96
            name = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room)
            item = QTableWidgetItem()
            item.setToolTip(tooltip(track.name))
            if estimate < 0:
                item.setText(_("Reference {n}  {name}").format(n=place + 1, name=name))
                self.setVerticalHeaderItem(place, item)
            else:
                item.setText(f"{estimate_letter(estimate)}\n{name}")
                self.setHorizontalHeaderItem(estimate, item)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the cell with the focus, or move it."""
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and index.isValid():
            self.chosen.emit(index.row(), index.column())
        else:
            super().keyPressEvent(event)


class SpeakersDialog(CloseDialog):
    """Starts with the best order chosen; nothing changes until `Apply this order`."""

    return_closes = False
    assign_requested = Signal(object)  # for each estimate the place of its reference

    def __init__(self, speakers: Speakers, parent: QWidget | None = None) -> None:
        super().__init__(_("Speakers"), parent)
        self._speakers = speakers
        self.places: Places = speakers.best
        self.matrix = _Matrix(speakers, self)
        self.matrix.chosen.connect(self.choose)
        self.chosen: QLabel = plain_label(wrap=True, parent=self)
        self.doubts: QLabel = plain_label(role="warning", wrap=True, parent=self)
        assign_tip = _("Compare every estimate with the reference chosen for it; Undo takes it back")
        self.assign_button = self.add_button(_("&Apply this order"), self._assign, assign_tip, ButtonRole.AcceptRole)
        best, present = partial(self._choose_all, speakers.best), partial(self._choose_all, speakers.in_force)
        self.best_button = self.add_button(_("&Best order"), best, _("Choose the order with the highest mean"))
        self.present_button = self.add_button(_("&Order in force"), present, _("Choose what is compared now"))
        what = [plain_label(WHAT, "muted", wrap=True, parent=self)]
        if len(speakers.estimates) > len(speakers.references):
            what.append(plain_label(SYSTEMS.format(n=len(speakers.references)), "muted", wrap=True, parent=self))
        best_words = plain_label(_best_words(speakers), wrap=True, parent=self)
        self.lay_out(*what, self.matrix, best_words, self.chosen, self.doubts, REST, spacing=GAP)
        self._choose_all(self.places)
        room = self.matrix.sizeHint().boundedTo(self.matrix.maximumSize())
        self.matrix.setMinimumHeight(room.height())
        width = max(LEAST_WIDTH, room.width() + 2 * PAGE_MARGINS[0])
        self.resize(width, self.heightForWidth(width))

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
        text = _("Chosen: {order}. Mean SI-SNR {mean}, {change} against the order in force.")
        if places == speakers.in_force:
            text = _("Chosen: {order}. Mean SI-SNR {mean}, as it is now.")
        order, mean = translated(order_words(places)), words.db(speakers.mean_db(places))
        self.chosen.setText(text.format(order=order, mean=mean, change=_signed(change)))
        doubts = translated(speakers.doubts(places))
        self.doubts.setText(_("Mind: {doubts}.").format(doubts=doubts) if doubts else " ")

    def _show_cell(self, row: int, column: int) -> None:
        speakers = self._speakers
        value, why = speakers.si_snr_db(row, column), translated(speakers.why(row, column))
        best = speakers.best[column] == row and not why
        notes = [note for note, on in ((_("in force"), speakers.in_force[column] == row), (_("best"), best)) if on]
        chosen = self.places[column] == row
        item = self.matrix.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            self.matrix.setItem(row, column, item)
        note = " · ".join(notes) or (_("not comparable") if why else "")
        item.setText(f"{words.db(value)}\n{note}")
        item.setIcon(_radio(chosen))
        item.setBackground(self.palette().light() if chosen else QBrush())
        font = tabular_font()
        font.setBold(best)
        item.setFont(font)
        item.setToolTip(tooltip(why))
        name = _("estimate {letter}, reference {n}: {value}").format(
            letter=estimate_letter(column), n=row + 1, value=why or words.db(value)
        )
        spoken = ", ".join((name, *notes, *((_("chosen"),) if chosen else ())))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)

    def _assign(self) -> None:
        self.assign_requested.emit(self.places)
        self.accept()


def _best_words(speakers: Speakers) -> str:
    best = speakers.matching.best
    text = _("Best: {order}. Mean SI-SNR {mean}.")
    if math.isfinite(best.margin_db):
        text = _("Best: {order}. Mean SI-SNR {mean}; the next-best order is {margin} below.")
    order, mean = translated(order_words(best.places)), words.db(speakers.mean_db(best.places))
    return text.format(order=order, mean=mean, margin=words.db(best.margin_db))


def _signed(change: float) -> str:
    return f"{'+' if change > 0 else ''}{words.db(change)}"
