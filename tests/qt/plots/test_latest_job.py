"""One job at a time: the newest waits, what is between is forgotten, nothing arrives after closing."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from osisnr_gui.qt.plots.latest_job import LatestJob


@pytest.fixture
def job(qtbot: QtBot) -> Iterator[LatestJob]:
    job = LatestJob("test")
    yield job
    job.close()


def test_results_arrive_in_order_on_the_gui_thread(qtbot: QtBot, job: LatestJob) -> None:
    seen: list[object] = []
    threads: set[int] = set()
    job.reported.connect(lambda result: (seen.append(result), threads.add(threading.get_ident())))

    def work(report, superseded) -> None:
        assert threading.get_ident() != threading.main_thread().ident
        for k in range(5):
            report(k)
        assert not superseded()

    with qtbot.waitSignal(job.idle):
        job.start(work)
        assert job.is_busy
    assert seen == [0, 1, 2, 3, 4]
    assert threads == {threading.get_ident()}
    assert not job.is_busy


def test_only_the_newest_waits_and_the_running_one_may_know(qtbot: QtBot, job: LatestJob) -> None:
    started, go = threading.Event(), threading.Event()
    seen: list[object] = []
    job.reported.connect(seen.append)

    def first(report, superseded) -> None:
        started.set()
        go.wait(10)
        report(("first", superseded()))

    job.start(first)
    assert started.wait(10)
    for name in ("second", "third", "last"):
        job.start(lambda report, superseded, name=name: report((name, superseded())))
    with qtbot.waitSignal(job.idle):
        go.set()
    assert seen == [("first", True), ("last", False)]


def test_cancel_forgets_what_waits(qtbot: QtBot, job: LatestJob) -> None:
    started, go = threading.Event(), threading.Event()
    seen: list[object] = []
    job.reported.connect(seen.append)

    def first(report, superseded) -> None:
        started.set()
        go.wait(10)
        report(superseded())

    job.start(first)
    assert started.wait(10)
    job.start(lambda report, _superseded: report("never"))
    job.cancel()
    with qtbot.waitSignal(job.idle):
        go.set()
    assert seen == [True]


def test_an_exception_is_told_and_the_next_job_runs(qtbot: QtBot, job: LatestJob) -> None:
    def broken(_report, _superseded) -> None:
        raise OSError("the file is gone")

    with qtbot.waitSignal(job.failed) as blocker:
        job.start(broken)
    assert blocker.args == ["the file is gone"]
    with qtbot.waitSignal(job.reported) as blocker:
        job.start(lambda report, _superseded: report("well"))
    assert blocker.args == ["well"]


def test_a_failure_of_what_was_cancelled_is_not_told_of_what_came_after(qtbot: QtBot, job: LatestJob) -> None:
    started, go = threading.Event(), threading.Event()
    failures: list[str] = []
    job.failed.connect(failures.append)

    def broken(_report, _superseded) -> None:
        started.set()
        go.wait(10)
        raise OSError("the file of the old pair is gone")

    job.start(broken)
    assert started.wait(10)
    job.cancel()
    job.start(lambda report, _superseded: report("the new pair"))
    with qtbot.waitSignal(job.reported) as blocker:
        go.set()
    assert blocker.args == ["the new pair"]
    assert failures == []


def test_nothing_arrives_after_closing(qtbot: QtBot) -> None:
    job = LatestJob("test")
    seen: list[object] = []
    job.reported.connect(seen.append)
    entered = threading.Event()

    def work(report, superseded) -> None:
        entered.set()
        while not superseded():
            pass
        report("late")

    job.start(work)
    assert entered.wait(10)
    job.close()
    job.start(lambda report, _superseded: report("later"))
    qtbot.wait(20)
    assert seen == []
    assert not any(t.name.startswith("test") for t in threading.enumerate())
