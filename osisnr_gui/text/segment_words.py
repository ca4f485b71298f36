"""Bad segments and the tour in words. `limit_words` and `kind_name` also stand in CSV files, in English."""

from textwrap import shorten

import numpy as np

from osisnr_gui.core.bad_frames import LossShares
from osisnr_gui.core.types import FrameStatus
from osisnr_gui.session import words
from osisnr_gui.session.inspection.faults import OTHER, Fault, FaultKind
from osisnr_gui.session.result import Analysis
from osisnr_gui.session.scores import SegmentTable
from osisnr_gui.session.segments.bad_segments import BadFrames, Kind, other_place
from osisnr_gui.session.session import Criterion, Note, Session
from osisnr_gui.session.sound.listening import Sound, SoundKind
from osisnr_gui.session.verdict import Verdict, chance_floor_db
from osisnr_gui.text.catalogue import _, ngettext
from osisnr_gui.text.sentences import frames_counted, grade_words, verdict_sentence

CARRIER_SHARE = 0.05
#: Letters of a note that a caption has room for.
MOST_NOTED = 120
ALONE_WORDS = _("There is no other estimate of this reference to compare with: add one.")


def other_letter(session: Session, index: int) -> str:
    """The letter of the estimate that estimate `index` is held against; empty where it stands alone."""
    place = other_place(session, index)
    return "" if place is None else words.estimate_letter(place)


def low_name(criterion: Criterion, other: str) -> str:
    """What a frame that is bad by the criterion is called."""
    return {
        **dict.fromkeys((Criterion.OSI, Criterion.WORST, Criterion.SHARE), _("low OSI")),
        Criterion.LOSS: _("high loss"),
        Criterion.DROP: _("drop"),
        Criterion.AGAINST: _("below {other}").format(other=other) if other else _("below another"),
    }[criterion]


def kind_name(table: SegmentTable, place: int, other: str) -> str:
    """The commonest kind of bad frame in a segment."""
    return {
        Kind.MISSED: _("missed"),
        Kind.FALSE_ACTIVITY: _("false activity"),
        Kind.LOW: low_name(table.bad.choice.criterion, other),
    }[Kind(int(table.kind[place]))]


def count_words(table: SegmentTable, place: int, other: str) -> str:
    """How many frames of a segment are what."""
    segments = table.bad.segments
    n_frames = int(segments.stop[place] - segments.first[place])
    missed, false_activity, low = table.counts[:, place].tolist()
    known = (
        (low, _("{n} {limit}")),
        (missed, _("{n} missed")),
        (false_activity, _("{n} of false activity")),
        (n_frames - low - missed - false_activity, _("{n} between them")),
    )
    limit = limit_words(table.bad, other)
    parts = ", ".join(template.format(n=words.count(n), limit=limit) for n, template in known if n)
    return _("{frames}: {parts}").format(frames=frames_counted(n_frames), parts=parts)


def limit_words(bad: BadFrames, other: str) -> str:
    """What frames that are bad by the criterion have in common: "under 3.0 dB exact OSI-SNR"."""
    choice = bad.choice
    if choice.criterion is Criterion.OSI:
        # Two decimals where one would hide a limit that was chosen by its share of frames.
        decimals = 1 if round(bad.threshold_db, 1) == bad.threshold_db else 2
        return _("under {limit} exact OSI-SNR").format(limit=words.db(bad.threshold_db, decimals))
    if choice.criterion is Criterion.LOSS:
        return _("over a fused loss of {limit}").format(limit=words.loss(choice.loss_limit))
    if choice.criterion in (Criterion.WORST, Criterion.SHARE):
        share, template = choice.worst_share, _("among the worst {share} ({limit})")
        if choice.criterion is Criterion.SHARE:
            share, template = choice.loss_share, _("among the fewest that hold {share} of 1/OSI-SNR ({limit})")
        limit = _("under {limit} exact OSI-SNR").format(limit=words.db(bad.limit_db, 2))
        return template.format(share=words.percent(share), limit=limit)
    if choice.criterion is Criterion.DROP:
        template = _("{limit} or more under the median of {seconds} s around")
        return template.format(limit=words.db(choice.drop_db), seconds=words.number(choice.window_s, 1))
    template = _("{limit} or more under {other}") if other else _("{limit} or more under another estimate")
    return template.format(limit=words.db(choice.against_db), other=other)


