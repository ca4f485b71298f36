"""What was played when, read off a recording: every sample is explained by known sounds, or named as unexplained."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SILENCE = -1
TOLERANCE = 2e-6
WINDOW = 1500  # samples by which a sound is recognised
EARLIEST = 60  # a fade begins so gently that it is noticed up to this many samples late


@dataclass(frozen=True)
class Stretch:
    """From recorded sample `start` on, `sound` (a row, or SILENCE) is heard from its sample `position` on.

    The fade begins at `start`.
    """

    start: int
    sound: int
    position: int


class UnexplainedError(AssertionError):
    """A gap, a click, or a sound that should not be there."""


def explain(recording: np.ndarray, sounds: np.ndarray, fade: int) -> list[Stretch]:
    """The stretches that a recording consists of, each crossfaded to the next with a raised cosine of `fade` samples.

    recording (n,), sounds (n_sounds, m): float32. Raises UnexplainedError when a sample differs by more
    than TOLERANCE.
    """
    y, x = recording.astype(np.float64), sounds.astype(np.float64)
    stretches = [Stretch(0, SILENCE, 0)]
    while True:
        last = stretches[-1]
        begin = last.start + (fade if len(stretches) > 1 else 0)
        wrong = np.flatnonzero(np.abs(y[begin:] - _part(x, last, begin, y.size)) > TOLERANCE)
        if wrong.size == 0:
            return stretches
        noticed = begin + int(wrong[0])
        if y.size - noticed < fade + WINDOW:
            return stretches  # the recording ends in a fade
        stretches.append(_next(y, x, last, noticed, fade))


def _part(x: np.ndarray, stretch: Stretch, start: int, stop: int) -> np.ndarray:
    """What recorded samples [start, stop) would be if a stretch went on; zero beyond the sounds."""
    out = np.zeros(stop - start)
    if stretch.sound != SILENCE:
        first = stretch.position + start - stretch.start
        known = x[stretch.sound, max(first, 0) : max(first + stop - start, 0)]
        out[max(-first, 0) : max(-first, 0) + known.size] = known
    return out


def _next(y: np.ndarray, x: np.ndarray, last: Stretch, noticed: int, fade: int) -> Stretch:
    """The stretch that begins where `last` was noticed to end."""
    sound, place = _recognise(y[noticed + fade : noticed + fade + WINDOW], x, noticed)
    weights = 0.5 - 0.5 * np.cos(np.pi * (np.arange(fade) + 0.5) / fade)
    best = (np.inf, last)
    for start in range(max(noticed - EARLIEST, last.start), noticed + 1):
        candidate = Stretch(start, sound, place - (noticed + fade - start))
        model = _part(x, last, start, start + fade) * (1 - weights)
        model += _part(x, candidate, start, start + fade) * weights
        best = min(best, (float(np.max(np.abs(y[start : start + fade] - model))), candidate), key=lambda pair: pair[0])
    if best[0] > TOLERANCE:
        raise UnexplainedError(
            f"no fade from {last} to row {sound} at {place}, noticed at {noticed}: off by {best[0]:.2g}"
        )
    return best[1]


def _recognise(part: np.ndarray, x: np.ndarray, where: int) -> tuple[int, int]:
    """The sound and the place in it that a piece of the recording is, to the sample."""
    if not part.any():
        return SILENCE, 0
    n = 1 << (x.shape[1] + part.size - 1).bit_length()
    likeness = np.fft.irfft(np.fft.rfft(x, n) * np.conj(np.fft.rfft(part, n)), n)[:, : x.shape[1] - part.size]
    energy = np.cumsum(np.pad(x**2, ((0, 0), (1, 0))), axis=1)
    likeness /= np.sqrt(energy[:, part.size : -1] - energy[:, : -part.size - 1] + 1e-9)
    sound, place = np.unravel_index(int(np.argmax(likeness)), likeness.shape)
    if np.max(np.abs(x[sound, place : place + part.size] - part)) <= TOLERANCE:
        return int(sound), int(place)
    raise UnexplainedError(f"what was recorded from sample {where} on is none of the sounds")
