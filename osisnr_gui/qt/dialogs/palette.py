"""Looking things up: a command, a remedy or a setting by its name, keys and mouse, and the help pages."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeyEvent, QPalette, QTextBlockFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QHeaderView, QLineEdit, QListWidget, QTextBrowser, QTreeWidget, QTreeWidgetItem, QWidget

from osisnr_gui.paths import resource_path
from osisnr_gui.qt.dialogs.close_dialog import CloseDialog
from osisnr_gui.qt.panels.layouts import row_of
from osisnr_gui.qt.panels.plain_text import GAP, ElidedLabel
from osisnr_gui.qt.settings import Settings
from osisnr_gui.text.catalogue import _

RECENT = "recent_commands"
COLUMNS = _("What it does"), _("Where"), _("Keys or mouse")
_LIST_KEYS = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown})


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
    ranks = [(sum(_distance(entry, term) for term in terms), ages.get(entry.key, len(ages))) for entry in entries]
    return sorted((place for place, rank in enumerate(ranks) if rank[0] < math.inf), key=ranks.__getitem__)


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

    Arrows move, Enter runs, Esc leaves; a double click runs too.
    settings : where the ones used last are kept, to come first, and a click runs; None: the order is that of `entries`.
    """

    def __init__(
        self, title: str, entries: Sequence[Entry], parent: QWidget | None = None, settings: Settings | None = None
    ) -> None:
        super().__init__(title, parent)
        self.resize(820, 520)
        self._settings = settings
        self._recent = [] if settings is None else settings.text(RECENT, "").split("\n")
        self._entries, self.shown = entries, list[Entry]()  # the latter: what is listed now, from top to bottom
        words = _("Look for a command, a setting or a key, by words in any order")
        self.search = QLineEdit(self, placeholderText=words, clearButtonEnabled=True)
        self.list, self.hint = QTreeWidget(self), ElidedLabel(muted=True, parent=self)
        self.search.setAccessibleName(words)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setStyleSheet("QTreeView::item { padding: 4px 2px; }")
        self.list.setAllColumnsShowFocus(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHeaderLabels(COLUMNS)
        self.lay_out(self.search, (self.list, 1), self.hint, margins=None, spacing=GAP)
        self.search.textChanged.connect(self._look)
        self.list.currentItemChanged.connect(self._show_hint)
        (self.list.itemDoubleClicked if settings is None else self.list.itemClicked).connect(self._run)
        self._look("")
        # As wide as everything there is needs: the columns do not move while one types.
        for column in range(1, len(COLUMNS)):
            self.list.resizeColumnToContents(column)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What the line leaves: Up and Down are the list's; Enter runs what is chosen."""
        if event.key() in _LIST_KEYS:
            self.list.keyPressEvent(event)  # not sent: what the list does not take would come back here without end
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run()
        else:
            super().keyPressEvent(event)

    def _look(self, wanted: str) -> None:
        self.list.clear()  # while `shown` is what it lists: a hint is shown for each item that is current meanwhile
        self.shown = [self._entries[place] for place in find(self._entries, wanted, self._recent)]
        faint = self.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
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
            self._settings.put(RECENT, "\n".join([entry.key, *others][:12]))
        self.accept()
        entry.run()


FIRST_PAGES = ("first_steps", "numbers")


def help_pages() -> dict[str, str]:
    """All pages as Markdown by name, those to begin with first; raises FileNotFoundError."""
    paths = sorted(Path(resource_path("help")).glob("*.md"), key=lambda path: (path.stem not in FIRST_PAGES, path.stem))
    return {path.stem: path.read_text("utf-8") for path in paths}


def page_title(text: str) -> str:
    """The heading of a page."""
    return text.partition("\n")[0].removeprefix("# ")


class _Page(QTextBrowser):
    """Shows text; pictures, style sheets and pages of other places are never fetched."""

    def loadResource(self, kind: int, _name: QUrl | str) -> object:
        """Nothing, whatever is asked for."""
        return "" if kind == QTextDocument.ResourceType.StyleSheetResource.value else None


class HelpDialog(CloseDialog):
    """Titles on the left, the page on the right."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(_("Help"), parent)
        self.resize(860, 640)
        self._texts = help_pages()
        self.titles, self.page = QListWidget(self), _Page(self, openLinks=False)
        self.titles.addItems([page_title(text) for text in self._texts.values()])
        self.titles.setFixedWidth(200)
        self.titles.setWordWrap(True)
        self.titles.setSpacing(4)
        self.titles.setAccessibleName(_("Help pages"))
        self.page.anchorClicked.connect(self._follow)
        self.page.document().setDocumentMargin(2 * GAP)
        self.lay_out((row_of(self.titles, (self.page, 1), spacing=GAP), 1), margins=None, spacing=GAP)
        self.titles.currentRowChanged.connect(self._show_row)
        self.show_page(name)

    def show_page(self, name: str) -> None:
        """Turn to a page; an unknown name leaves the first one."""
        names = list(self._texts)
        self.titles.setCurrentRow(names.index(name) if name in names else 0)

    def _show_row(self, row: int) -> None:
        # No raw HTML: a page is text.
        text, kinds = list(self._texts.values())[row], QTextDocument.MarkdownFeature
        document = self.page.document()
        document.setMarkdown(text, kinds.MarkdownDialectGitHub | kinds.MarkdownNoHTML)
        # Air between paragraphs: Markdown brings none along.
        cursor, block = QTextCursor(document), document.begin()
        while block.isValid():
            cursor.setPosition(block.position())
            if cursor.currentTable() is None:
                form = QTextBlockFormat(block.blockFormat())
                heading, item = form.headingLevel(), block.textList() is not None
                form.setTopMargin(2 * GAP if heading > 1 else 0)
                form.setBottomMargin(4 if item else GAP)
                form.setLineHeight(125, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
                cursor.setBlockFormat(form)
            block = block.next()
        self.page.moveCursor(QTextCursor.MoveOperation.Start)

    def _follow(self, url: QUrl) -> None:
        """A link to another page turns to it; one to the outside goes to the user's browser."""
        if url.scheme() in ("http", "https"):
            QDesktopServices.openUrl(url)
        elif url.path().endswith(".md"):
            self.show_page(PurePath(url.path()).stem)
        elif url.hasFragment():
            self.page.scrollToAnchor(url.fragment())
