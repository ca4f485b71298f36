"""Bands of bins, for measures per frequency band: octaves above 500 Hz, or equal parts where bins have no frequency.

Half octaves divide the octaves: what is drawn over time is finer than what is written of one frame.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, pairwise, takewhile

LOWEST_EDGE_HZ = 500.0
EQUAL_PARTS = 5
# Two columns of one positive value are always proportional, and of a few nearly so: narrow bands flatter any estimate.
LEAST_BINS = 4


@dataclass(frozen=True, slots=True)
class FrequencyBand:
    """The bins [first, stop), which are the frequencies from `low` to under `high`: Hz, or bins without a rate."""

    first: int
    stop: int
    low: float
    high: float


def octave_bands(n_bins: int, bin_hz: float) -> tuple[FrequencyBand, ...]:
    """Below 500 Hz, then octaves (0.5-1, 1-2, 2-4, 4-8 kHz, …); the last one ends with the last bin.

    Bin k lies at k*bin_hz. Bands without a bin are left out.
    """
    top = (n_bins - 1) * bin_hz
    bands, low, high = list[FrequencyBand](), 0.0, LOWEST_EDGE_HZ
    first = 0
    while first < n_bins:
        last_band = high >= top
        stop = n_bins if last_band else min(n_bins, _first_bin(high, bin_hz))
        if stop > first:
            bands.append(FrequencyBand(first, stop, low, max(top, low) if last_band else high))
        first, low, high = stop, high, 2.0 * high
    return tuple(bands)


def half_octave_bands(n_bins: int, bin_hz: float) -> tuple[FrequencyBand, ...]:
    """0-250-500-1000-1500-2000-3000-4000-6000-8000 Hz and so on; the last one ends with the last bin.

    Bands of fewer than LEAST_BINS bins are joined to their neighbour.
    """
    edges = [(0, 0.0)]
    for edge in takewhile(lambda edge: edge < n_bins * bin_hz, _half_octaves()):
        first = _first_bin(edge, bin_hz)
        if first - edges[-1][0] >= LEAST_BINS and n_bins - first >= LEAST_BINS:
            edges.append((first, edge))
    edges.append((n_bins, (n_bins - 1) * bin_hz))
    return tuple(FrequencyBand(a[0], b[0], a[1], b[1]) for a, b in pairwise(edges))


def equal_bands(n_bins: int, parts: int = EQUAL_PARTS) -> tuple[FrequencyBand, ...]:
    """At most `parts` bands of nearly equal width, in bins."""
    parts = min(parts, n_bins)
    edges = [round(part * n_bins / parts) for part in range(parts + 1)]
    return tuple(FrequencyBand(a, b, float(a), float(b)) for a, b in pairwise(edges))


def _half_octaves() -> Iterator[float]:
    """250, 500, 1000, 1500, 2000, 3000, 4000, 6000, …: every octave from 1 kHz on has a round middle."""
    yield LOWEST_EDGE_HZ / 2
    yield LOWEST_EDGE_HZ
    for low in (LOWEST_EDGE_HZ * 2**k for k in count(1)):
        yield low
        yield 1.5 * low


def _first_bin(frequency: float, bin_hz: float) -> int:
    """The lowest bin at or above a frequency; a bin that misses it by rounding counts as at it."""
    return int(-(-(frequency / bin_hz - 1e-9) // 1))