def counts_sentence(table: SegmentTable, other: str) -> str:
    """How many segments there are, of which frames, and how many the level gate keeps out: two short lines."""
    bad = table.bad
    if _stands_alone(bad):
        return ALONE_WORDS
    low, missed, made_up = (
        words.count(int(np.count_nonzero(mask))) for mask in (bad.low, bad.missed, bad.false_activity)
    )
    gate = _("No level gate.")
    if bad.choice.gate_db is not None:
        template = _("Level gate: {n} of {judged} left out.")
        gate = template.format(n=words.count(bad.n_judged - bad.gate.n_counted), judged=words.count(bad.n_judged))
    return ngettext(
        "{n} segment; frames: {low} {low_name}, {missed} missed, {made_up} of false activity. {gate}",
        "{n} segments; frames: {low} {low_name}, {missed} missed, {made_up} of false activity. {gate}",
        len(table),
    ).format(
        n=words.count(len(table)),
        low=low,
        low_name=low_name(bad.choice.criterion, other),
        missed=missed,
        made_up=made_up,
        gate=gate,
    )


def counts_tip(table: SegmentTable, other: str) -> str:
    """What stands behind the counts."""
    bad = table.bad
    name, limit = low_name(bad.choice.criterion, other), limit_words(bad, other)
    what = _("{name}: {limit}, active in both signals.").format(name=name, limit=limit)
    missed = _("Missed: only the estimate is silent. False activity: only the reference is.")
    gate = _("No level gate: quiet frames count as well.")
    if bad.choice.gate_db is not None:
        gate = _(
            "Left out by the level gate: frames more than {gate} below the loudest one, of {judged} that are not "
            "silent in both signals."
        ).format(gate=words.db(bad.choice.gate_db, 0), judged=words.count(bad.n_judged))
    return f"{what}\n{missed}\n{gate}"


def no_segment_words(table: SegmentTable | None, other: str) -> str:
    """Why there is nothing to go to."""
    if table is None:
        return _("Nothing has been compared yet.")
    if _stands_alone(table.bad):
        return ALONE_WORDS
    return _(
        "No bad segment: no long enough run of frames that count is {limit}, and none is missed or falsely active."
    ).format(limit=limit_words(table.bad, other))


def carriers_sentence(shares: LossShares) -> str:
    """Which frames carry the loss: what the worst 5 % hold, and how few hold half."""
    if not len(shares) or not np.isfinite(shares.share[-1]):
        return _("No active frame has a loss.")
    n_worst, n_half = max(1, round(CARRIER_SHARE * len(shares))), shares.frames_for(0.5)
    return _(
        "Worst {share} of active frames ({n}): {held} of the loss (exact, method 1); half of it in {frames}."
    ).format(
        share=words.percent(CARRIER_SHARE),
        n=words.count(n_worst),
        held=words.percent(shares.held_by(n_worst)),
        frames=frames_counted(n_half),
    )


def _stands_alone(bad: BadFrames) -> bool:
    return bad.choice.criterion is Criterion.AGAINST and bad.other is None


def frame_kind(bad: BadFrames, index: int) -> str:
    """What frame `index` of a pair is; as the plots shade it, so quiet frames that do not count are never bad."""
    if bad.missed[index]:
        return _("missed")
    if bad.false_activity[index]:
        return _("false activity")
    if bad.low[index]:
        return _("bad")
    status = FrameStatus(int(bad.facts.status[index]))
    if status is FrameStatus.NONFINITE:
        return _("not a number")
    return _("active") if bad.facts.active[index] else _("silent")


