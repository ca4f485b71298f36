"""Background work: the newest waits or each its turn, results come to the GUI thread, nothing arrives too late."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from pytestqt.qtbot import QtBot

from osisnr_gui.io.errors import Cancelled, FileError
from osisnr_gui.qt.jobs import Job, Jobs


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[Jobs]:
    jobs = Jobs("test")
    yield jobs
    jobs.close()


class Held:
    """Work that waits until it may go on, and then says its name and whether it is superseded."""

    def __init__(self, name: str) -> None:
        self.name, self.begun, self.go = name, threading.Event(), threading.Event()

    def __call__(self, job: Job) -> tuple[str, bool]:
        self.begun.set()
        self.go.wait(10)
        return self.name, job.superseded()


def _seen(jobs: Jobs) -> list[object]:
    seen: list[object] = []
    jobs.reported.connect(seen.append)
    return seen


def test_results_arrive_in_order_on_the_gui_thread(qtbot: QtBot, jobs: Jobs) -> None:
    seen: list[object] = []
    threads: set[int] = set()
    jobs.reported.connect(lambda result: (seen.append(result), threads.add(threading.get_ident())))

    def work(job: Job) -> int:
        assert threading.get_ident() != threading.main_thread().ident
        for k in range(4):
            job.report(k)
        assert not job.superseded()
        return 4

    with qtbot.waitSignal(jobs.idle):
        jobs.start(work)
        assert jobs.is_busy
    assert seen == [0, 1, 2, 3, 4]
    assert threads == {threading.get_ident()}
    assert not jobs.is_busy


def test_only_the_newest_waits_and_the_running_one_may_know(qtbot: QtBot, jobs: Jobs) -> None:
    seen, first = _seen(jobs), Held("first")
    jobs.start(first)
    assert first.begun.wait(10)
    for name in ("second", "third", "last"):
        jobs.start(lambda job, name=name: (name, job.superseded()))
    with qtbot.waitSignal(jobs.idle):
        first.go.set()
    assert seen == [("first", True), ("last", False)]


def test_what_is_added_is_all_done_in_turn(qtbot: QtBot, jobs: Jobs) -> None:
    seen, first = _seen(jobs), Held("first")
    jobs.add(first)
    assert first.begun.wait(10)
    for name in ("second", "last"):
        jobs.add(lambda job, name=name: (name, job.superseded()))
    with qtbot.waitSignal(jobs.idle):
        first.go.set()
    assert seen == [("first", False), ("second", False), ("last", False)]


def test_nothing_that_was_cancelled_arrives(qtbot: QtBot, jobs: Jobs) -> None:
    seen, first = _seen(jobs), Held("first")
    asked: list[bool] = []

    def work(job: Job) -> object:
        result = first(job)
        asked.append(job.superseded())
        job.report("a part")
        return result

    jobs.start(work)
    assert first.begun.wait(10)
    jobs.start(lambda _job: "never")
    jobs.cancel()
    with qtbot.waitSignal(jobs.idle):
        first.go.set()
    assert asked == [True]
    assert seen == []


def test_an_exception_is_told_and_the_next_job_runs(qtbot: QtBot, jobs: Jobs) -> None:
    def broken(_job: Job) -> None:
        raise OSError("the file is gone")

    with qtbot.waitSignal(jobs.failed) as blocker:
        jobs.start(broken)
    words, details = blocker.args
    assert words == "the file is gone"
    assert details.startswith("Traceback")
    assert "in broken" in details
    with qtbot.waitSignal(jobs.reported) as blocker:
        jobs.start(lambda _job: "well")
    assert blocker.args == ["well"]


def test_a_file_that_cannot_be_read_is_no_fault_of_the_program(qtbot: QtBot, jobs: Jobs) -> None:
    def refused(_job: Job) -> None:
        raise FileError("x.wav", "is no sound", "open another one")

    with qtbot.waitSignal(jobs.failed) as blocker:
        jobs.start(refused)
    assert blocker.args == ["x.wav: is no sound; open another one", ""]


def test_an_exception_nobody_listens_for_is_that_of_a_thread(
    qtbot: QtBot, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    caught: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", caught.append)
    error = ZeroDivisionError("by mistake")

    def broken(_job: Job) -> None:
        raise error

    with qtbot.waitSignal(jobs.idle):
        jobs.start(broken)
    assert [(found.exc_value, found.thread.name) for found in caught] == [(error, "test_0")]


def test_a_job_may_end_as_cancelled_without_a_word(qtbot: QtBot, jobs: Jobs) -> None:
    def stopped(_job: Job) -> None:
        raise Cancelled

    seen, failures = _seen(jobs), []
    jobs.failed.connect(lambda *words: failures.append(words))
    with qtbot.waitSignal(jobs.idle):
        jobs.start(stopped)
    assert (seen, failures) == ([], [])


def test_a_failure_of_what_was_cancelled_is_not_told_of_what_came_after(qtbot: QtBot, jobs: Jobs) -> None:
    started, go = threading.Event(), threading.Event()
    failures: list[str] = []
    jobs.failed.connect(lambda words, _details: failures.append(words))

    def broken(_job: Job) -> None:
        started.set()
        go.wait(10)
        raise OSError("the file of the old pair is gone")

    jobs.start(broken)
    assert started.wait(10)
    jobs.cancel()
    jobs.start(lambda _job: "the new pair")
    with qtbot.waitSignal(jobs.reported) as blocker:
        go.set()
    assert blocker.args == ["the new pair"]
    assert failures == []


def test_keys_take_turns_and_do_not_replace_each_other(qtbot: QtBot, jobs: Jobs) -> None:
    seen, first = _seen(jobs), Held("first")
    jobs.start(first, key="a")
    assert first.begun.wait(10)
    jobs.start(lambda _job: "a dropped", key="a")
    jobs.start(lambda _job: "a 1", lambda _job: "a 2", key="a")
    jobs.start(lambda _job: "b 1", lambda _job: "b 2", key="b")
    jobs.start(lambda _job: "c dropped", key="c")
    jobs.start(key="c")
    with qtbot.waitSignal(jobs.idle):
        first.go.set()
    assert seen == [("first", True), "a 1", "b 1", "a 2", "b 2"]
    assert not jobs.is_busy


def test_equal_work_under_way_goes_on_and_is_not_begun_again(qtbot: QtBot, jobs: Jobs) -> None:
    @dataclass(frozen=True)
    class Fetch:
        name: str
        held: Held = field(compare=False)

        def __call__(self, job: Job) -> object:
            return self.held(job)

    seen, first, again, other = _seen(jobs), Held("first"), Held("again"), Held("other")
    jobs.start(Fetch("x", first))
    assert first.begun.wait(10)
    jobs.start(Fetch("x", again), Fetch("y", other))
    other.go.set()
    with qtbot.waitSignal(jobs.idle):
        first.go.set()
    assert seen == [("first", False), ("other", False)]
    assert not again.begun.is_set()


def test_threads_work_side_by_side(qtbot: QtBot) -> None:
    jobs, seen = Jobs("test", n_threads=2), []
    jobs.reported.connect(seen.append)
    meeting = threading.Barrier(2, timeout=10)
    with qtbot.waitSignal(jobs.idle):
        jobs.start(*([lambda _job: meeting.wait() >= 0] * 2))
    jobs.close()
    assert seen == [True, True]


def test_nothing_arrives_after_closing(qtbot: QtBot) -> None:
    jobs = Jobs("test")
    seen = _seen(jobs)
    entered = threading.Event()

    def work(job: Job) -> str:
        entered.set()
        while not job.superseded():
            pass
        job.report("late")
        return "later"

    jobs.start(work)
    assert entered.wait(10)
    jobs.close()
    jobs.start(lambda _job: "at last")
    jobs.add(lambda _job: "at last")
    qtbot.wait(20)
    assert seen == []
    assert not jobs.is_busy
    assert not any(t.name.startswith("test") for t in threading.enumerate())
