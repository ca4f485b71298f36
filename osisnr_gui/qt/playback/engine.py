"""What the sound card gets: the wish of the moment, turned into samples without gap or click.

No Qt here, no files, no waiting: `render` runs in the callback and takes what was read ahead. The GUI thread replaces
the whole `Wish`, which is frozen, so neither side ever waits for the other. Every change (start, stop, seek, another
sound, another gain, the end of the loop) is a new layer that fades in over those that play, with raised-cosine
weights that add up to one: two sounds at the same place are crossfaded sample by sample, and nothing can get louder
than the louder of them.
"""

import math
from collections import deque
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from osisnr_gui.qt.playback.read_ahead import ReadAhead, SampleArray

FADE_SECONDS = 0.010
HISTORY = 4096  # moments kept for `position_at`: some seconds
FULL_SCALE = 0.99
# Slower at the same pitch (WSOLA): the sound goes on in grains, each begun where it fits the one before best; layers
# crossfade from one to the next. W. Verhelst, M. Roelands, "An overlap-add technique based on waveform similarity
# (WSOLA) for high quality time-scale modification of speech", ICASSP 1993.
GRAIN_SECONDS = 0.020
SEARCH_SECONDS = 0.010


class Seek(NamedTuple):
    """Go to a sample; `serial` tells one seek from the next."""

    serial: int
    position: int


class Span(NamedTuple):
    """Samples [start, stop)."""

    start: int
    stop: int


NO_SEEK = Seek(0, 0)


@dataclass(frozen=True, slots=True)
class Wish:
    """What should be heard now.

    sound : row of the supply's sounds. gain : linear, what makes sounds comparable. volume : linear, how loud all is.
    loop : play inside, over and over. stop_at : stop there, once. speed : 0.5 to 1; below 1 the pitch is kept.
    """

    supply: ReadAhead | None = None
    playing: bool = False
    sound: int = 0
    gain: float = 1.0
    volume: float = 1.0
    loop: Span | None = None
    stop_at: int | None = None
    seek: Seek = NO_SEEK
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class Moment:
    """From output sample `index` on the sound was at `position`, moving by `speed` samples a sample."""

    index: int
    position: float
    speed: float


class _Layer:
    """A sound (or silence, without a supply) from a position on, fading in over what lies below."""

    __slots__ = ("fade", "gain", "left", "position", "sound", "supply")

    def __init__(self, supply: ReadAhead | None, sound: int, gain: float, position: int, fade: int) -> None:
        self.supply, self.sound, self.gain = supply, sound, gain
        self.position, self.fade, self.left = position, fade, fade  # left : samples until it is alone

    def read(self, count: int) -> SampleArray:
        """The next samples."""
        start, self.position = self.position, self.position + count
        if self.supply is None:
            return np.zeros(count, np.float32)
        samples = self.supply.take(self.sound, start, count)
        return samples if self.gain == 1.0 else samples * np.float32(self.gain)

    def fade_over(self, below: SampleArray, count: int) -> SampleArray:
        """The next samples, faded in over `below`."""
        samples = self.read(count)
        if self.left > 0:
            weights = fade_in(self.fade)[self.fade - self.left :][:count]
            self.left -= count
            return below + weights * (samples - below)
        return samples


