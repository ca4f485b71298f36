"""Sounds as a sound card wants them (at its sample rate, perhaps only a band of frequencies), and as a WAV file."""

import struct
from collections.abc import Iterator
from contextlib import closing
from typing import NamedTuple, Protocol

import numpy as np

from osisnr_gui.core.filters import BandPass, Upsampler
from osisnr_gui.core.types import FloatArray
from osisnr_gui.io.errors import SaveError
from osisnr_gui.io.phrase import Phrase
from osisnr_gui.session.signals import Resampler, check_ratio
from osisnr_gui.session.sound.listening import Listening, Recipe, Sound


class Band(NamedTuple):
    """Frequencies in Hz."""

    low: float
    high: float


class _Filter(Protocol):
    """Answers for any stretch as if everything had been filtered at once."""

    def span(self, start: int, stop: int) -> tuple[int, int]: ...

    def run(self, samples: FloatArray, first: int, start: int, stop: int) -> FloatArray: ...


class SoundFeed:
    """The sounds of a recipe at `rate`; zero outside [0, n_samples). Use from one thread at a time.

    A rate that is a multiple of the recipe's keeps its samples as they are and puts new ones between them.
    Raises LoadError when a file cannot be opened any more or its rate not converted.
    """

    def __init__(self, recipe: Recipe, rate: int, band: Band | None = None) -> None:
        self.recipe, self.rate = recipe, rate
        if recipe.files:
            check_ratio(recipe.files[0][1].path, recipe.rate, rate)
        self._listening = Listening(recipe)
        self.sounds: tuple[Sound, ...] = recipe.sounds
        self._filters: list[_Filter] = []
        if band is not None:
            self._filters.append(BandPass(band.low, band.high, recipe.rate))
        if rate != recipe.rate:
            factor, rest = divmod(rate, recipe.rate)
            self._filters.append(_RowResampler(recipe.rate, rate) if rest else Upsampler(factor))
        self.n_samples = -(-self._listening.n_samples * rate // recipe.rate)

    def read(self, start: int, count: int) -> FloatArray:
        """Samples [start, start + count) of every sound: (n_sounds, count)."""
        out = np.zeros((len(self.sounds), count))
        begin, end = max(start, 0), min(start + count, self.n_samples)
        if begin < end:
            out[:, begin - start : end - start] = self._filtered(begin, end, len(self._filters))
        return out

    def _filtered(self, start: int, stop: int, n_filters: int) -> FloatArray:
        if n_filters == 0:
            return self._listening.read(start, stop - start)
        last = self._filters[n_filters - 1]
        first, end = last.span(start, stop)
        return last.run(self._filtered(first, end, n_filters - 1), first, start, stop)

    def close(self) -> None:
        """Close all files."""
        self._listening.close()


class _RowResampler:
    """`Resampler`, for several signals."""

    def __init__(self, rate_in: int, rate_out: int) -> None:
        self._one = Resampler(rate_in, rate_out)
        self.span = self._one.span

    def run(self, samples: FloatArray, first: int, start: int, stop: int) -> FloatArray:
        """(n_signals, stop - start)."""
        return np.array([self._one.run(row, first, start, stop) for row in samples]).reshape(len(samples), -1)


BLOCK = 1 << 16
ITEM = 4
FLOAT_FORMAT = 3
# A WAV file says its length in 32 bits.
MOST_BYTES = (1 << 32) - 4096


def wav_parts(recipe: Recipe, sound: Sound) -> Iterator[bytes]:
    """The file piece by piece: mono, at the recipe's rate, as long as everything that can be heard.

    Raises LoadError for a file that cannot be read any more, SaveError for one too long for the format.
    """
    with closing(Listening(recipe)) as listening:
        row, n_samples = listening.sounds.index(sound), listening.n_samples
        if n_samples * ITEM > MOST_BYTES:
            path = next(source.path for _, source, _ in recipe.files)
            raise SaveError(path, Phrase("the sound is too long for a WAV file"), Phrase("cut it first"))
        yield _header(recipe.rate, n_samples)
        for start in range(0, n_samples, BLOCK):
            yield listening.read(start, min(BLOCK, n_samples - start))[row].astype("<f4").tobytes()


def _header(rate: int, n_samples: int) -> bytes:
    size = n_samples * ITEM
    form = struct.pack("<4sIHHIIHHH", b"fmt ", 18, FLOAT_FORMAT, 1, rate, rate * ITEM, ITEM, 8 * ITEM, 0)
    fact = struct.pack("<4sII", b"fact", 4, n_samples)
    data = struct.pack("<4sI", b"data", size)
    body = b"WAVE" + form + fact + data
    return struct.pack("<4sI", b"RIFF", len(body) + size) + body
