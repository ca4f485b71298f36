"""What is said of an estimate's delay: how long, which way, and what taking it out does to the score."""

from __future__ import annotations

from osisnr_gui.session import words
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
