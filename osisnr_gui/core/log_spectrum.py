"""Log-spectral distance: how far two spectra are apart in dB, bin by bin, level included."""

from __future__ import annotations

import numpy as np

from osisnr_gui.core.osi_snr import check_pair
from osisnr_gui.core.types import Columns, FloatArray

FLOOR_DB = 80.0


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
