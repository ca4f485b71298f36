"""One background job at a time for a view: the newest request waits, all others are forgotten."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal, Slot

from osisnr_gui.qt.background import step_back

Report = Callable[[object], None]
Superseded = Callable[[], bool]
Work = Callable[[Report, Superseded], None]


@dataclass(frozen=True, slots=True)
class _Failure:
    """What went wrong with the job that was started as number `serial`."""

    serial: int
    words: str


class LatestJob(QObject):
    """Runs `work(report, superseded)` on a thread of its own.

    A job is never broken off: one that follows a slider would then never be done. It may ask `superseded`, between
    steps that take long, whether something newer waits, and leave the rest to that. What it reports arrives on the
    GUI thread, in order; whether it is still wanted is for the receiver to say. An exception arrives as `failed`,
    which does not name the job: it never comes from one that was cancelled.
    """

    reported = Signal(object)
    failed = Signal(str)
    idle = Signal()
    _arrived = Signal(object)
    _ended = Signal()

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name, initializer=step_back)
        self._lock = threading.Lock()
        self._waiting: Work | None = None
        self._serial = self._cancelled = 0
        self._running = self._closed = self._busy = False
        # Emitted on the worker: queued, so that everything below runs on the GUI thread.
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(self._rest, Qt.ConnectionType.QueuedConnection)

    @property
    def is_busy(self) -> bool:
        """Whether something is under way or has not arrived yet."""
        return self._busy

    def start(self, work: Work) -> None:
        """Run this next."""
        with self._lock:
            if self._closed:
                return
            self._serial += 1
            self._waiting, self._busy = work, True
            if not self._running:
                self._running = True
                self._pool.submit(self._run)

    def cancel(self) -> None:
        """Nothing is wanted any more; a job under way ends at its next question."""
        with self._lock:
            self._serial += 1
            self._cancelled, self._waiting = self._serial, None

    def close(self) -> None:
        """Cancel and wait; afterwards nothing arrives."""
        with self._lock:
            self._closed = True
        self.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self) -> None:
        """On the worker thread."""
        while True:
            with self._lock:
                work, serial, self._waiting = self._waiting, self._serial, None
                if work is None:
                    self._running = False
                    break
            try:
                work(self._arrived.emit, lambda serial=serial: self._serial != serial)  # type: ignore[misc]
            except Exception as error:
                self._arrived.emit(_Failure(serial, str(error)))
        if not self._closed:
            self._ended.emit()

    @Slot(object)
    def _deliver(self, result: object) -> None:
        if self._closed:
            return
        if isinstance(result, _Failure):
            if result.serial > self._cancelled:
                self.failed.emit(result.words)
        else:
            self.reported.emit(result)

    @Slot()
    def _rest(self) -> None:
        with self._lock:
            self._busy = self._running
        if not self._busy:
            self.idle.emit()
