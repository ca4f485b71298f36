"""Buttons that are set up in one call."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtWidgets import QAbstractButton, QPushButton, QToolButton, QWidget

from osisnr_gui.qt.panels.plain_text import tooltip

Button = TypeVar("Button", bound=QAbstractButton)
Run = Callable[[], object]


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
