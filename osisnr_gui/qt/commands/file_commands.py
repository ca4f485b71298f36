"""Commands about the files that are open: those that change on disk, the delay of an estimate, and its ghosts.

A file that changes is watched, offered again, and read again without losing the view; a ghost is what its estimate was
before that.
"""

import math
import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QMainWindow

from osisnr_gui.io.memory import give_back_memory
from osisnr_gui.qt.dialogs.estimate_dialogs import DelayDialog
from osisnr_gui.qt.jobs import Job, Jobs
from osisnr_gui.qt.panels.plain_text import set_text
from osisnr_gui.qt.plots.charts.chart import Chart
from osisnr_gui.qt.presenters.differences import ShownGhost, ghost_of, value_at
from osisnr_gui.qt.views import Views
from osisnr_gui.session import edits, words
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.comparison.difference import Ghosts, find_change
from osisnr_gui.session.file_changes import QUIET_SECONDS, ContentHashes, FileChange, FileChanges
from osisnr_gui.session.scores import osi_db_of
from osisnr_gui.session.session import Session, Source
from osisnr_gui.session.tracks import Stamp, stamp_of
from osisnr_gui.text.catalogue import _
from osisnr_gui.text.comparison import MeasuredDelay, change_sentence, ghost_name, measured_delay

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


class DelayCommands:
    """Moves the estimate in view; one dialog at a time for any estimate."""

    def __init__(self, window: QMainWindow, views: Views, show_menu: Callable[[QPoint, Chart], None]) -> None:
        """`show_menu` : of a right click on a chart, at a place on the screen."""
        self._window, self._views, self._show_menu = window, views, show_menu
        self.dialog: DelayDialog | None = None
        self._source: Source | None = None
        views.sources.delay_requested.connect(self.open)

    @property
    def can_move(self) -> bool:
        """Whether the estimate in view is sound, and on screen."""
        pairs, source = self._views.store.analysis.pairs, self.in_view
        return source is not None and any(p.source.path == source.path and p.sample_rate for p in pairs)

    @property
    def can_align(self) -> bool:
        """Whether its delay is known for certain, and another than the one that is taken out."""
        source = self.in_view
        shown = self._measured(source) if self.can_move else None
        return source is not None and shown is not None and shown.delay.certain and shown.delay.samples != source.delay

    def open(self, source: Source | None) -> None:
        """Show the dialog for an estimate, if there is one."""
        if source is None:
            return
        if self.dialog is not None and self._source is not None and source.signal != self._source.signal:
            self.dialog.forget()
        self._source = source
        if self.dialog is None:
            self.dialog = dialog = DelayDialog(self._views.themes.theme, self._window)
            dialog.delay_requested.connect(lambda to: self.change(edits.set_delay, self._source, merges=True, delay=to))
            dialog.undo.clicked.connect(self._views.store.undo)
            dialog.redo_requested.connect(self._views.store.redo)
            for chart in dialog.plots:
                chart.context_menu_requested.connect(self._show_menu)
        self.dialog.show()
        self.dialog.activateWindow()
        self.show_analysis()

    @property
    def in_view(self) -> Source | None:
        """The estimate in view."""
        estimates, index = self._views.store.session.estimates, self._views.selection.index
        return estimates[index] if index < len(estimates) else None

    def _measured(self, source: Source | None) -> MeasuredDelay | None:
        store = self._views.store
        return None if source is None else measured_delay(store.session, store.analysis, source)

    def align(self) -> None:
        """Take its measured delay out."""
        shown = self._measured(self.in_view)
        if shown is not None and shown.delay.certain:
            self.change(edits.set_delay, delay=shown.delay.samples)

    def change(
        self, edit: Callable[..., Session], source: Source | None = None, *, merges: bool = False, **what: int
    ) -> None:
        """Edit what the session says of an estimate, else of the one in view.

        merges : a burst of these is one step for undo.
        """
        if (source := source or self.in_view) is not None:
            key = f"delay {source.signal}" if merges else ""
            self._views.store.edit(partial(edit, estimate=source, **what), key)

    def show_analysis(self, *_: object) -> None:
        """Show what has become known, while the dialog is open; no dialog without its file."""
        store, shown = self._views.store, self._source
        if self.dialog is None or shown is None or not self.dialog.isVisible():
            return
        source = next((source for source in store.session.estimates if source.signal == shown.signal), None)
        if source is None:
            self.dialog.close()
            return
        previous = store.history.previous
        # Only what moved this estimate is taken back from here.
        can_undo = previous is not None and edits.set_delay(previous, source, source.delay) == store.session
        self.dialog.show_delay(self._measured(source), source.delay, can_undo=can_undo)


