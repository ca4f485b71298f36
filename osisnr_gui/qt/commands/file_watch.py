"""Watches the files of a session. Nothing here reads a file, and nothing waits for a disk on the GUI thread.

The system tells of changes where it can (a folder, too, because trainers write beside a file and rename); a slow look
at every file finds the others, as on network drives. Either way a change is told once the file is at rest.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal, Slot

from osisnr_gui.qt.jobs import Jobs
from osisnr_gui.session.file_changes import QUIET_SECONDS, FileChange, FileChanges
from osisnr_gui.session.tracks import Stamp, stamp_of

POLL_MS = 2000


class FileWatch(QObject):
    """`watch` says which files, and at which stamps they were read; `changed` gives all that are different now."""

    changed = Signal(object)  # tuple[FileChange, ...], in the order of the files; empty when all are as they were

    def __init__(self, parent: QObject | None = None, *, quiet_seconds: float = QUIET_SECONDS) -> None:
        super().__init__(parent)
        self._files = FileChanges(quiet_seconds)
        self.changes: tuple[FileChange, ...] = ()  # what was told last
        self._system = QFileSystemWatcher(self)
        self._looking = Jobs("file-watch", self)
        self._looking.reported.connect(self._take)
        self._seen: dict[str, Stamp | None] = {}
        self._poll = QTimer(self, interval=POLL_MS)
        # A little more than needed, so that the second look never comes a moment too soon.
        self._again = QTimer(self, interval=round(1000 * quiet_seconds) + 50, singleShot=True)
        for timer in (self._poll, self._again):
            timer.timeout.connect(self.look)
        # A file that is being written tells of every piece: the timer takes them together.
        self._system.fileChanged.connect(self._stir)
        self._system.directoryChanged.connect(self._stir)

    def watch(self, stamps: Mapping[str, Stamp | None]) -> None:
        """These files were read at these stamps (None: one that was not there); others are forgotten."""
        if not self._files.expect(stamps):
            return
        self._follow_paths(dict(stamps))
        self._tell()
        if stamps:
            self._poll.start()
            self.look()
        else:
            self._poll.stop()
            self._again.stop()

    @Slot()
    def look(self) -> None:
        """Look at all files soon, on a thread of its own: a drive that is gone may let one wait for minutes."""
        if self._files.paths and not self._looking.is_busy:
            paths = self._files.paths
            self._looking.start(lambda _job: {path: stamp_of(path) for path in paths})

    def close(self) -> None:
        """Stop watching; a look under way is waited for."""
        self._files.expect({})
        self._follow_paths({})
        for timer in (self._poll, self._again):
            timer.stop()
        self._looking.close()

    def _take(self, stamps: dict[str, Stamp | None]) -> None:
        if self._files.look(stamps, time.monotonic(), time.time()):
            self._stir()
        self._follow_paths(stamps)
        self._tell()

    def _stir(self, _path: str = "") -> None:
        if not self._again.isActive():
            self._again.start()

    def _tell(self) -> None:
        found = self._files.found
        if found != self.changes:
            self.changes = found
            self.changed.emit(found)

    def _follow_paths(self, stamps: dict[str, Stamp | None]) -> None:
        """Have the system tell of the files that are there, and of their folders."""
        paths = {path for path in self._files.paths if stamps.get(path) is not None}
        # Of a file that was replaced it goes on watching the old one as long as that is open somewhere.
        stale = {path for path, stamp in self._seen.items() if stamps.get(path) != stamp}
        wanted = paths | {os.path.dirname(path) for path in self._files.paths}
        present = {*self._system.files(), *self._system.directories()}
        if gone := present & stale | present - wanted:
            self._system.removePaths(sorted(gone))
        # Folders of files that are there: to ask for one on a drive that is gone would take its time.
        if fresh := (paths | set(map(os.path.dirname, paths))) - (present - gone):
            self._system.addPaths(sorted(fresh))
        self._seen = {path: stamps.get(path) for path in self._files.paths}
