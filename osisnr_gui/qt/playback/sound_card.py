"""A sound card through QtMultimedia, which is imported here and nowhere else, at the first wish to hear something.

The sink runs on a thread of its own, so that no painting keeps it waiting, with a buffer of some hundredths of a
second: what is asked for is heard soon. It stays open and plays silence between two sounds, because the first sound
after opening may be late by a second.
"""

import threading
import time
from collections.abc import Callable
from itertools import product

import numpy as np
from PySide6.QtCore import QIODevice, QObject, Qt, QThread, QTimer, Signal
from PySide6.QtMultimedia import QAudioDevice, QAudioFormat, QAudioSink, QMediaDevices

from osisnr_gui.qt.playback.output import Device, NoOutput
from osisnr_gui.qt.playback.read_ahead import SampleArray
from osisnr_gui.text.catalogue import _

# Qt's own buffer, behind which the server keeps another one of its own. Half of it runs dry on a busy machine now and
# then, twice of it is more delay than a switch should have.
BUFFER_SECONDS = 0.064
SERVER_SAMPLES = 1024
CHECK_MS = 250
# A sink whose device or server is gone just asks for no more samples. A new one may take its time.
STALLED_SECONDS, SLOW_START_SECONDS = 2.0, 4.0
STARTED_SECONDS = 0.2
OPEN_SECONDS = 4.0
LEAST_RATE, HIGHEST_RATE = 44_100, 96_000

Render = Callable[[int], SampleArray]


def list_devices() -> list[Device]:
    """All sound cards, the system's default first."""
    default = QMediaDevices.defaultAudioOutput()
    found = [default] + [device for device in QMediaDevices.audioOutputs() if device.id() != default.id()]
    return [Device(_id(device), device.description()) for device in found if not device.isNull()]


def _id(device: QAudioDevice) -> str:
    return bytes(device.id().data()).decode("utf-8", "replace")


def find_device(device_id: str) -> QAudioDevice:
    """The device with this id, else the system's default. Raises NoOutput when there is none at all."""
    named = [device for device in QMediaDevices.audioOutputs() if device_id and _id(device) == device_id]
    device = (*named, QMediaDevices.defaultAudioOutput())[0]
    if device.isNull():
        raise NoOutput(_("no sound device was found"))
    return device


def find_format(device: QAudioDevice, rate: int) -> QAudioFormat:
    """What the device takes and is nearest to one channel of float samples at a multiple of `rate`.

    A multiple keeps all samples; at a high rate the server's buffer, counted in samples, is short.
    """
    preferred = device.preferredFormat()
    multiples = [rate * k for k in range(1, 13) if LEAST_RATE <= rate * k <= HIGHEST_RATE] or [rate]
    multiples.sort(key=lambda r: (r != preferred.sampleRate(), r))
    kind = QAudioFormat.SampleFormat
    rates, channels = (*multiples, preferred.sampleRate()), (1, preferred.channelCount())
    for sample_rate, n_channels, sample_format in product(rates, channels, (kind.Float, kind.Int16)):
        wanted = QAudioFormat()
        wanted.setSampleRate(sample_rate)
        wanted.setChannelCount(n_channels)
        wanted.setSampleFormat(sample_format)
        if device.isFormatSupported(wanted):
            return wanted
    words = _("the sound device {name} takes none of the formats this program can give it")
    raise NoOutput(words.format(name=device.description()))


