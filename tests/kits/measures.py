"""The measures of whole matrices (n_bins, n_frames) and signals, put together from what the program works with."""

from __future__ import annotations

import numpy as np

from osisnr_gui.core.align import Delay, DelayFinder
from osisnr_gui.core.alpha_table import AlphaSums, AlphaTable, log_magnitudes
from osisnr_gui.core.osi_snr import Projection, both_alike, check_pair, project_rows, rows_of
from osisnr_gui.core.stft import frames_of, window
from osisnr_gui.core.types import Columns, FloatArray, Framing, ParameterError, Representation


def project(reference: Columns, estimate: Columns, complex_mode: str = "re") -> Projection:
    """Project every estimate column on its reference column; real of any type or complex.

    complex_mode : "re" takes <s,e> = Re sum(conj(s)*e), so a phase shift counts as an error; "abs" turns each
        reference column by one common phase first, so that it does not.

    Raises ShapeError.
    """
    check_pair(reference, estimate)
    s, e = both_alike(rows_of(reference), rows_of(estimate))
    if complex_mode == "abs" and np.iscomplexobj(s):
        s = s * np.exp(1j * np.angle(np.vecdot(s, e)))[:, None]
    return project_rows(s, e)[0]


def alpha_table(reference: Columns, estimate: Columns) -> AlphaTable:
    """The alpha table of whole matrices."""
    table = AlphaTable.allocate(reference.shape[1])
    table.put_rows(0, *log_magnitudes(rows_of(reference), rows_of(estimate)))
    return table


def sums_of(table: AlphaTable) -> AlphaSums:
    """Sums over all frames."""
    return table.split_sums(np.ones(table.exponents.shape, dtype=np.bool_))[0]


def find_delay(reference: FloatArray, estimate: FloatArray, max_lag: int) -> Delay:
    """Delay of `estimate` (n,) against `reference` (m,) in samples, |delay| <= max_lag."""
    finder = DelayFinder(max_lag, (len(reference), len(estimate)))
    both = np.zeros((2, finder.n_samples))
    for row, signal in zip(both, (reference, estimate), strict=True):
        row[: len(signal)] = signal
    finder.feed(*both)
    return finder.find()


def spectra(samples: FloatArray, framing: Framing) -> np.ndarray[tuple[int, int], np.dtype[np.complex128]]:
    """rfft(window * frame) of every frame: complex128 (n_bins, n_frames), whatever the representation."""
    frames = frames_of(np.ascontiguousarray(samples, dtype=np.float64), framing.n_fft, framing.hop)
    return np.fft.rfft(frames * window(framing.window, framing.n_fft), axis=1).T


def columns(samples: FloatArray, framing: Framing) -> Columns:
    """Columns of a signal (n,) in its representation: (n_bins, n_frames), float64 or complex128."""
    if framing.representation is Representation.WAVEFORM:
        return frames_of(np.ascontiguousarray(samples, dtype=np.float64), framing.n_fft, framing.hop).T
    spectrum = spectra(samples, framing)
    if framing.representation is Representation.COMPLEX:
        return spectrum
    if framing.representation is Representation.MAGNITUDE:
        return np.abs(spectrum)
    raise ParameterError("a mask is a matrix already: it is not cut from audio")
