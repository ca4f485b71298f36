"""The checks of `osisnr --selftest` that need a window: demos, dialogs, exports, playback. It is drawn offscreen."""

from __future__ import annotations

import csv
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QWidget

from osisnr_gui.io.audio import open_audio
from osisnr_gui.io.cache_folder import CacheFolder
from osisnr_gui.io.json_file import load_json
from osisnr_gui.paths import resource_path
from osisnr_gui.qt.commands.action_table import ACTIONS
from osisnr_gui.qt.commands.export_jobs import png_bytes
from osisnr_gui.qt.dialogs.close_dialog import CloseDialog
from osisnr_gui.qt.look.theme_manager import ThemeManager
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.playback.output import NoOutput, SoundSystem
from osisnr_gui.qt.playback.player import Player
from osisnr_gui.qt.settings import Settings
from osisnr_gui.qt.store import Store
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.codec import load_session
from osisnr_gui.session.demos import DEMOS
from osisnr_gui.session.result_cache import ResultCache
from osisnr_gui.text.catalogue import _

WAIT_SECONDS = 60.0
SETTLED_CHECKS = 3
LEAST_COLOURS = 100
CACHE_BYTES = 64 << 20
PAIRS = (("clean", "est_dfn3"), ("clean", "est_gate"))
EXPORTS = (
    ("export_csv", "frames.csv"), ("export_json", "scores.json"), ("export_segments", "segments.csv"),
    ("export_sound", "sound.wav"), ("export_png", "figure.png"), ("save_session_as", "session.osisnr"),
)  # fmt: skip
LIST_EXPORTS = (("export_list_csv", "pairs.csv"), ("export_list_json", "pairs.json"))


class Failed(Exception):  # noqa: N818 - what a check found
    """A check found something wrong; `str()` says what."""


def require(holds: bool, wrong: str) -> None:
    """Raise Failed unless it holds."""
    if not holds:
        raise Failed(wrong)


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Let the window work until it holds. Raises Failed after a minute."""
    stop = time.monotonic() + WAIT_SECONDS
    while not holds():
        require(time.monotonic() < stop, _("waited in vain for {what}").format(what=what))
        QApplication.processEvents()
        time.sleep(0.002)


class Closer(QObject):
    """Paints and closes every dialog that appears, so that none waits for an answer; `seen` : their classes."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self._timer = QTimer(self, interval=20)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog) and widget.isVisible():
                require(not widget.grab().isNull(), type(widget).__name__)
                self.seen.add(type(widget).__name__)
                widget.reject()


class Stage:
    """The folder that checks may fill, and one window for all of them, made when it is first needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.closer = Closer()
        self._window: MainWindow | None = None

    @property
    def window(self) -> MainWindow:
        """The window; it remembers nothing."""
        if self._window is None:
            cache = ResultCache(CacheFolder(str(self.folder / "cache"), CACHE_BYTES), enabled=True)
            self._window = MainWindow(Store(cache=cache), ThemeManager("dark"), Settings(), remembers=False)
            self._window.resize(1280, 800)
            self._window.show()
        return self._window

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
        """Do what a menu entry does. Raises Failed when it is greyed out."""
        entry = self.window.actions_by_id.by_id[action]
        self.window.actions_by_id.update()
        require(entry.isEnabled(), _("{action} cannot be chosen").format(action=action))
        entry.trigger()

    def close(self) -> None:
        """Close the window and wait for its threads."""
        if self._window is not None:
            self._window.close()
            self._window.deleteLater()


def _require_picture(widget: QWidget, name: str) -> None:
    """A widget that painted nothing is of one colour."""
    image = QImage.fromData(png_bytes(widget.grab())).convertToFormat(QImage.Format.Format_RGB32)
    colours = np.unique(np.frombuffer(image.constBits(), np.uint32)).size if not image.isNull() else 0
    require(colours >= LEAST_COLOURS, _("{name}: a picture of {n} colours").format(name=name, n=colours))


def check_windows(stage: Stage) -> str:
    """Show the welcome page and every demo, with every plot and panel."""
    _require_picture(stage.window, "welcome")
    for demo in DEMOS:
        analysis = stage.show(demo.name)
        require(all(pair.score is not None for pair in analysis.pairs), demo.name)
        for spec in ACTIONS:  # every plot that makes sense for these files
            entry = stage.window.actions_by_id.by_id[spec.id]
            if spec.id.startswith("row_") and entry.isEnabled() and not entry.isChecked():
                entry.trigger()
        for dock in (stage.window.views.inspector_dock, stage.window.views.mask_dock):
            dock.toggle()
        stage.wait_final()
        _require_picture(stage.window, demo.name)
    return _("{n} demos").format(n=len(DEMOS))


def _own_dialogs(kind: type[QDialog] = QDialog) -> Iterator[str]:
    """The names of all dialogs of this program."""
    for found in kind.__subclasses__():
        if found.__module__.startswith("osisnr_gui.") and found is not CloseDialog:
            yield found.__name__
        yield from _own_dialogs(found)


def check_dialogs(stage: Stage) -> str:
    """Open every dialog: all entries of the menu that ask for more, and those that open by themselves."""
    seen, commands = stage.closer.seen, stage.window.commands
    for demo in ("enhancement", "speakers"):
        stage.show(demo)
        for spec in ACTIONS:
            asks = (spec.text.endswith("…") and spec.id != "add_note") or spec.menu == "Help"
            if asks and stage.window.actions_by_id.by_id[spec.id].isEnabled():
                stage.run(spec.id)
                wait_until(lambda: QApplication.activeModalWidget() is None, spec.id)
    row = stage.window.views.plots.stack.row("osi")
    commands.exports.save_plot(row)
    commands.asks = True
    commands.compare([resource_path("selftest", name) for name in ("tone.wav", "tone.flac")], add=False)
    commands.show_failure("selftest", "selftest")
    wanted = {*_own_dialogs(), QFileDialog.__name__}
    wait_until(lambda: seen >= wanted, ", ".join(sorted(wanted)))
    return _("{n} kinds of dialogs").format(n=len(seen))


def check_exports(stage: Stage) -> str:
    """Save everything that can be saved, by the window's own commands, and read it back."""
    (pair, *others) = stage.show("enhancement").pairs
    saved = {name: _save(stage, action, name) for action, name in EXPORTS}
    frames = sum(pair.frames.n_frames for pair in (pair, *others) if pair.frames is not None)
    require(len(_table(saved["frames.csv"])) == frames, "frames.csv")
    require(len(_table(saved["segments.csv"])) > 0, "segments.csv")
    scores: Any = load_json(saved["scores.json"])
    found = scores["estimates"][0]["exact"]["osi_db_mean"]
    require(pair.score is not None and found == pair.score.exact.osi_db_mean, "scores.json")
    with open_audio(saved["sound.wav"]) as sound:
        require(bool(sound.read(0, sound.info.n_samples).any()), "sound.wav")
    require(not QImage(saved["figure.png"]).isNull(), "figure.png")
    session, _view = load_session(saved["session.osisnr"])
    require(session == stage.window.views.store.session, "session.osisnr")
    require(stage.window.commands.folders.take([str(path) for path in pair_folders(stage.folder)]), _("folders"))
    wait_until(lambda: not stage.window.commands.folders.is_busy, _("the list of pairs"))
    listed = {name: _save(stage, action, name) for action, name in LIST_EXPORTS}
    pairs: Any = load_json(listed["pairs.json"])
    require(len(_table(listed["pairs.csv"])) == len(pairs["pairs"]) == len(PAIRS), "pairs.csv")
    stage.run("close_list")
    return _("{n} kinds of files").format(n=len(saved) + len(listed))


