"""What is wrong in a stretch of an estimate: one word of a closed vocabulary, the general one where none is clear.

Every kind is told by what it alone does to a signal, beside the reference s and at the level of the whole file:
a delay keeps the waveform and moves it; a gain keeps it and its spectrum; clipping leaves more samples at the ceiling
than even a sine has there; a low-pass takes all bands from one frequency on and leaves those below; and noise raises
the level of a band by as much as it lowers its coherence with s: with e = s + n both ratios are 1 + |n|²/|s|².
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from osisnr_gui.core.stft import default_hop, default_n_fft, stft
from osisnr_gui.core.types import ComplexArray, FloatArray
from osisnr_gui.session.inspection.inspector import selected_frames
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.readers import AudioSignal

#: Longest delay that is looked for: as much of both signals is wanted before and after the stretch.
MARGIN_SECONDS = 0.1
#: Speech is spread over 30 dB: what lies that far down is not heard of it.
MISSING_DB = 30.0
#: Half as loud is 10 dB; twice the amplitude is 6 dB.
LOST_DB, LEVEL_DB = 10.0, 6.0
#: The energies of two waveforms that are the same but for a gain and 7 dB of something else share this much.
SAME_SHARE = 0.8
SHORTEST_DELAY = 1e-3
#: A sine, the flattest of sounds, has 1.35 times as many samples within 3 % of its peak as in the 6 % below these.
CEILING, BELOW_CEILING, CEILING_RATIO, FEWEST_AT_CEILING = 0.97, 0.91, 3.0, 8
#: Bands weaker than the loudest by this are not heard beside it.
AUDIBLE_DB = 50.0
#: Edges of third octaves, Hz, as they are called.
EDGES = (0, 200, 250, 315, 400, 500, 630, 800, 1000, 1250, 1600, 2000, 2500, 3150, 4000, 5000, 6300, 8000, 10000,
         12500, 16000, 20000)  # fmt: skip
TINY = 1e-30


class FaultKind(StrEnum):
    """What can be wrong."""

    MUFFLED = "muffled"
    MISSING = "missing"
    NOISE = "noise"
    CLIPPED = "clipped"
    LEVEL = "level"
    DELAY = "delay"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong; value : frequency above which all is missing, Hz; level in dB; seconds late; else nan."""

    kind: FaultKind
    value: float = math.nan


OTHER = Fault(FaultKind.OTHER)


def look_at(pair: PairAnalysis, start: float, stop: float) -> Fault:
    """What is wrong with the estimate of a scored pair from one time to another. Raises LoadError."""
    score, reference, rate = pair.score, pair.reference, pair.sample_rate
    if score is None or reference is None:
        return OTHER
    frames, gate = selected_frames(pair, start, stop), score.bad.gate
    for known, kind in ((gate.missed, FaultKind.MISSING), (gate.false_activity, FaultKind.NOISE)):
        if 2 * np.count_nonzero(known[frames]) > frames.stop - frames.start:
            return Fault(kind)
    gains = np.abs(score.facts.frames.projection.gain[score.facts.active])
    if rate is None or reference.kind != "audio" or not gains.size:
        return OTHER
    margin = round(MARGIN_SECONDS * rate)
    stretch = round(start * rate) - margin, round((stop - start) * rate) + 2 * margin
    with AudioSignal(reference.source) as s, AudioSignal(pair.source, rate) as e:
        return find_fault(s.read(*stretch), e.read(*stretch) / (float(np.median(gains)) or 1.0), rate, margin)


class _Bands(NamedTuple):
    """Of every band that is heard in the reference: where it begins (Hz), and the estimate's level against it (dB).

    coherence : share of the estimate's energy that is a fixed filter of the reference. still : that filter's gain.
    """

    low: FloatArray
    gain_db: FloatArray
    coherence: FloatArray
    still: FloatArray


def find_fault(reference: FloatArray, estimate: FloatArray, rate: int, margin: int) -> Fault:
    """What is wrong in a stretch; both signals (n,) hold `margin` more samples before and after it, at one level."""
    core = slice(margin, len(reference) - margin)
    s, e = _spectra(reference, core, rate), _spectra(estimate, core, rate)
    energy_s, energy_e = (np.sum(np.abs(x) ** 2, axis=1) for x in (s, e))
    heard = energy_s > energy_s.max(initial=0.0) * 10 ** (-MISSING_DB / 10)
    if not heard.any() or not np.isfinite(energy_e).all():
        return OTHER
    if np.median(energy_e[heard] / energy_s[heard]) < 10 ** (-MISSING_DB / 10):
        return Fault(FaultKind.MISSING)
    lag, shared, shared_at_0 = _find_lag(reference, estimate[core], margin)
    moved = slice(core.start - lag, core.stop - lag)
    if _is_clipped(estimate[core]) and not _is_clipped(reference[moved]):
        return Fault(FaultKind.CLIPPED)
    bands = _sum_bands(_spectra(reference, moved, rate), e, rate)
    if math.isfinite(edge := _lost_above(bands)):
        return Fault(FaultKind.MUFFLED, edge)
    if shared >= SAME_SHARE:
        late, gain_db = lag / rate, float(np.median(bands.gain_db))
        if abs(late) >= SHORTEST_DELAY and 1.0 - shared_at_0 >= 4.0 * (1.0 - shared):
            return Fault(FaultKind.DELAY, late)
        first, last = np.quantile(bands.gain_db, (0.25, 0.75))  # half of the bands have gains between these
        if abs(gain_db) >= LEVEL_DB and lag == 0 and last - first <= LEVEL_DB:
            return Fault(FaultKind.LEVEL, gain_db)
    is_noise = _is_noisy(bands) and not _follows(reference, estimate[core], margin, rate)
    return Fault(FaultKind.NOISE) if is_noise else OTHER


