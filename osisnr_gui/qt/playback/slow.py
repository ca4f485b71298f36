"""Slower at the same pitch (WSOLA): the sound goes on in grains, each begun where it fits the one before best.

W. Verhelst, M. Roelands, "An overlap-add technique based on waveform similarity (WSOLA) for high quality time-scale
modification of speech", ICASSP 1993. The engine crossfades from grain to grain with its own layers; what is left is
to find the place.
"""

from __future__ import annotations

import numpy as np

from osisnr_gui.qt.playback.read_ahead import ReadAhead

GRAIN_SECONDS = 0.020
SEARCH_SECONDS = 0.010


def grain_samples(rate: int) -> int:
    """Samples from one grain to the next, which is also how long they are crossfaded."""
    return max(2, round(GRAIN_SECONDS * rate))


def find_continuation(supply: ReadAhead, sound: int, present: int, wanted: int, grain: int) -> int:
    """The sample near `wanted` from which the sound is most like what would follow at `present`.

    The largest normalised correlation over a grain, within ± half a grain.
    """
    search = round(grain * SEARCH_SECONDS / GRAIN_SECONDS)
    first = max(wanted - search, 0)
    natural = supply.take(sound, present, grain)
    around = supply.take(sound, first, grain + wanted + search - first)
    likeness = np.correlate(around, natural, "valid")
    energy = np.cumsum(np.concatenate((np.zeros(1), around.astype(np.float64) ** 2)))
    loudness = np.sqrt(np.maximum(energy[grain:] - energy[:-grain], 0.0)) + 1e-6
    return first + int(np.argmax(likeness / loudness))
