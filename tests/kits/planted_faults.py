"""Voices with one planted fault of a known kind, strength and place: what a listener would call it is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
from scipy import signal

SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples"
CLEAN = ("1_two_speakers_ref_a", "1_two_speakers_ref_b", "2_enhancement_clean", "3_echo_nearend", "4_masks_clean")
#: Real estimates of one of the voices: what is planted is planted in these as well.
ESTIMATES = ("2_enhancement_est_dfn3",)
RATE = 16_000
Array = np.ndarray
Plant = Callable[[Array, int, np.random.Generator], Array]


@cache
def voice(name: str) -> Array:
    """One of the samples that ship with the program, float64."""
    return np.asarray(soundfile.read(SAMPLES / f"{name}.flac", dtype="float64")[0])


def speech_like(rng: np.random.Generator, rate: int, seconds: float = 3.0) -> Array:
    """Glottal pulses of a gliding pitch and breath, through three gliding formants, in syllables."""
    n = round(seconds * rate)
    t = np.arange(n) / rate
    pitch = rng.uniform(90, 240) * 2 ** (0.25 * np.sin(2 * np.pi * rng.uniform(0.3, 1.5) * t + rng.uniform(0, 6)))
    phase = np.cumsum(pitch) / rate
    source = np.diff(np.floor(phase), prepend=0.0) + 0.02 * rng.standard_normal(n)
    breath = 0.05 * rng.standard_normal(n)
    out = np.zeros(n)
    for low, high, width in ((300, 800, 80), (900, 2300, 120), (2400, 3400, 200)):
        for start in range(0, n, n // 6):
            part = slice(start, min(start + n // 6, n))
            w = 2 * np.pi * rng.uniform(low, high) / rate
            r = np.exp(-np.pi * width / rate)
            out[part] += signal.lfilter([1 - r], [1, -2 * r * np.cos(w), r * r], source[part])
    hiss = signal.lfilter([1, -0.9], [1], breath) * (np.sin(2 * np.pi * 1.7 * t) > 0.6)
    syllables = np.clip(0.6 + 0.6 * np.sin(2 * np.pi * rng.uniform(2, 4) * t + rng.uniform(0, 6)), 0, 1)
    out = out / np.abs(out).max() + hiss
    return np.asarray(0.5 * syllables * out / np.abs(out).max())


def _rms(x: Array) -> float:
    return float(np.sqrt(np.mean(x**2))) + 1e-12


def muffled(x: Array, rate: int, rng: np.random.Generator) -> Array:
    """A low-pass, in both directions or in time's."""
    edge = float(np.exp(rng.uniform(np.log(400), np.log(3200))))
    sos = signal.butter(int(rng.integers(4, 9)), edge, fs=rate, output="sos")
    muffled.edge = edge  # type: ignore[attr-defined]
    return np.asarray((signal.sosfiltfilt if rng.random() < 0.5 else signal.sosfilt)(sos, x))


