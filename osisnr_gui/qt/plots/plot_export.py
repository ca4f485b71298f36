"""One plot as a picture of any width, or what it shows as a table."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from PySide6.QtCore import QEventLoop, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from osisnr_gui.qt.plots.items.spectrogram import PictureItem
from osisnr_gui.qt.plots.time_plot import TimePlot

#: So long a picture is waited for whose parts are still read; then it is what it is.
WAIT_SECONDS = 10.0
MOST_PIXELS = 16_000


def picture_of(plot: TimePlot, width: int) -> QImage:
    """The plot as it is on screen, without pointer and cursor, drawn (not scaled up) for `width` pixels."""
    from pyqtgraph.exporters import ImageExporter  # slow to import

    plot.link.flush()
    width = min(width, MOST_PIXELS)
    scale = width / plot.width()
    image = QImage(width, round(plot.height() * scale), QImage.Format.Format_RGB32)
    exporter = ImageExporter(plot.getPlotItem())
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
    tables = tables_of(plot)
    if tables and isinstance(tables[0], PictureItem):
        yield from _rows("time", tables[0].getData())
        return
    curves = [(str(item.name() or "value"), *item.getData()) for item in tables]
    times = np.unique(np.concatenate([x for _, x, _ in curves])) if curves else np.empty(0)
    times = times[(times >= plot.box.t0) & (times <= plot.box.t1)]
    values = np.full((times.size, len(curves)), np.nan)
    for k, (_, x, y) in enumerate(curves):
        seen = (x >= plot.box.t0) & (x <= plot.box.t1)
        values[np.searchsorted(times, x[seen]), k] = y[seen]
    yield from _rows("time", (times, [name for name, _, _ in curves], values))


def tables_of(plot: TimePlot) -> list[Any]:
    """The picture that is shown, or the curves that have values."""
    items = plot.getPlotItem().items
    pictures = [item for item in items if isinstance(item, PictureItem) and item.sources]
    curves = (item for item in items if hasattr(item, "getData") and not isinstance(item, PictureItem))
    return pictures or [item for item in curves if item.getData()[0] is not None and item.getData()[0].size]


def _rows(corner: str, data: tuple[np.ndarray, list[str], np.ndarray]) -> Iterator[bytes]:
    times, names, values = data
    quoted = (name.replace('"', '""') for name in names)
    yield (",".join([corner, *(f'"{name}"' for name in quoted)]) + "\n").encode()
    for at, row in zip(times.tolist(), values.tolist(), strict=True):
        yield (",".join([f"{at:.9g}", *("" if v != v else f"{v:.9g}" for v in row)]) + "\n").encode()
