"""Settings one under the other: name, field, words beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from osisnr_gui.qt.panels.plain_text import plain_label, tooltip

#: Name, field, words beside it (None: the field is as wide as both), tooltip, what a double click on the name does.
Setting = tuple[str, QWidget, QLabel | None, str, Callable[[], object] | None]


def lay_out_settings(grid: QGridLayout, settings: Sequence[Setting], gap: int) -> dict[str, QLabel]:
    """A row for each of them; the labels of their names."""
    grid.setHorizontalSpacing(6)
    grid.setVerticalSpacing(gap // 2)
    grid.setColumnStretch(2, 1)
    names = {}
    for row, (name, field, note, tip, reset) in enumerate(settings):
        label = names[name] = plain_label(name)
        label.setBuddy(field)
        if reset is not None:
            label.mouseDoubleClickEvent = lambda _event, run=reset: run()
        for part in (label, field):
            part.setToolTip(tooltip(tip))
        field.setAccessibleName(name)
        grid.addWidget(label, row, 0)
        grid.addWidget(field, row, 1, 1, 2 if note is None else 1)
        if note is not None:
            grid.addWidget(note, row, 2)
    return names
