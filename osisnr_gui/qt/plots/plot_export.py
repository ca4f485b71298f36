"""What one plot shows as a table."""

from collections.abc import Iterator

import numpy as np

from osisnr_gui.core.types import FloatArray
from osisnr_gui.qt.plots.charts.chart import Chart
from osisnr_gui.qt.plots.items.spectrogram import PictureItem
from osisnr_gui.qt.plots.time_plot import TimePlot


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
