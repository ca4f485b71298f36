"""What masks beside a mixture give rise to: the STFTs they fit, and why they cannot be heard on it."""

from functools import partial

from osisnr_gui.core.types import ParameterError
from osisnr_gui.io.errors import N_, Phrase
from osisnr_gui.session import edits, words
from osisnr_gui.session.masks import MaskShape, find_grids, fits_mixture, mask_frames, n_fft_of
from osisnr_gui.session.notices.notice import Case, Found
from osisnr_gui.session.result import Remedy
from osisnr_gui.session.session import MaskGrid
from osisnr_gui.session.words import joined


def find_mask_grid(case: Case) -> Found | None:
    """Of masks whose STFT is not known: the grids that fit the mixture, each on a click; else what does not fit."""
    reference, mixture, grid = case.reference, case.track, case.session.mask_grid
    if reference is None or reference.mask is None or mixture.kind != "audio":
        return None
    if not mixture.n_samples or not mixture.sample_rate:
        return None
    shape = MaskShape(*reference.mask.values.shape)
    if grid.is_known:
        return _unheard(case, shape)
    fitting = find_grids(shape, mixture.n_samples, mixture.sample_rate, grid.n_fft)
    values: dict[str, object] = {
        "frames": words.count(shape.n_frames),
        "bins": shape.n_bins,
        "name": case.name,
        "n_fft": n_fft_of(grid, shape.n_bins),
    }
    if not fitting:
        template = N_(
            "The masks ({frames} frames, {bins} bins) fit no usual STFT of {name} with n_fft {n_fft}; "
            "give rate and hop under Frames to see seconds and Hz and to hear them on it"
        )
        return Found(Phrase(template, **values))
    template = N_(
        "The masks ({frames} frames, {bins} bins) fit an STFT of {name} with n_fft {n_fft} and {ways}; "
        "nothing is assumed: choose it to see seconds and Hz and to hear them on it"
    )
    message = Phrase(template, ways=_or([_grid_words(each) for each in fitting]), **values)
    return Found(message, tuple(_use_grid(each, shape.n_bins) for each in fitting))


def _unheard(case: Case, shape: MaskShape) -> Found | None:
    """Why masks cannot be heard on the mixture, or that their frames are not those of its STFT."""
    grid, mixture = case.session.mask_grid, case.track
    try:
        mask_frames(grid, shape.n_bins)
    except ParameterError as error:
        return Found(Phrase("The masks cannot be heard on {name}: {error}", name=case.name, error=error.args[0]))
    n_samples = -(-(mixture.n_samples or 0) * (grid.rate or 1) // (mixture.sample_rate or 1))  # as resampling has it
    if fits_mixture(grid, shape, n_samples):
        return None
    n = words.count(n_samples)
    samples = Phrase("{n} sample", n=n) if n_samples == 1 else Phrase("{n} samples", n=n)
    message = Phrase(
        "{name} has {samples} at {rate}: its STFT has another number of frames than the masks ({frames}); "
        "what both have can be heard",
        name=case.name,
        samples=samples,
        rate=words.rate(grid.rate or 1),
        frames=words.count(shape.n_frames),
    )
    return Found(message)


def _use_grid(grid: MaskGrid, n_bins: int) -> Remedy:
    edit = partial(edits.set_mask_grid, n_bins=n_bins, rate=grid.rate, hop=grid.hop, centred=grid.centred)
    return Remedy(Phrase("Use {grid}", grid=_grid_words(grid)), edit)


def _grid_words(grid: MaskGrid) -> Phrase:
    if grid.centred:
        return Phrase("hop {hop}, centred (padded)", hop=grid.hop)
    return Phrase("hop {hop}, not padded", hop=grid.hop)


def _or(ways: list[Phrase]) -> Phrase:
    if len(ways) == 1:
        return ways[0]
    return Phrase("{ways}; or {last}", ways=joined(ways[:-1]), last=ways[-1])
