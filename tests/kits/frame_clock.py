"""How long the window takes from an event to its picture, and how long the GUI thread is away."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget

BEAT_MS = 5
STALL_SECONDS = 10.0


class Frame(NamedTuple):
    """Milliseconds a frame took, and those of them in which the GUI thread computed: it may wait for a processor."""

    took: float
    computing: float


def surface(widget: QWidget) -> QWidget:
    """What a widget paints and has its mouse on: the viewport of a plot, or itself."""
    return widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget


class FrameClock(QObject):
    """Counts paint events of the widgets it watches, and times what makes them paint."""

    def __init__(self, widgets: Iterable[QWidget]) -> None:
        super().__init__()
        self._painted = {}
        for widget in map(surface, widgets):
            self._painted[id(widget)] = 0
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count."""
        if event.type() == QEvent.Type.Paint:
            self._painted[id(watched)] += 1
        return False

    def time(self, act: Callable[[], object]) -> Frame:
        """From before `act` until every widget has painted since."""
        before = dict(self._painted)
        started, work = time.perf_counter(), time.thread_time()
        act()
        while any(self._painted[key] == count for key, count in before.items()):
            QApplication.processEvents()
            assert time.perf_counter() - started < STALL_SECONDS, "nothing was painted"
        return Frame(1000 * (time.perf_counter() - started), 1000 * (time.thread_time() - work))


class Heartbeat:
    """`with Heartbeat() as beat:` gaps between the beats of a timer on the GUI thread, in ms.

    `work` is what the GUI thread itself computed in each gap: the rest it slept, or waited for the processor.
    """

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self.work: list[float] = []
        self._last = self._last_work = 0.0
        self._timer = QTimer(interval=BEAT_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def __enter__(self) -> Heartbeat:
        self._last, self._last_work = time.perf_counter(), time.thread_time()
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.stop()

    def _beat(self) -> None:
        now, work = time.perf_counter(), time.thread_time()
        self.gaps.append(1000 * (now - self._last))
        self.work.append(1000 * (work - self._last_work))
        self._last, self._last_work = now, work


def percentiles(milliseconds: list[float]) -> dict[str, float]:
    """p50, p95, p99 and max, as columns of a table."""
    p50, p95, p99 = np.percentile(milliseconds, [50, 95, 99])
    return {"p50 ms": float(p50), "p95 ms": float(p95), "p99 ms": float(p99), "max ms": max(milliseconds)}


def frame_columns(frames: list[Frame]) -> dict[str, float]:
    """Percentiles of what frames took, and the 95th of what was computed, as columns of a table."""
    computing = percentiles([frame.computing for frame in frames])
    return {**percentiles([frame.took for frame in frames]), "computing p95 ms": computing["p95 ms"]}


def turn_wheel(widget: QWidget, notches: float, at: float = 0.5) -> None:
    """Turn the wheel over a widget, `at` this part of its width."""
    widget = surface(widget)
    place = QPointF(widget.width() * at, widget.height() / 2)
    angle = QPoint(0, round(120 * notches))
    modifiers, phase = Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(
        place, widget.mapToGlobal(place), QPoint(), angle, Qt.MouseButton.NoButton, modifiers, phase, False
    )
    QApplication.sendEvent(widget, event)


class Drag:
    """The mouse held down on a widget; positions are pixels from its middle."""

    def __init__(self, widget: QWidget, button: Qt.MouseButton) -> None:
        self._widget, self._button = surface(widget), button
        self._send(QEvent.Type.MouseButtonPress, 0.0, button, button)

    def move(self, x: float) -> None:
        """Move to `x`."""
        self._send(QEvent.Type.MouseMove, x, Qt.MouseButton.NoButton, self._button)

    def end(self, x: float) -> None:
        """Let go at `x`."""
        self._send(QEvent.Type.MouseButtonRelease, x, self._button, Qt.MouseButton.NoButton)

    def _send(self, kind: QEvent.Type, x: float, button: Qt.MouseButton, buttons: Qt.MouseButton) -> None:
        place = QPointF(self._widget.width() / 2 + x, self._widget.height() / 2)
        event = QMouseEvent(
            kind, place, self._widget.mapToGlobal(place), button, buttons, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(self._widget, event)
