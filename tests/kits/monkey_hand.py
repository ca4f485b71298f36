"""The hands of the monkey, and the window it is let loose at; see monkey.py."""

from __future__ import annotations

import os
import random
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from fake_sound import FakeCard
from PySide6.QtCore import (
    QEvent,
    QMimeData,
    QObject,
    QPoint,
    QPointF,
    Qt,
    QTimer,
    QtMsgType,
    QUrl,
    qInstallMessageHandler,
)
from PySide6.QtGui import QDesktopServices, QDropEvent, QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSlider, QApplication, QFileDialog, QMenu, QWidget

from osisnr_gui.io.cache_folder import CacheFolder
from osisnr_gui.qt import crash
from osisnr_gui.qt.commands.action_table import ACTIONS
from osisnr_gui.qt.jobs import favour_window
from osisnr_gui.qt.look.theme import ThemeManager
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.playback.output import Device, NoOutput
from osisnr_gui.qt.settings import Settings
from osisnr_gui.qt.store import Store
from osisnr_gui.session import edits
from osisnr_gui.session.guess import Role
from osisnr_gui.session.result_cache import ResultCache
from osisnr_gui.session.session import Note, Session

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NO_KEYS = Qt.KeyboardModifier.NoModifier
MODIFIERS = (NO_KEYS, NO_KEYS, NO_KEYS, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier)
PLAIN_KEYS = [
    *("Tab", "Shift+Tab", "Return", "Esc", "Esc", "Space", "Left", "Right", "Up", "Down", "PgUp", "PgDown", "Home"),
    *("End", "Del", "Backspace", "F1", "F10", "Alt+F", "Alt+V", "Menu", "1", "2", "9", "0", "-", ".", "a", "e", "F2"),
]
#: Left alone: it ends the run.
NOT_TRIGGERED = {"quit"}
DEEPEST = 6  # dialogs and menus over each other


class SilentCard(FakeCard):
    """A device that counts what it is given and keeps nothing."""

    count = 0

    def heard(self) -> float:
        """All of it."""
        return float(self.count)

    def pull(self, count: int) -> np.ndarray:
        """Ask for one block."""
        assert self._render is not None
        self.count += count
        return self._render(count)


class Sound:
    """Stands for the sound system; sometimes there is no device."""

    card: SilentCard | None = None
    problem = ""

    def open(self, device_id: str, rate: int) -> SilentCard:
        """A device, or the reason why there is none."""
        if self.problem:
            raise NoOutput(self.problem)
        self.card = SilentCard(device_id or "Speakers", rate)
        return self.card

    def devices(self) -> list[Device]:
        """Two of them."""
        return [Device(name, name) for name in ("Speakers", "Headphones")]


def prepare(folder: Path) -> tuple[QApplication, MainWindow, list[str]]:
    """The application with its crash handler as it is started, and a list that fills with whatever goes wrong."""
    faults: list[str] = []

    def take(*what: object) -> None:
        error = what[1] if len(what) > 1 else getattr(what[0], "exc_value", None)
        lines = traceback.format_exception(error) if isinstance(error, BaseException) else [str(what)]
        faults.append("".join(lines))
        print("".join(lines), file=sys.stderr, flush=True)

    def hear(kind: QtMsgType, _context: object, text: str) -> None:
        # What the offscreen platform cannot do is no matter of the program.
        if kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) and "This plugin does not support" not in text:
            faults.append(f"Qt: {text}")
            print(f"Qt: {text}", "".join(traceback.format_stack(limit=12)), file=sys.stderr, flush=True)

    sys.excepthook = threading.excepthook = sys.unraisablehook = take
    qInstallMessageHandler(hear)
    app = QApplication(["monkey"])
    app.setOrganizationName("monkey")
    crash.install()
    themes = ThemeManager("dark")
    themes.apply(app)
    cache = ResultCache(CacheFolder(str(folder / "results"), 64 << 20))
    window = MainWindow(Store(cache=cache), themes, Settings())
    window.resize(1280, 720)
    window.commands.asks = True
    window.show()
    favour_window()
    return app, window, faults


