"""Plots one under the other as a figure of any size (PNG, SVG, PDF), and what one plot shows as a table.

The plots are laid out anew for the size, not scaled: so many millimetres and points make so many pixels of the screen,
and what is drawn into those is drawn finely. Pictures are composed for the resolution asked for, in vector files too.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from html import escape

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QBuffer, QEventLoop, QIODevice, QMarginsF, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QImageWriter, QPageSize, QPainter, QPdfWriter, QTextDocument
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication

from osisnr_gui.core.types import FloatArray
from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, system_font
from osisnr_gui.qt.plots.axes import TIME_AXIS_HEIGHT
from osisnr_gui.qt.plots.charts.chart import Chart
from osisnr_gui.qt.plots.items.lines import Line
from osisnr_gui.qt.plots.items.spectrogram import PictureItem
from osisnr_gui.qt.plots.overview import Overview
from osisnr_gui.qt.plots.time_plot import TimePlot

Plot = TimePlot | Chart | Overview

#: So long a picture is waited for whose parts are still read; then it is what it is.
WAIT_SECONDS = 10.0
MOST_PIXELS, LEAST_WIDTH = 16_000, 120
POINTS, MM, SCREEN_DPI = 72.0, 25.4, 96.0  # per inch
TITLE_PIXELS, GAP, LEAST_HEIGHT = 16, 4, 16


@dataclass
class Figure:
    """Plots, and how they are drawn; without further ado as they are on screen.

    dress : gives the plots a theme. pixels, height : size at `dpi` dots per inch; height 0: as high as the plots are on
    screen. font : points of the words in the plots. theme : None: as on screen. title, files, settings : words above
    and below the plots. notes : whether notes are shown. waits : for pictures that are still read; a preview shows what
    is there, and `is_final` tells whether that was all.
    """

    plots: Sequence[Plot]
    dress: Callable[[Theme], object]
    pixels: int
    dpi: float = SCREEN_DPI
    font: float = SMALL_FONT_PIXELS * POINTS / SCREEN_DPI
    height: int = 0
    theme: Theme | None = None
    title: str = ""
    files: Sequence[str] = ()
    settings: str = ""
    notes: bool = False
    waits: bool = True
    is_final: bool = field(default=True, init=False)

    @property
    def width(self) -> int:
        """Pixels of the screen across."""
        return max(round(self.pixels / self.dpi * POINTS / self.font * SMALL_FONT_PIXELS), LEAST_WIDTH)

    @property
    def scale(self) -> float:
        """Pixels of the figure per pixel of the screen."""
        return self.pixels / self.width

    @property
    def size(self) -> QSize:
        """In pixels of the screen."""
        height = self.height / self.scale or sum(height for _part, height in self._parts)
        return QSize(self.width, round(min(height, MOST_PIXELS / self.scale)))

    def image(self) -> QImage:
        """The figure as pixels, drawn until all is there: at another resolution a thread reads other parts of it."""
        end = time.monotonic() + WAIT_SECONDS
        height = self.height or round(self.size.height() * self.scale)
        image = QImage(self.pixels, height, QImage.Format.Format_RGB32)
        image.fill(QColor(self._look.background))
        image.setDevicePixelRatio(self.scale)
        with self._exported():
            self._render(image)
            while self.waits and time.monotonic() < end and not all(plot.is_final() for plot in self.plots):
                QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
                time.sleep(0.01)
                self._render(image)
            self.is_final = all(plot.is_final() for plot in self.plots)
        image.setDevicePixelRatio(1.0)
        for put in (image.setDotsPerMeterX, image.setDotsPerMeterY):  # last: labels kept as QPicture grow with them
            put(round(self.dpi / MM * 1000))
        return image

    def svg(self) -> bytes:
        """An SVG file."""
        buffer, generator = QBuffer(), QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
        generator.setOutputDevice(buffer)
        generator.setSize(self.size)
        generator.setViewBox(QRectF(QPointF(), QSizeF(self.size)))
        text = self._vectors(generator, buffer).decode()
        # Qt counts in whole dots per inch, and patterns in pixels of their picture; one of a single row gets lost.
        width, height = (length * self._millimetres for length in self.size.toTuple())
        text = re.sub('width="[^"]*" height="[^"]*"', f'width="{width:.3f}mm" height="{height:.3f}mm"', text, count=1)
        text = text.replace("<pattern ", f'<pattern patternTransform="scale({1 / self.scale:.9g})" ')
        return _PATTERN.sub(lambda tile: tile[0].replace('height="1"', 'height="999"'), text).encode()

    def pdf(self) -> bytes:
        """A PDF file of one page."""
        buffer = QBuffer()
        writer, page = QPdfWriter(buffer), QSizeF(self.size) * self._millimetres
        writer.setPageSize(QPageSize(page, QPageSize.Unit.Millimeter, "", QPageSize.SizeMatchPolicy.ExactMatch))
        writer.setPageMargins(QMarginsF())
        return self._vectors(writer, buffer)

    def _vectors(self, device: QSvgGenerator | QPdfWriter, buffer: QBuffer) -> bytes:
        self.image()  # what is still read
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        device.setTitle(self.title)
        device.setResolution(self.plots[0].logicalDpiX())  # of labels kept as QPicture
        with self._exported(pixel_ratio=self.scale):
            self._render(device)
        return bytes(buffer.data().data())

    @property
    def _millimetres(self) -> float:
        """Of one pixel of the screen."""
        return self.pixels / self.dpi * MM / self.width

    @cached_property
    def _look(self) -> Theme:
        return self.theme or self.plots[0].theme

    @cached_property
    def _parts(self) -> list[tuple[Plot | QTextDocument, int]]:
        """What lies one under the other, and how high it is; the plots as on screen, else in their shares of the rest.

        Several rows get room for the time axis, which is no part of the share.
        """
        look, names, last = self._look, ", ".join(self.files), self.plots[-1]
        above = self._words((self.title, TITLE_PIXELS, look.text), (names, SMALL_FONT_PIXELS, look.muted))
        below = self._words((self.settings, SMALL_FONT_PIXELS - 1, look.muted))
        axis = TIME_AXIS_HEIGHT if isinstance(last, TimePlot) and (len(self.plots) > 1 or last.time_axis) else 0
        heights = [plot.height() for plot in self.plots]
        heights[-1] -= axis if isinstance(last, TimePlot) and last.time_axis else 0
        if self.height:
            room = self.height / self.scale - sum(height for _text, height in above + below) - axis
            heights = [max(round(height * room / sum(heights)), LEAST_HEIGHT) for height in heights]
        heights[-1] += axis
        return [*above, *zip(self.plots, heights, strict=True), *below]

    def _words(self, *texts: tuple[str, int, str]) -> list[tuple[QTextDocument, int]]:
        """Texts one under the other, wrapped: text, height of its letters, colour. Nothing where all are empty."""
        document = QTextDocument(documentMargin=GAP, defaultFont=system_font(SMALL_FONT_PIXELS), textWidth=self.width)
        lines = (
            f'<div style="font-size: {size}px; color: {ink}">{escape(text)}</div>' for text, size, ink in texts if text
        )
        document.setHtml("".join(lines))
        return [] if document.isEmpty() else [(document, round(document.size().height()))]

    def _render(self, device: QImage | QSvgGenerator | QPdfWriter) -> None:
        painter = QPainter(device)
        if isinstance(device, QPdfWriter):
            painter.scale(*(device.width() / self.width,) * 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(QPointF(), QSizeF(self.size)), QColor(self._look.background))
        for part, height in self._parts:
            if isinstance(part, QTextDocument):
                part.drawContents(painter)
            else:
                part.resize(self.width, height)  # each time: events that are waited through lay the window out again
                area = QRectF(0.0, 0.0, self.width, height)
                part.scene().render(painter, area, QRectF(part.rect()), Qt.AspectRatioMode.IgnoreAspectRatio)
            painter.translate(0.0, height)
        painter.end()

    @contextmanager
    def _exported(self, pixel_ratio: float = 0.0) -> Iterator[None]:
        """The plots in the size and the look of the figure, without pointer and cursor; then as they were.

        pixel_ratio : of pictures in a vector file; 0: that of the device.
        """
        options = {"resolutionScale": 1.0, "pixel_ratio": pixel_ratio}
        window, theme = self.plots[0].window(), self.plots[0].theme
        with ExitStack() as undo:
            undo.callback(window.setUpdatesEnabled, window.updatesEnabled())
            window.setUpdatesEnabled(False)
            if theme is not self._look:
                undo.callback(self.dress, theme)
                self.dress(self._look)
            for plot, _height in self._parts:
                if isinstance(plot, QTextDocument):
                    continue
                _prepare(undo, plot, plot is self.plots[-1], self.notes)
                if not pixel_ratio:
                    _broaden_pens(undo, plot, self.scale)
                for item in [each for each in plot.scene().items() if hasattr(each, "setExportMode")]:
                    undo.callback(item.setExportMode, False)
                    item.setExportMode(True, options)
            yield


def _prepare(undo: ExitStack, plot: Plot, is_last: bool, notes: bool) -> None:
    """Leave out what is no part of a figure, and say how that is undone."""
    undo.callback(plot.refresh)
    undo.callback(plot.setGeometry, plot.geometry())
    if not isinstance(plot, Chart):
        plot.link.flush()
        for item in [*plot.marks.lines.values(), *(() if notes else (plot.notes,))]:
            undo.callback(item.setVisible, item.isVisible())
            item.hide()
    if isinstance(plot, TimePlot):
        undo.callback(plot.set_time_axis, plot.time_axis)
        plot.set_time_axis(is_last)


def _broaden_pens(undo: ExitStack, plot: Plot, factor: float) -> None:
    """Broaden the pens of pyqtgraph's own items, which are cosmetic: one pixel wide in any resolution."""
    for item in plot.scene().items():
        if isinstance(item, pg.PlotCurveItem | pg.InfiniteLine) and not isinstance(item, Line):
            pen = item.opts["pen"] if isinstance(item, pg.PlotCurveItem) else item.pen
            broad = pg.mkPen(pen)
            broad.setWidthF(factor * max(broad.widthF(), 1.0))
            undo.callback(item.setPen, pen)
            item.setPen(broad)


