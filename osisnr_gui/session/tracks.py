"""One file of the session as it was found: header first, then every sample checked."""

import os
from dataclasses import asdict, dataclass, field, replace
from typing import Literal, Self

import numpy as np
import numpy.typing as npt

from osisnr_gui.core.types import FloatArray
from osisnr_gui.io.audio import SILENCE, AudioFile, AudioScanner, SampleChecks, scan_audio
from osisnr_gui.io.errors import Cancel, FileError, LoadError, LoadWarning, Phrase, Reason, display_name, stop_if
from osisnr_gui.io.formats import find_kind
from osisnr_gui.io.masks import Mask, find_cell_facts, load_mask
from osisnr_gui.session.session import DOWNMIX, Source

Kind = Literal["audio", "mask"]
Stamp = tuple[int, int]
MIX_BLOCK = 1 << 15  # samples per channel


@dataclass(frozen=True, slots=True)
class Level:
    """Figures of the chosen channel, or of the mean of all, over the whole file, as read, linear: rms, mean, peak.

    clipped_runs counts runs of at least 3 samples at full scale, in all channels that are read.
    """

    rms: float
    mean: float
    peak: float
    clipped_runs: int

    @property
    def rms_db(self) -> float:
        """RMS in dB re full scale; -inf for digital silence."""
        return decibels(self.rms)

    def read_as(self, source: Source) -> Self:
        """The level with the source's offset and gain; the peak is then the most it can be."""
        offset, gain = source.offset, source.gain
        if offset == 0.0 and gain == 1.0:
            return self
        square = self.rms**2 - 2.0 * offset * self.mean + offset**2
        rms, mean, peak = np.sqrt(max(square, 0.0)), self.mean - offset, self.peak + abs(offset)
        return replace(self, rms=float(gain * rms), mean=gain * mean, peak=gain * peak)


def decibels(value: float) -> float:
    """A linear figure in dB re full scale; -inf for digital silence."""
    with np.errstate(divide="ignore"):
        return float(20.0 * np.log10(value))


