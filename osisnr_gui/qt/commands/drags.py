"""A drag is one step of undo, however long the pointer rests in it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QAbstractSlider

from osisnr_gui.qt.plots.plot_stack import PlotStack
from osisnr_gui.qt.store import Store


def join_drags(store: Store, sliders: Iterable[QAbstractSlider], stack: PlotStack) -> None:
    """Tell the store when a handle of these is taken and let go."""
    for slider in sliders:
        slider.sliderPressed.connect(store.hold)
        slider.sliderReleased.connect(lambda: store.hold(False))
    stack.for_each_row(lambda row: row.handle_held.connect(store.hold))
