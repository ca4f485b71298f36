"""Spectrogram pictures in 8 bits: a coarse pyramid filled by the streaming pass, exact columns from the file.

Code 0 means "nothing there"; codes 1 to 255 are linear from `low` to `high`: decibels for audio, plain values for
masks. Coarser pictures keep the maximum, so that a click one frame long stays visible at every zoom. Because codes
grow with the value, pooling codes equals pooling magnitudes.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

import numpy as np

from osisnr_gui.core.types import FloatArray
from osisnr_gui.io.errors import Cancel, stop_if

CodeArray = np.ndarray[tuple[int, int], np.dtype[np.uint8]]

COARSE_STEP = 8
# Of a residual, which is seldom looked at from afar: three pictures of an hour are large.
RESIDUAL_STEP = 16
# Larger pieces of a first look leave the processor's cache, smaller ones are more calls than work.
SKETCH_FRAMES = 256 * COARSE_STEP
LOW_DB, HIGH_DB = -130.0, 20.0


@dataclass(frozen=True, slots=True)
class CodeScale:
    """How values become codes.

    low, high : values of code 1 and 255. full_scale : magnitude that reads 0 dB, or None for plain values.
    """

    low: float
    high: float
    full_scale: float | None

    @property
    def unit(self) -> str:
        """dB for levels, nothing for plain values."""
        return "" if self.full_scale is None else "dB"

    @classmethod
    def levels(cls, full_scale: float) -> Self:
        """Levels in dB re a full-scale sine."""
        return cls(LOW_DB, HIGH_DB, full_scale)

    @classmethod
    def plain(cls, minimum: float, maximum: float) -> Self:
        """Plain values; 0 to 1 is always inside."""
        return cls(min(0.0, minimum), max(1.0, maximum), None)

    def value(self, magnitude: FloatArray) -> FloatArray:
        """dB re full scale (-inf for 0), or the magnitude itself."""
        if self.full_scale is None:
            return magnitude
        with np.errstate(divide="ignore"):
            return np.asarray(20.0 * np.log10(magnitude / self.full_scale))

    def codes(self, magnitude: FloatArray) -> CodeArray:
        """uint8 codes of any array."""
        scaled = (self.value(magnitude) - self.low) * (254.0 / (self.high - self.low)) + 1.5
        return np.clip(scaled, 1.0, 255.0).astype(np.uint8)

    def energies(self, codes: CodeArray) -> FloatArray:
        """Squared values that codes stand for, in any unit; 0 where nothing is there."""
        values = self.low + (np.arange(256) - 1.0) * ((self.high - self.low) / 254.0)
        squares = np.square(values) if self.full_scale is None else 10.0 ** (values / 10.0)
        squares[0] = 0.0
        return np.asarray(squares[codes])


@dataclass(frozen=True, slots=True)
class TimeGrid:
    """Centre of frame i = first + i*step, in seconds, or in frames when there is no sample rate.

    bin_hz : Hz from one row of a column to the next; None where it is not known.
    """

    first: float
    step: float
    seconds: bool = True
    bin_hz: float | None = None


class Picture:
    """The picture of one source (or of a residual) on the frame grid of its analysis.

    n_columns frames of n_bins; column i is centred on first_time + i*column_step (seconds, or frames when there is no
    sample rate), row k on k*bin_step (Hz, or bins). `magnitudes(start, stop, step)` reads every step-th exact column.
    coarse_step : frames in one column of `coarse(0)`.
    """

    def __init__(
        self,
        n_columns: int,
        n_bins: int,
        time: TimeGrid,
        scale: CodeScale,
        magnitudes: Callable[[int, int, int], FloatArray],
        coarse_step: int = COARSE_STEP,
    ) -> None:
        self.n_columns, self.n_bins = n_columns, n_bins
        self.first_time, self.column_step, self.bin_step = time.first, time.step, time.bin_hz or 1.0
        self.in_seconds = time.seconds
        self.scale = scale
        self.low, self.high, self.unit = scale.low, scale.high, scale.unit
        self._magnitudes = magnitudes
        self._reading, self._filling = threading.Lock(), threading.Lock()
        self._levels: list[CodeArray] = []
        self.coarse_step = coarse_step
        n = -(-n_columns // coarse_step)
        self._exact = np.zeros(n, dtype=bool)  # whether a column of the finest level has seen all its frames
        while n:
            self._levels.append(np.zeros((n, n_bins), dtype=np.uint8))
            n = 0 if n == 1 else -(-n // 2)

    def coarse(self, level: int) -> CodeArray | None:
        """Codes max-pooled over coarse_step * 2**level frames, still growing during a pass; None beyond the last."""
        return self._levels[level] if 0 <= level < len(self._levels) else None

    def is_exact(self, start: int, stop: int) -> bool:
        """Whether the coarse pictures of the frames [start, stop) are the maximum of all of them."""
        return bool(self._exact[start // self.coarse_step : -(-stop // self.coarse_step)].all())

    def columns(self, start: int, stop: int) -> CodeArray:
        """Exact codes (stop - start, n_bins), read from the file: blocking, any thread."""
        return self.scale.codes(self.magnitudes(start, stop))

    def magnitudes(self, start: int, stop: int) -> FloatArray:
        """Exact magnitudes (stop - start, n_bins), read from the file: blocking, any thread."""
        with self._reading:
            return self._magnitudes(start, stop, 1)

    def sketch(self, start: int, stop: int) -> None:
        """A first look at the frames [start, stop): one in `coarse_step` goes into the coarse pictures.

        What `put` brings later, before or meanwhile wins: the maximum of all frames is not below that of some. `start`
        is a multiple of it. Read from the file: blocking, any thread. Best in pieces of SKETCH_FRAMES.
        """
        if not self.is_exact(start, stop):
            with self._reading:
                magnitudes = self._magnitudes(start, stop, self.coarse_step)
            self._fill(start // self.coarse_step, self.scale.codes(magnitudes))
            self._lift(start, stop)

    def put(self, first: int, magnitudes: FloatArray) -> None:
        """Pool the frames from `first` on into the finest coarse level; frames beyond the picture are left out."""
        stop = min(first + len(magnitudes), self.n_columns)
        if stop <= first:
            return
        magnitudes = magnitudes[: stop - first]
        g = first // self.coarse_step
        if first % self.coarse_step == 0 and stop % self.coarse_step == 0:  # ten times faster than `reduceat`
            pooled = magnitudes.reshape(-1, self.coarse_step, magnitudes.shape[1]).max(axis=1)
        else:
            edges = np.arange(g * self.coarse_step, stop, self.coarse_step) - first
            pooled = np.maximum.reduceat(magnitudes, np.maximum(edges, 0), axis=0)
        self._fill(g, self.scale.codes(pooled))

    def lift(self, first: int, stop: int) -> None:
        """Carry the frames [first, stop) up to the coarser levels, once `put` has seen them all."""
        self._lift(first, stop)
        self._exact[first // self.coarse_step : -(-stop // self.coarse_step)] = True

    def _lift(self, first: int, stop: int) -> None:
        a, b = first // self.coarse_step, -(-stop // self.coarse_step)
        with self._filling:
            for fine, coarse in zip(self._levels, self._levels[1:], strict=False):
                a, b = a // 2, -(-b // 2)
                pairs = fine[2 * a : 2 * b]
                if len(pairs) % 2:
                    pairs = np.concatenate((pairs, pairs[-1:]))
                np.maximum(pairs[::2], pairs[1::2], out=coarse[a:b])

    def restore(self, codes: CodeArray) -> None:
        """Take over what `coarse(0)` of an equal picture was once it was filled.

        Raises ValueError for another shape.
        """
        if not self._levels or codes.shape != self._levels[0].shape:
            raise ValueError(f"codes {codes.shape} do not belong to this picture")
        self._levels[0][:] = codes
        self.lift(0, self.n_columns)

    def _fill(self, first: int, codes: CodeArray) -> None:
        """Raise the columns from `first` on of the finest coarse level to `codes`."""
        part = self._levels[0][first : first + len(codes)]
        with self._filling:  # a first look may be at the same columns
            np.maximum(part, codes, out=part)


def sketch_pictures(pictures: Sequence[Picture], cancelled: Cancel | None = None) -> None:
    """A first look at all of these, long before the pass has been over them. Raises LoadError and io's Cancelled."""

    def sketch(picture: Picture) -> None:
        for first in range(0, picture.n_columns, SKETCH_FRAMES):
            stop_if(cancelled)
            picture.sketch(first, min(first + SKETCH_FRAMES, picture.n_columns))

    with ThreadPoolExecutor(len(pictures), thread_name_prefix="sketch") as pool:
        list(pool.map(sketch, pictures))