def missing(x: Array, rate: int, rng: np.random.Generator) -> Array:
    """Zeros, next to nothing, or most of its packets lost."""
    way = rng.integers(3)
    if way == 2:
        packet = round(0.04 * rate)
        lost = np.repeat(rng.random(len(x) // packet + 1) < 0.85, packet)[: len(x)]
        return np.where(lost, 0.0, x)
    return x * (0.0 if way == 0 else 10 ** (-rng.uniform(35, 60) / 20))


def noise(x: Array, rate: int, rng: np.random.Generator) -> Array:
    """White, pink, of the spectrum of speech, or somebody else, about as loud as the voice."""
    n, way = len(x), rng.integers(4)
    added = rng.standard_normal(n)
    if way == 1:
        spectrum = np.fft.rfft(added)
        added = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.fft.rfftfreq(n, 1 / rate), 50)), n)
    elif way == 2:
        added = np.fft.irfft(np.abs(np.fft.rfft(x)) * np.exp(2j * np.pi * rng.random(n // 2 + 1)), n)
    elif way == 3:
        other = speech_like(rng, rate, n / rate + 1)
        start = int(np.argmax(np.convolve(other**2, np.ones(n), "valid")))
        added = other[start : start + n]
    return x + added * _rms(x) / _rms(added) * 10 ** (-rng.uniform(-6, 3) / 20)


def clipped(x: Array, rate: int, rng: np.random.Generator) -> Array:
    """Cut off at a part of its peak."""
    ceiling = rng.uniform(0.1, 0.5) * np.abs(x).max()
    return np.clip(x, -ceiling, ceiling)


def level(x: Array, rate: int, rng: np.random.Generator) -> Array:
    """Too loud or too quiet."""
    return x * 10 ** (rng.choice((-1, 1)) * rng.uniform(7, 22) / 20)


def delay(x: Array, rate: int, rng: np.random.Generator) -> Array:
    """Marks itself: what is late is not in the stretch alone."""
    raise NotImplementedError


def other(x: Array, rate: int, rng: np.random.Generator) -> Array:
    """What has no word: no low notes, upside down, backwards, somebody else, a robot, a hall, holes, another pitch."""
    n, way = len(x), rng.integers(9)
    other.way = way  # type: ignore[attr-defined]
    t = np.arange(n) / rate
    if way == 0:
        sos = signal.butter(4, rng.uniform(800, 2000), "highpass", fs=rate, output="sos")
        return np.asarray(signal.sosfilt(sos, x))
    if way == 1:
        return -x
    if way == 2:
        return x[::-1]
    if way == 3:
        someone = speech_like(rng, rate, n / rate + 1)
        start = int(np.argmax(np.convolve(someone**2, np.ones(n), "valid")))
        return someone[start : start + n] * _rms(x) / _rms(someone[start : start + n])
    if way == 4:
        return np.asarray(x * np.sin(2 * np.pi * rng.uniform(30, 400) * t) * np.sqrt(2))
    if way == 5:
        hall = rng.standard_normal(round(0.4 * rate)) * np.exp(-np.arange(round(0.4 * rate)) / (0.08 * rate))
        wet = np.convolve(x, hall)[:n]
        return x + wet * _rms(x) / _rms(wet)
    if way == 6:
        _f, _t, z = signal.stft(x, rate, nperseg=min(512, n))
        return np.asarray(signal.istft(z * (rng.random(z.shape) < 0.4), rate, nperseg=min(512, n))[1][:n])
    if way == 7:
        return np.interp(np.arange(n) * rng.choice((0.8, 1.25)) % (n - 1), np.arange(n), x)
    sos = signal.butter(3, [700, 2500], "bandstop", fs=rate, output="sos")
    return np.asarray(signal.sosfilt(sos, x))


PLANTS: dict[str, Plant] = {f.__name__: f for f in (muffled, missing, noise, clipped, level, delay, other)}


@dataclass(frozen=True)
class Planted:
    """Both signals of a stretch with `margin` samples around it, and what was planted; value : Hz, s or nan."""

    reference: Array
    estimate: Array
    rate: int
    margin: int
    kind: str
    value: float
    how: str


def _place(s: Array, length: int, margin: int, rng: np.random.Generator) -> int:
    """Where somebody speaks."""
    frame = np.ones(400) / 400
    loud = np.convolve(s**2, frame, "same")
    starts = rng.permutation(np.arange(margin, len(s) - length - margin, 80))
    active = loud > loud.max() * 1e-2
    return int(next(a for a in starts if active[a : a + length].mean() > 0.7))


def plant(kind: str, seed: int) -> Planted:
    """A voice, an estimate of it that is nearly right, and a fault in a stretch of it."""
    rng = np.random.default_rng([seed, sorted(PLANTS).index(kind)])
    source = rng.integers(4)
    rate = int(rng.choice((16_000, 44_100))) if source == 3 else RATE
    if source == 0:
        s, e = voice("2_enhancement_clean"), voice(str(rng.choice(ESTIMATES)))
    else:
        s = speech_like(rng, rate) if source == 3 else voice(str(rng.choice(CLEAN)))
        e = s + rng.standard_normal(len(s)) * _rms(s) * 10 ** (-rng.uniform(22, 40) / 20)
    margin = round(0.1 * rate)
    length = round(rng.uniform(0.1, 1.0) * rate)
    start = _place(s, length, margin, rng)
    value = float("nan")
    e = e.copy()
    part = slice(start, start + length)
    if kind == "delay":
        value = rng.choice((-1, 1)) * rng.uniform(0.003, 0.06)
        e[part] = np.roll(e, round(value * rate))[part]
    else:
        e[part] = PLANTS[kind](e[part], rate, rng)
    if kind == "muffled":
        value = muffled.edge  # type: ignore[attr-defined]
    # The stretch that is looked at is not quite the one that is hurt.
    a, b = (round(rng.uniform(-0.03, 0.15) * length) for _ in range(2))
    view = slice(start + a - margin, start + length - b + margin)
    if view.start < 0 or view.stop > len(s):
        view = slice(start - margin, start + length + margin)
    how = f"{source} {length / rate:.2f} s {rate} {getattr(other, 'way', '')}"
    return Planted(s[view], e[view], rate, margin, kind, value, how)
