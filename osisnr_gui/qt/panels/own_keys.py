"""Keys that belong to a field, a box or a table while it has the focus, whatever the window uses them for.

And keys that do not: a letter or the space bar begins no number, so a number field in which nothing is being typed
leaves them to the window.
"""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractSpinBox, QWidget

Key = Qt.Key
DIGITS = frozenset(Key(Key.Key_0.value + digit) for digit in range(10))
UP_DOWN = frozenset({Key.Key_Up, Key.Key_Down, Key.Key_Home, Key.Key_End})
# A digit does nothing in a list of names: there it still brings an estimate into view.
FIELD_KEYS = UP_DOWN | DIGITS
LIST_KEYS = UP_DOWN
NUMBER_TEXT = frozenset("0123456789+-−.,eE%")
Does = Mapping[Qt.Key | QKeySequence.StandardKey, Callable[[], object]]
TABLE_KEYS = UP_DOWN | {Key.Key_Left, Key.Key_Right}


class _OwnKeys(QObject):
    """Takes part in one widget's events."""

    def __init__(self, widget: QWidget, keys: frozenset[Qt.Key], does: Does) -> None:
        super().__init__(widget)
        self._keys, self._does = keys, does
        self._number = widget if isinstance(widget, QAbstractSpinBox) else None
        if self._number is not None:
            # What was entered is no longer being typed, even when it is what stood there before.
            self._number.editingFinished.connect(lambda: self._number.lineEdit().setModified(False))
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """An accepted override comes back as a plain key press instead of a shortcut."""
        if not isinstance(event, QKeyEvent) or event.type() == QEvent.Type.KeyRelease:
            return False
        for key, run in self._does.items():
            if event.matches(key) if isinstance(key, QKeySequence.StandardKey) else event.key() == key:
                event.accept()
                if event.type() == QEvent.Type.KeyPress:
                    run()
                return True
        if event.type() != QEvent.Type.ShortcutOverride:
            return False
        held = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if held:
            return False
        if event.key() in self._keys:
            event.accept()
            return True
        leaves = self._number is not None and not self._number.lineEdit().isModified()
        if leaves and event.text().isprintable() and event.text() and event.text() not in NUMBER_TEXT:
            event.ignore()
            return True
        return False


def own_keys(widget: QWidget, keys: frozenset[Qt.Key], does: Does | None = None) -> None:
    """Let `widget` have `keys` while it has the focus, also with Shift and from the keypad. does : what others do."""
    _OwnKeys(widget, keys, does or {})
