"""AxisItems that take their ticks from the tick rules in `axes`."""

import math
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, tabular_font
from osisnr_gui.qt.plots.axes import (
    LABEL_GAP,
    LEFT_AXIS_WIDTH,
    NO_SCALE,
    RIGHT_MARGIN,
    Tick,
    ValueScale,
    time_format_name,
    time_ticks,
)
from osisnr_gui.qt.plots.time_link import TimeLink

#: Between two labels of a horizontal axis, in pixels.
LABEL_SPACE = 4.0
#: From the edge of a plot to the labels under it.
LABEL_TOP = 3.0


class TickAxis(pg.AxisItem):
    """AxisItem whose ticks a `ValueScale` chooses.

    Labels at the ends are moved inside the axis instead of being cut, and one that would touch its neighbour is left
    out. Width (left) or height (bottom) is fixed, so that plots stay where they are whatever their labels say. There is
    no axis line and there are no tick marks: grid lines are the plot's (`items.pixel_item.Grid`).
    """

    def __init__(self, orientation: str, theme: Theme, scale: ValueScale, size: int, *, room: float = 0.0) -> None:
        """`room`: pixels beyond both ends of a horizontal axis into which labels may reach."""
        self.scale_of_values = scale
        self._room = room
        self._title = ""
        self._ticks: Sequence[Tick] = ()
        self._ticks_of: tuple[object, ...] = ()
        super().__init__(orientation, maxTickLength=0)
        self.enableAutoSIPrefix(False)
        self.setStyle(tickFont=tabular_font(SMALL_FONT_PIXELS), hideOverlappingLabels=False)
        self.label.setFont(tabular_font(SMALL_FONT_PIXELS))
        self.label.document().setDocumentMargin(0)
        (self.setWidth if self._is_upright else self.setHeight)(size)
        self.set_theme(theme)
        self.set_scale(scale)

    @property
    def _is_upright(self) -> bool:
        return self.orientation in ("left", "right")

    def updateAutoSIPrefix(self) -> None:
        """Leave the title alone: pyqtgraph lays it out anew at every change of the range."""

    def _updateLabel(self) -> None:
        """Lay the title out where it is another one: pyqtgraph does it six times while an axis is made."""
        if self.labelString() != self._title:
            self._title = self.labelString()
            super()._updateLabel()

    def set_scale(self, scale: ValueScale) -> None:
        """Take ticks and title from another scale."""
        self.scale_of_values, self._ticks_of = scale, ()
        self.setLabel(scale.title)
        self.resizeEvent()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take the text colour of a theme."""
        self.setTextPen(theme.muted)

    def ticks(self) -> Sequence[Tick]:
        """Ticks of the range in view."""
        size = self.size()
        pixels = size.height() if self._is_upright else size.width()
        low, high = sorted(self.range)
        if (low, high, pixels) != self._ticks_of:
            self._ticks_of = low, high, pixels
            self._ticks = self.scale_of_values.ticks(low, high, max(pixels, 1.0)) if high > low else ()
        return self._ticks

    def resizeEvent(self, event: object = None) -> None:
        """Place the title; where it has no room, only its unit."""
        if self.label is not None and self._is_upright:
            self.labelText = self._title_that_fits()
            self._updateLabel()
        super().resizeEvent(event)
        if self.label is not None:
            at = self.label.pos()
            height = self.label.boundingRect().height()
            if self._is_upright:
                self.label.setPos(3.0, at.y())
            else:
                self.label.setPos(at.x(), self.size().height() - height)

    def boundingRect(self) -> QRectF:
        """Where labels may be: not beside the plot, or they would be drawn again with everything that moves in it."""
        whole = QRectF(QPointF(), QSizeF(self.size()))
        if self._is_upright:
            return whole.adjusted(0, 0, -LABEL_GAP, 0)
        return whole.adjusted(-self._room, LABEL_TOP, self._room, 0)

    def generateDrawSpecs(self, _painter: QPainter) -> tuple[tuple[object, ...], list[object], list[object]]:
        """(axis line, tick marks, labels) as AxisItem paints them; only labels here."""
        bounds, metrics = QRectF(QPointF(), QSizeF(self.size())), QFontMetricsF(self.style["tickFont"])
        texts = self._upright_labels(bounds, metrics) if self._is_upright else self._flat_labels(bounds, metrics)
        return (pg.mkPen("#0000"), QPointF(), QPointF()), [], texts

    def _title_that_fits(self) -> str:
        title, room = self.scale_of_values.title, self.size().height()
        metrics = QFontMetricsF(self.label.font())
        if metrics.horizontalAdvance(title) > room:
            title = title[title.rfind("(") + 1 :].rstrip(")") if "(" in title else ""
        return title if metrics.horizontalAdvance(title) <= room else ""

    def _upright_labels(self, bounds: QRectF, metrics: QFontMetricsF) -> list[object]:
        low, high = self.range
        texts: list[object] = []
        half, last = metrics.height() / 2, math.inf
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for tick in sorted(self.ticks(), key=lambda tick: tick.value):
            y = bounds.bottom() - (tick.value - low) / (high - low) * bounds.height()
            y = min(max(y, bounds.top() + half - 2), bounds.bottom() - half + 2)
            if tick.label and y <= last - metrics.height():
                box = QRectF(0, y - half, bounds.width() - LABEL_GAP, metrics.height())
                texts.append((box, right | Qt.TextFlag.TextDontClip, tick.label))
                last = y
        return texts

    def _flat_labels(self, bounds: QRectF, metrics: QFontMetricsF) -> list[object]:
        low, high = self.range
        texts: list[object] = []
        last = -math.inf
        for tick in self.ticks():
            width = metrics.horizontalAdvance(tick.label)
            x = bounds.left() + (tick.value - low) / (high - low) * bounds.width() - width / 2
            x = min(max(x, bounds.left() - self._room), bounds.right() + self._room - width)
            if tick.label and x > last:
                box = QRectF(x, bounds.top() + LABEL_TOP, width, metrics.height())
                texts.append((box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, tick.label))
                last = x + width + LABEL_SPACE
        return texts


class NoAxis(pg.AxisItem):
    """An axis of no size that follows nothing, for the sides of a plot that have none."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation, showValues=False)

    def updateAutoSIPrefix(self) -> None:
        """There is none."""

    def _updateLabel(self) -> None:
        """There is none: to lay out an empty one takes 0.2 ms."""

    def linkToView(self, _view: pg.ViewBox) -> None:
        """Stay alone."""


