"""What a file and its reference give rise to together, several estimates at once, and masks beside a mixture."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from osisnr_gui.io.errors import N_, FileError, Phrase
from osisnr_gui.session import edits, words
from osisnr_gui.session.delays import delay_words, score_words, shift_words, si_snr_db_at
from osisnr_gui.session.guess import Role, name_role
from osisnr_gui.session.notices.file_notices import Case, louder, show_exact, signed
from osisnr_gui.session.pairs import check_fit
from osisnr_gui.session.result import Analysis, Notice, Remedy
from osisnr_gui.session.segments.bad_segments import Facts
from osisnr_gui.session.session import Lengths, Session
from osisnr_gui.session.tracks import PairError, Track
from osisnr_gui.session.verdict import CHANCE_MARGIN_DB, chance_floor_db
from osisnr_gui.session.words import listed

NEGATIVE_SHARE = 0.5
SURE_CORRELATION = 0.3
#: Of unrelated recordings at the best of all delays; an estimate worth the name has several times as much.
NO_CORRELATION = 0.1
NEARLY_SAME_DB = 60.0
SURE_GAIN_DB = 1.0
FEW_FRAMES = 20  # of so few, one may hold most of the loss and tell nothing
LEVEL_DB = 3.0  # a level difference that weighs in MC-MSE
_TRANSPOSE = {
    Role.REFERENCE: Phrase("Transpose the reference"),
    Role.ESTIMATE: Phrase("Transpose the estimate"),
    Role.MIXTURE: Phrase("Transpose the mixture"),
}


def find_refused_pair(case: Case) -> Iterator[Notice]:
    """A file that can be read and yet not be compared: what would change that."""
    error, reference = None if case.pair is None else case.pair.error, case.reference
    if error is not None and reference is not None and case.track.error is None:
        ways = _allowing(case, error, reference) or _turning(case, reference) or (case.remove,)
        yield case.notice("refused", case.error_words(error), ways)


def _allowing(case: Case, error: FileError, reference: Track) -> tuple[Remedy, ...]:
    """The way back where a pair is refused only because the session is strict."""
    allow = partial(_allow, rates=reference.sample_rate != case.track.sample_rate)
    if not isinstance(error, PairError) or _fits(case.session, reference, case.track):
        return ()
    return (Remedy(Phrase("Allow"), allow),) if _fits(allow(case.session), reference, case.track) else ()


def _turning(case: Case, reference: Track) -> tuple[Remedy, ...]:
    """Turn the mask that has as many columns as the other one has rows."""
    mask, other = case.track.mask, reference.mask
    if mask is None or other is None or mask.values.shape[0] == other.values.shape[0]:
        return ()
    ways: tuple[Remedy, ...] = ()
    if mask.values.shape[1] == other.values.shape[0]:
        ways += case.change(_TRANSPOSE[case.role], transpose=not case.source.transpose)
    if other.values.shape[1] == mask.values.shape[0]:
        beside = replace(case, track=reference, role=Role.REFERENCE)
        ways += beside.change(_TRANSPOSE[Role.REFERENCE], transpose=not beside.source.transpose)
    return ways


def _fits(session: Session, reference: Track, track: Track) -> bool:
    try:
        check_fit(session, reference, track)
    except PairError:
        return False
    return True


def _allow(session: Session, rates: bool) -> Session:
    """Without refusal of other lengths, and of other rates where those differ (refusing lengths refuses them, too)."""
    lengths = Lengths.COMMON if session.lengths is Lengths.REFUSE else session.lengths
    return replace(session, lengths=lengths, same_rate_only=session.same_rate_only and not rates)


@dataclass(frozen=True, slots=True)
class Spans:
    """What is not compared. differ : whether the files' own lengths do; lengths : both, in words.

    reference, estimate : samples (frames of a mask) lost at the start and at the end. rate : Hz, None for masks.
    """

    differ: bool
    lengths: Phrase
    reference: tuple[int, int]
    estimate: tuple[int, int]
    rate: int | None

    def lost(self, *, is_subject: bool) -> str:
        """ "its first 12 frames and the reference's last 4000 samples (0.250 s)"; perhaps nothing.

        is_subject : the sentence is about the estimate.
        """
        own = N_("its first {amount}"), N_("its last {amount}")
        named = N_("the estimate's first {amount}"), N_("the estimate's last {amount}")
        theirs = N_("the reference's first {amount}"), N_("the reference's last {amount}")
        templates = (*(own if is_subject else named), *theirs)
        counts = (*self.estimate, *self.reference)
        parts = [Phrase(text, amount=self._amount(n)) for text, n in zip(templates, counts, strict=True) if n]
        return listed(parts) if parts else ""

    def _amount(self, n: int) -> Phrase:
        if self.rate is None:
            return Phrase("{n} frame", n=n) if n == 1 else Phrase("{n} frames", n=n)
        template = N_("{n} sample ({time:.3f} s)") if n == 1 else N_("{n} samples ({time:.3f} s)")
        return Phrase(template, n=n, time=n / self.rate)


def left_out(policy: Lengths, reference: Track, estimate: Track) -> Spans | None:
    """What a pair leaves out under a length policy, once the files' delays were taken out; None when not known."""
    if reference.mask is not None and estimate.mask is not None:
        n, m = int(reference.mask.values.shape[1]), int(estimate.mask.values.shape[1])
        lengths = Phrase("{m} frames against the reference's {n}", m=m, n=n)
        of_reference, of_estimate = _lost(policy, (n, 0), (m, 0))
        return Spans(n != m, lengths, of_reference, of_estimate, None)
    rate, own_rate = reference.sample_rate, estimate.sample_rate
    n_samples, m_samples = reference.n_samples, estimate.n_samples
    if not rate or not own_rate or n_samples is None or m_samples is None:
        return None
    m = -(-m_samples * rate // own_rate)  # what resampling makes of it
    if rate != own_rate and abs(n_samples - m) <= 1:
        m = n_samples  # rounding, no difference
    template = N_("{own:.3f} s against the reference's {wanted:.3f} s")
    lengths = Phrase(template, own=estimate.duration_s, wanted=reference.duration_s)
    of_reference, of_estimate = _lost(policy, (n_samples, reference.source.delay), (m, estimate.source.delay))
    return Spans(n_samples != m, lengths, of_reference, of_estimate, rate)


def _lost(policy: Lengths, *files: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    """Lost at start and end of each file; files : samples, and by how many of them a file is moved earlier.

    What is moved before sample 0 is never compared.
    """
    pad = policy is Lengths.PAD
    first = 0 if pad else max(0, *(-delay for _, delay in files))
    stop = (max if pad else min)(n - delay for n, delay in files)
    return tuple((min(max(0, first + delay), n), max(0, n - delay - max(first, stop))) for n, delay in files)


def _spans(case: Case) -> Spans | None:
    return None if case.reference is None else left_out(case.session.lengths, case.reference, case.track)


def find_unlike(case: Case) -> Iterator[Notice]:
    """Files of different lengths, or of different sample rates."""
    spans, pads = _spans(case), case.session.lengths is Lengths.PAD
    if spans is not None and spans.differ:
        lost = spans.lost(is_subject=False)
        template = N_("{name}: {lengths}; the common start is compared{lost}")
        if pads:
            template = N_("{name}: {lengths}; what one of them lacks is filled with zeros{lost}")
        elif case.source.delay:
            template = N_("{name}: {lengths}; the stretch both have is compared{lost}")
        clause = Phrase(", {lost} are left out", lost=lost) if lost else ""
        message = Phrase(template, name=case.name, lengths=spans.lengths, lost=clause)
        policies = {Phrase("Pad with zeros"): Lengths.PAD, Phrase("Refuse"): Lengths.REFUSE}
        policies = {Phrase("Undo"): Lengths.COMMON} if pads else policies
        ways = tuple(Remedy(label, partial(replace, lengths=policy)) for label, policy in policies.items())
        yield case.notice("length_mismatch", message, ways)
    rate, wanted = case.track.sample_rate, None if case.reference is None else case.reference.sample_rate
    if wanted and rate and wanted != rate:
        template = N_(
            "{name}: {rate} Hz, resampled to the reference's {wanted} Hz; resampling alone caps OSI-SNR at about 30 dB"
        )
        refuse = Remedy(Phrase("Refuse instead"), partial(replace, same_rate_only=True))
        message = Phrase(template, name=case.name, rate=rate, wanted=wanted)
        yield case.notice("sample_rate_mismatch", message, (refuse,))


def find_moved(case: Case) -> Iterator[Notice]:
    """An estimate that was moved, by the search's delay or by hand."""
    pair, moved = case.pair, case.source.delay
    if pair is None or pair.sample_rate is None or not moved:
        return
    rate, delay, spans, lengths = pair.sample_rate, pair.delay, _spans(case), case.session.lengths
    # Where lengths differ, the notice about them says what is lost.
    lost = "" if spans is None or spans.differ else spans.lost(is_subject=True)
    message, ways = shift_words(moved, rate), case.change(Phrase("Undo"), delay=0)
    if delay is not None:
        before, after = (si_snr_db_at(delay, lengths, samples) for samples in (0, moved))
        if not math.isnan(before + after):
            scores = {"before": score_words(before), "after": score_words(after)}
            message = Phrase("{shift}; whole-signal SI-SNR {before} → {after}", shift=message, **scores)
        if delay.certain and delay.samples != moved:
            best, peak = si_snr_db_at(delay, lengths, delay.samples), delay_words(delay.samples, rate)
            message = Phrase("{moved}, {best} at the peak, {peak}", moved=message, best=score_words(best), peak=peak)
            ways += case.change(Phrase("Align"), delay=delay.samples)
    if lost:
        message = Phrase("{moved}; {lost} are left out", moved=message, lost=lost)
    yield case.notice("aligned", Phrase("{name}: {moved}", name=case.name, moved=message), ways)


def find_late(case: Case) -> Iterator[Notice]:
    """An estimate that is late or early and was left where it is."""
    pair = case.pair
    delay, rate = (None, None) if pair is None else (pair.delay, pair.sample_rate)
    if rate is None or delay is None or case.source.delay or not delay.trusted:
        return
    now, then = (si_snr_db_at(delay, case.session.lengths, samples) for samples in (0, delay.samples))
    values: dict[str, object] = {"name": case.name, "now": score_words(now), "then": score_words(then)}
    values |= {"delay": delay_words(delay.samples, rate), "correlation": words.number(delay.peak, 2)}
    if math.isnan(now + then):
        template = N_("{name}: {delay} (correlation {correlation}); nothing was shifted")
    elif values["now"] == values["then"]:
        template = N_(
            "{name}: {delay} (correlation {correlation}); "
            "whole-signal SI-SNR {now} also once aligned; nothing was shifted"
        )
    else:
        template = N_(
            "{name}: {delay} (correlation {correlation}); "
            "whole-signal SI-SNR {now}, {then} once aligned; nothing was shifted"
        )
    yield case.notice("delay", Phrase(template, **values), case.change(Phrase("Align"), delay=delay.samples))


def find_polarity(case: Case) -> Iterator[Notice]:
    """Magnitudes have no sign: the whole signal in time decides, at the delay found; for masks, most frames do."""
    pair = case.pair
    if pair is None or pair.score is None or case.source.flip:
        return
    facts, whole, flip = pair.score.facts, pair.score.facts.frames.whole, case.change(Phrase("Flip"), flip=True)
    if whole is None:
        negative = np.count_nonzero(facts.active & (facts.frames.projection.dot < 0))
        if facts.n_active and negative > NEGATIVE_SHARE * facts.n_active:
            template = N_("{name}: {negative} of {active} active frames are inverted; OSI-SNR does not see polarity")
            message = Phrase(template, name=case.name, negative=int(negative), active=facts.n_active)
            yield case.notice("polarity", message, flip)
        return
    with np.errstate(all="ignore"):
        energies = np.sqrt(whole.reference_energy[0]) * np.sqrt(whole.estimate_energy[0])
        correlation = float(whole.dot[0] / energies)
    if pair.delay is not None and pair.delay.trusted:
        correlation = pair.delay.peak  # half a period late looks inverted where it is not
    if correlation < -SURE_CORRELATION:
        template = N_("{name}: the signal is inverted (correlation {correlation}); OSI-SNR does not see polarity")
        yield case.notice("polarity", Phrase(template, name=case.name, correlation=signed(correlation, ".2f")), flip)


def find_gain(case: Case) -> Iterator[Notice]:
    """A constant level difference; it means something where the reference is the larger part of the estimate."""
    whole = None if case.pair is None else case.pair.whole
    level, wanted = case.track.level, None if case.reference is None else case.reference.level
    if case.source.gain != 1.0 or case.session.loss.gamma == 0.0:
        return
    if whole is None or level is None or wanted is None or not whole.si_snr_db > 0.0:
        return
    # An estimate that lacks something has a smaller gain, too; what is only at another level has another RMS as well.
    both = whole.gain_db, level.rms_db - wanted.rms_db
    if not LEVEL_DB <= min(map(abs, both)) < math.inf or both[0] * both[1] < 0.0:
        return
    template = N_(
        "{name}: {louder} than the reference (least-squares gain {gain} dB, RMS {rms} dBFS against {wanted} dBFS); "
        "OSI-SNR does not see level, MC-MSE and the fused loss do"
    )
    values = {"gain": signed(whole.gain_db, "+.1f"), "rms": signed(level.rms_db, ".1f")}
    values["wanted"] = signed(wanted.rms_db, ".1f")
    message = Phrase(template, name=case.name, louder=louder(whole.gain_db), **values)
    yield case.notice("gain", message, case.change(Phrase("Match level"), gain=10.0 ** (-whole.gain_db / 20.0)))


def find_roles(case: Case) -> Iterator[Notice]:
    """Roles that may be wrong: not told by the names, where nobody has chosen (said once, of the first estimate); the
    opposite of what the names say; a second clean file, by its name or next to no difference, as the estimate.

    The scores cannot tell: swapping the two changes no exact value.
    """
    session, reference, score = case.session, case.reference, None if case.pair is None else case.pair.score
    if reference is None:
        return
    swap = Remedy(Phrase("Swap"), partial(edits.swap, estimate=case.source))
    if session.roles_guessed:
        if case.source == session.estimates[0]:
            right = Remedy(Phrase("That is right"), partial(replace, roles_guessed=False))
            template = N_("The names do not tell the roles: {reference} was taken as the reference")
            yield case.notice("roles_guessed", Phrase(template, reference=reference.name), (swap, right))
        return
    own, other = (name_role(source.path) for source in (case.source, reference.source))
    if own is Role.REFERENCE and other in (Role.ESTIMATE, Role.MIXTURE):
        template = N_("{name} is compared with {reference} as its reference; the names say the opposite")
        yield case.notice("roles", Phrase(template, name=case.track.name, reference=reference.name), (swap,))
    if score is None or len(session.references) > 1:
        return
    median = score.exact.osi_db_median
    template = N_("{name}: two references? Nearly the same (median exact OSI-SNR {level})")
    if not median >= NEARLY_SAME_DB:
        template = N_("{name}: two references? Both names say so")
    if median >= NEARLY_SAME_DB or own is other is Role.REFERENCE:
        message = Phrase(template, name=case.name, level=words.db(median))
        # Of no file: the command line is told the roles and reports of each file what it is.
        yield Notice("two_references", message, severity="warning", remedies=(case.remove,))


def find_unrelated(case: Case, analysis: Analysis) -> Iterator[Notice]:
    """Signals that have nothing to do with each other: no delay correlates them, and columns are alike by chance."""
    pair = case.pair
    if pair is None or pair.score is None or pair.delay is None or not abs(pair.delay.peak) < NO_CORRELATION:
        return
    median, chance = pair.score.exact.osi_db_median, chance_floor_db(analysis, pair)
    if median <= chance + CHANCE_MARGIN_DB:
        values = {"peak": signed(pair.delay.peak, ".2f"), "median": words.db(median), "chance": words.db(chance)}
        template = N_(
            "{name}: unrelated to the reference? Correlation {peak}, median exact OSI-SNR {median} (by chance {chance})"
        )
        message = Phrase(template, name=case.name, **values)
        yield Notice("unrelated", message, severity="warning", remedies=(case.remove,))


def _facts(case: Case) -> Facts | None:
    return None if case.pair is None or case.pair.score is None else case.pair.score.facts


def find_not_meaningful(case: Case) -> Iterator[Notice]:
    """Literal frames that silence makes look perfect."""
    facts = _facts(case)
    if facts is None or not facts.not_meaningful:
        return
    template = N_("{name}: {count} of {all} literal frames are not finite or ≤ 0 dB; silence counts as perfect there")
    if facts.not_meaningful < facts.frames.n_frames:
        template = N_(
            "{name}: {count} of {all} literal frames are not finite or ≤ 0 dB, the longest stretch {where}; "
            "silence counts as perfect there"
        )
    first, stop = facts.longest_lost
    where = _stretch(facts, first, stop)
    message = Phrase(template, name=case.name, count=facts.not_meaningful, all=facts.frames.n_frames, where=where)
    yield case.notice("literal_not_meaningful", message, (show_exact(),))


def _stretch(facts: Facts, first: int, stop: int) -> Phrase:
    """Where some frames are."""
    frames = facts.frames
    if not frames.grid.seconds:
        return Phrase("frames {first} to {last}", first=frames.first_frame + first, last=frames.first_frame + stop - 1)
    start, step = frames.first_time + (first - 0.5) * frames.grid.step, frames.grid.step
    return Phrase("{start:.3f}–{stop:.3f} s", start=max(0.0, start), stop=start + (stop - first) * step)


def find_one_frame(case: Case) -> Iterator[Notice]:
    """A frame that holds more of the loss than all others together."""
    facts = _facts(case)
    if facts is not None and facts.n_active >= FEW_FRAMES and facts.heaviest[1] > 0.5:
        frame, share = facts.heaviest
        template = N_("{name}: one frame ({where}) holds {share} of L_OSI, exact, method 1; the median says more")
        where = _stretch(facts, frame, frame + 1)
        yield case.notice("one_frame", Phrase(template, name=case.name, where=where, share=words.percent(share)))


def find_quiet(case: Case) -> Iterator[Notice]:
    """Where the constants of the literal formula, made for louder sound, weigh in."""
    facts = _facts(case)
    if facts is not None and facts.biased:
        template = N_(
            "{name}: in {count} of {active} active frames the constants of the literal formula change OSI-SNR, "
            "by up to {most:.1f} dB: the sound is quiet, or the error next to nothing"
        )
        message = Phrase(template, name=case.name, count=facts.biased, active=facts.n_active, most=facts.bias_db)
        if facts.tiny:
            template = N_("{quiet}; {tiny} frames of the estimate hold less energy than the constants")
            message = Phrase(template, quiet=message, tiny=facts.tiny)
        yield case.notice("quiet", message, (show_exact(),))
