"""Dialogs about estimates: the delay at which one fits its reference, and which reference each belongs to."""

import math
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QBrush, QFontMetrics, QKeySequence, QShortcut
from PySide6.QtWidgets import QSizePolicy, QTableWidget, QTableWidgetItem, QWidget

from osisnr_gui.qt.dialogs.close_dialog import PAGE_MARGINS, ButtonRole, Buttons, CloseDialog
from osisnr_gui.qt.focus import Does, own_keys
from osisnr_gui.qt.look.theme import Theme, system_font, tabular_font
from osisnr_gui.qt.panels.figure_table import FigureTable
from osisnr_gui.qt.panels.layouts import REST, push_button, row_of
from osisnr_gui.qt.panels.plain_text import GAP, ElidedLabel, plain_label, set_text, tooltip
from osisnr_gui.qt.panels.sample_field import LagField
from osisnr_gui.qt.plots.charts.delay_chart import DelayChart
from osisnr_gui.session import words
from osisnr_gui.session.comparison.speakers import Places, Speakers
from osisnr_gui.session.matching import order_words
from osisnr_gui.text.catalogue import _, translated
from osisnr_gui.text.comparison import MeasuredDelay
from osisnr_gui.text.files import track_names

HOW = _("Click or drag on a curve. ← → one sample, with Shift ten, with Ctrl one millisecond.")
WAITING = _("The delay is measured once the files were compared.")
SILENT = _("One of the two files is silent: there is no delay to be found.")
UNCERTAIN = _("The peak is too low to be certain (its correlation is not above 0.3); nothing is offered.")
TABLE_TIP = _("Over the whole signals in time, no mean removed, of the stretch that is compared at each delay")