def _find_lag(reference: FloatArray, part: FloatArray, margin: int) -> tuple[int, float, float]:
    """By how many samples a part of an estimate is late, and what of it the reference explains there, and at 0."""
    n = len(reference)
    products = np.fft.irfft(np.fft.rfft(reference) * np.conj(np.fft.rfft(part, n)), n)[: 2 * margin + 1]
    sums = np.concatenate(([0.0], np.cumsum(reference**2)))
    energies = sums[len(part) :] - sums[: 2 * margin + 1]
    shares = np.maximum(products, 0.0) ** 2 / (energies * float(part @ part) + TINY)
    best = int(np.argmax(shares))
    lag = margin - best if shares[best] >= SAME_SHARE else 0  # else nothing of the kind: it stays where it is
    return lag, float(shares[best]), float(shares[margin])


def _spectra(samples: FloatArray, part: slice, rate: int) -> ComplexArray:
    """Spectra (n_frames, n_bins) of the frames inside a part; of three round its middle where it is short."""
    n_fft, hop = default_n_fft(rate), default_hop(rate)
    size = max(part.stop - part.start, n_fft + 2 * hop)  # as many of both signals, wherever the part lies
    start = min(max((part.start + part.stop - size) // 2, 0), max(len(samples) - size, 0))
    return stft(samples[start : start + size], n_fft, hop)


def _sum_bands(s: ComplexArray, e: ComplexArray, rate: int) -> _Bands:
    bin_hz = rate / 2 / (s.shape[1] - 1)
    starts = [math.ceil(edge / bin_hz) for edge in EDGES if edge < rate / 2 - bin_hz]
    ss, ee, se = (np.add.reduceat(x.sum(axis=0), starts) for x in (np.abs(s) ** 2, np.abs(e) ** 2, np.conj(s) * e))
    heard, low = ss > ss.max() * 10 ** (-AUDIBLE_DB / 10), np.array(EDGES[: len(starts)], dtype=np.float64)
    ss, ee, se = ss[heard], ee[heard], se[heard]
    coherence = np.abs(se) ** 2 / (ss * ee + TINY)
    return _Bands(low[heard], 10.0 * np.log10((ee + TINY) / ss), coherence, np.real(se) / ss)


def _is_clipped(samples: FloatArray) -> bool:
    """Whether far more samples lie at the ceiling than below it."""
    size = np.abs(samples)
    ceiling = size.max(initial=0.0)
    n_at, n_below = (int(np.count_nonzero(size >= part * ceiling)) for part in (CEILING, BELOW_CEILING))
    return n_at >= FEWEST_AT_CEILING and n_at > CEILING_RATIO * (n_below - n_at)


def _lost_above(bands: _Bands) -> float:
    """The frequency from which on every band is lost, an octave of them at least, while those below are not; nan."""
    gain_db = bands.gain_db
    kept = np.flatnonzero(gain_db > -LOST_DB)
    first = int(kept[-1]) + 1 if kept.size else 0
    below, above = gain_db[:first], gain_db[first:]
    if first < 2 or above.size < 3 or np.median(above) > -2.0 * LOST_DB or np.median(below) < -LEVEL_DB:
        return math.nan
    is_same = np.median(bands.coherence[:first]) >= 0.5  # else another sound, whose spectrum may end there
    return float(bands.low[first]) if is_same else math.nan


def _is_noisy(bands: _Bands) -> bool:
    """Whether bands are as much louder as they are less coherent, and the reference is still in them."""
    lost_db = -10.0 * np.log10(np.clip(bands.coherence, 0.01, 1.0))
    noisy = lost_db >= 3.0  # at least as much noise as sound
    if np.count_nonzero(noisy) < 3:
        return False
    added = float(np.sum(bands.gain_db[noisy]))
    return added >= 0.5 * float(np.sum(lost_db[noisy])) and 0.5 < float(np.median(bands.still)) < 2.0


def _follows(reference: FloatArray, part: FloatArray, margin: int, rate: int) -> bool:
    """Whether what is added comes after the reference, as an echo does: noise has as much to do with what is to come.

    The response from one to the other, whitened, has little before time 0 then.
    """
    n, direct = len(reference), round(0.005 * rate)
    spectrum = np.fft.rfft(reference)
    power = np.abs(spectrum) ** 2
    response = np.fft.irfft(spectrum * np.conj(np.fft.rfft(part, n)) / (power + 0.01 * power.mean() + TINY), n)
    late, early = response[: margin - direct], response[margin + direct : 2 * margin]
    return float(late @ late) > 2.0 * float(early @ early)
