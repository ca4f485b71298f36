"""The one object with state: the session going down, the analysis coming up.

`edit` is the only way in. An edit that needs no file read again (alpha, gamma, threshold, …) is scored at once on the
GUI thread, in a few milliseconds at any length; everything else goes to a worker thread (`Jobs`), what takes longer
than that included. Latest wins: a run that no longer fits the session is cancelled, and its late results are dropped.
"""

import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from osisnr_gui.qt.jobs import Foreground, Job, Jobs
from osisnr_gui.session.analysis import Analysis, AnalysisOptions, Progress, analyse
from osisnr_gui.session.changes import analysis_key, find_changes, rescore, takes_long, with_display_settings
from osisnr_gui.session.edits import Edit
from osisnr_gui.session.file_changes import ContentHashes, changed_files, without_files
from osisnr_gui.session.result_cache import ResultCache
from osisnr_gui.session.session import History, Session
from osisnr_gui.text.catalogue import _, translated


class Store(QObject):
    """Session, analysis, undo, and the worker. cache : where results are kept beyond this window, closed with it."""

    session_changed = Signal(object)  # Session
    analysis_changed = Signal(object, object)  # Analysis, Changed: what of it is not as it was
    progress_changed = Signal(object, str)  # fraction or None when idle, words
    failed = Signal(str, str)  # one sentence, details

    def __init__(self, parent: QObject | None = None, *, cache: ResultCache | None = None) -> None:
        super().__init__(parent)
        self.cache = cache
        self.hashes = ContentHashes(cache)
        #: Where what is on screen begins when a run starts, None for the beginning of everything.
        self.looked_at: Callable[[], float | None] = lambda: None
        self.history = History(Session())
        #: The latest result, perhaps of a part, perhaps still of the session before.
        self.analysis = Analysis(Session(), complete=True)
        self._finished = self.analysis
        self._stopped = False
        #: Whether all files are to be read: stays so until a run for that has come to its end.
        self._thoroughly = False
        self._running: Session | None = None  # what the run under way is for
        self._jobs = Jobs("analysis", self)
        self._jobs.reported.connect(self._take)
        self._jobs.failed.connect(self._take_failure)
        #: Has the worker stand aside while the window shows what it was given.
        self.foreground = Foreground(self)

    @property
    def session(self) -> Session:
        """What the user asks for now."""
        return self.history.present

    @property
    def is_busy(self) -> bool:
        """Whether an analysis is under way."""
        return self._running is not None

    def open(self, session: Session) -> None:
        """Another comparison: what was done in the one before cannot be undone in it."""
        if session != self.session:
            self.history = History(session)
            self._follow()

    def edit(self, edit: Edit, key: str = "") -> None:
        """Change the session; edits with the same key that follow closely are one undo step."""
        session = edit(self.session)
        if session != self.session:
            self.history.push(session, key, time.monotonic())
            self._follow()

    def hold(self, held: bool = True) -> None:
        """Between `hold()` and `hold(False)`, a mouse button down, edits with the same key are one undo step."""
        self.history.hold(held, time.monotonic())

    def undo(self) -> None:
        """Back one step."""
        self.history.undo()
        self._follow()

    def redo(self) -> None:
        """Forward one step."""
        self.history.redo()
        self._follow()

    def reload(self, *, thoroughly: bool = False) -> None:
        """Look at the files again; what did not change on disk is not computed again.

        thoroughly : read them all, so that a change that kept size and modification time is found too.
        """
        self._thoroughly |= thoroughly
        self._start()

    def cancel(self) -> None:
        """Stop the analysis under way; what is there stays, and edits that need no file go on working on it."""
        if self._running is not None:
            self._drop_run()
            self._stopped = True
            self._step_back()

    def close(self) -> None:
        """Cancel and wait for the worker; afterwards nothing is emitted any more."""
        self._drop_run()
        self._jobs.close()
        if self.cache is not None:
            self.cache.close()

    def _follow(self) -> None:
        """After the session changed: score at once if that is enough, else start a run."""
        self.session_changed.emit(self.session)
        if self._running is not None and analysis_key(self._running) == analysis_key(self.session):
            self._show(self.analysis)  # the run goes on; its results will be scored for the new session
            return
        if (self.analysis.complete or self._stopped) and self._show(self.analysis):
            self._drop_run()
            return
        self._start()

    def _drop_run(self) -> None:
        if self._running is not None:
            self._jobs.cancel()
            self._end_run()

    def _end_run(self) -> None:
        self._running = None
        self.progress_changed.emit(None, "")

    def _step_back(self) -> None:
        """After a run that will not be finished: the files and frames on screen are in force again.

        What was changed beside them meanwhile, a note or alpha, stays.
        """
        shown, left = self.analysis.session, self.session
        if not self.history.find(lambda session: analysis_key(session) == analysis_key(shown)):
            self.history.push(shown, "", time.monotonic())
        kept = with_display_settings(self.session, left)
        if kept != self.session:
            self.history.push(kept, "", time.monotonic())
        self.session_changed.emit(self.session)
        self._show(self.analysis, at_any_cost=True)

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
        changed, self.analysis = find_changes(self.analysis, analysis), analysis
        if analysis.complete:
            self._finished = analysis
        self.analysis_changed.emit(analysis, changed)
        return True

    def _start(self) -> None:
        self._jobs.cancel()
        self._stopped = False
        self._running = session = self.session
        self.progress_changed.emit(0.0, _("opening files"))
        wanted = AnalysisOptions(around=self.looked_at(), has_time=self.foreground.has_time)
        self._jobs.start(partial(self._work, session, (self.analysis, self._finished), wanted, self._thoroughly))

    def _work(
        self, session: Session, previous: tuple[Analysis, ...], wanted: AnalysisOptions, thoroughly: bool, job: Job
    ) -> Analysis:
        """On the worker thread. Reports `Progress`; touches nothing but its arguments."""

        def cancelled() -> bool:
            self.foreground.give_way()
            return job.superseded()

        changed = changed_files(previous, self.hashes, job.superseded) if thoroughly else frozenset()
        known = [without_files(analysis, changed) for analysis in previous]
        analysis = analyse(session, known, wanted=wanted, progress=job.report, cancelled=cancelled, cache=self.cache)
        self.hashes.forget(changed)
        return analysis

    def _take(self, result: Progress | Analysis) -> None:
        if isinstance(result, Analysis):
            self._end_run()
            self._thoroughly = False
            if not self._show(result):
                self._finished = result
                self._start()
            return
        self.progress_changed.emit(result.fraction, translated(result.words))
        if result.analysis is not None and not self._is_emptier(result.analysis):
            self._show(result.analysis)

    def _is_emptier(self, analysis: Analysis) -> bool:
        """Whether the same files are on screen with more to see: the old picture stays until the new one is there."""
        signals, shown = ([s.signal for s in a.session.sources] for a in (analysis, self.analysis))
        n_scored, n_shown = (sum(pair.score is not None for pair in a.pairs) for a in (analysis, self.analysis))
        return signals == shown and n_scored < n_shown

    def _take_failure(self, _words: str, details: str) -> None:
        """An unexpected exception, no fault of a file (those are results): shown with details; the program goes on."""
        self._end_run()
        self._stopped = True
        self._step_back()
        self.failed.emit(_("Something unexpected went wrong while comparing; what you had is still here."), details)
