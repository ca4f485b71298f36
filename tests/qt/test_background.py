"""Threads that compute leave processor and interpreter to the window."""

from __future__ import annotations

import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from pytestqt.qtbot import QtBot

from osisnr_gui.qt.jobs import NICENESS, Foreground, step_back


def _niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a priority for each thread")
@pytest.mark.may_skip
def test_a_pool_and_what_it_starts_step_back() -> None:
    def both() -> tuple[int, int]:
        with ThreadPoolExecutor(1) as started_here:
            return _niceness(), started_here.submit(_niceness).result()

    before = _niceness()
    with ThreadPoolExecutor(1, initializer=step_back) as pool:
        assert pool.submit(both).result() == (max(before, NICENESS),) * 2
        assert pool.submit(step_back).result() is None  # again, from what it is now: nothing
    assert _niceness() == before


@pytest.fixture
def foreground(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Foreground:
    monkeypatch.setattr(Foreground, "LONGEST_SECONDS", 30.0)
    return Foreground()


def _worker(foreground: Foreground) -> tuple[threading.Thread, list[float]]:
    passed: list[float] = []

    def work() -> None:
        foreground.give_way()
        passed.append(time.monotonic())

    thread = threading.Thread(target=work)
    thread.start()
    return thread, passed


def test_nobody_waits_for_a_window_at_rest(foreground: Foreground) -> None:
    thread, passed = _worker(foreground)
    thread.join(10)
    assert passed


def test_a_worker_goes_on_when_the_window_has_nothing_left_to_do(qtbot: QtBot, foreground: Foreground) -> None:
    foreground.claim()
    thread, passed = _worker(foreground)
    thread.join(0.05)
    assert not passed
    qtbot.waitUntil(lambda: bool(passed), timeout=10_000)
    thread.join(10)


def test_a_window_that_never_rests_holds_nobody_up(
    qtbot: QtBot, foreground: Foreground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Foreground, "LONGEST_SECONDS", 0.02)
    foreground.claim()  # and no event loop runs that could end it
    thread, passed = _worker(foreground)
    thread.join(10)
    assert passed
