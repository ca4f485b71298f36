"""The start of the program, and the ways to end it from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from osisnr_gui.qt import main

ROOT = Path(main.__file__).parents[2]
# Says when signals are taken: one that comes before ends any program at once.
SCRIPT = """
import contextlib
import sys
from PySide6.QtCore import QTimer
from osisnr_gui.cli.scoring_options import window_options
from osisnr_gui.qt import main
quit_on_signals = main.quit_on_signals
@contextlib.contextmanager
def announced(*arguments):
    with quit_on_signals(*arguments):
        QTimer.singleShot(0, lambda: print("ready", flush=True))
        yield
main.quit_on_signals = announced
sys.exit(main.run(window_options(sys.argv[1:])))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("arguments", [[], ["--demo"]])
def test_a_signal_closes_the_window_properly(number: signal.Signals, arguments: list[str], tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", SCRIPT, *arguments]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            started = time.monotonic()
            process.send_signal(number)
            _, words = process.communicate(timeout=20)
        finally:
            process.kill()
    assert time.monotonic() - started < 3
    assert process.returncode == 128 + number
    assert b"Traceback" not in words
    remembered = [path for path in tmp_path.rglob("*") if path.is_file() and b"geometry" in path.read_bytes()]
    assert remembered, "closeEvent keeps the layout for the next start"


@pytest.mark.parametrize(
    ("screen", "size"), [((1366, 728), (1350, 680)), ((1920, 1040), (1440, 900)), ((2560, 700), (1440, 652))]
)
def test_the_first_window_fits_the_screen_with_its_frame(
    qtbot: QtBot, screen: tuple[int, int], size: tuple[int, int]
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1440, 900)
    main.fit_screen(window, QSize(*screen))
    assert window.size() == QSize(*size)


def test_signals_are_given_back(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with main.quit_on_signals(window, lambda _code: None):
        assert signal.getsignal(signal.SIGTERM) is not before[1]
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
