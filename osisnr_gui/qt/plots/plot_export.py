"""One plot as a picture of any width, or what it shows as a table."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from osisnr_gui.qt.plots.items.spectrogram import PictureItem
from osisnr_gui.qt.plots.time_plot import TimePlot

#: So long a picture is waited for whose parts are still read; then it is what it is.
WAIT_SECONDS = 10.0
MOST_PIXELS = 16_000


def picture_of(plot: TimePlot, width: int) -> QImage:
    """The plot as it is on screen, without pointer and cursor, drawn (not scaled up) for `width` pixels."""
    from pyqtgraph.exporters import ImageExporter  # slow to import

    exporter = ImageExporter(plot.getPlotItem())
    exporter.parameters()["width"] = min(width, MOST_PIXELS)
    plot.marks.rest()
    moving = [item for item in plot.marks.pointers if item.scene() is not None]
    for item in moving:
        item.hide()
    try:
        image = exporter.export(toBytes=True)
        end = time.monotonic() + WAIT_SECONDS
        # At another resolution other parts of a long file's picture are needed, and come from a thread.
        while not _is_final(plot) and time.monotonic() < end:
            QApplication.processEvents()
            image = exporter.export(toBytes=True)
    finally:
        for item in moving:
            item.show()
        plot.marks.catch_up()
        plot.refresh()
    return image


def table_of(plot: TimePlot) -> Iterator[bytes]:
    """CSV of the frames in view: time and a column for each curve; of a picture a column for each row of pixels."""
    for item in plot.getPlotItem().items:
        if isinstance(item, PictureItem) and item.sources:
            yield from _rows("time", item.getData())
            return
    curves = [item for item in plot.getPlotItem().items if hasattr(item, "getData") and item.getData()[0].size]
    columns = {f"{item.name() or 'value'}": item.getData() for item in curves}
    times = np.unique(np.concatenate([data[0] for data in columns.values()])) if columns else np.empty(0)
    times = times[(times >= plot.box.t0) & (times <= plot.box.t1)]
    values = np.full((times.size, len(columns)), np.nan)
    for k, (x, y) in enumerate(columns.values()):
        seen = (x >= plot.box.t0) & (x <= plot.box.t1)
        values[np.searchsorted(times, x[seen]), k] = y[seen]
    yield from _rows("time", (times, list(columns), values))


def _rows(corner: str, data: tuple[np.ndarray, list[str], np.ndarray]) -> Iterator[bytes]:
    times, names, values = data
    quoted = (name.replace('"', '""') for name in names)
    yield (",".join([corner, *(f'"{name}"' for name in quoted)]) + "\n").encode()
    for at, row in zip(times.tolist(), values.tolist(), strict=True):
        yield (",".join([f"{at:.9g}", *("" if v != v else f"{v:.9g}" for v in row)]) + "\n").encode()


def _is_final(plot: pg.PlotWidget) -> bool:
    return bool(getattr(plot, "is_final", lambda: True)())
