"""Executors that score pairs: processes of this machine, or a Dask cluster (the extra `cluster`).

The processes load no window, die with their parent, and leave Ctrl+C to it.
"""

import multiprocessing
import os
import signal
import sys
import threading
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing.connection import wait
from typing import Any

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from osisnr_gui.batch import runner as batch
from osisnr_gui.io.errors import FileError, Phrase
from osisnr_gui.io.files import Closing
from osisnr_gui.session.frame_pass import keep_freed_memory

# A server that has loaded the engine once forks workers in no time, and has no threads that a fork could tear.
_METHOD = "spawn" if sys.platform == "win32" else "forkserver"


def core_count() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class BatchPool(ProcessPoolExecutor):
    """`jobs` processes for `run_batch`. Shut down, they stop in the middle of a pair.

    leaves_none : they are gone once they are shut down, so that a closed window leaves none behind.
    """

    def __init__(self, jobs: int, *, leaves_none: bool = False) -> None:
        context = multiprocessing.get_context(_METHOD)
        if _METHOD == "forkserver":
            context.set_forkserver_preload([batch.__name__])
        self._stop, self._leaves_none = context.Event(), leaves_none
        super().__init__(jobs, context, _start_worker, (self._stop,))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Stop what is running unless it is waited for, and end the processes."""
        if not wait:
            self._stop.set()  # every pair under way ends as cancelled
        super().shutdown(wait or self._leaves_none, cancel_futures=cancel_futures)


def _start_worker(stop: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threadpool_limits(limits=1, user_api="blas")
    keep_freed_memory()
    batch.stop_scoring_once(stop.is_set)
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _die_with_parent() -> None:
    """A parent that was killed cannot end its workers, and they would wait for pairs for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


WAIT_SECONDS = 15.0
EXTRA = "osisnr-gui[cluster]"


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
            self._client = connect(address, timeout=WAIT_SECONDS, set_as_default=False)
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
