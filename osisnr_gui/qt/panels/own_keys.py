"""Keys that belong to a field, a box or a table while it has the focus, whatever the window uses them for."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

Key = Qt.Key
DIGITS = frozenset(Key(Key.Key_0.value + digit) for digit in range(10))
UP_DOWN = frozenset({Key.Key_Up, Key.Key_Down, Key.Key_Home, Key.Key_End})
# A digit does nothing in a list of names: there it still brings an estimate into view.
FIELD_KEYS = UP_DOWN | DIGITS
LIST_KEYS = UP_DOWN
TABLE_KEYS = UP_DOWN | {Key.Key_Left, Key.Key_Right}


class _OwnKeys(QObject):
    """Takes part in one widget's events."""

    def __init__(self, widget: QWidget, keys: frozenset[Qt.Key]) -> None:
        super().__init__(widget)
        self._keys = keys
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """An accepted override comes back as a plain key press instead of a shortcut."""
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        held = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if held or event.key() not in self._keys:
            return False
        event.accept()
        return True


def own_keys(widget: QWidget, keys: frozenset[Qt.Key]) -> None:
    """Let `widget` have `keys` while it has the focus, also with Shift and from the keypad."""
    _OwnKeys(widget, keys)
