"""A comparison as one HTML file that needs nothing else: no network, no other file, no program.

The page's script and style are in `resources/report`. A content security policy allows these two, by their hashes, and
nothing from outside.
"""

import base64
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from enum import StrEnum

import numpy as np

from osisnr_gui.core.types import FloatArray
from osisnr_gui.export.report_data import Blobs, report_data
from osisnr_gui.io.decoder import flac_files
from osisnr_gui.io.errors import Cancel, display_name, stop_if
from osisnr_gui.io.json_file import Json, plain_text
from osisnr_gui.paths import resource_path
from osisnr_gui.session.analysis import Analysis, AnalysisOptions, analyse
from osisnr_gui.session.edits import set_formula
from osisnr_gui.session.scores import find_segment_table
from osisnr_gui.session.session import Formula
from osisnr_gui.session.sound.listening import Match, Sound, SoundKind, find_loudness, find_recipe, sound_tracks
from osisnr_gui.session.sound.sound_feed import SoundFeed
from osisnr_gui.text.catalogue import english

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
            table = find_segment_table(pair.valid_score)
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


SCRIPTS = ("data.js", "view.js", "plots.js", "player.js", "tables.js", "page.js")
#: A page larger than this is too much for most mail servers.
LARGE_BYTES = 20_000_000


def report_parts(
    numbers: Analysis, audio: AudioChoice, *, with_notes: bool = False, cancelled: Cancel | None = None
) -> Iterator[bytes]:
    """The page, piece by piece, in UTF-8. Raises LoadError and io's Cancelled.

    numbers : a complete analysis by the direct formula, as `osisnr score` makes it, with a reference that was accepted
    and perhaps a mixture that masks are heard on.
    """
    wanted = AnalysisOptions(pictures=False, delay=False)
    # MC-MSE as a function of alpha comes along; the exact result leads.
    analysis = analyse(set_formula(numbers.session, Formula.EXACT), numbers, wanted=wanted, cancelled=cancelled)
    notes = numbers.session.notes if with_notes else ()
    analysis = replace(analysis, notices=numbers.notices, session=replace(analysis.session, notes=notes))
    if not numbers.compares_mixture:
        numbers = replace(numbers, mixture=None)
    blobs, clips = Blobs(), list[Json]()
    with closing(ReportSounds(analysis, audio)) as sounds:
        with english():  # the page is
            data = report_data(analysis, numbers, sounds, blobs, cancelled)
        head, tail = _page().split("<!-- data -->")
        yield head.encode()
        for place, clip in enumerate(sounds.clips):
            found = {f"sound-{place}-{row}": s for row, s in enumerate(sounds.encode(clip, cancelled))}
            clips.append({"start": clip.start, "n_samples": len(clip), "sounds": list(found)})
            yield from map(_element, found.items())
    yield from map(_element, blobs.items())
    text = plain_text({**data, "clips": clips, "created": time.strftime("%Y-%m-%d %H:%M")})
    for path in (track.source.path for track in analysis.tracks):  # none leaves the machine, whatever says it
        if os.path.basename(path) != path:
            text = text.replace(plain_text(path)[1:-1], plain_text(display_name(path))[1:-1])
    # No text may end the element or begin another one.
    text = text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    yield f'<script type="application/json" id="data">{text}</script>\n{tail}'.encode()


def _element(item: tuple[str, bytes]) -> bytes:
    """Bytes by their name, as an element that runs and shows nothing."""
    return b'<script type="text/plain" id="%s">%s</script>\n' % (item[0].encode(), base64.b64encode(item[1]))


def _page() -> str:
    """The page with its script, style and the digests that its policy lets pass, and a mark where the data goes."""
    style = _resource("report.css")
    script = _resource("frame.js").replace("/* parts */", "\n".join(map(_resource, SCRIPTS)))
    page = _resource("report.html").replace("{{script}}", _digest(script)).replace("{{style}}", _digest(style))
    return page.replace("/* style */", style).replace("/* script */", script)


def _resource(name: str) -> str:
    with open(resource_path("report", name), encoding="utf-8") as file:
        return file.read()


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
