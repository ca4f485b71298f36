"""A drag is one step of undo, however long the pointer rests in it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QAbstractSlider

from osisnr_gui.qt.plots.time_plot import TimePlot
from osisnr_gui.qt.store import Store


def join_drags(store: Store, sliders: Iterable[QAbstractSlider], rows: Iterable[TimePlot]) -> None:
    """Tell the store when a handle of these is taken and let go."""
    for slider in sliders:
        slider.sliderPressed.connect(store.hold)
        slider.sliderReleased.connect(lambda: store.hold(False))
    for row in rows:
        row.handle_held.connect(store.hold)
