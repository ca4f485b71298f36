"""A window that is used for long: pairs opened and closed, values changed and undone; what it holds on the way.

    python tests/kits/soak.py [--times 10]

prints, as JSON, what it holds after each of 30 steps of the two parts.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf
from monkey import resident_mib
from monkey_hand import prepare
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication

from osisnr_gui.session import edits

OPENED, EDITED, SAMPLES = 200, 5000, 30
STEP_SECONDS, SETTLE_SECONDS = 30.0, 3.0


def held() -> dict[str, float]:
    """Memory in MiB, open descriptors, threads, Python objects and objects of Qt below windows, of this process."""
    gc.collect()
    descriptors, threads = (len(os.listdir(f"/proc/self/{what}")) for what in ("fd", "task"))
    found = {"memory": resident_mib(), "descriptors": descriptors, "threads": threads, "python": len(gc.get_objects())}
    return {**found, "qt": sum(len(each.findChildren(QObject)) for each in QApplication.topLevelWidgets())}


def main() -> int:
    """Open and close, then edit; scaled by --times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=float, default=1.0)
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory(prefix="soak_") as name:
        return _run(Path(name), round(OPENED * times), round(EDITED * times))


def _run(folder: Path, n_opened: int, n_edited: int) -> int:
    for kind in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        os.environ[kind] = str(folder)
    chance = np.random.default_rng(1)
    pair = [str(folder / f"{kind}.wav") for kind in ("ref", "est")]
    clean, noise = 0.1 * chance.standard_normal((2, 8000))
    for path, data in zip(pair, (clean, clean + 0.3 * noise), strict=True):
        sf.write(path, data, 16000)
    app, window, faults = prepare(folder)
    window.commands.session_files.may_close = lambda: True  # type: ignore[method-assign]
    window.commands.asks = False

    def turn_once() -> None:
        app.processEvents()  # leaves deleteLater() to the loop that does not run here
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def wait(until: Callable[[], bool]) -> None:
        stop = time.monotonic() + STEP_SECONDS
        while not until():
            turn_once()
            assert time.monotonic() < stop, "the window is not done"
            time.sleep(0.0005)

    store = window.views.store

    def open_and_close(_turn: int) -> None:
        window.commands.take_files(pair, add=False)
        wait(lambda: store.analysis.complete and not store.is_busy and bool(store.analysis.pairs))
        assert store.analysis.pairs[0].frames is not None
        window.commands.close_files()
        wait(lambda: store.session.is_empty and not store.is_busy)

    def edit(turn: int) -> None:
        value = float(chance.uniform(0.05, 1.0))
        changes = partial(edits.set_alpha, alpha=value), partial(edits.set_gamma, gamma=30 * value), partial(
            edits.set_threshold, threshold_db=round(20 * value, 2)
        )  # fmt: skip
        if turn % 4 == 3:
            store.undo()
        else:
            store.edit(changes[turn % 4])
        turn_once()

    found: dict[str, Any] = {"start": held()}
    stop = time.monotonic() + SETTLE_SECONDS
    open_and_close(0)
    wait(lambda: time.monotonic() > stop and window.is_final())  # what is made once the window has nothing to do
    for part, doing, n in (("opened", open_and_close, n_opened), ("edited", edit, n_edited)):
        if part == "edited":
            window.commands.take_files(pair, add=False)
            wait(window.is_final)
        found[part] = []
        for turn in range(n):
            doing(turn)
            if (turn + 1) * SAMPLES // n > turn * SAMPLES // n:
                wait(window.is_final)
                found[part].append(held())
    window.close()
    app.processEvents()
    print(json.dumps({**found, "faults": faults, "turns": {"opened": n_opened, "edited": n_edited}}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
