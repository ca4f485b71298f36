"""Samples before they are needed: a thread reads blocks around the playing position, the callback only copies.

No Qt here. The callback thread says where it is (`focus`) and asks `has` and `take`, which never wait for a disk.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing

import numpy as np
import numpy.typing as npt

from osisnr_gui.session.sound.sound_feed import SoundFeed

SampleArray = npt.NDArray[np.float32]

BLOCK = 4096
AHEAD_BLOCKS = 16
BEHIND_BLOCKS = 6  # for a slower speed, which looks back, and for a loop that is nudged
LOOP_BLOCKS = 6


class ReadAhead:
    """Blocks of all sounds around the focus, as float32.

    open_feed : called on the reading thread, which may wait for a disk. `n_samples` is 0 until then.
    Beyond its end the signal goes on mirrored, for fades only. A feed that fails is silent, and `error` says why.
    """

    def __init__(self, open_feed: Callable[[], SoundFeed], position: int = 0) -> None:
        self.n_samples = 0
        self.error: Exception | None = None
        self._blocks: dict[int, SampleArray] = {}
        self._focus: tuple[int, ...] = (position,)
        self._wake = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, args=(open_feed,), name="read-ahead", daemon=True)
        self._thread.start()

    def focus(self, *places: int) -> None:
        """Read next from the first place on, and at the others (a loop's start, a place to go to). Never blocks."""
        if places != self._focus:
            moved = _blocks_of(places) != _blocks_of(self._focus)
            self._focus = places
            if moved:
                self._wake.set()

    def has(self, start: int, stop: int) -> bool:
        """Whether `take` has all of [start, stop), or as much of it as there is. Never blocks."""
        blocks, last = self._blocks, min(max(start, stop - 1) // BLOCK, self._last_block())
        return all(index in blocks for index in range(min(max(start, 0) // BLOCK, last), last + 1))

    def take(self, sound: int, start: int, count: int) -> SampleArray:
        """Samples [start, start + count) of one sound, silence where a block is missing. Never blocks."""
        out = np.zeros(count, np.float32)
        at = max(start, 0)
        while at < start + count:
            index, skip = divmod(at, BLOCK)
            stop = min(start + count, (index + 1) * BLOCK)
            block = self._blocks.get(index)
            if block is not None:
                out[at - start : stop - start] = block[sound, skip : skip + stop - at]
            at = stop
        return out

    def close(self, wait: bool = True) -> None:
        """Stop reading and close the files; `wait` for a read under way."""
        self._closing = True
        self._wake.set()
        if wait:
            self._thread.join()

    def _run(self, open_feed: Callable[[], SoundFeed]) -> None:
        try:
            with closing(open_feed()) as feed:
                self.n_samples = feed.n_samples
                while not self._closing:
                    self._wake.clear()
                    if self._closing:  # between the two lines above: nobody would wake it again
                        break
                    missing = self._first_missing()
                    if missing is None:
                        self._wake.wait()
                    else:
                        self._blocks[missing] = self._read(feed, missing)
        except Exception as error:  # said by whoever looks at `error`
            self.error = error

    def _first_missing(self) -> int | None:
        """The block to read next; lets go of those that are far away."""
        focus, last = self._focus, self._last_block()
        wanted = dict.fromkeys(index for index in _wanted(focus) if index <= last)
        missing = next((index for index in wanted if index not in self._blocks), None)
        here = focus[0] // BLOCK
        keep = wanted.keys() | set(range(here - BEHIND_BLOCKS, here))
        for index in [index for index in self._blocks if index not in keep]:
            del self._blocks[index]
        return missing

    def _last_block(self) -> int:
        """One block beyond the end, for the fade after it."""
        return (self.n_samples - 1) // BLOCK + 1

    def _read(self, feed: SoundFeed, index: int) -> SampleArray:
        stop, end = (index + 1) * BLOCK, self.n_samples
        block = feed.read(stop - BLOCK, BLOCK)
        beyond = min(stop - end, BLOCK)
        if beyond > 0:  # a file that breaks off must not click: a fade at the very end needs something to go on with
            block[:, BLOCK - beyond :] = feed.read(2 * end - stop, beyond)[:, ::-1]
        return np.ascontiguousarray(block, np.float32)


def _blocks_of(places: tuple[int, ...]) -> list[int]:
    return [max(place, 0) // BLOCK for place in places]


def _wanted(focus: tuple[int, ...]) -> Iterator[int]:
    """Blocks in the order in which they are needed."""
    places = _blocks_of(focus)
    for place in places:  # the first two everywhere: enough to begin with
        yield from (place, place + 1)
    yield from range(places[0], places[0] + AHEAD_BLOCKS)
    for place in places[1:]:
        yield from range(place, place + LOOP_BLOCKS)
    yield from range(max(places[0] - BEHIND_BLOCKS, 0), places[0])
