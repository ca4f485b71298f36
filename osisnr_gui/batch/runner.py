"""Scores many pairs in parallel: a row for each as it ends, an error is a row too, nothing is scored twice.

The engine of `osisnr batch` and of the folder view. It runs on any executor of the kind of `concurrent.futures`:
processes of this machine, which load no window, die with their parent and leave Ctrl+C to it; threads; or a Dask
cluster (the extra `cluster`). What is scored is written to a journal at once, so that a run that was stopped, in
whatever way, is gone on with.
"""

import math
import os
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from osisnr_gui.batch.pairs import BatchPair
from osisnr_gui.core.reduce import means_per_group
from osisnr_gui.export.score_report import (
    Object,
    error_report,
    estimate_report,
    mixture_report,
    settings_report,
    track_report,
)
from osisnr_gui.io.errors import Cancel, Cancelled, FileError, Phrase, stop_if
from osisnr_gui.io.files import Closing
from osisnr_gui.io.json_file import Entry, Journal
from osisnr_gui.session.analysis import Analysis, analyse_numbers
from osisnr_gui.session.frame_pass import limit_threads
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.result_cache import program_hash
from osisnr_gui.session.session import Session, Source
from osisnr_gui.session.tracks import Stamp, stamp_of

JOURNAL_ENDING = ".journal"
JOURNAL_SCHEMA = "osisnr.batch-journal/1"
SPARK_POINTS = 64
WAKE_SECONDS = 0.2
CLUSTER_SECONDS = 15.0
EXTRA = "osisnr-gui[cluster]"


@dataclass(frozen=True, slots=True)
class BatchSettings:
    """How every pair is scored: as `session` says, its files (`source`, without a path) read in one way.

    align : take out delays that are certain. reference_channel : None = that of `source`. folder : paths of the pairs
    are relative to it; absolute, because a worker may run elsewhere.
    """

    session: Session = field(default_factory=Session)
    source: Source = field(default_factory=lambda: Source(""))
    align: bool = False
    folder: str = field(default_factory=os.getcwd)
    reference_channel: int | None = None

    def paths(self, pair: BatchPair) -> tuple[str, ...]:
        """The absolute paths of a pair's files."""
        return tuple(os.path.join(self.folder, path) for path in pair.paths)


class RowError(FileError):
    """Why a pair has no numbers. code : as in the JSON; path : the file concerned, as in the pair."""

    def __init__(self, code: str, path: str, detail: str, remedy: str) -> None:
        super().__init__(path, detail, remedy)
        self.code, self.args = code, (code, path, detail, remedy)  # pickle needs all arguments

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RowError) and self.args == other.args


@dataclass(frozen=True, slots=True)
class BatchRow:
    """What came of one pair: `report` or `error`.

    report : framing, reference and estimate as in the JSON of `osisnr score`. spark : mean exact OSI-SNR of the active
    frames, in dB, in up to 64 equal stretches of the file; None where no frame is active.
    stamps : of all files before they were read. is_known : scored in an earlier run.
    """

    pair: BatchPair
    report: Object | None = None
    spark: tuple[float | None, ...] = ()
    error: RowError | None = None
    stamps: tuple[Stamp | None, ...] = ()
    is_known: bool = False


_is_stopped: Callable[[], bool] = threading.Event().is_set


def stop_scoring_once(is_stopped: Callable[[], bool]) -> None:
    """Let `score_pair` in this process raise Cancelled once `is_stopped()`."""
    global _is_stopped
    _is_stopped = is_stopped


