"""The tour for who is new: a frame round one part of the window after the other, and a few words beside it."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFrame, QMainWindow, QWidget

from osisnr_gui.qt.focus import FocusMark
from osisnr_gui.qt.panels.layouts import REST, column_of, push_button, row_of
from osisnr_gui.qt.panels.plain_text import GAP, plain_label
from osisnr_gui.qt.plots.overview import Overview
from osisnr_gui.qt.views import Views
from osisnr_gui.text.catalogue import _
from osisnr_gui.text.tour_words import FIRST_STEPS

WIDTH = 340


class FirstTour(QFrame):
    """What is clicked or typed beside it goes to the window as ever; that may close it with Escape."""

    def __init__(self, views: Views, bar: QWidget | None, window: QMainWindow) -> None:
        """bar : that of playback. Parts out of sight are left out; one tour at a time."""
        for other in window.findChildren(FirstTour):
            other.close()
        super().__init__(window)
        views.settings.put("shown_round", True)
        plots = views.plots
        shown = plots.findChildren(Overview)[0], plots.spectrograms[0], plots.stack.row("osi")
        parts: tuple[QWidget, ...] = views.sources, *shown, views.loss, bar or window
        self._steps = [step for step in zip(parts, FIRST_STEPS, strict=True) if step[0].isVisible()]
        self._at, self._window, self._mark = -1, window, FocusMark(window)
        self.setProperty("role", "bubble")
        self.setFixedWidth(WIDTH)
        self.words, self._count = plain_label(wrap=True), plain_label("", "muted")
        self.next, self.skip = push_button("", run=self.go_on), push_button(_("Skip"), run=self.close)
        below = row_of(self._count, REST, self.skip, self.next, spacing=GAP)
        column_of(self.words, below, owner=self, margins=(16, 12, 16, 12), spacing=GAP)
        window.installEventFilter(self)
        self.go_on()

    def go_on(self) -> None:
        """The next step; after the last one it is over."""
        self._at += 1
        if self._at >= len(self._steps):
            self.close()
            return
        self.words.setText(self._steps[self._at][1])
        self._count.setText(_("{n} of {all}").format(n=self._at + 1, all=len(self._steps)))
        self.next.setText(_("Next") if self._at + 1 < len(self._steps) else _("Done"))
        self._place()
        self.show()

    def _place(self) -> None:
        """Beside the part, or at its lower end where it is as wide as the window."""
        part, margin = self._steps[self._at][0], QPoint(GAP, GAP)
        self._mark.lie_over(part)
        self._mark.show()
        self.resize(WIDTH, self.heightForWidth(WIDTH))
        around = QRect(part.mapTo(self._window, QPoint()), part.size())
        right, left = around.topRight(), around.topLeft() - QPoint(WIDTH + 2 * GAP, 0)
        under, over = around.bottomLeft(), around.topLeft() - QPoint(0, self.height() + 2 * GAP)
        places = [QRect(corner + margin, self.size()) for corner in (right, left, under, over)]
        inside = QRect(around.bottomRight() - QPoint(self.width(), self.height()) - margin, self.size())
        self.setGeometry(next((place for place in places if self._window.rect().contains(place)), inside))
        self.raise_()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Follow the window's size."""
        if event.type() == QEvent.Type.Resize and self._at < len(self._steps):
            self._place()
        return False

    def closeEvent(self, _event: QCloseEvent) -> None:
        """Leave nothing behind."""
        for part in (self._mark, self):
            part.hide()
            part.setParent(None)  # it is not found any more
            part.deleteLater()
