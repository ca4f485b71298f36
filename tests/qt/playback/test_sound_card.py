"""Formats for devices that take less than everything; the device itself is in `test_real_sound.py`."""

from __future__ import annotations

import threading
import types
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtMultimedia import QAudioFormat
from pytestqt.qtbot import QtBot

from osisnr_gui.qt.playback import sound_card
from osisnr_gui.qt.playback.output import NoOutput
from osisnr_gui.qt.playback.sound_card import SoundCard, _Driver, find_format

Float, Int16 = QAudioFormat.SampleFormat.Float, QAudioFormat.SampleFormat.Int16


class _Device:
    """Takes what `takes` says."""

    def __init__(self, preferred: int, takes: Callable[[QAudioFormat], bool], channels: int = 2) -> None:
        self._preferred, self._takes, self._channels = preferred, takes, channels

    def description(self) -> str:
        return "Speakers"

    def preferredFormat(self) -> QAudioFormat:
        preferred = QAudioFormat()
        preferred.setSampleRate(self._preferred)
        preferred.setChannelCount(self._channels)
        preferred.setSampleFormat(Float)
        return preferred

    def isFormatSupported(self, wanted: QAudioFormat) -> bool:
        return self._takes(wanted)


def _found(device: _Device, rate: int) -> tuple[int, int, QAudioFormat.SampleFormat]:
    found = find_format(device, rate)  # type: ignore[arg-type]
    return found.sampleRate(), found.channelCount(), found.sampleFormat()


@pytest.mark.parametrize(
    ("rate", "preferred", "expected"),
    [
        (16_000, 48_000, 48_000), (16_000, 44_100, 48_000), (8000, 48_000, 48_000), (22_050, 48_000, 44_100),
        (44_100, 48_000, 44_100), (48_000, 44_100, 48_000), (96_000, 48_000, 96_000), (192_000, 48_000, 192_000),
    ],
)  # fmt: skip
def test_a_multiple_of_the_files_rate_is_played(rate: int, preferred: int, expected: int) -> None:
    assert _found(_Device(preferred, lambda _wanted: True), rate) == (expected, 1, Float)


def test_a_device_with_one_rate_and_no_floats_gets_what_it_takes() -> None:
    strict = _Device(44_100, lambda f: (f.sampleRate(), f.channelCount(), f.sampleFormat()) == (44_100, 2, Int16))
    assert _found(strict, 16_000) == (44_100, 2, Int16)


@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize(("kind", "dtype", "scale"), [(Float, np.float32, 1.0), (Int16, np.int16, 32767.0)])
def test_samples_go_out_in_the_devices_format(
    channels: int, kind: QAudioFormat.SampleFormat, dtype: type, scale: float
) -> None:
    wanted = QAudioFormat()
    wanted.setSampleRate(48_000)
    wanted.setChannelCount(channels)
    wanted.setSampleFormat(kind)
    samples = np.linspace(-1.0, 1.0, 100).astype(np.float32)
    driver = _Driver(_Device(48_000, lambda _wanted: True), wanted, None)  # type: ignore[arg-type]
    driver.render = lambda count: samples[:count]
    # Not a whole number of samples: the rest is asked for again.
    data = np.frombuffer(driver.readData(50 * wanted.bytesPerFrame() + 1), dtype).reshape(-1, channels)
    np.testing.assert_allclose(data, np.repeat(samples[:50, None], channels, axis=1) * scale, atol=0.5 * (scale > 1))


class _Hanging:
    """A sink whose server takes the connection and never answers."""

    release = threading.Event()

    def __init__(self, *_: object) -> None:
        pass

    def setBufferSize(self, _size: int) -> None:
        pass

    def start(self, _pull: object) -> None:
        self.release.wait(30)

    def error(self) -> types.SimpleNamespace:
        return types.SimpleNamespace(name="NoError")

    def stop(self) -> None:
        pass

    def deleteLater(self) -> None:
        pass


def test_a_server_that_never_answers_holds_nobody_up(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    device = _Device(48_000, lambda _wanted: True)
    monkeypatch.setattr(sound_card, "find_device", lambda _id: device)
    monkeypatch.setattr(sound_card, "QAudioSink", _Hanging)
    monkeypatch.setattr(sound_card, "OPEN_SECONDS", 0.05)
    _Hanging.release.clear()
    card = SoundCard("", 16_000)
    with pytest.raises(NoOutput, match="Speakers could not be opened: it does not answer"):
        card.start(lambda count: np.zeros(count, np.float32))
    thread = card._thread
    assert thread.isRunning(), "left behind"
    card.close()
    _Hanging.release.set()
    qtbot.waitUntil(thread.isFinished, timeout=10_000)


def test_a_device_that_takes_nothing_is_named() -> None:
    with pytest.raises(NoOutput, match="Speakers"):
        _found(_Device(48_000, lambda _wanted: False), 16_000)
