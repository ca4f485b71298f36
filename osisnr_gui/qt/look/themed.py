"""How widgets follow the theme: one call for a window reaches all that paint with one."""

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
        if isinstance(self, QObject):
            set_theme_inside(self, theme)


def set_theme_inside(whole: QObject, theme: Theme) -> None:
    """Apply `theme` to all inside `whole`. What has a `set_theme` of its own looks after what is inside it."""
    for part in whole.children():
        _draw(part, theme)
        if hasattr(part, "set_theme"):
            part.set_theme(theme)
        else:
            set_theme_inside(part, theme)


def tint(widget: QAbstractButton | QLabel, name: str, theme: Theme, ink: str = "text", size: int = 16) -> None:
    """Give a button or a label an icon in a colour of the theme, now and after every `set_theme_inside`."""
    widget.setProperty(_TINT, (name, ink, size))
    _draw(widget, theme)


def _draw(part: QObject, theme: Theme) -> None:
    tint = part.property(_TINT)
    if isinstance(part, QLabel) and tint:
        name, ink, size = tint
        part.setPixmap(pixmap(name, getattr(theme, ink), size))
    elif isinstance(part, QAbstractButton) and tint:
        name, ink, _size = tint
        part.setIcon(icon(name, getattr(theme, ink)))
