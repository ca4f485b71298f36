"""The mixture's gain on the reference, measured on a thread when a loudness match first needs it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from osisnr_gui.io.errors import Cancelled, LoadError
from osisnr_gui.qt.plots.latest_job import LatestJob, Report, Superseded
from osisnr_gui.session.sound.listening import Recipe, Sound, SoundKind, measure_gain

REFERENCE, MIXTURE = Sound(SoundKind.REFERENCE), Sound(SoundKind.MIXTURE)


class GainMeasuring(QObject):
    """Remembers the last pair of files that was measured."""

    measured = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job = LatestJob("gain", self)
        self._job.reported.connect(self._take)
        self._asked: object = None
        self._gains: dict[object, float | None] = {}

    def gain(self, recipe: Recipe) -> float | None:
        """Least-squares gain of the recipe's mixture, None while it is not known; `measured` when it is."""
        files = {sound: (source, stamp) for sound, source, stamp in recipe.files}
        if REFERENCE not in files or MIXTURE not in files:
            return None
        key = files[REFERENCE], files[MIXTURE], recipe.rate
        if key not in self._gains and key != self._asked:
            self._asked = key
            self._job.start(partial(_measure, key))
        return self._gains.get(key)

    def close(self) -> None:
        """Stop and wait."""
        self._job.close()

    def _take(self, result: tuple[object, float | None]) -> None:
        self._gains = dict([result])
        self.measured.emit()


def _measure(key: tuple, report: Report, superseded: Superseded) -> None:
    (reference, _), (mixture, _), rate = key
    try:
        gain = measure_gain(reference, mixture, rate, superseded)
    except Cancelled:
        return
    except LoadError:
        gain = None  # the track itself says what is wrong with it
    report((key, gain))