class GhostCommands(QObject):
    """Follows the store, and knows what estimates were before they were read again."""

    changed = Signal()

    def __init__(self, window: QObject, views: Views) -> None:
        super().__init__(window)
        self._views = views
        self._ghosts = Ghosts()
        self.shown: tuple[ShownGhost, ...] = ()

    @property
    def in_view(self) -> ShownGhost | None:
        """The ghost of the estimate in view."""
        return ghost_of(self.shown, self._views.selection.index)

    def show_sentence(self, *_: object) -> None:
        """Say beside the numbers what became of the estimate in view."""
        set_text(self._views.loss.change, self.sentence(), hides=True)

    def sentence(self) -> str:
        """What became of the estimate in view; empty without a ghost."""
        shown = self.in_view
        if shown is None or shown.change is None:
            return ""
        return change_sentence(shown.place, shown.ghost, shown.change, time.time())

    def readout(self, when: float) -> dict[str, str]:
        """OSI-SNR of the ghost of the estimate in view at a time, by field of the readout, and the difference."""
        shown, pair = self.in_view, self._views.plots.pair
        if shown is None or pair is None or pair.score is None:
            return {}
        values = osi_db_of(shown.facts, pair.score.loss.formula), pair.score.osi_db
        frames = shown.facts.frames, pair.score.facts.frames
        before, now = (value_at(v, f.first_time, f.grid.step, when) for v, f in zip(values, frames, strict=True))
        change = now - before
        if math.isnan(before) or before == -math.inf:  # silent, by the literal formula
            return {"ghost": ""}
        if math.isnan(change) or change == -math.inf:
            return {"ghost": _("was {before}").format(before=words.db(before))}
        signed = f"{'+' if change > 0 else ''}{words.db(change)}"
        return {"ghost": _("was {before} ({change})").format(before=words.db(before), change=signed)}

    def show_analysis(self, analysis: Analysis, _selected: int) -> None:
        """Find out what became of estimates that were read again."""
        self._ghosts.take(analysis, time.time())
        self._show(analysis)

    def _show(self, analysis: Analysis) -> None:
        session, now, shown = analysis.session, time.time(), []
        for place, pair in enumerate(analysis.pairs):
            ghost = self._ghosts.find(session, pair)
            if ghost is not None:
                facts, change = ghost.facts, None
                if pair.score is not None and pair.score.facts.frames.complete:
                    change = find_change(pair.score.facts, facts)
                shown.append(ShownGhost(place, pair.source, ghost, ghost_name(place, ghost, now), facts, change))
        if shown or self.shown:
            self.shown = tuple(shown)
            self._views.plots.show_ghosts(self.shown)
            self.show_sentence()
            self.changed.emit()

    def pin(self) -> None:
        """Keep it through further reloads, or no more."""
        shown = self.in_view
        if shown is not None:
            self._ghosts.pin(shown.source, pinned=not shown.ghost.pinned)
            self._show(self._views.store.analysis)

    def forget(self) -> None:
        """Remove all of them."""
        self._ghosts.forget()
        self._show(self._views.store.analysis)
