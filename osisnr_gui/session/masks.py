"""Time-frequency masks: their place in time and frequency, their values, and their use on a mixture.

Time of a mask's columns and frequency of its rows follow from the STFT it belongs to. Nothing is assumed of that: rate
and hop are the user's, or were chosen among those that fit a mixture.
"""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple, Self

import numpy as np

from osisnr_gui.core.stft import MaskFrames, stft
from osisnr_gui.core.types import FloatArray, IntArray, ParameterError
from osisnr_gui.io.errors import N_, Cancel, Phrase
from osisnr_gui.io.masks import Mask, blocks_of, real_values
from osisnr_gui.session.pictures import TimeGrid
from osisnr_gui.session.readers import AudioSignal
from osisnr_gui.session.session import MaskGrid, Source

MOST_SUGGESTED = 4
# Overlaps in use, as parts of n_fft, the usual ones first.
_USUAL_PARTS = (4, 2, 8, 3, 1, 16, 5, 6)


def n_fft_of(grid: MaskGrid, n_bins: int) -> int:
    """The n_fft that was given, else 2*(bins - 1)."""
    return max(2, 2 * (n_bins - 1)) if grid.n_fft is None else grid.n_fft


def mask_times(grid: MaskGrid | None, n_bins: int) -> TimeGrid:
    """Frame centres in seconds and bins in Hz; frame numbers and bins while rate or hop are not known."""
    if grid is None or grid.rate is None or grid.hop is None:
        return TimeGrid(0.0, 1.0, seconds=False)
    n_fft = n_fft_of(grid, n_bins)
    first = 0.0 if grid.centred else 0.5 * n_fft / grid.rate
    return TimeGrid(first, grid.hop / grid.rate, bin_hz=grid.rate / n_fft)


class MaskShape(NamedTuple):
    """Bins and frames of a mask."""

    n_bins: int
    n_frames: int


