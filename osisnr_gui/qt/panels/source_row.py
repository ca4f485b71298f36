"""One file in the list of sources: its role, its name, what it is, and how it is read."""

import os
import time
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QMenu, QWidget

from osisnr_gui.io.errors import FileError, printable
from osisnr_gui.qt.look.theme import Theme, Themed, show_line, tint
from osisnr_gui.qt.panels.layouts import REST, column_of, row_of, tool_button
from osisnr_gui.qt.panels.plain_text import ElidedLabel, plain_label, set_text, tooltip
from osisnr_gui.qt.panels.sample_field import LagField, NarrowBox
from osisnr_gui.session import edits, words
from osisnr_gui.session.comparison.speakers import MOST_CHANNELS, compare_channels
from osisnr_gui.session.file_changes import FileChange
from osisnr_gui.session.guess import Role
from osisnr_gui.session.session import DOWNMIX
from osisnr_gui.session.tracks import Track
from osisnr_gui.text.catalogue import _, translated
from osisnr_gui.text.files import file_tip, file_words, track_words

ROLE_WORDS = {Role.REFERENCE: _("Reference"), Role.ESTIMATE: _("Estimate"), Role.MIXTURE: _("Mixture")}
# The chip is short: the file name beside it needs the room.
CHIP_WORDS = {**ROLE_WORDS, Role.REFERENCE: _("Ref")}


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
            letter = words.estimate_letter(self.index)
            return f"{letter} → {self.partner + 1}" if self.references else letter
        number = f" {self.index + 1}" if self.role is Role.REFERENCE and self.references else ""
        return CHIP_WORDS[self.role] + number


class SourceSignals(QWidget):
    """The list of sources, through which its rows say what is asked for."""

    edit_requested = Signal(object, str)
    chosen = Signal(int)  # the place of the estimate that is to be in view
    values_requested = Signal()
    curve_toggled = Signal(object)  # Source
    delay_requested = Signal(object)  # Source


