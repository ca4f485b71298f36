"""What rows and charts have in common: a PlotWidget that lays out at once and goes with its window."""

import pyqtgraph as pg
from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.axis_items import NoAxis, TickAxis
from osisnr_gui.qt.plots.items.pixel_item import StillPicture
from osisnr_gui.qt.plots.view_box import PixelViewBox


class PlotWidget(pg.PlotWidget):
    """PlotWidget without pyqtgraph's buttons and option menus, for a ViewBox that neither zooms nor pans by itself.

    `_resized` is called once the subclass is built (`_is_built`).
    """

    context_menu_requested = Signal(QPoint, object)  # global position, this plot
    SIZE, LEAST = (240, 140), (0, 0)  # pixels that it likes to have, and needs
    _is_built = False

    def __init__(self, box: PixelViewBox, *axes: TickAxis, parent: QWidget | None = None) -> None:
        """`axes` : those it has, left or bottom; the other sides have none."""
        self.theme, self._axes = box.theme, axes
        shown = {axis.orientation: axis for axis in axes}
        hidden = {side: NoAxis(side) for side in ("left", "top", "right", "bottom") if side not in shown}
        super().__init__(parent, background=box.theme.background, viewBox=box, axisItems=shown | hidden)
        # Every paint fills the whole place: neither Qt nor a kept picture of the ground has to do it before.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        self.plotItem.hideButtons()
        self.plotItem.setMenuEnabled(False)
        for side in hidden:  # an axis that is given is shown
            self.plotItem.hideAxis(side)
        # It has no parent, and would stay as a window of its own.
        self.plotItem.ctrlMenu.setParent(self, self.plotItem.ctrlMenu.windowFlags())
        self.still = StillPicture(self.plotItem)
        box.menu_requested.connect(self._ask_for_menu)

    def add(self, *items: pg.GraphicsObject) -> None:
        """Add items."""
        for item in items:
            self.addItem(item, ignoreBounds=True)

    def set_theme(self, theme: Theme) -> None:
        """Apply another theme."""
        self.theme = self.getViewBox().theme = theme
        self.setBackground(theme.background)
        for axis in self._axes:
            axis.set_theme(theme)
        self._dress()
        self.refresh()

    def refresh(self) -> None:
        """Draw the still picture again at the end of this event-loop turn."""
        self.still.forget()

    def is_final(self) -> bool:
        """Whether what is on screen is the best there will be."""
        return True

    def close(self) -> bool:
        """Close the widget only: pyqtgraph's own way leaves the scene behind."""
        return QWidget.close(self)

    def sizeHint(self) -> QSize:
        """What it likes to have."""
        return QSize(*self.SIZE)

    def minimumSizeHint(self) -> QSize:
        """What it needs."""
        return QSize(*self.LEAST)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Lay out at once, not at the next turn of the event loop; pyqtgraph calls this before anything is there."""
        super().resizeEvent(event)
        if self._is_built:
            self.plotItem.layout.activate()
            self._resized()

    def _ask_for_menu(self, at: QPoint) -> None:
        self.context_menu_requested.emit(at, self)

    def _dress(self) -> None:
        """Apply the theme to the items that do not ask the ViewBox for it."""

    def _resized(self) -> None:
        """Adapt to another size in pixels."""
