"""From dropped files to everything final on screen: for the first time, again, and again under other names."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest
from bench_table import record
from long_files import make_pair
from pytestqt.qtbot import QtBot
from window_kit import open_window

from osisnr_gui.io.cache_folder import CacheFolder
from osisnr_gui.session.result_cache import ResultCache

LIMIT_MS = 120_000


def _open(qtbot: QtBot, folder: Path, paths: tuple[Path, Path]) -> tuple[float, float, float]:
    """Seconds to final on the clock, seconds of processor time, and seconds on the clock to keep it afterwards."""
    cache = ResultCache(CacheFolder(str(folder)))
    with open_window(qtbot, (1600, 1000)) as window:
        window.views.store.cache = cache
        started, used = time.perf_counter(), time.process_time()
        window.commands.take_files([str(path) for path in paths], add=False)
        qtbot.waitUntil(window.is_final, timeout=LIMIT_MS)
        took, used = time.perf_counter() - started, time.process_time() - used
        cache.wait()
        return took, used, time.perf_counter() - started - took


@pytest.mark.parametrize("seconds", [10, 600, 3600])
def test_reopening(qtbot: QtBot, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, seconds: int) -> None:
    paths = make_pair(tmp_path_factory.getbasetemp(), seconds)
    copies = tmp_path / "a.wav", tmp_path / "b.wav"
    for path, copy in zip(paths, copies, strict=True):
        shutil.copyfile(path, copy)
    for path in (*paths, *copies):
        os.utime(path, (1e9, 1e9))
    found = {}
    for what, files in (("first time", paths), ("again", paths), ("under other names", copies)):
        found[what] = took, used, kept = _open(qtbot, tmp_path / "results", files)
        name = f"{seconds / 60:g} min" if seconds >= 60 else f"{seconds} s"
        row = {"pair": name, "opened": what, "to final, s": took, "processor, s": used}
        if what == "first time":
            size = CacheFolder(str(tmp_path / "results")).size()
            row |= {"kept in the background, s": kept, "size, MiB": size / (1 << 20)}
        record("Reopening a pair in the window", row)
    if seconds >= 600:
        assert found["first time"][1] > 4 * found["again"][1]
        assert found["first time"][1] > 3 * found["under other names"][1]
