"""A frame around the plot that has the focus, once a key brought it there, and its sentence in the status bar."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPalette, QPen, QStatusTipEvent
from PySide6.QtWidgets import QWidget

WIDTH = 2
Reason = Qt.FocusReason
_BY_KEY = (Reason.TabFocusReason, Reason.BacktabFocusReason, Reason.ShortcutFocusReason)
#: Another window, a menu: the focus comes back to where it was.
_FOR_A_WHILE = (Reason.ActiveWindowFocusReason, Reason.PopupFocusReason, Reason.MenuBarFocusReason)


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

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Come, follow and go."""
        if isinstance(event, QFocusEvent) and event.reason() in _FOR_A_WHILE:
            return False
        if isinstance(event, QFocusEvent) and isinstance(watched, QWidget):
            comes = event.gotFocus() and event.reason() in _BY_KEY
            if comes:
                self.setParent(watched)
                self.setGeometry(watched.rect())
                self.raise_()
            self.setVisible(comes)
            QCoreApplication.sendEvent(self._window, QStatusTipEvent(watched.statusTip() if comes else ""))
        elif event.type() == QEvent.Type.Resize and isinstance(watched, QWidget) and watched is self.parent():
            self.setGeometry(watched.rect())
        return event.type() == QEvent.Type.StatusTip

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The frame."""
        painter = QPainter(self)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), WIDTH))
        painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()
