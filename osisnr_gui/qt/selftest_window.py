"""The checks of `osisnr --selftest` that need a window: demos, dialogs, exports, playback. It is drawn offscreen."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

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
from osisnr_gui.qt.playback.output import Device, NoOutput, SoundSystem
from osisnr_gui.qt.playback.player import Player
from osisnr_gui.qt.settings import Settings
from osisnr_gui.qt.store import Store
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.codec import load_session
from osisnr_gui.session.demos import DEMOS
from osisnr_gui.session.result_cache import ResultCache
from osisnr_gui.text.catalogue import _

WAIT_SECONDS, DIALOG_SECONDS = 60.0, 5.0
SETTLED_CHECKS = 3
LEAST_COLOURS = 100
CACHE_BYTES = 64 << 20


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
    """The folder that checks may fill, and one window for all of them, made when it is first needed.

    pair_folders : makes folders of references and estimates in a folder.
    """

    def __init__(self, folder: Path, pair_folders: Callable[[Path], tuple[Path, Path]]) -> None:
        self.folder, self.pair_folders = folder, pair_folders
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
    stop = time.monotonic() + DIALOG_SECONDS
    wait_until(lambda: seen >= wanted or time.monotonic() > stop, _("dialogs"))
    require(seen >= wanted, _("not seen: {names}").format(names=", ".join(sorted(wanted - seen))))
    return _("{n} kinds of dialogs").format(n=len(seen))


@contextmanager
def _saving_as(path: Path) -> Iterator[None]:
    """Answer every question for a file name with `path`."""
    kept = QFileDialog.getSaveFileName
    QFileDialog.getSaveFileName = lambda *_args, **_kwargs: (str(path), "")  # type: ignore[assignment]
    try:
        yield
    finally:
        QFileDialog.getSaveFileName = kept  # type: ignore[method-assign]


def check_exports(stage: Stage) -> str:
    """Save everything that can be saved, by the window's own commands, and read it back."""
    analysis = stage.show("enhancement")
    score = analysis.pairs[0].score
    require(score is not None, "enhancement")
    saved = {name: stage.folder / f"saved{name}" for name in (".csv", ".json", ".wav", ".png", ".osisnr")}
    segments, pairs_csv, pairs_json = (stage.folder / name for name in ("segments.csv", "pairs.csv", "pairs.json"))
    _save(stage, "export_csv", saved[".csv"])
    frames = sum(pair.frames.n_frames for pair in analysis.pairs if pair.frames is not None)
    require(len(_table(saved[".csv"])) == frames, "frames.csv")
    _save(stage, "export_json", saved[".json"])
    scores = load_json(str(saved[".json"]))
    found = scores["estimates"][0]["exact"]["osi_db_mean"]  # type: ignore[index, call-overload]
    require(score is not None and found == score.exact.osi_db_mean, f"scores.json: {found}")
    _save(stage, "export_segments", segments)
    require(len(_table(segments)) > 0, "segments.csv")
    _save(stage, "export_sound", saved[".wav"])
    with open_audio(str(saved[".wav"])) as sound:
        require(bool(sound.read(0, sound.info.n_samples).any()), "sound.wav")
    _save(stage, "export_png", saved[".png"])
    require(not QImage(str(saved[".png"])).isNull(), "figure.png")
    _save(stage, "save_session_as", saved[".osisnr"])
    session, _view = load_session(str(saved[".osisnr"]))
    require(session == stage.window.views.store.session, "session.osisnr")
    require(stage.window.commands.folders.take([str(path) for path in stage.pair_folders(stage.folder)]), "folders")
    wait_until(lambda: not stage.window.commands.folders.is_busy, _("the list of pairs"))
    _save(stage, "export_list_csv", pairs_csv)
    _save(stage, "export_list_json", pairs_json)
    listed = load_json(str(pairs_json))
    require(len(_table(pairs_csv)) == len(listed["pairs"]) == 2, "pairs.csv")  # type: ignore[index, call-overload, arg-type]
    stage.run("close_list")
    return _("{n} kinds of files").format(n=len(saved) + 3)


def _save(stage: Stage, action: str, path: Path) -> None:
    with _saving_as(path):
        stage.run(action)
    wait_until(path.is_file, path.name)


def _table(path: Path) -> list[list[str]]:
    """The rows of a CSV file under its heading, without comments."""
    lines = [line for line in path.read_text("utf-8-sig").splitlines() if not line.startswith("#")]
    return list(csv.reader(io.StringIO("\n".join(lines))))[1:]


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

    def devices(self) -> list[Device]:
        return [Device("null", "null")]


def check_playback(stage: Stage) -> str:
    """Play the demo's estimate into nothing."""
    analysis = stage.show("enhancement")
    system = _NullSystem()
    player = Player(stage.window.views.plots.link, system)
    try:
        player.show_analysis(analysis, 0)
        player.play(0.0)
        require(player.is_playing, player.problem or _("it does not play"))
        wait_until(system.card.pull, _("sound"))
    finally:
        player.close()
    return _("heard after {n} samples").format(n=system.card.samples.size)


def check_devices(_stage: Stage) -> str:
    """Load the sound library and ask for the sound cards; there need not be any."""
    try:
        names = [device.name for device in SoundSystem().devices()]
    except NoOutput as reason:
        raise Failed(str(reason)) from None
    return ", ".join(names) or _("none here: nothing can be heard, everything else works")
