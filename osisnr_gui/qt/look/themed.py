"""What wears the theme: tinted icons, widgets that paint in its colours, and the manager that changes it."""

from functools import lru_cache
from string import Template
from typing import Literal, get_args

from PySide6.QtCore import QByteArray, QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from osisnr_gui.paths import resource_path
from osisnr_gui.qt.look.theme import DARK, LIGHT, Theme, build_palette, system_font

# The heights icons have here (16, 20, 24) at screen scales 1 and 2; between them QIcon shrinks the next larger one.
# Every size costs 0.1 ms per icon at start-up.
_PIXELS = (16, 20, 24, 32, 40, 48)


@lru_cache(maxsize=1024)
def icon(name: str, colour: str) -> QIcon:
    """The icon `name` (file name without .svg) in `colour` (#rrggbb); paler where it is disabled.

    Raises paths.MissingResource.
    """
    renderer = _renderer(name, colour)
    result = QIcon()
    for size in _PIXELS:
        drawing = _draw(renderer, size)
        result.addPixmap(drawing, QIcon.Mode.Normal)
        result.addPixmap(_paler(drawing), QIcon.Mode.Disabled)
    _forget_at_exit()
    return result


def pixmap(name: str, colour: str, size: int, ratio: float | None = None) -> QPixmap:
    """The icon as a picture of `size` logical pixels, for a label; ratio: device pixels per logical pixel."""
    if ratio is None:
        screen = QGuiApplication.primaryScreen()
        ratio = screen.devicePixelRatio() if screen is not None else 1.0
    result = _draw(_renderer(name, colour), round(size * ratio))
    result.setDevicePixelRatio(ratio)
    return result


def app_icon() -> QIcon:
    """The icon of the program, for windows and task bars."""
    result = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        result.addFile(resource_path("icons", f"osisnr_gui_{size}.png"))
    return result


def _renderer(name: str, colour: str) -> QSvgRenderer:
    with open(resource_path("icons", f"{name}.svg"), "rb") as file:
        drawing = file.read()
    return QSvgRenderer(QByteArray(drawing.replace(b"currentColor", QColor(colour).name().encode())))


def _draw(renderer: QSvgRenderer, pixels: int) -> QPixmap:
    result = QPixmap(pixels, pixels)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    renderer.render(painter)
    painter.end()
    return result


def _paler(drawing: QPixmap) -> QPixmap:
    result = QPixmap(drawing.size())
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setOpacity(0.38)
    painter.drawPixmap(0, 0, drawing)
    painter.end()
    return result


@lru_cache(maxsize=1)
def _forget_at_exit() -> None:
    """Pixmaps must not outlive the application."""
    app = QCoreApplication.instance()
    if app is not None:
        app.aboutToQuit.connect(icon.cache_clear)


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
        _tint(part, theme)
        if hasattr(part, "set_theme"):
            part.set_theme(theme)
        else:
            set_theme_inside(part, theme)


def tint(widget: QAbstractButton | QLabel, name: str, theme: Theme, ink: str = "text", size: int = 16) -> None:
    """Give a button or a label an icon in a colour of the theme, now and after every `set_theme_inside`."""
    widget.setProperty(_TINT, (name, ink, size))
    _tint(widget, theme)


def _tint(part: QObject, theme: Theme) -> None:
    tint = part.property(_TINT)
    if isinstance(part, QLabel) and tint:
        name, ink, size = tint
        part.setPixmap(pixmap(name, getattr(theme, ink), size))
    elif isinstance(part, QAbstractButton) and tint:
        name, ink, _size = tint
        part.setIcon(icon(name, getattr(theme, ink)))


ThemeMode = Literal["system", "dark", "light"]


def build_style_sheet(theme: Theme) -> str:
    """The application's style sheet, resources/style.qss, in the colours of `theme`."""
    with open(resource_path("style.qss"), encoding="utf-8") as file:
        sheet = Template(file.read())
    return sheet.substitute(
        vars(theme),
        selected="#26374d" if theme.is_dark else "#d6e6f7",
        scroll="#3a404c" if theme.is_dark else "#c9cfd6",
    )


class ThemeManager(QObject):
    """Knows which theme is in force and says when it changes.

    The mode is ``"dark"``, ``"light"`` or ``"system"``; the last one follows the desktop while the
    program runs. :meth:`apply` dresses the whole application.
    """

    changed = Signal(object)  # Theme

    def __init__(self, mode: ThemeMode = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mode: ThemeMode = mode  # what the user asked for
        self._hints = QGuiApplication.styleHints()
        self._hints.colorSchemeChanged.connect(self._refresh)
        self.theme = self._resolve()  # what is in force

    def set_mode(self, mode: ThemeMode) -> None:
        """Ask for a look; ``changed`` follows if it makes a difference."""
        if mode not in get_args(ThemeMode):
            raise ValueError(f"unknown theme mode {mode!r}")
        self.mode = mode
        self._refresh()

    def apply(self, app: QApplication) -> None:
        """Dress the application in the theme in force, now and after every change."""
        app.setStyle("fusion")
        app.setFont(system_font())
        self._dress(app)
        self.changed.connect(lambda _theme: self._dress(app))

    def _dress(self, app: QApplication) -> None:
        app.setPalette(build_palette(self.theme))
        app.setStyleSheet(build_style_sheet(self.theme))

    def _resolve(self) -> Theme:
        if self.mode != "system":
            return DARK if self.mode == "dark" else LIGHT
        return DARK if self._hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT

    def _refresh(self, *_scheme: object) -> None:
        theme = self._resolve()
        if theme is not self.theme:
            self.theme = theme
            self.changed.emit(theme)
