"""A thin row of colours: which of several is the best one, frame by frame."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip

from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.panels.plain_text import tooltip
from osisnr_gui.qt.plots.axes import ROW_GAP, TIME_AXIS_HEIGHT, FixedScale, Tick
from osisnr_gui.qt.plots.items.ribbon import Ribbon, RibbonItem
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.qt.plots.time_plot import TimePlot

RIBBON_PIXELS = 18


class RibbonPlot(TimePlot):
    """A low row with a ribbon. `words_at` : what the tooltip says of a time."""

    def __init__(self, link: TimeLink, theme: Theme, row_id: str, name: str) -> None:
        super().__init__(link, theme, row_id)
        self.words_at: Callable[[float], str] = lambda _time: ""
        self._item = RibbonItem()
        self.set_name(name)
        self.add(self._item)
        self.set_time_axis(False)

    def show_ribbon(self, ribbon: Ribbon | None, name: str) -> None:
        """Show this one, or nothing. name : for those who cannot see it."""
        self.setAccessibleName(name)
        if ribbon is not self._item.ribbon:
            self._item.ribbon = ribbon
            self._item.update()

    @property
    def ribbon(self) -> Ribbon | None:
        """What is shown."""
        return self._item.ribbon

    def set_name(self, name: str) -> None:
        """What stands on the left, half-way up."""
        scale = FixedScale("", (Tick(0.5, name),))
        if self.value_scale != scale:
            self.set_y_scale(scale)

    def set_time_axis(self, on: bool) -> None:
        """As any row; the ribbon itself is always as high."""
        super().set_time_axis(on)
        self.setFixedHeight(RIBBON_PIXELS + ROW_GAP + (TIME_AXIS_HEIGHT if on else ROW_GAP))

    def zoom_y(self, factor: float, at: float) -> None:
        """There is nothing to zoom."""

    def viewportEvent(self, event: QEvent) -> bool:
        """The tooltip is about the frame under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = self.words_at(self.box.place_of(QPointF(event.pos())).x())
            QToolTip.showText(event.globalPos(), tooltip(words), self)
            return True
        return bool(super().viewportEvent(event))
