"""A slim colour bar in the top-right corner of a plot, over the picture: the row's margins stay equal."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, tabular_font
from osisnr_gui.qt.plots.colours import HEAT_MAP, colour_map
from osisnr_gui.qt.plots.items.pixel_item import PixelItem
from osisnr_gui.qt.plots.items.words import KeptPixels, paint_plate
from osisnr_gui.qt.plots.view_box import PixelViewBox

BAR_WIDTH = 96.0
BAR_HEIGHT = 6.0
PAD = 5.0
GAP, TITLE_GAP = 6.0, 8.0
# What lies under heat in the plots is dark in both themes.
HEAT_GROUND = QColor("#202020")
# Below this the title of the row needs the room.
LEAST_PLOT_WIDTH = 420.0
LEAST_PLOT_HEIGHT = 40.0


class ColourBar(PixelItem):
    """The colours of a map between the labels of its two ends, and the unit."""

    def __init__(self) -> None:
        super().__init__(200.0)
        self.hide()
        self._colours, self.labels = "viridis", ("", "")
        self._pixels = KeptPixels()

    def show_map(self, colours: str, low: float, high: float, unit: str) -> None:
        """Show this map for the values low..high."""
        text = format_value(high) if low != -high else f"+{format_value(high)}"
        self._colours, self.labels = colours, (format_value(low), f"{text} {unit}".rstrip())
        self.show()

    def show_heat(self, low: str, high: str) -> None:
        """Show the colours of heat between these words."""
        self._colours, self.labels = HEAT_MAP, (low, high)
        self.show()

    def plate(self, vb: PixelViewBox) -> QRectF:
        """Where it lies, numbers included; empty where the plot is too small for it."""
        if not self.isVisible() or vb.width() < LEAST_PLOT_WIDTH or vb.height() < LEAST_PLOT_HEIGHT:
            return QRectF()
        metrics = QFontMetricsF(tabular_font(SMALL_FONT_PIXELS))
        width = sum(map(metrics.horizontalAdvance, self.labels)) + BAR_WIDTH + 2 * (GAP + PAD)
        return QRectF(round(vb.width() - width - 5), 5, width, metrics.height() + 2)

    def room(self, vb: PixelViewBox) -> float:
        """What it takes of the title's line, in pixels."""
        plate = self.plate(vb)
        return 0.0 if plate.isEmpty() else vb.width() - plate.left() + TITLE_GAP

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw it; nothing where the plot is too small for it."""
        vb = self.pixels(painter)
        plate = self.plate(vb)
        if not plate.isEmpty():
            key = (self._colours, self.labels)
            self._pixels.paint(painter, vb, plate, key, lambda p: self._paint_bar(p, plate, vb.theme))

    def _paint_bar(self, painter: QPainter, plate: QRectF, theme: Theme) -> None:
        painter.setFont(tabular_font(SMALL_FONT_PIXELS))
        left, right = self.labels
        before = QFontMetricsF(painter.font()).horizontalAdvance(left)
        paint_plate(painter, plate, theme)
        centre = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(theme.muted))
        painter.drawText(plate.adjusted(PAD, 0, 0, 0), centre | Qt.AlignmentFlag.AlignLeft, left)
        painter.drawText(plate.adjusted(0, 0, -PAD, 0), centre | Qt.AlignmentFlag.AlignRight, right)
        top_left = QPointF(round(plate.left() + PAD + before + GAP), round(plate.center().y() - BAR_HEIGHT / 2))
        bar = QRectF(top_left.x(), top_left.y(), BAR_WIDTH, BAR_HEIGHT)
        painter.fillRect(bar, HEAT_GROUND)
        painter.fillRect(bar, colour_map(self._colours, theme.background).getGradient(bar.topLeft(), bar.topRight()))
        painter.setPen(QColor(theme.grid))
        painter.drawRect(bar.adjusted(-1, -1, 0, 0))


def format_value(value: float) -> str:
    """A short number with a real minus sign."""
    return f"{round(value, 2) + 0.0:g}".replace("-", "−")
