"""Gains with which sounds are heard equally loud, and never louder than full scale."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.result import Analysis
from osisnr_gui.session.sound.listening import Recipe, ResidualScale, Sound, SoundKind, sound_tracks, whole_gain

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
    levels = _Levels(analysis, recipe.scale, mixture_gain)
    wanted = {sound: levels.gain(sound, match) for sound in recipe.sounds}
    known = {sound: gain for sound, gain in wanted.items() if gain is not None and math.isfinite(gain) and gain > 0}
    most = 10.0 ** (LIMIT_DB / 20.0)
    gains = {sound: min(max(known.get(sound, 1.0), 1.0 / most), most) for sound in recipe.sounds}
    peaks = {s: t.level.peak for s, t in levels.tracks.items() if s in gains and t.level is not None}
    loudest = max((gains[sound] * peak for sound, peak in peaks.items()), default=0.0)
    lowered = max(FULL_SCALE / loudest, 10.0 ** (-LOWERED_DB / 20.0)) if loudest > 1.0 else 1.0
    for sound, peak in peaks.items():
        if gains[sound] > 1.0 and gains[sound] * lowered * peak > 1.0:
            gains[sound] = max(1.0, FULL_SCALE / (lowered * peak))
    if match is Match.OSI:  # a residual is heard at the level it has in its estimate
        gains |= {s: gains.get(Sound(SoundKind.ESTIMATE, s.index), 1.0) for s in gains if s.kind is SoundKind.RESIDUAL}
    return Loudness(
        gains,
        lowered,
        frozenset(recipe.sounds) - known.keys(),
        frozenset(sound for sound, gain in known.items() if gains[sound] != gain),
    )


class _Levels:
    """What is known of how loud the sounds of an analysis are."""

    def __init__(self, analysis: Analysis, scale: ResidualScale, mixture_gain: float | None) -> None:
        self._pairs, self._scale, self._mixture_gain = analysis.pairs, scale, mixture_gain
        self.tracks = sound_tracks(analysis)

    def gain(self, sound: Sound, match: Match) -> float | None:
        """The gain of a sound under a match; None when what it needs is not known."""
        if match is Match.OFF:
            return 1.0
        if match is Match.RMS:
            target, own = self._rms(Sound(SoundKind.REFERENCE)), self._rms(sound)
            return target / own if target and own else None
        if sound.kind is SoundKind.REFERENCE:
            return 1.0
        gain = self._mixture_gain if sound.kind is SoundKind.MIXTURE else whole_gain(self._pairs[sound.index])
        return 1.0 / abs(gain) if gain else None

    def _rms(self, sound: Sound) -> float | None:
        if sound.kind is SoundKind.RESIDUAL:
            rms = self._rms(Sound(SoundKind.ESTIMATE, sound.index))
            share = _residual_share(self._pairs[sound.index], self._scale)
            return None if share is None or rms is None else rms * share
        track = self.tracks.get(sound)
        return None if track is None or track.level is None else track.level.rms


def _residual_share(pair: PairAnalysis, scale: ResidualScale) -> float | None:
    """RMS of the residual as a share of the estimate's, once the pass is done."""
    frames = pair.frames
    if frames is None or not frames.complete or frames.whole is None:
        return None
    p = frames.whole if scale is ResidualScale.WHOLE else frames.projection
    unit = p.estimate_scale**2
    with np.errstate(all="ignore"):
        return float(np.sqrt((p.residual_energy * unit).sum() / (p.estimate_energy * unit).sum()))
