"""`osisnr --selftest`: does this installation work? Every part is used once, and a table says what came of it.

The first thing to ask a user for, and the proof that a bundle is whole. No display and no sound card are needed: the
window is drawn offscreen. The user's settings stay as they are, and what is written goes to a folder that is removed.
"""

import csv
import importlib
import json
import pkgutil
import platform
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import PySide6
from PySide6.QtCore import QSettings, QTimer, qInstallMessageHandler
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog

import osisnr_gui
from osisnr_gui.batch.pairs import find_pairs
from osisnr_gui.batch.pool import BatchPool
from osisnr_gui.batch.runner import BatchSettings, run_batch, score_pair
from osisnr_gui.io.audio import AudioFile
from osisnr_gui.io.files import OpenFile
from osisnr_gui.io.formats import FORMATS, SoundFormat, find_format
from osisnr_gui.io.json_file import load_json
from osisnr_gui.io.masks import load_mask
from osisnr_gui.paths import is_bundle, resource_path
from osisnr_gui.qt.commands.action_table import ACTIONS
from osisnr_gui.qt.dialogs.close_dialog import CloseDialog, ErrorDialog
from osisnr_gui.qt.look.theme import ThemeManager
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.playback.engine import Engine
from osisnr_gui.qt.playback.output import NoOutput, SoundSystem
from osisnr_gui.qt.playback.read_ahead import ReadAhead
from osisnr_gui.qt.settings import Settings
from osisnr_gui.qt.store import Store
from osisnr_gui.session.analysis import Analysis, analyse
from osisnr_gui.session.codec import load_session
from osisnr_gui.session.demos import DEMOS
from osisnr_gui.session.readers import AudioSignal
from osisnr_gui.session.result import AnalysisOptions
from osisnr_gui.session.scores import PairScore
from osisnr_gui.session.session import Session, Source
from osisnr_gui.session.sound.listening import find_recipe
from osisnr_gui.session.sound.sound_feed import SoundFeed
from osisnr_gui.text.catalogue import _

WAIT_SECONDS = 60.0
SETTLED_CHECKS = 3
LEAST_COLOURS = 100
ESTIMATES = ("est_dfn3", "est_gate")
EXPORTS = {
    "frames.csv": "export_csv", "scores.json": "export_json", "segments.csv": "export_segments",
    "sound.wav": "export_sound", "figure.png": "export_png", "session.osisnr": "save_session_as",
    "labels.txt": "export_labels", "summary.tex": "export_summary", "report.html": "export_report",
}  # fmt: skip
TEXT_PARTS = {"segments.csv": ",", "labels.txt": "\t", "summary.tex": "tabular", "report.html": "</html>"}
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


class CheckError(Exception):
    """A check found something wrong; `str()` says what."""


