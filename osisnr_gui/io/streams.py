"""Writing to stdout and stderr so that closed, full or unread streams are no errors; silencing what C prints."""

import os
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

_lock = threading.Lock()
_depth = 0
_saved = -1


def say(lines: Iterable[str]) -> None:
    """Print each different line once on stderr, in order."""
    put("".join(f"{line}\n" for line in dict.fromkeys(lines)))


def put(text: str) -> None:
    """Write to stderr at once, or never again: there is no other place to say what it does not take."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        drop(sys.stderr)


def open_missing() -> None:
    """Put something in place of a closed stdout, where every write fails, and of a closed stderr, where none does."""
    if sys.stdout is None:
        sys.stdout = _open(1, os.O_RDONLY)
    if sys.stderr is None:
        sys.stderr = _open(2, os.O_WRONLY)


def drop(stream: TextIO) -> None:
    """Point a stream at nothing: Python would complain when it flushes what is left on its way out."""
    with suppress(OSError, ValueError):
        _fill(stream.fileno(), os.O_WRONLY)


def _open(descriptor: int, mode: int) -> TextIO:
    _fill(descriptor, mode)
    return open(descriptor, "w", encoding="utf-8", errors="backslashreplace", closefd=False)


def _fill(descriptor: int, mode: int) -> None:
    null = os.open(os.devnull, mode)
    if null != descriptor:
        os.dup2(null, descriptor)
        os.close(null)


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
            _saved = -1
            with suppress(OSError):  # there is none (a windowed program) or no more
                _saved = os.dup(2)
                _fill(2, os.O_WRONLY)
    try:
        yield
    finally:
        with _lock:
            _depth -= 1
            if _depth == 0 and _saved >= 0:
                os.dup2(_saved, 2)
                os.close(_saved)
