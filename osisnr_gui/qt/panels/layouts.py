"""Buttons and switches, and rows, columns and grids of widgets, each set up in one call."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QGridLayout,
    QLabel,
    QLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from osisnr_gui.qt.focus import own_keys
from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS
from osisnr_gui.qt.panels.plain_text import GAP, NarrowScroll, tooltip
from osisnr_gui.session.edits import Edit

#: A widget or layout, alone or with the share of the room it takes; a number: that many pixels left free.
Part = QWidget | QLayout | int | tuple[QWidget | QLayout, int]
Margins = tuple[int, int, int, int]
Button = TypeVar("Button", QPushButton, QToolButton)
Run = Callable[[], object]
#: Takes an edit of the session and the key by which it is merged with the one before.
Ask = Callable[[Edit, str], object]
#: Name, field, what is beside it (None: the field is as wide as both), tooltip, what a double click on the name does.
Setting = tuple[str, QWidget, QWidget | None, str, Run | None]

#: As a part: room that is left free.
REST = -1
NONE: Margins = (0, 0, 0, 0)


def _box_of(
    direction: QBoxLayout.Direction,
    *parts: Part,
    owner: QWidget | None = None,
    margins: Margins | None = NONE,
    spacing: int = -1,
) -> QBoxLayout:
    """Parts in a line. owner : the widget they fill, none in another layout. None and -1 : as the style has it."""
    box = QBoxLayout(direction)
    if owner is not None:
        owner.setLayout(box)
    if margins is not None:
        box.setContentsMargins(*margins)
    box.setSpacing(spacing)
    for each in parts:
        part, share = each if isinstance(each, tuple) else (each, 0)
        if isinstance(part, QWidget):
            box.addWidget(part, share)
        elif isinstance(part, QLayout):
            box.addLayout(part, share)
        elif part == REST:
            box.addStretch(1)
        else:
            box.addSpacing(part)
    return box


#: Parts side by side, and parts one under the other.
row_of = partial(_box_of, QBoxLayout.Direction.LeftToRight)
column_of = partial(_box_of, QBoxLayout.Direction.TopToBottom)


def scroll_inside(owner: QWidget, body: QLayout) -> NarrowScroll:
    """Fill `owner` with a layout that scrolls up and down."""
    inside = QWidget()
    inside.setLayout(body)
    scroll = NarrowScroll(inside, owner)
    column_of(scroll, owner=owner)
    return scroll


class ResetLabel(QLabel):
    """The name of a setting. reset : what a double click on it does."""

    def __init__(self, text: str, reset: Run | None, parent: QWidget | None = None) -> None:
        super().__init__(text, parent, textFormat=Qt.TextFormat.PlainText)
        self._reset = reset

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Back to the default, where there is one."""
        if self._reset is not None:
            self._reset()


def lay_out_settings(settings: Sequence[Setting]) -> tuple[QGridLayout, dict[str, QLabel]]:
    """A row for each of them; the labels of their names."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(6)
    grid.setVerticalSpacing(GAP // 2)
    grid.setColumnStretch(2, 1)
    names: dict[str, QLabel] = {}
    for row, (name, field, note, tip, reset) in enumerate(settings):
        label = names[name] = ResetLabel(name, reset)
        label.setBuddy(field)
        for part in (label, field):
            part.setToolTip(tooltip(tip))
        field.setAccessibleName(name)
        grid.addWidget(label, row, 0)
        grid.addWidget(field, row, 1, 1, 2 if note is None else 1)
        if note is not None:
            grid.addWidget(note, row, 2)
    return grid, names


def push_button(text: str, tip: str = "", run: Run | None = None, **properties: Any) -> QPushButton:
    """A button with a frame. run : what a click does. properties : further ones of Qt, its parent among them."""
    return _set_up(QPushButton(text, **properties), tip, run)


def tool_button(
    text: str = "", tip: str = "", run: Run | None = None, menu: QMenu | None = None, **properties: Any
) -> QToolButton:
    """A flat button; one without a text needs an `accessibleName` for screen readers. See `push_button`.

    menu : what a click opens.
    """
    button = QToolButton(**properties)
    button.setText(text)
    if menu is not None:
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    return _set_up(button, tip, run)


def _set_up(button: Button, tip: str, run: Run | None) -> Button:
    button.setToolTip(tooltip(tip))
    if run is not None:
        # Qt hands on whether the button is down, which nobody asks for.
        button.clicked.connect(lambda _on=False: run())
    return button


class Segmented(QWidget):
    """A switch between two or three named choices, side by side; one is always in force."""

    chosen = Signal(int)

    def __init__(self, choices: Sequence[str], about: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.current = 0  # index of the choice in force
        self._buttons = []
        looks: dict[str, Any] = {"checkable": True, "autoExclusive": True, "focusPolicy": Qt.FocusPolicy.TabFocus}
        for index, choice in enumerate(choices):
            name = f"{about}: {choice.replace(' · ', ', ')}"
            button = tool_button(choice, tip, partial(self._choose, index), parent=self, accessibleName=name, **looks)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setStyleSheet(f"font-size: {SMALL_FONT_PIXELS}px; padding: 4px 2px")
            # The space bar and the arrows are the window's.
            own_keys(button, frozenset(), dict.fromkeys((Qt.Key.Key_Return, Qt.Key.Key_Enter), self._choose_next))
            self._buttons.append(button)
        row_of(*self._buttons, owner=self, spacing=1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_current(0)

    def set_current(self, index: int) -> None:
        """Show a choice; nothing is emitted."""
        self.current = index
        self._buttons[index].setChecked(True)

    def _choose(self, index: int) -> None:
        if index != self.current:
            self.set_current(index)
            self.chosen.emit(index)

    def _choose_next(self) -> None:
        index = (self.current + 1) % len(self._buttons)
        self._buttons[index].setFocus()
        self._choose(index)
