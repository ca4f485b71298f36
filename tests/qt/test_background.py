"""Threads that compute leave the processor to the window."""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from osisnr_gui.qt.background import NICENESS, step_back


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
