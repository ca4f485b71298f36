"""What rows and charts have in common: a PlotWidget that lays out at once and goes with its window."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from osisnr_gui.qt.plots.axis_items import NoAxis


class PlotWidget(pg.PlotWidget):
    """PlotWidget without pyqtgraph's buttons and option menus, for a ViewBox that neither zooms nor pans by itself.

    `_resized` is called once the subclass is built (`_is_built`).
    """

    SIZE, LEAST = (240, 140), (0, 0)  # pixels that it likes to have, and needs
    _is_built = False

    def __init__(self, parent: QWidget | None = None, **options: object) -> None:
        """`options` : those of pyqtgraph's PlotWidget."""
        axes = {side: NoAxis(side) for side in ("top", "right")} | options.pop("axisItems", {})
        super().__init__(parent, axisItems=axes, **options)
        # Every paint fills the whole place: neither Qt nor a kept picture of the ground has to do it before.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        self.plotItem.hideButtons()
        self.plotItem.setMenuEnabled(False)
        for side in ("top", "right"):  # an axis that is given is shown
            self.plotItem.hideAxis(side)
        # It has no parent, and would stay as a window of its own.
        self.plotItem.ctrlMenu.setParent(self, self.plotItem.ctrlMenu.windowFlags())

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

    def _resized(self) -> None:
        """Adapt to another size in pixels."""
