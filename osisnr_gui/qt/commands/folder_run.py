"""Many pairs scored behind the window: a thread that hands them out, processes that score, rows in small helpings."""

import contextlib
import hashlib
import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from osisnr_gui.batch.pair_list import ListedRow
from osisnr_gui.batch.pairs import BatchPair, find_pairs, load_pairs
from osisnr_gui.batch.runner import JOURNAL_ENDING, BatchRow, BatchSettings, open_journal, run_batch
from osisnr_gui.batch.workers import BatchPool, core_count
from osisnr_gui.io.errors import SaveError
from osisnr_gui.io.journal import Journal
from osisnr_gui.qt.jobs import Job, Jobs

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

    def __init__(self, journal_folder: str | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._journal_folder = journal_folder
        self._fresh: list[ListedRow] = []  # scored and not shown yet
        self.is_busy = False  # whether pairs are being found or scored
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._show)
        self._jobs = Jobs("folders", self)
        self._jobs.reported.connect(self._take)
        self._jobs.failed.connect(lambda words, details: self._end("" if details else words, details))

    def start(self, inputs: Inputs, settings: BatchSettings, known: Sequence[BatchRow] = ()) -> None:
        """Score all pairs; of those in `known`, rows of the same settings, nothing is looked at again."""
        self.stop()
        self.is_busy = True
        self._jobs.start(partial(_score, inputs, settings, tuple(known), self._journal_folder))

    def stop(self) -> None:
        """Cancel; what is scored has been shown or is shown now."""
        self._jobs.cancel()
        self._show()
        self._timer.stop()
        self.is_busy = False

    def hold(self) -> None:
        """Show nothing new for a moment: a row must not move under a double click."""
        if self._timer.isActive():
            self._timer.start(HOLD_MS)

    def _take(self, result: tuple[BatchPair, ...] | ListedRow | str) -> None:
        if isinstance(result, tuple):
            self.found.emit(result)
        elif isinstance(result, ListedRow):
            self._fresh.append(result)
            if not self._timer.isActive():  # rows that come soon are shown with the first one
                self._timer.start(SHOW_MS)
        else:
            self._end("", "")

    def _show(self) -> None:
        rows, self._fresh = self._fresh, []
        if rows:
            self.scored.emit(rows)

    def _end(self, wrong: str, details: str) -> None:
        self.stop()
        self.ended.emit(wrong, details)


def _score(inputs: Inputs, settings: BatchSettings, known: tuple[BatchRow, ...], folder: str | None, job: Job) -> str:
    """On the thread. Reports all pairs, then rows, and returns "done"."""
    pairs, rows_of = inputs.find(), {row.pair: row for row in known}
    job.report(pairs)
    for pair in pairs:
        if pair in rows_of:
            job.report(ListedRow.of(replace(rows_of[pair], is_known=True)))
    waiting, n_jobs = [pair for pair in pairs if pair not in rows_of], core_count()
    at_once, pool = PER_WORKER * n_jobs, partial(_Pool, n_jobs)
    with _open_journal(folder, inputs, settings) as journal:
        rows = run_batch(waiting, settings, pool, at_once=at_once, journal=journal, cancelled=job.superseded)
        with closing(rows):
            for row in rows:
                if job.superseded():
                    break
                job.report(ListedRow.of(row))
    return "done"


def _open_journal(
    folder: str | None, inputs: Inputs, settings: BatchSettings
) -> AbstractContextManager[Journal | None]:
    """Where rows are kept; a disk that takes none is no reason not to score."""
    if folder is None:
        return nullcontext()
    name = hashlib.sha256(repr((inputs, settings)).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    with contextlib.suppress(SaveError, OSError):
        os.makedirs(folder, exist_ok=True)
        paths = [os.path.join(folder, kept) for kept in os.listdir(folder) if kept.endswith(JOURNAL_ENDING)]
        for path in sorted(paths, key=os.path.getmtime, reverse=True)[MOST_JOURNALS - 1 :]:
            os.unlink(path)
        return open_journal(os.path.join(folder, name), settings)
    return nullcontext()