class Engine:
    """Samples on request, and what was where when they were made.

    `wish` may be replaced from any thread; everything else belongs to the thread of `render`, but for `position_at`,
    `ended` (how often it stopped by itself), `index` (samples rendered so far), `lowered` (factor that keeps the sum
    below full scale), `clipped` (blocks that would have been beyond it) and `starved` (how often samples were missing),
    which may be read from any.
    """

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.wish = Wish()
        self.ended = 0
        self.lowered = 1.0
        self.clipped = self.starved = 0
        self._volume = 1.0  # of the last block
        self._recovers = False  # the volume went down: what it had lowered may rise again
        self.fade = max(2, round(FADE_SECONDS * rate))
        #: Samples from one grain to the next, which is also how long they are crossfaded.
        self.grain = max(2, round(GRAIN_SECONDS * rate))
        self._layers = [_Layer(None, 0, 1.0, 0, 0)]
        self._position = 0.0  # where the sound is; apart from the top layer's position only while slowed down
        self._seen = 0  # serial of the last seek that was carried out
        self._ended_for: int | None = None  # the seek after which it stopped by itself
        self.index = 0
        self._history: deque[Moment] = deque([Moment(0, 0.0, 0.0)], HISTORY)

    def position_at(self, index: float) -> tuple[float, float]:
        """Where the sound was when output sample `index` was made, and how fast it moved: 0 in silence."""
        moments = tuple(self._history)
        moment = next((m for m in reversed(moments) if m.index <= index), moments[0])
        return moment.position + max(0.0, index - moment.index) * moment.speed, moment.speed

    def uses(self, supply: ReadAhead) -> bool:
        """Whether anything of a supply is still heard or about to be."""
        return self.wish.supply is supply or any(layer.supply is supply for layer in tuple(self._layers))

    def render(self, count: int) -> SampleArray:
        """The next `count` samples, float32 within ±1."""
        out = np.empty(count, np.float32)
        done = 0
        while done < count:
            wish = self.wish
            self._adapt(wish, count - done)
            n = self._until_event(wish, count - done)
            self._note(wish)
            bottom, *others = self._layers
            mixed = bottom.read(n)
            for layer in others:
                mixed = layer.fade_over(mixed, n)
            out[done : done + n] = mixed
            self._position += n * self._speed(wish)
            self.index += n
            done += n
            # What lies below a layer that is in full is heard no more.
            del self._layers[: max((i for i, layer in enumerate(self._layers) if layer.left <= 0), default=0)]
        self._point_ahead(self.wish)
        return self._keep_below_full_scale(out)

    @property
    def _top(self) -> _Layer:
        return self._layers[-1]

    def _speed(self, wish: Wish) -> float:
        return 0.0 if self._top.supply is None else wish.speed

    def _adapt(self, wish: Wish, count: int) -> None:
        """Begin whatever the wish, the loop's end or the end of everything asks for, if the samples are there."""
        top, here = self._top, round(self._position)
        seeks = wish.seek.serial != self._seen
        target, loop = max(wish.seek.position if seeks else here, 0), _loop_of(wish)
        if loop is not None and not loop.start <= target < loop.stop:
            target = loop.start  # a loop is never left: whoever is outside begins at its start
        ended = wish.playing and self._ended_for == wish.seek.serial
        if not ended:
            self._ended_for = None
        if ended or not wish.playing:
            if seeks:
                self._seen, self._position = wish.seek.serial, float(target)
            self._fade_out(here)
            return
        supply, sound, gain = self._source(wish, target, count)
        if supply is None or supply.n_samples == 0:
            return  # not open yet
        if target >= self._end(wish, supply):
            self._ended_for = self._seen = wish.seek.serial
            self.ended += 1
            self._fade_out(here)
        elif (top.supply, top.sound, top.gain) == (supply, sound, gain) and not seeks and target == here:
            self._go_on(wish, count)
        elif supply.has(target, target + count + 2 * self.fade):
            # At the same place the new sound begins where the present one reads: apart from that only when slowed.
            stays = target == here and top.supply is not None and not seeks
            self._seen, self._position = wish.seek.serial, self._position if stays else float(target)
            self._fade_to(supply, sound, gain, top.position if stays else target)
        elif top.supply is not None and not top.supply.has(top.position, top.position + count + self.fade):
            self.starved += 1
            self._fade_out(here)  # else what plays plays on until the new place is read

    def _source(self, wish: Wish, target: int, count: int) -> tuple[ReadAhead | None, int, float]:
        """Supply, sound and gain that are wanted, or those at hand while the supply wanted is not ready."""
        top, supply = self._top, wish.supply
        if top.supply is None or supply is None or top.supply is supply:
            return supply, wish.sound, wish.gain * wish.volume
        ready = supply.n_samples > 0 and supply.has(target, target + count + 2 * self.fade)
        return (supply, wish.sound, wish.gain * wish.volume) if ready else (top.supply, top.sound, top.gain)

    def _end(self, wish: Wish, supply: ReadAhead) -> int:
        if wish.loop is not None or wish.stop_at is None:
            return supply.n_samples
        return min(supply.n_samples, wish.stop_at)

    def _go_on(self, wish: Wish, count: int) -> None:
        """The same sound at the next place: look after its supply, and after the next grain when it is slowed down."""
        top, grain = self._top, self.grain
        assert top.supply is not None
        slow = wish.speed < 1.0
        if not top.supply.has(top.position, top.position + count + self.fade + (2 * grain if slow else 0)):
            self.starved += 1
            self._fade_out(round(self._position))
        elif not slow:
            self._position = float(top.position)
        elif top.left <= 0:
            start = find_continuation(top.supply, top.sound, top.position, round(self._position), grain)
            self._layers.append(_Layer(top.supply, top.sound, top.gain, start, grain))

    def _fade_out(self, here: int) -> None:
        """Nothing is wanted, or samples are missing: fade out with what is there, wait in silence, go on from here."""
        if self._top.supply is not None:
            self._fade_to(None, self._top.sound, self._top.gain, here)

    def _fade_to(self, supply: ReadAhead | None, sound: int, gain: float, position: int) -> None:
        if len(self._layers) == 1 and self._top.supply is None:
            self.lowered = 1.0  # out of silence it can be as loud as it likes again
        self._layers.append(_Layer(supply, sound, gain, position, self.fade))

    def _until_event(self, wish: Wish, count: int) -> int:
        """Samples until something happens at an exact sample: a fade's end, the loop's, the end of everything."""
        n = min([count, *(layer.left for layer in self._layers if layer.left > 0)])
        supply = self._top.supply
        if supply is not None:
            loop = _loop_of(wish)
            stop = self._end(wish, supply) if loop is None else loop.stop
            left = math.ceil((stop - self._position) / wish.speed)
            n = min(n, left) if left > 0 else n
        return n

    def _note(self, wish: Wish) -> None:
        """Remember where the sound is, if that does not follow from the last moment."""
        speed, last = self._speed(wish), self._history[-1]
        expected = last.position + (self.index - last.index) * last.speed
        if speed != last.speed or abs(expected - self._position) > 0.5:
            self._history.append(Moment(self.index, self._position, speed))

    def _point_ahead(self, wish: Wish) -> None:
        """Tell the reading threads where samples are needed next."""
        here = round(self._position)
        wanted = [wish.seek.position] if wish.seek.serial != self._seen else []
        wanted += [] if wish.loop is None else [wish.loop.start]
        wanted += [layer.position for layer in self._layers[:-1] if layer.supply is not None]
        for supply in {id(s): s for s in (wish.supply, *(layer.supply for layer in self._layers)) if s}.values():
            supply.focus(here, *wanted)

    def _keep_below_full_scale(self, out: SampleArray) -> SampleArray:
        """Never clip: what would be too loud lowers everything from here on, smoothly, and `lowered` says so."""
        peak = float(np.max(np.abs(out), initial=0.0))
        self.clipped += peak > 1.0
        self._recovers |= self.wish.volume < self._volume
        self._volume = self.wish.volume
        if self._recovers and peak <= 1.0:
            out = out * (self.lowered + (1.0 - self.lowered) * fade_in(len(out)))
            self.lowered, self._recovers = 1.0, False
        elif peak * self.lowered > 1.0:
            before, self.lowered = self.lowered, FULL_SCALE / peak
            first = int(np.argmax(np.abs(out) * before > 1.0))
            ramp = np.full(len(out), self.lowered, np.float32)
            ramp[:first] = before + (self.lowered - before) * fade_in(max(first, 2))[:first]
            out = out * ramp
        elif self.lowered != 1.0:
            out = out * np.float32(self.lowered)
        return out