def require(holds: bool, wrong: str) -> None:
    """Raise CheckError unless it holds."""
    if not holds:
        raise CheckError(wrong)


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Let the window work until it holds. Raises CheckError after a minute."""
    stop = time.monotonic() + WAIT_SECONDS
    while not holds():
        require(time.monotonic() < stop, _("waited in vain for {what}").format(what=what))
        QApplication.processEvents()
        time.sleep(0.002)


class Stage:
    """The folder that checks may fill, and one window for all of them, made when it is first needed.

    Every dialog that appears is painted and closed, so that none waits for an answer; dialogs : their classes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.dialogs = folder, set[type]()
        self._timer = QTimer(interval=20)
        self._timer.timeout.connect(self._close_dialogs)

    @cached_property
    def window(self) -> MainWindow:
        """The window; it remembers nothing."""
        self._timer.start()
        window = MainWindow(Store(), ThemeManager("dark"), Settings(), remembers=False)
        window.resize(1280, 800)
        window.show()
        return window

    def show(self, demo: str) -> Analysis:
        """Open a demo and wait until all of it is on screen."""
        self.window.commands.open_demo(demo)
        self.wait_final()
        return self.window.views.store.analysis

    def wait_final(self) -> None:
        """Wait until nothing on screen will change; once is not enough, a view may ask for more in its next paint."""
        for _time in range(SETTLED_CHECKS):
            wait_until(self.window.is_final, _("the window"))
            QApplication.processEvents()

    def run(self, action: str) -> None:
        """Do what a menu entry does. Raises CheckError when it is greyed out."""
        self.window.actions_by_id.update()
        entry = self.window.actions_by_id.by_id[action]
        require(entry.isEnabled(), _("{action} cannot be chosen").format(action=action))
        entry.trigger()

    def save(self, action: str, name: str) -> str:
        """Do what a menu entry does, with answers for its dialogs; the path of what was saved."""
        path, answer = self.folder / name, partial(patch.object, new=lambda *_args, **_kwargs: (str(path), ""))
        with answer(QFileDialog, "getSaveFileName"), answer(QDialog, "exec", new=lambda _dialog: 1):
            self.run(action)
        wait_until(path.is_file, name)
        return str(path)

    def require_picture(self, name: str) -> None:
        """A window that painted nothing is of one colour."""
        image = self.window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        colours = np.unique(np.frombuffer(image.constBits(), np.uint32)).size
        require(colours >= LEAST_COLOURS, _("{name}: a picture of {n} colours").format(name=name, n=colours))

    def close(self) -> None:
        """Close the window, if there is one, and wait for its threads."""
        if "window" in vars(self):
            self._timer.stop()
            self.window.close()
            self.window.deleteLater()

    def _close_dialogs(self) -> None:
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog) and widget.isVisible():
                widget.grab()
                self.dialogs.add(type(widget))
                widget.reject()


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
    """Read one file of every format, sound at half its rate, too; that of .mat is read by a child."""
    titles = set()
    for path in sorted(Path(resource_path("selftest")).iterdir()):
        with OpenFile(str(path)) as source:
            found = find_format(source)
        if found is not None:
            titles.add(found.title)
            is_sound, name = isinstance(found, SoundFormat), str(path)
            require(_holds_tone(name) if is_sound else np.array_equal(load_mask(name).values, MATRIX), name)
    missing = {known.title for known in FORMATS if known.extensions} - titles
    require(not missing, ", ".join(sorted(missing)))
    return _("{n} formats").format(n=len(titles))


