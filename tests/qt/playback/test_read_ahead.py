"""Blocks are there before they are needed, from a feed that may be slow, short or broken."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from sound_kit import smooth_noise

from osisnr_gui.qt.playback.read_ahead import AHEAD_BLOCKS, BLOCK, ReadAhead

WAIT = 10.0


class _Feed:
    """Known samples; counts what is asked for; waits for `gate` before every read."""

    def __init__(self, n_samples: int) -> None:
        self.sounds = np.stack([smooth_noise(n_samples, seed) for seed in (1, 2)])
        self.n_samples = n_samples
        self.reads: list[int] = []
        self.gate = threading.Event()
        self.gate.set()
        self.closed = False

    def read(self, start: int, count: int) -> np.ndarray:
        assert self.gate.wait(WAIT)
        if count == BLOCK:
            self.reads.append(start // BLOCK)
        padded = np.zeros((2, count))
        a, b = max(start, 0), min(start + count, self.n_samples)
        if a < b:
            padded[:, a - start : b - start] = self.sounds[:, a:b]
        return padded

    def close(self) -> None:
        self.closed = True


def _wait(condition: Callable[[], bool]) -> None:
    stop = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < stop
        time.sleep(0.002)


@pytest.fixture
def feed() -> _Feed:
    return _Feed(60 * BLOCK + 1000)


@pytest.fixture
def supply(feed: _Feed) -> Iterator[ReadAhead]:
    supply = ReadAhead(lambda: feed)
    yield supply
    supply.close()
    assert feed.closed


def test_samples_are_those_of_the_feed(feed: _Feed, supply: ReadAhead) -> None:
    _wait(lambda: supply.has(0, 3 * BLOCK))
    for start, count in ((0, 10), (BLOCK - 5, 20), (100, 2 * BLOCK), (-10, 30)):
        begin = max(start, 0)
        expected = np.concatenate((np.zeros(begin - start), feed.sounds[1, begin : start + count]))
        np.testing.assert_array_equal(supply.take(1, start, count), expected.astype(np.float32))


def test_a_new_place_is_read_first_and_the_old_one_is_let_go(feed: _Feed, supply: ReadAhead) -> None:
    _wait(lambda: supply.has(0, AHEAD_BLOCKS * BLOCK))
    feed.gate.clear()
    supply.focus(0, 40 * BLOCK)
    assert not supply.has(40 * BLOCK, 40 * BLOCK + 1)
    assert supply.has(0, BLOCK), "what plays is kept while the new place is read"
    before = len(feed.reads)
    feed.gate.set()
    _wait(lambda: supply.has(40 * BLOCK, 42 * BLOCK))
    assert feed.reads[before : before + 2] == [40, 41]
    supply.focus(40 * BLOCK)
    _wait(lambda: supply.has(40 * BLOCK, 56 * BLOCK))
    assert not supply.has(0, 1)
    assert len(supply._blocks) < 2 * AHEAD_BLOCKS


def test_what_is_missing_is_silence_and_never_waits(feed: _Feed) -> None:
    feed.gate.clear()
    supply = ReadAhead(lambda: feed)
    assert not supply.has(0, 1)
    assert not supply.take(0, 0, 100).any()
    feed.gate.set()
    supply.close()


def test_the_end_is_mirrored_for_fades(feed: _Feed, supply: ReadAhead) -> None:
    n = feed.n_samples
    supply.focus(n - 100)
    _wait(lambda: supply.n_samples > 0 and supply.has(n - 100, n + 500))
    np.testing.assert_array_equal(supply.take(0, n, 500), feed.sounds[0, ::-1][:500].astype(np.float32))
    assert supply.has(n, n + 100 * BLOCK), "nothing there is worth waiting for"


def test_an_end_on_a_block_is_mirrored_too() -> None:
    feed = _Feed(2 * BLOCK)
    supply = ReadAhead(lambda: feed)
    _wait(lambda: supply.has(0, 3 * BLOCK))
    np.testing.assert_array_equal(supply.take(0, 2 * BLOCK, 500), feed.sounds[0, ::-1][:500].astype(np.float32))
    supply.close()


def test_a_short_file_is_read_whole() -> None:
    feed = _Feed(700)
    supply = ReadAhead(lambda: feed)
    _wait(lambda: supply.has(0, 1000))
    np.testing.assert_array_equal(supply.take(0, 0, 700), feed.sounds[0].astype(np.float32))
    supply.close()


def test_a_feed_that_cannot_be_opened_says_why() -> None:
    def refuse() -> _Feed:
        raise OSError("gone")

    supply = ReadAhead(refuse)
    _wait(lambda: supply.error is not None)
    assert str(supply.error) == "gone"
    assert not supply.has(0, 1)
    supply.close()


def test_a_feed_that_fails_later_says_why_and_is_closed(feed: _Feed) -> None:
    def fail(_start: int, _count: int) -> np.ndarray:
        raise OSError("gone")

    feed.read = fail  # type: ignore[method-assign]
    supply = ReadAhead(lambda: feed)
    _wait(lambda: feed.closed)
    assert str(supply.error) == "gone"
    supply.close()
