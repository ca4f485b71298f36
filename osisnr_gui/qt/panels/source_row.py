"""One file in the list of sources: its role, its name, what it is, and how to read it."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QEnterEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QLabel, QMenu, QWidget

from osisnr_gui.io.errors import FileError, printable
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.look.themed import Themed, tint
from osisnr_gui.qt.panels.estimate_mark import LineSample
from osisnr_gui.qt.panels.layouts import column_of, row_of, tool_button
from osisnr_gui.qt.panels.plain_text import ElidedLabel, plain_label, set_text, tooltip
from osisnr_gui.qt.panels.reading_options import ReadingOptions, SourceWidget
from osisnr_gui.session import edits, words
from osisnr_gui.session.channel_edits import MOST_CHANNELS, compare_channels
from osisnr_gui.session.file_changes import FileChange
from osisnr_gui.session.guess import Role
from osisnr_gui.session.tracks import Track
from osisnr_gui.session.words import estimate_letter
from osisnr_gui.text.files import file_tip, file_words, track_words

ROLE_WORDS = {Role.REFERENCE: "Reference", Role.ESTIMATE: "Estimate", Role.MIXTURE: "Mixture"}
# The chip is short: the file name beside it needs the room.
CHIP_WORDS = {**ROLE_WORDS, Role.REFERENCE: "Ref"}
ICON = QSize(14, 14)
CHIP = "QToolButton { border: 1px solid palette(mid); border-radius: 4px; padding: 1px 5px; }"


@dataclass(frozen=True, slots=True)
class RowState:
    """Everything a row shows. index : place among the references or estimates; error : why it cannot be compared.

    hidden : whether its curve is not drawn. change : what became of the file since it was read.
    content : SHA-256 of the file, empty while it is not known. brief : one of many, its facts are in the tooltip only.
    short : what tells its name from the others', for where the whole does not fit.
    references : names of all references where there are several; partner : place of the one an estimate goes with,
    reference_channels : how many channels that has.
    """

    track: Track
    role: Role
    index: int = 0
    error: FileError | None = None
    selected: bool = False
    hidden: bool = False
    references: tuple[str, ...] = ()
    partner: int = 0
    reference_channels: int = 1
    change: FileChange | None = None
    content: str = ""
    brief: bool = False
    short: str = ""

    @property
    def chip(self) -> str:
        """The role's name, the letter for an estimate; numbers where there are several references."""
        if self.role is Role.ESTIMATE:
            letter = estimate_letter(self.index)
            return f"{letter} → {self.partner + 1}" if self.references else letter
        number = f" {self.index + 1}" if self.role is Role.REFERENCE and self.references else ""
        return CHIP_WORDS[self.role] + number


def break_after_dots(text: str) -> str:
    """A line of facts that wraps between facts only, never between a number and its unit."""
    return text.replace(" ", "\u00a0").replace("\u00a0·\u00a0", "\u00a0· ")


