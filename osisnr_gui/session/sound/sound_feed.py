"""Sounds as a sound card wants them, as WAV files, and masks held against each other as sound.

A card wants its sample rate, perhaps only a band of frequencies. What each mask lets through of the mixture is scored
like any two signals: a result beside that of the masks themselves, and always named "as sound, on the mixture". It can
also be saved as sound files, which a session compares instead of the masks.
"""

import os
import struct
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from osisnr_gui.core.filters import BandPass, Upsampler
from osisnr_gui.core.stft import default_hop, default_n_fft, frame_count
from osisnr_gui.core.types import FloatArray, Framing, Representation
from osisnr_gui.io.errors import Cancel, Phrase, SaveError
from osisnr_gui.session import edits
from osisnr_gui.session.frame_pass import FramePass, PassPlan
from osisnr_gui.session.masks import MaskedMixture
from osisnr_gui.session.pictures import TimeGrid
from osisnr_gui.session.readers import AudioColumns, AudioSignal, Resampler, check_ratio
from osisnr_gui.session.scores import WholeSignal
from osisnr_gui.session.segments.bad_segments import Facts
from osisnr_gui.session.session import Session, Source
from osisnr_gui.session.sound.listening import Listening, Recipe, Sound, SoundKind


class Band(NamedTuple):
    """Frequencies in Hz."""

    low: float
    high: float