_NO_CLIPS: npt.NDArray[np.int64] = np.empty((0, 2), dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """What is known of one source. `error` is set when the file was refused; the other fields may then be empty.

    stamp : size and modification time of the file when it was opened. level : None until `check_track`; so is clips
    empty, then (n, 2) first sample and length of the clipped runs in the file, at most 100 000 a channel.
    """

    source: Source
    stamp: Stamp | None = None
    kind: Kind | None = None
    coding: str = ""
    sample_rate: int | None = None
    channels: int = 1
    n_samples: int | None = None
    mask: Mask | None = None
    level: Level | None = None
    clips: npt.NDArray[np.int64] = field(default_factory=lambda: _NO_CLIPS)
    warnings: tuple[LoadWarning, ...] = ()
    error: FileError | None = None

    @property
    def name(self) -> str:
        """The file's name, safe to show."""
        return display_name(self.source.path)

    @property
    def duration_s(self) -> float | None:
        """Length in seconds; None for a mask."""
        if self.n_samples is None or not self.sample_rate:
            return None
        return self.n_samples / self.sample_rate

    @property
    def checked(self) -> bool:
        """Whether nothing is left for `check_track` to do."""
        return self.error is not None or self.kind != "audio" or self.level is not None


def stamp_of(path: str) -> Stamp | None:
    """Size and modification time, or None when the file cannot be seen."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_size, status.st_mtime_ns


def open_track(source: Source, cancelled: Cancel | None = None) -> Track:
    """Open a source far enough to know what it is; never raises for the file's sake, but io's Cancelled."""
    path, stamp = source.path, stamp_of(source.path)
    try:
        if find_kind(path) == "mask":
            key, transpose, pair_axis = source.key, source.transpose, source.pair_axis
            mask = load_mask(path, key=key, transpose=transpose, cancelled=cancelled, pair_axis=pair_axis)
            mask = _flipped(mask) if source.flip else mask
            coding = f"{mask.values.shape[0]} × {mask.values.shape[1]} {mask.values.dtype}"
            return Track(source, stamp, "mask", coding, mask=mask, warnings=mask.warnings)
        with AudioFile(path) as file:
            info = file.info
    except FileError as error:
        return Track(source, stamp_of(path), error=error)
    channel, count = source.channel, info.channels
    if channel is not None and not DOWNMIX <= channel <= count:
        detail = Phrase("there is no channel {channel}; the file has {count}", channel=channel, count=count)
        remedy = Phrase("choose a channel from 1 to {count}", count=count)
        return Track(source, stamp_of(path), error=LoadError(Reason.BAD_CHANNELS, path, detail, remedy))
    coding = f"{info.container} {info.coding}"
    return Track(
        source, stamp, "audio", coding, info.sample_rate, info.channels, info.n_samples, warnings=info.warnings
    )


def _flipped(mask: Mask) -> Mask:
    """The mask with the opposite sign; ranges of complex masks are those of magnitudes and stay."""
    if np.iscomplexobj(mask.values):
        # Of the type that is stored: in another one magnitudes would be rounded anew.
        return replace(mask, values=np.negative(mask.values))
    # Booleans and unsigned numbers have no opposite.
    values = -mask.values.astype(np.float64)
    return replace(mask, values=values, **asdict(find_cell_facts(mask.path, values)))


def check_track(track: Track, cancelled: Cancel | None = None, scanner: AudioScanner | None = None) -> Track:
    """Read every sample once: levels, clipping, and damage that a header does not show.

    scanner : has seen some of the samples already, and reads only the others.

    Raises io's Cancelled; a refusal becomes the track's error.
    """
    if track.checked:
        return track
    try:
        path = track.source.path
        scan = scan_audio(path, cancelled=cancelled) if scanner is None else scanner.finish(cancelled=cancelled)
        channel = 1 if track.source.channel is None else track.source.channel
        # Clipping is counted in the channels: the damage stays in a mix, though no longer at full scale.
        runs = sum(scan.clipped_runs) if channel == DOWNMIX else scan.clipped_runs[channel - 1]
        heard, k = (_check_mix(scan, cancelled), 0) if channel == DOWNMIX else (scan, channel - 1)
        level = Level(float(heard.rms[k]), float(heard.mean[k]), float(heard.peak[k]), runs).read_as(track.source)
    except FileError as error:
        return replace(track, error=error)
    known = {(warning.code, warning.message) for warning in track.warnings}
    fresh = tuple(w for w in scan.warnings if (w.code, w.message) not in known)
    if channel == DOWNMIX and level.peak < SILENCE <= scan.peak.max():
        fresh += (LoadWarning("SILENT", Phrase("only silence in the mean of all channels: they cancel out")),)
    clips = np.concatenate(scan.clip_spans) if channel == DOWNMIX else scan.clip_spans[channel - 1]
    clips = clips[np.argsort(clips[:, 0], kind="stable")]
    return replace(track, level=level, clips=clips, n_samples=scan.n_samples, warnings=track.warnings + fresh)


def _check_mix(scan: SampleChecks, cancelled: Cancel | None) -> SampleChecks:
    """Check the mean of all channels, read once more: channels may cancel, so its level is not in theirs."""
    checks = SampleChecks(replace(scan.info, channels=1))
    with AudioFile(scan.info.path) as file:
        while checks.n_samples < scan.n_samples:
            stop_if(cancelled)
            block = file.read_channel(checks.n_samples, MIX_BLOCK, DOWNMIX)
            if len(block) == 0:
                break
            checks.feed(block[:, None])
    return checks


class PairError(FileError):
    """Two files that were each read well do not fit together, or not the settings."""


def clip_places(track: Track, reference_rate: int | None) -> FloatArray:
    """Start and stop of every clipped run that is known, in seconds: (n, 2), by their starts.

    The file's delay, which counts samples at `reference_rate` (None: the file's own), is taken out.
    """
    if not track.sample_rate:
        return np.empty((0, 2))
    starts, lengths = track.clips.astype(np.float64).T
    moved = track.source.delay / (reference_rate or track.sample_rate)
    return np.stack((starts, starts + lengths), axis=1) / track.sample_rate - moved
