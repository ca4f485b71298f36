"""What the user wrote about stretches of time: a list to read, change and go to."""

from functools import partial

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QHeaderView, QLineEdit, QWidget

from osisnr_gui.qt.focus import UP_DOWN, Does, own_keys
from osisnr_gui.qt.look.theme import tabular_font
from osisnr_gui.qt.panels.layouts import REST, column_of, push_button, row_of
from osisnr_gui.qt.panels.plain_text import GAP, MARGIN, plain_label, tooltip
from osisnr_gui.qt.panels.table import ROLE, Column, ColumnModel, Index, RowTable
from osisnr_gui.qt.plots.axes import format_time
from osisnr_gui.session import edits
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.session import AT_LEISURE, Note, Session
from osisnr_gui.text.catalogue import _

EMPTY_WORDS = _("No notes yet. Select a time range and press Ctrl+N; a note is kept with the session (Ctrl+S).")
WHERE, TEXT = Column("where", _("Time"), "", is_text=True), Column("text", _("Note"), "", is_text=True)


class NotesModel(ColumnModel[Column]):
    """Rows are notes; the text of one can be changed."""

    title_tip = "{what}"
    changed = Signal(object, str)  # Note, its new text

    def __init__(self) -> None:
        super().__init__((WHERE, TEXT))
        self.notes: tuple[Note, ...] = ()
        self._unit = "s"

    def show_notes(self, notes: tuple[Note, ...], unit: str) -> None:
        """Show these; `unit` is that of the time axis."""
        places = [(note.start, note.stop) for note in notes]
        if places == [(note.start, note.stop) for note in self.notes] and unit == self._unit:
            if notes != self.notes:
                self.notes = notes
                self.dataChanged.emit(self.index(0, 1), self.index(len(notes) - 1, 1))
        else:
            with self.resetting():
                self.notes, self._unit = notes, unit

    def n_places(self) -> int:
        """Notes."""
        return len(self.notes)

    def title(self, column: Column) -> str:
        """The title, with the unit of the time axis."""
        return _("Time ({unit})").format(unit=self._unit) if column is WHERE else column.title

    def text(self, place: int, column: Column) -> str:
        """Where, or what was written."""
        return self._where(self.notes[place]) if column is WHERE else self.notes[place].text

    def cell(self, place: int, column: Column, role: int) -> object:
        """The whole note, for editor and tooltip."""
        if role == ROLE.EditRole:
            return self.text(place, column)
        if role == ROLE.ToolTipRole:
            return tooltip(f"{self._where(self.notes[place])} {self._unit}: {self.notes[place].text}")
        return tabular_font() if role == ROLE.FontRole and column is WHERE else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Texts can be changed."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == 1 else flags

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Ask for another text."""
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        self.changed.emit(self.notes[index.row()], str(value).strip())
        return True

    def _where(self, note: Note) -> str:
        step = 0.01 if self._unit == "s" else 1.0
        times = [format_time(time, step, max(abs(note.stop), 1.0), self._unit) for time in (note.start, note.stop)]
        return times[0] if times[0] == times[1] else " – ".join(times)


class NotesPanel(QWidget):
    """The list, and what can be done with it."""

    edit_requested = Signal(object, str)
    go_requested = Signal(float, float)  # start, stop

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = NotesModel()
        # Queued: the list is still closing the editor the text comes from, and must not be filled anew meanwhile.
        self.model.changed.connect(self._change, Qt.ConnectionType.QueuedConnection)
        self.hint = plain_label(EMPTY_WORDS, "muted", wrap=True, small=True, parent=self)
        self.table = table = RowTable(self.model, _("Notes"), self)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        triggers = QAbstractItemView.EditTrigger
        table.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed)
        header = table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        table.clicked.connect(self._go)
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
        """Show the notes of a session."""
        notes = analysis.session.notes
        frames = [pair.frames for pair in analysis.pairs if pair.frames is not None]
        self.model.show_notes(notes, "frames" if frames and not frames[0].grid.seconds else "s")
        self.hint.setVisible(not notes)
        self.table.setVisible(bool(notes))
        self.delete_button.setEnabled(bool(notes))

    def start_typing(self, note: Note) -> None:
        """Let the text of a note be typed, in a panel that is seen."""
        if note in self.model.notes:
            index = self.model.index(self.model.notes.index(note), 1)
            self.table.setCurrentIndex(index)
            self.table.edit(index)

    def finish_typing(self) -> None:
        """Take what is being typed, before the list is filled anew."""
        editor = self.table.findChild(QLineEdit)
        if editor is not None:
            self.table.commitData(editor)
            self.table.closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)

    def delete_chosen(self) -> None:
        """Delete the current note."""
        row = self.table.currentIndex().row()
        if 0 <= row < len(self.model.notes):
            self.edit_requested.emit(partial(edits.remove_note, note=self.model.notes[row]), "")

    def _go(self, index: QModelIndex) -> None:
        if index.isValid():
            note = self.model.notes[index.row()]
            self.go_requested.emit(note.start, note.stop)

    def _change(self, note: Note, text: str) -> None:
        if text != note.text:
            key = "" if note.text else f"{AT_LEISURE}{note.start}:{note.stop}"
            self.edit_requested.emit(partial(edits.change_note, note=note, text=text), key)
