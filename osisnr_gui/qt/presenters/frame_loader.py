"""Frames for the inspector, read on a thread of their own: a slow disk never holds up the window.

One frame at a time is on its way; while it is, only the latest wish is kept, so a moving cursor never queues up work.
"""

from __future__ import annotations

import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal, Slot

from osisnr_gui.io.errors import FileError
from osisnr_gui.qt.background import step_back
from osisnr_gui.session.inspection.inspection import Inspection
from osisnr_gui.session.inspection.inspector import Inspector
from osisnr_gui.session.pairs import PairAnalysis


@dataclass(frozen=True, slots=True, eq=False)
class FrameWish:
    """A frame of a scored pair, by its number on the reference's grid."""

    pair: PairAnalysis
    frame: int


class FrameLoader(QObject):
    """`request` a frame; `loaded` brings it, or `failed` the reason. Results of pairs no longer wanted are dropped."""

    loaded = Signal(object, object)  # FrameWish, Inspection
    failed = Signal(str)
    _done = Signal(object, object, str)  # FrameWish, Inspection | None, error

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._inspector = Inspector()  # touched by the worker only
        self._pool: ThreadPoolExecutor | None = None
        self._running: FrameWish | None = None
        self._next: FrameWish | None = None
        self._wanted: FrameWish | None = None
        self._closed = False
        self._done.connect(self._take, Qt.ConnectionType.QueuedConnection)

    @property
    def is_busy(self) -> bool:
        """Whether a frame is on its way."""
        return self._running is not None

    def request(self, wish: FrameWish) -> None:
        """Ask for a frame; what was asked for before and has not begun is forgotten."""
        if self._closed:
            return
        self._wanted = wish
        if self._running is not None:
            self._next = wish
        else:
            self._start(wish)

    def forget(self) -> None:
        """Nothing is wanted any more: what is on its way will be dropped, and the files are let go."""
        self._wanted = self._next = None
        if self._pool is not None and not self._closed:
            self._pool.submit(self._inspector.close)

    def close(self) -> None:
        """Wait for the worker; afterwards nothing is emitted any more."""
        self._closed = True
        self._wanted = self._next = None
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._inspector.close()

    def _start(self, wish: FrameWish) -> None:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="inspector", initializer=step_back)
        self._running = wish
        self._pool.submit(self._work, wish)

    def _work(self, wish: FrameWish) -> None:
        """On the worker thread. Touches nothing but its argument, the inspector and the signal."""
        inspection: Inspection | None = None
        error = ""
        try:
            inspection = self._inspector.inspect(wish.pair, wish.frame)
        except FileError as wrong:
            error = str(wrong)
        except Exception:
            error = f"The frame could not be read.\n{traceback.format_exc(limit=-1)}"
        self._done.emit(wish, inspection, error)

    @Slot(object, object, str)
    def _take(self, wish: FrameWish, inspection: Inspection | None, error: str) -> None:
        self._running = None
        wanted, following = self._wanted, self._next
        self._next = None
        if following is not None:
            self._start(following)
        # A frame of the pair in view is shown though the cursor has moved on: what follows is on its way.
        if wanted is None or wanted.pair.key != wish.pair.key:
            return
        if inspection is not None:
            self.loaded.emit(wish, inspection)
        elif wanted is wish:
            self.failed.emit(error)
