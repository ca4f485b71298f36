"""For those who use the keys: keys of a control, a frame around the plot with the focus, a sentence for every control.

A control has its own keys while it has the focus, whatever the window uses them for. A letter or the space bar begins
no number, so a number field in which nothing is being typed leaves them, and Undo, to the window. Return and Escape end
typing: the focus goes back to the middle of the window.
"""

import html
import re
from collections.abc import Callable, Iterator, Mapping

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPalette, QPen, QStatusTipEvent
from PySide6.QtWidgets import QDoubleSpinBox, QGraphicsView, QLabel, QMainWindow, QMenu, QSpinBox, QTabBar, QWidget

from osisnr_gui.text.catalogue import _

Key = Qt.Key
DIGITS = frozenset(Key(Key.Key_0.value + digit) for digit in range(10))
UP_DOWN = frozenset({Key.Key_Up, Key.Key_Down, Key.Key_Home, Key.Key_End})
# A digit does nothing in a list of names: there it still brings an estimate into view.
FIELD_KEYS = UP_DOWN | DIGITS
NUMBER_TEXT = frozenset("0123456789+-−.,eE%")
Does = Mapping[Qt.Key | QKeySequence.StandardKey, Callable[[], object]]
TABLE_KEYS = UP_DOWN | {Key.Key_Left, Key.Key_Right}
LEAVING = frozenset({Key.Key_Return, Key.Key_Enter, Key.Key_Escape})


class _OwnKeys(QObject):
    """Takes part in one widget's events. The keys of a number field are its own while something is being typed."""

    def __init__(self, widget: QWidget, keys: frozenset[Qt.Key], does: Does) -> None:
        super().__init__(widget)
        self._widget, self._keys, self._does = widget, keys, does
        widget.installEventFilter(self)
        if isinstance(widget, QSpinBox | QDoubleSpinBox):
            # What was entered is no longer being typed, even when it is what stood there before.
            widget.editingFinished.connect(lambda: widget.lineEdit().setModified(False))

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """An accepted override comes back as a plain key press instead of a shortcut."""
        if not isinstance(event, QKeyEvent) or event.type() == QEvent.Type.KeyRelease:
            return False
        if isinstance(self._widget, QSpinBox | QDoubleSpinBox) and _is_no_number(self._widget, event):
            return True
        for key, run in self._does.items():
            if event.matches(key) if isinstance(key, QKeySequence.StandardKey) else event.key() == key:
                event.accept()
                if event.type() == QEvent.Type.KeyPress:
                    run()
                return True
        overrides = event.type() == QEvent.Type.ShortcutOverride
        if overrides and not _is_held(event) and event.key() in self._keys:
            event.accept()
            return True
        return False


def _is_no_number(field: QSpinBox | QDoubleSpinBox, event: QKeyEvent) -> bool:
    """Whether a key is not for a field: in the main window Return and Escape leave it, others may be the window's.

    In a dialog Return and Escape do what they do there.
    """
    if event.key() in LEAVING and not _is_held(event) and isinstance(field.window(), QMainWindow):
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            finish_typing(field, keep=event.key() != Key.Key_Escape)
        return True
    if event.type() != QEvent.Type.ShortcutOverride or field.lineEdit().isModified():
        return False
    # Nothing is being typed: what begins no number means nothing to the field, and neither do Undo and Redo.
    text, standard = event.text(), QKeySequence.StandardKey
    begins_number = not text or text in NUMBER_TEXT or not text.isprintable()
    if (begins_number or _is_held(event)) and not (event.matches(standard.Undo) or event.matches(standard.Redo)):
        return False
    event.ignore()
    return True


def _is_held(event: QKeyEvent) -> bool:
    """Whether Ctrl, Alt or Meta is down with the key."""
    return bool(event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier))


def finish_typing(widget: QWidget | None, *, keep: bool = True) -> None:
    """Where `widget` is a number field: take what was typed (keep=False: put the old number back) and leave it."""
    if not isinstance(widget, QSpinBox | QDoubleSpinBox):
        return
    if keep:
        widget.interpretText()
    else:
        widget.setProperty("value", widget.value())
    widget.lineEdit().setModified(False)
    window = widget.window()
    centre = window.centralWidget() if isinstance(window, QMainWindow) else None
    if centre is not None:
        centre.setFocus(Qt.FocusReason.OtherFocusReason)


def own_keys(widget: QWidget, keys: frozenset[Qt.Key], does: Does | None = None) -> None:
    """Let `widget` have `keys` while it has the focus, also with Shift and from the keypad. does : what others do."""
    _OwnKeys(widget, keys, does or {})


WIDTH = 2
Reason = Qt.FocusReason
_BY_KEY = (Reason.TabFocusReason, Reason.BacktabFocusReason, Reason.ShortcutFocusReason)
#: Another window, a menu: the focus comes back to where it was.
_FOR_A_WHILE = (Reason.ActiveWindowFocusReason, Reason.PopupFocusReason, Reason.MenuBarFocusReason)
#: Marks sentences that came from here: they follow the tooltip.
_DERIVED = "derived_sentence"


class FocusMark(QWidget):
    """Lies over one of the plots that are watched. After a click there is none: one sees where one clicks."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def watch(self, plot: QWidget, sentence: str) -> None:
        """Mark it when it has the focus and say this of it, but not under the pointer: numbers stand there then."""
        plot.setStatusTip(sentence)
        plot.installEventFilter(self)

    def lie_over(self, part: QWidget) -> None:
        """As large as a part of the window, and above it."""
        self.setParent(part)
        self.setGeometry(part.rect())
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Come, follow and go."""
        if isinstance(event, QFocusEvent) and event.reason() in _FOR_A_WHILE:
            return False
        if isinstance(event, QFocusEvent) and isinstance(watched, QWidget):
            comes = event.gotFocus() and event.reason() in _BY_KEY
            if comes:
                self.lie_over(watched)
            self.setVisible(comes)
            QCoreApplication.sendEvent(self._window, QStatusTipEvent(watched.statusTip() if comes else ""))
        elif event.type() == QEvent.Type.Resize and isinstance(watched, QWidget) and watched is self.parent():
            self.setGeometry(watched.rect())
        return event.type() == QEvent.Type.StatusTip

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The frame."""
        with QPainter(self) as painter:
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), WIDTH))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))


def complete_sentences(window: QWidget) -> None:
    """Give one for the status bar to every control that has none of its own; `sentence_of` says which."""
    for control in _controls(window):
        if control.property(_DERIVED) or not control.statusTip():
            control.setProperty(_DERIVED, True)
            control.setStatusTip(sentence_of(control))


def _controls(whole: QObject) -> Iterator[QWidget]:
    """Everything inside that can have the focus; what pyqtgraph keeps inside its plots is hundreds of widgets."""
    for part in whole.children():
        if isinstance(part, QWidget) and not isinstance(part, QMenu):
            if part.focusPolicy() != Qt.FocusPolicy.NoFocus:
                yield part
            if not isinstance(part, QGraphicsView):
                yield from _controls(part)


def sentence_of(control: QWidget) -> str:
    """The first line of its tooltip, else its name, else those of what it is a part of."""
    tip = html.unescape(re.sub("<[^>]*>", "", control.toolTip())).partition("\n")[0]
    if isinstance(control, QTabBar):
        return _("Panels that share a place: a click brings one to the front")
    if isinstance(control, QLabel):
        return tip or control.text()
    around = control.parentWidget()
    return tip or control.accessibleName() or ("" if around is None else sentence_of(around))
