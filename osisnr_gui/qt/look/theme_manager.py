"""The one object that says which look is in force, and dresses the application in it."""

from string import Template
from typing import Literal, get_args

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from osisnr_gui.paths import resource_path
from osisnr_gui.qt.look.theme import DARK, LIGHT, Theme, build_palette, system_font

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
