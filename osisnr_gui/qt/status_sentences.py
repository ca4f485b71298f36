"""A sentence in the status bar for every control that can have the focus: what its tooltip says, in one line."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QGraphicsView, QLabel, QMainWindow, QMenu, QTabBar, QWidget

from osisnr_gui.text.catalogue import _

#: Panels and notices come and go in bursts.
REST_MS = 100
#: Marks sentences that came from here: they follow the tooltip.
_DERIVED = "derived_sentence"


class StatusSentences(QTimer):
    """Gives them to the controls of a window that have none of their own. `start` it when controls came or changed."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window, singleShot=True, interval=REST_MS)
        self._window = window
        self.timeout.connect(self.complete)

    def complete(self) -> None:
        """Look at all controls now."""
        for control in _controls(self._window):
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