def score_pair(pair: BatchPair, settings: BatchSettings) -> BatchRow:
    """Score one pair, in any process. Whatever is wrong with its files is in the row. Raises Cancelled."""
    paths = settings.paths(pair)
    stamps = tuple(map(stamp_of, paths))
    reference, *others = (replace(settings.source, path=path) for path in paths)
    if settings.reference_channel is not None:
        reference = replace(reference, channel=settings.reference_channel)
    session = replace(settings.session, references=(reference,), estimates=tuple(others[:1]))
    if pair.mixture:
        session = replace(session, mixture=others[1])
    try:
        # Pairs run side by side: threads of one pair would only wait for those of another.
        with limit_threads(1), np.errstate(all="ignore"):
            analysis = analyse_numbers(session, align=settings.align, cancelled=_is_stopped)
    except Cancelled:
        raise
    except Exception as fault:
        detail = Phrase("unexpected {error}", error=repr(fault))
        if isinstance(fault, MemoryError):
            detail = Phrase("there is not enough memory")
        wrong = RowError("unexpected", pair.estimate, detail, Phrase("score it alone to see more"))
        return BatchRow(pair, error=wrong, stamps=stamps)
    scored = analysis.pairs[0]
    if scored.valid_score is None:
        error = scored.refusal
        assert error is not None, "a pair without numbers has an error"
        path = pair.reference if error.path == paths[0] else pair.estimate
        return BatchRow(pair, error=_row_error(path, error), stamps=stamps)
    return BatchRow(pair, _report(pair, analysis), sparkline(scored), stamps=stamps)


def _row_error(path: str, error: FileError) -> RowError:
    return RowError(str(error_report(error)["code"]), path, error.detail, error.remedy)


def _report(pair: BatchPair, analysis: Analysis) -> Object:
    assert analysis.reference is not None, "a scored pair has a reference"
    settings = settings_report(analysis)
    return {
        "framing": {key: settings[key] for key in ("representation", "n_fft", "hop", "window")},
        "reference": {**track_report(analysis.reference), "path": pair.reference},
        "estimate": {**estimate_report(analysis, 0), "path": pair.estimate},
        **({"mixture": {**mixture_report(analysis), "path": pair.mixture}} if pair.mixture else {}),
    }


def sparkline(pair: PairAnalysis) -> tuple[float | None, ...]:
    """Means of the exact OSI-SNR of active frames over equal stretches, rounded to what a small picture can show."""
    if pair.score is None:
        return ()
    facts, n = pair.score.facts, pair.score.facts.frames.n_frames
    osi_db, n_points = facts.active_osi_db, min(SPARK_POINTS, n)  # nan where not active
    edges = np.arange(n_points + 1) * n // n_points
    means = means_per_group(np.where(np.isfinite(osi_db), osi_db, np.nan), edges)
    return tuple(None if math.isnan(mean) else round(mean, 2) for mean in means.tolist())


def open_journal(output: str, settings: BatchSettings) -> Journal:
    """The journal beside the file `output`; of no use to other settings or to another version. Raises SaveError."""
    head: Entry = {"schema": JOURNAL_SCHEMA, "program": program_hash(), "settings": repr(settings)}
    return Journal(output + JOURNAL_ENDING, head)


def run_batch(
    pairs: Sequence[BatchPair],
    settings: BatchSettings,
    open_executor: Callable[[], Executor],
    *,
    at_once: int,
    journal: Journal | None = None,
    cancelled: Cancel | None = None,
) -> Generator[BatchRow, None, None]:
    """Score all pairs and yield their rows as they end, first those that the journal knows of unchanged files.

    open_executor : gives an executor, and a fresh one when that broke because a worker died: then the pairs it was at
    are scored one by one, and one that kills its worker again is a row with an error. Every executor is shut down.
    at_once : pairs handed out at a time, a few for every worker.

    Raises Cancelled, and SaveError of the journal.
    """
    known = _known_rows(pairs, settings, journal)
    yield from known.values()
    waiting: deque[BatchPair] = deque()
    for pair in pairs:
        if pair.error is not None:
            yield BatchRow(pair, error=_row_error(pair.error.path, pair.error))
        elif pair.name not in known:
            waiting.append(pair)
    run = _Run(settings, open_executor, at_once, cancelled or (lambda: False))
    try:
        for row in run.rows(waiting):
            if journal is not None and row.error is None:
                journal.add(_entry(row))
            yield row
    finally:
        run.close()


