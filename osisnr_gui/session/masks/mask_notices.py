"""What is to be said of masks beside a mixture: which STFT they may belong to, and whether they can be applied."""

from __future__ import annotations

from functools import partial

from osisnr_gui.core.types import ParameterError
from osisnr_gui.session import edits, words
from osisnr_gui.session.masks.mask_grids import MaskShape, find_grids, fits_mixture, n_fft_of
from osisnr_gui.session.masks.masked_mixture import mask_frames
from osisnr_gui.session.notices.notice import Notice, Remedy
from osisnr_gui.session.session import MaskGrid, Session
from osisnr_gui.session.tracks import Track


def mask_notices(session: Session, reference: Track | None, mixture: Track | None) -> tuple[Notice, ...]:
    """Of masks whose STFT is not known: the grids that fit the mixture, each on a click; else what does not fit."""
    if reference is None or reference.mask is None or mixture is None or mixture.kind != "audio":
        return ()
    if not mixture.n_samples or not mixture.sample_rate:
        return ()
    shape = MaskShape(*reference.mask.values.shape)
    if session.mask_grid.is_known:
        return _unheard(session.mask_grid, shape, mixture)
    found = find_grids(shape, mixture.n_samples, mixture.sample_rate, session.mask_grid.n_fft)
    size = n_fft_of(session.mask_grid, shape.n_bins)
    masks = f"The masks ({words.count(shape.n_frames)} frames, {shape.n_bins} bins) fit"
    gain = "to see seconds and Hz and to hear them on it"
    if not found:
        text = f"{masks} no usual STFT of {mixture.name} with n_fft {size}; give rate and hop under Frames {gain}"
        return (Notice("mask_grid", text, mixture.source),)
    ways = _or([_words(grid) for grid in found])
    text = f"{masks} an STFT of {mixture.name} with n_fft {size} and {ways}; nothing is assumed: choose it {gain}"
    return (Notice("mask_grid", text, mixture.source, "note", tuple(_use(grid, shape.n_bins) for grid in found)),)


def _unheard(grid: MaskGrid, shape: MaskShape, mixture: Track) -> tuple[Notice, ...]:
    """Why masks cannot be heard on the mixture, or that their frames are not those of its STFT."""
    try:
        mask_frames(grid, shape.n_bins)
    except ParameterError as error:
        return (Notice("mask_grid", f"The masks cannot be heard on {mixture.name}: {error}", mixture.source),)
    n_samples = -(-(mixture.n_samples or 0) * (grid.rate or 1) // (mixture.sample_rate or 1))  # as resampling has it
    if fits_mixture(grid, shape, n_samples):
        return ()
    text = (
        f"{mixture.name} has {words.counted(n_samples, 'sample')} at {words.rate(grid.rate or 1)}: its STFT has "
        f"another number of frames than the masks ({words.count(shape.n_frames)}); what both have can be heard"
    )
    return (Notice("mask_grid", text, mixture.source),)


def _use(grid: MaskGrid, n_bins: int) -> Remedy:
    edit = partial(edits.set_mask_grid, n_bins=n_bins, rate=grid.rate, hop=grid.hop, centred=grid.centred)
    return Remedy(f"Use {_words(grid)}", edit)


def _words(grid: MaskGrid) -> str:
    return f"hop {grid.hop}, {'centred (padded)' if grid.centred else 'not padded'}"


def _or(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{'; '.join(names[:-1])}; or {names[-1]}"
