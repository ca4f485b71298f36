"""How often values occur: counts in equal steps, the same steps for everything that is held against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from osisnr_gui.core.types import IntArray

Cancel = Callable[[], bool]


def value_counts(
    blocks: Iterable[NDArray[Any]], low: float, high: float, n_bins: int, cancelled: Cancel | None = None
) -> IntArray | None:
    """Exact counts int64 (n_bins,) of all values in [low, high], bin i from low + i*(high - low)/n_bins on.

    The last bin has its upper end too. Values are real; those outside are not counted. None once `cancelled()`.
    """
    counts = np.zeros(n_bins, dtype=np.int64)
    # A quarter of everything: nothing is rounded, and the distance of two ends near float64's limits stays finite.
    ends = 0.25 * low, 0.25 * high
    for block in blocks:
        if cancelled is not None and cancelled():
            return None
        part, _ = np.histogram(0.25 * np.asarray(block, dtype=np.float64), bins=n_bins, range=ends)
        counts += part
    return counts
