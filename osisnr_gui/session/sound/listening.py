"""What can be heard of an analysis: reference, estimates, their residuals, the mixture, sample by sample; how loud.

All on the reference's samples: its rate, its time 0, every file's channel and delay as the session says. Blocks come
from disk when they are asked for, nothing is kept. Gains make sounds equally loud, and never louder than full scale.
"""

import math
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from osisnr_gui.core.osi_snr import project_rows
from osisnr_gui.core.stft import frames_of, overlap_add, stft, window
from osisnr_gui.core.types import FloatArray, Framing, ParameterError, Representation
from osisnr_gui.io.errors import Cancel
from osisnr_gui.session.masks import MaskedMixture, mask_frames
from osisnr_gui.session.matching import product_sums
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.readers import AudioSignal
from osisnr_gui.session.result import Analysis
from osisnr_gui.session.session import Lengths, MaskGrid, Source
from osisnr_gui.session.tracks import Stamp, Track

FALLBACK_RATE = 16_000


class SoundKind(StrEnum):
    """What a sound is."""

    REFERENCE = "reference"
    ESTIMATE = "estimate"
    RESIDUAL = "residual"
    MIXTURE = "mixture"


@dataclass(frozen=True, slots=True)
class Sound:
    """One thing that can be heard; `index` is its place among the estimates (of residuals too) or the references."""

    kind: SoundKind
    index: int = 0


