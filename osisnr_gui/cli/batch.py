"""`osisnr batch`: two folders, all pairs, one table; what fails is named, what is stopped can go on."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import closing, contextmanager
from functools import partial

from osisnr_gui.batch.files import batch_parts, batch_table
from osisnr_gui.batch.pairs import BatchPair, find_pairs, load_pairs
from osisnr_gui.batch.runner import BatchRow, RowError, open_journal, run_batch
from osisnr_gui.batch.workers import BatchPool, Cluster
from osisnr_gui.cli import output
from osisnr_gui.cli.batch_options import BatchOptions, parse
from osisnr_gui.cli.lines import DONE, INTERRUPTED, PROGRAM, SOME_FAILED, error_line, shown_path
from osisnr_gui.cli.output import ProgressLine
from osisnr_gui.io.errors import FileError
from osisnr_gui.io.journal import Journal
from osisnr_gui.io.streams import say

# Pairs handed out for each worker: enough that none waits for the next one, few enough that Ctrl+C is quick.
PER_WORKER = 3

_Workers = tuple[int, Callable[[], Executor]]  # how many, and what opens them


def run(arguments: list[str]) -> int:
    """Score a batch; `arguments` are those after the word `batch`. Returns the exit code."""
    options = parse(arguments)
    pairs = load_pairs(*options.inputs) if len(options.inputs) == 1 else find_pairs(*options.inputs)
    rows: dict[str, BatchRow] = {}
    started = time.monotonic()
    with _workers(options) as workers, open_journal(options.output, options.settings) as journal:
        if journal.is_stale:
            say([f"{PROGRAM}: {journal.path}: of other settings or another version; everything is scored again"])
        try:
            _score(options, workers, pairs, rows, journal)
        except KeyboardInterrupt:
            done = sum(row.error is None for row in rows.values())
            say([f"{PROGRAM}: stopped, {done} of {len(pairs)} pairs are scored; the same command goes on from there"])
            return INTERRUPTED
        ordered = [rows[pair.name] for pair in pairs]
        ending = os.path.splitext(options.output)[1].lower()
        output.write(options.output, batch_parts(ordered, options.settings, ending))
        journal.remove()
    rate = sum(not row.is_known for row in ordered) / max(time.monotonic() - started, 1e-3)
    path = shown_path(options.output)
    text, code = summary(ordered, f", {rate:.1f} pairs/s; saved in {path}")
    output.write_text(text, f"the results are in {path}")
    return code


def summary(rows: Sequence[BatchRow], more: str = "") -> tuple[str, int]:
    """The table of a batch, and the exit code; says the errors. more : for its first line."""
    errors = [_error_line(row.error) for row in rows if row.error is not None]
    say(errors)
    return batch_table(rows, more), SOME_FAILED if errors else DONE


@contextmanager
def _workers(options: BatchOptions) -> Iterator[_Workers]:
    """Processes of this machine, or a cluster. Raises FileError when there is no such cluster."""
    if options.cluster is None:
        yield options.jobs, partial(BatchPool, options.jobs)
    else:
        with Cluster(options.cluster) as cluster:
            yield max(1, cluster.n_threads), cluster.open_executor


def _score(
    options: BatchOptions,
    workers: _Workers,
    pairs: Sequence[BatchPair],
    rows: dict[str, BatchRow],
    journal: Journal,
) -> None:
    """Fill `rows` by the names of the pairs as they end."""
    count, open_executor = workers
    running = run_batch(pairs, options.settings, open_executor, at_once=PER_WORKER * count, journal=journal)
    pace = _Pace(len(pairs))
    with ProgressLine() as line, closing(running):
        for row in running:
            rows[row.pair.name] = row
            line.show(len(rows) / len(pairs), pace.words(row))


class _Pace:
    """How far and how fast."""

    def __init__(self, n_pairs: int) -> None:
        self._n_pairs, self._done, self._known, self._refused = n_pairs, 0, 0, 0
        self._started = time.monotonic()

    def words(self, row: BatchRow) -> str:
        """What to show once `row` is there."""
        self._done += 1
        self._known += row.is_known or row.pair.error is not None
        self._refused += row.error is not None
        rate = (self._done - self._known) / max(1e-3, time.monotonic() - self._started)
        left = (self._n_pairs - self._done) / rate if rate else 0.0
        refused = f", {self._refused} refused" if self._refused else ""
        return f"{self._done} of {self._n_pairs} pairs{refused}, {rate:.1f} pairs/s, {left:.0f} s left"


def _error_line(error: RowError) -> str:
    remedy = f"{error.remedy} (option --key)" if error.code == "ambiguous" else error.remedy
    return error_line(FileError(error.path, error.detail, remedy))
