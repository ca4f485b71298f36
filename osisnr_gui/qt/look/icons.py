"""Icons: the SVG files of resources/icons, drawn in a colour of the theme, sharp at every screen scale."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QCoreApplication, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from osisnr_gui.paths import resource_path

# The heights icons have here (16, 20, 24) at screen scales 1 and 2; between them QIcon shrinks the next larger one.
# Every size costs 0.1 ms per icon at start-up.
_PIXELS = (16, 20, 24, 32, 40, 48)
_DISABLED_OPACITY = 0.38
_APP_ICON_SIZES = (16, 24, 32, 48, 64, 128, 256)


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
    for size in _APP_ICON_SIZES:
        result.addFile(resource_path("icons", f"osisnr_gui_{size}.png"))
    return result


def _renderer(name: str, colour: str) -> QSvgRenderer:
    with open(resource_path("icons", f"{name}.svg"), "rb") as file:
        drawing = file.read()
    tinted = drawing.replace(b"currentColor", QColor(colour).name().encode())
    return QSvgRenderer(QByteArray(tinted))


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
    painter.setOpacity(_DISABLED_OPACITY)
    painter.drawPixmap(0, 0, drawing)
    painter.end()
    return result


@lru_cache(maxsize=1)
def _forget_at_exit() -> None:
    """Pixmaps must not outlive the application."""
    app = QCoreApplication.instance()
    if app is not None:
        app.aboutToQuit.connect(icon.cache_clear)
