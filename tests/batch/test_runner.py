"""The engine of a batch on every kind of executor: all rows, equal numbers, errors in their rows, nothing twice."""

from __future__ import annotations

import math
import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from osisnr_gui.batch import runner as batch
from osisnr_gui.batch.files import COLUMNS, OVER_PAIRS, batch_report, summary, values_of
from osisnr_gui.batch.pairs import BatchPair, find_pairs
from osisnr_gui.batch.pool import BatchPool
from osisnr_gui.batch.runner import BatchRow, BatchSettings, open_journal, run_batch, score_pair, sparkline
from osisnr_gui.export.score_report import score_report
from osisnr_gui.io.errors import Cancelled, LoadError, Reason
from osisnr_gui.session.analysis import analyse_numbers
from osisnr_gui.session.session import LossChoice, Session, Source

Write = Callable[..., str]
Noise = Callable[..., np.ndarray]
Pairs = tuple[BatchPair, ...]
N_PAIRS = 12


@pytest.fixture
def pairs(tmp_path: Path, write: Write, noise: Noise) -> Pairs:
    """Twelve short pairs in ref/ and est/, an hour old."""
    for folder in ("ref", "est"):
        (tmp_path / folder).mkdir()
    for k in range(N_PAIRS):
        s = noise(4000, k, talk=True)
        for name, values in ((f"ref/{k:02}.wav", s), (f"est/{k:02}.wav", s + (k + 1) * 0.01 * noise(4000, 100 + k))):
            path = write(name, values)
            os.utime(path, (1e9, 1e9))
    return find_pairs(str(tmp_path / "ref"), str(tmp_path / "est"))


def _threads() -> Executor:
    return ThreadPoolExecutor(2)


def _run(pairs: Pairs, settings: BatchSettings | None = None, **options: Any) -> list[BatchRow]:
    options = {"open_executor": _threads, "at_once": 4, **options}
    return list(run_batch(pairs, settings or BatchSettings(), **options))


def _reports(rows: list[BatchRow]) -> dict[str, Any]:
    return {row.pair.name: row.report for row in rows}


def test_numbers_are_those_of_a_single_comparison(pairs: Pairs) -> None:
    session = Session(loss=LossChoice(0.5, 3.0, 2), silence_db=30.0)
    rows = _run(pairs, BatchSettings(session))
    assert sorted(row.pair.name for row in rows) == [pair.name for pair in pairs]
    for row in rows:
        sources = Source(row.pair.reference), Source(row.pair.estimate)
        alone = analyse_numbers(replace(session, references=sources[:1], estimates=sources[1:]), align=False)
        (wanted,) = score_report(alone)["estimates"]  # type: ignore[misc]
        assert row.report is not None
        assert row.report["estimate"] == wanted
        assert row.report["reference"] == score_report(alone)["reference"]
        assert row.spark == sparkline(alone.pairs[0])


def test_alignment_and_reading_are_the_same_for_all(tmp_path: Path, write: Write, noise: Noise) -> None:
    s = noise(16_000, 1)
    write("s.wav", s)
    write("e.wav", np.stack((noise(16_000, 2), np.roll(s, 40)), axis=1))
    settings = BatchSettings(source=Source("", channel=2), align=True, folder=str(tmp_path))
    pair = BatchPair("x", "s.wav", "e.wav")
    row = score_pair(pair, settings)
    assert row.error is not None
    assert "no channel 2" in row.error.detail
    assert row.error.path == "s.wav", "the path as the pair names it"
    write("s.wav", np.stack((s, s), axis=1))
    row = score_pair(pair, settings)
    assert row.report is not None
    estimate = row.report["estimate"]
    assert isinstance(estimate, dict)
    assert (estimate["delay_samples"], estimate["aligned"], estimate["path"]) == (40, True, "e.wav")
    assert row.report["reference"]["path"] == "s.wav"  # type: ignore[index, call-overload]


def _spoil(pairs: Pairs) -> dict[str, str]:
    """Break five files in five ways; the names of the pairs and what must be said."""
    Path(pairs[0].estimate).write_bytes(b"")
    Path(pairs[2].estimate).write_bytes(b"this is no sound at all")
    Path(pairs[4].reference).unlink()
    Path(pairs[6].estimate).write_bytes(Path(pairs[6].estimate).read_bytes()[:60])
    data = bytearray(Path(pairs[8].estimate).read_bytes())
    data[-800:-792] = np.array([np.nan]).tobytes()
    Path(pairs[8].estimate).write_bytes(data)
    codes = ("empty_file", "unknown_format", "not_found", "corrupt", "nonfinite")
    return {pairs[2 * k].name: code for k, code in enumerate(codes)}