class DelayDialog(CloseDialog):
    """Shows what it is told; asks for another delay once the user has let go of key or mouse.

    It may stay open beside the window.
    """

    is_kept = True
    delay_requested = Signal(int)
    redo_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(_("Delay"), parent)
        self._shown: MeasuredDelay | None = None
        self._taken = 0
        self._wanted: int | None = None
        self.name = ElidedLabel("", Qt.TextElideMode.ElideMiddle, parent=self)
        self.note = plain_label(WAITING, "muted", wrap=True, parent=self)
        self.plots = DelayChart(theme, near=False, parent=self), DelayChart(theme, near=True, parent=self)
        self.table = FigureTable(theme, (3, 4, 3, 5, 3), TABLE_TIP, n_rows=4, parent=self)
        self.pointer = ElidedLabel(HOW, muted=True, parent=self)
        self.field = LagField(self)
        tip = _("Take out the delay at which the whole signals correlate most")
        self.align = push_button(_("&Align"), tip, parent=self)
        self.align.clicked.connect(lambda: self._shown and self._take(self._shown.delay.samples))
        self.finished.connect(self._settle)  # what was chosen last still holds
        self.as_is = push_button(_("As it &is"), _("Take no delay out: the file as it is"), lambda: self._take(0))
        self.undo = push_button(_("&Undo"), _("Take the last move back (Ctrl+Z)"), parent=self)
        self._lay_out()
        for plot in self.plots:
            plot.moved.connect(self._move)
            plot.settled.connect(self._settle)
            plot.hovered.connect(self._say)
            plot.installEventFilter(self)
        self.field.valueChanged.connect(lambda samples: self._take(int(samples)))
        QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self, self.undo.click)
        QShortcut(QKeySequence("Ctrl+Shift+Z"), self, self.redo_requested.emit)
        self.resize(640, 560)
        self.plots[1].setFocus()

    def show_delay(self, shown: MeasuredDelay | None, taken: int, *, can_undo: bool) -> None:
        """What is known of the delay (None while it is measured), and how much of it is taken out."""
        if shown is not None and shown != self._shown:
            self._shown = shown
            self.name.set_text(shown.name)
            values, note = shown.si_snr_db, "" if shown.delay.certain else UNCERTAIN
            if values is None:
                values, note = np.empty(0), SILENT
            for plot in self.plots:
                plot.show_curve(values, shown.rate, shown.delay.samples if values.size else None, shown.place)
            self.field.set_reach(values.size // 2)
            set_text(self.note, note, hides=True)
        self._taken = taken
        self.undo.setEnabled(can_undo)
        self._show_taken()

    def forget(self) -> None:
        """Nothing is known of the estimate that is shown next."""
        self._shown = self._wanted = None
        for plot in self.plots:
            plot.show_curve(np.empty(0), 1, None, 0)
        self.name.set_text("")
        set_text(self.note, WAITING, hides=True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A key that is held while the focus goes elsewhere is never let go here."""
        if event.type() == QEvent.Type.FocusOut:
            self._settle()
        return super().eventFilter(watched, event)

    def _show_taken(self) -> None:
        taken = self._taken if self._wanted is None else self._wanted
        for plot in self.plots:
            plot.show_taken(taken)
        self.field.show_value(taken)
        shown = self._shown
        known = shown is not None and shown.delay.curve is not None
        self.field.setEnabled(known)
        self.as_is.setEnabled(known and taken != 0)
        self.align.setEnabled(shown is not None and known and shown.delay.certain and taken != shown.delay.samples)
        self.table.show_rows(() if shown is None else shown.rows(taken))

    def _move(self, samples: int) -> None:
        self._wanted = samples
        self._show_taken()

    def _settle(self) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted is not None and wanted != self._taken:
            self._taken = wanted
            self.delay_requested.emit(wanted)

    def _take(self, samples: int) -> None:
        self._move(samples)
        self._settle()

    def _say(self, delay: int | None) -> None:
        what = "" if delay is None or self._shown is None else translated(self._shown.words(delay))
        self.pointer.set_text(_("Here: {what}").format(what=what) if what else HOW)

    def _lay_out(self) -> None:
        label = plain_label(_("Delay taken &out"), parent=self)
        label.setTextFormat(Qt.TextFormat.AutoText)
        label.setBuddy(self.field)
        buttons = self.align, self.as_is, self.undo
        for button in (*buttons, self.box.button(Buttons.Close)):
            button.setAutoDefault(False)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the arrow keys to the plot
        plots = (self.plots[0], 3), (self.plots[1], 2)
        below = self.pointer, self.table, row_of(label, self.field, REST, *buttons, spacing=GAP)
        self.lay_out(self.name, self.note, *plots, *below, margins=(16, 16, 16, 12), spacing=GAP)


WHAT = _(
    "SI-SNR in dB of the whole signals in time (all samples of the stretch both have, no mean removed; masks: all "
    "cells) of every estimate against every reference. Click a cell to choose the reference of its estimate."
)
SYSTEMS = _(
    "Each {n} estimates in turn count as the outputs of one system; the best order gives no reference twice in one."
)
CELL_WIDTH, CELL_HEIGHT, HEADER_HEIGHT = 132, 44, 45
NAME_WIDTH = 190
LEAST_WIDTH, MOST_WIDTH, MOST_HEIGHT = 560, 1120, 360


class _Matrix(QTableWidget):
    """References × estimates, a round button in each cell; Return and the space bar choose as a click does."""

    def __init__(self, speakers: Speakers, parent: QWidget) -> None:
        super().__init__(len(speakers.references), len(speakers.estimates), parent)
        self.setAccessibleName(_("SI-SNR of every estimate against every reference"))
        self.setSelectionMode(self.SelectionMode.NoSelection)
        self.setEditTriggers(self.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(self.ScrollMode.ScrollPerPixel)
        self.setObjectName("speakers")  # the style sheet shows which cell has the focus, and draws the buttons
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        for header, size in ((rows, CELL_HEIGHT), (columns, CELL_WIDTH)):
            header.setDefaultSectionSize(size)
            header.setSectionResizeMode(header.ResizeMode.Fixed)
            header.setHighlightSections(False)
            header.setSectionsClickable(False)
        rows.setFixedWidth(NAME_WIDTH)
        columns.setFixedHeight(HEADER_HEIGHT)  # its own hint is another one before the style sheet is there
        rows.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        # Short names of the files in the headers, whole ones in their tooltips.
        metrics, tracks = QFontMetrics(system_font()), (*speakers.references, *speakers.estimates)
        for place, (track, name) in enumerate(zip(tracks, track_names(tracks), strict=True)):
            estimate = place - len(speakers.references)
            room = CELL_WIDTH - 16 if estimate >= 0 else NAME_WIDTH - 96
            name = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room)
            item = QTableWidgetItem()
            item.setToolTip(tooltip(track.name))
            if estimate < 0:
                item.setText(_("Reference {n}  {name}").format(n=place + 1, name=name))
                self.setVerticalHeaderItem(place, item)
            else:
                item.setText(f"{words.estimate_letter(estimate)}\n{name}")
                self.setHorizontalHeaderItem(estimate, item)
        self.setSizeAdjustPolicy(self.SizeAdjustPolicy.AdjustToContents)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        self.setMaximumSize(MOST_WIDTH, MOST_HEIGHT)  # from there on it scrolls
        keys = Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space
        does: Does = dict.fromkeys(keys, lambda: self.cellClicked.emit(self.currentRow(), self.currentColumn()))
        own_keys(self, frozenset(), does)


class SpeakersDialog(CloseDialog):
    """Starts with the best order chosen; nothing changes until `Apply this order`."""

    return_closes = False
    assign_requested = Signal(object)  # for each estimate the place of its reference

    def __init__(self, speakers: Speakers, parent: QWidget | None = None) -> None:
        super().__init__(_("Speakers"), parent)
        self._speakers = speakers
        self.places: Places = speakers.best
        self.matrix = _Matrix(speakers, self)
        self.matrix.cellClicked.connect(self.choose)
        self.chosen = plain_label(wrap=True, parent=self)
        self.doubts = plain_label(role="warning", wrap=True, parent=self)
        assign_tip = _("Compare every estimate with the reference chosen for it; Undo takes it back")
        self.assign_button = self.add_button(_("&Apply this order"), self.accept, assign_tip, ButtonRole.AcceptRole)
        best, present = partial(self._choose_all, speakers.best), partial(self._choose_all, speakers.in_force)
        self.best_button = self.add_button(_("&Best order"), best, _("Choose the order with the highest mean"))
        self.present_button = self.add_button(_("&Order in force"), present, _("Choose what is compared now"))
        what = [plain_label(WHAT, "muted", wrap=True, parent=self)]
        if len(speakers.estimates) > len(speakers.references):
            what.append(plain_label(SYSTEMS.format(n=len(speakers.references)), "muted", wrap=True, parent=self))
        best_words = plain_label(_best_words(speakers), wrap=True, parent=self)
        self.lay_out(*what, self.matrix, best_words, self.chosen, self.doubts, REST, spacing=GAP)
        self.accepted.connect(lambda: self.assign_requested.emit(self.places))
        self._choose_all(self.places)
        room = self.matrix.sizeHint().boundedTo(self.matrix.maximumSize())
        self.matrix.setMinimumHeight(min(HEADER_HEIGHT + self.matrix.verticalHeader().length() + 2, MOST_HEIGHT))
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
        change_db = speakers.mean_db(places) - speakers.mean_db(speakers.in_force)
        change = f"{'+' if change_db > 0 else ''}{words.db(change_db)}"
        self.assign_button.setEnabled(places != speakers.in_force)
        text = _("Chosen: {order}. Mean SI-SNR {mean}, {change} against the order in force.")
        if places == speakers.in_force:
            text = _("Chosen: {order}. Mean SI-SNR {mean}, as it is now.")
        order, mean = translated(order_words(places)), words.db(speakers.mean_db(places))
        self.chosen.setText(text.format(order=order, mean=mean, change=change))
        doubts = translated(speakers.doubts(places))
        self.doubts.setText(_("Mind: {doubts}.").format(doubts=doubts) if doubts else " ")

    def _show_cell(self, row: int, column: int) -> None:
        speakers = self._speakers
        value, why = speakers.si_snr_db(row, column), translated(speakers.why(row, column))
        best = speakers.best[column] == row and not why
        notes = [note for note, on in ((_("in force"), speakers.in_force[column] == row), (_("best"), best)) if on]
        chosen = self.places[column] == row
        note = " · ".join(notes) or (_("not comparable") if why else "")
        item = QTableWidgetItem(f"{words.db(value)}\n{note}")
        item.setCheckState(Qt.CheckState.Checked if chosen else Qt.CheckState.Unchecked)
        self.matrix.setItem(row, column, item)
        item.setBackground(self.palette().light() if chosen else QBrush())
        font = tabular_font()
        font.setBold(best)
        item.setFont(font)
        item.setToolTip(tooltip(why))
        template = _("estimate {letter}, reference {n}: {value}")
        name = template.format(letter=words.estimate_letter(column), n=row + 1, value=why or words.db(value))
        spoken = ", ".join((name, *notes, *((_("chosen"),) if chosen else ())))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)


def _best_words(speakers: Speakers) -> str:
    best = speakers.matching.best
    text = _("Best: {order}. Mean SI-SNR {mean}.")
    if math.isfinite(best.margin_db):
        text = _("Best: {order}. Mean SI-SNR {mean}; the next-best order is {margin} below.")
    order, mean = translated(order_words(best.places)), words.db(speakers.mean_db(best.places))
    return text.format(order=order, mean=mean, margin=words.db(best.margin_db))