class SoundCard(QObject):
    """One open sink. `failed` when it stopped by itself: the device is gone, or the server."""

    failed = Signal(str)
    _stop = Signal()

    def __init__(self, device_id: str, rate: int) -> None:
        """Raises NoOutput when nothing can be opened."""
        super().__init__()
        device = find_device(device_id)
        self._format = find_format(device, rate)
        self.rate = self._format.sampleRate()
        self.name = device.description()
        self._thread = QThread()
        self._driver = _Driver(device, self._format, self._thread)
        self._driver.moveToThread(self._thread)
        self._driver.failed.connect(self.failed)
        self._stop.connect(self._driver.stop, Qt.ConnectionType.BlockingQueuedConnection)

    def start(self, render: Render) -> None:
        """Ask `render` for samples from now on, on the sink's thread. Raises NoOutput when it cannot be opened."""
        self._driver.render = render
        self._thread.started.connect(self._driver.start)
        self._thread.start(QThread.Priority.TimeCriticalPriority)
        if not self._driver.ready.wait(OPEN_SECONDS) or self._driver.problem:
            problem = self._driver.problem or _("it does not answer")
            self.close()
            words = _("the sound device {name} could not be opened: {problem}")
            raise NoOutput(words.format(name=self.name, problem=problem))

    def heard(self) -> float:
        """The index of the sample that is heard now, by the count of what went to the server."""
        seconds, processed = self._driver.clock
        since = (time.perf_counter() - seconds) * self.rate
        return processed + min(since, SERVER_SAMPLES) - SERVER_SAMPLES

    def close(self) -> None:
        """Stop and wait for the thread; one that hangs in a server which never answers is left behind."""
        if self._thread.isRunning():
            if self._driver.ready.is_set():
                self._stop.emit()
            self._thread.requestInterruption()
            self._thread.quit()
            if self._driver.ready.is_set():
                self._thread.wait()


class _Driver(QIODevice):
    """What the sink reads from, on its thread: samples in the device's format, without an end."""

    failed = Signal(str)

    def __init__(self, device: QAudioDevice, wanted: QAudioFormat, thread: QThread) -> None:
        super().__init__()
        self._thread = thread  # lives as long as anything runs on it
        self._device, self._format, self._name = device, wanted, device.description()
        self._floats = wanted.sampleFormat() == QAudioFormat.SampleFormat.Float
        self.render: Render = lambda count: np.zeros(count, np.float32)
        #: Seconds of the process's clock, and how many samples had gone to the server then.
        self.clock = time.perf_counter(), 0.0
        self.ready = threading.Event()
        self.problem = ""
        self._sink: QAudioSink | None = None
        self._check: QTimer | None = None
        self._moved = time.perf_counter(), 0.0  # when the count last grew, and to how many seconds

    def start(self) -> None:
        """Open the sink."""
        sink = self._sink = QAudioSink(self._device, self._format)
        sink.setBufferSize(self._format.bytesForDuration(round(BUFFER_SECONDS * 1e6)))
        # Qt's own read buffer would add thousands of samples of delay.
        self.open(QIODevice.OpenModeFlag.ReadOnly | QIODevice.OpenModeFlag.Unbuffered)
        sink.start(self)
        if sink.error().name != "NoError":  # the enum has moved from one namespace to another
            self.problem = _("the system refused it")
        elif not self._thread.isInterruptionRequested():  # closed while the server did not answer
            self._check = QTimer(self, interval=CHECK_MS)
            self._check.timeout.connect(self._look)
            self._check.start()
        self.ready.set()

    def stop(self) -> None:
        """Close the sink; everything that belongs to this thread is gone afterwards."""
        for part in (self._check, self._sink):
            if part is not None:
                part.stop()
                part.deleteLater()
        self._check = self._sink = None
        self.close()

    def _look(self) -> None:
        """Whether the sink still runs. Its own signal cannot be used from Python: the type of its state is unknown."""
        if self._sink is None or self._check is None:
            return
        now, processed = time.perf_counter(), self._sink.processedUSecs() * 1e-6
        if processed != self._moved[1]:
            self._moved = now, processed
        limit = STALLED_SECONDS if processed > STARTED_SECONDS else SLOW_START_SECONDS
        if self._sink.state().name == "StoppedState" or now - self._moved[0] > limit:
            self._check.stop()
            self.failed.emit(_("the sound device {name} does not answer any more").format(name=self._name))

    def readData(self, most: int) -> bytes:
        """As many whole samples as were asked for; how far the server is, is noted at every call."""
        if self._sink is not None:
            self.clock = (time.perf_counter(), self._sink.processedUSecs() * 1e-6 * self._format.sampleRate())
        samples = np.repeat(self.render(most // self._format.bytesPerFrame()), self._format.channelCount())
        if self._floats:
            return bytes(samples)
        return bytes(np.rint(samples * 32767.0).astype(np.int16))

    def writeData(self, _data: bytes | bytearray | memoryview, _length: int) -> int:
        """Nothing is written here."""
        return -1

    def bytesAvailable(self) -> int:
        """There is always more; the sink does not ask for samples otherwise."""
        return 1 << 20

    def isSequential(self) -> bool:
        """It cannot be wound back."""
        return True
