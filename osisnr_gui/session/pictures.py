"""Spectrogram pictures in 8 bits: a coarse pyramid filled by the streaming pass, exact columns from the file.

Code 0 means "nothing there"; codes 1 to 255 are linear from `low` to `high`: decibels for audio, plain values for
masks. Coarser pictures keep the maximum, so that a click one frame long stays visible at every zoom. Because codes
grow with the value, pooling codes equals pooling magnitudes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from osisnr_gui.core.types import FloatArray

CodeArray = np.ndarray[tuple[int, int], np.dtype[np.uint8]]

COARSE_STEP = 8
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
    def levels(cls, full_scale: float) -> CodeScale:
        """Levels in dB re a full-scale sine."""
        return cls(LOW_DB, HIGH_DB, full_scale)

    @classmethod
    def plain(cls, minimum: float, maximum: float) -> CodeScale:
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


@dataclass(frozen=True, slots=True)
class TimeGrid:
    """Centre of frame i = first + i*step, in seconds, or in frames when there is no sample rate."""

    first: float
    step: float
    seconds: bool = True


class Picture:
    """The picture of one source (or of a residual) on the frame grid of its analysis.

    n_columns frames of n_bins; column i is centred on first_time + i*column_step (seconds, or frames when there is no
    sample rate), row k on k*bin_step (Hz, or bins). `magnitudes(start, stop)` reads exact columns (n, n_bins).
    """

    def __init__(
        self,
        n_columns: int,
        n_bins: int,
        time: TimeGrid,
        bin_step: float,
        scale: CodeScale,
        magnitudes: Callable[[int, int], FloatArray],
    ) -> None:
        self.n_columns, self.n_bins = n_columns, n_bins
        self.first_time, self.column_step, self.bin_step = time.first, time.step, bin_step
        self.scale = scale
        self.low, self.high, self.unit = scale.low, scale.high, scale.unit
        self._magnitudes = magnitudes
        self._lock = threading.Lock()
        self._levels: list[CodeArray] = []
        n = -(-n_columns // COARSE_STEP)
        while n:
            self._levels.append(np.zeros((n, n_bins), dtype=np.uint8))
            n = 0 if n == 1 else -(-n // 2)

    def coarse_step(self) -> int:
        """Frames in one column of `coarse(0)`."""
        return COARSE_STEP

    def coarse(self, level: int) -> CodeArray | None:
        """Codes max-pooled over COARSE_STEP * 2**level frames, still growing during a pass; None beyond the last."""
        return self._levels[level] if 0 <= level < len(self._levels) else None

    def columns(self, start: int, stop: int) -> CodeArray:
        """Exact codes (stop - start, n_bins), read from the file: blocking, any thread."""
        return self.scale.codes(self.magnitudes(start, stop))

    def magnitudes(self, start: int, stop: int) -> FloatArray:
        """Exact magnitudes (stop - start, n_bins), read from the file: blocking, any thread."""
        with self._lock:
            return self._magnitudes(start, stop)

    def put(self, first: int, magnitudes: FloatArray) -> None:
        """Pool the frames from `first` on into the finest coarse level; frames beyond the picture are left out."""
        stop = min(first + len(magnitudes), self.n_columns)
        if stop <= first:
            return
        magnitudes = magnitudes[: stop - first]
        g = first // COARSE_STEP
        if first % COARSE_STEP == 0 and stop % COARSE_STEP == 0:  # ten times faster than `reduceat`
            pooled = magnitudes.reshape(-1, COARSE_STEP, magnitudes.shape[1]).max(axis=1)
        else:
            edges = np.arange(g * COARSE_STEP, stop, COARSE_STEP) - first
            pooled = np.maximum.reduceat(magnitudes, np.maximum(edges, 0), axis=0)
        part = self._levels[0][g : g + len(pooled)]
        np.maximum(part, self.scale.codes(pooled), out=part)

    def lift(self, first: int, stop: int) -> None:
        """Carry the frames [first, stop) up to the coarser levels, once `put` has seen them."""
        a, b = first // COARSE_STEP, -(-stop // COARSE_STEP)
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
