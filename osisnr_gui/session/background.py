"""How many threads help with an analysis."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

MOST = 4  # memory bandwidth is shared

_limit: ContextVar[int] = ContextVar("worker_limit", default=MOST)


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
