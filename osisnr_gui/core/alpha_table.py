"""MC-MSE of every frame as a function of alpha, in a few dozen numbers a frame.

For one frame mc_mse(alpha) is a sum of exponentials exp(alpha*x) with x = 2 ln|s|, 2 ln|e| and ln|s| + ln|e|: an
entire function of alpha. Divided by M**(2 alpha), with M a power of two that takes out its slope, it is so smooth in
t = log(alpha + 0.4) that its values at 26 Chebyshev nodes give it for every alpha in (0, 1] to about 1e-10 by
barycentric interpolation: one matrix-vector product instead of two powers a bin. Cells of one frame that lie 15
decades apart cost a few digits (1e-6 is left at 20 decades); exact zeros cost none.

Sums over frames keep the same form when frames with the same M are added up, so the value of a whole file costs
microseconds at any length.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from osisnr_gui.core.mc_mse import phasors
from osisnr_gui.core.osi_snr import rows_of
from osisnr_gui.core.types import BoolArray, Columns, FloatArray, IntArray

N_NODES = 26
_SHIFT = 0.4
_T_LOW, _T_HIGH = np.log(_SHIFT), np.log(1.0 + _SHIFT)

_angles = (2.0 * np.arange(N_NODES) + 1.0) * np.pi / (2.0 * N_NODES)
_t_nodes = 0.5 * (_T_LOW + _T_HIGH) + 0.5 * (_T_HIGH - _T_LOW) * np.cos(_angles)
_barycentric = (-1.0) ** np.arange(N_NODES) * np.sin(_angles)

NODES: FloatArray = np.exp(_t_nodes) - _SHIFT
NODES.setflags(write=False)
_LEVEL_NODE = N_NODES // 2
_LEVEL_STEPS = 3  # a slope this gentle costs no digits and needs no work


def interpolation_weights(alpha: float) -> FloatArray:
    """Weights (N_NODES,) with value(alpha) = weights @ values_at_nodes."""
    distance = np.log(alpha + _SHIFT) - _t_nodes
    hit = np.flatnonzero(distance == 0.0)
    if hit.size:
        return np.asarray(np.eye(N_NODES)[hit[0]])
    terms = _barycentric / distance
    return np.asarray(terms / terms.sum())


@dataclass(frozen=True, slots=True, eq=False)
class AlphaTable:
    """values : float64 (N_NODES, n_frames), mc_mse at NODES divided by 4**(alpha*exponent).

    exponents : int32 (n_frames,), log2 of each frame's M (0 for an all-zero frame).
    """

    values: FloatArray
    exponents: np.ndarray[tuple[int], np.dtype[np.int32]]

    @classmethod
    def allocate(cls, n_frames: int) -> AlphaTable:
        """An empty table for `n_frames` frames, to be filled with `put_rows`."""
        return cls(np.zeros((N_NODES, n_frames)), np.zeros(n_frames, dtype=np.int32))

    @classmethod
    def of(cls, reference: Columns, estimate: Columns) -> AlphaTable:
        """The table of whole matrices (n_bins, n_frames)."""
        table = cls.allocate(reference.shape[1])
        table.put_rows(0, *log_magnitudes(rows_of(reference), rows_of(estimate)))
        return table

    def __getitem__(self, frames: slice) -> AlphaTable:
        """The table of a range of frames (views, not copies)."""
        return AlphaTable(self.values[:, frames], self.exponents[frames])

    @property
    def n_frames(self) -> int:
        """Number of frames."""
        return int(self.exponents.shape[0])

    def put_rows(self, first: int, log_s: FloatArray, log_e: FloatArray, disagreement: FloatArray | None) -> None:
        """Fill the frames from `first` on from natural logarithms (n_frames, n_bins) made by `log_magnitudes`."""
        n_frames, n_bins = log_s.shape
        peak = np.maximum(log_s.max(axis=1), log_e.max(axis=1)) / np.log(2.0)
        exponent = np.where(np.isfinite(peak), np.ceil(peak), 0.0)
        shift = (exponent * np.log(2.0))[:, None]
        log_s, log_e = log_s - shift, log_e - shift
        # Scratch is reused over the nodes: it stays in the cache, which is where the time of the pass goes.
        a, b = np.empty_like(log_s), np.empty_like(log_e)
        target = self.values[:, first : first + n_frames]
        self.exponents[first : first + n_frames] = exponent
        for k, alpha in enumerate(NODES):
            np.exp(np.multiply(log_s, alpha, out=a), out=a)
            np.exp(np.multiply(log_e, alpha, out=b), out=b)
            if disagreement is not None:
                across = np.vecdot(a * disagreement, b)
            np.subtract(a, b, out=a)
            total = np.vecdot(a, a)
            target[k] = (total if disagreement is None else total + across) / n_bins
        self._level(first, first + n_frames)

    def _level(self, first: int, stop: int) -> None:
        """Take out what is left of the slope of log(value) over alpha.

        Where the loudest bins agree, the others decide, and a frame's value falls by many decades from alpha = 0 to 1:
        interpolated as it is, its large end would drown the small one.
        """
        values = self.values[:, first:stop]
        with np.errstate(divide="ignore", invalid="ignore"):
            fall = np.log2(values[0]) - np.log2(values[_LEVEL_NODE])
        steps = np.rint(fall / (2.0 * (NODES[0] - NODES[_LEVEL_NODE])))
        extra = np.where(np.isfinite(steps) & (np.abs(steps) > _LEVEL_STEPS), steps, 0.0)
        if not extra.any():
            return
        self.exponents[first:stop] += extra.astype(np.int32)
        values *= np.exp2(-2.0 * np.outer(NODES, extra))

    def per_frame(self, alpha: float, frames: slice = slice(None)) -> FloatArray:
        """mc_mse at `alpha` of the frames in `frames`: float64 (n,)."""
        with np.errstate(invalid="ignore"):  # columns that are not finite
            values = interpolation_weights(alpha) @ self.values[:, frames]
        exponents = self.exponents[frames]
        if exponents.size:
            lowest = int(exponents.min())
            scale = _half_scales(alpha, np.arange(lowest, int(exponents.max()) + 1))[exponents - lowest]
            with np.errstate(over="ignore"):
                values *= scale
                values *= scale
        return np.maximum(values, 0.0, out=values)

    def sums(self, chosen: BoolArray | None = None) -> AlphaSums:
        """Sums over all frames, or over those where `chosen` (n_frames,) is True."""
        values, exponents = self.values, self.exponents
        if chosen is not None:
            if not chosen.all():
                values = values[:, chosen]
            exponents = exponents[chosen]
        groups, index = np.unique(exponents, return_inverse=True)
        sums = np.array([np.bincount(index, row, minlength=len(groups)) for row in values], dtype=np.float64)
        return AlphaSums(groups.astype(np.float64), sums, int(exponents.size))


@dataclass(frozen=True, slots=True, eq=False)
class AlphaSums:
    """The alpha table added up over frames: exponents (n_groups,), sums (N_NODES, n_groups), n_frames."""

    exponents: FloatArray
    sums: FloatArray
    n_frames: int

    def mean(self, alpha: float) -> float:
        """mc_mse over the frames that were added up; nan when there were none."""
        if self.n_frames == 0:
            return float("nan")
        scale = _half_scales(alpha, self.exponents)
        with np.errstate(over="ignore", invalid="ignore"):
            by_group = interpolation_weights(alpha) @ self.sums
            total = np.sum(np.maximum(by_group, 0.0) * scale * scale)
        return float(total / self.n_frames)


def _half_scales(alpha: float, exponents: FloatArray | IntArray) -> FloatArray:
    """2**(alpha*exponent), the root of what the table was divided by: the square itself may leave float64's range."""
    return np.asarray(np.exp2(np.minimum(alpha * exponents, 1023.0)))


def log_magnitudes(s: Columns, e: Columns) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    """Natural logarithms of |s| and |e|, and how far their signs or phases disagree.

    s, e : (n_frames, n_bins), one frame a row. Zeros give -inf, so that exp(alpha * -inf) = 0 = 0**alpha.
    The disagreement q = |s/|s| - e/|e||**2 (0 where either is zero) makes
    |compress(s) - compress(e)|**2 = (|s|**alpha - |e|**alpha)**2 + q |s|**alpha |e|**alpha, without cancellation;
    None when both are real and nowhere negative.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        if np.iscomplexobj(s) or np.iscomplexobj(e):
            size_s, size_e = np.abs(s), np.abs(e)
            turn = phasors(s, size_s) - phasors(e, size_e)
            q = np.where((size_s > 0) & (size_e > 0), turn.real**2 + turn.imag**2, 0.0)
            return np.log(size_s), np.log(size_e), q
        if min(s.min(initial=0.0), e.min(initial=0.0)) >= 0.0:
            return np.log(s), np.log(e), None
        opposite = np.signbit(s) != np.signbit(e)
        return np.log(np.abs(s)), np.log(np.abs(e)), np.where(opposite, 4.0, 0.0)
