"""One plot as a picture of any width, or what it shows as a table."""

import time
from collections.abc import Iterator

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEventLoop, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QApplication

from osisnr_gui.core.types import FloatArray
from osisnr_gui.qt.plots.charts.chart import Chart
from osisnr_gui.qt.plots.items.spectrogram import PictureItem
from osisnr_gui.qt.plots.time_plot import TimePlot

#: So long a picture is waited for whose parts are still read; then it is what it is.
WAIT_SECONDS = 10.0
MOST_PIXELS = 16_000


def picture_of(plot: TimePlot | Chart, width: int) -> QImage:
    """The plot as it is on screen, without pointer and cursor, drawn (not scaled up) for `width` pixels."""
    from pyqtgraph.exporters.Exporter import Exporter  # slow to import

    width = min(width, MOST_PIXELS)
    scale = width / plot.width()
    image = QImage(width, round(plot.height() * scale), QImage.Format.Format_RGB32)
    exporter = Exporter(plot.getPlotItem())
    pens: list[tuple[pg.GraphicsObject, QPen]] = []
    pointers: list[pg.GraphicsObject] = []
    if isinstance(plot, Chart):
        image.setDevicePixelRatio(scale)
        pens = _broad_pens(plot, scale)
    else:
        plot.link.flush()
        pointers = [item for item in plot.marks.lines.values() if item.scene() is not None]
    for item in pointers:
        item.hide()
    exporter.setExportMode(True, {"resolutionScale": scale / image.devicePixelRatio()})
    try:
        end = time.monotonic() + WAIT_SECONDS
        _render(plot, image)
        # At another resolution other parts of a long file's picture are needed, and come from a thread.
        while not plot.is_final() and time.monotonic() < end:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
            time.sleep(0.01)
            _render(plot, image)
    finally:
        exporter.setExportMode(False)
        for item in pointers:
            item.show()
        for item, pen in pens:
            item.setPen(pen)
        plot.refresh()
    return image


def _broad_pens(chart: Chart, factor: float) -> list[tuple[pg.GraphicsObject, QPen]]:
    """Broaden the pens, which are cosmetic: one pixel wide in any resolution. Gives what they were."""
    items = [item for item in chart.getPlotItem().items if isinstance(item, (pg.PlotCurveItem, pg.InfiniteLine))]
    pens = [item.opts["pen"] if isinstance(item, pg.PlotCurveItem) else item.pen for item in items]
    for item, pen in zip(items, pens, strict=True):
        broad = pg.mkPen(pen)
        broad.setWidthF(factor * max(broad.widthF(), 1.0))
        item.setPen(broad)
    return list(zip(items, pens, strict=True))


def _render(plot: TimePlot | Chart, image: QImage) -> None:
    """Rows of one width have one scale, so that their time axes lie under each other."""
    image.fill(QColor(plot.theme.background))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    area = QRectF(QPointF(), image.deviceIndependentSize())
    plot.scene().render(painter, area, QRectF(plot.rect()), Qt.AspectRatioMode.IgnoreAspectRatio)
    painter.end()


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