class Monkey(QObject):
    """Does one thing after the other between `start` and `stop`, in dialogs and menus, too, once they are open."""

    def __init__(self, window: MainWindow, files: list[str], folder: Path, seed: int) -> None:
        super().__init__()
        self.window, self.files, self.folder = window, files, folder
        self.chance = random.Random(seed)
        self.count = self.depth = 0
        self.longest = 0.0
        self._runs = False
        self.sound = Sound()
        window.views.player.deck.system = self.sound  # type: ignore[assignment]
        window.installEventFilter(self)
        self.keys = [
            key for action in ACTIONS if action.id not in NOT_TRIGGERED for key in action.keys
        ] + PLAIN_KEYS * 2
        self.actions = [action.id for action in ACTIONS if action.id not in NOT_TRIGGERED]
        self._stub_dialogs()
        self._doings: tuple[tuple[int, Callable[[], str]], ...] = (
            (20, self._key), (14, self._action), (14, self._click), (10, self._drag), (8, self._wheel),
            (8, self._slide),
            (3, self._drop), (8, self._edit), (2, self._resize), (3, self._travel), (1, self._note), (1, self._unplug),
            (1, self._rewrite), (1, self._demo), (1, self._menu),
        )  # fmt: skip

    def start(self) -> None:
        """From now on."""
        self._runs = True
        QTimer.singleShot(0, self, self._act)

    def stop(self) -> None:
        """No more; what is open is closed."""
        self._runs = False
        QTimer.singleShot(0, self, self._leave_all)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The window stays open, whoever wants it closed."""
        if event.type() == QEvent.Type.Close and watched is self.window:
            event.ignore()
            return True
        return False

    def close_all(self) -> None:
        """All files, lists and dialogs."""
        commands = self.window.commands
        commands.session_files.may_close = lambda: True  # type: ignore[method-assign]
        if commands.presentation is not None:
            commands.presentation.close()
        if commands.folders.inputs is not None:
            commands.folders.close_list()
        commands.player.stop()
        commands.close_files()

    def _leave_all(self) -> None:
        """Whatever waits for an answer gets none."""
        popup, dialog = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        for over in (popup, dialog):
            if over is not None:
                over.close()
        if self.depth or dialog is not None:
            QTimer.singleShot(20, self, self._leave_all)

    def _stub_dialogs(self) -> None:
        chance = self.chance
        names = ["a.json", "b.json", "out.csv", "out.wav", "c.html", "x.png", "x.svg", "no/such/folder.csv", ""]

        def save(*_arguments: object, **_options: object) -> tuple[str, str]:
            name = chance.choice(names)
            return (str(self.folder / name) if name else ""), ""

        opened = chance.choices
        QFileDialog.getSaveFileName = save  # type: ignore[method-assign,assignment]
        QFileDialog.getOpenFileNames = lambda *_, **__: (opened(self._all_files(), k=2), "")  # type: ignore[method-assign,assignment]
        QFileDialog.getOpenFileName = lambda *_, **__: (chance.choice(self._all_files()), "")  # type: ignore[method-assign,assignment]
        QFileDialog.getExistingDirectory = lambda *_, **__: chance.choice(["", str(self.folder / "files")])  # type: ignore[method-assign,assignment]
        QDesktopServices.openUrl = lambda *_: True  # type: ignore[method-assign,assignment]

    def _act(self) -> None:
        if not self._runs:
            return
        QTimer.singleShot(self.chance.choice((0, 0, 1, 5, 5, 20, 60)), self, self._act)
        if self.depth >= DEEPEST:
            self._leave_all_once()
            return
        self.count += 1
        self.depth += 1
        number, began = self.count, time.monotonic()
        doing = self.chance.choices([each for _, each in self._doings], [weight for weight, _ in self._doings])[0]
        print(f"{number} {doing.__name__.strip('_')} …", flush=True)
        try:
            print(f"{number} {doing()}".encode("ascii", "backslashreplace").decode(), flush=True)
        except RuntimeError as error:
            # What was under the mouse may go between press and release; the monkey alone still asks for it.
            if (
                "already deleted" not in str(error)
                or traceback.extract_tb(error.__traceback__)[-1].filename != __file__
            ):
                raise
        finally:
            self.depth -= 1
        if self.count == number:  # a dialog that waited is no stall
            self.longest = max(self.longest, time.monotonic() - began)
        if (card := self.sound.card) is not None and not card.closed and card._render is not None:
            card.pull(512)

    def _leave_all_once(self) -> None:
        over = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if over is not None:
            over.close()

    @property
    def _front(self) -> QWidget:
        """What the mouse and the keys reach now."""
        others = QApplication.activePopupWidget(), QApplication.activeModalWidget(), QApplication.activeWindow()
        return next((each for each in others if each is not None), self.window)

    def _all_files(self) -> list[str]:
        return [*self.files, *(str(path) for path in self.folder.iterdir() if path.suffix in (".json", ".wav", ".csv"))]

    def _target(self) -> tuple[QWidget, QPoint]:
        """A place in what is in front, and the widget that is there."""
        front = self._front
        place = QPoint(self.chance.randrange(max(1, front.width())), self.chance.randrange(max(1, front.height())))
        widget = front.childAt(place)
        return (front, place) if widget is None else (widget, widget.mapFrom(front, place))

    def _key(self) -> str:
        key = self.chance.choice(self.keys)
        combination = QKeySequence(key)[0]
        widget = QApplication.focusWidget() or self._front
        QTest.keyClick(widget, combination.key(), combination.keyboardModifiers())
        return f"key {key}"

    def _action(self) -> str:
        name = self.chance.choice(self.actions)
        action = self.window.actions_by_id.by_id[name]
        if QApplication.activeModalWidget() is None:
            action.trigger()  # which does nothing where it is not enabled
        return f"action {name}{'' if action.isEnabled() else ' (off)'}"

    def _click(self) -> str:
        widget, place = self._target()
        kind, keys = self.chance.choice(("click", "click", "click", "double", "right")), self.chance.choice(MODIFIERS)
        words = f"{kind} {type(widget).__name__} {place.toTuple()}"
        if kind == "double":
            QTest.mouseDClick(widget, LEFT, keys, place)
        else:
            QTest.mouseClick(widget, RIGHT if kind == "right" else LEFT, keys, place)
        return words

    def _drag(self) -> str:
        widget, place = self._target()
        words = f"drag {type(widget).__name__} {place.toTuple()}"
        keys = self.chance.choice(MODIFIERS)
        alive = [widget]
        widget.destroyed.connect(alive.clear)
        QTest.mousePress(widget, LEFT, keys, place)
        for _ in range(self.chance.randrange(1, 12)):
            place += QPoint(self.chance.randrange(-80, 80), self.chance.randrange(-40, 40))
            if not alive:
                return words
            QTest.mouseMove(widget, place)
            if self.chance.random() < 0.3:
                QApplication.processEvents()
        if alive:
            QTest.mouseRelease(widget, LEFT, keys, place)
        return words

    def _wheel(self) -> str:
        widget, place = self._target()
        angle = QPoint(0, self.chance.choice((-480, -120, -15, 15, 120, 480)))
        event = QWheelEvent(
            QPointF(place), QPointF(widget.mapToGlobal(place)), QPoint(), angle, Qt.MouseButton.NoButton,
            self.chance.choice(MODIFIERS), Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(widget, event)
        return f"wheel {type(widget).__name__} {angle.y()}"

    def _slide(self) -> str:
        sliders = [each for each in self._front.findChildren(QAbstractSlider) if each.isVisible() and each.isEnabled()]
        if not sliders:
            return "no slider"
        slider = self.chance.choice(sliders)
        values = [self.chance.randint(slider.minimum(), slider.maximum()) for _ in range(self.chance.randrange(1, 8))]
        for value in values:
            slider.setValue(value)
        return f"slide {type(slider).__name__} {values}"

    def _drop(self) -> str:
        paths = self.chance.choices(self._all_files(), k=self.chance.choice((1, 2, 2, 3, 4, 12, 40)))
        if QApplication.activeModalWidget() is not None:
            return "nowhere to drop"
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(path) for path in paths])
        keys = self.chance.choice((*MODIFIERS, Qt.KeyboardModifier.AltModifier))
        self.window.dropEvent(QDropEvent(QPointF(300, 300), Qt.DropAction.CopyAction, data, LEFT, keys))
        return f"drop {[os.path.basename(path) for path in paths]}"

    def _edit(self) -> str:
        store = self.window.views.store
        chance, session = self.chance, store.session
        source = chance.choice(session.sources) if session.sources else None
        choices: dict[str, Callable[[Session], Session]] = {
            "gamma": lambda s: edits.set_gamma(s, chance.choice((0.0, 0.5, 3.0, 1e6))),
            "threshold": lambda s: edits.set_threshold(s, chance.uniform(-30.0, 30.0)),
            "frames": lambda s: edits.set_framing(s, n_fft=chance.choice((None, 2, 64, 512, 1024, 4096))),
        }
        if source is not None:
            role, delay = chance.choice(list(Role)), chance.choice((-100_000, -7, 0, 7, 16_000))
            choices["remove"] = lambda s: edits.remove(s, source)
            choices[f"role {role}"] = lambda s: edits.set_role(s, source, role)
            choices["swap"] = lambda s: edits.swap(s, source)
            choices["delay"] = lambda s: edits.change_source(s, source, delay=delay)
            choices["gone"] = lambda s: edits.change_source(s, source, path=source.path + ".gone")
        name = chance.choice(list(choices))
        store.edit(choices[name])
        return f"edit {name}"

    def _resize(self) -> str:
        self.window.resize(self.chance.randrange(200, 2000), self.chance.randrange(150, 1300))
        return f"resize {self.window.size().toTuple()}"

    def _travel(self) -> str:
        store = self.window.views.store
        name = self.chance.choice(("undo", "undo", "redo", "reload", "cancel"))
        getattr(store, name)()
        return name

    def _note(self) -> str:
        note = Note(self.chance.uniform(0, 3), 4.0, self.chance.choice(("", "<b>&x", "=1+1", "x" * 3000)))
        self.window.views.store.edit(lambda session: replace(session, notes=(*session.notes, note)))
        return "note"

    def _unplug(self) -> str:
        card = self.sound.card
        self.sound.problem = self.chance.choice(("", "", "no sound device was found"))
        if card is not None and not card.closed:
            card.failed.emit("unplugged")
        return f"unplug {self.sound.problem}"

    def _rewrite(self) -> str:
        """A file changes while it is open: longer, shorter, another."""
        own = [path for path in self.files if path.startswith(str(self.folder))]
        path, other = self.chance.choice(own), self.chance.choice(self.files)
        Path(path).write_bytes(Path(other).read_bytes()[: self.chance.choice((100, None))])
        return f"{os.path.basename(other)} over {os.path.basename(path)}"

    def _demo(self) -> str:
        name = self.chance.choice([action for action in self.actions if action.startswith("demo_")])
        if QApplication.activeModalWidget() is None:
            self.window.actions_by_id.by_id[name].trigger()
        return name

    def _menu(self) -> str:
        menus = self.window.menuBar().findChildren(QMenu)
        if QApplication.activeModalWidget() is None and menus:
            self.chance.choice(menus).popup(self.window.mapToGlobal(QPoint(40, 40)))
        return "menu"
