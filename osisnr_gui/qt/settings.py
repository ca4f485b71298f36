"""What the window remembers from one start to the next."""

import contextlib
import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

from osisnr_gui.io.errors import FileError, display_name
from osisnr_gui.io.files import write_atomically
from osisnr_gui.session.codec import ENDING, SavedView, load_session, session_bytes
from osisnr_gui.session.session import Session
from osisnr_gui.text.session_words import comparison_words

ORGANISATION = APPLICATION = "osisnr_gui"
KEEP_MIB_RANGE = (64, 1 << 20)
MOST_RECENT = 8


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


class RecentSessions:
    """Sessions and comparisons, the latest first; only what is still there is listed. Remembered in the settings.

    A comparison that was never saved has its file among the program's own data.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        data = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)
        self._folder = os.path.abspath(os.path.join(data, "recent"))  # as paths of sessions are: Qt has "/" everywhere

    def is_own(self, path: str) -> bool:
        """Whether a session file was kept here, and is not one the user saved."""
        return os.path.dirname(path) == self._folder

    def found(self) -> list[Recent]:
        """Those that can be opened with all their files."""
        recent = []
        for path in self._paths():
            with contextlib.suppress(FileError, OSError):
                session, _view = load_session(path)
                if not session.is_empty and all(os.path.exists(source.path) for source in session.sources):
                    name = comparison_words(session) if self.is_own(path) else display_name(path)
                    recent.append(Recent(path, name, os.path.dirname(session.sources[0].path)))
        return recent

    def add(self, path: str) -> None:
        """A session file that was opened or saved stands first from now on."""
        paths = [path, *(other for other in self._paths() if other != path)]
        for forgotten in filter(self.is_own, paths[MOST_RECENT:]):
            with contextlib.suppress(OSError):
                os.unlink(forgotten)
        self._settings.put("recent_sessions", "\n".join(paths[:MOST_RECENT]))

    def keep(self, session: Session, view: SavedView) -> None:
        """Save a comparison here, over the same files' last one; a disk that takes none disturbs nobody."""
        files = "\n".join(source.path for source in session.sources).encode(errors="surrogateescape")
        path = os.path.join(self._folder, f"{hashlib.sha256(files).hexdigest()[:16]}{ENDING}")
        with contextlib.suppress(FileError, OSError):
            os.makedirs(self._folder, exist_ok=True)
            write_atomically(path, session_bytes(session, view, path))
            self.add(path)

    def _paths(self) -> list[str]:
        return list(filter(None, self._settings.text("recent_sessions", "").split("\n")))
