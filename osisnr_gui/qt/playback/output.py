"""The sound cards of this machine, without the library behind them, which may be missing, and what plays on them."""

import contextlib
import importlib
import os
import socket
import struct
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QObject, Signal

from osisnr_gui.io.errors import FileError, OverwrittenError
from osisnr_gui.platform_check import APT_PACKAGES, missing_library
from osisnr_gui.qt.playback.engine import Engine, Seek, Span
from osisnr_gui.qt.playback.read_ahead import ReadAhead
from osisnr_gui.qt.plots.time_link import TimeSpan
from osisnr_gui.session.sound.listening import Recipe
from osisnr_gui.session.sound.sound_feed import Band, SoundFeed
from osisnr_gui.text.catalogue import _
from osisnr_gui.text.files import error_words

if TYPE_CHECKING:
    from osisnr_gui.qt.playback.sound_card import SoundCard

# `pipewire` alone is no such server, and every filter chain is called so.
_SERVERS = frozenset({b"pulseaudio", b"pipewire-pulse"})

SILENT_BLOCK = 1024

Identity = frozenset[tuple[str, bytes]]


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

    def open(self, device_id: str, rate: int) -> "SoundCard":
        """Open a device, or the default, at a multiple of `rate` where it can. Raises NoOutput."""
        with self._asking() as library:
            card: SoundCard = library.SoundCard(device_id, rate)
        card.failed.connect(self._lose)
        return card

    def devices(self) -> list[Device]:
        """All of them, the system's default first. Raises NoOutput when the library is not there."""
        with self._asking() as library:
            devices: list[Device] = library.list_devices()
        return devices

    def _lose(self, _why: str) -> None:
        # Where no server is seen, one on another machine say, nobody can tell whether it is still there.
        self._was_lost = self._was_lost or self._servers == frozenset()

    @contextmanager
    def _asking(self) -> Iterator[ModuleType]:
        """The library, if it can still be asked. Raises NoOutput."""
        self._was_lost = self._was_lost or (self._was_asked and find_servers() != self._servers)
        if self._was_lost:
            words = _("the sound server is not the one it was; start the program again to hear anything")
            if not self._servers:
                words = _(
                    "the sound server is not the one it was, or could not be told apart; "
                    "start the program again to hear anything"
                )
            raise NoOutput(words)
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
            raise NoOutput(_("QtMultimedia cannot be loaded ({error})").format(error=error)) from None
        words = _("the system library {library} is missing; on Debian and Ubuntu try: apt-get install {packages}")
        if "pulse" in library:
            words = _("the system library {library} is missing; on Debian and Ubuntu install libpulse0")
        raise NoOutput(words.format(library=library, packages=APT_PACKAGES)) from None


def find_servers() -> Identity | None:
    """Process number and start time of the server behind the socket, else of all of this user; empty: none is seen.

    libpulse ends the process that asks it for anything after its server died, even if another one has come in its
    place. So whoever has used it must know, without asking it, whether the server is still the same.

    None on systems whose sound libraries survive their servers. A server of another machine is not seen, and one whose
    socket systemd has opened is told by its name.
    """
    if not sys.platform.startswith("linux"):
        return None
    return _servers_among([_listener()]) or _servers_among(filter(str.isdigit, os.listdir("/proc")))


def _servers_among(processes: Iterable[str]) -> Identity:
    found = []
    for process in processes:
        with contextlib.suppress(OSError):  # one that has just ended
            folder = Path("/proc", process)
            if folder.stat().st_uid == os.getuid() and (folder / "comm").read_bytes().strip() in _SERVERS:
                found.append((process, (folder / "stat").read_bytes().rpartition(b")")[2].split()[19]))
    return frozenset(found)


def _listener() -> str:
    """The process that opened the server's socket; "0" where nobody answers there."""
    named = os.environ.get("PULSE_SERVER", "").removeprefix("unix:")
    path = named or os.path.join(os.environ.get("XDG_RUNTIME_DIR", ""), "pulse", "native")
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(0.05)
        try:
            connection.connect(path)
            credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        except (OSError, ValueError):
            return "0"
    return str(struct.unpack("3i", credentials)[0])


