"""What the player needs of a sound card, without the library behind it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Protocol

from osisnr_gui.platform_check import APT_PACKAGES, missing_library
from osisnr_gui.qt.playback.device import Device, NoOutput
from osisnr_gui.qt.playback.read_ahead import SampleArray
from osisnr_gui.qt.playback.sound_probe import server_answers


class Output(Protocol):
    """An open sound card."""

    rate: int
    name: str
    failed: object  # Signal(str)

    def start(self, render: Callable[[int], SampleArray]) -> None:
        """Ask `render` for samples from now on. Raises NoOutput."""
        ...

    def heard(self) -> float:
        """Index of the sample that is heard now."""
        ...

    def close(self) -> None:
        """Stop asking."""
        ...


class SoundSystem:
    """The sound cards of this machine; the library is loaded at the first question."""

    def __init__(self) -> None:
        self._one_was_lost = False

    def open(self, device_id: str, rate: int) -> Output:
        """Open a device, or the default, at a multiple of `rate` where it can. Raises NoOutput."""
        library = _library()
        if self._one_was_lost and not server_answers():
            raise NoOutput("the sound server does not answer")
        self._one_was_lost = False
        card = library.SoundCard(device_id, rate)
        card.failed.connect(self._lose)
        return card

    def _lose(self, _why: str) -> None:
        self._one_was_lost = True

    def devices(self) -> list[Device]:
        """All of them, the system's default first. Raises NoOutput when the library is not there."""
        return _library().list_devices()


def _library():
    """The module that imports QtMultimedia: late, because starting must be quick, and because it may be missing."""
    try:
        return importlib.import_module("osisnr_gui.qt.playback.sound_card")
    except ImportError as error:
        library = missing_library(str(error))
        if library is None:
            raise NoOutput(f"QtMultimedia cannot be loaded ({error})") from None
        raise NoOutput(
            f"the system library {library} is missing; on Debian and Ubuntu install libpulse0"
            if "pulse" in library
            else f"the system library {library} is missing; on Debian and Ubuntu try: apt-get install {APT_PACKAGES}"
        ) from None
