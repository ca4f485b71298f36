"""Result of the delay search for one estimate: correlations, and figures in words."""

from dataclasses import dataclass, replace

from osisnr_gui.core.align import Delay, si_snr_of_correlation
from osisnr_gui.core.types import FloatArray
from osisnr_gui.session import words
from osisnr_gui.session.delays import correlation_at, delay_words, score_words, time_words
from osisnr_gui.session.result import Analysis
from osisnr_gui.session.session import Lengths, Session, Source
from osisnr_gui.session.words import estimate_letter
from osisnr_gui.text.catalogue import _, ngettext, translated


@dataclass(frozen=True, slots=True)
class MeasuredDelay:
    """Estimate number `place` (its `name` against that of the reference), at `rate` Hz, under a length policy."""

    delay: Delay
    place: int
    name: str
    rate: int
    lengths: Lengths

    @property
    def correlations(self) -> FloatArray | None:
        """Of every delay from -reach to reach, (2*reach + 1,); None where a signal is silent."""
        curve = self.delay.curve
        if curve is None:
            return None
        return curve.padded if self.lengths is Lengths.PAD else curve.common

    @property
    def si_snr_db(self) -> FloatArray | None:
        """Whole-signal SI-SNR of every delay."""
        found = self.correlations
        return None if found is None else si_snr_of_correlation(found)

    def words(self, samples: int) -> str:
        """A delay with its figures: "137 samples (8.56 ms) late: SI-SNR 4.2 dB, correlation 0.97"."""
        correlation = correlation_at(self.delay, self.lengths, samples)
        return _("{delay}: SI-SNR {score}, correlation {correlation}").format(
            delay=translated(delay_words(samples, self.rate)),
            score=translated(score_words(float(si_snr_of_correlation(correlation)))),
            correlation=words.number(correlation, 2),
        )

    def rows(self, taken: int) -> list[tuple[str, ...]]:
        """A table: the file as it is, with `taken` samples taken out, and with what the peak says."""
        shown = [(_("as it is"), 0), (_("now"), taken), (_("at the peak"), self.delay.samples)]
        head = ("", _("delay taken out"), "", _("whole-signal SI-SNR"), _("correlation"))
        return [head, *((name, *self._figures(samples)) for name, samples in shown)]

    def _figures(self, samples: int) -> tuple[str, ...]:
        correlation = correlation_at(self.delay, self.lengths, samples)
        sign = words.MINUS if samples < 0 else ""
        return (
            ngettext("{n} sample", "{n} samples", abs(samples)).format(n=words.number(samples, 0)),
            f"{sign}{time_words(samples, self.rate)}",
            translated(score_words(float(si_snr_of_correlation(correlation)))),
            words.number(correlation, 2),
        )


def measured_delay(session: Session, analysis: Analysis, estimate: Source) -> MeasuredDelay | None:
    """What is known of an estimate as the session reads it now; None until that was measured."""
    for place, source in enumerate(session.estimates):
        if source.signal != estimate.signal or place >= len(analysis.pairs):
            continue
        pair = analysis.pairs[place]
        if pair.delay is None or not pair.sample_rate or pair.key is None or pair.reference is None:
            return None
        wanted = session.references[session.partner_of(place)] if session.references else None
        if replace(pair.source, delay=source.delay) != source or pair.reference.source != wanted:
            return None  # found out of what the session asked for before
        name = _("{letter} · {name} against {reference}").format(
            letter=estimate_letter(place), name=pair.estimate.name, reference=pair.reference.name
        )
        return MeasuredDelay(pair.delay, place, name, pair.sample_rate, session.lengths)
    return None
