"""What is heard, in words: names of sounds, and the gains they are heard with."""

from __future__ import annotations

import math

from osisnr_gui.io.mask_cells import MaskKind
from osisnr_gui.session import words
from osisnr_gui.session.masks.masked_mixture import mask_frames
from osisnr_gui.session.sound.listening import Recipe, ResidualScale, Sound, SoundKind
from osisnr_gui.session.sound.loudness import Loudness, Match
from osisnr_gui.session.sound.sound_feed import Band
from osisnr_gui.session.words import estimate_letter

MATCH_NAMES = {Match.OFF: "as it is", Match.RMS: "RMS", Match.OSI: "OSI"}
LEAST_DB = 0.05  # what rounds to 0.0 dB is not said


def sound_name(sound: Sound, n_references: int = 1) -> str:
    """Reference (with its number where there are several), A, B, …, Mixture, Residual of A."""
    letter = estimate_letter(sound.index)
    return {
        SoundKind.REFERENCE: f"Reference {sound.index + 1}" if n_references > 1 else "Reference",
        SoundKind.ESTIMATE: letter,
        SoundKind.RESIDUAL: f"Residual of {letter}",
        SoundKind.MIXTURE: "Mixture",
    }[sound.kind]


def signed_db(value: float) -> str:
    """ "+2.1 dB", "−0.3 dB", "0.0 dB"."""
    text = words.db(value)
    return f"+{text}" if value > 0 and not text.startswith("0.0") else text


def match_words(sound: Sound, match: Match, loudness: Loudness) -> str:
    """The loudness match and the gain it gives a sound: "as it is", "RMS +2.1 dB", "OSI: not known yet"."""
    if match is Match.OFF:
        return MATCH_NAMES[match]
    if sound in loudness.unknown:
        return f"{MATCH_NAMES[match]}: not known"
    limit = " (limit)" if sound in loudness.limited else ""
    return f"{MATCH_NAMES[match]} {signed_db(20.0 * math.log10(loudness.gains.get(sound, 1.0)))}{limit}"


def lowered_words(factor: float) -> tuple[str, str] | None:
    """By how much everything is lowered so that nothing clips, and the same shorter; None when it is not."""
    lowered_db = -20.0 * math.log10(factor)
    if lowered_db < LEAST_DB:
        return None
    return f"all lowered by {words.db(lowered_db)} so that nothing clips", f"all {words.db(-lowered_db)}"


def residual_words(recipe: Recipe, index: int) -> tuple[str, str]:
    """What the residual of an estimate is, and the same shorter: "A minus the reference at −3.6 dB"."""
    letter = estimate_letter(index)
    if recipe.scale is ResidualScale.FRAME:
        return f"{letter} minus the reference, scaled anew in every frame", "scaled per frame"
    gain = recipe.gains[index] if index < len(recipe.gains) else None
    if not gain:
        return f"{letter}: nothing of the reference to take away", f"all of {letter}"
    turned, level = "inverted " if gain < 0 else "", signed_db(20.0 * math.log10(abs(gain)))
    return f"{letter} minus the {turned}reference at {level}", f"{turned}ref {level}"


def masked_words(recipe: Recipe, sound: Sound) -> tuple[str, str] | None:
    """What is heard of a mask, and the same shorter; None for what is a sound itself."""
    track = next((track for heard, track in recipe.masks if heard == sound), None)
    if track is None or track.mask is None or recipe.mask_grid is None:
        return None
    kind = "complex mask" if track.mask.kind is MaskKind.COMPLEX else "mask, the mixture's phase kept"
    frames = mask_frames(recipe.mask_grid, track.mask.values.shape[0])
    stft = f"n_fft {frames.n_fft}, hop {frames.hop}{', centred' if recipe.mask_grid.centred else ''}"
    long = f"the mixture through this {kind} (STFT {stft}, frames wholly inside the mixture)"
    return long, "masked mix"


def band_words(band: Band) -> str:
    """ "0.50 to 2.00 kHz"."""
    return f"{words.number(band.low / 1000, 2)} to {words.number(band.high / 1000, 2)} kHz"


def clock_time(seconds: float, length: float) -> str:
    """A place in a recording of this length: "2.345", "1:02.345", "1:02:03.4"."""
    if not math.isfinite(seconds):
        return words.MISSING
    if length < 60:
        return f"{seconds:.3f}"
    minutes, rest = divmod(seconds, 60)
    if length < 3600:
        return f"{int(minutes)}:{rest:06.3f}"
    hours, minutes = divmod(minutes, 60)
    return f"{int(hours)}:{int(minutes):02}:{rest:04.1f}"
