"""MC-MSE of every frame as a function of alpha, in a few dozen numbers a frame.

For one frame mc_mse(alpha) is a sum of exponentials exp(alpha*x) with x = 2 ln|s|, 2 ln|e| and ln|s| + ln|e|: an
entire function of alpha. Divided by M**(2 alpha), with M a power of two that takes out its slope, it is so smooth in
t = log(alpha + 0.3) that its values at 25 nodes give it for every alpha in (0, 1] by barycentric interpolation: one
matrix-vector product instead of two powers a bin. Of recorded speech every frame comes out to about 1e-9; cells of
one frame that lie 15 decades apart cost a few digits (1e-6 is left at 20 decades); exact zeros cost none.

Sums over frames keep the same form when frames with the same M are added up, so the value of a whole file costs
microseconds at any length.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from osisnr_gui.core.mc_mse import phasors
from osisnr_gui.core.types import BoolArray, Columns, FloatArray, IntArray

# Nodes lie on a grid, so that the powers at one follow from those at the last two by multiplication (`_fill`): an
# exp for every bin, node and signal would cost three times as much. Chebyshev nodes crowd at both ends of the range;
# here the steps double from alpha = 0 on and the nodes run past 1 instead, where nobody looks. Pattern and shift are
# the best found of their kind; every node less costs half a digit, every node more 4 % of the pass and of the memory.
_GRID = 1.0 / 280.0
_STEPS = (1,) + 2 * (2,) + 2 * (4,) + 3 * (8,) + 16 * (16,)
_SHIFT = 0.3

NODES: FloatArray = _GRID * np.cumsum((1, *_STEPS))
NODES.setflags(write=False)
N_NODES = len(NODES)
_t_nodes = np.log(NODES + _SHIFT)
# Of barycentric interpolation; the factor 4 over the range keeps the products within float64's.
_distances = (_t_nodes[:, None] - _t_nodes) / np.ptp(_t_nodes) * 4.0 + np.eye(N_NODES)

_LEVEL_NODES = [int(np.argmin(np.abs(NODES - alpha))) for alpha in (1.0, 0.35)]
_NEARBY = 8  # nodes that are enough for a picture
_LEVEL_STEPS = 3  # a slope this gentle costs no digits and needs no work

Frames = slice | IntArray  # some frames of all: a range, or their numbers
ALL_FRAMES = ALL_NODES = slice(None)


def interpolation_weights(alpha: float, nodes: slice = ALL_NODES) -> FloatArray:
    """Weights (n,) with value(alpha) = weights @ values_at_nodes, from all nodes or some in a row."""
    t_nodes = _t_nodes[nodes]
    distance = np.log(alpha + _SHIFT) - t_nodes
    hit = np.flatnonzero(distance == 0.0)
    if hit.size:
        return np.asarray(np.eye(len(t_nodes))[hit[0]])
    terms = 1.0 / np.prod(_distances[nodes, nodes], axis=1) / distance
    return np.asarray(terms / terms.sum())


def nearby_nodes(alpha: float) -> slice:
    """The nodes around `alpha`, as many as a picture needs."""
    first = int(np.searchsorted(NODES, alpha)) - _NEARBY // 2
    first = min(max(first, 0), N_NODES - _NEARBY)
    return slice(first, first + _NEARBY)


@dataclass(frozen=True, slots=True, eq=False)
class AlphaTable:
    """MC-MSE of every frame at NODES, from which it is interpolated at any alpha.

    values : (N_NODES, n_frames), mc_mse divided by 4**(alpha*exponent), float64; float32 will do to draw.
    exponents : int32 (n_frames,), log2 of each frame's M (0 for an all-zero frame).
    """

    values: NDArray[np.floating]
    exponents: np.ndarray[tuple[int], np.dtype[np.int32]]

    @classmethod
    def allocate(cls, n_frames: int) -> "AlphaTable":
        """An empty table for `n_frames` frames, to be filled with `put_rows`."""
        return cls(np.zeros((N_NODES, n_frames)), np.zeros(n_frames, dtype=np.int32))

    def __getitem__(self, frames: slice) -> "AlphaTable":
        """The table of a range of frames (views, not copies)."""
        return AlphaTable(self.values[:, frames], self.exponents[frames])

    def put_rows(self, first: int, log_s: FloatArray, log_e: FloatArray, disagreement: FloatArray | None) -> None:
        """Fill the frames from `first` on from what `log_magnitudes` returned, (n_frames, n_bins); overwrites it."""
        n_frames, n_bins = log_s.shape
        peak = np.maximum(log_s.max(axis=1), log_e.max(axis=1)) / np.log(2.0)
        exponent = np.where(np.isfinite(peak), np.ceil(peak), 0.0)
        self.exponents[first : first + n_frames] = exponent
        shift = (exponent * np.log(2.0))[:, None]
        log_s -= shift
        log_e -= shift
        target = self.values[:, first : first + n_frames]
        _fill(target, log_s, log_e, disagreement)
        target /= n_bins
        self._level(first, first + n_frames)

    def _level(self, first: int, stop: int) -> None:
        """Take out what is left of the slope of log(value) over alpha.

        Where the loudest bins agree, the others decide, and a frame's value falls by many decades from alpha = 0 to 1:
        interpolated as it is, its large end would drown the small one.
        """
        values = self.values[:, first:stop]
        high, low = _LEVEL_NODES
        with np.errstate(divide="ignore", invalid="ignore"):
            fall = np.log2(values[high]) - np.log2(values[low])
        steps = np.rint(fall / (2.0 * (NODES[high] - NODES[low])))
        extra = np.where(np.isfinite(steps) & (np.abs(steps) > _LEVEL_STEPS), steps, 0.0)
        if not extra.any():
            return
        self.exponents[first:stop] += extra.astype(np.int32)
        values *= np.exp2(-2.0 * np.outer(NODES, extra))

    def per_frame(self, alpha: float, frames: Frames = ALL_FRAMES) -> FloatArray:
        """mc_mse at `alpha` of the frames in `frames`: float64 (n,)."""
        return _interpolated(interpolation_weights(alpha), self.values[:, frames], self.exponents[frames], alpha)

    def approximate(self, alpha: float, frames: Frames = ALL_FRAMES) -> FloatArray:
        """As `per_frame`, for a picture: from the nearest nodes alone, right to about 5e-5 of the value."""
        nodes = nearby_nodes(alpha)
        weights = interpolation_weights(alpha, nodes).astype(self.values.dtype)
        return _interpolated(weights, self.values[nodes, frames], self.exponents[frames], alpha)

    def split_sums(self, chosen: BoolArray) -> tuple["AlphaSums", "AlphaSums"]:
        """Sums over all frames, and over those where `chosen` (n_frames,) is True."""
        if not self.exponents.size:
            empty = AlphaSums(np.zeros(0), np.zeros((N_NODES, 0)), 0)
            return empty, empty
        lowest = int(self.exponents.min())
        groups = np.arange(lowest, int(self.exponents.max()) + 1, dtype=np.float64)
        n = len(groups)
        # Chosen frames and the others are added up apart, in one walk over the table and without a copy of it.
        index = self.exponents - lowest + np.where(chosen, 0, n)
        sums = np.array([np.bincount(index, row, minlength=2 * n) for row in self.values])
        inside, outside = sums[:, :n], sums[:, n:]
        everything = AlphaSums(groups, inside + outside, self.exponents.size)
        return everything, AlphaSums(groups, inside, int(np.count_nonzero(chosen)))


def _interpolated(
    weights: NDArray[np.floating], values: NDArray[np.floating], exponents: NDArray[np.int32], alpha: float
) -> FloatArray:
    with np.errstate(invalid="ignore"):  # columns that are not finite
        found: FloatArray = (weights @ values).astype(np.float64, copy=False)
    if exponents.size:
        lowest = int(exponents.min())
        scale = _half_scales(alpha, np.arange(lowest, int(exponents.max()) + 1))[exponents - lowest]
        with np.errstate(over="ignore"):
            found *= scale
            found *= scale
    return np.maximum(found, 0.0, out=found)


def _fill(out: NDArray[np.floating], log_s: FloatArray, log_e: FloatArray, disagreement: FloatArray | None) -> None:
    """Sums over bins of (|s|**alpha - |e|**alpha)**2 at all nodes, and of what the disagreement adds.

    out : (N_NODES, n). log_s, log_e : (n, n_bins), at most 0; -inf for a zero.

    With A = |s|**step and B = |e|**step the difference D(alpha) = |s|**alpha - |e|**alpha obeys

        D(alpha + step) = (A + B) * D(alpha) - A*B * D(alpha - step),    D(0) = 0.

    The first difference comes from the logarithm of the ratio, and no later one loses digits, however near s and e
    are: an error made in one step grows like D itself. For a zero A = 0 takes care of itself.
    """
    a, b, total, product, older, newer, spare = _aligned(7, log_s.shape)
    older[:] = 0.0
    _first_powers(log_s, log_e, a, b, newer)
    np.add(a, b, out=total)
    np.multiply(a, b, out=product)
    across = None if disagreement is None else disagreement * product
    _sum_over_bins(out[0], newer, across)
    for k, (step, next_step) in enumerate(pairwise((*_STEPS, 0)), start=1):
        if step == next_step:
            np.multiply(total, newer, out=spare)
            older *= product
            np.subtract(spare, older, out=older)
            older, newer = newer, older
        else:
            # The difference two nodes back is the one that the doubled step needs: `older` stays.
            newer *= total
            newer -= np.multiply(product, older, out=spare)
        if across is not None:
            across *= product
        if step != next_step:
            a *= a
            b *= b
            np.add(a, b, out=total)
            np.multiply(a, b, out=product)
        _sum_over_bins(out[k], newer, across)


def _sum_over_bins(out: NDArray[np.floating], difference: FloatArray, across: FloatArray | None) -> None:
    """Squared differences, and what the disagreement adds (`across`, None for nothing), of every frame."""
    np.vecdot(difference, difference, out=out)
    if across is not None:
        out += across.sum(axis=1)


def _aligned(count: int, shape: tuple[int, int]) -> list[FloatArray]:
    """Uninitialised arrays that begin at a cache line each: loads and stores across two cost a fifth more."""
    cells = shape[0] * shape[1]
    lines = -(-cells // 8)
    memory = np.empty((count * lines + 1) * 8)
    first = -memory.ctypes.data // 8 % 8
    starts = range(first, first + count * lines * 8, lines * 8)
    return [memory[start : start + cells].reshape(shape) for start in starts]


def _first_powers(log_s: FloatArray, log_e: FloatArray, a: FloatArray, b: FloatArray, difference: FloatArray) -> None:
    """a = |s|**grid, b = |e|**grid and their difference, which keeps its digits where s and e nearly agree."""
    np.exp(np.multiply(log_s, _GRID, out=a), out=a)
    np.exp(np.multiply(log_e, _GRID, out=b), out=b)
    with np.errstate(invalid="ignore"):  # two zeros
        np.subtract(log_s, log_e, out=difference)
        difference *= _GRID
        np.expm1(difference, out=difference)
        difference *= b
    if log_e.min(initial=0.0) == -np.inf:
        np.copyto(difference, a, where=b == 0.0)


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
