"""Find a command, a remedy or a setting by its name, and run it: the palette, and the page of keys and mouse."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QHeaderView, QLineEdit, QTreeWidget, QTreeWidgetItem, QWidget

from osisnr_gui.qt.dialogs.close_dialog import CloseDialog
from osisnr_gui.qt.panels.plain_text import GAP, ElidedLabel
from osisnr_gui.qt.settings import Settings
from osisnr_gui.text.catalogue import _

RECENT, MOST_RECENT = "recent_commands", 12
COLUMNS = _("What it does"), _("Where"), _("Keys or mouse")
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
        if max(distances, default=0) < math.inf:
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
    return next((distance for distance, fits in grades if fits), math.inf)


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
        self.resize(820, 520)
        self._settings = settings
        self._recent = [] if settings is None else settings.text(RECENT, "").split("\n")
        self._entries, self.shown = entries, list[Entry]()  # the latter: what is listed now, from top to bottom
        self.search, self.list = QLineEdit(self), QTreeWidget(self)
        self.hint = ElidedLabel(muted=True, parent=self)
        words = _("Look for a command, a setting or a key, by words in any order")
        self.search.setPlaceholderText(words)
        self.search.setAccessibleName(words)
        self.search.setClearButtonEnabled(True)
        self.search.installEventFilter(self)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setStyleSheet("QTreeView::item { padding: 4px 2px; }")
        self.list.setAllColumnsShowFocus(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHeaderLabels(COLUMNS)
        self.lay_out(self.search, (self.list, 1), self.hint, margins=None, spacing=GAP)
        self.search.textChanged.connect(self._look)
        self.list.currentItemChanged.connect(self._show_hint)
        (self.list.itemClicked if one_click else self.list.itemDoubleClicked).connect(self._run)
        self._look("")
        # As wide as everything there is needs: the columns do not move while one types.
        for column in range(1, len(COLUMNS)):
            self.list.resizeColumnToContents(column)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and Down are the list's while the line is typed in; Enter runs what is chosen."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _LIST_KEYS:
                QCoreApplication.sendEvent(self.list, event)
                return True
            if event.key() in _ENTER_KEYS:
                self._run()
                return True
        return super().eventFilter(watched, event)

    def _look(self, wanted: str) -> None:
        self.shown = [self._entries[place] for place in find(self._entries, wanted, self._recent)]
        faint = self.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
        self.list.clear()
        for entry in self.shown:
            item = QTreeWidgetItem(self.list, [entry.text, entry.place, entry.keys])
            for column in range(len(COLUMNS)) if entry.why else ():
                item.setForeground(column, faint)
        self.list.setCurrentIndex(self.list.model().index(0, 0))
        self._show_hint()

    def _current(self) -> Entry | None:
        item = self.list.currentItem()
        return None if item is None else self.shown[self.list.indexOfTopLevelItem(item)]

    def _show_hint(self, *_items: object) -> None:
        entry = self._current()
        if entry is None:
            self.hint.set_text(_("Nothing is called that."))
        else:
            self.hint.set_text(_("Not now: {why}").format(why=entry.why) if entry.why else entry.tip)

    def _run(self, *_item: object) -> None:
        """Leave and do it; the list stays where it cannot be done."""
        entry = self._current()
        if entry is None or entry.run is None or entry.why:
            return
        if self._settings is not None:
            others = [key for key in self._recent if key and key != entry.key]
            self._settings.put(RECENT, "\n".join([entry.key, *others][:MOST_RECENT]))
        self.accept()
        entry.run()
