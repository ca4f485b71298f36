"""Frames and measures of files for the inspector, on threads of their own: a slow disk never holds up the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from osisnr_gui.io.errors import FileError
from osisnr_gui.qt.jobs import Job, Jobs
from osisnr_gui.session.facts import Facts
from osisnr_gui.session.file_measures import FileMeasures, measure_file
from osisnr_gui.session.inspection.inspection import Inspection
from osisnr_gui.session.inspection.inspector import Inspector
from osisnr_gui.session.pairs import PairAnalysis


@dataclass(frozen=True, slots=True, eq=False)
class FrameWish:
    """A frame of a scored pair, by its number on the reference's grid."""

    pair: PairAnalysis
    frame: int


class FrameLoader(QObject):
    """`request` a frame; `loaded` brings it, or `failed` the reason. Results of pairs no longer wanted are dropped."""

    loaded = Signal(object, object)  # FrameWish, Inspection
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._inspector = Inspector()  # touched by the worker only
        self._wanted: FrameWish | None = None
        self._job = Jobs("inspector", self)
        self._job.reported.connect(self._take)
        self._job.failed.connect(self._fail)

    @property
    def is_busy(self) -> bool:
        """Whether a frame is on its way."""
        return self._job.is_busy

    def request(self, wish: FrameWish) -> None:
        """Ask for a frame; what was asked for before and has not begun is forgotten."""
        self._wanted = wish
        self._job.start(partial(self._work, wish))

    def forget(self) -> None:
        """Nothing is wanted any more: what is on its way will be dropped, and the files are let go."""
        if self._wanted is not None:
            self._wanted = None
            self._job.start(lambda _job: self._inspector.close())

    def close(self) -> None:
        """Wait for the worker; afterwards nothing is emitted any more."""
        self._wanted = None
        self._job.close()
        self._inspector.close()

    def _work(self, wish: FrameWish, _job: Job) -> tuple[FrameWish, Inspection]:
        """On the worker thread. Touches nothing but its arguments and the inspector."""
        return wish, self._inspector.inspect(wish.pair, wish.frame)

    def _take(self, found: tuple[FrameWish, Inspection]) -> None:
        # A frame of the pair in view is shown though the cursor has moved on: what follows is on its way.
        if self._wanted is not None and self._wanted.pair.key == found[0].pair.key:
            self.loaded.emit(*found)

    def _fail(self, words: str, details: str) -> None:
        self.failed.emit(f"The frame could not be read ({details.splitlines()[-1]})." if details else words)


class FileMeasurer(Jobs):
    """`want` a pair's measures; `changed` says that there are new ones to `find`. Only the last wish is worked on."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("measures", parent)
        self._wanted: Facts | None = None
        self._known: list[tuple[Facts, FileMeasures | None]] = []
        self.reported.connect(self._take)

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
            self.start(partial(_measure, pair, facts))

    def keep_only(self, pairs: Sequence[PairAnalysis]) -> None:
        """Forget all but these: facts hold whole files of frames."""
        facts = [pair.score.facts for pair in pairs if pair.score is not None]
        self._known = [known for known in self._known if any(known[0] is wanted for wanted in facts)]
        if not any(self._wanted is wanted for wanted in facts):
            self._wanted = None
            self.cancel()

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