class SourceRow(Themed, QWidget):
    """A row; a click on an estimate brings it into view."""

    def __init__(self, theme: Theme, asks: SourceSignals, state: RowState) -> None:
        super().__init__(theme)
        self._asks, self._state = asks, state
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(lambda place: self.role_menu().popup(self.mapToGlobal(place)))
        self.sample = QLabel(self)
        remove = _("Remove from the comparison; the file stays where it is, Undo brings it back")
        self.chip = tool_button("", _("Role in the comparison; click to change it"), parent=self)
        self.chip.clicked.connect(lambda: self.role_menu().popup(self.chip.mapToGlobal(self.chip.rect().bottomLeft())))
        self.eye = tool_button(run=lambda: asks.curve_toggled.emit(self._state.track.source), parent=self)
        self.remove_button = tool_button("", remove, self._remove, parent=self)
        self.name = ElidedLabel("", Qt.TextElideMode.ElideMiddle, parent=self)
        self.details = plain_label("", "muted", wrap=True, small=True, parent=self)
        self.change = plain_label("", "warning", wrap=True, small=True, parent=self)
        self.problem = plain_label("", "error", wrap=True, small=True, parent=self)
        self._make_options()
        self.chip.setStyleSheet("QToolButton { border: 1px solid palette(mid); border-radius: 4px; padding: 1px 5px; }")
        for button in (self.eye, self.remove_button):
            button.setStyleSheet("padding: 2px")
            button.setIconSize(QSize(14, 14))
        tint(self.remove_button, "close", theme, "muted")
        top = row_of(self.sample, self.chip, (self.name, 1), self.eye, self.remove_button, spacing=6)
        parts = top, self.details, self.change, self.problem, self.options
        column_of(*parts, owner=self, margins=(12, 6, 6, 8), spacing=4)
        self._show()

    def _make_options(self) -> None:
        """The pickers a file needs; hidden when it needs none."""
        self.options = QWidget(self)
        channel = tooltip(_("Channel that is compared; channels are never mixed unasked"))
        self.channel = NarrowBox(self, accessibleName=_("Channel"), toolTip=channel)
        self.key = NarrowBox(self, accessibleName=_("Array"), toolTip=tooltip(_("Array of the file that is read")))
        turned = _(
            "On: rows of the file are frames. A mask has a row for each bin and a column for each frame; scores cannot "
            "reveal a turned mask."
        )
        self.transpose = QCheckBox(_("transpose"), self)
        self.transpose.setToolTip(tooltip(turned))
        values = _("Histogram of its values, their range and what kind of mask it is (Shift+V)")
        self.values = tool_button(_("values…"), values, self._asks.values_requested.emit, parent=self)
        self.values.setAccessibleName(_("Mask values"))
        self.values.setStyleSheet("padding: 1px 5px")
        self.lag, self.delay = LagField(self), QWidget(self)
        delay = _("The score at every delay; move the estimate by hand (Ctrl+D)")
        self.delay_button = tool_button(_("Delay…"), delay, self._ask_delay, parent=self)
        row_of(self.lag, self.delay_button, REST, owner=self.delay, spacing=4)
        parts = self.channel, self.key, row_of((self.transpose, 1), self.values), self.delay
        column_of(*parts, owner=self.options, spacing=4)
        self.lag.valueChanged.connect(self._move)
        # `activated`, not `currentIndexChanged`: only what the user does, never what is shown.
        self.channel.activated.connect(lambda _i: self._read(channel=self.channel.currentData()))
        self.key.activated.connect(lambda _i: self._read(key=self.key.currentData()))
        self.transpose.clicked.connect(lambda on: self._read(transpose=on))

    def show_state(self, state: RowState) -> None:
        """Show a file; nothing is done when it is on screen already."""
        if state != self._state:
            self._state = state
            self._show()

    def _show(self) -> None:
        state = self._state
        track, estimate = state.track, state.role is Role.ESTIMATE
        self.sample.setVisible(estimate)
        show_line(self.sample, state.index if estimate and not state.hidden else None, self._theme)
        self._show_eye(state)
        self.chip.setText(f"{state.chip} ▾")
        self.chip.setAccessibleName(_("Role of {name}: {role}").format(name=track.name, role=state.chip))
        self.remove_button.setAccessibleName(_("Remove {name}").format(name=track.name))
        written = file_words(track.stamp, state.content, time.time()) if state.content else ""
        facts = " · ".join(part for part in (track_words(track), written) if part)
        tip = words.full_path(track.source.path)
        # Where room is short the ending goes, which the line below names, and what all names begin with.
        shorter = state.short or os.path.splitext(track.name)[0]
        self.name.set_text(track.name, f"{tip}\n{facts}" if state.brief else tip, shorter)
        # It wraps between facts only, never between a number and its unit.
        unbroken = facts.replace(" ", "\u00a0").replace("\u00a0·\u00a0", "\u00a0· ")
        set_text(self.details, "" if state.brief else unbroken, hides=True)
        set_text(self.change, "" if state.change is None else state.change.words, hides=True)
        error = state.error
        problem = "" if error is None else f"{translated(error.detail)}; {translated(error.remedy)}"
        set_text(self.problem, printable(problem, 300), hides=True)
        self._show_options(state)
        self.setAccessibleName(f"{state.chip}: {track.name}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if estimate else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if estimate else Qt.CursorShape.ArrowCursor)
        self.update()

    def _show_options(self, state: RowState) -> None:
        """What can be chosen for a file in its role."""
        track = state.track
        channels, keys = channel_choices(track), key_choices(track)
        _fill(self.channel, channels, track.source.channel)
        _fill(self.key, keys, track.source.key if track.error is not None or track.mask is None else track.mask.key)
        self.transpose.setChecked(track.source.transpose)
        self.channel.setVisible(bool(channels))
        self.key.setVisible(bool(keys))
        self.transpose.setVisible(track.kind == "mask" or track.source.transpose)
        self.values.setVisible(track.mask is not None)
        self.lag.show_value(track.source.delay)
        self.delay.setVisible(state.role is Role.ESTIMATE and track.kind == "audio" and track.source.delay != 0)
        self.options.setVisible(not all(w.isHidden() for w in (self.channel, self.key, self.transpose, self.delay)))

    def _show_eye(self, state: RowState) -> None:
        """Open or crossed out; only estimates have a curve to hide."""
        if state.hidden:
            name = _("Show the curve of {name}")
            tip = _("Show its curve in the plots over time, and its row among all estimates; its numbers stay")
        else:
            name = _("Hide the curve of {name}")
            tip = _("Hide its curve in the plots over time, and its row among all estimates; its numbers stay")
        self.eye.setVisible(state.role is Role.ESTIMATE)
        tint(self.eye, "eye-off" if state.hidden else "eye", self._theme, "muted")
        self.eye.setAccessibleName(name.format(name=state.track.name))
        self.eye.setToolTip(tooltip(f"{tip} (H)" if state.selected else tip))

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
        # Now, because it says how long ago the file was written.
        tip = file_tip(self._state.track.stamp, self._state.content, time.time())
        self.setToolTip(tooltip(tip and _("{what}\nRight-click to copy").format(what=tip)))
        super().enterEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A raised plate with an accent edge for the estimate in view."""
        state = self._state
        with QPainter(self) as painter:
            if state.selected:
                painter.fillRect(self.rect(), QColor(self._theme.raised))
                painter.fillRect(QRectF(0, 0, 3, self.height()), QColor(self._theme.accent))
            elif state.role is Role.ESTIMATE and (self.underMouse() or self.hasFocus()):
                painter.fillRect(self.rect(), QColor(self._theme.hover))
            painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), QColor(self._theme.separator))

    def role_menu(self) -> QMenu:
        """A new menu with the roles this file can have, the swap, and what can be copied."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        state, source = self._state, self._state.track.source
        for role, title in ROLE_WORDS.items():
            edit = partial(edits.set_role, source=source, role=role, present=state.role)
            self._add_choice(menu, title, edit, chosen=role is state.role)
        if state.role is not Role.REFERENCE:
            further = partial(edits.add_reference, source=source)
            menu.addAction(_("Further reference (another speaker)"), partial(self._ask, further))
        if state.role is Role.ESTIMATE:
            self._add_estimate_choices(menu, state)
        menu.addSeparator()
        clipboard = QGuiApplication.clipboard()
        menu.addAction(_("Copy path"), partial(clipboard.setText, source.path))
        menu.addAction(_("Copy SHA-256"), partial(clipboard.setText, state.content)).setEnabled(bool(state.content))
        return menu

    def _add_estimate_choices(self, menu: QMenu, state: RowState) -> None:
        """Which reference it is compared with where there is a choice, each channel for itself, swap and delay."""
        source, count = state.track.source, state.track.channels
        menu.addSeparator()
        for place, name in enumerate(state.references):
            text = _("Compare with {k}: {name}").format(k=place + 1, name=name).replace("&", "&&")
            edit = partial(edits.set_partner, estimate=source, reference=place)
            self._add_choice(menu, text, edit, chosen=place == state.partner)
        menu.addSeparator()
        if 2 <= count <= MOST_CHANNELS:
            each = partial(compare_channels, estimate=source, count=count, reference_count=state.reference_channels)
            menu.addAction(_("Each channel as its own estimate"), partial(self._ask, each))
        menu.addAction(_("Swap with the reference"), partial(self._ask, partial(edits.swap, estimate=source)))
        if state.track.kind == "audio":
            menu.addAction(_("Delay…"), self._ask_delay)

    def _add_choice(self, menu: QMenu, text: str, edit: edits.Edit, *, chosen: bool) -> None:
        action = menu.addAction(text, partial(self._ask, edit))
        action.setCheckable(True)
        action.setChecked(chosen)

    def _choose(self) -> None:
        if self._state.role is Role.ESTIMATE:
            self._asks.chosen.emit(self._state.index)

    def _remove(self) -> None:
        self._ask(partial(edits.remove, source=self._state.track.source, role=self._state.role))

    def _ask_delay(self) -> None:
        self._asks.delay_requested.emit(self._state.track.source)

    def _move(self, samples: float) -> None:
        source = self._state.track.source
        edit = partial(edits.set_delay, estimate=source, delay=int(samples))
        self._asks.edit_requested.emit(edit, f"delay {source.signal}")

    def _read(self, **changes: Any) -> None:
        """Read the file otherwise."""
        self._ask(partial(edits.change_source, source=self._state.track.source, role=self._state.role, **changes))

    def _ask(self, edit: edits.Edit) -> None:
        self._asks.edit_requested.emit(edit, "")


def channel_choices(track: Track) -> list[tuple[str, object]]:
    """Words and value for every channel; empty for a file with one."""
    n = track.channels
    if n < 2 and track.source.channel is None:
        return []
    numbered = [(_("channel {k} of {n}").format(k=k, n=n), k) for k in range(1, n + 1)]
    return [(_("channel 1 (default)"), None), *numbered, (_("mean of {n} channels").format(n=n), DOWNMIX)]


def key_choices(track: Track) -> list[tuple[str, object]]:
    """Names of the arrays that could be meant; empty when there is no choice."""
    names: list[str] = list(getattr(track.error, "choices", ()))
    if track.mask is not None and track.mask.key is not None:
        names += [track.mask.key, *track.mask.keys]
    names = sorted(set(names))
    choices: list[tuple[str, object]] = [(printable(name, 60), name) for name in names]
    if track.error is not None and choices:
        return [(_("choose an array…"), None), *choices]
    return choices if len(choices) > 1 or track.source.key is not None else []


def _fill(box: QComboBox, choices: list[tuple[str, object]], value: object) -> None:
    if [(box.itemText(i), box.itemData(i)) for i in range(box.count())] != choices:
        box.clear()
        for text, data in choices:
            box.addItem(text, data)
    box.setCurrentIndex(box.findData(value))
