"""What is played, from where, and how loud: the state of playback, and the only one who changes it.

Everything is lazy: no file is opened and no sound library loaded before something is to be heard. Times are those of
the plots, whose axis begins at the reference's first sample.
"""

import math
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from osisnr_gui.qt.jobs import Jobs
from osisnr_gui.qt.playback.output import Deck, SoundSystem
from osisnr_gui.qt.plots.time_link import TimeLink, TimeSpan
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.session import Session, Source
from osisnr_gui.session.sound import listening
from osisnr_gui.session.sound.listening import Match, ResidualScale, Sound, SoundKind
from osisnr_gui.session.sound.sound_feed import Band
from osisnr_gui.session.tracks import Stamp
from osisnr_gui.text.catalogue import _

# After a stop the playhead follows what is still on its way to the ear, for this many ticks.
SETTLE_TICKS = 20
SHORTEST_LOOP = 0.3  # seconds; a loop that is started for the user, of a segment of a few frames, is a buzz otherwise
LOUDER_DB = 20.0  # a residual that is made louder
LEAST_LEFT = 0.02  # seconds before the end from which playing begins anew

_File = tuple[Source, Stamp | None]
_GainKey = tuple[_File, _File, int]  # reference, mixture, and the rate


class Player(QObject):
    """Read its fields freely; `changed` when anything but the playhead, which is the TimeLink's, did."""

    changed = Signal()
    said = Signal(str)  # a sentence for the user

    def __init__(self, link: TimeLink, system: SoundSystem | None = None) -> None:
        super().__init__()
        self.link = link
        self.deck = Deck(system or SoundSystem(), self)
        self.deck.failed.connect(self._reopen)
        self._jobs = Jobs("gain", self)
        self._jobs.reported.connect(self._take_gain)
        self._gain_of: _GainKey | None = None  # the files that were measured last, or are being measured
        self._gain: float | None = None
        self._analysis, self._selected = Analysis(Session()), 0
        self.recipe = listening.find_recipe(self._analysis)
        self.loudness = listening.Loudness({})
        self.wanted = Sound(SoundKind.ESTIMATE)
        self.before = Sound(SoundKind.REFERENCE)
        self.is_playing = self.is_paused = False
        self.match, self.scale = Match.OFF, ResidualScale.WHOLE
        self.speed = 1.0  # 0.5 to 1, at the same pitch
        self.level_db = 0.0  # of everything; 0 : as the files are, and `match` says
        self.residual_is_louder = False  # by LOUDER_DB
        self.is_clipped = False  # a sample went beyond full scale since this was last cleared
        self.band: Band | None = None  # only these frequencies, or all
        self.device_id = ""
        self.uses_default = False  # instead of that device, which went away; the next start looks for it again
        self.problem = ""  # why nothing can be heard, once that was tried; it plays in silence then
        self._once: TimeSpan | None = None  # played without the loop, and then no further
        self._ended = self._settling = self._clipped = 0
        self._lowered = 1.0
        self._timer = QTimer(self, interval=16, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        link.cursor_changed.connect(self._go)
        link.loop_changed.connect(lambda _loop: self._ask())

    @property
    def sound(self) -> Sound:
        """What is heard: what is wanted, or the nearest thing to it while that is not there."""
        sounds, in_view = self.recipe.sounds, Sound(SoundKind.ESTIMATE, self._selected)
        choices = (self.wanted, in_view, self.reference, *sounds[:1])
        return next((sound for sound in choices if sound in sounds), self.wanted)

    @property
    def is_louder(self) -> bool:
        """Whether what is heard is a residual that is made louder."""
        return self.residual_is_louder and self.sound.kind is SoundKind.RESIDUAL

    @property
    def reference(self) -> Sound:
        """The reference of the estimate in view."""
        return self.recipe.reference_of(self._selected)

    @property
    def has_sound(self) -> bool:
        """Whether there is anything to hear, on a time axis in seconds: that of masks counts frames."""
        return bool(self.recipe.sounds) and self.link.unit == "s"

    def show_analysis(self, analysis: Analysis, selected: int) -> None:
        """Other files, levels, or another estimate in view; what plays goes on if it is still there."""
        if selected != self._selected:
            self._selected = selected
            if self.wanted.kind in (SoundKind.ESTIMATE, SoundKind.RESIDUAL):
                self._want(Sound(self.wanted.kind, selected))
        self._analysis = analysis
        recipe = listening.find_recipe(analysis, self.scale)
        # During a pass the residuals' gains are missing for a moment: those of before will do, if all else is the same.
        if analysis.complete or replace(recipe, gains=self.recipe.gains) != self.recipe:
            old, new = ({source.path for _sound, source, _stamp in each.files} for each in (self.recipe, recipe))
            self.recipe = recipe
            if old.isdisjoint(new):
                if not new:
                    self.deck.close()  # nothing is held for what may never come
                self.stop()
                self._close_silent()
                self.problem = ""
                self.wanted, self.before = Sound(SoundKind.ESTIMATE, selected), Sound(SoundKind.REFERENCE)
        if self.wanted.kind is SoundKind.REFERENCE:
            self.wanted = self.reference
        self._level()

    def toggle(self) -> None:
        """Play or pause."""
        if self.is_playing:
            self.is_playing, self.is_paused = False, True
            self._ask()
            self._settling = SETTLE_TICKS
            self.changed.emit()
        else:
            self.play()

    def play(self, start: float | None = None) -> None:
        """From `start`, else where it was paused, else from the cursor; a loop begins at its start."""
        self._once = None
        if self.is_paused and (self.deck.output is None or self.problem):
            start = self.link.playhead
        if start is None and not self.is_paused:
            extent, cursor = self.link.extent, self.link.cursor
            start = cursor if cursor < extent.stop - LEAST_LEFT else extent.start  # NaN is not less
        self._begin(start)

    def pause_at(self, time: float) -> None:
        """As if it had been paused there; nothing is opened before it is played."""
        self.is_paused = True
        self.link.set_playhead(time)
        self.changed.emit()

    def play_range(self, start: float, stop: float, loop: bool = True) -> None:
        """Play a stretch of time, over and over or once. A very short one is looped with a little around it."""
        if not self.has_sound:
            return
        if loop:
            self._once, start = None, self.loop_over(start, stop)
        else:
            self._once = TimeSpan(start, stop)
        self._begin(max(start, self.link.extent.start))

    def loop_over(self, start: float, stop: float) -> float:
        """Loop a stretch of time, a very short one with a little around it; where the loop begins."""
        missing = max(0.0, SHORTEST_LOOP - (stop - start)) / 2
        self.link.set_loop(start - missing, stop + missing)
        return start - missing

    def stop(self) -> None:
        """Stop; the next start is the cursor's."""
        was_on = self.is_playing or self.is_paused
        self.is_playing = self.is_paused = False
        self._once, self._settling = None, 0
        self._timer.stop()
        self._ask()
        self.link.set_playhead(math.nan)
        if was_on:
            self.changed.emit()

    def point(self, time: float) -> None:
        """The user pointed at a time: the cursor goes there, and the sound with it."""
        if time == self.link.cursor:
            self._go(time)
        self.link.set_cursor(time)

    def hear(self, sound: Sound) -> None:
        """Switch to another sound, at the same sample when something plays."""
        self._want(sound)
        self._ask_and_say()

    def flip(self) -> None:
        """Back to the sound before."""
        self.hear(self.reference if self.before.kind is SoundKind.REFERENCE else self.before)

    def choose(self, **how: Any) -> None:
        """Hear it otherwise: another `match`, `scale`, `level_db`, `residual_is_louder`, `speed` or `band`.

        is_clipped=False : forget that a sample went beyond full scale.
        """
        for name, value in how.items():
            setattr(self, name, value)
        if "scale" in how:
            self.recipe = listening.find_recipe(self._analysis, self.scale)
        self._level()

    def set_device(self, device_id: str) -> None:
        """Another sound card; empty: the system's default."""
        self.device_id, self.uses_default = device_id, False
        self._restart()

    def close(self) -> None:
        """Stop, and wait for all threads."""
        self.stop()
        self.deck.close()
        self._jobs.close()

    def _want(self, sound: Sound) -> None:
        if sound != self.wanted:
            self.before, self.wanted = self.wanted, sound

    def _begin(self, start: float | None) -> None:
        if not self.has_sound:
            words = _("Nothing to hear: open sound files.")
            reference = self._analysis.reference
            if reference is not None and reference.mask is not None:
                words = _("Nothing to hear: masks alone are silent; add their mixture to hear what they let through.")
            self.said.emit(words)
            return
        self._close_silent()  # there may be a device by now
        self._load()
        if start is not None:
            self.deck.seek(start)
        self.is_playing, self.is_paused = True, False
        self._ended, self._clipped = self.deck.engine.ended, self.deck.engine.clipped
        self.is_clipped = False
        self._ask()
        if start is not None:
            self.link.set_playhead(start)
        self._timer.start()
        self.changed.emit()

    def _load(self) -> None:
        """Make the deck ready to play; says why it will be silent, once."""
        self.deck.load("" if self.uses_default else self.device_id, self.recipe, self.band)
        before, self.problem = self.problem, self.deck.problem
        if self.problem and self.problem != before:
            words = _("Nothing can be heard: {reason}. Everything else works.")
            self.said.emit(words.format(reason=self.problem))

    def _close_silent(self) -> None:
        if self.problem or (self.uses_default and self.deck.output is not None):
            self.uses_default = False
            self.deck.close()

    def _ask(self) -> None:
        """Tell the deck all that is wanted; nothing while it was never asked to play."""
        if self.deck.output is None:
            return
        self._load()
        sound, once = self.sound, self._once
        self.deck.ask(
            None if once else self.link.loop,
            once.stop if once else None,
            playing=self.is_playing and sound in self.recipe.sounds,
            sound=self.recipe.sounds.index(sound) if sound in self.recipe.sounds else 0,
            gain=self.loudness.total(sound),
            volume=10.0 ** ((self.level_db + (LOUDER_DB if self.is_louder else 0.0)) / 20.0),
            speed=self.speed,
        )
        self.deck.tidy()  # while nothing plays, no tick does it

    def _ask_and_say(self) -> None:
        """Tell the deck, and whoever shows what is wanted."""
        self._ask()
        self.changed.emit()

    def _level(self) -> None:
        """Gains anew, after the analysis or the match changed."""
        mixture = self._mixture_gain() if self.match is Match.OSI else None
        self.loudness = listening.find_loudness(self._analysis, self.recipe, self.match, mixture)
        self._ask_and_say()

    def _mixture_gain(self) -> float | None:
        """The mixture's least-squares gain on the reference; measured on a thread when it is first asked for."""
        files = {sound: (source, stamp) for sound, source, stamp in self.recipe.files}
        reference, mixture = files.get(Sound(SoundKind.REFERENCE)), files.get(Sound(SoundKind.MIXTURE))
        if reference is None or mixture is None:
            return None
        key = reference, mixture, self.recipe.rate
        if key != self._gain_of:
            self._gain_of, self._gain = key, None
            rate, wanted = self.recipe.rate, (reference[0], mixture[0])
            # It stays unknown where a file cannot be read: the track itself says what is wrong with it.
            self._jobs.start(lambda job: (key, listening.measure_gain(*wanted, rate, job.superseded)))
        return self._gain

    def _take_gain(self, found: tuple[_GainKey, float | None]) -> None:
        if found[0] == self._gain_of:
            self._gain = found[1]
            self._level()

    def _go(self, time: float) -> None:
        """The cursor was put somewhere: play on from there; when paused, begin there."""
        if math.isfinite(time) and (self.is_playing or self.is_paused):
            self._once = None
            self._ask()
            self.deck.seek(time)
            if self.is_paused:
                self._settling = 0
                self.link.set_playhead(time)

    def _tick(self) -> None:
        deck = self.deck
        deck.tidy()
        if deck.error:
            self.said.emit(_("Playing stopped: {reason}").format(reason=deck.error))
            self.stop()
            return
        loudness = deck.engine.lowered, self.is_clipped or deck.engine.clipped != self._clipped
        self._clipped = deck.engine.clipped
        if loudness != (self._lowered, self.is_clipped):
            self._lowered, self.is_clipped = loudness
            self.changed.emit()
        if self.is_playing and deck.engine.ended != self._ended:
            self._ended, self.is_playing, self._settling = deck.engine.ended, False, SETTLE_TICKS
            self._ask_and_say()
        position, moves = deck.heard()
        if moves or not self.is_playing:  # what was asked for may still be on its way to the ear
            self.link.set_playhead(position)
        if not self.is_playing:
            self._settling -= 1
            if self._settling <= 0:
                self._timer.stop()
                if not self.is_paused:
                    self.link.set_playhead(math.nan)

    def _reopen(self, reason: str) -> None:
        """The device is gone: say so, and go on with the default one if there is one."""
        self.said.emit(_("Playing stopped: {reason}.").format(reason=reason))
        self.uses_default = self.device_id != ""
        self._restart()

    def _restart(self) -> None:
        """Open the device anew and go on where it was."""
        here, was_playing, once = self.link.playhead, self.is_playing, self._once
        self.deck.close()
        self.problem = ""
        if was_playing and math.isfinite(here):
            self._once = once
            self._begin(here)
        else:
            self.stop()
            self.changed.emit()
