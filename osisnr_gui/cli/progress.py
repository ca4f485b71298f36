"""Progress in one line of a terminal; nothing at all when stderr is a file or a pipe."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

from osisnr_gui.io.streams import put
from osisnr_gui.session.analysis import Report

INTERVAL_SECONDS = 0.1
ERASE_LINE = "\r\x1b[K"


class ProgressLine:
    """Context manager; `report` goes to `analyse`, and is None where nobody would see it."""

    def __init__(self) -> None:
        self._visible = sys.stderr.isatty()
        self._next = 0.0

    @property
    def report(self) -> Report | None:
        """The callback, None without a terminal: then `analyse` does not even prepare partial results."""
        return (lambda progress: self.show(progress.fraction, progress.words)) if self._visible else None

    def show(self, fraction: float, words: str) -> None:
        """Show a share done, 0 to 1, and what is done; not more often than an eye can follow."""
        now = time.monotonic()
        if not self._visible or now < self._next:
            return
        self._next = now + INTERVAL_SECONDS
        put(f"{ERASE_LINE}{fraction:4.0%} {words}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._visible:
            put(ERASE_LINE)
