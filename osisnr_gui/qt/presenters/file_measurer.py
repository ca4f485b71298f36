"""Measures of whole files for the inspector, on a thread of their own, once for every pair and silence limit."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Qt, Signal, Slot

from osisnr_gui.io.errors import Cancelled, FileError
from osisnr_gui.qt.background import step_back
from osisnr_gui.session.facts import Facts
from osisnr_gui.session.file_measures import FileMeasures, measure_file
from osisnr_gui.session.pairs import PairAnalysis


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    facts: Facts
    cancel: threading.Event = field(default_factory=threading.Event)


class FileMeasurer(QObject):
    """`want` a pair's measures; `changed` says that there are new ones to `find`. Only the last wish is worked on."""

    changed = Signal()
    _done = Signal(object, object)  # _Job, FileMeasures | None

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool: ThreadPoolExecutor | None = None
        self._job: _Job | None = None
        self._known: list[tuple[Facts, FileMeasures | None]] = []
        self._done.connect(self._take, Qt.ConnectionType.QueuedConnection)

    @property
    def is_busy(self) -> bool:
        """Whether a file is being measured."""
        return self._job is not None

    def find(self, pair: PairAnalysis) -> FileMeasures | None:
        """The measures of a scored pair, where they are known."""
        facts = pair.score.facts if pair.score is not None else None
        return next((measures for known, measures in self._known if known is facts), None)

    def want(self, pair: PairAnalysis) -> None:
        """Measure a pair whose pass is done, unless that has been tried or is under way; nothing else matters now."""
        facts = pair.score.facts if pair.score is not None else None
        if facts is None or not facts.frames.complete or any(known is facts for known, _ in self._known):
            return
        if self._job is not None and self._job.facts is facts:
            return
        self.stop()
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="measures", initializer=step_back)
        self._job = _Job(facts)
        self._pool.submit(self._work, self._job, pair)

    def keep_only(self, pairs: Sequence[PairAnalysis]) -> None:
        """Forget all but these: facts hold whole files of frames."""
        facts = [pair.score.facts for pair in pairs if pair.score is not None]
        self._known = [known for known in self._known if any(known[0] is wanted for wanted in facts)]
        if self._job is not None and not any(self._job.facts is wanted for wanted in facts):
            self.stop()

    def stop(self) -> None:
        """Nothing is wanted any more."""
        if self._job is not None:
            self._job.cancel.set()
            self._job = None

    def close(self) -> None:
        """Stop and wait for the worker."""
        self.stop()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _work(self, job: _Job, pair: PairAnalysis) -> None:
        """On the worker thread. A file that cannot be read has no measures: the frame itself says why."""
        measures: FileMeasures | None = None
        try:
            measures = measure_file(pair, job.cancel.is_set)
        except Cancelled:
            return
        except FileError:
            pass
        self._done.emit(job, measures)

    @Slot(object, object)
    def _take(self, job: _Job, measures: FileMeasures | None) -> None:
        if job is self._job:
            self._job = None
            self._known.append((job.facts, measures))
            self.changed.emit()
