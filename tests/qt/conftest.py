"""Qt tests leave nothing behind: no window, thread, pool job or running timer; settings are their own."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, QThreadPool, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from osisnr_gui.qt.look.theme import ThemeManager
from osisnr_gui.qt.playback.output import NoOutput, SoundSystem

GRACE_SECONDS = 1.0
# Belongs to Qt, is made at the first tooltip and reused.
_QT_KEEPS = frozenset({"QTipLabel"})


@pytest.fixture(scope="session", autouse=True)
def settled_heap() -> Iterator[None]:
    """Set aside what exists before the first Qt test: modules, and the reports of earlier tests.

    Every test below collects garbage and looks for its timers twice. Nothing a test left behind can be among these
    objects, but walking over all of them took three quarters of a run.
    """
    gc.collect()
    assert not _timers(), "a timer ran before the first test; it would be out of sight now"
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path) -> None:
    """QSettings of this test go to a folder of its own."""
    for kind in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        for scope in (QSettings.Scope.UserScope, QSettings.Scope.SystemScope):
            QSettings.setPath(kind, scope, str(tmp_path / "settings"))


@pytest.fixture(autouse=True)
def no_sound_card(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test plays on the machine it runs on: there is no device, unless it brings one."""

    def refuse(*_: object) -> None:
        raise NoOutput("no sound device was found")

    monkeypatch.setattr(SoundSystem, "open", refuse)
    monkeypatch.setattr(SoundSystem, "devices", lambda _self: [])


@pytest.fixture(autouse=True)
def no_leaks(own_settings: None) -> Iterator[None]:
    """Fail the test that leaves something behind, after a grace of a second.

    Garbage is collected between tests, not during: a collection at a random moment would destroy Qt objects at a
    random moment, and in whichever thread happens to run.
    """
    windows, threads, timers, jobs = _windows(), set(threading.enumerate()), _timers(), _jobs()
    style_sheet = _style_sheet()
    gc.disable()
    yield
    gc.enable()
    checks: dict[str, Callable[[], list[str]]] = {
        "windows": lambda: [_describe(widget) for widget in _windows() - windows],
        "threads": lambda: [thread.name for thread in _threads() - threads],
        "pool jobs": lambda: [f"{_jobs()} in the global pool"] if _jobs() > jobs else [],
        "style sheet": lambda: ["on the application"] if _style_sheet() != style_sheet else [],
        "timers": lambda: [f"{timer!r} of {timer.parent()!r}" for timer in _timers() - timers],
    }
    gc.collect()
    stop = time.monotonic() + GRACE_SECONDS
    while left := {what: found for what, check in checks.items() if (found := check())}:
        if time.monotonic() > stop:
            pytest.fail(f"left behind: {left}", pytrace=False)
        _settle()
        gc.collect()
    # A closed window's Python objects may live on, held by a lambda; the next test need not walk over them.
    gc.freeze()


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[QApplication]:
    """The application in its dark clothes, as the window wears them; afterwards in those it had."""
    before = qapp.style().name(), qapp.font(), qapp.palette(), qapp.styleSheet()
    themes = ThemeManager("dark")
    themes.apply(qapp)
    yield qapp
    themes.deleteLater()
    qapp.setStyle(before[0])
    qapp.setFont(before[1])
    qapp.setPalette(before[2])
    qapp.setStyleSheet(before[3])


def _settle() -> None:
    """Let Qt finish what was asked for, deleteLater() included, which processEvents() alone leaves alone."""
    if QCoreApplication.instance() is not None:
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    time.sleep(0.01)


def _windows() -> set[QWidget]:
    if not isinstance(QApplication.instance(), QApplication):
        return set()
    return {widget for widget in QApplication.topLevelWidgets() if widget.metaObject().className() not in _QT_KEEPS}


def _style_sheet() -> str:
    app = QApplication.instance()
    return app.styleSheet() if isinstance(app, QApplication) else ""


def _threads() -> set[threading.Thread]:
    """Python threads. A thread of Qt that once ran Python is listed for ever, as a dummy: it says nothing."""
    return {thread for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)}


def _jobs() -> int:
    return QThreadPool.globalInstance().activeThreadCount()


def _timers() -> set[QTimer]:
    # Not isinstance(): it would ask every proxy object in the process for its __class__.
    found = (thing for thing in gc.get_objects() if issubclass(type(thing), QTimer))
    return {timer for timer in found if isValid(timer) and timer.isActive()}


def _describe(widget: QWidget) -> str:
    return f"{widget.metaObject().className()} {widget.objectName() or widget.windowTitle()!r}"