class SoundFeed(Listening):
    """The sounds of a recipe at `rate`; zero outside [0, n_samples). Use from one thread at a time.

    A rate that is a multiple of the recipe's keeps its samples as they are and puts new ones between them.
    Raises LoadError when a file cannot be opened any more or its rate not converted.
    """

    def __init__(self, recipe: Recipe, rate: int, band: Band | None = None) -> None:
        if recipe.files:
            check_ratio(recipe.files[0][1].path, recipe.rate, rate)
        super().__init__(recipe)
        self.rate = rate
        # Each answers for any stretch as if everything had been filtered at once.
        self._filters: list[BandPass | Upsampler | Resampler] = []
        if band is not None:
            self._filters.append(BandPass(band.low, band.high, recipe.rate))
        if rate != recipe.rate:
            factor, rest = divmod(rate, recipe.rate)
            self._filters.append(Resampler(recipe.rate, rate) if rest else Upsampler(factor))
        self.n_samples = -(-self.n_samples * rate // recipe.rate)

    def read(self, start: int, count: int) -> FloatArray:
        """Samples [start, start + count) of every sound: (n_sounds, count)."""
        out = np.zeros((len(self.sounds), count))
        begin, end = max(start, 0), min(start + count, self.n_samples)
        if begin < end:
            out[:, begin - start : end - start] = self._filtered(begin, end, len(self._filters))
        return out

    def _filtered(self, start: int, stop: int, n_filters: int) -> FloatArray:
        if n_filters == 0:
            return super().read(start, stop - start)
        last = self._filters[n_filters - 1]
        first, end = last.span(start, stop)
        return last.run(self._filtered(first, end, n_filters - 1), first, start, stop)


BLOCK = 1 << 16
ITEM = 4
FLOAT_FORMAT = 3
# A WAV file says its length in 32 bits.
MOST_BYTES = (1 << 32) - 4096


def wav_parts(recipe: Recipe, sound: Sound) -> Iterator[bytes]:
    """The file piece by piece: mono, at the recipe's rate, as long as everything that can be heard.

    Raises LoadError for a file that cannot be read any more, SaveError for one too long for the format.
    """
    masks = tuple((heard, track) for heard, track in recipe.masks if heard == sound)  # no other one is applied
    with closing(Listening(replace(recipe, masks=masks))) as listening:
        row, n_samples = listening.sounds.index(sound), listening.n_samples
        rate, size = recipe.rate, n_samples * ITEM
        if size > MOST_BYTES:
            path = next(source.path for _, source, _ in recipe.files)
            raise SaveError(path, Phrase("the sound is too long for a WAV file"), Phrase("cut it first"))
        form = struct.pack("<4sIHHIIHHH", b"fmt ", 18, FLOAT_FORMAT, 1, rate, rate * ITEM, ITEM, 8 * ITEM, 0)
        body = b"WAVE" + form + struct.pack("<4sII4sI", b"fact", 4, n_samples, b"data", size)
        yield struct.pack("<4sI", b"RIFF", len(body) + size) + body
        for start in range(0, n_samples, BLOCK):
            yield listening.read(start, min(BLOCK, n_samples - start))[row].astype("<f4").tobytes()


@dataclass(frozen=True, slots=True, eq=False)
class MaskedResult:
    """One sound against what the reference's mask lets through; cut into frames as any sound is by default."""

    sound: Sound
    framing: Framing
    facts: Facts
    whole: WholeSignal | None


def compare_masked(
    recipe: Recipe, estimate: int, silence_db: float, cancelled: Cancel | None = None
) -> list[MaskedResult]:
    """An estimate's mask, and the mixture as it is, against the reference's mask, all on the mixture.

    Empty where the masks cannot be heard. Blocking; any thread. Raises LoadError and io's Cancelled.
    """
    masks, rate = dict(recipe.masks), recipe.rate
    reference, sound = recipe.reference_of(estimate), Sound(SoundKind.ESTIMATE, estimate)
    if reference not in masks or sound not in masks:
        return []
    framing = Framing(Representation.MAGNITUDE, default_n_fft(rate), default_hop(rate))
    grid = TimeGrid(0.5 * framing.n_fft / rate, framing.hop / rate, bin_hz=rate / framing.n_fft)
    results = []
    for other in (sound, Sound(SoundKind.MIXTURE)):
        with _open(recipe, reference) as s, _open(recipe, other) as e:
            readers = AudioColumns(s, framing), AudioColumns(e, framing)
            first, stop = readers[0].first_frame, frame_count(s.n_samples, framing.n_fft, framing.hop)
            plan = PassPlan(*readers, first, max(stop, first), grid, (s.first_sample, s.n_samples))
            frames = FramePass(plan).run(cancelled=cancelled)
        results.append(MaskedResult(other, framing, Facts(frames, silence_db), WholeSignal.of(frames)))
    return results


def _open(recipe: Recipe, sound: Sound) -> AudioSignal:
    """The mixture, or what a mask lets through of it."""
    mixture = next(source for heard, source, _ in recipe.files if heard.kind is SoundKind.MIXTURE)
    track = dict(recipe.masks).get(sound)
    if track is None or track.mask is None or recipe.mask_grid is None:
        return AudioSignal(mixture, recipe.rate)
    return MaskedMixture(mixture, recipe.mask_grid, (track.mask.values,))


def masked_paths(recipe: Recipe, folder: str) -> dict[Sound, str]:
    """A new file in a folder for every mask that can be heard, named after it; none that is there already."""
    paths = dict[Sound, str]()
    for sound, track in recipe.masks:
        name = f"{os.path.splitext(os.path.basename(track.source.path))[0]}_on_mixture"
        stem, count = os.path.join(folder, name), 1
        path = f"{stem}.wav"
        while path in paths.values() or os.path.lexists(path):
            count += 1
            path = f"{stem}_{count}.wav"
        paths[sound] = path
    return paths


def open_masked(session: Session, paths: dict[Sound, str]) -> Session:
    """The same comparison of these sounds: who is held against whom, notes and settings stay."""
    kinds = SoundKind.REFERENCE, SoundKind.ESTIMATE
    files = (tuple(Source(path) for sound, path in paths.items() if sound.kind is kind) for kind in kinds)
    # Estimates whose mask did not fit are not among them: who goes with whom is asked by the old places.
    partners = tuple(session.partner_of(sound.index) for sound in paths if sound.kind is SoundKind.ESTIMATE)
    references, estimates = files
    opened = replace(edits.open_files(session, []), mixture=session.mixture, notes=session.notes)
    return edits.set_pairing(replace(opened, references=references, estimates=estimates), partners)