def pair_folders(folder: Path) -> tuple[Path, Path]:
    """Folders of references and estimates with files of the same names, made in `folder`."""
    folders = folder / "ref", folder / "est"
    for names in PAIRS:
        for target, name in zip(folders, names, strict=True):
            target.mkdir(exist_ok=True)
            shutil.copy(resource_path("samples", f"2_enhancement_{name}.flac"), target / f"{names[1]}.flac")
    return folders


def _save(stage: Stage, action: str, name: str) -> str:
    """Do what a menu entry does, with an answer for the file dialog; the path of what was saved."""
    path = stage.folder / name
    kept = QFileDialog.getSaveFileName
    QFileDialog.getSaveFileName = lambda *_args, **_kwargs: (str(path), "")  # type: ignore[method-assign]
    try:
        stage.run(action)
    finally:
        QFileDialog.getSaveFileName = kept  # type: ignore[method-assign]
    wait_until(path.is_file, name)
    return str(path)


def _table(path: str) -> list[list[str]]:
    """The rows of a CSV file under its heading, without comments."""
    lines = Path(path).read_text("utf-8-sig").splitlines()
    return list(csv.reader(line for line in lines if not line.startswith("#")))[1:]


class _NullCard(QObject):
    """Stands for an open sound card: asks for samples when the check says so, and keeps them."""

    failed = Signal(str)
    name = "null"

    def __init__(self, rate: int) -> None:
        super().__init__()
        self.rate = rate
        self.samples = np.empty(0, np.float32)
        self.start: Callable[..., None] = partial(setattr, self, "render")
        self.render: Callable[[int], np.ndarray] = lambda count: np.zeros(count, np.float32)

    def pull(self) -> bool:
        """Ask for one block more; True once anything can be heard."""
        self.samples = np.concatenate((self.samples, self.render(256)))
        return bool(self.samples.any())

    def heard(self) -> float:
        """All that was asked for."""
        return float(self.samples.size)

    def close(self) -> None:
        """Nothing is open."""


class _NullSystem(SoundSystem):
    """Plays into nothing."""

    card: _NullCard

    def open(self, device_id: str, rate: int) -> _NullCard:  # type: ignore[override]
        self.card = _NullCard(rate)
        return self.card


def check_playback(stage: Stage) -> str:
    """Play the demo's estimate into nothing."""
    analysis = stage.show("enhancement")
    system = _NullSystem()
    player = Player(stage.window.views.plots.link, system)
    with closing(player):
        player.show_analysis(analysis, 0)
        player.play(0.0)
        require(player.is_playing, player.problem or _("it does not play"))
        wait_until(system.card.pull, _("sound"))
    return _("heard after {n} samples").format(n=system.card.samples.size)


def check_devices(_stage: Stage) -> str:
    """Load the sound library and ask for the sound cards; there need not be any."""
    try:
        names = [device.name for device in SoundSystem().devices()]
    except NoOutput as reason:
        raise Failed(str(reason)) from None
    return ", ".join(names) or _("none here: nothing can be heard, everything else works")
