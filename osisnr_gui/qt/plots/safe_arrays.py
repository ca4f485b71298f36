"""The one gate through which arrays reach a plot.

A plotting library may crash on object arrays and raise in every paint on ±1e308; so everything that
is drawn passes here first and comes out as a one-dimensional float64 array that is finite or NaN.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

#: Values beyond this cannot be mapped to pixels without overflow; they become gaps.
LARGEST = 1e150

FloatArray = npt.NDArray[np.float64]


def safe_array(values: npt.ArrayLike, *, keep_inf: bool = False) -> FloatArray:
    """``values`` as 1-D float64, finite or NaN, every ``|x| < 1e150``.

    Anything that is no number (objects, text, complex with an imaginary part) becomes an empty array
    rather than an exception, because a plot with nothing in it is better than a dead window. With
    ``keep_inf`` +inf stays (a perfect frame is drawn at the top edge); everything else unusable is NaN.
    Returns the same array when nothing had to change, so that views can test identity.
    """
    array = np.asarray(values)
    if array.dtype.kind not in "fiub":
        return np.empty(0)
    array = (array if array.ndim == 1 else array.ravel()).astype(np.float64, copy=False)
    if array.size == 0 or (np.fmin.reduce(array) > -LARGEST and np.fmax.reduce(array) < LARGEST):
        return array  # the usual case, found without a temporary array
    if np.isnan(np.fmax.reduce(array)):
        return array  # nothing but gaps
    with np.errstate(invalid="ignore"):
        usable = np.abs(array) < LARGEST
        if keep_inf:
            usable |= array == np.inf
    usable |= np.isnan(array)
    return array if usable.all() else np.where(usable, array, np.nan)


def safe_arrays(*columns: npt.ArrayLike, keep_inf: bool = False) -> tuple[FloatArray, ...]:
    """Several columns through :func:`safe_array`, cut to the length of the shortest."""
    arrays = [safe_array(c, keep_inf=keep_inf) for c in columns]
    shortest = min((a.size for a in arrays), default=0)
    return tuple(a if a.size == shortest else a[:shortest] for a in arrays)


def safe_number(value: float, default: float) -> float:
    """``value`` if it is a finite number a plot can stand, else ``default``."""
    number = float(value)
    return number if abs(number) < LARGEST else default
