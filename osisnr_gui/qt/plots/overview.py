"""The whole file as one strip coloured by OSI-SNR, with the visible range as a window to drag."""

import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseDragEvent
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainterPath, QShowEvent
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsSceneWheelEvent, QLabel

from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, tabular_font, with_alpha
from osisnr_gui.qt.plots.axes import LEFT_AXIS_WIDTH, RIGHT_MARGIN, format_time
from osisnr_gui.qt.plots.items.maps import OverviewStrip
from osisnr_gui.qt.plots.items.shading import NoteMarks
from osisnr_gui.qt.plots.time_link import TimeLink, TimeSpan
from osisnr_gui.qt.plots.time_marks import TimeMarks
from osisnr_gui.qt.plots.time_plot import PlotWidget
from osisnr_gui.qt.plots.view_box import NOTCH, ZOOM_PER_NOTCH, PixelViewBox
from osisnr_gui.text.catalogue import _

HEIGHT = 44
MARGIN = 4  # above and below the strip
TIP = _(
    "OSI-SNR of every frame, dark = 0 dB … bright = 30 dB; marks below: bad or missed frames"
    " (hatched: active where the reference is silent); drag the frame to move the view.\n"
    "Each pixel is its worst frame; grey hatch: silence. In long files each is the mean of its frames,"
    " and the height below is the share of them that is bad.\n"
    "Drag an edge of the frame to resize it, click to go there, double-click to show everything."
)


class OverviewBox(PixelViewBox):
    """ViewBox of the strip. Beside its window a click centres the view there, and a drag goes on from that."""

    def __init__(self, link: TimeLink, theme: Theme) -> None:
        super().__init__(theme)
        self.link = link
        self._is_new = False  # the drag makes a window, instead of moving one
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mouseDragEvent(self, event: MouseDragEvent, axis: int | None = None) -> None:
        """Make a window where everything is shown; else centre the view here."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        event.accept()
        if event.isStart():
            self._is_new = self.link.visible == self.link.extent
        first, time = (self.mapSceneToView(at).x() for at in (event.buttonDownScenePos(), event.scenePos()))
        if self._is_new:
            self.link.set_range(first, time, remember=self.link.visible == self.link.extent)
        else:
            self._centre(time)

    def click(self, point: QPointF, *, twice: bool) -> None:
        """Go there, or show everything."""
        self.link.fit() if twice else self._centre(self.mapSceneToView(point).x())

    def wheelEvent(self, event: QGraphicsSceneWheelEvent, axis: int | None = None) -> None:
        """Zoom at the pointer's time; Shift scrolls, as on the rows."""
        event.accept()
        notches = event.delta() / NOTCH
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.link.pan(-notches / 4)
        else:
            self.link.zoom(ZOOM_PER_NOTCH**notches, self.mapSceneToView(event.scenePos()).x())

    def _centre(self, time: float) -> None:
        half = self.link.visible.length / 2
        self.link.set_range(time - half, time + half)


class Overview(PlotWidget):
    """The strip. It always shows the whole extent; dragging its window moves the :class:`TimeLink`."""

    SIZE = (640, HEIGHT)

    def __init__(self, link: TimeLink, theme: Theme) -> None:
        self.box = OverviewBox(link, theme)
        super().__init__(self.box)
        self.link = link
        self.plotItem.layout.setContentsMargins(LEFT_AXIS_WIDTH, MARGIN, RIGHT_MARGIN, MARGIN)
        self.strip, self.notes = OverviewStrip(), NoteMarks()
        self.window_region = pg.LinearRegionItem()
        self._shade = QGraphicsPathItem()  # dims what is not in the window, and closes its frame
        for z, item in enumerate((self.strip, self.notes, self._shade, self.window_region)):
            item.setZValue(z)
            self.add(item)
        self.marks = TimeMarks(self.plotItem, link, theme, None)
        self._shown = TimeSpan(0.0, 0.0)  # the window as it is drawn
        self._label = QLabel(self)
        self._label.setFont(tabular_font(SMALL_FONT_PIXELS))
        self._label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._label.setGeometry(0, MARGIN, LEFT_AXIS_WIDTH - 4, HEIGHT - 2 * MARGIN)
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName(_("Overview of the whole file"))
        self.setToolTip(TIP)
        self.window_region.sigRegionChanged.connect(self._take_window)
        link.extent_changed.connect(self._follow_extent)
        link.range_changed.connect(self._follow_range)
        self.box.sigResized.connect(self._follow_range)
        self._is_built = True
        self._dress()
        self._follow_extent()

    def _dress(self) -> None:
        theme = self.theme
        self._label.setStyleSheet(f"color: {theme.muted}; background: transparent; font-size: {SMALL_FONT_PIXELS}px")
        self.window_region.setBrush(None)
        self.window_region.setHoverBrush(with_alpha(theme.text, 0.06))
        for line in self.window_region.lines:
            line.setPen(pg.mkPen(theme.text))
            line.setHoverPen(pg.mkPen(theme.accent, width=3))
            line.setCursor(Qt.CursorShape.SplitHCursor)
        self._shade.setBrush(with_alpha(theme.background, 0.55))
        self._shade.setPen(pg.mkPen(theme.text))
        self.marks.set_theme(theme)

    def showEvent(self, event: QShowEvent) -> None:
        """Show what changed meanwhile."""
        self.marks.catch_up()
        super().showEvent(event)

    def _take_window(self) -> None:
        """The user drags the window or one of its edges."""
        region, ends = self.window_region, zip(self.link.visible, self.window_region.lines, self._shown, strict=True)
        start, stop = (end + line.value() - shown for end, line, shown in ends)
        if region.lines[0].moving:
            start = min(start, stop - self.link.min_span)
        elif region.lines[1].moving:
            stop = max(stop, start + self.link.min_span)
        elif not region.moving:
            return
        self.link.set_range(start, stop)
        self._follow_range()

    def _follow_extent(self, *_extent: float) -> None:
        extent = self.link.extent
        self.box.setXRange(*extent, padding=0.0)
        text = format_time(extent.length, 0.1 if extent.length < 600 else 1.0, extent.length, self.link.unit)
        unit = " s" if self.link.unit == "s" and extent.length < 60 else ""
        self._label.setText(_("whole file\n{length}").format(length=text + unit))
        self._follow_range()

    def _follow_range(self, *_: object) -> None:
        extent, (start, stop) = self.link.extent, self.link.visible
        # Narrower windows are drawn and grabbed as this wide, or they could not be found.
        least = 8.0 * extent.length / max(self.box.width(), 1.0)
        wider = max(least - (stop - start), 0.0) / 2
        self._shown = TimeSpan(start - wider, stop + wider)
        self.window_region.blockSignals(True)
        self.window_region.setRegion(self._shown)
        self.window_region.blockSignals(False)
        path, pixel = QPainterPath(), 1.0 / max(self.box.height(), 1.0)
        path.addRect(extent.start - extent.length, -1.0, 3.0 * extent.length, 3.0)  # its border is out of sight
        path.addRect(self._shown.start, pixel, self._shown.length, 1.0 - pixel)
        self._shade.setPath(path)
        self.window_region.setMovable(self.link.visible != extent)
