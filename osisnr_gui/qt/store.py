"""The one object with state: the session going down, the analysis coming up.

`edit` is the only way in. An edit that needs no file read again (alpha, gamma, threshold, …) is scored at once on the
GUI thread, in a few milliseconds at any length; everything else goes to one worker thread, what takes longer than that
included. Latest wins: a run that no
longer fits the session is cancelled, its late results are dropped, nothing is queued.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from PySide6.QtCore import QObject, Qt, Signal, Slot

from osisnr_gui.io.errors import Cancelled
from osisnr_gui.qt.background import Foreground, step_back
from osisnr_gui.session.analysis import (
    Analysis,
    AnalysisOptions,
    Progress,
    analyse,
    analysis_key,
    rescore,
    takes_long,
    with_display_settings,
)
from osisnr_gui.session.changes import find_changes
from osisnr_gui.session.edits import Edit
from osisnr_gui.session.file_changes import ContentHashes, changed_files, without_files
from osisnr_gui.session.history import History
from osisnr_gui.session.result_cache import ResultCache
from osisnr_gui.session.session import Session


class _Run:
    """One analysis on its way: the session it is for and the flag that stops it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.cancel = threading.Event()


class Store(QObject):
    """Session, analysis, undo, and the worker. cache : where results are kept beyond this window, closed with it."""

    session_changed = Signal(object)  # Session
    analysis_changed = Signal(object, object)  # Analysis, Changed: what of it is not as it was
    progress_changed = Signal(object, str)  # fraction or None when idle, words
    failed = Signal(str, str)  # one sentence, details
    _reported = Signal(object, object)  # _Run, Progress
    _ended = Signal(object, object, str)  # _Run, Analysis | None, traceback

    def __init__(self, parent: QObject | None = None, *, cache: ResultCache | None = None) -> None:
        super().__init__(parent)
        self.cache = cache
        self.hashes = ContentHashes(cache)
        #: Where what is on screen begins when a run starts, None for the beginning of everything.
        self.looked_at: Callable[[], float | None] = lambda: None
        self._history = History(Session())
        self._analysis = self._finished = Analysis(Session(), complete=True)
        self._stopped = False
        #: Whether all files are to be read: stays so until a run for that has come to its end.
        self._thoroughly = False
        self._run: _Run | None = None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="analysis", initializer=step_back)
        self._last: Future[None] | None = None
        #: Has the worker stand aside while the window shows what it was given.
        self.foreground = Foreground(self)
        # The worker emits from its own thread: queued, so that everything below runs on the GUI thread.
        self._reported.connect(self._take_progress, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(self._take_end, Qt.ConnectionType.QueuedConnection)

    @property
    def session(self) -> Session:
        """What the user asks for now."""
        return self._history.present

    @property
    def analysis(self) -> Analysis:
        """The latest result, perhaps of a part, perhaps still of the session before."""
        return self._analysis

    @property
    def is_busy(self) -> bool:
        """Whether an analysis is under way."""
        return self._run is not None

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return self._history.can_undo

    @property
    def previous(self) -> Session | None:
        """The session `undo` would go back to."""
        return self._history.previous

    @property
    def can_redo(self) -> bool:
        """Whether there is something to redo."""
        return self._history.can_redo

    def edit(self, edit: Edit, key: str = "") -> None:
        """Change the session; edits with the same key that follow closely are one undo step."""
        session = edit(self.session)
        if session != self.session:
            self._history.push(session, key, time.monotonic())
            self._follow()

    def hold(self, held: bool = True) -> None:
        """Between `hold()` and `hold(False)`, a mouse button down, edits with the same key are one undo step."""
        self._history.hold(held, time.monotonic())

    def undo(self) -> None:
        """Back one step."""
        self._history.undo()
        self._follow()

    def redo(self) -> None:
        """Forward one step."""
        self._history.redo()
        self._follow()

    def reload(self, *, thoroughly: bool = False) -> None:
        """Look at the files again; what did not change on disk is not computed again.

        thoroughly : read them all, so that a change that kept size and modification time is found too.
        """
        self._thoroughly |= thoroughly
        self._start()

    def cancel(self) -> None:
        """Stop the analysis under way; what is there stays, and edits that need no file go on working on it."""
        if self._run is not None:
            self._drop_run()
            self._stopped = True
            self._step_back()

    def close(self) -> None:
        """Cancel and wait for the worker; afterwards nothing is emitted any more."""
        self._drop_run()
        self._pool.shutdown(wait=True, cancel_futures=True)
        if self.cache is not None:
            self.cache.close()

    def _follow(self) -> None:
        """After the session changed: score at once if that is enough, else start a run."""
        self.session_changed.emit(self.session)
        if self._run is not None and analysis_key(self._run.session) == analysis_key(self.session):
            self._show(self._analysis)  # the run goes on; its results will be scored for the new session
            return
        if (self._analysis.complete or self._stopped) and self._show(self._analysis):
            self._drop_run()
            return
        self._start()

    def _drop_run(self) -> None:
        if self._run is not None:
            self._run.cancel.set()
            self._run = None
            self.progress_changed.emit(None, "")

    def _step_back(self) -> None:
        """After a run that will not be finished: the files and frames on screen are in force again.

        What was changed beside them meanwhile, a note or alpha, stays.
        """
        shown, left = self._analysis.session, self.session
        if not self._history.find(lambda session: analysis_key(session) == analysis_key(shown)):
            self._history.push(shown, "", time.monotonic())
        kept = with_display_settings(self.session, left)
        if kept != self.session:
            self._history.push(kept, "", time.monotonic())
        self.session_changed.emit(self.session)
        self._show(self._analysis, at_any_cost=True)

    def _show(self, analysis: Analysis, at_any_cost: bool = False) -> bool:
        """Show `analysis` scored for the present session; False when that is not possible, or work for the worker."""
        self.foreground.claim()
        if analysis.session != self.session:
            if analysis.complete and not at_any_cost and takes_long(self.session, analysis):
                return False
            scored = rescore(self.session, analysis)
            if scored is None:
                return False
            analysis = scored
        changed, self._analysis = find_changes(self._analysis, analysis), analysis
        if analysis.complete:
            self._finished = analysis
        self.analysis_changed.emit(analysis, changed)
        return True

    def _start(self) -> None:
        if self._run is not None:
            self._run.cancel.set()
        self._stopped = False
        self._run = run = _Run(self.session)
        self.progress_changed.emit(0.0, "opening files")
        wanted = AnalysisOptions(around=self.looked_at())
        previous = (self._analysis, self._finished)
        self._last = self._pool.submit(self._work, run, previous, wanted, self._thoroughly)

    def _work(self, run: _Run, previous: tuple[Analysis, ...], wanted: AnalysisOptions, thoroughly: bool) -> None:
        """On the worker thread. Touches nothing but its arguments and the signals."""

        def cancelled() -> bool:
            self.foreground.give_way()
            return run.cancel.is_set()

        if run.cancel.is_set():
            return
        try:
            changed = changed_files(previous, self.hashes, run.cancel.is_set) if thoroughly else frozenset()
            analysis = analyse(
                run.session,
                [without_files(known, changed) for known in previous],
                wanted=wanted,
                progress=lambda progress: self._reported.emit(run, progress),
                cancelled=cancelled,
                cache=self.cache,
            )
            self.hashes.forget(changed)
        except Cancelled:
            self._ended.emit(run, None, "")
        except Exception:
            # Not a fault of a file (those are results): shown with details, and the program goes on.
            self._ended.emit(run, None, traceback.format_exc())
        else:
            self._ended.emit(run, analysis, "")

    @Slot(object, object)
    def _take_progress(self, run: _Run, progress: Progress) -> None:
        if run is not self._run:
            return
        self.progress_changed.emit(progress.fraction, progress.words)
        if progress.analysis is not None and not self._is_emptier(progress.analysis):
            self._show(progress.analysis)

    def _is_emptier(self, analysis: Analysis) -> bool:
        """Whether the same files are on screen with more to see: the old picture stays until the new one is there."""
        signals, shown = ([s.signal for s in a.session.sources] for a in (analysis, self._analysis))
        return signals == shown and _n_scored(analysis) < _n_scored(self._analysis)

    @Slot(object, object, str)
    def _take_end(self, run: _Run, analysis: Analysis | None, details: str) -> None:
        if run is not self._run:
            return
        self._run = None
        self.progress_changed.emit(None, "")
        if details:
            self._stopped = True
            self._step_back()
            self.failed.emit("Something unexpected went wrong while comparing; what you had is still here.", details)
        elif analysis is not None:
            self._thoroughly = False
            if not self._show(analysis):
                self._finished = analysis
                self._start()


def _n_scored(analysis: Analysis) -> int:
    return sum(pair.score is not None for pair in analysis.pairs)
