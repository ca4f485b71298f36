"""Find a command, a remedy or a setting by its name, and run it: the palette, and the page of keys and mouse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QHeaderView, QLineEdit, QTableView, QWidget

from osisnr_gui.core.types import IntArray
from osisnr_gui.qt.dialogs.close_dialog import CloseDialog
from osisnr_gui.qt.panels.column_model import ROLE, Column, ColumnModel
from osisnr_gui.qt.panels.plain_text import GAP, ElidedLabel
from osisnr_gui.qt.settings import Settings
from osisnr_gui.text.catalogue import _

SIZE, LINE_HEIGHT = (820, 520), 26
RECENT, MOST_RECENT = "recent_commands", 12
COLUMNS = (
    Column("text", _("What it does"), "", is_text=True),
    Column("place", _("Where"), "", is_text=True),
    Column("keys", _("Keys or mouse"), "", is_text=True),
)
_LIST_KEYS = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown})
_ENTER_KEYS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One thing to find.

    key : what it is remembered by. place : the menu or the panel it is in. keys : its keys, or what the mouse does.
    tip : a sentence about it. why : what stands in its way now, "" for nothing. run : None for what is done by hand.
    """

    key: str
    text: str
    place: str
    keys: str = ""
    tip: str = ""
    why: str = ""
    run: Callable[[], object] | None = None


def find(entries: Sequence[Entry], wanted: str, recent: Sequence[str] = ()) -> list[int]:
    """Places of the entries in which every word is found, best first; of equals what was used last comes first."""
    terms = wanted.casefold().split()
    ages = {key: age for age, key in enumerate(recent)}
    found = []
    for place, entry in enumerate(entries):
        distances = [_distance(entry, term) for term in terms]
        if max(distances, default=0) < np.inf:
            found.append((sum(distances), ages.get(entry.key, len(ages)), place))
    return [place for _total, _age, place in sorted(found)]


def _distance(entry: Entry, term: str) -> float:
    """How far a word is from an entry: from -1 for its very key to 4 for letters of its text; inf: not in it."""
    text = entry.text.casefold()
    letters = iter(text)
    grades = (
        (-1, term in entry.keys.casefold().split(", ")),
        (0, any(word.startswith(term) for word in text.split())),
        (1, term in text),
        (2, term in f"{entry.place} {entry.keys}".casefold()),
        (3, term in entry.tip.casefold()),
        (4, len(term) > 2 and all(letter in letters for letter in term)),
    )
    return next((distance for distance, fits in grades if fits), np.inf)


class EntryModel(ColumnModel):
    """The entries that fit, the best first. recent : keys of those that were used, the last one first."""

    cell_roles = frozenset({ROLE.ForegroundRole})

    def __init__(self, entries: Sequence[Entry], recent: Sequence[str], faint: QPalette) -> None:
        super().__init__(COLUMNS)
        self.entries, self._recent, self._wanted = tuple(entries), tuple(recent), ""
        self._faint = faint.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
        self.arrange()

    def look_for(self, wanted: str) -> None:
        """List what fits these words, in any order."""
        with self.resetting():
            self._wanted = wanted

    def n_places(self) -> int:
        """All entries."""
        return len(self.entries)

    def find_order(self, _column: Column, *, falling: bool) -> IntArray:
        """Those that fit."""
        return np.array(find(self.entries, self._wanted, self._recent), dtype=np.int64)

    def text(self, place: int, column: Column) -> str:
        """One of the three texts."""
        return str(getattr(self.entries[place], column.key))

    def cell(self, place: int, _column: Column, _role: int) -> object:
        """What cannot be run now is grey."""
        return self._faint if self.entries[place].why else None


class Palette(CloseDialog):
    """A line to type in, the list of what fits, and a sentence about the one that is chosen.

    Arrows move, Enter runs, Esc leaves; a double click runs too, and where `one_click` a click does.
    settings : where the ones used last are kept, to come first; None: the order is that of `entries`.
    """

    def __init__(
        self,
        title: str,
        entries: Sequence[Entry],
        parent: QWidget | None = None,
        *,
        settings: Settings | None = None,
        one_click: bool = False,
    ) -> None:
        super().__init__(title, parent)
        self.resize(*SIZE)
        self._settings = settings
        self._recent = [] if settings is None else settings.text(RECENT, "").split("\n")
        self.model = EntryModel(entries, self._recent, self.palette())
        self.search, self.table = QLineEdit(self), QTableView(self)
        self.hint = ElidedLabel(muted=True, parent=self)
        words = _("Look for a command, a setting or a key, by words in any order")
        self.search.setPlaceholderText(words)
        self.search.setAccessibleName(words)
        self.search.setClearButtonEnabled(True)
        self.search.installEventFilter(self)
        self._set_up_table()
        self.lay_out(self.search, (self.table, 1), self.hint, margins=None, spacing=GAP)
        self.search.textChanged.connect(self._look)
        self.table.selectionModel().currentRowChanged.connect(self._show_hint)
        (self.table.clicked if one_click else self.table.doubleClicked).connect(self._run)
        self._look("")

    def shown(self) -> list[Entry]:
        """What is listed now, from top to bottom."""
        return [self.model.entries[place] for place in self.model.order]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and Down are the list's while the line is typed in; Enter runs what is chosen."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _LIST_KEYS:
                QCoreApplication.sendEvent(self.table, event)
                return True
            if event.key() in _ENTER_KEYS:
                self._run(self.table.currentIndex())
                return True
        return super().eventFilter(watched, event)

    def _set_up_table(self) -> None:
        table, header = self.table, self.table.horizontalHeader()
        table.setModel(self.model)
        table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        table.setShowGrid(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(LINE_HEIGHT)
        header.setHighlightSections(False)
        # As wide as everything there is needs: the columns do not move while one types.
        table.resizeColumnsToContents()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def _look(self, wanted: str) -> None:
        self.model.look_for(wanted)
        self.table.setCurrentIndex(self.model.index(0, 0))
        self._show_hint(self.table.currentIndex())

    def _show_hint(self, current: QModelIndex, _before: QModelIndex | None = None) -> None:
        if not current.isValid():
            self.hint.set_text(_("Nothing is called that."))
            return
        entry = self.model.entries[self.model.place(current.row())]
        self.hint.set_text(_("Not now: {why}").format(why=entry.why) if entry.why else entry.tip)

    def _run(self, index: QModelIndex) -> None:
        """Leave and do it; the list stays where it cannot be done."""
        entry = self.model.entries[self.model.place(index.row())] if index.isValid() else None
        if entry is None or entry.run is None or entry.why:
            return
        if self._settings is not None:
            others = [key for key in self._recent if key and key != entry.key]
            self._settings.put(RECENT, "\n".join([entry.key, *others][:MOST_RECENT]))
        self.accept()
        entry.run()
