"""How many Python calls of the package something takes, and how many of its files they enter, in all threads."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import osisnr_gui
from osisnr_gui.qt.main_window import MainWindow

PACKAGE = str(Path(osisnr_gui.__file__).parent)
QUIET_PASSES = 5
WAIT_MS = 5000


@dataclass
class CallTrace:
    """Calls by (file inside the package, function)."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    is_on: bool = False

    @property
    def n_calls(self) -> int:
        """All calls."""
        return self.counts.total()

    @property
    def files(self) -> Counter[str]:
        """Calls by file."""
        found: Counter[str] = Counter()
        for (name, _), count in self.counts.items():
            found[name] += count
        return found

    def of(self, qtbot: QtBot, window: MainWindow, act: Callable[[], object]) -> CallTrace:
        """What `act` takes until the window is as it will stay, and painted so."""
        self.counts = Counter()
        self.is_on = True
        act()
        quiet = 0

        def is_settled() -> bool:
            nonlocal quiet
            before = self.n_calls
            QApplication.processEvents()
            self.is_on = False
            quiet = quiet + 1 if window.is_final() and self.n_calls == before else 0
            self.is_on = True
            return quiet >= QUIET_PASSES

        qtbot.waitUntil(is_settled, timeout=WAIT_MS)
        self.is_on = False
        return CallTrace(self.counts)

    def _take(self, frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if event == "call" and self.is_on and code.co_filename.startswith(PACKAGE):
            self.counts[code.co_filename[len(PACKAGE) + 1 :], code.co_qualname] += 1


@contextmanager
def traced_calls() -> Iterator[CallTrace]:
    """Open windows inside: only threads that begin here are followed, besides this one."""
    trace = CallTrace()
    threading.setprofile(trace._take)
    sys.setprofile(trace._take)
    try:
        yield trace
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
