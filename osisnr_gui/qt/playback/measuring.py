"""The mixture's gain on the reference, measured on a thread when a loudness match first needs it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from PySide6.QtCore import QObject, Qt, Signal, Slot

from osisnr_gui.io.errors import Cancelled, LoadError
from osisnr_gui.qt.background import step_back
from osisnr_gui.session.sound.listening import Recipe, Sound, SoundKind, measure_gain

REFERENCE, MIXTURE = Sound(SoundKind.REFERENCE), Sound(SoundKind.MIXTURE)


class GainMeasuring(QObject):
    """Remembers the last pair of files that was measured."""

    measured = Signal()
    _done = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool: ThreadPoolExecutor | None = None
        self._cancel = threading.Event()
        self._asked: object = None
        self._gains: dict[object, float | None] = {}
        self._done.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def gain(self, recipe: Recipe) -> float | None:
        """Least-squares gain of the recipe's mixture, None while it is not known; `measured` when it is."""
        files = {sound: (source, stamp) for sound, source, stamp in recipe.files}
        if REFERENCE not in files or MIXTURE not in files:
            return None
        key = files[REFERENCE], files[MIXTURE], recipe.rate
        if key in self._gains:
            return self._gains[key]
        if key != self._asked:
            self._cancel.set()
            self._cancel = threading.Event()
            self._asked = key
            if self._pool is None:
                self._pool = ThreadPoolExecutor(1, thread_name_prefix="gain", initializer=step_back)
            self._pool.submit(self._measure, key, self._cancel)
        return None

    def close(self) -> None:
        """Stop and wait."""
        self._cancel.set()
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _measure(self, key: tuple, cancel: threading.Event) -> None:
        (reference, _), (mixture, _), rate = key
        try:
            gain = measure_gain(reference, mixture, rate, cancel.is_set)
        except Cancelled:
            return
        except LoadError:
            gain = None  # the track itself says what is wrong with it
        self._done.emit(key, gain)

    @Slot(object, object)
    def _take(self, key: object, gain: float | None) -> None:
        self._gains = {key: gain}
        self.measured.emit()
