"""Stretches of time that are shaded, and how much of a picture they cover."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from osisnr_gui.core.reduce import runs_of
from osisnr_gui.qt.plots.safe_arrays import FloatArray, safe_arrays
from osisnr_gui.qt.plots.view_box import PixelViewBox


class Stretches:
    """Sorted and disjoint: ``starts[i]..stops[i]``, float64 (n,)."""

    def __init__(self, starts: FloatArray, stops: FloatArray) -> None:
        self.starts, self.stops = starts, stops
        self._times = np.column_stack((starts, stops)).ravel()
        lengths = stops - starts
        covered = np.cumsum(lengths)
        self._covered = np.column_stack((covered - lengths, covered)).ravel()

    @classmethod
    def of(cls, starts: npt.ArrayLike = (), stops: npt.ArrayLike = ()) -> Stretches:
        """From ``starts[i]..stops[i]`` in any order, overlaps included; what is not finite or empty is left out."""
        begin, end = safe_arrays(starts, stops)
        usable = end > begin  # false where either is NaN
        order = np.argsort(begin[usable], kind="stable")
        begin, end = begin[usable][order], np.maximum.accumulate(end[usable][order])
        begin[1:] = np.maximum(begin[1:], end[:-1])
        return cls(begin, end)

    @classmethod
    def of_frames(cls, flags: npt.NDArray[np.bool_], t0: float, dt: float) -> Stretches:
        """The frames where ``flags`` is True; frame ``i`` is the stretch ``dt`` around ``t0 + i * dt``."""
        first, stop = runs_of(flags)
        return cls(t0 + dt * (first - 0.5), t0 + dt * (stop - 0.5))

    def coverage(self, vb: PixelViewBox) -> FloatArray:
        """Covered share, 0 to 1, of each pixel column."""
        if not self.starts.size:
            return np.zeros(vb.columns)
        edges = np.linspace(vb.t0, vb.t1, vb.columns + 1)
        share = np.diff(np.interp(edges, self._times, self._covered)) * (vb.columns / (vb.t1 - vb.t0))
        return np.clip(share, 0.0, 1.0)


NOWHERE = Stretches.of()
