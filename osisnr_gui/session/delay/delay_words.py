"""What is said of an estimate's delay: how long, which way, and what taking it out does to the score."""

from __future__ import annotations

import math

from osisnr_gui.session import words
from osisnr_gui.session.delay.delays import si_snr_db_at
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.session import Lengths
from osisnr_gui.session.several.matching import MOST_SCORE_DB

TINY_MS = 0.05


def time_words(samples: int, rate: int) -> str:
    """A count of samples as milliseconds: "8.56 ms", "0.021 ms"."""
    ms = 1000 * abs(samples) / rate
    return f"{words.number(ms, 3 if 0 < ms < TINY_MS else 2)} ms"


def lag_words(samples: int, rate: int) -> str:
    """The length of a delay, without its sign: "1 sample (0.06 ms)"."""
    return f"{words.counted(abs(samples), 'sample')} ({time_words(samples, rate)})"


def delay_words(samples: int, rate: int) -> str:
    """A delay with its direction: "137 samples (8.56 ms) late"; "no delay"."""
    if samples == 0:
        return "no delay"
    return f"{lag_words(samples, rate)} {'late' if samples > 0 else 'early'}"


def shift_words(samples: int, rate: int) -> str:
    """What taking out a delay did: "moved 137 samples (8.56 ms) earlier"."""
    return f"moved {lag_words(samples, rate)} {'earlier' if samples > 0 else 'later'}"


def score_words(si_snr_db: float) -> str:
    """An SI-SNR in dB as far as the correlation of whole signals tells it."""
    return f"over {MOST_SCORE_DB:.0f} dB" if si_snr_db > MOST_SCORE_DB else words.db(si_snr_db)


def late_message(pair: PairAnalysis, lengths: Lengths) -> str:
    """Of an estimate that is late or early and was left where it is; its delay is known."""
    delay, rate = pair.delay, pair.sample_rate
    assert delay is not None, "only a delay that was measured is told"
    assert rate, "only sound has a delay"
    before, after = (si_snr_db_at(delay, lengths, samples) for samples in (0, delay.samples))
    text = f"{pair.estimate.name}: {delay_words(delay.samples, rate)} (correlation {words.number(delay.peak, 2)})"
    if not math.isnan(before + after):
        then, now = score_words(after), score_words(before)
        text += f"; whole-signal SI-SNR {now}" + (" also once aligned" if then == now else f", {then} once aligned")
    return f"{text}; nothing was shifted"


def moved_message(pair: PairAnalysis, lengths: Lengths) -> str:
    """Of an estimate that was moved, by the search's delay or by hand."""
    moved, delay, rate = pair.source.delay, pair.delay, pair.sample_rate
    assert rate, "only sound is moved"
    text = f"{pair.estimate.name}: {shift_words(moved, rate)}"
    if delay is None:
        return text
    before, after = (si_snr_db_at(delay, lengths, samples) for samples in (0, moved))
    if not math.isnan(before + after):
        text += f"; whole-signal SI-SNR {score_words(before)} → {score_words(after)}"
    if delay.certain and delay.samples != moved:
        best, fits = si_snr_db_at(delay, lengths, delay.samples), delay_words(delay.samples, rate)
        text += f", {score_words(best)} at the peak, {fits}"
    return text
