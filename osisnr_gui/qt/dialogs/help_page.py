"""The help pages that ship with the program; nothing is loaded from anywhere else."""

import os

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QTextBlockFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QListWidget, QTextBrowser, QWidget

from osisnr_gui.paths import resource_path
from osisnr_gui.qt.dialogs.close_dialog import CloseDialog
from osisnr_gui.qt.panels.layouts import row_of
from osisnr_gui.qt.panels.plain_text import GAP
from osisnr_gui.text.catalogue import _

FIRST_PAGES = ("first_steps", "numbers")


def page_names() -> list[str]:
    """Names of all pages, those to begin with first; raises paths.MissingResource."""
    files = sorted(os.listdir(resource_path("help")))
    found = [name.removesuffix(".md") for name in files if name.endswith(".md")]
    return sorted(found, key=lambda name: FIRST_PAGES.index(name) if name in FIRST_PAGES else len(FIRST_PAGES))


def page_text(name: str) -> str:
    """A page as Markdown; raises paths.MissingResource."""
    with open(resource_path("help", f"{name}.md"), encoding="utf-8") as file:
        return file.read()


def page_title(name: str, text: str) -> str:
    """The page's first heading, or its name."""
    first = next((line for line in text.splitlines() if line.startswith("# ")), "")
    return first.removeprefix("# ").strip() or name.replace("_", " ").capitalize()


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
        self._texts = {page: page_text(page) for page in page_names()}
        self.titles, self.page = QListWidget(self), _Page(self)
        self.titles.addItems([page_title(page, text) for page, text in self._texts.items()])
        self.titles.setFixedWidth(200)
        self.titles.setWordWrap(True)
        self.titles.setSpacing(4)
        self.titles.setAccessibleName(_("Help pages"))
        self.page.setOpenLinks(False)
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
        if row >= 0:
            # No raw HTML: a page is text.
            features = QTextDocument.MarkdownFeature
            self.page.document().setMarkdown(
                list(self._texts.values())[row], features.MarkdownDialectGitHub | features.MarkdownNoHTML
            )
            self._space()
            self.page.moveCursor(QTextCursor.MoveOperation.Start)

    def _space(self) -> None:
        """Air between paragraphs: Markdown brings none along."""
        cursor = QTextCursor(self.page.document())
        block = self.page.document().begin()
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

    def _follow(self, url: QUrl) -> None:
        """A link to another page turns to it; one to the outside goes to the user's browser."""
        if url.scheme() in ("http", "https"):
            QDesktopServices.openUrl(url)
        elif url.path().endswith(".md"):
            self.show_page(os.path.basename(url.path()).removesuffix(".md"))
        elif url.hasFragment():
            self.page.scrollToAnchor(url.fragment())
