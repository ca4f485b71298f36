"""Scores many pairs in parallel: a row for each as it ends, an error is a row too, nothing is scored twice.

The engine of `osisnr batch` and of the folder view. It runs on any executor of the kind of `concurrent.futures`:
processes of this machine, which load no window, die with their parent and leave Ctrl+C to it; threads; or a Dask
cluster (the extra `cluster`). What is scored is written to a journal at once, so that a run that was stopped, in
whatever way, is gone on with.
"""

import math
import os
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from osisnr_gui.batch.pairs import BatchPair
from osisnr_gui.core.reduce import means_per_group
from osisnr_gui.export.score_report import Object, estimate_report, mixture_report, settings_report, track_report
from osisnr_gui.io.errors import Cancel, Cancelled, FileError, Phrase, stop_if
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
    error: FileError | None = None
    stamps: tuple[Stamp | None, ...] = ()
    is_known: bool = False


_is_stopped: Cancel | None = None


def stop_scoring_once(is_stopped: Cancel) -> None:
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
        wrong = FileError(pair.estimate, detail, Phrase("score it alone to see more"), "unexpected")
        return BatchRow(pair, error=wrong, stamps=stamps)
    scored = analysis.pairs[0]
    if scored.valid_score is None:
        error = scored.refusal
        assert error is not None, "a pair without numbers has an error"
        path = pair.reference if error.path == paths[0] else pair.estimate
        own = FileError(path, error.detail, error.remedy, error.code)  # the path as the pair has it
        return BatchRow(pair, error=own, stamps=stamps)
    return BatchRow(pair, _report(pair, analysis), sparkline(scored), stamps=stamps)


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
            yield BatchRow(pair, error=pair.error)
        elif pair.name not in known:
            waiting.append(pair)
    run = partial(_rows_until_broken, settings, open_executor, at_once, cancelled)
    with closing(_rows(waiting, run)) as rows:
        for row in rows:
            if journal is not None and row.error is None:
                of_pair = {"name": row.pair.name, "paths": row.pair.paths, "stamps": row.stamps}
                journal.add({**of_pair, "spark": row.spark, "report": row.report})
            yield row


_Rows = Generator[BatchRow, None, list[BatchPair]]


def _rows(waiting: deque[BatchPair], run: Callable[[deque[BatchPair]], _Rows]) -> Generator[BatchRow, None, None]:
    """Rows of all pairs, in the order in which they end; `run` : `_rows_until_broken`."""
    while waiting:
        suspects = yield from run(waiting)
        for pair in suspects:
            if (yield from run(deque([pair]))):
                detail = Phrase("the process that read it came to an end")
                remedy = Phrase("the file may be damaged, or too large")
                yield BatchRow(pair, error=FileError(pair.estimate, detail, remedy, "crashed"))


def _rows_until_broken(
    settings: BatchSettings,
    open_executor: Callable[[], Executor],
    at_once: int,
    cancelled: Cancel | None,
    waiting: deque[BatchPair],
) -> _Rows:
    """Rows until nothing waits or a fresh executor is broken; gives the pairs that were with it then."""
    running, suspects = dict[Future[BatchRow], BatchPair](), list[BatchPair]()
    executor = open_executor()
    try:
        while running or (waiting and not suspects):
            while waiting and not suspects and len(running) < at_once:
                pair = waiting.popleft()
                try:
                    running[executor.submit(score_pair, pair, settings)] = pair
                except BrokenExecutor:
                    suspects.append(pair)
            stop_if(cancelled)
            for future in wait(running, WAKE_SECONDS, FIRST_COMPLETED).done:
                pair = running.pop(future)
                try:
                    yield future.result()
                except BrokenExecutor:
                    suspects.append(pair)
                except Cancelled:
                    raise
                except Exception as error:  # of the executor: `score_pair` has none
                    detail = Phrase("not scored: {error}", error=repr(error))
                    wrong = FileError(pair.estimate, detail, Phrase("score it again"), "unexpected")
                    yield BatchRow(pair, error=wrong)
    finally:  # what still runs is not waited for
        for future in running:
            future.cancel()
        executor.shutdown(wait=not running)
    return suspects


def _known_rows(pairs: Sequence[BatchPair], settings: BatchSettings, journal: Journal | None) -> dict[str, BatchRow]:
    """Rows of an earlier run whose files are what they were."""
    entries = {} if journal is None else {entry["name"]: entry for entry in journal.found}
    found: dict[str, BatchRow] = {}
    for pair in pairs:
        entry = entries.get(pair.name)
        if entry is not None and pair.error is None and entry["paths"] == list(pair.paths):
            stamps = tuple(map(stamp_of, settings.paths(pair)))
            if [list(stamp) for stamp in stamps if stamp is not None] == entry["stamps"]:
                spark = tuple(entry["spark"])
                found[pair.name] = BatchRow(pair, entry["report"], spark, stamps=stamps, is_known=True)
    return found


def core_count() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def cluster_workers(address: str) -> Iterator[tuple[int, Callable[[], Executor]]]:
    """How many threads the workers behind a Dask scheduler have now, and what gives an executor of them.

    They need this program and must see the files under the same paths. The cluster is left to others.
    Raises FileError when dask.distributed is not installed or nothing answers at `address`.
    """
    try:
        from distributed import Client
    except ImportError:
        remedy = Phrase("install it with: pip install '{package}'", package=EXTRA)
        raise FileError(address, Phrase("a cluster needs dask.distributed"), remedy) from None
    try:
        connect: Any = Client
        client = connect(address, timeout=CLUSTER_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError):
        detail = Phrase("no Dask scheduler of a matching version answers")
        raise FileError(address, detail, Phrase("check the address, such as tcp://host:8786")) from None
    with closing(client):
        # Not "pure": a pair is scored anew whenever it is asked for.
        yield max(1, sum(client.nthreads().values())), partial(client.get_executor, pure=False)
