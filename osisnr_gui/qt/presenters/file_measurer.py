"""Measures of whole files for the inspector, on a thread of their own, once for every pair and silence limit."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from osisnr_gui.io.errors import FileError
from osisnr_gui.qt.jobs import Job, Jobs
from osisnr_gui.session.facts import Facts
from osisnr_gui.session.file_measures import FileMeasures, measure_file
from osisnr_gui.session.pairs import PairAnalysis


class FileMeasurer(QObject):
    """`want` a pair's measures; `changed` says that there are new ones to `find`. Only the last wish is worked on."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted: Facts | None = None
        self._known: list[tuple[Facts, FileMeasures | None]] = []
        self._job = Jobs("measures", self)
        self._job.reported.connect(self._take)

    @property
    def is_busy(self) -> bool:
        """Whether a file is being measured."""
        return self._wanted is not None

    def find(self, pair: PairAnalysis) -> FileMeasures | None:
        """The measures of a scored pair, where they are known."""
        facts = pair.score.facts if pair.score is not None else None
        return next((measures for known, measures in self._known if known is facts), None)

    def want(self, pair: PairAnalysis) -> None:
        """Measure a pair whose pass is done, unless that has been tried or is under way; nothing else matters now."""
        facts = pair.score.facts if pair.score is not None else None
        if facts is None or not facts.frames.complete or any(known is facts for known, _ in self._known):
            return
        if facts is not self._wanted:
            self._wanted = facts
            self._job.start(partial(_measure, pair, facts))

    def keep_only(self, pairs: Sequence[PairAnalysis]) -> None:
        """Forget all but these: facts hold whole files of frames."""
        facts = [pair.score.facts for pair in pairs if pair.score is not None]
        self._known = [known for known in self._known if any(known[0] is wanted for wanted in facts)]
        if not any(self._wanted is wanted for wanted in facts):
            self._wanted = None
            self._job.cancel()

    def close(self) -> None:
        """Stop and wait for the worker."""
        self._wanted = None
        self._job.close()

    def _take(self, found: tuple[Facts, FileMeasures | None]) -> None:
        if found[0] is self._wanted:
            self._wanted = None
            self._known.append(found)
            self.changed.emit()


def _measure(pair: PairAnalysis, facts: Facts, job: Job) -> tuple[Facts, FileMeasures | None]:
    """On the worker thread. A file that cannot be read has no measures: the frame itself says why."""
    try:
        return facts, measure_file(pair, job.superseded)
    except FileError:
        return facts, None
