"""What is to be said of masks beside a mixture: which STFT they may belong to, and whether they can be applied."""

from __future__ import annotations

from functools import partial

from osisnr_gui.core.errors import ParameterError
from osisnr_gui.session import edits, words
from osisnr_gui.session.masks.mask_grids import MaskShape, find_grids, fits_mixture, n_fft_of
from osisnr_gui.session.masks.masked_mixture import mask_frames
from osisnr_gui.session.notices.notice import Case, Found, Remedy
from osisnr_gui.session.session import MaskGrid
from osisnr_gui.session.tracks import Track


def find_mask_grid(case: Case) -> Found | None:
    """Of masks whose STFT is not known: the grids that fit the mixture, each on a click; else what does not fit."""
    reference, mixture, grid = case.reference, case.track, case.session.mask_grid
    if reference is None or reference.mask is None or mixture.kind != "audio":
        return None
    if not mixture.n_samples or not mixture.sample_rate:
        return None
    shape = MaskShape(*reference.mask.values.shape)
    if grid.is_known:
        return _unheard(grid, shape, mixture)
    fitting = find_grids(shape, mixture.n_samples, mixture.sample_rate, grid.n_fft)
    values = {
        "frames": words.count(shape.n_frames),
        "bins": shape.n_bins,
        "n_fft": n_fft_of(grid, shape.n_bins),
        "ways": _or([_words(each) for each in fitting]),
    }
    return Found(values, tuple(_use(each, shape.n_bins) for each in fitting), "fits" if fitting else "none")


def _unheard(grid: MaskGrid, shape: MaskShape, mixture: Track) -> Found | None:
    """Why masks cannot be heard on the mixture, or that their frames are not those of its STFT."""
    try:
        mask_frames(grid, shape.n_bins)
    except ParameterError as error:
        return Found({"error": error}, variant="unheard")
    n_samples = -(-(mixture.n_samples or 0) * (grid.rate or 1) // (mixture.sample_rate or 1))  # as resampling has it
    if fits_mixture(grid, shape, n_samples):
        return None
    samples, rate, frames = words.counted(n_samples, "sample"), words.rate(grid.rate or 1), words.count(shape.n_frames)
    return Found({"samples": samples, "rate": rate, "frames": frames}, variant="other")


def _use(grid: MaskGrid, n_bins: int) -> Remedy:
    edit = partial(edits.set_mask_grid, n_bins=n_bins, rate=grid.rate, hop=grid.hop, centred=grid.centred)
    return Remedy(f"Use {_words(grid)}", edit)


def _words(grid: MaskGrid) -> str:
    return f"hop {grid.hop}, {'centred (padded)' if grid.centred else 'not padded'}"


def _or(names: list[str]) -> str:
    return f"{'; '.join(names[:-1])}; or {names[-1]}" if len(names) > 1 else "".join(names)
