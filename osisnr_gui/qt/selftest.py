"""`osisnr --selftest`: does this installation work? Every part is used once, and a table says what came of it.

The first thing to ask a user for, and the proof that a bundle is whole. No display and no sound card are needed, the
user's settings and kept results stay as they are, and everything that is written goes to a folder that is removed.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import platform
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import PySide6
from PySide6.QtCore import QSettings, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

import osisnr_gui
from osisnr_gui.batch.pairs import find_pairs
from osisnr_gui.batch.runner import BatchSettings, run_batch, score_pair
from osisnr_gui.batch.workers import BatchPool
from osisnr_gui.children import is_bundle
from osisnr_gui.io.audio import open_audio
from osisnr_gui.io.formats import FORMATS, SoundFormat, find_format
from osisnr_gui.io.masks import load_mask
from osisnr_gui.io.source import OpenFile
from osisnr_gui.paths import resource_path
from osisnr_gui.qt import selftest_window
from osisnr_gui.qt.selftest_window import Failed, Stage, pair_folders, require
from osisnr_gui.session.analysis import AnalysisOptions, analyse
from osisnr_gui.session.scores import PairScore
from osisnr_gui.session.session import Session, Source
from osisnr_gui.session.signals import AudioSignal
from osisnr_gui.text.catalogue import _

#: What `resources/packaging/selftest_files.py` puts into every file.
RATE, SECONDS, HERTZ, PEAK = 16_000, 0.25, 440.0, 0.5
MATRIX = np.arange(24.0).reshape(4, 6) / 24
#: Exact results of the demos as measured when they were made, by another program: files, value, tolerance.
PUBLISHED = (
    ("2_enhancement_clean.flac", "2_enhancement_est_dfn3.flac", "osi_db_mean", 10.88, 0.01),
    ("2_enhancement_clean.flac", "2_enhancement_est_dfn3.flac", "fused", 0.602, 0.001),
    ("4_masks_irm.npy", "4_masks_est.npy", "osi_db_mean", 3.32, 0.01),
    ("4_masks_irm.npy", "4_masks_est.npy", "mc_mse", 0.1134, 1e-4),
)
Check = Callable[[Stage], str]  # returns what was seen, raises whatever is wrong


def check_modules(_stage: Stage) -> str:
    """Import every module of the program."""
    found = [module.name for module in pkgutil.walk_packages(osisnr_gui.__path__, "osisnr_gui.")]
    for name in found:
        if not name.endswith("__main__"):
            importlib.import_module(name)
    require(len(found) > 100, _("modules are missing"))
    return _("{n} modules").format(n=len(found))


def check_formats(_stage: Stage) -> str:
    """Read one file of every format that can be read; that of .mat is read by a child."""
    folder, titles = Path(resource_path("selftest")), set()
    for path in sorted(folder.iterdir()):
        with OpenFile(str(path)) as source:
            found = find_format(source)
        if isinstance(found, SoundFormat):
            _read_tone(path)
        elif found is not None:
            require(np.array_equal(load_mask(str(path)).values, MATRIX), path.name)
        titles.add("" if found is None else found.title)
    missing = {known.title for known in FORMATS if known.extensions} - titles
    require(not missing, ", ".join(sorted(missing)))
    return _("{n} formats").format(n=len(titles - {""}))


def _read_tone(path: Path) -> None:
    with open_audio(str(path)) as file:
        samples = file.read(0, file.info.n_samples)[:, 0]
        rate = file.info.sample_rate
    hertz = float(np.argmax(np.abs(np.fft.rfft(samples)))) * rate / samples.size
    level = float(np.sqrt(np.mean(samples[500:3500] ** 2)))
    long_enough, in_tune = samples.size >= SECONDS * RATE, abs(hertz - HERTZ) < 5
    require(rate == RATE and long_enough and in_tune and abs(level / PEAK * 2**0.5 - 1) < 0.05, path.name)


def check_resampling(_stage: Stage) -> str:
    """Read a tone at half its rate."""
    with closing(AudioSignal(Source(resource_path("selftest", "tone.wav")), RATE // 2)) as signal:
        samples = signal.read(0, 2000)
    expected = PEAK * np.sin(2 * np.pi * HERTZ * np.arange(2000) / (RATE // 2))
    error = float(np.max(np.abs(samples - expected)[100:-100]))
    require(error < 1e-2, f"{error:g}")
    return _("largest error {error:.1e}").format(error=error)


def _score(reference: str, estimate: str, **settings: float) -> PairScore:
    """The scores of two files by the direct formulas."""
    session = replace(Session((Source(reference),), (Source(estimate),)), **settings)  # type: ignore[arg-type]
    (pair,) = analyse(session, wanted=AnalysisOptions(alpha=0.3)).pairs
    if pair.score is None:
        raise Failed(str(pair.refusal))
    return pair.score


def check_golden(stage: Stage) -> str:
    """Recompute the golden set, worked out with 80 digits by another program, through files."""
    with open(resource_path("selftest", "golden.json"), encoding="utf-8") as file:
        cases: list[dict[str, Any]] = json.load(file)
    paths = {name: str(stage.folder / f"golden_{name}.npy") for name in ("ref", "est")}
    for case in cases:
        for name, path in paths.items():
            np.save(path, np.array(case[name], np.float64))
        score, literal, exact = _score(paths["ref"], paths["est"], silence_db=np.inf), case["literal"], case["exact"]
        for found, wanted in (
            (score.literal.loss_osi_1, literal["L1_eps1e10"]),
            (score.literal.loss_osi_2, literal["L2"]),
            (score.literal.fused, literal["fused_alpha0p3"]["15"]),
            (score.literal.mc_mse, literal["mcmse"]["0.3"]),
            (score.exact.loss_osi_1, exact["L1_active"]),
        ):
            limit = max(case["tol"]["L1_rel"], 1e-9)
            same = np.allclose(found, np.nan if wanted is None else float(wanted), limit, 0.0, equal_nan=True)
            require(same, f"{case['id']}: {found!r}, not {wanted!r}")
    return _("{n} cases").format(n=len(cases))


def check_published(_stage: Stage) -> str:
    """Recompute the numbers of the demos."""
    for reference, estimate, name, wanted, tolerance in PUBLISHED:
        score = _score(resource_path("samples", reference), resource_path("samples", estimate))
        found = getattr(score.exact, name)
        require(abs(found - wanted) <= tolerance, f"{estimate}: {name} {found:.6g}, not {wanted:g}")
    return _("{n} numbers").format(n=len(PUBLISHED))


def check_batch(stage: Stage) -> str:
    """Score a folder of pairs in two processes, and the same pairs in this one."""
    pairs = find_pairs(*map(str, pair_folders(stage.folder)))
    settings = BatchSettings()
    rows = {row.pair: row for row in run_batch(pairs, settings, lambda: BatchPool(2), at_once=4)}
    for pair in pairs:
        require(rows[pair].report is not None, str(rows[pair].error))
        require(rows[pair].report == score_pair(pair, settings).report, pair.name)
    return _("{n} pairs, 2 processes").format(n=len(pairs))


CHECKS: tuple[tuple[str, Check], ...] = (
    (_("modules"), check_modules),
    (_("formats"), check_formats),
    (_("resampling"), check_resampling),
    (_("golden numbers"), check_golden),
    (_("published numbers"), check_published),
    (_("processes"), check_batch),
    (_("windows"), selftest_window.check_windows),
    (_("dialogs"), selftest_window.check_dialogs),
    (_("exports"), selftest_window.check_exports),
    (_("playback"), selftest_window.check_playback),
    (_("sound devices"), selftest_window.check_devices),
)


def main() -> int:
    """Run all checks and print the table; 0 when nothing is wrong, else 1."""
    kind = _("bundle") if is_bundle() else _("Python package")
    print(f"osisnr {osisnr_gui.__version__} ({kind}), {platform.platform()}")
    print(f"Python {platform.python_version()}, Qt {PySide6.__version__}, numpy {np.__version__}")
    print(f"{sys.executable}, {os.path.dirname(osisnr_gui.__file__)}")
    qInstallMessageHandler(lambda *_message: None)  # the offscreen platform says things of every window
    with tempfile.TemporaryDirectory(prefix="osisnr_selftest_", ignore_cleanup_errors=True) as folder:
        for form in (QSettings.Format.IniFormat, QSettings.Format.NativeFormat):  # ours, and that of file dialogs
            QSettings.setPath(form, QSettings.Scope.UserScope, folder)
        app = QApplication.instance() or QApplication(["osisnr"])
        stage = Stage(Path(folder))
        try:
            wrong = sum(_run(name, check, stage) for name, check in CHECKS)
        finally:
            stage.close()
            app.processEvents()
    print(_("nothing is wrong") if not wrong else _("{n} of {all} checks failed").format(n=wrong, all=len(CHECKS)))
    return min(wrong, 1)


def _run(name: str, check: Check, stage: Stage) -> bool:
    """Run one check and print its line; True when it failed."""
    start, trace = time.perf_counter(), ""
    try:
        word, seen = "ok", check(stage)
    except Failed as wrong:
        word, seen = "FAILED", str(wrong)
    except Exception as error:
        word, seen, trace = "FAILED", f"{type(error).__name__}: {error}", traceback.format_exc()
    print(f"{word:6}  {name:17}  {time.perf_counter() - start:5.1f} s  {seen}", flush=True)
    if trace:
        print(trace, flush=True)
    return word != "ok"
