"""How far two spectra are apart and in which bins: MC-MSE by the direct formula, log-spectral distance, blame.

MC-MSE is the mean squared error of power-law compressed columns:

    compress(x) = sign(x) * |x|**alpha          real x;   alpha in (0, 1]
    compress(x) = |x|**alpha * x/|x|, 0 -> 0    complex x
    mc_mse[i]   = mean over the bins of frame i of |compress(s) - compress(e)|**2

The mean of mc_mse over frames is the mean over all bins and frames. The fusion with an SNR-like loss follows H. Zhao
et al., "A deep hierarchical fusion network for fullband acoustic echo cancellation", ICASSP 2022.

Blame is the exact share of every cell in a loss:

    MC-MSE        blame = |compress(s) - compress(e)|**2 / (n_bins*n_frames)     sums to mc_mse over all cells
    OSI-SNR       blame = |n|**2 / sum(|n|**2) over the column,  n = e - lam*s    sums to 1 over every column

n is the noise of the exact OSI-SNR, lam = E/C. It is never formed like that: with r = e - (C/S) s, which is found
without cancellation, n is parallel to (C/(sqrt(S) E)) r - (R/(sqrt(S) E)) s, which stays finite where C goes to 0
(orthogonal columns: the noise is a multiple of the reference) and keeps its digits where s and e nearly agree.
"""

import numpy as np

from osisnr_gui.core.loss import check_alpha
from osisnr_gui.core.osi_snr import both_alike, check_pair, project_rows, rows_of
from osisnr_gui.core.types import Columns, ComplexArray, FloatArray

DEFAULT_ALPHA = 0.3
FLOOR_DB = 80.0


def compress(x: Columns, alpha: float) -> Columns:
    """Power-law compression of every cell, float64 or complex128, same shape; raises ParameterError for a bad alpha."""
    check_alpha(alpha)
    if np.iscomplexobj(x):
        x = np.asarray(x, dtype=np.complex128)
        size = np.abs(x)
        return phasors(x, size) * size**alpha
    x = np.asarray(x, dtype=np.float64)
    if x.min(initial=0.0) >= 0.0:  # magnitudes: one walk over the cells instead of three
        return x**alpha
    return np.copysign(np.abs(x) ** alpha, x)


def phasors(x: Columns, size: FloatArray) -> ComplexArray:
    """x/|x| of every cell, 0 for 0; `size` is |x|.

    Real and imaginary part are divided apart: numpy divides complex numbers by way of 1/|x|, which overflows for the
    smallest ones.
    """
    turn: ComplexArray = np.zeros(x.shape, dtype=np.complex128)
    np.divide(x.real, size, out=turn.real, where=size > 0)
    np.divide(x.imag, size, out=turn.imag, where=size > 0)
    return turn


def mc_mse_per_frame(reference: Columns, estimate: Columns, alpha: float) -> FloatArray:
    """MC-MSE of every frame, float64 (n_frames,), from (n_bins, n_frames) columns.

    Raises ShapeError and ParameterError.
    """
    check_pair(reference, estimate)
    difference = compress(reference, alpha) - compress(estimate, alpha)
    rows = np.ascontiguousarray(difference.T)
    with np.errstate(over="ignore"):
        return np.asarray(np.vecdot(rows, rows).real / rows.shape[1])


def log_spectral_distance_db(reference: Columns, estimate: Columns) -> FloatArray:
    """Log-spectral distance of every frame in dB, float64 (n_frames,), from (n_bins, n_frames) columns.

        lsd_db[i] = sqrt( mean over bins k of (L(s_k) - L(e_k))**2 ),   L(x) = 20*log10( max(|x|, floor_i) )
        floor_i   = 1e-4 * the largest magnitude in either column of frame i (80 dB below it)

    The floor keeps empty bins from deciding, so a frame's value lies between 0 and 80 dB. It is symmetric, does not
    change when both signals are scaled alike, and counts a level difference (a pure gain of g dB reads |g| dB where
    no bin is floored). nan where both columns are all zero or a cell is not finite. A file's value is the mean over
    its active frames.

    Raises ShapeError.
    """
    check_pair(reference, estimate)
    s, e = np.abs(reference), np.abs(estimate)
    with np.errstate(all="ignore"):
        floor = np.maximum(s.max(axis=0), e.max(axis=0)) * 10.0 ** (-FLOOR_DB / 20.0)
        difference = 20.0 * (np.log10(np.maximum(s, floor)) - np.log10(np.maximum(e, floor)))
        return np.asarray(np.sqrt(np.mean(difference**2, axis=0)))


def mc_mse_blame(reference: Columns, estimate: Columns, alpha: float) -> FloatArray:
    """What every cell adds to the MC-MSE of these columns: float64 (n_bins, n_frames), summing to mc_mse.

    reference, estimate : (n_bins, n_frames), real of any type or complex.

    Raises ShapeError and ParameterError.
    """
    check_pair(reference, estimate)
    difference = compress(reference, alpha) - compress(estimate, alpha)
    with np.errstate(over="ignore"):
        return _energies(difference) / difference.size


def osi_noise_blame(reference: Columns, estimate: Columns) -> FloatArray:
    """Share of every bin in the noise energy of its frame: float64 (n_bins, n_frames), every column summing to 1.

    All 0 in columns without an angle or without noise: one of them is zero or not finite, or they are proportional.
    reference, estimate : (n_bins, n_frames), real of any type or complex (each cell then counts with both parts).

    Raises ShapeError.
    """
    check_pair(reference, estimate)
    s, e = both_alike(rows_of(reference), rows_of(estimate))
    projection, r = project_rows(s.view(np.float64), e.view(np.float64))
    with np.errstate(all="ignore"):
        root_s = np.sqrt(projection.reference_energy) * projection.reference_scale
        root_e = np.sqrt(projection.estimate_energy)
        cosine = projection.dot / np.sqrt(projection.reference_energy) / root_e
        squared_sine = projection.residual_energy / projection.estimate_energy
        across = r / (root_e * projection.estimate_scale)[:, None]
        noise = cosine[:, None] * across - squared_sine[:, None] * (s.view(np.float64) / root_s[:, None])
        energies = _energies(noise.view(np.complex128) if np.iscomplexobj(s) else noise)
        shares: FloatArray = energies / energies.sum(axis=1)[:, None]
    without = (projection.reference_energy == 0) | (projection.estimate_energy == 0)
    shares[without | ~projection.finite | projection.proportional] = 0.0
    return shares.T


def _energies(cells: Columns) -> FloatArray:
    if np.iscomplexobj(cells):
        return np.asarray(cells.real**2 + cells.imag**2)
    return np.asarray(cells**2, dtype=np.float64)
