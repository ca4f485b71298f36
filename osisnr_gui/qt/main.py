"""`osisnr-gui`: application, window, and screenshots for documentation and checks."""

import argparse
import contextlib
import os
import re
import signal
from collections.abc import Callable, Iterator
from functools import partial
from typing import get_args

from PySide6.QtCore import QCoreApplication, QObject, QSize, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from osisnr_gui import __version__
from osisnr_gui.batch.runner import BatchRow
from osisnr_gui.io.cache_folder import DEFAULT_MAX_BYTES, CacheFolder, user_cache_folder
from osisnr_gui.io.errors import Phrase, SaveError
from osisnr_gui.io.files import write_atomically
from osisnr_gui.io.png_text import PNG_START
from osisnr_gui.qt import crash
from osisnr_gui.qt.jobs import favour_window
from osisnr_gui.qt.look.theme import ThemeManager, ThemeMode, app_icon
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.qt.plots.figure import png_bytes
from osisnr_gui.qt.settings import APPLICATION, KEEP_MIB_RANGE, Settings
from osisnr_gui.qt.store import Store
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.codec import is_session_file, load_session
from osisnr_gui.session.demos import demo_session
from osisnr_gui.session.edits import open_files
from osisnr_gui.session.result_cache import ResultCache
from osisnr_gui.session.session import Session, Source

SETTLED_CHECKS = 3
CHECK_MS = 60
#: What the frame of a window takes, title bar included, on the systems with the largest ones.
FRAME = QSize(16, 48)
SCREENSHOT_LIMIT_MS = 10 * 60 * 1000
EXIT_BASE = 128  # the exit code of a program that a signal ended is this and the signal's number
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
SIGNALS_MS = 200  # the longest that one waits


def start_session(options: argparse.Namespace) -> Session:
    """The session the arguments ask for."""
    if options.demo is not None:
        return demo_session(options.demo)
    files = [os.path.abspath(path) for path in options.files]
    if options.reference is not None:
        reference = Source(os.path.abspath(options.reference))
        return Session(references=(reference,), estimates=tuple(Source(path) for path in files))
    return open_files(Session(), files)


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
                raise SaveError(
                    path, Phrase("not saved: another file has this name"), Phrase("move it, or use --screenshot FILE")
                )
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
    if options.files and options.reference is None:
        window.commands.compare(options.files, add=False)
    elif options.demo is not None:
        window.commands.open_demo(options.demo)
    elif not (session := start_session(options)).is_empty:
        window.views.store.open(session)
    elif options.screenshot is None:
        QTimer.singleShot(0, window, window.commands.session_files.recover)


def run(options: argparse.Namespace, take: Callable[[Analysis, list[BatchRow]], None] | None = None) -> int:
    """Open the window until it is closed; the exit code. take : is given what was shown last. Raises SaveError."""
    QCoreApplication.setOrganizationName(APPLICATION)
    QCoreApplication.setApplicationName(APPLICATION)
    QCoreApplication.setApplicationVersion(__version__)
    app = QApplication.instance() or QApplication(["osisnr-gui"])
    assert isinstance(app, QApplication), "a QApplication exists already, of another kind"
    crash.install()
    app.setWindowIcon(app_icon())
    settings = Settings()
    wanted = options.theme or settings.text("theme", "system")
    themes = ThemeManager(next((mode for mode in get_args(ThemeMode) if mode == wanted), "system"))
    themes.apply(app)
    remembers = options.screenshot is None
    store = Store(cache=open_cache(settings) if remembers else None)
    window = MainWindow(store, themes, settings, remembers=remembers)
    if options.size is not None:
        window.resize(*options.size)
    elif remembers and settings.state("geometry").isEmpty():
        fit_screen(window, window.screen().availableSize())
    window.commands.asks = options.screenshot is None and not options.tour
    window.show()
    favour_window()
    show_start(window, options)
    if options.tour and options.screenshot is None:
        window.commands.due = "tour"
    window.commands.asks = options.screenshot is None
    shot = None if options.screenshot is None else Screenshot(window, options.screenshot, app.exit)
    with quit_on_signals(window, app.exit):
        code = app.exec()
    if take is not None:
        take(store.analysis, window.commands.folders.panel.model.pairs.in_order())
    if shot is not None and shot.error is not None and code == 0:
        raise shot.error
    return code


def fit_screen(window: QWidget, screen: QSize) -> None:
    """Make a window no larger than a screen has room for, its frame included."""
    window.resize(window.size().boundedTo(screen - FRAME))


@contextlib.contextmanager
def quit_on_signals(window: QWidget, leave: Callable[[int], None]) -> Iterator[None]:
    """Close a window on SIGINT and SIGTERM that come meanwhile.

    Python runs handlers between two of its own instructions, and Qt's event loop may not come to one for hours: a
    timer sees to it.
    """

    def close(number: int) -> None:
        QApplication.setQuitOnLastWindowClosed(False)  # the exit code would be 0
        window.close()
        leave(EXIT_BASE + number)

    def take(number: int, _frame: object) -> None:
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_DFL)  # asking a second time ends a program that hangs while it closes
        QTimer.singleShot(0, window, partial(close, number))  # not at once: this may be in the middle of anything

    before = {number: signal.signal(number, take) for number in _SIGNALS}
    timer = QTimer(interval=SIGNALS_MS)
    timer.timeout.connect(lambda: None)
    timer.start()
    try:
        yield
    finally:
        timer.stop()
        for number, handler in before.items():
            signal.signal(number, handler)


class Screenshot(QObject):
    """Waits until everything on screen is final, saves the window, and leaves."""

    def __init__(self, window: MainWindow, path: str, leave: Callable[[int], None]) -> None:
        super().__init__(window)
        self.error: SaveError | None = SaveError(
            path, Phrase("not saved: the window was not ready"), Phrase("try again")
        )
        self._window, self._path, self._leave = window, path, leave
        self._settled = 0
        self._timer = QTimer(self, interval=CHECK_MS)
        self._timer.timeout.connect(self._check)
        self._timer.start()
        QTimer.singleShot(SCREENSHOT_LIMIT_MS, self, self._finish)

    def _check(self) -> None:
        # Final once is not enough: a view that was just told asks for its picture in its next paint.
        self._settled = self._settled + 1 if self._window.is_final() else 0
        if self._settled < SETTLED_CHECKS:
            return
        self._timer.stop()
        try:
            write_atomically(self._path, png_bytes(self._window.grab().toImage()))
            self.error = None
        except SaveError as error:
            self.error = error
        finally:  # whatever went wrong, nobody could close the window
            self._finish()

    def _finish(self) -> None:
        self._window.close()
        self._leave(0)
