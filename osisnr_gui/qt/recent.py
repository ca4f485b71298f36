"""Recent sessions and comparisons: session files, the latest first; only what is still there is listed."""

import contextlib
import hashlib
import os
from dataclasses import dataclass

from PySide6.QtCore import QStandardPaths

from osisnr_gui.io.errors import FileError, display_name
from osisnr_gui.io.files import write_atomically
from osisnr_gui.qt.settings import Settings
from osisnr_gui.session.codec import ENDING, SavedView, load_session, missing_files, session_bytes
from osisnr_gui.session.session import Session
from osisnr_gui.text.session_words import comparison_words

MOST = 8


@dataclass(frozen=True, slots=True)
class Recent:
    """A session file, how it is called, and the folder of what it compares."""

    path: str
    name: str
    folder: str


class RecentSessions:
    """Remembered in the settings. A comparison that was never saved has its file among the program's own data."""

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
                if not session.is_empty and not missing_files(session):
                    name = comparison_words(session) if self.is_own(path) else display_name(path)
                    recent.append(Recent(path, name, os.path.dirname(session.sources[0].path)))
        return recent

    def add(self, path: str) -> None:
        """A session file that was opened or saved stands first from now on."""
        paths = [path, *(other for other in self._paths() if other != path)]
        for forgotten in filter(self.is_own, paths[MOST:]):
            with contextlib.suppress(OSError):
                os.unlink(forgotten)
        self._settings.put("recent_sessions", "\n".join(paths[:MOST]))

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
