"""An unexpected error becomes a log entry and a dialog with details to copy; the program goes on.

Four ways lead here: exceptions in slots and events, in threads, in destructors, and Qt's own messages. Every hook
passes on to the one that was installed before it, so a terminal still shows the traceback and a test still fails.
"""

import contextlib
import logging
import logging.handlers
import os
import sys
import threading
import traceback
from collections import Counter
from types import TracebackType
from typing import Any

from PySide6.QtCore import QObject, QStandardPaths, Qt, QtMsgType, Signal, Slot, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QMainWindow
from shiboken6 import isValid

from osisnr_gui.io.errors import Phrase
from osisnr_gui.io.streams import say
from osisnr_gui.qt.dialogs.close_dialog import ErrorDialog
from osisnr_gui.text.catalogue import _

LOG_BYTES = 512 * 1024
LOG_BACKUPS = 1
SENTENCE = _("Something in the program went wrong. Your files are untouched and you can go on.")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def install() -> "CrashReporter":
    """Report unexpected errors until the application quits; needs a QApplication, a second call changes nothing."""
    app = QApplication.instance()
    assert app is not None, "there is an application"
    reporter = app.findChild(CrashReporter) or CrashReporter(parent=app)
    reporter.install()
    # Not longer: Qt still has messages when the interpreter that would handle them is gone.
    app.aboutToQuit.connect(reporter.uninstall, Qt.ConnectionType.UniqueConnection)
    return reporter


def log_folder() -> str:
    """The folder for the log: `~/.local/state/osisnr_gui` or what the system uses for such files."""
    base = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericStateLocation)
    return os.path.join(base or os.path.expanduser("~"), "osisnr_gui")


def open_log(folder: str) -> logging.Logger:
    """A logger into `folder`, at most (1 + LOG_BACKUPS) × LOG_BYTES; without a file if none can be written."""
    logger = logging.Logger("osisnr_gui", logging.INFO)
    with contextlib.suppress(OSError):  # a read-only home must not keep the program from starting
        os.makedirs(folder, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        os.path.join(folder, "osisnr_gui.log"), maxBytes=LOG_BYTES, backupCount=LOG_BACKUPS, encoding="utf-8",
        errors="backslashreplace", delay=True,
    )  # fmt: skip
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    # A full disk, or none to write to, would otherwise print a second traceback for each line.
    handler.handleError = lambda record: None  # type: ignore[method-assign]
    return logger


class CrashReporter(QObject):
    """Owns the hooks between `install` and `uninstall`. Create it in the GUI thread."""

    _happened = Signal(str, str)  # summary, details

    def __init__(self, folder: str | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folder = folder or log_folder()
        self.log = open_log(self.folder)
        self.dialog: ErrorDialog | None = None
        self._seen: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._previous: tuple[Any, Any, Any, Any] | None = None
        # Queued even from the GUI thread: an exception can come out of a paintEvent, where no widget may be made.
        self._happened.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Take over the four hooks."""
        if self._previous is not None:
            return
        previous_qt = qInstallMessageHandler(self._qt_message)
        self._previous = (sys.excepthook, threading.excepthook, sys.unraisablehook, previous_qt)
        sys.excepthook, sys.unraisablehook = self._exception, self._unraisable
        threading.excepthook = self._thread_exception

    @Slot()
    def uninstall(self) -> None:
        """Give the hooks back and close the dialog and the log."""
        if self._previous is not None:
            sys.excepthook, threading.excepthook, sys.unraisablehook, previous_qt = self._previous
            qInstallMessageHandler(previous_qt)
            self._previous = None
        if self.dialog is not None and isValid(self.dialog):
            self.dialog.close()
        for handler in self.log.handlers:
            handler.close()

    def report(self, error: BaseException, where: str = "") -> None:
        """Log an error and show it. The second time the same error happens it is only counted in the log.

        A fault in a paintEvent comes back with every repaint: it must neither fill the disk nor keep popping up.
        """
        summary = "".join(traceback.format_exception_only(error)).strip()
        details = "".join(traceback.format_exception(error))
        with self._lock:
            self._seen[details] += 1
            times = self._seen[details]
        if times > 1:
            if times & (times - 1) == 0:  # 2, 4, 8, …
                self.log.error("again (%d times): %s", times, summary)
            return
        self.log.error("%s%s", f"{where}\n" if where else "", details)
        if QApplication.instance() is not None:
            self._happened.emit(summary, f"{where}\n{details}".lstrip())

    @Slot(str, str)
    def _show(self, summary: str, details: str) -> None:
        over = QApplication.activeModalWidget()
        if self.dialog is None or not isValid(self.dialog):
            # The window and no dialog over it: with that it would go, read or not.
            window = next((each for each in QApplication.topLevelWidgets() if isinstance(each, QMainWindow)), None)
            self.dialog = ErrorDialog(f"{SENTENCE}\n\n{summary}", details, window, log_folder=self.folder)
            self.dialog.finished.connect(self._forget)
        else:
            self.dialog.add(details)
            if over in (None, self.dialog):
                return
            self.dialog.hide()  # it comes again over what was opened since
        # What lies beside a modal dialog can be used only where it is one itself, and came later.
        self.dialog.setModal(over is not None)
        self.dialog.show()

    @Slot()
    def _forget(self) -> None:
        self.dialog = None

    def _exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, (KeyboardInterrupt, SystemExit)):
            self._try_report(error, "")
        self._pass_on(0, kind, error, trace)

    def _thread_exception(self, arguments: "threading.ExceptHookArgs") -> None:
        if arguments.exc_value is not None and not isinstance(arguments.exc_value, SystemExit):
            name = arguments.thread.name if arguments.thread is not None else "?"
            self._try_report(arguments.exc_value, Phrase("in thread {name}", name=name))
        self._pass_on(1, arguments)

    def _unraisable(self, arguments: "sys.UnraisableHookArgs") -> None:
        if arguments.exc_value is not None:
            # Only the type: repr() of an object that is being destroyed may fail or bring it back to life.
            what = arguments.err_msg or Phrase("ignored in")
            self._try_report(arguments.exc_value, f"{what} {type(arguments.object)}")
        self._pass_on(2, arguments)

    def _pass_on(self, hook: int, *arguments: object) -> None:
        if self._previous is not None:
            self._previous[hook](*arguments)

    def _qt_message(self, kind: QtMsgType, context: object, text: str) -> None:
        if "propagateSizeHints" in text:
            return  # the offscreen platform says this of every window: there is no window manager to give hints to
        self.log.log(_LEVELS.get(kind, logging.WARNING), "Qt: %s", text)
        previous = self._previous[3] if self._previous is not None else None
        if previous is not None:
            previous(kind, context, text)
        elif sys.stderr is not None:  # a program without a console has none
            say([text])

    def _try_report(self, error: BaseException, where: str) -> None:
        """`report`, but an error while reporting an error ends here."""
        try:
            self.report(error, where)
        except Exception:
            self.log.exception("while reporting an error")
