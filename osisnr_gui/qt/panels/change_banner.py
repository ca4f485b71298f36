"""A slim banner that says which files changed on disk, and offers to read them again."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.look.themed import Themed, tint
from osisnr_gui.qt.panels.layouts import Run, push_button, row_of, tool_button
from osisnr_gui.qt.panels.plain_text import GAP, plain_label, set_text, tooltip
from osisnr_gui.session.file_changes import FileChange, changes_sentence

SLIM = "QPushButton, QToolButton { padding: 2px 8px; }"
BANNER_MARGINS = (10, 4, 4, 4)


class SlimBanner(Themed, QFrame):
    """Sign, text, buttons, and one to hide it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._sign = QLabel(self)
        self.text: QLabel = plain_label("", wrap=True, selectable=True, parent=self)

    def show_sign(self, warns: bool) -> None:
        """The sign of a warning, or of a piece of information."""
        tint(self._sign, "warning" if warns else "info", self._theme, "warning" if warns else "accent")

    def add_buttons(self, *buttons: QPushButton, hide_tip: str, hide: Run) -> None:
        """Buttons beside the text, the one that hides the banner last."""
        self.close_button = tool_button("", hide_tip, hide, self, name="Hide")
        self.close_button.setIconSize(QSize(14, 14))
        tint(self.close_button, "close", self._theme, "muted")
        for button in (*buttons, self.close_button):
            button.setStyleSheet(SLIM)
        parts = self._sign, (self.text, 1), *buttons, self.close_button
        row_of(*parts, owner=self, margins=BANNER_MARGINS, spacing=GAP)


class ChangeBanner(SlimBanner):
    """Hidden while all files are as they were read."""

    reload_requested = Signal()
    always_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setProperty("role", "banner")
        self._changes: tuple[FileChange, ...] = ()
        self._hidden: frozenset[FileChange] = frozenset()
        once = "Read what changed again; the view stays, and the old curve as a faint line"
        ever = "Reload now, and from now on whenever a file has changed (Sources: Reload changed files by itself)"
        self.reload = push_button("Reload", once, self.reload_requested.emit, self)
        self.always = push_button("Reload always", ever, self.always_requested.emit, self)
        self.add_buttons(self.reload, self.always, hide_tip="Hide until a file changes again", hide=self._hide)
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
        self.show_sign(not all(change.can_be_read for change in changes))

    def _hide(self) -> None:
        self._hidden = frozenset(self._changes)
        self.show_changes(self._changes)
