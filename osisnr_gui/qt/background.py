"""Threads that compute, and leave the processor to the window when it needs it."""

from __future__ import annotations

import os
import sys
import threading

# Halves the time the window waits for a processor while two threads compute on two cores; ten would let a thread that
# holds the interpreter wait too long itself when other programs are busy.
NICENESS = 5


def step_back() -> None:
    """Let this thread, and those it will start, yield to the window; for the `initializer` of a thread pool.

    Only Linux has a priority for each thread that needs no rights; elsewhere nothing happens.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, max(os.getpriority(os.PRIO_PROCESS, thread), NICENESS))
