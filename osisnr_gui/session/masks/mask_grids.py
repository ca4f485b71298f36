"""Time of a mask's columns and frequency of its rows, once the STFT it belongs to is known.

Nothing is assumed: rate and hop are the user's, or were chosen among those that fit a mixture.
"""

from dataclasses import dataclass, replace

from osisnr_gui.session.pictures import TimeGrid
from osisnr_gui.session.session import MaskGrid, Note

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


def move_notes(notes: tuple[Note, ...], old: TimeGrid, new: TimeGrid) -> tuple[Note, ...]:
    """Notes on the same frames of another time axis."""

    def moved(time: float) -> float:
        return new.first + (time - old.first) / old.step * new.step

    return tuple(replace(note, start=moved(note.start), stop=moved(note.stop)) for note in notes)


@dataclass(frozen=True, slots=True)
class MaskShape:
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
    found = []
    for centred in (False, True):
        hops = [hop for hop in usual_hops if _fits(shape.n_frames, n_samples, size, hop, centred)]
        hops = hops or _only_hop(shape.n_frames, n_samples, size, centred)
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


def _only_hop(n_frames: int, n_samples: int, n_fft: int, centred: bool) -> list[int]:
    """The one hop up to n_fft that gives as many frames; none where several do."""
    if n_frames < 2:
        return []
    length = n_samples if centred else n_samples - n_fft
    near = range(max(1, length // n_frames - 1), min(n_fft, length // (n_frames - 1) + 1) + 1)
    hops = [hop for hop in near if _fits(n_frames, n_samples, n_fft, hop, centred)]
    return hops if len(hops) == 1 else []
