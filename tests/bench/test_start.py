"""From a command to its first words, its window, its demo: each in a process of its own, beside bare Python and Qt."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from bench_table import record

RUNS = 5
VERSION_SECONDS = 0.15
WINDOW_SECONDS = 1.0
SCRIPT = str(Path(__file__).with_name("start.py"))

_COMMAND = "import sys; from osisnr_gui.app import {entry}; sys.argv[1:] = {arguments!r}; raise SystemExit({entry}())"
_BARE_QT = """
import time
from PySide6.QtWidgets import QApplication, QWidget
class Window(QWidget):
    def paintEvent(self, event):
        print(time.monotonic(), flush=True)
        app.exit()
app = QApplication([])
window = Window()
window.resize(1440, 900)
window.show()
app.exec()
"""
_WINDOW = "import runpy, sys; sys.argv[1:] = {arguments!r}; runpy.run_path({script!r}, run_name='__main__')"


class Timing(NamedTuple):
    """Seconds from the start of the process to each line it printed and to its end; CPU seconds of all of it."""

    lines: list[float]
    end: float
    cpu: float


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """As after an installation: modules are compiled, settings are fresh."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    folder = tmp_path_factory.mktemp("start")
    return {**kept, "PYTHONPYCACHEPREFIX": str(folder / "compiled"), "HOME": str(folder)}


def _once(environment: dict[str, str], code: str) -> Timing:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=120, check=False
    )
    end = time.monotonic() - started
    assert done.returncode == 0, done.stderr
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    times = [float(line) - started for line in done.stdout.splitlines() if line.replace(".", "").isdigit()]
    return Timing(times, end, cpu)


def _measure(environment: dict[str, str], what: str, code: str, bare: float = 0.0) -> float:
    """Record the best of some runs after one that compiles; seconds to the first line printed, or to the end."""
    _once(environment, code)
    runs = [_once(environment, code) for _ in range(RUNS)]
    first = [run.lines[0] if run.lines else run.end for run in runs]
    row: dict[str, str | float | None] = {"command": what, "best s": min(first), "median s": float(np.median(first))}
    row["CPU s"] = min(run.cpu for run in runs)
    row["× bare"] = min(first) / bare if bare else None
    row["all final s"] = min(run.lines[1] for run in runs) if len(runs[0].lines) > 1 else None
    record("Start", row)
    return min(first)


def test_command_line(environment: dict[str, str], samples: Path) -> None:
    bare = _measure(environment, "python -c pass", "pass")
    version = _COMMAND.format(entry="command_line", arguments=["--version"])
    seconds = _measure(environment, "osisnr --version", version, bare)
    pair = [str(samples / name) for name in ("2_enhancement_clean.flac", "2_enhancement_est_dfn3.flac")]
    score = _COMMAND.format(entry="command_line", arguments=["score", *pair, "--json", os.devnull])
    _measure(environment, "osisnr score, 9 s pair", score, bare)
    assert seconds <= VERSION_SECONDS


def test_window(environment: dict[str, str]) -> None:
    bare = _measure(environment, "bare Qt window, first paint", _BARE_QT)
    window = _measure(environment, "osisnr-gui, first paint", _WINDOW.format(arguments=[], script=SCRIPT), bare)
    demo = ["--demo", "enhancement"]
    _measure(environment, "osisnr-gui --demo, first paint", _WINDOW.format(arguments=demo, script=SCRIPT), bare)
    assert window <= WINDOW_SECONDS
