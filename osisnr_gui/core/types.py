"""Names shared by every measure: array types, representations, frame statuses, errors."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]
Columns = NDArray[np.float64] | NDArray[np.complex128]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]
StatusArray = NDArray[np.uint8]


class Representation(StrEnum):
    """What one column (frame) holds."""

    MAGNITUDE = "magnitude"
    COMPLEX = "complex"
    WAVEFORM = "waveform"
    MASK = "mask"


class FrameStatus(IntEnum):
    """What can be said of a frame before any score."""

    OK = 0
    SILENT_BOTH = 1
    SILENT_REFERENCE = 2
    SILENT_ESTIMATE = 3
    PROPORTIONAL = 4
    ORTHOGONAL = 5
    NONFINITE = 6

    @property
    def label(self) -> str:
        """The name used in JSON, CSV and on screen."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Framing:
    """How a signal is cut into columns.

    n_fft : samples in a frame; hop : samples from one frame to the next;
    window : name of the periodic window (not applied to `waveform` columns).
    """

    representation: Representation
    n_fft: int
    hop: int
    window: str = "hann"

    @property
    def n_bins(self) -> int:
        """Rows of a column of audio."""
        return self.n_fft if self.representation is Representation.WAVEFORM else self.n_fft // 2 + 1


class ShapeError(ValueError):
    """Reference and estimate have different shapes, or are not (n_bins, n_frames)."""


class ParameterError(ValueError):
    """A number lies outside the range in which the formula is defined."""
