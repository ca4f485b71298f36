"""Many pairs scored behind the window: a thread that hands them out, processes that score, rows in small helpings."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from osisnr_gui.batch.pair_list import ListedRow
from osisnr_gui.batch.pairs import BatchPair, find_pairs, load_pairs
from osisnr_gui.batch.runner import JOURNAL_ENDING, BatchRow, BatchSettings, open_journal, run_batch
from osisnr_gui.batch.workers import BatchPool, core_count
from osisnr_gui.io.errors import Cancelled, FileError, SaveError
from osisnr_gui.io.journal import Journal

PER_WORKER = 3
SHOW_MS = 300  # between two helpings: rows that move all the time cannot be read
HOLD_MS = 800  # longer than a double click takes
MOST_JOURNALS = 32


@dataclass(frozen=True, slots=True)
class Inputs:
    """What to score: the folder of the references and that of the estimates, or one list of pairs. Absolute paths."""

    paths: tuple[str, ...]

    def find(self) -> tuple[BatchPair, ...]:
        """The pairs. Raises LoadError."""
        return load_pairs(*self.paths) if len(self.paths) == 1 else find_pairs(*self.paths)


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    inputs: Inputs
    settings: BatchSettings
    known: tuple[BatchRow, ...]
    cancel: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    fresh: list[ListedRow] = field(default_factory=list)


class _Pool(BatchPool):
    """Processes that are gone once they are shut down: a closed window leaves none behind."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        if not wait:
            self.stop()
        super().shutdown(True, cancel_futures=cancel_futures)


class FolderRun(QObject):
    """`start` finds the pairs and scores them; only the last start counts.

    journal_folder : where rows are kept at once, so that a list opened again goes on; None = nowhere.
    """

    found = Signal(object)  # tuple[BatchPair, ...]
    scored = Signal(object)  # list[ListedRow]
    ended = Signal(str, str)  # what is wrong with the folders, details of a fault of the program
    _found_by = Signal(object, object)  # _Job, tuple[BatchPair, ...]
    _arrived = Signal(object)  # _Job
    _ended_by = Signal(object, str, str)  # _Job, as `ended`

    def __init__(self, journal_folder: str | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._journal_folder = journal_folder
        self._pool: ThreadPoolExecutor | None = None
        self._job: _Job | None = None
        self._is_listed = False  # whether `found` was emitted: rows before that have no place yet
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._show)
        for signal, slot in (
            (self._found_by, self._take_found),
            (self._arrived, self._take_arrived),
            (self._ended_by, self._take_end),
        ):
            signal.connect(slot, Qt.ConnectionType.QueuedConnection)

    @property
    def is_busy(self) -> bool:
        """Whether pairs are being found or scored."""
        return self._job is not None

    def start(self, inputs: Inputs, settings: BatchSettings, known: Sequence[BatchRow] = ()) -> None:
        """Score all pairs; of those in `known`, rows of the same settings, nothing is looked at again."""
        self.stop()
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="folders")
        self._job, self._is_listed = _Job(inputs, settings, tuple(known)), False
        self._pool.submit(self._work, self._job)

    def stop(self) -> None:
        """Cancel; what is scored has been shown or is shown now."""
        if self._job is not None:
            self._job.cancel.set()
            self._show()
            self._timer.stop()
            self._job = None

    def hold(self) -> None:
        """Show nothing new for a moment: a row must not move under a double click."""
        if self._timer.isActive():
            self._timer.start(HOLD_MS)

    def close(self) -> None:
        """Cancel and wait: afterwards no process is left."""
        self.stop()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _work(self, job: _Job) -> None:
        """On the thread. Touches nothing but its arguments and the signals."""
        wrong = details = ""
        try:
            pairs = job.inputs.find()
            self._found_by.emit(job, pairs)
            self._score(job, pairs)
        except Cancelled:
            pass
        except FileError as error:
            wrong = str(error)
        except Exception:
            details = traceback.format_exc()
        self._ended_by.emit(job, wrong, details)

    def _score(self, job: _Job, pairs: Sequence[BatchPair]) -> None:
        known = {row.pair: row for row in job.known}
        for pair in pairs:
            if pair in known:
                self._add(job, replace(known[pair], is_known=True))
        n_jobs = core_count()
        waiting = [pair for pair in pairs if pair not in known]
        with ExitStack() as stack:
            journal = self._open_journal(job)
            if journal is not None:
                stack.enter_context(journal)
            rows = run_batch(
                waiting,
                job.settings,
                partial(_Pool, n_jobs),
                at_once=PER_WORKER * n_jobs,
                journal=journal,
                cancelled=job.cancel.is_set,
            )
            for row in stack.enter_context(closing(rows)):
                if job.cancel.is_set():
                    raise Cancelled
                self._add(job, row)

    def _add(self, job: _Job, row: BatchRow) -> None:
        listed = ListedRow.of(row)
        with job.lock:
            job.fresh.append(listed)
            is_first = len(job.fresh) == 1
        if is_first:
            self._arrived.emit(job)

    def _open_journal(self, job: _Job) -> Journal | None:
        """Where rows are kept; a disk that takes none is no reason not to score."""
        if self._journal_folder is None:
            return None
        name = hashlib.sha256(repr((job.inputs, job.settings)).encode("utf-8", "surrogateescape")).hexdigest()[:32]
        with contextlib.suppress(SaveError, OSError):
            os.makedirs(self._journal_folder, exist_ok=True)
            _keep_newest(self._journal_folder, MOST_JOURNALS - 1)
            return open_journal(os.path.join(self._journal_folder, name), job.settings)
        return None

    @Slot(object, object)
    def _take_found(self, job: _Job, pairs: tuple[BatchPair, ...]) -> None:
        if job is self._job:
            self._is_listed = True
            self.found.emit(pairs)

    @Slot(object)
    def _take_arrived(self, job: _Job) -> None:
        if job is self._job and not self._timer.isActive():
            self._timer.start(SHOW_MS)

    def _show(self) -> None:
        if self._job is None or not self._is_listed:
            return
        with self._job.lock:
            rows = list(self._job.fresh)
            self._job.fresh.clear()
        if rows:
            self.scored.emit(rows)

    @Slot(object, str, str)
    def _take_end(self, job: _Job, wrong: str, details: str) -> None:
        if job is self._job:
            self._timer.stop()
            self._show()
            self._job = None
            self.ended.emit(wrong, details)


def _keep_newest(folder: str, count: int) -> None:
    """Remove all journals but the newest ones. Raises OSError."""
    paths = [os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(JOURNAL_ENDING)]
    for path in sorted(paths, key=os.path.getmtime, reverse=True)[count:]:
        os.unlink(path)