def test_bad_files_are_rows_with_their_error(pairs: Pairs) -> None:
    whole = _reports(_run(pairs))
    wrong = _spoil(pairs)
    rows = _run(pairs)
    assert {row.pair.name: row.error.code for row in rows if row.error is not None} == wrong
    for row in rows:
        if row.error is None:
            assert row.report == whole[row.pair.name]
        else:
            assert row.report is None
            assert row.error.path in (row.pair.reference, row.pair.estimate)
            assert os.path.basename(row.error.path) in str(row.error)
    assert [row.error.path for row in rows if row.pair.name == pairs[4].name and row.error] == [pairs[4].reference]


def test_a_pair_that_has_an_error_already_is_a_row(pairs: Pairs) -> None:
    error = LoadError(Reason.NOT_FOUND, "a.wav", "it has no partner", "add it")
    rows = _run((BatchPair("a.wav", "a.wav", "", error), *pairs[:2]))
    assert [row.pair.name for row in rows if row.error is not None] == ["a.wav"]
    assert (rows[0].error.code, rows[0].error.path) == ("not_found", "a.wav")  # type: ignore[union-attr]


def test_an_unexpected_fault_is_a_row(pairs: Pairs, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(session: Session, **_: Any) -> Any:
        if session.estimates[0].path == pairs[3].estimate:
            raise ZeroDivisionError("on purpose")
        if session.estimates[0].path == pairs[4].estimate:
            raise MemoryError
        return analyse_numbers(session, align=False)

    monkeypatch.setattr(batch, "analyse_numbers", fails)
    errors = {row.pair.name: str(row.error) for row in _run(pairs) if row.error is not None}
    assert sorted(errors) == [pairs[3].name, pairs[4].name]
    assert "on purpose" in errors[pairs[3].name]
    assert "not enough memory" in errors[pairs[4].name]


def test_rows_come_as_they_end_and_few_pairs_are_out_at_a_time(pairs: Pairs) -> None:
    class Watched(ThreadPoolExecutor):
        out = 0
        most = 0

        def submit(self, *args: Any, **kwargs: Any) -> Any:
            Watched.out += 1
            Watched.most = max(Watched.most, Watched.out)
            return super().submit(*args, **kwargs)

    running = run_batch(pairs, BatchSettings(), lambda: Watched(2), at_once=3)
    for _ in running:
        Watched.out -= 1
    assert Watched.most == 3


def test_what_is_scored_is_not_scored_again(pairs: Pairs, tmp_path: Path) -> None:
    settings, output = BatchSettings(), str(tmp_path / "out.csv")
    with open_journal(output, settings) as journal:
        running = run_batch(pairs, settings, _threads, at_once=2, journal=journal)
        first = [next(running) for _ in range(5)]
        running.close()
    with open_journal(output, settings) as journal:
        rows = _run(pairs, settings, journal=journal)
    known = {row.pair.name for row in rows if row.is_known}
    assert known >= {row.pair.name for row in first}
    assert len(known) < N_PAIRS
    assert len(rows) == N_PAIRS
    fresh = _run(pairs)
    assert _reports(rows) == _reports(fresh)
    assert {row.pair.name: row.spark for row in rows} == {row.pair.name: row.spark for row in fresh}
    with open_journal(output, settings) as journal:
        assert all(row.is_known for row in _run(pairs, settings, journal=journal, open_executor=_no_executor))


def _no_executor() -> Executor:
    raise AssertionError("nothing had to be scored")


def test_a_file_that_changed_is_scored_again(pairs: Pairs, tmp_path: Path, write: Write, noise: Noise) -> None:
    settings, output = BatchSettings(), str(tmp_path / "out.csv")
    with open_journal(output, settings) as journal:
        _run(pairs, settings, journal=journal)
    write("est/03.wav", noise(4000, 77))
    with open_journal(output, settings) as journal:
        rows = _run(pairs, settings, journal=journal)
    assert [row.pair.name for row in rows if not row.is_known] == ["03.wav"]
    assert _reports(rows) == _reports(_run(pairs))


def test_what_failed_is_tried_again(pairs: Pairs, tmp_path: Path) -> None:
    settings, output = BatchSettings(), str(tmp_path / "out.csv")
    away = pairs[4].estimate + ".away"
    os.rename(pairs[4].estimate, away)
    with open_journal(output, settings) as journal:
        assert sum(row.error is not None for row in _run(pairs, settings, journal=journal)) == 1
    os.rename(away, pairs[4].estimate)
    with open_journal(output, settings) as journal:
        rows = _run(pairs, settings, journal=journal)
    assert [row.pair.name for row in rows if not row.is_known] == [pairs[4].name]
    assert all(row.error is None for row in rows)


@pytest.mark.parametrize(
    "other",
    [
        BatchSettings(Session(loss=LossChoice(0.31))),
        BatchSettings(align=True),
        BatchSettings(source=Source("", channel=0)),
        BatchSettings(folder=os.sep),
    ],
)
def test_other_settings_begin_anew(pairs: Pairs, tmp_path: Path, other: BatchSettings) -> None:
    settings, output = BatchSettings(), str(tmp_path / "out.csv")
    with open_journal(output, settings) as journal:
        _run(pairs[:3], settings, journal=journal)
    with open_journal(output, other) as journal:
        assert journal.is_stale
        assert not any(row.is_known for row in _run(pairs[:3], other, journal=journal))


def test_other_code_begins_anew(pairs: Pairs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, output = BatchSettings(), str(tmp_path / "out.csv")
    open_journal(output, settings).close()
    monkeypatch.setattr(batch, "program_hash", lambda: "other")
    with open_journal(output, settings) as journal:
        assert journal.is_stale


def test_cancel(pairs: Pairs) -> None:
    stop = threading.Event()
    running = run_batch(pairs, BatchSettings(), _threads, at_once=2, cancelled=stop.is_set)
    next(running)
    stop.set()
    with pytest.raises(Cancelled):
        list(running)


def test_a_flag_stops_a_pair_in_the_middle(pairs: Pairs) -> None:
    stop = threading.Event()
    stop.set()
    batch.stop_scoring_once(stop.is_set)
    try:
        with pytest.raises(Cancelled):
            score_pair(pairs[0], BatchSettings())
        with pytest.raises(Cancelled):
            _run(pairs)
    finally:
        batch.stop_scoring_once(threading.Event().is_set)


class _Fragile(Executor):
    """Runs pairs at once, and dies of those in `deadly` as a process pool does: with all that is under way."""

    def __init__(self, deadly: set[str]) -> None:
        self._deadly, self._broken, self._held = deadly, False, list[tuple[Future[Any], Any]]()

    def submit(self, function: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        if self._broken:
            raise BrokenExecutor("dead")
        future: Future[Any] = Future()
        self._held.append((future, lambda: function(*args, **kwargs)))
        if args[0].name in self._deadly:
            self._broken = True
            for held, _ in self._held:
                held.set_exception(BrokenExecutor("dead"))
            self._held.clear()
        elif len(self._held) > 1 or not self._deadly:
            first, work = self._held.pop(0)
            first.set_result(work())
        else:
            threading.Timer(0.05, self._finish).start()
        return future

    def _finish(self) -> None:
        while self._held:
            future, work = self._held.pop(0)
            future.set_result(work())


def test_a_pair_that_kills_its_worker_costs_only_itself(pairs: Pairs) -> None:
    deadly = {pairs[3].name, pairs[7].name}
    rows = _run(pairs, open_executor=lambda: _Fragile(deadly))
    assert {row.pair.name for row in rows if row.error is not None} == deadly
    assert {row.error.code for row in rows if row.error is not None} == {"crashed"}
    assert sorted(row.pair.name for row in rows) == [pair.name for pair in pairs]


def test_an_executor_that_gives_a_pair_up_is_a_row(pairs: Pairs) -> None:
    class GivesUp(ThreadPoolExecutor):
        def submit(self, function: Any, /, *args: Any, **kwargs: Any) -> Any:
            future: Future[Any] = Future()
            future.set_exception(OSError("the worker is gone"))
            return future if args[0].name == pairs[1].name else super().submit(function, *args, **kwargs)

    rows = _run(pairs, open_executor=lambda: GivesUp(2))
    assert [str(row.error) for row in rows if row.error is not None] == [
        "01.wav: not scored: OSError('the worker is gone'); score it again"
    ]


def _loaded() -> list[str]:
    return sorted(sys.modules)


@pytest.fixture
def pool() -> Iterator[BatchPool]:
    pool = BatchPool(2)
    yield pool
    pool.shutdown(wait=False)


def test_workers_load_no_window(pool: BatchPool) -> None:
    modules = pool.submit(_loaded).result(timeout=60)
    assert "osisnr_gui.batch.runner" in modules
    assert [
        name for name in modules if name.startswith(("PySide6", "pyqtgraph", "osisnr_gui.qt", "scipy.signal"))
    ] == []


def test_processes_give_equal_numbers(pairs: Pairs) -> None:
    rows = _run(pairs, open_executor=lambda: BatchPool(2))
    assert _reports(rows) == _reports(_run(pairs))


@pytest.mark.may_skip
@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_a_killed_worker_loses_no_pair(pairs: Pairs) -> None:
    pools: list[BatchPool] = []

    def open_pool() -> BatchPool:
        pools.append(BatchPool(2))
        return pools[-1]

    running = run_batch(pairs, BatchSettings(), open_pool, at_once=4)
    rows = [next(running)]
    os.kill(next(iter(pools[0]._processes)), signal.SIGKILL)
    rows += list(running)
    assert len(pools) > 1
    assert sorted(row.pair.name for row in rows) == [pair.name for pair in pairs]
    assert all(row.error is None for row in rows)


def test_shutting_a_pool_down_does_not_wait_for_long_pairs(tmp_path: Path, write: Write, noise: Noise) -> None:
    paths = [write(name, np.tile(noise(160_000, k), 60), subtype="PCM_16") for k, name in enumerate(("s.wav", "e.wav"))]
    pair = BatchPair("long", *paths)
    running = run_batch([pair] * 1, BatchSettings(), lambda: BatchPool(1), at_once=1, cancelled=(stop := _After(1)).now)
    started = time.monotonic()
    with pytest.raises(Cancelled):
        list(running)
    assert stop.calls > 1
    assert time.monotonic() - started < 30


class _After:
    """Says no a few times, then yes."""

    def __init__(self, times: int) -> None:
        self.times, self.calls = times, 0

    def now(self) -> bool:
        self.calls += 1
        return self.calls > self.times


def test_rows_and_errors_can_be_sent_between_processes(pairs: Pairs) -> None:
    _spoil(pairs)
    for row in _run(pairs):
        copy = pickle.loads(pickle.dumps(row))
        assert replace(copy, error=None) == replace(row, error=None)
        assert (copy.error is None) == (row.error is None)
        if row.error is not None:
            assert (copy.error.args, copy.error.code, str(copy.error)) == (
                row.error.args, row.error.code, str(row.error)
            )  # fmt: skip
    error = LoadError(Reason.NOT_FOUND, "a", "b", "c")
    assert str(pickle.loads(pickle.dumps(BatchPair("a", "b", "c", error))).error) == str(error)


def test_a_sparkline_has_means_of_equal_stretches(tmp_path: Path, write: Write, noise: Noise) -> None:
    s = noise(48_000, 3)
    s[16_000:32_000] = 0.0
    session = Session((Source(write("s.wav", s)),), (Source(write("e.wav", s + 0.01 * noise(48_000, 4))),))
    pair = analyse_numbers(session, align=False).pairs[0]
    points = sparkline(pair)
    assert len(points) == 64
    assert pair.score is not None
    facts = pair.score.facts
    n = facts.frames.n_frames
    for k, point in enumerate(points):
        part = slice(k * n // 64, (k + 1) * n // 64)
        values = facts.frames.exact_osi_db[part][facts.active[part]]
        assert (point is None) == (len(values) == 0)
        assert point is None or math.isclose(point, values.mean(), abs_tol=0.006)
    assert None in points
    short = Session((Source(write("a.wav", s[:2000])),), (Source(write("b.wav", s[:2000] + 0.1)),))
    pair = analyse_numbers(short, align=False).pairs[0]
    assert len(sparkline(pair)) == pair.score.facts.frames.n_frames  # type: ignore[union-attr]


def test_the_summary_counts_and_averages(pairs: Pairs) -> None:
    _spoil(pairs)
    rows = _run(pairs)
    found = summary(rows)
    assert (found["n_pairs"], found["n_scored"], found["n_failed"]) == (12, 7, 5)
    for measure in OVER_PAIRS:
        (column,) = (column for column in COLUMNS if column.name == measure.column)
        cells = [column.get(row) for row in rows]
        values = [cell for cell in cells if isinstance(cell, float)]
        assert [value for _, value in values_of(rows, measure)] == values
        assert len(values) == (7 if column.name != "literal_osi_db_mean" else 2), "silence is -inf dB there"
        assert found["over_pairs"][measure.column] == {  # type: ignore[index, call-overload]
            "mean": pytest.approx(np.mean(values), rel=1e-14), "median": np.median(values), "n": len(values),
        }  # fmt: skip


def test_every_number_of_the_report_has_its_column(pairs: Pairs) -> None:
    (row,) = _run(pairs[:1])
    cells = {column.name: column.get(row) for column in COLUMNS}
    assert [name for name, value in cells.items() if value is None] == ["error_code", "error"]
    for column in COLUMNS:
        assert cells[column.name] is None or type(cells[column.name]) is column.kind
    assert len(cells) == len(COLUMNS)
    report = batch_report([row], BatchSettings())
    assert report["pairs"] == [{"name": "00.wav", **row.report}]  # type: ignore[dict-item]