_PATTERN = re.compile("<pattern .*?</pattern>", re.DOTALL)


def png_bytes(image: QImage) -> bytes:
    """A picture as a PNG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"PNG").write(image)
    return bytes(buffer.data().data())


def table_of(plot: TimePlot | Chart) -> Iterator[bytes]:
    """CSV of a chart, or of the frames in view: a column for each curve; of a picture one for each row of pixels."""
    if isinstance(plot, Chart):
        yield from _rows(*(plot.table() or ("", np.empty(0), [], np.empty(0))))
        return
    plot.link.flush()
    plot.grab()  # of a picture, what is drawn for the screen
    picture = _picture(plot)
    if picture is not None:
        yield from _rows("time", *picture.getData())
        return
    curves = _curves(plot)
    times = np.unique(np.concatenate([x for _, x, _ in curves])) if curves else np.empty(0)
    times = times[(times >= plot.box.t0) & (times <= plot.box.t1)]
    values = np.full((times.size, len(curves)), np.nan)
    for k, (_, x, y) in enumerate(curves):
        seen = (x >= plot.box.t0) & (x <= plot.box.t1)
        values[np.searchsorted(times, x[seen]), k] = y[seen]
    yield from _rows("time", times, [name for name, _, _ in curves], values)


def has_table(plot: TimePlot | Chart) -> bool:
    """Whether the plot shows a picture, or curves that have values."""
    if isinstance(plot, Chart):
        return plot.table() is not None
    return _picture(plot) is not None or bool(_curves(plot))


def _picture(plot: TimePlot) -> PictureItem | None:
    items = plot.getPlotItem().items
    return next((item for item in items if isinstance(item, PictureItem) and item.sources), None)


def _curves(plot: TimePlot) -> list[tuple[str, FloatArray, FloatArray]]:
    """Name, times and values of every curve; of hours of frames they are worked out, so they are asked for once."""
    items = [item for item in plot.getPlotItem().items if hasattr(item, "name") and hasattr(item, "getData")]
    curves = [(str(item.name() or "value"), *item.getData()) for item in items]
    return [curve for curve in curves if curve[1] is not None and curve[1].size]


def _rows(corner: str, places: FloatArray, names: list[str], values: FloatArray) -> Iterator[bytes]:
    quoted = (name.replace('"', '""') for name in names)
    yield (",".join([corner, *(f'"{name}"' for name in quoted)]) + "\n").encode()
    for at, row in zip(places.tolist(), values.tolist(), strict=True):
        yield (",".join([f"{at:.9g}", *("" if v != v else f"{v:.9g}" for v in row)]) + "\n").encode()
