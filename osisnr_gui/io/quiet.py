"""Keep C libraries off the user's terminal while they decode."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_lock = threading.Lock()
_depth = 0
_saved = -1


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Send descriptor 2 to nowhere while any thread is inside.

    The MP3 decoder prints warnings with C's `fprintf(stderr)` and has no switch reachable from here.
    The descriptor belongs to the process: the first to enter redirects it, the last to leave puts it back.
    """
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _depth, _saved
    with _lock:
        _depth += 1
        if _depth > 1:
            return
        _saved = -1
        with suppress(OSError):  # no descriptor 2 (a windowed program): nothing to keep quiet
            saved = os.dup(2)
            try:
                nowhere = os.open(os.devnull, os.O_WRONLY)
            except OSError:
                os.close(saved)
                return
            os.dup2(nowhere, 2)
            os.close(nowhere)
            _saved = saved


def _leave() -> None:
    global _depth, _saved
    with _lock:
        _depth -= 1
        if _depth == 0 and _saved >= 0:
            os.dup2(_saved, 2)
            os.close(_saved)
            _saved = -1
