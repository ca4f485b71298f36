"""Keep C libraries off the user's terminal while they decode."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_depth = 0
_saved = -1


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Send descriptor 2 to nowhere while any thread is inside.

    The MP3 decoder prints warnings with C's `fprintf(stderr)` and has no switch reachable from here.
    The descriptor belongs to the process: the first to enter redirects it, the last to leave puts it back.
    """
    global _depth, _saved
    with _lock:
        _depth += 1
        if _depth == 1:
            _saved = _redirect()
    try:
        yield
    finally:
        with _lock:
            _depth -= 1
            if _depth == 0 and _saved >= 0:
                os.dup2(_saved, 2)
                os.close(_saved)


def _redirect() -> int:
    """A copy of descriptor 2, which leads to nowhere now; -1 where there is none (a windowed program) or no more."""
    try:
        saved = os.dup(2)
    except OSError:
        return -1
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
    except OSError:
        os.close(saved)
        return -1
    return saved
