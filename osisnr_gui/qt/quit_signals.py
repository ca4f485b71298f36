"""Ctrl+C in the terminal, and the polite request to end: the window closes as if its cross had been clicked."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from collections.abc import Callable

from PySide6.QtCore import QObject, QSocketNotifier
from PySide6.QtWidgets import QWidget

EXIT_BASE = 128  # the exit code of a program that a signal ended is this and the signal's number
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class QuitSignals(QObject):
    """Closes a window on SIGINT and SIGTERM, from its creation to `stop`. Elsewhere than on POSIX it does nothing.

    Python runs handlers between two of its own instructions, and Qt's event loop may not come to one for hours. So
    the interpreter also writes each signal's number into a socket, which wakes the loop up.
    """

    def __init__(self, window: QWidget, leave: Callable[[int], None]) -> None:
        super().__init__(window)
        self._window, self._leave = window, leave
        self._before: dict[signal.Signals, object] = {}
        if os.name != "posix":
            return
        self._read, self._write = socket.socketpair()
        for end in (self._read, self._write):
            end.setblocking(False)
        self._wakeup_before = signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._take)
        for number in _SIGNALS:
            self._before[number] = signal.signal(number, lambda _number, _frame: None)

    def stop(self) -> None:
        """Give the signals back; a second call changes nothing."""
        if not self._before:
            return
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._wakeup_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        self._before.clear()
        self._read.close()
        self._write.close()

    def _take(self) -> None:
        received = b""
        with contextlib.suppress(BlockingIOError):
            received = self._read.recv(64)
        number = next((number for number in received if number in _SIGNALS), None)
        if number is None:
            return
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_DFL)  # asking a second time ends a program that hangs while it closes
        self._window.close()
        self._leave(EXIT_BASE + number)
