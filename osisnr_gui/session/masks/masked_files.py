"""What masks let through of a mixture as sound files, and the session that compares those instead of the masks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

from osisnr_gui.session import edits
from osisnr_gui.session.session import Session, Source
from osisnr_gui.session.sound.listening import Recipe, Sound, SoundKind
from osisnr_gui.session.sound.sound_feed import wav_parts


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
