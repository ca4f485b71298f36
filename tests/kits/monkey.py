"""A monkey at the real window: keys, actions, clicks, drags, wheels, sliders and files, all chosen by a seed.

    python tests/kits/monkey.py --minutes 30 --seed 7 [--files FOLDER]

runs it in a process of its own and fails, with the last 200 things it did, where an exception went unhandled, Qt
warned, or the process died or hung. At the end everything is closed, and the memory the process holds is printed.
`--files` : a folder of more files to open, damaged ones perhaps.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "resources" / "samples"
LAST = 200
HANG_SECONDS = 120.0
SETTLE_SECONDS = 10.0


def run(seconds: float, seed: int, files: Path | None = None) -> dict[str, Any]:
    """Let a monkey loose in a process of its own; what it counted. Raises AssertionError with the last it did."""
    folder = tempfile.TemporaryDirectory(prefix="monkey_")
    arguments = ["--child", folder.name, "--seconds", str(seconds), "--seed", str(seed)]
    arguments += [] if files is None else ["--files", str(files)]
    home = dict.fromkeys(("HOME", "USERPROFILE", "LOCALAPPDATA", "APPDATA"), folder.name)
    home |= {f"XDG_{kind}_HOME": f"{folder.name}/{kind}" for kind in ("CONFIG", "DATA", "CACHE", "STATE")}
    paths = {"PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests" / "kits")))}
    found: dict[str, Any] = {}
    done: deque[str] = deque(maxlen=LAST)
    with folder:
        environment = {**os.environ, **home, **paths, "QT_QPA_PLATFORM": "offscreen"}
        log = Path(folder.name) / "stderr"
        with log.open("wb") as errors, subprocess.Popen(
            [sys.executable, __file__, *arguments], stdout=subprocess.PIPE, stderr=errors, text=True, env=environment
        ) as child:  # fmt: skip
            stop = threading.Timer(seconds + HANG_SECONDS, child.kill)
            stop.start()
            assert child.stdout is not None
            for line in child.stdout:
                if line.startswith("{"):
                    found = json.loads(line)
                else:
                    done.append(line.rstrip())
            stop.cancel()
        said = log.read_text("utf-8", "replace")
    story = f"seed {seed}, exit {child.returncode}, {found}\n" + "\n".join(done) + f"\n{said[-8000:]}"
    assert child.returncode == 0, story
    assert found, story
    assert not found["faults"], story
    return found


def resident_mib(which: str = "VmRSS") -> float:
    """Memory of this process that is in RAM (VmHWM: at most so far)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(which))


def make_files(folder: Path) -> list[str]:
    """The samples, damaged copies of them, and names and contents that nobody expects."""
    folder.mkdir()
    chance = random.Random(1)
    samples = sorted(path for path in SAMPLES.iterdir() if path.suffix in (".flac", ".npy"))
    for path in samples:
        data = bytearray(path.read_bytes())
        (folder / f"cut_{path.name}").write_bytes(data[: len(data) * 2 // 3])
        for _ in range(6):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        (folder / f"bent_{path.name}").write_bytes(data)
    (folder / "<img src=x onerror=1>.flac").write_bytes(samples[0].read_bytes())
    (folder / "a\nline 日本 é.flac").write_bytes(samples[1].read_bytes())
    (folder / "empty.wav").write_bytes(b"")
    (folder / "words.wav").write_text("no sound at all\n" * 9)
    (folder / "words.csv").write_text("reference,estimate\nnobody.wav,nothing.wav\n")
    (folder / "list.json").write_text(json.dumps([{"reference": str(p), "estimate": str(p)} for p in samples[:9]]))
    (folder / "deep.json").write_text("[" * 5000)
    return [*map(str, samples * 3), *(str(path) for path in sorted(folder.iterdir()))]


def child(folder: Path, seconds: float, seed: int, more: Path | None) -> int:
    """The process with the window: prints what the monkey does, a line each, and what came of it as JSON."""
    from monkey_hand import Monkey, prepare
    from PySide6.QtCore import QEventLoop, QTimer

    faulthandler.enable()
    faulthandler.dump_traceback_later(seconds + HANG_SECONDS * 0.8, exit=True)
    _app, window, faults = prepare(folder)
    files = make_files(folder / "files") + (sorted(map(str, more.iterdir())) if more else [])

    def wait(limit: float, until: Callable[[], bool] = lambda: False) -> None:
        # In a loop, as in the program: outside of all loops, what is to be deleted later would go in any dialog's loop,
        # and with it the list whose click opened that dialog.
        loop, stop, look = QEventLoop(), time.monotonic() + limit, QTimer(interval=5)
        look.timeout.connect(lambda: loop.quit() if time.monotonic() >= stop or until() else None)
        look.start()
        loop.exec()

    # Libraries that the first sound, the first two speakers load stay for good: memory is counted from then on.
    cold = resident_mib()
    for demo in ("speakers", "masks", "enhancement"):
        window.commands.open_demo(demo)
        wait(20.0, window.is_final)
    window.commands.close_files()
    wait(4.0)
    start, began = resident_mib(), time.monotonic()
    monkey = Monkey(window, files, folder, seed)
    monkey.start()
    wait(seconds, lambda: bool(faults))
    passed = time.monotonic() - began
    monkey.stop()
    end = resident_mib()
    wait(30.0, lambda: not monkey.depth)
    monkey.close_all()
    wait(SETTLE_SECONDS)
    found = {
        "seed": seed, "events": monkey.count, "per_second": round(monkey.count / passed, 1), "faults": faults,
        "longest_ms": round(1000 * monkey.longest), "cold_mib": round(cold), "start_mib": round(start),
        "peak_mib": round(resident_mib("VmHWM")),
        "end_mib": round(end), "closed_mib": round(resident_mib()),
    }  # fmt: skip
    print(json.dumps(found), flush=True)
    window.removeEventFilter(monkey)
    window.commands.session_files.may_close = lambda: True  # type: ignore[method-assign]
    window.close()
    wait(0.2)
    return 0


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--files", type=Path)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    seconds = 60 * options.minutes if options.seconds is None else options.seconds
    if options.child is not None:
        return child(options.child, seconds, options.seed, options.files)
    try:
        print(json.dumps(run(seconds, options.seed, options.files)))
    except AssertionError:
        traceback.print_exc(limit=0)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
