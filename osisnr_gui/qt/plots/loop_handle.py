"""The edges of the loop on a row, to be dragged, also while it plays."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from osisnr_gui.qt.plots.geometry import Mapping
from osisnr_gui.qt.plots.time_link import TimeLink

REACH_PIXELS = 4.0


class LoopHandle:
    """Moves the edge nearest to where it was grabbed. A loop made from the selection stays with it."""

    cursor = Qt.CursorShape.SplitHCursor

    def __init__(self, link: TimeLink) -> None:
        self._link = link
        self._fixed = 0.0  # the other edge

    def hit(self, m: Mapping, pos: QPointF) -> bool:
        """True near one of the edges."""
        loop = self._link.loop
        if loop is None:
            return False
        distance, self._fixed = min(
            (abs(m.x_of(loop.start) - pos.x()), loop.stop), (abs(m.x_of(loop.stop) - pos.x()), loop.start)
        )
        return distance <= REACH_PIXELS

    def drag(self, m: Mapping, pos: QPointF) -> None:
        """The edge is where the pointer is."""
        link = self._link
        together = link.selection is not None and link.selection == link.loop
        link.set_loop(self._fixed, m.time_at(pos.x()))
        if together and link.loop is not None:
            link.select(*link.loop)

    def release(self) -> None:
        """Nothing is left to do."""
