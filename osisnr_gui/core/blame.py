"""Which bins a loss comes from: the exact share of every cell.

    MC-MSE        blame = |compress(s) - compress(e)|**2 / (n_bins*n_frames)     sums to mc_mse over all cells
    OSI-SNR       blame = |n|**2 / sum(|n|**2) over the column,  n = e - lam*s    sums to 1 over every column

n is the noise of the exact OSI-SNR, lam = E/C. It is never formed like that: with r = e - (C/S) s, which is found
without cancellation, n is parallel to (C/(sqrt(S) E)) r - (R/(sqrt(S) E)) s, which stays finite where C goes to 0
(orthogonal columns: the noise is a multiple of the reference) and keeps its digits where s and e nearly agree.
"""

import numpy as np

from osisnr_gui.core.mc_mse import compress
from osisnr_gui.core.osi_snr import both_alike, check_pair, project_rows, rows_of
from osisnr_gui.core.types import Columns, FloatArray


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