def find_grids(shape: MaskShape, n_samples: int, rate: int, n_fft: int | None = None) -> tuple[MaskGrid, ...]:
    """Grids on which an STFT of `n_samples` samples has as many frames as a mask, the likelier first; at most four.

    Without padding there are 1 + floor((n_samples - n_fft)/hop) frames; frames centred on multiples of the hop,
    padded at both ends, are 1 + floor(n_samples/hop), or 1 + ceil(n_samples/hop) where the end is padded too.
    A hop that divides n_fft as usual is preferred, then the only one that fits. None for an n_fft of other bins.
    """
    size = n_fft_of(MaskGrid(n_fft=n_fft), shape.n_bins)
    if size // 2 + 1 != shape.n_bins:
        return ()
    usual_hops = dict.fromkeys(size // part for part in _USUAL_PARTS if size // part >= 1)
    fits, found = partial(_fits, shape.n_frames, n_samples, size), []
    for centred in (False, True):
        hops = [hop for hop in usual_hops if fits(hop, centred)]
        if not hops and shape.n_frames > 1:  # the one hop up to n_fft, unless several give as many frames
            length = n_samples if centred else n_samples - size
            near = range(max(1, length // shape.n_frames - 1), min(size, length // (shape.n_frames - 1) + 1) + 1)
            only = [hop for hop in near if fits(hop, centred)]
            hops = only if len(only) == 1 else []
        found += [MaskGrid(rate, hop, n_fft, centred) for hop in hops]
    return tuple(found[:MOST_SUGGESTED])


def fits_mixture(grid: MaskGrid, shape: MaskShape, n_samples: int) -> bool:
    """Whether an STFT of `n_samples` samples (at the grid's rate) has just the frames and bins of a mask."""
    size = n_fft_of(grid, shape.n_bins)
    if grid.hop is None or size // 2 + 1 != shape.n_bins:
        return False
    return _fits(shape.n_frames, n_samples, size, grid.hop, grid.centred)


def _fits(n_frames: int, n_samples: int, n_fft: int, hop: int, centred: bool) -> bool:
    if centred:
        return n_frames in (1 + n_samples // hop, 1 + -(-n_samples // hop))
    return n_samples >= n_fft and n_frames == 1 + (n_samples - n_fft) // hop


N_BINS = 80


class ValueBins(NamedTuple):
    """`N_BINS` equal steps from low to high, the upper end included."""

    low: float
    high: float

    @classmethod
    def of(cls, masks: Sequence[Mask]) -> Self:
        """Bins that hold every value of all these masks, and 0 to 1 in any case."""
        return cls(min([0.0, *(m.minimum for m in masks)]), max([1.0, *(m.maximum for m in masks)]))

    def edges(self, index: int) -> tuple[float, float]:
        """Lower and upper end of a bin."""
        # Not by a step from the lower end: the distance of two ends may be beyond float64.
        first, stop = (self.low * (1 - k / N_BINS) + self.high * (k / N_BINS) for k in (index, index + 1))
        return first, stop


def count_values(mask: Mask, bins: ValueBins, cancelled: Cancel | None = None) -> IntArray | None:
    """Cells in each bin, int64 (N_BINS,), every cell counted (magnitudes of complex ones); None once cancelled."""
    counts = np.zeros(N_BINS, dtype=np.int64)
    # A quarter of everything: nothing is rounded, and the distance of two ends near float64's limits stays finite.
    ends = 0.25 * bins.low, 0.25 * bins.high
    for block in blocks_of(mask.values):
        if cancelled is not None and cancelled():
            return None
        counts += np.histogram(0.25 * np.asarray(real_values(block), dtype=np.float64), bins=N_BINS, range=ends)[0]
    return counts


Matrix = np.ndarray[tuple[int, int], np.dtype[np.generic]]


def mask_frames(grid: MaskGrid, n_bins: int) -> MaskFrames:
    """How the STFT of masks of so many bins cuts a mixture at the grid's rate.

    Raises ParameterError while that is not known, and where such masks cannot be applied.
    """
    if not grid.is_known or grid.hop is None:
        raise ParameterError(Phrase("rate and hop of the masks are not known"))
    n_fft = n_fft_of(grid, n_bins)
    if n_fft // 2 + 1 != n_bins:
        template = N_("an STFT of n_fft {n_fft} has {own} bins, the masks have {wanted}")
        raise ParameterError(Phrase(template, n_fft=n_fft, own=n_fft // 2 + 1, wanted=n_bins))
    return MaskFrames(n_fft, grid.hop, -(n_fft // 2) if grid.centred else 0, grid.window)


class MaskedMixture(AudioSignal):
    """Several masks (n_bins, n_frames) on one mixture; samples are numbered as the mixture's. One thread at a time.

    Magnitudes are scaled and the mixture's phase stays; a complex mask turns it, too. Frames beyond a mask, or not
    wholly inside the mixture, are silent. Raises LoadError when the file cannot be opened, ParameterError as
    `mask_frames`.
    """

    def __init__(self, mixture: Source, grid: MaskGrid, masks: Sequence[Matrix]) -> None:
        self.frames, self._masks = mask_frames(grid, masks[0].shape[0]), masks
        super().__init__(mixture, grid.rate)

    def read(self, start: int, count: int) -> FloatArray:
        """Samples [start, start + count) through the first mask."""
        return np.asarray(self.read_all(start, count)[0])

    def read_all(self, start: int, count: int) -> FloatArray:
        """Samples [start, start + count) of the mixture through every mask: (n_masks, count)."""
        out = np.zeros((len(self._masks), count))
        inside = self.frames.inside(self.first_sample, self.n_samples)
        touching = self.frames.touching(start, start + count)
        first, stop = max(inside[0], touching[0]), min(inside[1], touching[1])
        if stop <= first:
            return out
        begin = self.frames.offset + first * self.frames.hop
        length = (stop - 1 - first) * self.frames.hop + self.frames.n_fft
        spectra = stft(super().read(begin, length), self.frames.n_fft, self.frames.hop, self.frames.window)
        a, b = max(start, begin), min(start + count, begin + length)
        for row, mask in zip(out, self._masks, strict=True):
            part = np.asarray(mask[:, first:stop]).T
            through = np.zeros_like(spectra)
            np.multiply(spectra[: len(part)], part, out=through[: len(part)])
            row[a - start : b - start] = self.frames.istft(through)[a - begin : b - begin]
        return out
