"""Unexpected errors are logged, shown once, and passed on to the hooks that were there before."""

from __future__ import annotations

import subprocess
import sys
import threading
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QtMsgType, qInstallMessageHandler, qWarning
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from osisnr_gui.qt.crash import LOG_BACKUPS, LOG_BYTES, CrashReporter, log_folder, open_log


@pytest.fixture
def caught() -> list[str]:
    """What reached the hooks that were installed before the reporter."""
    return []


@pytest.fixture
def reporter(
    tmp_path: Path, caught: list[str], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[CrashReporter]:
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: caught.append(str(error)))
    monkeypatch.setattr(threading, "excepthook", lambda arguments: caught.append(str(arguments.exc_value)))
    monkeypatch.setattr(sys, "unraisablehook", lambda arguments: caught.append(str(arguments.exc_value)))
    before = qInstallMessageHandler(lambda kind, context, text: caught.append(text))
    result = CrashReporter(str(tmp_path))
    result.install()
    yield result
    result.uninstall()
    qInstallMessageHandler(before)


def _raise(text: str) -> None:
    try:
        raise ValueError(text)
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)


def _log(tmp_path: Path) -> str:
    return (tmp_path / "osisnr_gui.log").read_text("utf-8")


def test_error_is_logged_shown_and_passed_on(
    reporter: CrashReporter, caught: list[str], tmp_path: Path, qtbot: QtBot
) -> None:
    _raise("<b>first</b>")
    assert caught == ["<b>first</b>"]
    assert "ValueError: <b>first</b>" in _log(tmp_path)
    qtbot.waitUntil(lambda: reporter.dialog is not None)
    dialog = reporter.dialog
    assert dialog is not None
    assert dialog.sentence.text().endswith("\nValueError: <b>first</b>")
    assert dialog.sentence.textFormat() is Qt.TextFormat.PlainText
    assert not dialog.isModal()
    dialog.copy_button.click()
    assert "test_crash.py" in QGuiApplication.clipboard().text()
    _raise("second")
    qtbot.waitUntil(lambda: dialog.windowTitle() == "2 unexpected errors")
    assert reporter.dialog is dialog
    dialog.close()
    qtbot.waitUntil(lambda: reporter.dialog is None)


def test_the_same_error_is_shown_once(reporter: CrashReporter, tmp_path: Path, qtbot: QtBot) -> None:
    for _ in range(1000):
        _raise("in every repaint")
    assert len(_log(tmp_path).splitlines()) < 30
    qtbot.waitUntil(lambda: reporter.dialog is not None)
    assert reporter.dialog is not None
    assert reporter.dialog.windowTitle() == "Unexpected error"


def _modal(qtbot: QtBot, window: QMainWindow) -> QDialog:
    """A modal dialog of a window, in front."""
    dialog = QDialog(window)
    dialog.setModal(True)
    dialog.show()
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is dialog)
    return dialog


def _is_usable(dialog: QDialog) -> bool:
    """Whether nothing modal is in the way of a dialog."""
    return dialog.isVisible() and QApplication.activeModalWidget() is dialog


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.show()
    return window


def test_an_error_outlives_the_dialog_it_is_shown_over(
    reporter: CrashReporter, qtbot: QtBot, window: QMainWindow
) -> None:
    over = _modal(qtbot, window)
    _raise("over a dialog")
    qtbot.waitUntil(lambda: reporter.dialog is not None)
    shown = reporter.dialog
    assert shown.parent() is window
    assert _is_usable(shown), "a window beside a modal dialog could not be used"
    over.close()
    over.deleteLater()
    qtbot.waitUntil(lambda: not isValid(over))
    assert shown.isVisible()
    assert shown.sentence.text().endswith("\nValueError: over a dialog")
    _raise("later")
    qtbot.waitUntil(lambda: shown.windowTitle() == "2 unexpected errors")
    assert "ValueError: later" in shown.details.toPlainText()
    shown.close()
    qtbot.waitUntil(lambda: reporter.dialog is None)
    _raise("after that")
    qtbot.waitUntil(lambda: reporter.dialog is not None)
    assert reporter.dialog.windowTitle() == "Unexpected error", "what was closed is not shown again"
    assert not reporter.dialog.isModal()


