"""Sounds as a sound card wants them: at its sample rate, and only a band of frequencies where that is asked for."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

from osisnr_gui.core.filters import BandPass, Upsampler
from osisnr_gui.core.types import FloatArray
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
