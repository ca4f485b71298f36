"""Threads that compute, and leave processor and interpreter to the window when it needs them."""

import gc
import os
import sys
import threading
import time

from PySide6.QtCore import QObject, QTimer

SWITCH_SECONDS = 0.0005

# Halves the time the window waits for a processor while two threads compute on two cores; ten would let a thread that
# holds the interpreter wait too long itself when other programs are busy.
NICENESS = 5


def step_back() -> None:
    """Let this thread, and those it will start, yield to the window; for the `initializer` of a thread pool.

    Only Linux has a priority for each thread that needs no rights; elsewhere nothing happens.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, max(os.getpriority(os.PRIO_PROCESS, thread), NICENESS))


def favour_window() -> None:
    """Set up the interpreter for a thread that must not wait; once, when the window is built.

    A thread that wants the interpreter gets it after half a millisecond instead of five, and what start-up made is
    left out of the collector's rounds: a full one took 60 ms of the GUI thread in the middle of an hour's pass.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.freeze()


class Foreground(QObject):
    """Says when the window has much to do at once, so that workers can stand aside between two pieces of theirs.

    Whoever runs Python beside the GUI thread slows it down threefold, however low its priority: the two hand each
    other the interpreter's lock, which Qt gives back at every call.
    """

    LONGEST_SECONDS = 0.05  # a window that never rests holds nobody up for longer

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._resting = threading.Event()
        self._resting.set()
        self._since = 0.0
        # Runs when nothing else is left to do, pictures included.
        self._rest = QTimer(self, singleShot=True, interval=0)
        self._rest.timeout.connect(self._resting.set)

    def claim(self, *_what: object) -> None:
        """From now on until everything is painted; for the GUI thread."""
        if self._resting.is_set():
            self._since = time.monotonic()
            self._resting.clear()
        self._rest.start()

    def give_way(self) -> None:
        """Wait while the window is at work; for other threads."""
        if not self._resting.is_set():
            self._resting.wait(max(0.0, self._since + self.LONGEST_SECONDS - time.monotonic()))