def test_an_error_comes_over_a_dialog_that_was_opened_since(
    reporter: CrashReporter, qtbot: QtBot, window: QMainWindow
) -> None:
    _raise("before it")
    qtbot.waitUntil(lambda: reporter.dialog is not None)
    shown = reporter.dialog
    over = _modal(qtbot, window)
    thread = threading.Thread(target=_raise, args=("from a thread",))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: shown.windowTitle() == "2 unexpected errors")
    assert reporter.dialog is shown
    assert _is_usable(shown)
    assert all(f"ValueError: {text}" in shown.details.toPlainText() for text in ("before it", "from a thread"))
    _raise("one more")
    qtbot.waitUntil(lambda: shown.windowTitle() == "3 unexpected errors")
    assert _is_usable(shown)
    over.deleteLater()
    qtbot.waitUntil(lambda: not isValid(over))
    assert shown.isVisible()
    assert "ValueError: one more" in shown.details.toPlainText()


def test_errors_of_threads_while_a_dialog_goes_are_all_shown(
    reporter: CrashReporter, qtbot: QtBot, window: QMainWindow
) -> None:
    over = _modal(qtbot, window)
    _raise("first")
    qtbot.waitUntil(lambda: reporter.dialog is not None)
    over.deleteLater()
    thread = threading.Thread(target=_raise, args=("from a thread",))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: "from a thread" in reporter.dialog.details.toPlainText())
    assert reporter.dialog.isVisible()
    assert "ValueError: first" in reporter.dialog.details.toPlainText()


def test_thread_and_destructor(reporter: CrashReporter, caught: list[str], tmp_path: Path, qtbot: QtBot) -> None:
    def work() -> None:
        raise ValueError("in a thread")

    thread = threading.Thread(target=work, name="worker")
    thread.start()
    thread.join()
    error = OSError("in a destructor")
    sys.unraisablehook(types.SimpleNamespace(exc_value=error, err_msg=None, object=thread))  # type: ignore[arg-type]
    assert caught == ["in a thread", "in a destructor"]
    assert "in thread worker" in _log(tmp_path)
    assert "OSError: in a destructor" in _log(tmp_path)
    qtbot.waitUntil(lambda: reporter.dialog is not None)


def test_qt_messages_are_logged_without_a_dialog(
    reporter: CrashReporter, caught: list[str], tmp_path: Path, qtbot: QtBot
) -> None:
    qWarning("something odd")
    assert caught == ["something odd"]
    assert "WARNING Qt: something odd" in _log(tmp_path)
    qtbot.wait(20)
    assert reporter.dialog is None
    assert QtMsgType.QtWarningMsg is not None


def test_keyboard_interrupt_is_not_an_error(reporter: CrashReporter, caught: list[str], tmp_path: Path) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt("stop"), None)
    assert caught == ["stop"]
    assert not (tmp_path / "osisnr_gui.log").exists()


def test_uninstall_gives_the_hooks_back(tmp_path: Path, qapp: object) -> None:
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    reporter = CrashReporter(str(tmp_path))
    reporter.install()
    assert sys.excepthook != before[0]
    reporter.uninstall()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before


def test_install_lasts_until_the_application_quits() -> None:
    script = (
        "import sys; from PySide6.QtCore import QTimer; from PySide6.QtWidgets import QApplication\n"
        "from osisnr_gui.qt import crash\n"
        "app = QApplication([]); assert crash.install() is crash.install()\n"
        "QTimer.singleShot(0, lambda: 1 / 0); QTimer.singleShot(200, app.quit)\n"
        "code = app.exec(); assert sys.excepthook is sys.__excepthook__; raise SystemExit(code)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("ZeroDivisionError") == 1
    assert "ZeroDivisionError" in (Path(log_folder()) / "osisnr_gui.log").read_text("utf-8")


def test_log_has_a_limit_and_survives_a_bad_folder(tmp_path: Path) -> None:
    log = open_log(str(tmp_path / "log"))
    for _ in range(3 * LOG_BYTES // 1000):
        log.error("x" * 1000)
    log.handlers[0].close()
    assert sum(file.stat().st_size for file in (tmp_path / "log").iterdir()) <= (1 + LOG_BACKUPS) * LOG_BYTES
    (tmp_path / "file").write_text("in the way")
    open_log(str(tmp_path / "file")).error("goes nowhere, and raises nothing")
