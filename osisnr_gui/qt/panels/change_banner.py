"""A slim banner that says which files changed on disk, and offers to read them again."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.look.themed import Themed, tint
from osisnr_gui.qt.panels.buttons import push_button, tool_button
from osisnr_gui.qt.panels.layouts import row_of
from osisnr_gui.qt.panels.plain_text import GAP, plain_label, set_text, tooltip
from osisnr_gui.session.file_changes import FileChange, changes_sentence

SLIM = "QPushButton, QToolButton { padding: 2px 8px; }"
BANNER_MARGINS = (10, 4, 4, 4)


class ChangeBanner(Themed, QFrame):
    """Hidden while all files are as they were read."""

    reload_requested = Signal()
    always_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self._theme = theme
        self._changes: tuple[FileChange, ...] = ()
        self._hidden: frozenset[FileChange] = frozenset()
        self._sign = QLabel(self)
        self.text: QLabel = plain_label("", wrap=True, selectable=True, parent=self)
        once = "Read what changed again; the view stays, and the old curve as a faint line"
        ever = "Reload now, and from now on whenever a file has changed (Sources: Reload changed files by itself)"
        self.reload = push_button("Reload", once, self.reload_requested.emit, self)
        self.always = push_button("Reload always", ever, self.always_requested.emit, self)
        self.close_button = tool_button("", "Hide until a file changes again", self._hide, self, name="Hide")
        buttons = self.reload, self.always, self.close_button
        for button in buttons:
            button.setStyleSheet(SLIM)
        row_of(self._sign, (self.text, 1), *buttons, owner=self, margins=BANNER_MARGINS, spacing=GAP)
        self.close_button.setIconSize(QSize(14, 14))
        tint(self.close_button, "close", theme, "muted")
        self.hide()

    def show_changes(self, changes: tuple[FileChange, ...]) -> None:
        """Show these; nothing is done when they are on screen already, or were hidden."""
        self._changes = changes
        shown = tuple(change for change in changes if change not in self._hidden)
        self.setVisible(bool(shown))
        if not shown:
            return
        sentence = changes_sentence(shown)
        set_text(self.text, sentence)
        self.text.setToolTip(tooltip("\n".join(f"{change.path} {change.words}" for change in shown)))
        self.setAccessibleName(sentence)
        can_be_read = any(change.can_be_read for change in shown)
        for button in (self.reload, self.always):
            button.setVisible(can_be_read)
        gone = not all(change.can_be_read for change in changes)
        tint(self._sign, "warning" if gone else "info", self._theme, "warning" if gone else "accent")

    def _hide(self) -> None:
        self._hidden = frozenset(self._changes)
        self.show_changes(self._changes)