class ResidualScale(StrEnum):
    """Which multiple of the reference is taken out of an estimate to hear the rest.

    WHOLE : one least-squares gain for the whole signals, in time. FRAME : one a frame, on the columns of the analysis,
    as the residual's picture shows it; magnitudes keep the estimate's phase.
    """

    WHOLE = "whole"
    FRAME = "frame"


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything the samples depend on: equal recipes sound the same.

    files : source and stamp by sound; delays are in samples at `rate`. partners : the place of every estimate's
    reference. gains : its whole-signal gain C/S on that reference, None where it is not known. masks : what is heard
    of the mixture through them, in place of their files, on their grid.
    """

    files: tuple[tuple[Sound, Source, Stamp | None], ...]
    partners: tuple[int, ...]
    gains: tuple[float | None, ...]
    rate: int
    lengths: Lengths
    scale: ResidualScale
    framing: Framing | None
    masks: tuple[tuple[Sound, Track], ...] = ()
    mask_grid: MaskGrid | None = None

    @property
    def sounds(self) -> tuple[Sound, ...]:
        """What can be heard, in the order of the rows of `Listening.read`."""
        files = [sound for sound, _, _ in self.files]
        known = (index for index, gain in enumerate(self.gains) if gain is not None)
        masked = [sound for sound, _ in self.masks]
        return (*masked, *files, *(Sound(SoundKind.RESIDUAL, index) for index in known))

    def reference_of(self, estimate: int) -> Sound:
        """The reference with which an estimate is compared."""
        return Sound(SoundKind.REFERENCE, self.partners[estimate] if estimate < len(self.partners) else 0)


def sound_tracks(analysis: Analysis) -> dict[Sound, Track]:
    """The files of an analysis by what each is heard as: references, estimates, the mixture."""
    tracks = {Sound(SoundKind.REFERENCE, index): track for index, track in enumerate(analysis.references)}
    tracks |= {Sound(SoundKind.ESTIMATE, index): pair.estimate for index, pair in enumerate(analysis.pairs)}
    return tracks if analysis.mixture is None else {**tracks, Sound(SoundKind.MIXTURE): analysis.mixture}


def find_recipe(analysis: Analysis, scale: ResidualScale = ResidualScale.WHOLE) -> Recipe:
    """What can be heard of an analysis; its `files` are empty when nothing can."""
    audible = [(sound, track) for sound, track in sound_tracks(analysis).items() if _is_audible(track)]
    rate = next((track.sample_rate for _, track in audible if track.sample_rate), FALLBACK_RATE)
    masks, grid = _heard_masks(analysis), analysis.session.mask_grid
    rate = grid.rate if masks and grid.rate else rate
    files = tuple((sound, _at_rate(analysis, sound, track, rate), track.stamp) for sound, track in audible)
    gains, partners = tuple(map(whole_gain, analysis.pairs)), analysis.session.partners
    framing, lengths = analysis.framing if scale is ResidualScale.FRAME else None, analysis.session.lengths
    return Recipe(files, partners, gains, rate, lengths, scale, framing, masks, grid if masks else None)


def _heard_masks(analysis: Analysis) -> tuple[tuple[Sound, Track], ...]:
    """Masks that can be applied to the mixture; none without a mixture, or while it is not known how."""
    reference, mixture = analysis.reference, analysis.mixture
    if reference is None or reference.mask is None or mixture is None or not _is_audible(mixture):
        return ()
    n_bins = reference.mask.values.shape[0]
    try:
        mask_frames(analysis.session.mask_grid, n_bins)
    except ParameterError:
        return ()
    read = [(sound, track, track.mask) for sound, track in sound_tracks(analysis).items() if track.error is None]
    return tuple((sound, track) for sound, track, mask in read if mask is not None and mask.values.shape[0] == n_bins)


def _at_rate(analysis: Analysis, sound: Sound, track: Track, rate: int) -> Source:
    """The source with its delay, which is in samples of the reference it is compared with, in samples at `rate`."""
    reference = track
    if sound.kind is SoundKind.ESTIMATE:
        reference = analysis.pairs[sound.index].reference or track
    elif sound.kind is SoundKind.MIXTURE:
        reference = analysis.reference or track
    if reference.sample_rate in (None, rate):
        return track.source
    return replace(track.source, delay=round(track.source.delay * rate / reference.sample_rate))


def _is_audible(track: Track) -> bool:
    return track.kind == "audio" and track.error is None


def whole_gain(pair: PairAnalysis) -> float | None:
    """C/S of the whole signals once the pass is done; None before, and where the reference is silent."""
    frames = pair.frames
    if pair.error is not None or frames is None or not frames.complete or frames.whole is None:
        return None
    gain = float(frames.whole.gain[0])
    return gain if np.isfinite(gain) else None


class Listening:
    """The sounds of a recipe, opened. Use from one thread at a time.

    Raises LoadError when a file cannot be opened any more.
    """

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.sounds, self.rate = recipe.sounds, recipe.rate
        self._signals: dict[Sound, AudioSignal] = {}
        with ExitStack() as stack:
            for sound, source, _ in recipe.files:
                self._signals[sound] = stack.enter_context(AudioSignal(source, recipe.rate))
            self._masked = None
            if recipe.masks:
                assert recipe.mask_grid is not None, "masks that can be heard have a grid"
                mixture = next(source for sound, source, _ in recipe.files if sound.kind is SoundKind.MIXTURE)
                masks = [track.mask.values for _, track in recipe.masks if track.mask is not None]
                self._masked = stack.enter_context(MaskedMixture(mixture, recipe.mask_grid, masks))
            self._opened = stack.pop_all()
        lengths = [signal.n_samples for signal in self._signals.values()]
        references = [x.n_samples for sound, x in self._signals.items() if sound.kind is SoundKind.REFERENCE]
        self.n_samples = max(lengths if recipe.lengths is Lengths.PAD else references or lengths, default=0)

    def read(self, start: int, count: int) -> FloatArray:
        """Samples [start, start + count) of every sound: (n_sounds, count), zeros where a file has none."""
        framing = self.recipe.framing
        margin = 0 if framing is None else framing.n_fft
        wide = {sound: signal.read(start - margin, count + 2 * margin) for sound, signal in self._signals.items()}
        out = np.empty((len(self.sounds), count))
        n_masked = len(self.recipe.masks)
        if self._masked is not None:
            out[:n_masked] = self._masked.read_all(start, count)
        for row, sound in zip(out[n_masked:], self.sounds[n_masked:], strict=True):
            if sound.kind is SoundKind.RESIDUAL:
                s, e = wide[self.recipe.reference_of(sound.index)], wide[Sound(SoundKind.ESTIMATE, sound.index)]
                gain = self.recipe.gains[sound.index] or 0.0
                found = e - gain * s if framing is None else frame_residual(s, e, start - margin, framing)
            else:
                found = wide[sound]
            row[:] = found[margin : margin + count]
        return out

    def close(self) -> None:
        """Close all files."""
        self._opened.close()


def frame_residual(s: FloatArray, e: FloatArray, start: int, framing: Framing) -> FloatArray:
    """Estimate minus the reference's best multiple, frame by frame, as sound: float64 like `e` (n,).

    start : sample number of s[0] and e[0]; frames lie on multiples of the hop. Right from n_fft samples after the
    beginning to n_fft samples before the end. Magnitude columns: ||E| - g|S|| signed, with the estimate's phase.
    """
    n_fft = framing.n_fft
    # A hop without overlap has no sum of windows to divide by; a tiny one has nothing to add to what is heard.
    hop = min(max(framing.hop, n_fft // 16, 1), n_fft // 2)
    skip = -start % hop
    if len(e) - skip < n_fft:
        return np.zeros_like(e)
    smooth = window("hann", n_fft)
    if framing.representation is Representation.WAVEFORM:
        rows = [np.array(frames_of(x[skip:], n_fft, hop)) for x in (s, e)]
        frames, analysis = project_rows(*rows)[1], np.ones(n_fft)
    else:
        analysis = window(framing.window, n_fft)
        cells_s, cells_e = (stft(x[skip:], n_fft, hop, framing.window) for x in (s, e))
        if framing.representation is Representation.COMPLEX:
            rest = project_rows(cells_s, cells_e)[1]
        else:
            size = np.abs(cells_e)
            phase = np.divide(cells_e, size, out=np.zeros_like(cells_e), where=size > 0)
            rest = project_rows(np.abs(cells_s), size)[1] * phase
        frames = np.fft.irfft(rest, n_fft, axis=1)
    out = np.zeros_like(e)
    sound = overlap_add(np.asarray(frames, dtype=np.float64), analysis, smooth, hop)
    out[skip : skip + len(sound)] = sound
    return out


def measure_gain(reference: Source, other: Source, rate: int, cancelled: Cancel | None = None) -> float | None:
    """Least-squares gain C/S of another file on the reference, both whole; None when the reference is silent.

    Raises LoadError and io's Cancelled.
    """
    ((energy, _, dot),) = product_sums(reference, [other], rate, cancelled)
    return float(dot / energy) if energy > 0 else None


LIMIT_DB = 30.0  # nothing is made louder or softer by more
# All sounds make room for the loudest one by at most this; beyond it, that one is not as loud as asked.
LOWERED_DB = 6.0
FULL_SCALE = 0.99


class Match(StrEnum):
    """What makes two sounds equally loud.

    OFF : as the files are. RMS : the RMS of the (first) reference. OSI : what is left of the reference in a sound is as
    loud as the reference, 1/|C/S| with the least-squares gain C/S, so the rest is heard at the level the measure gives.
    """

    OFF = "off"
    RMS = "rms"
    OSI = "osi"


@dataclass(frozen=True, slots=True)
class Loudness:
    """Linear gain of every sound, and `lowered` <= 1, common to all, that keeps every file's peak below full scale.

    unknown : sounds whose level is not known yet; they are heard as they are. limited : sounds that are not as loud as
    they should be, because their gain would be too high.
    """

    gains: Mapping[Sound, float]
    lowered: float = 1.0
    unknown: frozenset[Sound] = frozenset()
    limited: frozenset[Sound] = frozenset()

    def total(self, sound: Sound) -> float:
        """What the samples of a sound are multiplied by."""
        return self.gains.get(sound, 1.0) * self.lowered

    def gain_db(self, sound: Sound) -> float:
        """The gain of a sound in dB, the common lowering included."""
        return 20.0 * math.log10(self.total(sound))


def find_loudness(analysis: Analysis, recipe: Recipe, match: Match, mixture_gain: float | None = None) -> Loudness:
    """Gains for the sounds of a recipe. mixture_gain : its least-squares gain on the reference, once measured."""
    tracks = sound_tracks(analysis)
    wanted = _wanted_gains(analysis, recipe, tracks, match, mixture_gain)
    known = {sound: gain for sound, gain in wanted.items() if gain is not None and math.isfinite(gain) and gain > 0}
    most = 10.0 ** (LIMIT_DB / 20.0)
    gains = {sound: min(max(known.get(sound, 1.0), 1.0 / most), most) for sound in recipe.sounds}
    peaks = {s: t.level.peak for s, t in tracks.items() if s in gains and t.level is not None}
    loudest = max((gains[sound] * peak for sound, peak in peaks.items()), default=0.0)
    lowered = max(FULL_SCALE / loudest, 10.0 ** (-LOWERED_DB / 20.0)) if loudest > 1.0 else 1.0
    for sound, peak in peaks.items():
        if gains[sound] > 1.0 and gains[sound] * lowered * peak > 1.0:
            gains[sound] = max(1.0, FULL_SCALE / (lowered * peak))
    if match is Match.OSI:  # a residual is heard at the level it has in its estimate
        gains |= {s: gains.get(Sound(SoundKind.ESTIMATE, s.index), 1.0) for s in gains if s.kind is SoundKind.RESIDUAL}
    limited = frozenset(sound for sound, gain in known.items() if gains[sound] != gain)
    return Loudness(gains, lowered, frozenset(recipe.sounds) - known.keys(), limited)


def _wanted_gains(
    analysis: Analysis, recipe: Recipe, tracks: Mapping[Sound, Track], match: Match, mixture_gain: float | None
) -> dict[Sound, float | None]:
    """The gain of every sound under a match; None where what it needs is not known."""
    if match is Match.OFF:
        return dict.fromkeys(recipe.sounds, 1.0)
    if match is Match.RMS:
        rms = {sound: None if track.level is None else track.level.rms for sound, track in tracks.items()}
        for sound in recipe.sounds:
            if sound.kind is SoundKind.RESIDUAL:
                share = _residual_share(analysis.pairs[sound.index], recipe.scale)
                own = rms[Sound(SoundKind.ESTIMATE, sound.index)]
                rms[sound] = None if share is None or own is None else own * share
        target = rms.get(Sound(SoundKind.REFERENCE))
        return {sound: target / own if target and (own := rms.get(sound)) else None for sound in recipe.sounds}
    known = {SoundKind.REFERENCE: 1.0, SoundKind.MIXTURE: mixture_gain}
    gains = {s: known[s.kind] if s.kind in known else whole_gain(analysis.pairs[s.index]) for s in recipe.sounds}
    return {sound: 1.0 / abs(gain) if gain else None for sound, gain in gains.items()}


def _residual_share(pair: PairAnalysis, scale: ResidualScale) -> float | None:
    """RMS of the residual as a share of the estimate's, once the pass is done."""
    frames = pair.frames
    if frames is None or not frames.complete or frames.whole is None:
        return None
    p = frames.whole if scale is ResidualScale.WHOLE else frames.projection
    unit = p.estimate_scale**2
    with np.errstate(all="ignore"):
        return float(np.sqrt((p.residual_energy * unit).sum() / (p.estimate_energy * unit).sum()))
