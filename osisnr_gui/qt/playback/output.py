"""The sound cards of this machine, without the library behind them, which may be missing."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from osisnr_gui.platform_check import APT_PACKAGES, missing_library
from osisnr_gui.qt.playback.sound_server import Identity, find_servers

if TYPE_CHECKING:
    from osisnr_gui.qt.playback.sound_card import SoundCard


class NoOutput(Exception):  # noqa: N818 - an answer: nothing can be heard, and why
    """Nothing can be heard; `str()` says why, in words that follow "Nothing can be heard:"."""


class Device(NamedTuple):
    """A sound card: an id to remember and a name to show."""

    id: str
    name: str


class SoundSystem:
    """The sound cards of this machine; the library is loaded at the first question.

    Once its server went away the library is not asked again: it would end the program.
    """

    def __init__(self) -> None:
        self._servers: Identity | None = None  # those there were when the library was asked last
        self._was_asked = self._was_lost = False

    def open(self, device_id: str, rate: int) -> SoundCard:
        """Open a device, or the default, at a multiple of `rate` where it can. Raises NoOutput."""
        with self._asking() as library:
            card = library.SoundCard(device_id, rate)
        card.failed.connect(self._lose)
        return card

    def devices(self) -> list[Device]:
        """All of them, the system's default first. Raises NoOutput when the library is not there."""
        with self._asking() as library:
            return library.list_devices()

    def _lose(self, _why: str) -> None:
        # Where no server is seen, one on another machine say, nobody can tell whether it is still there.
        self._was_lost = self._was_lost or self._servers == frozenset()

    @contextmanager
    def _asking(self) -> Iterator[ModuleType]:
        """The library, if it can still be asked. Raises NoOutput."""
        self._was_lost = self._was_lost or (self._was_asked and find_servers() != self._servers)
        if self._was_lost:
            unsure = "" if self._servers else ", or could not be told apart"
            raise NoOutput(f"the sound server is not the one it was{unsure}; start the program again to hear anything")
        library = _library()
        self._was_asked = True
        try:
            yield library
        finally:
            self._servers = find_servers()  # the first question may have started one


def _library() -> ModuleType:
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
