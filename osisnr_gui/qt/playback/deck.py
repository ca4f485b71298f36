"""Engine, reading thread and sound card, kept together: what the player hands its wishes to."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from osisnr_gui.io.errors import FileError, OverwrittenError
from osisnr_gui.qt.playback.engine import Engine, Seek, Span
from osisnr_gui.qt.playback.output import SoundSystem
from osisnr_gui.qt.playback.read_ahead import ReadAhead
from osisnr_gui.qt.plots.time_link import TimeSpan
from osisnr_gui.session.sound.listening import Recipe
from osisnr_gui.session.sound.sound_feed import Band, SoundFeed
from osisnr_gui.text.files import error_words

if TYPE_CHECKING:
    from osisnr_gui.qt.playback.sound_card import SoundCard


class Deck(QObject):
    """Plays a recipe on a device. Times are seconds from the recipe's first sample.

    Opened by the first `load`; until then nothing is read and no sound library is there.
    """

    failed = Signal(str)  # the device stopped by itself

    def __init__(self, system: SoundSystem, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.system = system
        self._output: SoundCard | None = None
        self.engine = Engine(1)
        self._rate = 1  # of the recipe
        self._loaded: tuple[Recipe, Band | None] | None = None
        self._supply: ReadAhead | None = None
        self._retired: list[ReadAhead] = []

    @property
    def is_open(self) -> bool:
        """Whether there is a device; `engine` is a silent one before."""
        return self._output is not None

    @property
    def error(self) -> str:
        """Why a file cannot be read; empty while all can, and for one that was overwritten: reloaded, it plays on."""
        problem = None if self._supply is None else self._supply.error
        if problem is None or isinstance(problem, OverwrittenError):
            return ""
        return error_words(problem) if isinstance(problem, FileError) else str(problem)

    def load(self, device_id: str, recipe: Recipe, band: Band | None) -> None:
        """Be ready to play this; what is there already is kept. Raises NoOutput."""
        if self._output is not None and self._rate != recipe.rate:
            self.close()
        if self._output is None:
            output = self.system.open(device_id, recipe.rate)
            self.engine = Engine(output.rate)
            output.start(self.engine.render)
            output.failed.connect(self.failed)
            self._output = output
        broken = self._supply is not None and self._supply.error is not None
        if (recipe, band) != self._loaded or broken:
            self._rate, self._loaded = recipe.rate, (recipe, band)
            if self._supply is not None:
                self._retired.append(self._supply)
            open_feed = partial(SoundFeed, recipe, self.engine.rate, band)
            self._supply = ReadAhead(open_feed, self._samples(self.heard()[0]))

    def ask(self, loop: TimeSpan | None, stop_at: float | None, **wish: Any) -> None:
        """Replace the engine's wish; `wish` : its other fields as they are."""
        self.engine.wish = replace(
            self.engine.wish,
            supply=self._supply,
            loop=None if loop is None else self._span(loop),
            stop_at=None if stop_at is None else self._samples(stop_at),
            **wish,
        )

    def seek(self, seconds: float) -> None:
        """Go there, playing or not."""
        wish = self.engine.wish
        self.engine.wish = replace(wish, seek=Seek(wish.seek.serial + 1, self._samples(seconds)))

    def heard(self) -> tuple[float, bool]:
        """Seconds of what is heard now, and whether it moves: in silence this is where it goes on."""
        if self._output is None:
            return 0.0, False
        position, speed = self.engine.position_at(self._output.heard())
        return position / self.engine.rate, speed > 0

    def tidy(self) -> None:
        """Close files that are not heard any more."""
        for supply in [supply for supply in self._retired if not self.engine.uses(supply)]:
            self._retired.remove(supply)
            supply.close(wait=False)

    def close(self) -> None:
        """Close the device and all files; the next `load` opens them again."""
        if self._output is not None:
            self._output.close()
        for supply in (*self._retired, *([] if self._supply is None else [self._supply])):
            supply.close()
        self._output = self._supply = self._loaded = None
        self._retired = []
        self.engine = Engine(1)

    def _samples(self, seconds: float) -> int:
        """The device's sample at a time, always one of the recipe's own."""
        return round(seconds * self._rate) * self.engine.rate // self._rate

    def _span(self, loop: TimeSpan) -> Span:
        start = self._samples(loop.start)
        return Span(start, max(self._samples(loop.stop), start + 4 * self.engine.fade))
