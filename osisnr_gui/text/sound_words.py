"""What is heard, in words: names of sounds, the gains they are heard with, masks and masked mixtures."""

import math

from osisnr_gui.io.masks import Mask, MaskKind
from osisnr_gui.session import words
from osisnr_gui.session.masks import mask_frames
from osisnr_gui.session.scores import named_results
from osisnr_gui.session.session import Formula, LossChoice
from osisnr_gui.session.sound.listening import Loudness, Match, Recipe, ResidualScale, Sound, SoundKind
from osisnr_gui.session.sound.sound_feed import MaskedResult
from osisnr_gui.text.catalogue import _, ngettext
from osisnr_gui.text.sentences import active_counted, frames_words, not_defined

MATCH_NAMES = {Match.OFF: _("as it is"), Match.RMS: "RMS", Match.OSI: "OSI"}
LEAST_DB = 0.05  # what rounds to 0.0 dB is not said


def sound_name(sound: Sound, n_references: int = 1) -> str:
    """Reference (with its number where there are several), A, B, …, Mixture, Residual of A."""
    letter = words.estimate_letter(sound.index)
    reference = _("Reference {n}").format(n=sound.index + 1) if n_references > 1 else _("Reference")
    return {
        SoundKind.REFERENCE: reference,
        SoundKind.ESTIMATE: letter,
        SoundKind.RESIDUAL: _("Residual of {letter}").format(letter=letter),
        SoundKind.MIXTURE: _("Mixture"),
    }[sound.kind]


def match_words(sound: Sound, match: Match, loudness: Loudness) -> str:
    """A loudness match that is on and the gain it gives a sound: "RMS +2.1 dB", "OSI: not known yet"."""
    name = MATCH_NAMES[match]
    if sound in loudness.unknown:
        return _("{match}: not known").format(match=name)
    template = _("{match} {gain} (limit)") if sound in loudness.limited else _("{match} {gain}")
    return template.format(match=name, gain=words.signed_db(20.0 * math.log10(loudness.gains.get(sound, 1.0))))


def lowered_words(factor: float) -> tuple[str, str] | None:
    """By how much everything is lowered so that nothing clips, and the same shorter; None when it is not."""
    lowered_db = -20.0 * math.log10(factor)
    if lowered_db < LEAST_DB:
        return None
    long = _("all lowered by {level} so that nothing clips").format(level=words.db(lowered_db))
    return long, _("all {gain}").format(gain=words.db(-lowered_db))


def residual_words(recipe: Recipe, index: int) -> tuple[str, str]:
    """What the residual of an estimate is, and the same shorter: "A minus the reference at −3.6 dB"."""
    letter = words.estimate_letter(index)
    if recipe.scale is ResidualScale.FRAME:
        long, short = _("{letter} minus the reference, scaled anew in every frame"), _("scaled per frame")
        return long.format(letter=letter), short
    gain = recipe.gains[index] if index < len(recipe.gains) else None
    if not gain:
        long, short = _("{letter}: nothing of the reference to take away"), _("all of {letter}")
        return long.format(letter=letter), short.format(letter=letter)
    long, short = _("{letter} minus the reference at {level}"), _("ref {level}")
    if gain < 0:
        long, short = _("{letter} minus the inverted reference at {level}"), _("inverted ref {level}")
    level = words.signed_db(20.0 * math.log10(abs(gain)))
    return long.format(letter=letter, level=level), short.format(level=level)


def masked_words(recipe: Recipe, sound: Sound) -> tuple[str, str] | None:
    """What is heard of a mask, and the same shorter; None for what is a sound itself."""
    track = next((track for heard, track in recipe.masks if heard == sound), None)
    if track is None or track.mask is None or recipe.mask_grid is None:
        return None
    frames = mask_frames(recipe.mask_grid, track.mask.values.shape[0])
    stft = _("n_fft {n_fft}, hop {hop}, centred") if recipe.mask_grid.centred else _("n_fft {n_fft}, hop {hop}")
    long = _("the mixture through this mask, the mixture's phase kept (STFT {stft}, frames wholly inside the mixture)")
    if track.mask.kind is MaskKind.COMPLEX:
        long = _("the mixture through this complex mask (STFT {stft}, frames wholly inside the mixture)")
    return long.format(stft=stft.format(n_fft=frames.n_fft, hop=frames.hop)), _("masked mix")


def mask_sentence(mask: Mask) -> str:
    """What a mask is, with its figures: kind, range, mean, share outside 0 to 1, over all cells."""
    two = words.cell(mask.minimum, 2), words.cell(mask.maximum, 2)
    kind = {
        MaskKind.BINARY: _("binary: {low} or {high}, nothing between").format(low=two[0], high=two[1]),
        MaskKind.COMPLEX: _("complex; magnitudes"),
        MaskKind.RATIO: _("ratio"),
        MaskKind.SIGNED: _("signed"),
        MaskKind.CONSTANT: _("constant"),
        MaskKind.MAGNITUDE: _("magnitude ratio, above 1 too"),
    }[mask.kind]
    low, high, mean = (words.cell(value, 3) for value in (mask.minimum, mask.maximum, mask.mean))
    n_cells = int(mask.values.size)
    return ngettext(
        "{kind}; {low} to {high}, mean {mean}; outside 0 to 1: {outside}; all {n} cell",
        "{kind}; {low} to {high}, mean {mean}; outside 0 to 1: {outside}; all {n} cells",
        n_cells,
    ).format(
        kind=kind,
        low=low,
        high=high,
        mean=mean,
        outside=words.percent(mask.share_outside, 2) if mask.share_outside else _("none"),
        n=words.count(n_cells),
    )


def masked_sentences(results: list[MaskedResult], loss: LossChoice, mixture: str) -> str:
    """The figures of these results, one paragraph each, with what they are of."""
    if not results:
        return ""
    framing = results[0].framing
    second = results[0].facts.frames.grid.step / framing.hop  # of one sample
    length, hop = (words.milliseconds(samples * second) for samples in (framing.n_fft, framing.hop))
    head = _(
        "As sound, on the mixture {mixture}: what a mask lets through against what the reference's does, in magnitude "
        "frames of {length} every {hop}."
    ).format(mixture=mixture, length=length, hop=hop)
    return "\n\n".join((head, *(_masked_sentence(result, loss) for result in results)))


def _masked_sentence(result: MaskedResult, loss: LossChoice) -> str:
    literal, exact = named_results(result.facts, loss)
    facts = result.facts
    template = _(
        "{name}: exact OSI-SNR {mean} mean, {median} median over {frames}; fused loss {loss} ({which}, method {n})"
    )
    if result.whole is not None:
        template = _(
            "{name}: exact OSI-SNR {mean} mean, {median} median over {frames}; "
            "fused loss {loss} ({which}, method {n}); SI-SNR {si_snr} (whole signal)"
        )
    is_literal = loss.formula is Formula.LITERAL
    leading = literal if is_literal else exact
    undefined = not_defined(facts, literal.fused, literal.loss_osi(loss.method)) if is_literal else ""
    return template.format(
        name=_("Mixture as it is") if result.sound.kind is SoundKind.MIXTURE else sound_name(result.sound),
        mean=words.db(exact.osi_db_mean),
        median=words.db(exact.osi_db_median),
        frames=active_counted(facts.n_active),
        loss=undefined or words.loss(leading.fused),
        which=frames_words(facts, loss.formula),
        n=loss.method,
        si_snr="" if result.whole is None else words.db(result.whole.si_snr_db),
    )


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