class SilentCard:
    """Where there is no device: whenever it is asked, the samples that are due by then are made and dropped."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._started = engine, time.perf_counter()

    def heard(self) -> float:
        """Make and drop the samples that are due; the index of the one that would be heard now."""
        engine = self._engine
        due = round((time.perf_counter() - self._started) * engine.rate)
        late = due - engine.index - engine.rate
        if late > 0:  # the machine slept, or the window was busy: nobody hears what was missed
            self._started += late / engine.rate
            due -= late
        while (left := due - engine.index) > 0:
            engine.render(min(left, SILENT_BLOCK))
        return float(engine.index)

    def close(self) -> None:
        """There is nothing to close."""


class Deck(QObject):
    """Plays a recipe on a device, or in silence. Times are seconds from the recipe's first sample.

    Opened by the first `load`; until then nothing is read and no sound library is there.
    problem : why there was no device when it was last opened.
    """

    failed = Signal(str)  # the device stopped by itself

    def __init__(self, system: SoundSystem, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.system = system
        self.problem = ""
        self.output: SoundCard | SilentCard | None = None  # before there is one, `engine` is silent
        self.engine = Engine(1)
        self._rate = 1  # of the recipe
        self._loaded: tuple[Recipe, Band | None] | None = None
        self._supply: ReadAhead | None = None
        self._retired: list[ReadAhead] = []

    @property
    def error(self) -> str:
        """Why a file cannot be read; empty while all can, and for one that was overwritten: reloaded, it plays on."""
        problem = None if self._supply is None else self._supply.error
        if problem is None or isinstance(problem, OverwrittenError):
            return ""
        return error_words(problem) if isinstance(problem, FileError) else str(problem)

    def load(self, device_id: str, recipe: Recipe, band: Band | None) -> None:
        """Be ready to play this; what is there already is kept."""
        if self.output is not None and self._rate != recipe.rate:
            self.close()
        if self.output is None:
            try:
                card, self.problem = self.system.open(device_id, recipe.rate), ""
                card.failed.connect(self.failed)
                self.engine = Engine(card.rate)
                card.start(self.engine.render)
                self.output = card
            except NoOutput as reason:
                self.problem, self.engine = str(reason), Engine(recipe.rate)
                self.output = SilentCard(self.engine)
        if (recipe, band) != self._loaded or (self._supply is not None and self._supply.error is not None):
            self._rate, self._loaded = recipe.rate, (recipe, band)
            if self._supply is not None:
                self._retired.append(self._supply)
            open_feed = partial(SoundFeed, recipe, self.engine.rate, band)
            self._supply = ReadAhead(open_feed, self._samples(self.heard()[0]))

    def ask(self, loop: TimeSpan | None, stop_at: float | None, **wish: Any) -> None:
        """Replace the engine's wish; `wish` : its other fields as they are."""
        span = None
        if loop is not None:
            start = self._samples(loop.start)
            span = Span(start, max(self._samples(loop.stop), start + 4 * self.engine.fade))
        stop = None if stop_at is None else self._samples(stop_at)
        self.engine.wish = replace(self.engine.wish, supply=self._supply, loop=span, stop_at=stop, **wish)

    def seek(self, seconds: float) -> None:
        """Go there, playing or not."""
        wish = self.engine.wish
        self.engine.wish = replace(wish, seek=Seek(wish.seek.serial + 1, self._samples(seconds)))

    def heard(self) -> tuple[float, bool]:
        """Seconds of what is heard now, and whether it moves: in silence this is where it goes on."""
        if self.output is None:
            return 0.0, False
        position, speed = self.engine.position_at(self.output.heard())
        return position / self.engine.rate, speed > 0

    def tidy(self) -> None:
        """Close files that are not heard any more."""
        for supply in [supply for supply in self._retired if not self.engine.uses(supply)]:
            self._retired.remove(supply)
            supply.close(wait=False)

    def close(self) -> None:
        """Close the device and all files; the next `load` opens them again."""
        if self.output is not None:
            self.output.close()
        for supply in (*self._retired, *([] if self._supply is None else [self._supply])):
            supply.close()
        self.output = self._supply = self._loaded = None
        self._retired = []
        self.engine = Engine(1)

    def _samples(self, seconds: float) -> int:
        """The device's sample at a time, always one of the recipe's own."""
        return round(seconds * self._rate) * self.engine.rate // self._rate
