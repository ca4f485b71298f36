"""What one file alone gives rise to: how it was read, what is wrong with its samples, how masks fit a mixture."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from osisnr_gui.core.types import ParameterError
from osisnr_gui.io.audio import SILENCE
from osisnr_gui.io.errors import N_, FileError, LoadError, LoadWarning, Phrase, Reason, display_name
from osisnr_gui.session import edits, words
from osisnr_gui.session.comparison.speakers import MOST_CHANNELS, compare_channels, like, one_channel
from osisnr_gui.session.delays import shift_words
from osisnr_gui.session.guess import Role
from osisnr_gui.session.masks import MaskShape, find_grids, fits_mixture, mask_frames, n_fft_of
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.result import Notice, Remedy
from osisnr_gui.session.session import DOWNMIX, Formula, MaskGrid, Session, Source
from osisnr_gui.session.tracks import Track, clip_places, decibels
from osisnr_gui.session.words import error_words, joined

DC_SHARE = 0.01
NEAR_SILENT_DB = -50.0
#: Codes of notices that are warnings: what the loader found, then all.
DAMAGE = ("truncated", "damaged", "chained", "silent", "out_of_range")
SERIOUS = (*DAMAGE, "refused", "clipping", "delay", "polarity", "roles_guessed", "roles", "literal_not_meaningful")


@dataclass(frozen=True, slots=True)
class Case:
    """A file in one role. reference : what it is compared with, itself for a reference; None while there is none.

    name : what notices call it. pair : of an estimate, or of the mixture.
    """

    session: Session
    track: Track
    role: Role
    reference: Track | None
    name: str
    pair: PairAnalysis | None = None

    @property
    def source(self) -> Source:
        """The file."""
        return self.track.source

    @property
    def remove(self) -> Remedy:
        """Close it."""
        return Remedy(Phrase("Remove"), partial(edits.remove, source=self.source, role=self.role))

    def notice(
        self, code: str, message: str, remedies: tuple[Remedy, ...] = (), place: tuple[float, float] | None = None
    ) -> Notice:
        """What a finder says of it. code : as in the JSON."""
        return Notice(code, message, self.source, "warning" if code in SERIOUS else "note", remedies, place)

    def change(self, label: str, **changes: Any) -> tuple[Remedy, ...]:
        """Read it in another way, in this role alone."""
        return (Remedy(label, partial(edits.change_source, source=self.source, role=self.role, **changes)),)

    def error_words(self, error: FileError) -> str:
        """An error of it under the name notices give it."""
        return error_words(error, self.name if display_name(error.path) == self.track.name else "")


def signed(value: float, form: str) -> str:
    """A number with a true minus sign: `signed(-0.5, ".1f")`. A whole sentence may name a file with a hyphen."""
    return format(value, form).replace("-", "\u2212")


def louder(gain_db: float) -> Phrase:
    """ "6.0 dB louder", "6.0 dB quieter"."""
    level = f"{abs(gain_db):.1f}"
    return Phrase("{level} dB louder", level=level) if gain_db > 0 else Phrase("{level} dB quieter", level=level)


def show_exact() -> Remedy:
    """Lead with the result that does without the constants of the literal formula."""
    return Remedy(Phrase("Show exact, active frames"), partial(edits.set_formula, formula=Formula.EXACT))


def refused_notice(case: Case, error: FileError) -> Notice:
    """A file that could not be read, with the other ways to read it."""
    source = case.source
    keys: tuple[str, ...] = getattr(error, "choices", ())
    ways = tuple(way for key in keys for way in case.change(Phrase("Use {key}", key=key), key=key))
    if isinstance(error, LoadError) and error.reason is Reason.BAD_CHANNELS and source.channel:
        ways = case.change(Phrase("Channel 1"), channel=None)
    elif source.pair_axis:
        ways = case.change(Phrase("Undo"), pair_axis=False)
    elif isinstance(error, LoadError) and error.looks_paired:
        ways = case.change(Phrase("Read as re + i·im"), pair_axis=True)
    message = Phrase("{error}{which}", error=case.error_words(error), which=_which(case))
    return case.notice("refused", message, ways or (case.remove,))


def _which(case: Case) -> str:
    """Where one file stands in two roles, a remedy must say which of them it is for."""
    twice = case.source in case.session.references and case.source in case.session.estimates
    if not twice:
        return ""
    return Phrase(" (the reference)") if case.role is Role.REFERENCE else Phrase(" (the estimate)")


def warning_notice(case: Case, warning: LoadWarning) -> Notice:
    """What the loader says of a file, in its own words and under its own code."""
    level, ways = case.track.level, tuple[Remedy, ...]()
    if warning.code == "MULTICHANNEL":
        return channels_notice(case)
    if warning.code == "PAIRED":
        ways = case.change(Phrase("Undo"), pair_axis=False)
    elif warning.code == "SILENT" and level is not None and level.peak < SILENCE:
        # Nothing at all is heard of the file, not only of another channel.
        ways = case.change(Phrase("Channel 1"), channel=None) if case.source.channel == DOWNMIX else (case.remove,)
    message = Phrase("{name}: {message}", name=case.name, message=warning.message)
    return case.notice(warning.code.lower(), message, ways)


def channels_notice(case: Case) -> Notice:
    """Which channels of a file are compared."""
    track, source, count = case.track, case.source, case.track.channels
    values = {"name": track.name, "count": count, "which": _which(case)}
    lists = {Role.REFERENCE: case.session.references, Role.ESTIMATE: case.session.estimates}
    alike = [other for other in lists.get(case.role, ()) if like(other, source)]
    if len(alike) > 1:
        undo = Remedy(Phrase("Undo"), partial(one_channel, estimate=source if case.role is Role.ESTIMATE else None))
        message = Phrase("{name}: each of its {count} channels is compared on its own{which}", **values)
        if len(alike) < count:
            template = N_("{name}: {some} of its {count} channels are compared, each on its own{which}")
            message = Phrase(template, some=len(alike), **values)
        return case.notice("channels", message, (undo,))
    if source.channel is not None:
        message = Phrase("{name}: channel {channel} of {count} is used{which}", channel=source.channel, **values)
        if source.channel == DOWNMIX:
            message = Phrase("{name}: the mean of all {count} channels is used{which}", **values)
        return case.notice("channels", message, case.change(Phrase("Undo"), channel=None))
    ways = [way for k in range(2, min(count, 6) + 1) for way in case.change(Phrase("Channel {n}", n=k), channel=k)]
    ways += case.change(Phrase("Mean of all"), channel=DOWNMIX)
    if case.role is Role.ESTIMATE and case.reference is not None and count <= MOST_CHANNELS:
        each = partial(compare_channels, estimate=source, count=count, reference_count=case.reference.channels)
        ways.append(Remedy(Phrase("Each channel as its own estimate"), each))
    message = Phrase("{name}: {count} channels; channel 1 is used, nothing was mixed{which}", **values)
    return case.notice("channels", message, (*ways, *case.change(Phrase("Keep"), channel=1)))


def find_turned_or_offset(case: Case) -> Iterator[Notice]:
    """A mask that was turned; a constant that was taken out of all samples, or that is large for how loud they are."""
    name, source, level = case.name, case.source, case.track.level
    if case.track.mask is not None and source.transpose:
        message = Phrase("{name}: transposed; its rows are taken as frames", name=name)
        yield case.notice("transposed", message, case.change(Phrase("Undo"), transpose=False))
    if level is not None and source.offset:
        offset = signed(source.offset, "+.4g")
        message = Phrase("{name}: a DC offset of {offset} of full scale was taken out", name=name, offset=offset)
        yield case.notice("dc_removed", message, case.change(Phrase("Undo"), offset=0.0))
    if level is not None and abs(level.mean) > DC_SHARE * level.rms > 0:
        template = N_("{name}: DC offset of {percent:.1f} % of its RMS ({offset} of full scale); nothing was removed")
        percent, offset = 100 * abs(level.mean) / level.rms, signed(level.mean, "+.4g")
        ways = case.change(Phrase("Take it out"), offset=level.mean / source.gain + source.offset)
        yield case.notice("dc", Phrase(template, name=name, percent=percent, offset=offset), ways)


def find_extremes(case: Case) -> Iterator[Notice]:
    """Runs of samples at full scale; sound so quiet that the constants of the literal formula may weigh in."""
    track, level = case.track, case.track.level
    if level is None:
        return
    if runs := level.clipped_runs:
        places = Phrase("{n} clipped place", n=runs) if runs == 1 else Phrase("{n} clipped places", n=runs)
        message = Phrase("{name}: {runs} (3 or more samples at full scale)", name=case.name, runs=places)
        longest_at: tuple[float, float] | None = None
        if len(track.clips):
            # Of a hundred thousand runs only this one: notices are found anew while a slider moves.
            longest = int(track.clips[:, 1].argmax())
            one = replace(track, clips=track.clips[longest : longest + 1])
            ((start, stop),) = clip_places(one, None if case.reference is None else case.reference.sample_rate).tolist()
            template, length = N_("{found}, the longest {length} samples at {start:.3f} s"), int(one.clips[0, 1])
            message, longest_at = Phrase(template, found=message, length=length, start=start), (start, stop)
        yield case.notice("clipping", message, place=longest_at)
    if level.rms_db < NEAR_SILENT_DB and level.peak >= SILENCE:
        template = N_(
            "{name}: nearly silent, RMS {rms} dBFS, peak {peak} dBFS; exact values do not depend on the level, "
            "the constants of the literal formula are made for louder sound"
        )
        rms, peak = signed(level.rms_db, ".1f"), signed(decibels(level.peak), ".1f")
        ways = (show_exact(),) if case.session.loss.formula is Formula.LITERAL else ()
        yield case.notice("near_silent", Phrase(template, name=case.name, rms=rms, peak=peak), ways)


def find_moved_file(case: Case) -> Iterator[Notice]:
    """A file that is no estimate, or no longer one, and was moved in time."""
    track, reference = case.track, case.reference
    rate = track.sample_rate if reference is None else reference.sample_rate
    if case.source.delay and track.sample_rate and rate:
        message = Phrase("{name}: {shift}", name=case.name, shift=shift_words(case.source.delay, rate))
        yield case.notice("aligned", message, case.change(Phrase("Undo"), delay=0))


def find_scaled(case: Case) -> Iterator[Notice]:
    """Sound that was brought to another level."""
    if case.source.gain != 1.0 and case.track.sample_rate:
        level = louder(20 * math.log10(case.source.gain))
        message = Phrase("{name}: made {louder}", name=case.name, louder=level)
        if case.role is Role.ESTIMATE:
            message = Phrase("{name}: made {louder} to match the reference", name=case.name, louder=level)
        yield case.notice("level_matched", message, case.change(Phrase("Undo"), gain=1.0))


def find_flipped(case: Case) -> Iterator[Notice]:
    """A file that is read with the opposite sign."""
    if case.source.flip:
        message = Phrase("{name}: turned upside down (opposite sign)", name=case.name)
        yield case.notice("flipped", message, case.change(Phrase("Undo"), flip=False))


def mask_grid_notice(case: Case) -> Notice | None:
    """Of masks whose STFT is not known: the grids that fit the mixture, each on a click; else what does not fit."""
    reference, mixture, grid = case.reference, case.track, case.session.mask_grid
    if reference is None or reference.mask is None or not mixture.n_samples or not mixture.sample_rate:
        return None
    shape = MaskShape(*reference.mask.values.shape)
    if grid.is_known:
        return _unheard(case, shape)
    fitting = find_grids(shape, mixture.n_samples, mixture.sample_rate, grid.n_fft)
    values: dict[str, object] = {"frames": words.count(shape.n_frames), "bins": shape.n_bins}
    values |= {"name": case.name, "n_fft": n_fft_of(grid, shape.n_bins)}
    if not fitting:
        template = N_(
            "The masks ({frames} frames, {bins} bins) fit no usual STFT of {name} with n_fft {n_fft}; "
            "give rate and hop under Frames to see seconds and Hz and to hear them on it"
        )
        return case.notice("mask_grid", Phrase(template, **values))
    template = N_(
        "The masks ({frames} frames, {bins} bins) fit an STFT of {name} with n_fft {n_fft} and {ways}; "
        "nothing is assumed: choose it to see seconds and Hz and to hear them on it"
    )
    named = [_grid_words(each) for each in fitting]
    *others, last = named
    ways = Phrase("{ways}; or {last}", ways=joined(others), last=last) if others else last
    use = partial(edits.set_mask_grid, n_bins=shape.n_bins)
    uses = (partial(use, rate=each.rate, hop=each.hop, centred=each.centred) for each in fitting)
    remedies = tuple(Remedy(Phrase("Use {grid}", grid=name), edit) for name, edit in zip(named, uses, strict=True))
    return case.notice("mask_grid", Phrase(template, ways=ways, **values), remedies)


def _unheard(case: Case, shape: MaskShape) -> Notice | None:
    """Why masks cannot be heard on the mixture, or that their frames are not those of its STFT."""
    grid, mixture = case.session.mask_grid, case.track
    try:
        mask_frames(grid, shape.n_bins)
    except ParameterError as error:
        message = Phrase("The masks cannot be heard on {name}: {error}", name=case.name, error=error.args[0])
        return case.notice("mask_grid", message)
    n_samples = -(-(mixture.n_samples or 0) * (grid.rate or 1) // (mixture.sample_rate or 1))  # as resampling has it
    if fits_mixture(grid, shape, n_samples):
        return None
    n = words.count(n_samples)
    samples = Phrase("{n} sample", n=n) if n_samples == 1 else Phrase("{n} samples", n=n)
    template = N_(
        "{name} has {samples} at {rate}: its STFT has another number of frames than the masks ({frames}); "
        "what both have can be heard"
    )
    rate, frames = words.rate(grid.rate or 1), words.count(shape.n_frames)
    return case.notice("mask_grid", Phrase(template, name=case.name, samples=samples, rate=rate, frames=frames))


def _grid_words(grid: MaskGrid) -> Phrase:
    if grid.centred:
        return Phrase("hop {hop}, centred (padded)", hop=grid.hop)
    return Phrase("hop {hop}, not padded", hop=grid.hop)
