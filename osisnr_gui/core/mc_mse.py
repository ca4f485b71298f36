"""MC-MSE: mean squared error of power-law compressed columns, by the direct formula.

    compress(x) = sign(x) * |x|**alpha          real x;   alpha in (0, 1]
    compress(x) = |x|**alpha * x/|x|, 0 -> 0    complex x
    mc_mse[i]   = mean over the bins of frame i of |compress(s) - compress(e)|**2

The mean of mc_mse over frames is the mean over all bins and frames. The fusion with an SNR-like loss follows H. Zhao
et al., "A deep hierarchical fusion network for fullband acoustic echo cancellation", ICASSP 2022.
"""

from __future__ import annotations

import numpy as np

from osisnr_gui.core.loss import check_alpha
from osisnr_gui.core.osi_snr import check_pair
from osisnr_gui.core.types import Columns, ComplexArray, FloatArray

DEFAULT_ALPHA = 0.3


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
