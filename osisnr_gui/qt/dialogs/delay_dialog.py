"""The delay of one estimate: its score against every delay, and ways to move it, by the sample or to the peak."""

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QWidget

from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.panels.figure_table import FigureTable
from osisnr_gui.qt.panels.layouts import REST, column_of, push_button, row_of
from osisnr_gui.qt.panels.plain_text import GAP, ElidedLabel, plain_label, set_text
from osisnr_gui.qt.panels.sample_field import LagField
from osisnr_gui.qt.plots.charts.delay_chart import DelayChart
from osisnr_gui.text.catalogue import _, translated
from osisnr_gui.text.measured_delay import MeasuredDelay

HOW = _("Click or drag on a curve. ← → one sample, with Shift ten, with Ctrl one millisecond.")
WAITING = _("The delay is measured once the files were compared.")
SILENT = _("One of the two files is silent: there is no delay to be found.")
UNCERTAIN = _("The peak is too low to be certain (its correlation is not above 0.3); nothing is offered.")
TABLE_TIP = _("Over the whole signals in time, no mean removed, of the stretch that is compared at each delay")


class DelayDialog(QDialog):
    """Shows what it is told; asks for another delay once the user has let go of key or mouse.

    It may stay open beside the window.
    """

    delay_requested = Signal(int)
    undo_requested = Signal()
    redo_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Delay"))
        self._shown: MeasuredDelay | None = None
        self._taken = 0
        self._wanted: int | None = None
        self.name = ElidedLabel("", Qt.TextElideMode.ElideMiddle, parent=self)
        self.note: QLabel = plain_label(WAITING, "muted", wrap=True, parent=self)
        self.plots = DelayChart(theme, near=False, parent=self), DelayChart(theme, near=True, parent=self)
        self.table = FigureTable(theme, (3, 4, 3, 5, 3), TABLE_TIP, n_rows=4, parent=self)
        self.pointer = ElidedLabel(HOW, muted=True, parent=self)
        self.field = LagField(self)
        align = _("Take out the delay at which the whole signals correlate most")
        self.align = push_button(_("&Align"), align, self._align, self)
        as_is = _("Take no delay out: the file as it is")
        self.as_is = push_button(_("As it &is"), as_is, lambda: self._take(0), self)
        self.undo = push_button(_("&Undo"), _("Take the last move back (Ctrl+Z)"), self.undo_requested.emit, self)
        self._lay_out()
        for plot in self.plots:
            plot.moved.connect(self._move)
            plot.settled.connect(self._settle)
            plot.hovered.connect(self._say)
            plot.installEventFilter(self)
        self.field.valueChanged.connect(lambda samples: self._take(int(samples)))
        self.resize(640, 560)
        self.plots[1].setFocus()

    def show_delay(self, shown: MeasuredDelay | None, taken: int, *, can_undo: bool) -> None:
        """What is known of the delay (None while it is measured), and how much of it is taken out."""
        if shown is not None and shown != self._shown:
            self._show_curve(shown)
        self._taken = taken
        self.undo.setEnabled(can_undo)
        self._show_taken()

    def forget(self) -> None:
        """Nothing is known of the estimate that is shown next."""
        self._shown = self._wanted = None
        for plot in self.plots:
            plot.show_curve(np.empty(0), 1, None, 0)
        self.name.set_text("")
        set_text(self.note, WAITING)
        self.note.show()

    def _show_curve(self, shown: MeasuredDelay) -> None:
        self._shown = shown
        self.name.set_text(shown.name)
        values, note = shown.si_snr_db, "" if shown.delay.certain else UNCERTAIN
        if values is None:
            values, note = np.empty(0), SILENT
        for plot in self.plots:
            plot.show_curve(values, shown.rate, shown.delay.samples if values.size else None, shown.place)
        self.field.set_reach(values.size // 2)
        set_text(self.note, note)
        self.note.setVisible(bool(note))

    def closeEvent(self, event: QCloseEvent) -> None:
        """What was chosen last still holds."""
        self._settle()
        super().closeEvent(event)

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

    def _align(self) -> None:
        if self._shown is not None:
            self._take(self._shown.delay.samples)

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
        shown = self._shown
        self.pointer.set_text(
            HOW if delay is None or shown is None else _("Here: {what}").format(what=translated(shown.words(delay)))
        )

    def _lay_out(self) -> None:
        label = plain_label(_("Delay taken &out"), parent=self)
        label.setTextFormat(Qt.TextFormat.AutoText)
        label.setBuddy(self.field)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons = self.align, self.as_is, self.undo
        for button in (*buttons, box.button(QDialogButtonBox.StandardButton.Close)):
            button.setAutoDefault(False)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the arrow keys to the plot
        box.rejected.connect(self.close)
        column_of(
            self.name,
            self.note,
            (self.plots[0], 3),
            (self.plots[1], 2),
            self.pointer,
            self.table,
            row_of(label, self.field, REST, *buttons, spacing=GAP),
            box,
            owner=self,
            margins=(16, 16, 16, 12),
            spacing=GAP,
        )
        QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self, self.undo.click)
        QShortcut(QKeySequence("Ctrl+Shift+Z"), self, self.redo_requested.emit)