def _loop_of(wish: Wish) -> Span | None:
    """The loop as far as there are samples."""
    loop, supply = wish.loop, wish.supply
    if loop is None or supply is None or not 0 < supply.n_samples < loop.stop:
        return loop
    return Span(loop.start, supply.n_samples)


@lru_cache(maxsize=64)
def fade_in(count: int) -> SampleArray:
    """Raised-cosine weights from just above 0 to just below 1; with its complement the sum is 1 everywhere."""
    weights = (0.5 - 0.5 * np.cos(np.pi * (np.arange(count) + 0.5) / count)).astype(np.float32)
    weights.setflags(write=False)
    return weights


def find_continuation(supply: ReadAhead, sound: int, present: int, wanted: int, grain: int) -> int:
    """The sample near `wanted` from which the sound is most like what would follow at `present`.

    The largest normalised correlation over a grain, within ± half a grain.
    """
    search = round(grain * SEARCH_SECONDS / GRAIN_SECONDS)
    first = max(wanted - search, 0)
    natural = supply.take(sound, present, grain)
    around = supply.take(sound, first, grain + wanted + search - first)
    likeness = np.correlate(around, natural, "valid")
    energy = np.cumsum(np.concatenate((np.zeros(1), around.astype(np.float64) ** 2)))
    loudness = np.sqrt(np.maximum(energy[grain:] - energy[:-grain], 0.0)) + 1e-6
    return first + int(np.argmax(likeness / loudness))
