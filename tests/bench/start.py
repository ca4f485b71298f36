"""Runs the program and prints `time.monotonic()` when its window was painted first, and again when all in it is final.

python start.py [ARGUMENT ...]: those of `osisnr-gui`. Runs with whatever package is on the path; what Qt needs is
loaded by the program itself, in its own order.
"""

from __future__ import annotations

import sys
import time
from importlib.machinery import ModuleSpec


class AtTheWindow:
    """Import hook that calls `watch` when the program begins to load its window."""

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        """Find nothing."""
        if name == "osisnr_gui.qt.main_window":
            sys.meta_path.remove(self)
            watch()
        return None


def watch() -> None:
    """Print the two times once the event loop runs, then close the window."""
    from PySide6.QtCore import QEvent, QObject, QTimer
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Watch(QObject):
        def eventFilter(self, window: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                window.removeEventFilter(self)
                QTimer.singleShot(0, lambda: self.painted(window))
            return False

        def painted(self, window: QObject) -> None:
            print(time.monotonic(), flush=True)
            self.timer = QTimer(self, interval=5)
            self.timer.timeout.connect(lambda: self.look(window))
            self.timer.start()

        def look(self, window: QObject) -> None:
            if window.is_final():  # type: ignore[attr-defined]
                print(time.monotonic(), flush=True)
                self.timer.stop()
                window.close()  # type: ignore[attr-defined]
                QApplication.exit(0)

    run, watcher = QApplication.exec, Watch()

    def run_watched(*arguments: object) -> int:
        for window in QApplication.topLevelWidgets():
            if isinstance(window, QMainWindow):
                window.installEventFilter(watcher)
        return run()

    QApplication.exec = run_watched  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    sys.meta_path.insert(0, AtTheWindow())
    from osisnr_gui.app import window

    raise SystemExit(window())
