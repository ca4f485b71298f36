"""One measurement in a process of its own, so that its memory is its own.

`measure(kind, *arguments)` runs this file as a program, which prints one line of JSON.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

KITS = Path(__file__).resolve().parent
ROOT = KITS.parents[1]
MIB = 1 << 20


def measure(kind: str, *arguments: object) -> dict[str, Any]:
    """What the program below prints; of the whole process `wall` and `cpu` seconds, and its `peak` memory in MiB."""
    paths = [str(ROOT), str(KITS), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-W", "ignore", __file__, kind, *map(str, arguments)]
    started = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - started
    if done.returncode != 0:
        raise RuntimeError(f"{kind} {arguments}: {done.stderr}")
    return {**json.loads(done.stdout.splitlines()[-1]), "wall": wall}


def resident_mib(which: str = "VmRSS") -> float:
    """Memory in use now, or with "VmHWM" the most there ever was."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return float(peak / (MIB if sys.platform == "darwin" else 1024))
    return float(next(line for line in lines if line.startswith(which)).split()[1]) / 1024


def score(reference: str, estimate: str) -> dict[str, Any]:
    """`osisnr score --json -`, through the entry point."""
    from osisnr_gui.app import command_line

    sys.argv[1:] = ["score", reference, estimate, "--json", "-"]
    output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with redirect_stdout(output):
        code = command_line()
        output.flush()
    assert code == 0, f"exit code {code}"
    report = json.loads(output.buffer.getvalue())  # type: ignore[attr-defined]
    return {"fused": report["estimates"][0]["literal"]["fused"]}


def peer(name: str, reference: str, estimate: str) -> dict[str, Any]:
    """One of the peers, without the time its imports take."""
    import numpy as np
    import soundfile
    from peers import PEERS

    function = PEERS[name][1]
    tiny = np.random.default_rng(0).normal(size=(2, 4096))
    try:
        function(*tiny)
    except ImportError as error:
        return {"missing": error.name}
    started = time.perf_counter()
    with np.errstate(all="ignore"):
        fused = function(*(soundfile.read(path)[0] for path in (reference, estimate)))
    return {"seconds": time.perf_counter() - started, "fused": fused}


def analysis(reference: str, estimate: str, around: str = "") -> dict[str, Any]:
    """The analysis behind the window: alpha table and pictures. first : until the part on screen has its curve."""
    from osisnr_gui.app import use_one_blas_thread

    use_one_blas_thread()
    from osisnr_gui.session.analysis import AnalysisOptions, Progress, analyse
    from osisnr_gui.session.session import Session, Source

    seen: list[float] = []
    begin = float(around) if around else None

    def look(progress: Progress) -> None:
        for pair in progress.analysis.pairs if progress.analysis else ():
            if pair.frames is not None and pair.frames.first_time <= (begin or pair.frames.first_time):
                seen.append(time.perf_counter() - started)

    before, started = resident_mib(), time.perf_counter()
    session = Session((Source(reference),), (Source(estimate),))
    done = analyse(session, wanted=AnalysisOptions(around=begin), progress=look)
    seconds = time.perf_counter() - started
    frames = done.pairs[0].frames
    assert frames is not None
    assert frames.complete
    return {"first": seen[0], "seconds": seconds, "before": before, "frames": frames.n_frames}


def window(reference: str, estimate: str) -> dict[str, Any]:
    """The real window, from the drop until everything on screen is final."""
    from osisnr_gui.app import use_one_blas_thread

    use_one_blas_thread()
    from PySide6.QtCore import QTimer
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from osisnr_gui.qt.jobs import favour_window
    from osisnr_gui.qt.look.theme import ThemeManager
    from osisnr_gui.qt.main_window import MainWindow
    from osisnr_gui.qt.settings import Settings
    from osisnr_gui.qt.store import Store

    application = QApplication([])
    shown = MainWindow(Store(), ThemeManager("dark"), Settings())
    shown.resize(1600, 1000)
    shown.show()
    favour_window()
    QTest.qWait(500)
    at: dict[str, float] = {}

    def look() -> None:
        pairs = shown.views.store.analysis.pairs
        now = time.perf_counter() - started
        if any(pair.score is not None for pair in pairs):
            at.setdefault("first", now)
        if any(pair.frames is not None and pair.frames.complete for pair in pairs):
            at.setdefault("last", now)
            at.setdefault("peak_then", resident_mib("VmHWM"))
        if shown.is_final():
            application.quit()

    timer = QTimer(interval=10)
    timer.timeout.connect(look)
    before, started = resident_mib(), time.perf_counter()
    shown.commands.take_files([reference, estimate], add=False)
    timer.start()
    application.exec()
    found = {**at, "seconds": time.perf_counter() - started, "before": before}
    shown.close()
    return found


if __name__ == "__main__":
    result = {"score": score, "peer": peer, "analysis": analysis, "window": window}[sys.argv[1]](*sys.argv[2:])
    print(json.dumps({**result, "cpu": time.process_time(), "peak": resident_mib("VmHWM")}))
