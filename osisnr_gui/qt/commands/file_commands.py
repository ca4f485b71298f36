"""Files that change while they are open: watched, offered again, read again without losing the view."""

import time
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from osisnr_gui.io.memory import give_back_memory
from osisnr_gui.qt.jobs import Job, Jobs
from osisnr_gui.qt.views import Views
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.file_changes import QUIET_SECONDS, ContentHashes, FileChange, FileChanges
from osisnr_gui.session.tracks import Stamp, stamp_of

Files = dict[str, Stamp | None]

POLL_MS = round(1000 * QUIET_SECONDS) + 100  # the second look finds a file at rest
EMPTIED_MS = 2000  # nothing is open for so long: threads have let go of what was


class FileCommands(QObject):
    """Between the disk, the store and what shows changes.

    Looks at every file now and then, on a thread: a drive that is gone may let one wait for minutes, and one of the
    network does not tell of changes.
    """

    changed = Signal()  # whether files are read again without a question

    def __init__(self, window: QObject, views: Views) -> None:
        super().__init__(window)
        self._views = views
        self.reloads_always = False
        self._tried: frozenset[FileChange] = frozenset()
        self._files: Files = {}
        self._hashed: set[tuple[str, Stamp | None]] = set()
        self._emptied = QTimer(self, singleShot=True, interval=EMPTIED_MS)
        self._emptied.timeout.connect(give_back_memory)
        self.hashing = Jobs("file-hash", self)
        self.hashing.reported.connect(lambda _path: self._show_contents())
        self._compared = FileChanges()
        #: All files that are different now, in their order.
        self.changes: tuple[FileChange, ...] = ()
        self._looking = Jobs("file-watch", self)
        self._looking.reported.connect(self._take_look)
        self._poll = QTimer(self, interval=POLL_MS)
        self._poll.timeout.connect(self.look)
        store, banner = views.store, views.banners.changes
        # Queued: a run that ends has not shown yet what it found.
        store.progress_changed.connect(self._decide, Qt.ConnectionType.QueuedConnection)
        banner.reload.clicked.connect(lambda: self.reload())
        banner.always.clicked.connect(self._reload_always)

    def reload(self, *, thoroughly: bool = False) -> None:
        """Read again what changed; see `Store.reload`."""
        self._hashed.clear()
        # Where nothing was to be seen yet there is no range to keep.
        self._views.plots.link.holds_values = any(pair.score is not None for pair in self._views.store.analysis.pairs)
        self._views.store.reload(thoroughly=thoroughly)

    def _reload_always(self) -> None:
        self.reloads_always = True
        self.changed.emit()
        self.reload()

    def reload_always(self, on: bool) -> None:
        """Read changed files again without a question, from now on, or no more."""
        self.reloads_always = on
        self._decide()

    def show_analysis(self, analysis: Analysis, _selected: int) -> None:
        """Watch the files of a finished analysis; where there are none any more, give their memory back."""
        self._emptied.start() if analysis.session.is_empty else self._emptied.stop()
        if analysis.complete:
            self._files = {}
            for track in analysis.tracks:  # the first one counts: a file may stand in two roles
                self._files.setdefault(track.source.path, track.stamp)
            self.watch(self._files)
            # Once each: a file that has changed meanwhile has no hash at this stamp any more.
            if not self._hashed.issuperset(self._files.items()):
                self._hashed.update(self._files.items())
                self.hashing.start(partial(_hash_all, self._views.store.hashes, dict(self._files)))
            self._show_contents()

    def _show_contents(self) -> None:
        find = self._views.store.hashes.find
        contents = {path: find(path, stamp) for path, stamp in self._files.items()}
        self._views.sources.set_contents({path: found for path, found in contents.items() if found is not None})

    def watch(self, stamps: Files) -> None:
        """These files were read at these stamps (None: one that was not there); others are forgotten."""
        if self._compared.expect(stamps):
            self._tell()
            if stamps:
                self._poll.start()
                self.look()
            else:
                self._poll.stop()

    def look(self) -> None:
        """Look at all files soon, unless a look is under way."""
        if self._compared.paths and not self._looking.is_busy:
            paths = self._compared.paths
            self._looking.start(lambda _job: {path: stamp_of(path) for path in paths})

    def stop(self) -> None:
        """Stop watching; a look under way is waited for."""
        self._poll.stop()
        self._looking.close()

    def _take_look(self, stamps: Files) -> None:
        self._compared.look(stamps, time.monotonic(), time.time())
        self._tell()

    def _tell(self) -> None:
        if self._compared.found != self.changes:
            self.changes = self._compared.found
            self._views.sources.set_changes(self.changes)
            self._tried &= frozenset(self.changes)
            self._decide()

    def _decide(self, *_: object) -> None:
        """Reload, or say what there is to reload; while files are being read, what is new waits."""
        if self._views.store.is_busy:
            return
        fresh = frozenset(change for change in self.changes if change.can_be_read) - self._tried
        if self.reloads_always and fresh:
            # Each only once: a run that was stopped must not begin again and again.
            self._tried |= fresh
            self.reload()
        else:
            self._views.banners.changes.show_changes(self.changes)


def _hash_all(hashes: ContentHashes, files: Files, job: Job) -> None:
    """On the worker thread."""
    for path, stamp in files.items():
        hashes.make(path, stamp, job.superseded)
        job.report(path)
