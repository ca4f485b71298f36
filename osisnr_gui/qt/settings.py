"""What the window remembers from one start to the next."""

from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QByteArray, QSettings

ORGANISATION = APPLICATION = "osisnr_gui"
KEEP_MIB_RANGE = (64, 1 << 20)


class Settings:
    """Typed access to QSettings; a value of the wrong kind counts as not there."""

    def __init__(self) -> None:
        self._settings = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, ORGANISATION, APPLICATION)

    def text(self, key: str, default: str, allowed: tuple[str, ...] = ()) -> str:
        """A word, one of `allowed` when given."""
        value = self._settings.value(key, default)
        return value if isinstance(value, str) and (not allowed or value in allowed) else default

    def flag(self, key: str, default: bool) -> bool:
        """Yes or no."""
        return {"true": True, "false": False}.get(str(self._settings.value(key, default)).lower(), default)

    def number(self, key: str, default: float, low: float, high: float) -> float:
        """A number inside [low, high]."""
        try:
            value = float(str(self._settings.value(key, default)))
        except ValueError:
            return default
        return value if low <= value <= high else default

    def state(self, key: str) -> QByteArray:
        """Window geometry and the like; empty when there is none."""
        value = self._settings.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def put(self, key: str, value: object) -> None:
        """Remember a value."""
        self._settings.setValue(key, value)

    def last_folder(self) -> str:
        """Where files were opened last, if it is still there, else the home folder."""
        folder = self.text("last_folder", "")
        return folder if folder and Path(folder).is_dir() else str(Path.home())


class Recent(NamedTuple):
    """A session file, how it is called, and the folder of what it compares."""

    path: str
    name: str
    folder: str
