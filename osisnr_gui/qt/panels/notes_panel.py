"""What the user wrote about stretches of time: a list to read, change and go to."""

from functools import partial

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QAbstractItemDelegate, QHeaderView, QLineEdit, QTableWidget, QTableWidgetItem, QWidget

from osisnr_gui.qt.focus import UP_DOWN, Does, own_keys
from osisnr_gui.qt.look.theme import tabular_font
from osisnr_gui.qt.panels.layouts import REST, column_of, push_button, row_of
from osisnr_gui.qt.panels.plain_text import GAP, MARGIN, plain_label, tooltip
from osisnr_gui.qt.panels.table import LEFT, set_up_rows
from osisnr_gui.qt.plots.axes import format_time
from osisnr_gui.session import edits
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.session import AT_LEISURE, Note, Session
from osisnr_gui.text.catalogue import _

EMPTY_WORDS = _("No notes yet. Select a time range and press Ctrl+N; a note is kept with the session (Ctrl+S).")


class NotesPanel(QWidget):
    """The list, in which the text of a note can be changed, and what can be done with it."""

    edit_requested = Signal(object, str)
    go_requested = Signal(float, float)  # start, stop

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notes: tuple[Note, ...] = ()
        self._unit = ""  # of the time axis
        self.hint = plain_label(EMPTY_WORDS, "muted", wrap=True, small=True, parent=self)
        self.table = table = QTableWidget(0, 2, self)
        set_up_rows(table, _("Notes"))
        table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        triggers = QTableWidget.EditTrigger
        table.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed)
        header = table.horizontalHeader()
        header.setDefaultAlignment(LEFT)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        table.clicked.connect(self._go)
        table.itemChanged.connect(self._take_text)
        does: Does = dict.fromkeys((Qt.Key.Key_Return, Qt.Key.Key_Enter), lambda: self._go(table.currentIndex()))
        own_keys(table, UP_DOWN, {**does, Qt.Key.Key_Delete: self.delete_chosen})
        add_tip = _("Write a note on the selected time range, or at the cursor (Ctrl+N)")
        self.add_button = push_button(_("Add note"), add_tip, parent=self)
        delete_tip = _("Delete the chosen note (Delete); Undo brings it back")
        self.delete_button = push_button(_("Delete"), delete_tip, self.delete_chosen, parent=self)
        words = row_of(self.hint, margins=(MARGIN, 0, MARGIN, 0))
        buttons = row_of(self.add_button, self.delete_button, REST, margins=(MARGIN, 0, MARGIN, MARGIN))
        column_of(words, (self.table, 1), buttons, owner=self, margins=(0, GAP, 0, 0), spacing=GAP)
        self.show_analysis(Analysis(Session()), 0)

    def show_analysis(self, analysis: Analysis, _selected: int) -> None:
        """Show the notes of a session; nothing is done when they are on screen already."""
        notes = analysis.session.notes
        frames = [pair.frames for pair in analysis.pairs if pair.frames is not None]
        unit = "frames" if frames and not frames[0].grid.seconds else "s"
        if (notes, unit) != (self.notes, self._unit):
            moved = [(note.start, note.stop) for note in notes] != [(note.start, note.stop) for note in self.notes]
            self.notes, self._unit = notes, unit
            with QSignalBlocker(self.table):
                self._fill(0 if moved else len(notes))
        self.hint.setVisible(not notes)
        self.table.setVisible(bool(notes))
        self.delete_button.setEnabled(bool(notes))

    def _fill(self, n_kept: int) -> None:
        """Show a row for each note. n_kept : so many rows are filled anew in place, so that what is chosen stays so."""
        table = self.table
        table.setHorizontalHeaderLabels((_("Time ({unit})").format(unit=self._unit), _("Note")))
        table.setRowCount(n_kept)
        table.setRowCount(len(self.notes))
        for row, note in enumerate(self.notes):
            where, text = QTableWidgetItem(self._where(note)), QTableWidgetItem(note.text)
            where.setFont(tabular_font())
            where.setFlags(Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled)
            for column, item in enumerate((where, text)):
                item.setToolTip(tooltip(f"{where.text()} {self._unit}: {note.text}"))
                table.setItem(row, column, item)

    def start_typing(self, note: Note) -> None:
        """Let the text of a note be typed, in a panel that is seen."""
        if note in self.notes:
            self.table.setCurrentCell(self.notes.index(note), 1)
            self.table.edit(self.table.currentIndex())

    def finish_typing(self) -> None:
        """Take what is being typed, before the list is filled anew."""
        editor = self.table.findChild(QLineEdit)
        if editor is not None:
            self.table.commitData(editor)
            self.table.closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)

    def delete_chosen(self) -> None:
        """Delete the current note."""
        row = self.table.currentRow()
        if 0 <= row < len(self.notes):
            self.edit_requested.emit(partial(edits.remove_note, note=self.notes[row]), "")

    def _go(self, index: QModelIndex) -> None:
        if index.isValid():
            note = self.notes[index.row()]
            self.go_requested.emit(note.start, note.stop)

    def _take_text(self, item: QTableWidgetItem) -> None:
        """What was typed; the session has the last word on what is shown."""
        note, text = self.notes[item.row()], item.text().strip()
        with QSignalBlocker(self.table):
            item.setText(note.text)
        # Later: the list is still closing the editor the text comes from, and must not be filled anew meanwhile.
        QTimer.singleShot(0, self, partial(self._change, note, text))

    def _change(self, note: Note, text: str) -> None:
        if text != note.text:
            key = "" if note.text else f"{AT_LEISURE}{note.start}:{note.stop}"
            self.edit_requested.emit(partial(edits.change_note, note=note, text=text), key)

    def _where(self, note: Note) -> str:
        step = 0.01 if self._unit == "s" else 1.0
        times = [format_time(time, step, max(abs(note.stop), 1.0), self._unit) for time in (note.start, note.stop)]
        return times[0] if times[0] == times[1] else " – ".join(times)
