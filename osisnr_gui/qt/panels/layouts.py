"""Rows and columns of widgets: layouts that are filled in one call."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from osisnr_gui.qt.panels.plain_text import NarrowScroll

#: A widget or layout, alone or with the share of the room it takes; a number: that many pixels left free.
Part = QWidget | QLayout | int | tuple[QWidget | QLayout, int]
Margins = tuple[int, int, int, int]
Box = TypeVar("Box", bound=QBoxLayout)

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
