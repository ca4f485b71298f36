"""Processes of this machine that score pairs.

Loads nothing of the engine: a window appears sooner without it, and the processes load it while their parent does.
"""

import multiprocessing
import os
import signal
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import connection, forkserver, resource_tracker
from typing import Any

# A server that has loaded the engine once forks workers in no time, and has no threads that a fork could tear.
_METHOD = "spawn" if sys.platform == "win32" else "forkserver"
_ENGINE = ["osisnr_gui.batch.runner", "threadpoolctl"]


def start_server() -> None:
    """Start the server that forks workers, where there is one, and let it load the engine; nobody waits for it."""
    if _METHOD == "forkserver":
        forkserver.set_forkserver_preload(_ENGINE)
        resource_tracker.ensure_running()  # would unblock the signal
        # Ctrl+C goes to the server, too, which ignores it only once all is loaded: a mask is handed on to it.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            forkserver.ensure_running()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


class BatchPool(ProcessPoolExecutor):
    """`jobs` processes for `run_batch`. Shut down, they stop in the middle of a pair.

    leaves_none : they are gone once they are shut down, so that a closed window leaves none behind.
    """

    def __init__(self, jobs: int, *, leaves_none: bool = False) -> None:
        start_server()
        context = multiprocessing.get_context(_METHOD)
        self._stop, self._leaves_none = context.Event(), leaves_none
        super().__init__(jobs, context, _start_worker, (self._stop,))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Stop what is running unless it is waited for, and end the processes."""
        if not wait:
            self._stop.set()  # every pair under way ends as cancelled
        super().shutdown(wait or self._leaves_none, cancel_futures=cancel_futures)


def _start_worker(stop: Any) -> None:
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    from osisnr_gui.batch.runner import stop_scoring_once
    from osisnr_gui.io.memory import keep_freed_memory

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threadpool_limits(limits=1, user_api="blas")
    keep_freed_memory()
    stop_scoring_once(stop.is_set)
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _die_with_parent() -> None:
    """A parent that was killed cannot end its workers, and they would wait for pairs for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
