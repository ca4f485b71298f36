"""The ViewBox of a row: its x range is the shared time."""

from __future__ import annotations

import pyqtgraph as pg

from osisnr_gui.qt.plots.time_link import TimeLink


class TimeViewBox(pg.ViewBox):
    """ViewBox that shows the range of a TimeLink, and whose x range sets that of all rows."""

    def __init__(self, link: TimeLink) -> None:
        self._link = link
        self._is_following = False
        super().__init__(enableMouse=False, enableMenu=False, defaultPadding=0.0)
        self.disableAutoRange()
        self.borderRect.hide()
        self.sigXRangeChanged.connect(self._ask_for_range)

    def show_range(self, start: float, stop: float) -> None:
        """Show this time range without asking for it."""
        self._is_following = True
        self.setXRange(start, stop, padding=0.0)
        self._is_following = False

    def updateViewRange(self, *force: bool, **forced: bool) -> None:
        """Bring the transform up to date at once: pyqtgraph does it while it paints, and then paints twice."""
        super().updateViewRange(*force, **forced)
        self.updateMatrix()

    def _ask_for_range(self, _box: pg.ViewBox, visible: tuple[float, float]) -> None:
        if not self._is_following:
            self._link.set_range(*visible)
