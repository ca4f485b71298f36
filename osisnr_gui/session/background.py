"""Work in the background: a function tells whether it is to be broken off, a limit how many threads help with it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from osisnr_gui.io.errors import Cancelled

Cancel = Callable[[], bool]


def stop_if(cancelled: Cancel | None) -> None:
    """Raise io's Cancelled once `cancelled()`."""
    if cancelled is not None and cancelled():
        raise Cancelled


MOST = 4  # memory bandwidth is shared

_limit: ContextVar[int] = ContextVar("threads of an analysis", default=MOST)


def worker_count() -> int:
    """Threads that help: one a core, at most 4, fewer inside `limit_threads`."""
    return max(1, min(_limit.get(), os.cpu_count() or 1))


@contextmanager
def limit_threads(count: int) -> Iterator[None]:
    """At most `count` threads for analyses that this thread starts meanwhile."""
    token = _limit.set(count)
    try:
        yield
    finally:
        _limit.reset(token)