class TimeAxis(TickAxis):
    """The time under the lowest row, and in the corner under the left axis what its labels are."""

    def __init__(self, link: TimeLink, theme: Theme, height: int) -> None:
        self._link = link
        super().__init__("bottom", theme, NO_SCALE, height, room=RIGHT_MARGIN - 2)

    def ticks(self) -> Sequence[Tick]:
        """Round times of the range in view."""
        low, high = self.range
        key = low, high, self.size().width(), self._link.unit
        if key != self._ticks_of:
            self._ticks_of = key
            self._ticks = time_ticks(low, high, max(key[2], 1.0), key[3]) if high > low else ()
        return self._ticks

    def boundingRect(self) -> QRectF:
        """The corner too."""
        return super().boundingRect().adjusted(-LEFT_AXIS_WIDTH, 0, 0, 0)

    def generateDrawSpecs(self, painter: QPainter) -> tuple[tuple[object, ...], list[object], list[object]]:
        """The labels, and their unit."""
        line, marks, texts = super().generateDrawSpecs(painter)
        corner = QRectF(-LEFT_AXIS_WIDTH, LABEL_TOP, LEFT_AXIS_WIDTH - 2 * LABEL_GAP, self.size().height())
        name = time_format_name(max(map(abs, self.range)), self._link.unit)
        texts.append((corner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, name))
        return line, marks, texts
