"""The sounds that go into a report: what can be heard of an analysis, whole or where it is worst, as FLAC.

Residuals are left out. Quiet and overloaded sounds are stored at another level, so that 16 bits hold them; the page
puts their level back.
"""

from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum

import numpy as np

from osisnr_gui.core.types import FloatArray
from osisnr_gui.io.decoder import flac_files
from osisnr_gui.io.errors import Cancel, stop_if
from osisnr_gui.io.json_file import Json
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.scores import SegmentTable
from osisnr_gui.session.sound.listening import Match, Sound, SoundKind, find_loudness, find_recipe, sound_tracks
from osisnr_gui.session.sound.sound_feed import SoundFeed

#: Places of `AudioChoice.WORST`, what is heard before and after each, and the longest of them, in seconds.
WORST_PLACES, AROUND_SECONDS, MOST_SECONDS = 5, 0.5, 10.0
#: Rates every browser plays; other sounds are converted.
PLAYED_RATES, CONVERTED_RATE = range(8_000, 96_001), 48_000
BLOCK = 1 << 16
#: Bytes in the page of a second of sound at 1 Hz: FLAC of speech and noise, as base64.
_BYTES_PER_SAMPLE = 1.9
_KEPT_PEAKS = (0.1, 1.0)


class AudioChoice(StrEnum):
    """How much of the sounds a report holds."""

    ALL = "all"
    WORST = "worst"
    NONE = "none"


class ReportSounds(SoundFeed):
    """The sounds of a report, opened: those that are `heard`. clips : samples of every sound that go in.

    Raises LoadError when a file cannot be read any more.
    """

    def __init__(self, analysis: Analysis, choice: AudioChoice) -> None:
        recipe = find_recipe(analysis)
        if choice is AudioChoice.NONE:
            recipe = replace(recipe, files=(), masks=(), rate=CONVERTED_RATE)
        super().__init__(recipe, recipe.rate if recipe.rate in PLAYED_RATES else CONVERTED_RATE)
        self._analysis = analysis
        self.heard = [sound for sound in recipe.sounds if sound.kind is not SoundKind.RESIDUAL]
        whole = range(self.n_samples)
        self.clips = [whole] if choice is AudioChoice.ALL and whole else []
        if choice is AudioChoice.WORST:
            spans = [[max(0, round(time * self.rate)) for time in span] for span in worst_stretches(analysis)]
            self.clips = [whole[start:stop] for start, stop in spans if whole[start:stop]]

    def describe(self) -> Json:
        """What the page needs to know of them: rate (Hz), and kind, place and gains of every sound."""
        match = find_loudness(self._analysis, self.recipe, Match.RMS)
        tracks: list[Json] = [
            {
                "kind": sound.kind.value,
                "index": sound.index,
                "masked": sound in {masked for masked, _ in self.recipe.masks},
                "level": 1.0 / self._scale(sound),
                "match": match.total(sound),
            }
            for sound in self.heard
        ]
        return {"rate": self.rate, "tracks": tracks}

    def encode(self, clip: range, cancelled: Cancel | None = None) -> list[bytes]:
        """A FLAC file for every sound. Raises io's Cancelled."""
        return flac_files(self._blocks(clip, cancelled), len(self.heard), self.rate)

    def _blocks(self, clip: range, cancelled: Cancel | None) -> Iterator[FloatArray]:
        rows = [self.sounds.index(sound) for sound in self.heard]
        scales = np.array([self._scale(sound) for sound in self.heard])[:, None]
        for start in range(clip.start, clip.stop, BLOCK):
            stop_if(cancelled)
            yield scales * self.read(start, min(BLOCK, clip.stop - start))[rows]

    def _scale(self, sound: Sound) -> float:
        """What its samples are multiplied by before they are stored."""
        tracks = sound_tracks(self._analysis)
        track = tracks.get(sound)
        if track is None or track.level is None:  # a mask: of the mixture it is heard on
            track = tracks.get(Sound(SoundKind.MIXTURE))
        peak = 0.0 if track is None or track.level is None else track.level.peak
        low, high = _KEPT_PEAKS
        return 1.0 if low <= peak <= high or peak == 0.0 else 0.98 / peak


def worst_stretches(analysis: Analysis) -> list[tuple[float, float]]:
    """Where the estimates are worst, with a little around: up to WORST_PLACES stretches in seconds, by time."""
    places = list[tuple[float, float, float]]()
    for pair in analysis.pairs:
        if pair.valid_score is not None and pair.valid_score.facts.frames.grid.seconds:
            table = SegmentTable(pair.valid_score)
            places += [(float(table.severity[k]), *table.span(int(k))) for k in table.worst_first[:WORST_PLACES]]
    found = list[tuple[float, float]]()
    for _, start, stop in sorted(places, reverse=True):
        start, stop = start - AROUND_SECONDS, min(stop, start + MOST_SECONDS) + AROUND_SECONDS
        touched = [span for span in found if span[0] < stop and start < span[1]]
        if not touched and len(found) == WORST_PLACES:
            continue
        found = [span for span in found if span not in touched]
        found.append((min([start, *(a for a, _ in touched)]), max([stop, *(b for _, b in touched)])))
    return sorted(found)


def audio_bytes(analysis: Analysis, choice: AudioChoice) -> int:
    """About how many bytes of a page its sounds take; 0 where nothing can be heard."""
    recipe = find_recipe(analysis)
    if choice is AudioChoice.NONE or not recipe.files:
        return 0
    seconds = max(track.duration_s or 0.0 for track in analysis.tracks)
    if choice is AudioChoice.WORST:
        seconds = sum(stop - start for start, stop in worst_stretches(analysis))
    n_sounds = sum(sound.kind is not SoundKind.RESIDUAL for sound in recipe.sounds)
    return round(_BYTES_PER_SAMPLE * n_sounds * seconds * recipe.rate)
