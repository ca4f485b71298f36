"""Masks held against each other as sound: what each lets through of the mixture, scored like any two signals.

A result beside that of the masks themselves, and always named: "as sound, on the mixture". And what they let through
as sound files, and the session that compares those instead of the masks.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace

from osisnr_gui.core.stft import default_hop, default_n_fft, frame_count
from osisnr_gui.core.types import Framing, Representation
from osisnr_gui.io.errors import Cancel
from osisnr_gui.session import edits
from osisnr_gui.session.facts import Facts, find_facts
from osisnr_gui.session.frame_pass import FramePass, PassPlan
from osisnr_gui.session.masks.masked_mixture import MaskedSignal
from osisnr_gui.session.pictures import TimeGrid
from osisnr_gui.session.readers import AudioColumns
from osisnr_gui.session.scores import WholeSignal
from osisnr_gui.session.session import Session, Source
from osisnr_gui.session.signals import AudioSignal
from osisnr_gui.session.sound.listening import Recipe, Sound, SoundKind
from osisnr_gui.session.sound.sound_feed import wav_parts


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
    masks = dict(recipe.masks)
    reference, sound = recipe.reference_of(estimate), Sound(SoundKind.ESTIMATE, estimate)
    if reference not in masks or sound not in masks:
        return []
    return [_compare(recipe, reference, other, silence_db, cancelled) for other in (sound, Sound(SoundKind.MIXTURE))]


def _compare(
    recipe: Recipe, reference: Sound, sound: Sound, silence_db: float, cancelled: Cancel | None
) -> MaskedResult:
    rate = recipe.rate
    framing = Framing(Representation.MAGNITUDE, default_n_fft(rate), default_hop(rate))
    with closing(_open(recipe, reference)) as s, closing(_open(recipe, sound)) as e:
        readers = AudioColumns(s, framing), AudioColumns(e, framing)
        first, stop = readers[0].first_frame, frame_count(s.n_samples, framing.n_fft, framing.hop)
        grid = TimeGrid(0.5 * framing.n_fft / rate, framing.hop / rate, bin_hz=rate / framing.n_fft)
        plan = PassPlan(*readers, first, max(stop, first), grid, (s.first_sample, s.n_samples))
        frames = FramePass(plan).run(cancelled=cancelled)
    return MaskedResult(sound, framing, find_facts(frames, silence_db), WholeSignal.of(frames))


def _open(recipe: Recipe, sound: Sound) -> AudioSignal:
    """The mixture, or what a mask lets through of it."""
    mixture = next(source for heard, source, _ in recipe.files if heard.kind is SoundKind.MIXTURE)
    track = dict(recipe.masks).get(sound)
    if track is None or track.mask is None or recipe.mask_grid is None:
        return AudioSignal(mixture, recipe.rate)
    return MaskedSignal(mixture, recipe.mask_grid, track.mask.values)


def masked_paths(recipe: Recipe, folder: str) -> dict[Sound, str]:
    """A new file in a folder for every mask that can be heard, named after it; none that is there already."""
    taken, paths = set[str](), dict[Sound, str]()
    for sound, track in recipe.masks:
        stem = f"{os.path.splitext(os.path.basename(track.source.path))[0]}_on_mixture"
        paths[sound] = path = _free(os.path.join(folder, stem), taken)
        taken.add(path)
    return paths


def masked_parts(recipe: Recipe, sound: Sound) -> Iterator[bytes]:
    """The WAV file of one of them, piece by piece; nothing else is worked out for it. Raises as `wav_parts`."""
    alone = replace(recipe, masks=tuple((heard, track) for heard, track in recipe.masks if heard == sound))
    return wav_parts(alone, sound)


def open_masked(session: Session, paths: dict[Sound, str]) -> Session:
    """The same comparison of these sounds: who is held against whom, notes and settings stay."""
    references = [path for sound, path in paths.items() if sound.kind is SoundKind.REFERENCE]
    estimates = [path for sound, path in paths.items() if sound.kind is SoundKind.ESTIMATE]
    # Estimates whose mask did not fit are not among them: who goes with whom is asked by the old places.
    partners = tuple(session.partner_of(sound.index) for sound in paths if sound.kind is SoundKind.ESTIMATE)
    opened = replace(
        edits.open_files(session, []),
        references=tuple(map(Source, references)),
        estimates=tuple(map(Source, estimates)),
        mixture=session.mixture,
        notes=session.notes,
    )
    return edits.set_pairing(opened, partners)


def _free(stem: str, taken: set[str]) -> str:
    path, count = f"{stem}.wav", 1
    while path in taken or os.path.lexists(path):
        count += 1
        path = f"{stem}_{count}.wav"
    return path
