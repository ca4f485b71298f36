"""The window without a screen, played by keys from a script: `play_by_script.py FILES... < steps > report`.

The report is JSON: when which key was pressed, and where the playhead was when, on the monotonic clock.
"""

from __future__ import annotations

import json
import sys
import time

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from osisnr_gui.qt.jobs import favour_window
from osisnr_gui.qt.look.theme import ThemeManager
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.settings import Settings
from osisnr_gui.qt.store import Store
from osisnr_gui.session.session import Session, Source

WAIT = 30.0


def _wait(milliseconds: int) -> None:
    """As the program waits: `QTest.qWait` would keep the interpreter's lock, and the sound thread without it."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _wait_final(window: MainWindow) -> None:
    stop = time.monotonic() + WAIT
    while not window.is_final():
        assert time.monotonic() < stop
        _wait(20)


def run(paths: list[str], steps: list[list[object]]) -> dict[str, object]:
    """Steps are [key, milliseconds to wait] or ["loop", start, stop]."""
    favour_window()
    app = QApplication(["osisnr-gui"])
    window = MainWindow(Store(), ThemeManager("dark"), Settings(), remembers=False)
    window.resize(1280, 720)
    window.show()
    reference, first, second, mixture = map(Source, paths)
    window.views.store.edit(lambda _empty: Session((reference,), (first, second), mixture))
    _wait_final(window)
    link, player = window.views.plots.link, window.views.player
    said: list[str] = []
    player.said.connect(said.append)
    heads: list[tuple[float, float]] = []
    link.playhead_changed.connect(lambda time_: heads.append((time.monotonic(), time_)))
    pressed = []
    for step in steps:
        name, *numbers = step
        if name == "loop":
            link.set_loop(*numbers)
        else:
            pressed.append((str(name), time.monotonic()))
            QTest.keyClick(window, getattr(Qt.Key, f"Key_{name}"))
            _wait(int(numbers[0]))
    starved = player.deck.engine.starved
    window.close()
    app.processEvents()
    return {"pressed": pressed, "heads": heads, "said": said, "starved": starved, "gains": player.recipe.gains}


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1:], json.load(sys.stdin))))
