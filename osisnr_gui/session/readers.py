"""Columns of a source, whatever it is: audio cut and transformed block by block, or a matrix as stored.

Reading (one thread, in order) and transforming (any thread) are apart, so that the streaming pass can overlap them.
Inside the pass a frame is a row: (n_frames, n_values) arrays are what the FFT and the dot products read fastest.
"""

import threading
from typing import Protocol

import numpy as np

from osisnr_gui.core.stft import frame_count, frames_of, least_hop, window
from osisnr_gui.core.types import Columns, ComplexArray, FloatArray, Framing, IntArray, Representation
from osisnr_gui.io.errors import LoadError, Reason
from osisnr_gui.io.phrase import Phrase
from osisnr_gui.session.signals import AudioSignal

Raw = np.ndarray[tuple[int, ...], np.dtype[np.generic]]


class ColumnReader(Protocol):
    """Frames of one source."""

    n_bins: int
    n_frames: int
    first_frame: int

    def read(self, first: int, count: int) -> Raw:
        """Whatever `rows` needs for frames [first, first + count); from one thread at a time."""

    def rows(self, raw: Raw, frames: slice | IntArray) -> Columns:
        """Some frames of `raw`, in the order given: (n, n_values) real or complex, one a row; from any thread."""

    def magnitudes(self, rows: Columns) -> FloatArray:
        """(n, n_bins) magnitudes for the picture, from `rows`; from any thread."""

    def close(self) -> None:
        """Let go of the file."""


class _Scratch(threading.local):
    """Work space of each thread: fresh pages for every block would cost more than the FFT itself."""

    def __init__(self) -> None:
        self._arrays: dict[tuple[int, int], tuple[FloatArray, ComplexArray]] = {}

    def of(self, n_frames: int, n_fft: int) -> tuple[FloatArray, ComplexArray]:
        """Arrays for windowed frames (n_frames, n_fft) and their spectra."""
        key = (n_frames, n_fft)
        if key not in self._arrays:
            if len(self._arrays) > 4:
                self._arrays.clear()
            self._arrays[key] = np.empty(key), np.empty((n_frames, n_fft // 2 + 1), dtype=np.complex128)
        return self._arrays[key]


class AudioColumns:
    """Frames of an audio signal. Without padding only frames that lie wholly inside the file are counted.

    Raises LoadError, and closes the signal, where there would be more frames than `core.stft` allows.
    """

    def __init__(self, signal: AudioSignal, framing: Framing) -> None:
        self.signal = signal
        self.framing = framing
        self.n_bins = framing.n_fft // 2 + 1
        n_fft, hop = framing.n_fft, framing.hop
        self.n_frames = frame_count(signal.n_samples, n_fft, hop)
        if hop < (least := least_hop(signal.n_samples, n_fft)):
            signal.close()
            raise _too_many_frames(signal, framing, self.n_frames, least)
        self.first_frame = -(-signal.first_sample // framing.hop)
        self._window = window(framing.window, framing.n_fft)
        self._scratch = _Scratch()

    def read(self, first: int, count: int) -> Raw:
        """Samples of the frames [first, first + count)."""
        return self.signal.read(first * self.framing.hop, (count - 1) * self.framing.hop + self.framing.n_fft)

    def rows(self, raw: Raw, frames: slice | IntArray) -> Columns:
        """Some frames of what `read` gave."""
        samples = np.asarray(raw, dtype=np.float64)
        return self._columns(frames_of(samples, self.framing.n_fft, self.framing.hop)[frames])

    def _columns(self, frames: FloatArray) -> Columns:
        if self.framing.representation is Representation.WAVEFORM:
            return np.ascontiguousarray(frames)
        if self.framing.representation is Representation.COMPLEX:
            return np.fft.rfft(frames * self._window, axis=1)
        return self._spectrum_magnitudes(frames)

    def magnitudes(self, rows: Columns) -> FloatArray:
        """Spectrum magnitudes of rows in any representation."""
        if self.framing.representation is Representation.COMPLEX:
            return np.abs(rows)
        rows = np.asarray(rows, dtype=np.float64)
        return self._spectrum_magnitudes(rows) if self.framing.representation is Representation.WAVEFORM else rows

    def _spectrum_magnitudes(self, frames: FloatArray) -> FloatArray:
        windowed, spectrum = self._scratch.of(len(frames), self.framing.n_fft)
        np.multiply(frames, self._window, out=windowed)
        np.fft.rfft(windowed, axis=1, out=spectrum)
        return np.abs(spectrum)

    def close(self) -> None:
        """Close the file."""
        self.signal.close()


def _too_many_frames(signal: AudioSignal, framing: Framing, n_frames: int, least: int) -> LoadError:
    """Says which hop, or what else, would make fewer. least : the smallest hop for a signal of this length."""
    n_fft, hop, early = framing.n_fft, framing.hop, signal.first_sample
    detail = Phrase(
        "n_fft {n_fft} and hop {hop} make {n} frames of it, too many to compare", n_fft=n_fft, hop=hop, n=n_frames
    )
    remedy = Phrase("choose a hop of {hop} or more, or cut the file", hop=least)
    if least > n_fft:
        remedy = Phrase("choose n_fft {n_fft} and hop {hop}, or cut the file", n_fft=least, hop=least)
    if hop >= least_hop(signal.n_samples - early, n_fft):
        detail = Phrase("{detail}, with a delay of {n} samples", detail=detail, n=-early)
        remedy = Phrase("set a delay nearer to 0")
    return LoadError(Reason.TOO_LARGE, signal.path, detail, remedy)


class MaskColumns:
    """Columns of a stored matrix (n_bins, n_frames)."""

    first_frame = 0

    def __init__(self, values: np.ndarray[tuple[int, int], np.dtype[np.generic]]) -> None:
        self._values = values
        self.n_bins, self.n_frames = values.shape
        self.is_complex = bool(np.iscomplexobj(values))

    def read(self, first: int, count: int) -> Raw:
        """Columns [first, first + count), zeros beyond the matrix."""
        part = self._values[:, first : first + count]
        missing = count - part.shape[1]
        return np.pad(part, ((0, 0), (0, missing))) if missing > 0 else part

    def rows(self, raw: Raw, frames: slice | IntArray) -> Columns:
        """Some columns of what `read` gave, as rows of float64 or complex128."""
        part = raw[:, frames].T
        if self.is_complex:
            return np.ascontiguousarray(part, dtype=np.complex128)
        return np.ascontiguousarray(part, dtype=np.float64)

    def magnitudes(self, rows: Columns) -> FloatArray:
        """Values as they are; magnitudes of complex ones."""
        return np.abs(rows) if np.iscomplexobj(rows) else np.asarray(rows)

    def close(self) -> None:
        """Nothing is open."""
