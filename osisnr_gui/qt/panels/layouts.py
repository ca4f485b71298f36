"""Buttons, and rows, columns and grids of widgets, each set up in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from osisnr_gui.qt.panels.plain_text import NarrowScroll, plain_label, tooltip

#: A widget or layout, alone or with the share of the room it takes; a number: that many pixels left free.
Part = QWidget | QLayout | int | tuple[QWidget | QLayout, int]
Margins = tuple[int, int, int, int]
Box = TypeVar("Box", bound=QBoxLayout)
Button = TypeVar("Button", bound=QAbstractButton)
Run = Callable[[], object]
#: Name, field, words beside it (None: the field is as wide as both), tooltip, what a double click on the name does.
Setting = tuple[str, QWidget, QLabel | None, str, Run | None]

#: As a part: room that is left free.
REST = -1
NONE: Margins = (0, 0, 0, 0)


def row_of(
    *parts: Part, owner: QWidget | None = None, margins: Margins | None = NONE, spacing: int | None = None
) -> QHBoxLayout:
    """Parts side by side. owner : the widget they fill; none for a layout inside another. None: as the style has it."""
    return _fill(QHBoxLayout(), parts, owner, margins, spacing)


def column_of(
    *parts: Part, owner: QWidget | None = None, margins: Margins | None = NONE, spacing: int | None = None
) -> QVBoxLayout:
    """Parts one under the other; see `row_of`."""
    return _fill(QVBoxLayout(), parts, owner, margins, spacing)


def scroll_inside(owner: QWidget, body: QLayout) -> NarrowScroll:
    """Fill `owner` with a layout that scrolls up and down."""
    inside = QWidget()
    inside.setLayout(body)
    scroll = NarrowScroll(inside, owner)
    column_of(scroll, owner=owner)
    return scroll


def _fill(box: Box, parts: Iterable[Part], owner: QWidget | None, margins: Margins | None, spacing: int | None) -> Box:
    if owner is not None:
        owner.setLayout(box)
    if margins is not None:
        box.setContentsMargins(*margins)
    if spacing is not None:
        box.setSpacing(spacing)
    for each in parts:
        part, share = each if isinstance(each, tuple) else (each, 0)
        if isinstance(part, QWidget):
            box.addWidget(part, share)
        elif isinstance(part, QLayout):
            box.addLayout(part, share)
        elif part == REST:
            box.addStretch(1)
        else:
            box.addSpacing(part)
    return box


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


def push_button(text: str, tip: str = "", run: Run | None = None, parent: QWidget | None = None) -> QPushButton:
    """A button with a frame. run : what a click does."""
    return _set_up(QPushButton(text, parent), "", tip, run)


def tool_button(
    text: str = "", tip: str = "", run: Run | None = None, parent: QWidget | None = None, *, name: str = ""
) -> QToolButton:
    """A flat button. name : what screen readers call it, for one without a text."""
    button = QToolButton(parent)
    button.setText(text)
    return _set_up(button, name, tip, run)


def _set_up(button: Button, name: str, tip: str, run: Run | None) -> Button:
    if name:
        button.setAccessibleName(name)
    if tip:
        button.setToolTip(tooltip(tip))
    if run is not None:
        # Qt hands on whether the button is down, which nobody asks for.
        button.clicked.connect(lambda _on=False: run())
    return button