class SourceRow(Themed, SourceWidget):
    """A row; a click on an estimate brings it into view."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._state: RowState | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.sample = LineSample(theme, self)
        remove = "Remove from the comparison; the file stays where it is, Undo brings it back"
        self.chip = tool_button("", "Role in the comparison; click to change it", self._show_roles, self)
        self.eye = tool_button(run=self._toggle_curve, parent=self)
        self.remove_button = tool_button("", remove, self._remove, self)
        self.name = ElidedLabel("", Qt.TextElideMode.ElideMiddle, parent=self)
        self.details: QLabel = plain_label("", "muted", wrap=True, small=True, parent=self)
        self.change: QLabel = plain_label("", "warning", wrap=True, small=True, parent=self)
        self.problem: QLabel = plain_label("", "error", wrap=True, small=True, parent=self)
        self.options = ReadingOptions(self)
        self.pass_on(self.options)
        self._lay_out()

    def show_state(self, state: RowState) -> None:
        """Show a file; nothing is done when it is on screen already."""
        if state == self._state:
            return
        self._state = state
        track, estimate = state.track, state.role is Role.ESTIMATE
        self.sample.setVisible(estimate)
        self.sample.show_estimate(state.index if estimate and not state.hidden else None)
        self._show_eye(state)
        self.chip.setText(f"{state.chip} ▾")
        self.chip.setAccessibleName(f"Role of {track.name}: {state.chip}")
        self.remove_button.setAccessibleName(f"Remove {track.name}")
        written = file_words(track.stamp, state.content, time.time()) if state.content else ""
        facts = " · ".join(part for part in (track_words(track), written) if part)
        tip = words.full_path(track.source.path)
        # Where room is short the ending goes, which the line below names, and what all names begin with.
        shorter = state.short or os.path.splitext(track.name)[0]
        self.name.set_text(track.name, f"{tip}\n{facts}" if state.brief else tip, shorter)
        set_text(self.details, "" if state.brief else break_after_dots(facts))
        self.details.setVisible(bool(self.details.text()))
        set_text(self.change, "" if state.change is None else state.change.words)
        self.change.setVisible(state.change is not None)
        error = state.error
        set_text(self.problem, "" if error is None else printable(f"{error.detail}; {error.remedy}", 300))
        self.problem.setVisible(error is not None)
        self.options.show_track(track, state.role)
        self.setAccessibleName(f"{state.chip}: {track.name}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if estimate else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if estimate else Qt.CursorShape.ArrowCursor)
        self.update()

    def _show_eye(self, state: RowState) -> None:
        """Open or crossed out; only estimates have a curve to hide."""
        verb = "Show" if state.hidden else "Hide"
        self.eye.setVisible(state.role is Role.ESTIMATE)
        tint(self.eye, "eye-off" if state.hidden else "eye", self._theme, "muted")
        self.eye.setAccessibleName(f"{verb} the curve of {state.track.name}")
        key = " (H)" if state.selected else ""
        self.eye.setToolTip(
            tooltip(f"{verb} its curve in the plots over time, and its row among all estimates; its numbers stay{key}")
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Bring the estimate into view."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return does what a click does; on a button of the row it presses that."""
        on_button = any(button.hasFocus() for button in (self.chip, self.eye, self.remove_button))
        if not on_button and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Say what the file is."""
        if self._state is not None:  # now, because it says how long ago the file was written
            tip = file_tip(self._state.track.stamp, self._state.content, time.time())
            self.setToolTip(tooltip(tip and f"{tip}\nRight-click to copy"))
        super().enterEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A raised plate with an accent edge for the estimate in view."""
        state, painter = self._state, QPainter(self)
        if state is not None and state.selected:
            painter.fillRect(self.rect(), QColor(self._theme.raised))
            painter.fillRect(QRectF(0, 0, 3, self.height()), QColor(self._theme.accent))
        elif state is not None and state.role is Role.ESTIMATE and (self.underMouse() or self.hasFocus()):
            painter.fillRect(self.rect(), QColor(self._theme.hover))
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), QColor(self._theme.separator))
        painter.end()

    def role_menu(self) -> QMenu:
        """A new menu with the roles this file can have, the swap, and what can be copied."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        state = self._state
        if state is None:
            return menu
        source = state.track.source
        for role, title in ROLE_WORDS.items():
            action = menu.addAction(
                title, partial(self._ask, partial(edits.set_role, source=source, role=role, present=state.role))
            )
            action.setCheckable(True)
            action.setChecked(role is state.role)
        if state.role is not Role.REFERENCE:
            further = partial(edits.add_reference, source=source)
            menu.addAction("Further reference (another speaker)", partial(self._ask, further))
        if state.role is Role.ESTIMATE:
            self._add_partners(menu, state)
            menu.addSeparator()
            self._add_channels(menu, state)
            menu.addAction("Swap with the reference", partial(self._ask, partial(edits.swap, estimate=source)))
            if state.track.kind == "audio":
                menu.addAction("Delay…", partial(self.delay_requested.emit, source))
        menu.addSeparator()
        clipboard = QGuiApplication.clipboard()
        menu.addAction("Copy path", partial(clipboard.setText, source.path))
        copy_hash = menu.addAction("Copy SHA-256", partial(clipboard.setText, state.content))
        copy_hash.setEnabled(bool(state.content))
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The same menu as that of the role."""
        self.role_menu().popup(event.globalPos())

    def _add_channels(self, menu: QMenu, state: RowState) -> None:
        """A file with several channels can be compared channel by channel."""
        count, source = state.track.channels, state.track.source
        if 2 <= count <= MOST_CHANNELS:
            each = partial(compare_channels, estimate=source, count=count, reference_count=state.reference_channels)
            menu.addAction("Each channel as its own estimate", partial(self._ask, each))

    def _add_partners(self, menu: QMenu, state: RowState) -> None:
        """Which reference the estimate is compared with, where there is a choice."""
        if state.references:
            menu.addSeparator()
        for place, name in enumerate(state.references):
            edit = partial(edits.set_partner, estimate=state.track.source, reference=place)
            action = menu.addAction(f"Compare with {place + 1}: {name}".replace("&", "&&"), partial(self._ask, edit))
            action.setCheckable(True)
            action.setChecked(place == state.partner)

    def _lay_out(self) -> None:
        self.chip.setStyleSheet(CHIP)
        for button in (self.eye, self.remove_button):
            button.setStyleSheet("padding: 2px")
            button.setIconSize(ICON)
        tint(self.remove_button, "close", self._theme, "muted")
        top = row_of(self.sample, self.chip, (self.name, 1), self.eye, self.remove_button, spacing=6)
        parts = top, self.details, self.change, self.problem, self.options
        column_of(*parts, owner=self, margins=(12, 6, 6, 8), spacing=4)

    def _show_roles(self) -> None:
        self.role_menu().popup(self.chip.mapToGlobal(self.chip.rect().bottomLeft()))

    def _choose(self) -> None:
        if self._state is not None and self._state.role is Role.ESTIMATE:
            self.chosen.emit(self._state.index)

    def _toggle_curve(self) -> None:
        if self._state is not None:
            self.curve_toggled.emit(self._state.track.source)

    def _remove(self) -> None:
        if self._state is not None:
            self._ask(partial(edits.remove, source=self._state.track.source, role=self._state.role))

    def _ask(self, edit: edits.Edit) -> None:
        self.edit_requested.emit(edit, "")