def _holds_tone(path: str) -> bool:
    right = []
    for rate in (RATE, RATE // 2):
        with AudioSignal(Source(path), None if rate == RATE else rate) as signal:
            samples = signal.read(0, signal.n_samples)
        hertz = np.argmax(np.abs(np.fft.rfft(samples))) * rate / samples.size
        level = np.sqrt(2 * np.mean(samples[rate // 32 : rate // 32 * 7] ** 2)) / PEAK
        right += [signal.rate == rate, samples.size >= SECONDS * rate, abs(hertz - HERTZ) < 5, abs(level - 1) < 0.05]
    return all(right)


def _score(reference: str, estimate: str, **settings: Any) -> PairScore:
    """The scores of two files by the direct formulas."""
    session = replace(Session((Source(reference),), (Source(estimate),)), **settings)
    (pair,) = analyse(session, wanted=AnalysisOptions(alpha=0.3)).pairs
    if pair.score is None:
        raise CheckError(str(pair.refusal))
    return pair.score


def check_golden(stage: Stage) -> str:
    """Recompute the golden set, worked out with 80 digits by another program, through files."""
    cases: list[dict[str, Any]] = json.loads(Path(resource_path("selftest", "golden.json")).read_text("utf-8"))
    paths = {name: str(stage.folder / f"golden_{name}.npy") for name in ("ref", "est")}
    for case in cases:
        for name, path in paths.items():
            np.save(path, np.array(case[name], np.float64))
        score, literal = _score(paths["ref"], paths["est"], silence_db=np.inf), case["literal"]
        for found, wanted in (
            (score.literal.loss_osi_1, literal["L1_eps1e10"]),
            (score.literal.loss_osi_2, literal["L2"]),
            (score.literal.fused, literal["fused_alpha0p3"]["15"]),
            (score.literal.mc_mse, literal["mcmse"]["0.3"]),
            (score.exact.loss_osi_1, case["exact"]["L1_active"]),
        ):
            limit = max(case["tol"]["L1_rel"], 1e-9)
            same = np.allclose(found, np.nan if wanted is None else float(wanted), limit, 0.0, equal_nan=True)
            require(same, f"{case['id']}: {found!r}, {wanted!r}")
    return _("{n} cases").format(n=len(cases))


def check_published(_stage: Stage) -> str:
    """Recompute the numbers of the demos."""
    for reference, estimate, name, wanted, tolerance in PUBLISHED:
        score = _score(resource_path("samples", reference), resource_path("samples", estimate))
        found = getattr(score.exact, name)
        require(abs(found - wanted) <= tolerance, f"{estimate}: {name} {found:.6g}, {wanted:g}")
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


def check_windows(stage: Stage) -> str:
    """Show the welcome page and every demo, with every plot and panel."""
    stage.require_picture("welcome")
    for demo in DEMOS:
        analysis = stage.show(demo.name)
        require(all(pair.score is not None for pair in analysis.pairs), demo.name)
        for name, entry in stage.window.actions_by_id.by_id.items():  # every plot that makes sense for these files
            if name.startswith("row_") and entry.isEnabled() and not entry.isChecked():
                entry.trigger()
        for dock in stage.window.views.docks.values():
            dock.bring()
        stage.wait_final()
        stage.require_picture(demo.name)
    return _("{n} demos").format(n=len(DEMOS))


def check_dialogs(stage: Stage) -> str:
    """Open every dialog: all entries of the menu that ask for more, and those that open by themselves."""
    window = stage.window
    for demo in ("enhancement", "speakers"):
        stage.show(demo)
        for spec in ACTIONS:
            asks = (spec.text.endswith("…") and spec.id != "add_note") or spec.menu == "help"
            if asks and window.actions_by_id.by_id[spec.id].isEnabled():
                stage.run(spec.id)
                wait_until(lambda: QApplication.activeModalWidget() is None, spec.id)
    window.commands.exports.save_plot(window.views.plots.stack.row("osi"))
    window.commands.asks = True
    window.commands.compare([resource_path("selftest", name) for name in ("tone.wav", "tone.flac")], add=False)
    ErrorDialog.show_once("selftest", "selftest", window)
    wanted = {*CloseDialog.__subclasses__(), QFileDialog}
    wait_until(lambda: stage.dialogs >= wanted, ", ".join(sorted(kind.__name__ for kind in wanted)))
    return _("{n} kinds of dialogs").format(n=len(stage.dialogs))


def check_exports(stage: Stage) -> str:
    """Save everything that can be saved, by the window's own commands, and read it back."""
    pairs, commands = stage.show("enhancement").pairs, stage.window.commands
    saved = {name: stage.save(action, name) for name, action in EXPORTS.items()}
    require(len(_table(saved["frames.csv"])) == sum(p.frames.n_frames for p in pairs if p.frames), "frames.csv")
    scores: Any = load_json(saved["scores.json"])
    found = scores["estimates"][0]["exact"]["osi_db_mean"]
    require(pairs[0].score is not None and found == pairs[0].score.exact.osi_db_mean, "scores.json")
    with AudioFile(saved["sound.wav"]) as sound:
        require(bool(sound.read(0, sound.info.n_samples).any()), "sound.wav")
    require(not QImage(saved["figure.png"]).isNull(), "figure.png")
    for name, part in TEXT_PARTS.items():
        require(part in Path(saved[name]).read_text(encoding="utf-8"), name)
    require(load_session(saved["session.osisnr"])[0] == stage.window.views.store.session, "session.osisnr")
    require(commands.folders.take([str(path) for path in pair_folders(stage.folder)]), _("folders"))
    wait_until(lambda: not commands.folders.is_busy, _("the list of pairs"))
    rows: Any = load_json(stage.save("export_list_json", "pairs.json"))
    table = _table(stage.save("export_list_csv", "pairs.csv"))
    require(len(table) == len(rows["pairs"]) == len(ESTIMATES), "pairs.csv")
    stage.run("close_list")
    return _("{n} kinds of files").format(n=len(saved) + 2)


def pair_folders(folder: Path) -> tuple[Path, Path]:
    """Folders of references and estimates with files of the same names, made in `folder`."""
    folders = folder / "ref", folder / "est"
    for estimate in ESTIMATES:
        for target, name in zip(folders, ("clean", estimate), strict=True):
            target.mkdir(exist_ok=True)
            shutil.copy(resource_path("samples", f"2_enhancement_{name}.flac"), target / f"{estimate}.flac")
    return folders


def _table(path: str) -> list[list[str]]:
    """The rows of a CSV file under its heading, without comments."""
    lines = Path(path).read_text("utf-8-sig").splitlines()
    return list(csv.reader(line for line in lines if not line.startswith("#")))[1:]


def check_playback(stage: Stage) -> str:
    """Ask for the samples of a demo as a sound card would, until something is heard."""
    engine, recipe = Engine(48_000), find_recipe(stage.show("enhancement"))
    with closing(ReadAhead(partial(SoundFeed, recipe, engine.rate, None))) as supply:
        engine.wish = replace(engine.wish, supply=supply, playing=True)
        wait_until(lambda: bool(engine.render(256).any()), _("sound"))
    return _("{n} sounds").format(n=len(recipe.sounds))


def check_devices(_stage: Stage) -> str:
    """Load the sound library and ask for the sound cards; there need not be any."""
    names = [device.name for device in SoundSystem().devices()]
    return ", ".join(names) or _("none here: nothing can be heard, everything else works")


CHECKS: tuple[tuple[str, Check], ...] = (
    (_("modules"), check_modules),
    (_("formats"), check_formats),
    (_("golden numbers"), check_golden),
    (_("published numbers"), check_published),
    (_("processes"), check_batch),
    (_("windows"), check_windows),
    (_("dialogs"), check_dialogs),
    (_("exports"), check_exports),
    (_("playback"), check_playback),
    (_("sound devices"), check_devices),
)


def main() -> int:
    """Run all checks and print the table; 0 when nothing is wrong, else 1."""
    kind = _("bundle") if is_bundle() else _("Python package")
    print(f"osisnr {osisnr_gui.__version__} ({kind}), {platform.platform()}")
    print(f"Python {platform.python_version()}, Qt {PySide6.__version__}, numpy {np.__version__}")
    print(f"{sys.executable}, {osisnr_gui.__path__[0]}")
    before = qInstallMessageHandler(lambda *_message: None)  # the offscreen platform says things of every window
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
            qInstallMessageHandler(before)
    print(_("nothing is wrong") if not wrong else _("{n} of {all} checks failed").format(n=wrong, all=len(CHECKS)))
    return min(wrong, 1)


def _run(name: str, check: Check, stage: Stage) -> bool:
    """Run one check and print its line; True when it failed."""
    start, trace = time.perf_counter(), ""
    try:
        word, seen = "ok", check(stage)
    except (CheckError, NoOutput) as wrong:
        word, seen = "FAILED", str(wrong)
    except Exception as error:
        word, seen, trace = "FAILED", f"{type(error).__name__}: {error}", "\n" + traceback.format_exc()
    print(f"{word:6}  {name:17}  {time.perf_counter() - start:5.1f} s  {seen}{trace}", flush=True)
    return word != "ok"