def fault_sentence(fault: Fault, time: float, name: str, unit: str) -> str:
    """What is wrong with estimate `name` at a time, in plain words. unit : of the time axis, "s" or "frames"."""
    when = words.duration(time) if time >= 60 else f"{words.number(time, 1)} s"
    value, kind = fault.value, fault.kind
    template = {
        FaultKind.MUFFLED: _("At {when} {name} is muffled: everything above {value} is missing."),
        FaultKind.MISSING: _("At {when} what the reference has is missing in {name}."),
        FaultKind.NOISE: _("At {when} there is noise in {name}, or something else that does not belong there."),
        FaultKind.CLIPPED: _("At {when} {name} is distorted: the loudest parts are cut off."),
        FaultKind.LEVEL: _("At {when} {name} is too loud, by {value}."),
        FaultKind.DELAY: _("At {when} {name} comes too late, by {value}."),
        FaultKind.OTHER: _("At {when} {name} is not as it should be."),
    }[kind]
    if unit != "s":
        when = _("frame {n}").format(n=words.count(round(time)))
    if value < 0:
        template = _("At {when} {name} is too quiet, by {value}.")
        if kind is FaultKind.DELAY:
            template = _("At {when} {name} comes too early, by {value}.")
    said = {
        FaultKind.MUFFLED: lambda hz: words.rate(round(hz)),
        FaultKind.LEVEL: words.db,
        FaultKind.DELAY: words.milliseconds,
    }
    shown = said[kind](abs(value)) if kind in said else ""
    return template.format(when=when, name=name, value=shown).replace(" dB", "\u00a0dB").replace(" kHz", "\u00a0kHz")


#: Of the window's parts: sources, overview, a picture, the curve, the numbers, what plays.
FIRST_STEPS = (
    _("The files: what was wanted is the reference, what came out are A, B, …"),
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
    noted = f"“{shorten(place.text, MOST_NOTED, placeholder='…')}”"  # the plots keep their room
    return noted if fault == OTHER else f"{noted}  {said}"


def heard_words(sound: Sound | None, place: int, n_places: int, *, silent: bool = False) -> str:
    """Which place this is, and what is heard there, or played in silence; None : nothing yet."""
    template = _("Place {place} of {n}. First the reference, then every estimate.")
    if sound is not None and sound.kind is SoundKind.ESTIMATE:
        heard, seen = (
            _("Place {place} of {n}. You hear estimate {letter}."),
            _("Place {place} of {n}. Estimate {letter}."),
        )
        template = seen if silent else heard
    elif sound is not None:
        heard = _("Place {place} of {n}. You hear the reference: how it should be.")
        template = _("Place {place} of {n}. The reference: how it should be.") if silent else heard
    letter = "" if sound is None else words.estimate_letter(sound.index)
    return template.format(place=place, n=n_places, letter=letter)


def summary_words(analysis: Analysis) -> str:
    """A line for every estimate: how good it is."""
    lines = []
    for index, pair in enumerate(analysis.pairs):
        if pair.valid_score is not None:
            verdict = Verdict(pair, chance_floor_db(analysis, pair))
            unit = "s" if pair.valid_score.facts.frames.grid.seconds else "frames"
            sentence = verdict_sentence(verdict, unit) if len(analysis.pairs) <= MOST_SENTENCES else ""
            line = _("{letter}: {grade}. {sentence}")
            letter, grade = words.estimate_letter(index), grade_words(verdict.grade)
            lines.append(line.format(letter=letter, grade=grade, sentence=sentence).rstrip())
        else:
            waits, failed = _("{letter}: not compared yet."), _("{letter}: could not be compared.")
            lines.append((failed if pair.error else waits).format(letter=words.estimate_letter(index)))
    return "\n".join(lines)
