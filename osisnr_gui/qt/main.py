"""`osisnr-gui`: arguments, application, window, and screenshots for documentation and checks."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QObject, QSize, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from osisnr_gui import __version__
from osisnr_gui.io.atomic import write_atomically
from osisnr_gui.io.cache_folder import DEFAULT_MAX_BYTES, CacheFolder, user_cache_folder
from osisnr_gui.io.errors import SaveError
from osisnr_gui.io.streams import say
from osisnr_gui.qt import crash
from osisnr_gui.qt.background import favour_window
from osisnr_gui.qt.commands.export_jobs import png_bytes
from osisnr_gui.qt.look.icons import app_icon
from osisnr_gui.qt.look.theme_manager import ThemeManager
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.quit_signals import QuitSignals
from osisnr_gui.qt.settings import APPLICATION, KEEP_MIB_RANGE, Settings
from osisnr_gui.qt.store import Store
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.codec import is_session_file, load_session
from osisnr_gui.session.demos import DEMOS, demo_session
from osisnr_gui.session.result_cache import ResultCache
from osisnr_gui.session.session import Session, Source

SETTLED_CHECKS = 3
CHECK_MS = 60
#: What the frame of a window takes, title bar included, on the systems with the largest ones.
FRAME = QSize(16, 48)
PNG_START = b"\x89PNG"
SCREENSHOT_LIMIT_MS = 10 * 60 * 1000


def parse(argv: list[str]) -> argparse.Namespace:
    """The options of `osisnr-gui`; exits with 2 on wrong usage."""
    parser = argparse.ArgumentParser(
        prog="osisnr-gui", description="See and judge speech separation: spectrograms and OSI-SNR of every frame."
    )
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help="the first is the reference, the rest are estimates; or a session"
    )
    parser.add_argument("--reference", metavar="FILE", help="the reference, whatever the order of the other files")
    parser.add_argument("--demo", nargs="?", const=DEMOS[0].name, metavar="NAME", help=_demo_help())
    parser.add_argument(
        "--screenshot", metavar="FILE", help="save the window as PNG once everything is shown, and quit"
    )
    parser.add_argument("--theme", choices=("system", "light", "dark"), help="look of this run")
    parser.add_argument("--size", metavar="WxH", type=_size, help="window size of this run, e.g. 1280x720")
    parser.add_argument("--version", action="version", version=f"osisnr-gui {__version__}")
    options = parser.parse_args(argv)
    names = [demo.name for demo in DEMOS]
    if options.demo is not None and options.demo not in names:
        # `--demo a.wav` means the first demo was not asked for by name: say so instead of guessing.
        parser.error(f"argument --demo: there is no demo {options.demo!r}; choose one of {', '.join(names)}")
    if options.demo is not None and (options.files or options.reference is not None):
        parser.error("argument --demo: a demo brings its own files; leave out the demo or the files")
    n_folders = sum(map(os.path.isdir, options.files))
    if options.screenshot is not None and n_folders and n_folders == len(options.files) != 2:
        # The window asks for what is missing, and a picture's has nobody who could answer.
        parser.error("argument FILE: a list needs two folders; name that of the references, then the estimates'")
    return options


def start_session(options: argparse.Namespace) -> Session:
    """The session the arguments ask for."""
    if options.demo is not None:
        return demo_session(options.demo)
    files = [os.path.abspath(path) for path in options.files]
    if options.reference is not None:
        reference = Source(os.path.abspath(options.reference))
        return Session(references=(reference,), estimates=tuple(Source(path) for path in files))
    return Session(references=tuple(map(Source, files[:1])), estimates=tuple(map(Source, files[1:])))


def picture_path(options: argparse.Namespace) -> str | None:
    """Where the picture of a window goes that no display can show: `./osisnr-NAME.png`; None with nothing to show.

    NAME is the demo's or that of the first estimate. An earlier picture is replaced. Raises FileError for a session
    file that cannot be read, SaveError for another file of that name.
    """
    is_session = len(options.files) == 1 and is_session_file(options.files[0])
    session = load_session(options.files[0])[0] if is_session else start_session(options)
    if session.is_empty:
        return None
    first = (*session.estimates, *session.references, *session.sources)[0]
    name = options.demo or os.path.splitext(os.path.basename(first.path))[0]
    # Whatever a shell or a file system could trip over; 50 characters are 200 bytes at most.
    safe = re.sub(r"[^\w.-]+", "_", name)[:50]
    path = os.path.join(os.curdir, f"osisnr-{safe}.png")
    if os.path.isfile(path):
        with open(path, "rb") as file:
            if file.read(len(PNG_START)) != PNG_START:
                raise SaveError(path, "not saved: another file has this name", "move it, or use --screenshot FILE")
    return path


def open_cache(settings: Settings) -> ResultCache | None:
    """Where results are kept from start to start, as the user has set it; None on a system without a home."""
    folder = user_cache_folder()
    if folder is None:
        return None
    mib = settings.number("keep_results_mib", DEFAULT_MAX_BYTES >> 20, *KEEP_MIB_RANGE)
    results = CacheFolder(os.path.join(folder, "results"), int(mib) << 20)
    return ResultCache(results, enabled=settings.flag("keep_results", True))


def show_start(window: MainWindow, options: argparse.Namespace) -> None:
    """What the arguments name, else what a killed program left behind, if the user wants it."""
    if len(options.files) == 1 and is_session_file(options.files[0]):
        window.commands.session_files.open(options.files[0])
        return
    if options.files and window.commands.folders.take(options.files):
        return
    session = start_session(options)
    if not session.is_empty:
        window.views.store.edit(lambda _empty: session)
    elif options.screenshot is None:
        QTimer.singleShot(0, window, window.commands.session_files.recover)


def run(argv: list[str], take: Callable[[Analysis], None] | None = None) -> int:
    """Open the window and stay until it is closed; the exit code. take : is given what was shown last."""
    options = parse(argv)
    QCoreApplication.setOrganizationName(APPLICATION)
    QCoreApplication.setApplicationName(APPLICATION)
    QCoreApplication.setApplicationVersion(__version__)
    app = QApplication.instance() or QApplication(["osisnr-gui"])
    assert isinstance(app, QApplication), "a QApplication exists already, of another kind"
    crash.install()
    app.setWindowIcon(app_icon())
    settings = Settings()
    themes = ThemeManager(options.theme or settings.text("theme", "system", ("system", "light", "dark")))
    themes.apply(app)
    remembers = options.screenshot is None
    store = Store(cache=open_cache(settings) if remembers else None)
    window = MainWindow(store, themes, settings, remembers=remembers)
    if options.size is not None:
        window.resize(*options.size)
    elif remembers and settings.state("geometry").isEmpty():
        fit_screen(window, window.screen().availableSize())
    window.show()
    favour_window()
    show_start(window, options)
    shot = None
    if options.screenshot is not None:
        shot = Screenshot(window, options.screenshot, app.exit)
    quitting = QuitSignals(window, app.exit)
    code = app.exec()
    quitting.stop()
    if take is not None:
        take(store.analysis)
    del shot
    return code


def fit_screen(window: QWidget, screen: QSize) -> None:
    """Make a window no larger than a screen has room for, its frame included."""
    window.resize(window.size().boundedTo(screen - FRAME))


class Screenshot(QObject):
    """Waits until everything on screen is final, saves the window, and leaves."""

    def __init__(self, window: MainWindow, path: str, leave: Callable[[int], None]) -> None:
        super().__init__(window)
        self._window, self._path, self._leave = window, path, leave
        self._settled = 0
        self._timer = QTimer(self, interval=CHECK_MS)
        self._timer.timeout.connect(self._check)
        self._timer.start()
        QTimer.singleShot(SCREENSHOT_LIMIT_MS, self, self._give_up)

    def _check(self) -> None:
        # Final once is not enough: a view that was just told asks for its picture in its next paint.
        self._settled = self._settled + 1 if self._window.is_final() else 0
        if self._settled < SETTLED_CHECKS:
            return
        self._timer.stop()
        code = 3
        try:
            write_atomically(self._path, png_bytes(self._window.grab()))
            code = 0
        except SaveError as error:
            say([f"osisnr-gui: {error}"])
        finally:  # whatever went wrong, nobody could close the window
            self._finish(code)

    def _give_up(self) -> None:
        say([f"osisnr-gui: {self._path}: the window was not ready in time; try again"])
        self._finish(3)

    def _finish(self, code: int) -> None:
        self._window.close()
        self._leave(code)


def _demo_help() -> str:
    return "open a demo: " + ", ".join(demo.name for demo in DEMOS) + " (the first one when no name is given)"


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    try:
        size = int(width), int(height)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size like 1280x720") from None
    if not (320 <= size[0] <= 8192 and 240 <= size[1] <= 8192):
        raise argparse.ArgumentTypeError(f"{text!r} is outside 320x240 to 8192x8192")
    return size
