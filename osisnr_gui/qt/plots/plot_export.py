"""One plot as a picture of any width, or what it shows as a table."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QEventLoop, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from osisnr_gui.qt.plots.items.spectrogram import PictureItem
from osisnr_gui.qt.plots.safe_arrays import FloatArray
from osisnr_gui.qt.plots.time_plot import TimePlot

#: So long a picture is waited for whose parts are still read; then it is what it is.
WAIT_SECONDS = 10.0
MOST_PIXELS = 16_000


def picture_of(plot: TimePlot, width: int) -> QImage:
    """The plot as it is on screen, without pointer and cursor, drawn (not scaled up) for `width` pixels."""
    from pyqtgraph.exporters.Exporter import Exporter  # slow to import

    plot.link.flush()
    width = min(width, MOST_PIXELS)
    scale = width / plot.width()
    image = QImage(width, round(plot.height() * scale), QImage.Format.Format_RGB32)
    exporter = Exporter(plot.getPlotItem())
    moving = [item for item in plot.marks.pointers if item.scene() is not None]
    for item in moving:
        item.hide()
    exporter.setExportMode(True, {"resolutionScale": scale})
    try:
        end = time.monotonic() + WAIT_SECONDS
        _render(plot, image)
        # At another resolution other parts of a long file's picture are needed, and come from a thread.
        while not getattr(plot, "is_final", lambda: True)() and time.monotonic() < end:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
            time.sleep(0.01)
            _render(plot, image)
    finally:
        exporter.setExportMode(False)
        for item in moving:
            item.show()
        plot.refresh()
    return image


def _render(plot: TimePlot, image: QImage) -> None:
    """Rows of one width have one scale, so that their time axes lie under each other."""
    image.fill(QColor(plot.theme.background))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    plot.scene().render(painter, QRectF(image.rect()), QRectF(plot.rect()), Qt.AspectRatioMode.IgnoreAspectRatio)
    painter.end()


def table_of(plot: TimePlot) -> Iterator[bytes]:
    """CSV of the frames in view: time and a column for each curve; of a picture a column for each row of pixels."""
    plot.link.flush()
    plot.grab()  # of a picture, what is drawn for the screen
    picture = _picture(plot)
    if picture is not None:
        yield from _rows("time", picture.getData())
        return
    curves = _curves(plot)
    times = np.unique(np.concatenate([x for _, x, _ in curves])) if curves else np.empty(0)
    times = times[(times >= plot.box.t0) & (times <= plot.box.t1)]
    values = np.full((times.size, len(curves)), np.nan)
    for k, (_, x, y) in enumerate(curves):
        seen = (x >= plot.box.t0) & (x <= plot.box.t1)
        values[np.searchsorted(times, x[seen]), k] = y[seen]
    yield from _rows("time", (times, [name for name, _, _ in curves], values))


def has_table(plot: TimePlot) -> bool:
    """Whether the plot shows a picture, or curves that have values."""
    return _picture(plot) is not None or bool(_curves(plot))


def _picture(plot: TimePlot) -> PictureItem | None:
    items = plot.getPlotItem().items
    return next((item for item in items if isinstance(item, PictureItem) and item.sources), None)


def _curves(plot: TimePlot) -> list[tuple[str, FloatArray, FloatArray]]:
    """Name, times and values of every curve; of hours of frames they are worked out, so they are asked for once."""
    items = [item for item in plot.getPlotItem().items if hasattr(item, "name") and hasattr(item, "getData")]
    curves = [(str(item.name() or "value"), *item.getData()) for item in items]
    return [curve for curve in curves if curve[1] is not None and curve[1].size]


def _rows(corner: str, data: tuple[np.ndarray, list[str], np.ndarray]) -> Iterator[bytes]:
    times, names, values = data
    quoted = (name.replace('"', '""') for name in names)
    yield (",".join([corner, *(f'"{name}"' for name in quoted)]) + "\n").encode()
    for at, row in zip(times.tolist(), values.tolist(), strict=True):
        yield (",".join([f"{at:.9g}", *("" if v != v else f"{v:.9g}" for v in row)]) + "\n").encode()
