"""What becomes of freed memory. glibc alone can be told; elsewhere nothing happens."""

import ctypes
import gc
from contextlib import suppress


def keep_freed_memory() -> None:
    """Let this process use memory it has freed again: fresh pages for every block cost as much as what is done there.

    For processes that score and end.
    """
    for option, size in ((-3, 1 << 25), (-1, 1 << 26), (-2, 1 << 22)):  # mmap from, trim above, pad by (malloc.h)
        _ask("mallopt", option, size)


def use_one_pool() -> None:
    """Let all threads started from now on allocate from one pool.

    With a pool for each, what a few threads had freed stayed in dozens of half-empty ones: a window that had closed all
    its files held 100 MiB more, and computed no faster.
    """
    _ask("mallopt", -8, 1)  # M_ARENA_MAX (malloc.h)


def give_back_memory() -> None:
    """Return to the system what the C library keeps of freed memory, for whoever just let go of much.

    glibc holds free pages between others for ever unless it is asked.
    """
    gc.collect()
    _ask("malloc_trim", 0)


def _ask(function: str, *arguments: int) -> None:
    with suppress(OSError, TypeError, AttributeError):  # no such library, or one that cannot be asked
        getattr(ctypes.CDLL(None), function)(*arguments)
