"""Makes the pictures of README and help from the demos: `python resources/screenshots/make_images.py [NAME ...]`.

Without names all of them. Works without a display, and leaves the settings and cached results of whoever runs it alone.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSettings
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from osisnr_gui.qt.look.theme import LIGHT, ThemeManager, ThemeMode
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.plots.figure import Figure
from osisnr_gui.qt.settings import Settings
from osisnr_gui.qt.store import Store
from osisnr_gui.session.demos import demo_session

RESOURCES = Path(__file__).resolve().parent.parent
SIZE = (1440, 900)
LONGEST_SECONDS, SETTLED_SECONDS = 60.0, 0.3


def _of_window(window: MainWindow) -> QImage:
    return window.grab().toImage()


def _of_presentation(window: MainWindow) -> QImage:
    window.commands.present()
    presentation = window.commands.presentation
    assert presentation is not None
    presentation.showNormal()
    presentation.resize(*SIZE)
    _wait(window.is_final)
    return presentation.grab().toImage()


def _figure(window: MainWindow) -> QImage:
    """As a paper wants it: one column of 85 mm, 300 dots an inch."""
    plots = window.views.plots
    rows = [row for row in plots.stack.rows if row.isVisible()]
    return Figure(rows, plots.set_theme, 1004, 300.0, 7.0, theme=LIGHT, title="Noise reduction, two estimates").image()


# File below resources/ -> demo, theme, and what is drawn of a window with that demo.
IMAGES: dict[str, tuple[str, ThemeMode, Callable[[MainWindow], QImage]]] = {
    "screenshots/demo_dark.png": ("enhancement", "dark", _of_window),
    "screenshots/demo_light.png": ("enhancement", "light", _of_window),
    "screenshots/presentation.png": ("damaged", "light", _of_presentation),
    "screenshots/figure.png": ("enhancement", "light", _figure),
}


def make(app: QApplication, name: str) -> None:
    """Open the window, show the demo, save what is to be seen."""
    demo, mode, draw = IMAGES[name]
    themes = ThemeManager(mode)
    themes.apply(app)
    window = MainWindow(Store(), themes, Settings(), remembers=False)
    window.resize(*SIZE)
    window.show()
    window.views.store.open(demo_session(demo))
    _wait(window.is_final)
    draw(window).save(str(RESOURCES / name), "PNG")
    window.close()


def _wait(is_final: Callable[[], bool]) -> None:
    """Let Qt work until nothing changes any more; raises TimeoutError."""
    stop = time.monotonic() + LONGEST_SECONDS
    since = time.monotonic()
    while time.monotonic() < since + SETTLED_SECONDS:
        QApplication.processEvents()
        time.sleep(0.005)
        if not is_final():
            since = time.monotonic()
        if since > stop:
            raise TimeoutError(f"not final after {LONGEST_SECONDS:g} s")


def main() -> None:
    """Make the pictures that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*IMAGES, []], metavar="NAME", help=", ".join(IMAGES))
    names = parser.parse_args().names or list(IMAGES)
    with tempfile.TemporaryDirectory() as folder:
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
        app = QApplication([])
        for name in names:
            make(app, name)
            print(RESOURCES / name)


if __name__ == "__main__":
    main()
