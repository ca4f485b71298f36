"""What the tours say: captions of the worst places, what is heard, the summary; what the window is made of."""

from osisnr_gui.session import words
from osisnr_gui.session.inspection.faults import OTHER, Fault
from osisnr_gui.session.result import Analysis
from osisnr_gui.session.session import Note
from osisnr_gui.session.sound.listening import Sound, SoundKind
from osisnr_gui.session.verdict import chance_floor_db, find_verdict
from osisnr_gui.text.catalogue import _
from osisnr_gui.text.segment_words import fault_sentence
from osisnr_gui.text.verdict import grade_words, verdict_sentence

#: Of the window's parts: sources, overview, a picture, the curve, the numbers, what plays.
FIRST_STEPS = (
    _("New here? Six short notes. The files: what was wanted is the reference, what came out are A, B, …"),
    _("The whole file at a glance. Orange marks bad places; drag the frame to move."),
    _("A picture of the sound: time runs to the right, high tones are above, and bright is loud. The wheel zooms."),
    _("How close each estimate comes to the reference, moment by moment: higher is better. N goes to a bad place."),
    _("How good the estimate is: a word, a sentence, and the numbers behind them."),
    _("Space plays. Keys switch what you hear in mid-sound: 0 the reference, 1 and 2 the estimates."),
)
#: With more estimates than this there is room for the word of each only.
MOST_SENTENCES = 3


def caption(fault: Fault, place: Note, index: int, unit: str) -> str:
    """What is wrong at a place with estimate number `index`; what the user wrote stands first, or alone."""
    said = fault_sentence(fault, place.start, words.estimate_letter(index), unit)
    if not place.text:
        return said
    return f"“{place.text}”" if fault == OTHER else f"“{place.text}”  {said}"


def heard_words(sound: Sound | None, place: int, n_places: int) -> str:
    """Which place this is, and what is heard there; None : nothing yet."""
    template = _("Place {place} of {n}. First the reference, then every estimate.")
    if sound is not None:
        template = _("Place {place} of {n}. You hear the reference: how it should be.")
        if sound.kind is SoundKind.ESTIMATE:
            template = _("Place {place} of {n}. You hear estimate {letter}.")
    letter = "" if sound is None else words.estimate_letter(sound.index)
    return template.format(place=place, n=n_places, letter=letter)


def summary_words(analysis: Analysis) -> str:
    """A line for every estimate: how good it is."""
    lines = []
    for index, pair in enumerate(analysis.pairs):
        if pair.valid_score is not None:
            verdict = find_verdict(pair, chance_floor_db(analysis, pair))
            unit = "s" if pair.valid_score.facts.frames.grid.seconds else "frames"
            sentence = verdict_sentence(verdict, unit) if len(analysis.pairs) <= MOST_SENTENCES else ""
            line = _("{letter}: {grade}. {sentence}")
            letter, grade = words.estimate_letter(index), grade_words(verdict.grade)
            lines.append(line.format(letter=letter, grade=grade, sentence=sentence).rstrip())
    return "\n".join(lines)
