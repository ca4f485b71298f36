"""How widgets follow the theme: one call for a window reaches all that paint with one."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from osisnr_gui.qt.look.icons import icon, pixmap
from osisnr_gui.qt.look.theme import Theme

_TINT = "tint"


class Themed:
    """A widget or delegate, to be mixed in, that paints in the colours of `_theme`."""

    def __init__(self, theme: Theme, *arguments: object) -> None:
        super().__init__(*arguments)
        self._theme = theme

    def set_theme(self, theme: Theme) -> None:
        """Apply `theme` to this and to all inside it, and repaint."""
        self._theme = theme
        if isinstance(self, QWidget):
            self.update()
        set_theme_inside(self, theme)


def set_theme_inside(whole: QObject, theme: Theme) -> None:
    """Apply `theme` to all inside `whole`. What has a `set_theme` of its own looks after what is inside it."""
    for part in whole.children():
        tint = part.property(_TINT)
        if tint:
            _draw(part, tint, theme)
        if hasattr(part, "set_theme"):
            part.set_theme(theme)
        else:
            set_theme_inside(part, theme)


def tint(widget: QAbstractButton | QLabel, name: str, theme: Theme, ink: str = "text", size: int = 16) -> None:
    """Give a button or a label an icon in a colour of the theme, now and after every `set_theme_inside`."""
    widget.setProperty(_TINT, f"{name} {ink} {size}")
    _draw(widget, widget.property(_TINT), theme)


def _draw(widget: QAbstractButton | QLabel, tint: str, theme: Theme) -> None:
    name, ink, size = tint.split()
    if isinstance(widget, QLabel):
        widget.setPixmap(pixmap(name, getattr(theme, ink), int(size)))
    else:
        widget.setIcon(icon(name, getattr(theme, ink)))
