"""Delay of an estimate against its reference: measured, and in words."""

import math
from dataclasses import replace

from osisnr_gui.core.align import MAX_DELAY_SECONDS, Delay, DelayFinder, si_snr_of_correlation
from osisnr_gui.io.errors import N_, Cancel, Phrase, stop_if
from osisnr_gui.session import words
from osisnr_gui.session.readers import AudioSignal
from osisnr_gui.session.session import Lengths
from osisnr_gui.session.tracks import Track

MOST_SCORE_DB = 100.0  # float64 sums of an hour tell no more
STEP = 1 << 17  # samples read at a time
TINY_MS = 0.05


class DelaySearch(DelayFinder):
    """Searches within ± max_seconds while samples come by: `feed` takes them, `read_to` fetches them itself.

    Both signals have one rate. What the estimate has beyond the longest delay after the reference's end counts in
    energies only.
    """

    def __init__(self, reference: AudioSignal, estimate: AudioSignal, max_seconds: float = MAX_DELAY_SECONDS) -> None:
        super().__init__(math.ceil(max_seconds * reference.rate), (reference.n_samples, estimate.n_samples))
        self._signals = reference, estimate

    def read_to(self, stop: int, cancelled: Cancel | None = None) -> None:
        """Read on until sample `stop`. Raises LoadError and io's Cancelled."""
        stop = min(stop, self.n_samples)
        while self.n_fed < stop:
            stop_if(cancelled)
            start, n = self.n_fed, min(STEP, stop - self.n_fed)
            self.feed(*(signal.read(start, n) for signal in self._signals))

    def finish(self, cancelled: Cancel | None = None) -> Delay:
        """The delay, after reading what is left. Raises LoadError and io's Cancelled."""
        self.read_to(self.n_samples, cancelled)
        return self.find()


def measure_delay(reference: Track, estimate: Track, cancelled: Cancel | None = None) -> Delay | None:
    """Delay of an estimate as its file is, at the reference's rate; None for masks.

    A delay that is to be taken out of it plays no part. Raises LoadError and io's Cancelled.
    """
    rate = reference.sample_rate
    if reference.kind != "audio" or estimate.kind != "audio" or not rate:
        return None
    with AudioSignal(reference.source) as s, AudioSignal(replace(estimate.source, delay=0), rate) as e:
        return DelaySearch(s, e).finish(cancelled)


def si_snr_db_at(delay: Delay, lengths: Lengths, samples: int) -> float:
    """Whole-signal SI-SNR in dB once `samples` are taken out of the estimate; nan where that is not known."""
    return float(si_snr_of_correlation(correlation_at(delay, lengths, samples)))


def correlation_at(delay: Delay, lengths: Lengths, samples: int) -> float:
    """Normalised correlation then."""
    return math.nan if delay.curve is None else delay.curve.correlation(samples, padded=lengths is Lengths.PAD)


def time_words(samples: int, rate: int) -> str:
    """A count of samples as milliseconds: "8.56 ms", "0.021 ms"."""
    ms = 1000 * abs(samples) / rate
    return f"{words.number(ms, 3 if 0 < ms < TINY_MS else 2)} ms"


def lag_words(samples: int, rate: int) -> Phrase:
    """The length of a delay, without its sign: "1 sample (0.06 ms)"."""
    template = N_("{n} sample ({time})") if abs(samples) == 1 else N_("{n} samples ({time})")
    return Phrase(template, n=words.count(abs(samples)), time=time_words(samples, rate))


def delay_words(samples: int, rate: int) -> Phrase:
    """A delay with its direction: "137 samples (8.56 ms) late"; "no delay"."""
    if samples == 0:
        return Phrase("no delay")
    lag = lag_words(samples, rate)
    return Phrase("{lag} late", lag=lag) if samples > 0 else Phrase("{lag} early", lag=lag)


def shift_words(samples: int, rate: int) -> Phrase:
    """What taking out a delay did: "moved 137 samples (8.56 ms) earlier"."""
    lag = lag_words(samples, rate)
    return Phrase("moved {lag} earlier", lag=lag) if samples > 0 else Phrase("moved {lag} later", lag=lag)


def score_words(si_snr_db: float) -> Phrase:
    """An SI-SNR in dB as far as the correlation of whole signals tells it."""
    if si_snr_db > MOST_SCORE_DB:
        return Phrase("over {most:.0f} dB", most=MOST_SCORE_DB)
    return Phrase("{level}", level=words.db(si_snr_db))
