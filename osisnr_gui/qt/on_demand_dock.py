"""A panel's place in the window: out of sight until it is asked for."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget


class SeenPanel(Protocol):
    """A widget that works only while it is to be seen."""

    def set_in_sight(self, seen: bool) -> None: ...


class OnDemandDock(QDockWidget):
    """A dock that comes to the front or goes away. `wanted` says whether it is to be seen while files are open."""

    wanted_changed = Signal(bool)

    def __init__(self, title: str, name: str, panel: QWidget) -> None:
        super().__init__(title)
        self.setObjectName(name)
        self.setWidget(panel)
        self.panel: SeenPanel = panel  # type: ignore[assignment]
        self.wanted = False
        self.is_in_front = False  # to be seen: neither hidden nor behind another tab
        self.visibilityChanged.connect(self._take_visibility)

    def place(self, window: QMainWindow, beside: QDockWidget) -> None:
        """As a tab behind another dock, hidden."""
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self)
        window.tabifyDockWidget(beside, self)
        self.hide()

    def toggle(self) -> None:
        """To the front, ready for the arrow keys; away when it is there already."""
        self._want(not self.is_in_front)
        if self.wanted:
            self.show()
            self.raise_()
            self.widget().setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.hide()

    def restore(self) -> None:
        """After the window's layout came back: as it was left."""
        self._want(not self.isHidden())

    def show_if_wanted(self, possible: bool) -> None:
        """In its place while files are open."""
        self.setVisible(possible and self.wanted)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Its own button: not wanted any more."""
        self._want(False)
        super().closeEvent(event)

    def _take_visibility(self, visible: bool) -> None:
        self.is_in_front = visible
        self.panel.set_in_sight(visible)

    def _want(self, wanted: bool) -> None:
        self.wanted = wanted
        self.wanted_changed.emit(wanted)