@dataclass(slots=True)
class _Run:
    """Pairs on their way through executors."""

    settings: BatchSettings
    open_executor: Callable[[], Executor]
    at_once: int
    cancelled: Callable[[], bool]
    executor: Executor | None = None
    running: dict[Future[BatchRow], BatchPair] = field(default_factory=dict)

    def rows(self, waiting: deque[BatchPair]) -> Iterator[BatchRow]:
        """Rows of all pairs, in the order in which they end."""
        while waiting:
            suspects = yield from self._until_broken(waiting)
            for pair in suspects:
                if (yield from self._until_broken(deque([pair]))):
                    detail = Phrase("the process that read it came to an end")
                    wrong = RowError("crashed", pair.estimate, detail, Phrase("the file may be damaged, or too large"))
                    yield BatchRow(pair, error=wrong)

    def _until_broken(self, waiting: deque[BatchPair]) -> Generator[BatchRow, None, list[BatchPair]]:
        """Rows until nothing waits or the executor is broken; gives the pairs that were with it then."""
        suspects: list[BatchPair] = []
        while self.running or (waiting and not suspects):
            while waiting and not suspects and len(self.running) < self.at_once:
                pair = waiting.popleft()
                try:
                    if self.executor is None:
                        self.executor = self.open_executor()
                    self.running[self.executor.submit(score_pair, pair, self.settings)] = pair
                except BrokenExecutor:
                    suspects.append(pair)
            for future in self._ended():
                pair = self.running.pop(future)
                try:
                    yield future.result()
                except BrokenExecutor:
                    suspects.append(pair)
                except Cancelled:
                    raise
                except Exception as error:  # of the executor: `score_pair` has none
                    detail = Phrase("not scored: {error}", error=repr(error))
                    wrong = RowError("unexpected", pair.estimate, detail, Phrase("score it again"))
                    yield BatchRow(pair, error=wrong)
        if suspects:
            self._close_executor()
        return suspects

    def _ended(self) -> set[Future[BatchRow]]:
        """Futures that have ended, at least one unless none runs."""
        ended: set[Future[BatchRow]] = set()
        while self.running and not ended:
            stop_if(self.cancelled)
            ended = wait(self.running, WAKE_SECONDS, FIRST_COMPLETED).done
        return ended

    def _close_executor(self) -> None:
        if self.executor is not None:
            self.executor.shutdown(wait=not self.running)
            self.executor = None

    def close(self) -> None:
        """Let go of everything; what still runs is not waited for."""
        for future in self.running:
            future.cancel()
        self._close_executor()


def _entry(row: BatchRow) -> Entry:
    pair = row.pair
    return {
        "name": pair.name,
        "paths": list(pair.paths),
        "stamps": [None if stamp is None else list(stamp) for stamp in row.stamps],
        "spark": list(row.spark),
        "report": row.report,
    }


def _known_rows(pairs: Sequence[BatchPair], settings: BatchSettings, journal: Journal | None) -> dict[str, BatchRow]:
    """Rows of an earlier run whose files are what they were."""
    entries = {} if journal is None else {entry["name"]: entry for entry in journal.found}
    found: dict[str, BatchRow] = {}
    for pair in pairs:
        entry = entries.get(pair.name)
        if entry is not None and pair.error is None and entry["paths"] == list(pair.paths):
            stamps = tuple(map(stamp_of, settings.paths(pair)))
            row = BatchRow(pair, entry["report"], tuple(entry["spark"]), stamps=stamps, is_known=True)
            if None not in stamps and _entry(row)["stamps"] == entry["stamps"]:
                found[pair.name] = row
    return found


def core_count() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Cluster(Closing):
    """The workers behind a Dask scheduler. They need this program and must see the files under the same paths.

    Raises FileError when dask.distributed is not installed or nothing answers at `address`.
    """

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            remedy = Phrase("install it with: pip install '{package}'", package=EXTRA)
            raise FileError(address, Phrase("a cluster needs dask.distributed"), remedy) from None
        try:
            connect: Any = Client
            self._client = connect(address, timeout=CLUSTER_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError):
            detail = Phrase("no Dask scheduler of a matching version answers")
            raise FileError(address, detail, Phrase("check the address, such as tcp://host:8786")) from None

    @property
    def n_threads(self) -> int:
        """Threads of all workers that are there now."""
        return sum(self._client.nthreads().values())

    def open_executor(self) -> Executor:
        """An executor of `concurrent.futures`' kind. A pair is scored anew whenever it is asked for."""
        executor: Executor = self._client.get_executor(pure=False)
        return executor

    def close(self) -> None:
        """Leave the cluster to others."""
        self._client.close()
