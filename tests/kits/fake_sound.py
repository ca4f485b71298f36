"""A sound card that is not there: the test says when samples are asked for, and keeps all it got."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from osisnr_gui.qt.playback.output import Device, NoOutput

BLOCK = 256
WAIT = 10.0


class FakeCard(QObject):
    """An open device; `heard` lags behind what was asked for by `latency` samples."""

    failed = Signal(str)

    def __init__(self, name: str, rate: int) -> None:
        super().__init__()
        self.name, self.rate = name, rate
        self.samples = np.empty(0, np.float32)
        self.latency = 0
        self.closed = False
        self._render: Callable[[int], np.ndarray] | None = None

    def start(self, render: Callable[[int], np.ndarray]) -> None:
        """Nothing is asked for before `pull`."""
        self._render = render

    def heard(self) -> float:
        """By count."""
        return float(self.samples.size - self.latency)

    def close(self) -> None:
        """Nobody asks any more."""
        self.closed = True

    def pull(self, count: int) -> np.ndarray:
        """Ask for samples as a device does, in small blocks."""
        assert self._render is not None
        assert not self.closed
        start = self.samples.size
        while (left := start + count - self.samples.size) > 0:
            self.samples = np.concatenate((self.samples, self._render(min(BLOCK, left))))
        return self.samples[start:]

    def pull_until(self, condition: Callable[[], bool]) -> None:
        """Ask for blocks until something has happened; reading threads get the time they need."""
        stop = time.monotonic() + WAIT
        while not condition():
            assert time.monotonic() < stop, "nothing came of it"
            self.pull(BLOCK)
            QApplication.processEvents()
            time.sleep(0.001)

    def pull_sound(self) -> None:
        """Ask until it sounds."""
        self.pull_until(lambda: bool(self.samples[-BLOCK:].any()))


class FakeSystem:
    """Stands for `SoundSystem`. `names` : devices, the default first. `problem` : why there are none."""

    def __init__(self, *names: str, factor: int = 1) -> None:
        self.names = list(names or ("Speakers",))
        self.factor = factor
        self.problem = ""
        self.opened: list[FakeCard] = []

    @property
    def card(self) -> FakeCard:
        """The device opened last."""
        return self.opened[-1]

    def open(self, device_id: str, rate: int) -> FakeCard:
        """As `SoundSystem.open`."""
        if self.problem or not self.names:
            raise NoOutput(self.problem or "no sound device was found")
        card = FakeCard(device_id if device_id in self.names else self.names[0], rate * self.factor)
        self.opened.append(card)
        return card

    def devices(self) -> list[Device]:
        """As `SoundSystem.devices`."""
        if self.problem:
            raise NoOutput(self.problem)
        return [Device(name, name) for name in self.names]
