"""Measures of a whole file that the pass does not carry: log-spectral distance and OSI-SNR per frequency band.

They need every column once more, in one walk over both files in blocks: a few seconds for an hour of sound.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from osisnr_gui.core.bands import BandSums
from osisnr_gui.core.frequency_bands import FrequencyBand
from osisnr_gui.core.mc_mse import log_spectral_distance_db
from osisnr_gui.core.types import Columns, FloatArray
from osisnr_gui.io.errors import Cancel, stop_if
from osisnr_gui.session.facts import Facts
from osisnr_gui.session.inspection.inspection import bands_of, is_waveform, spectra_of
from osisnr_gui.session.pair_reader import PairReader
from osisnr_gui.session.pairs import PairAnalysis

BLOCK_CELLS = 1 << 16
NAN = math.nan


@dataclass(frozen=True, slots=True)
class FileMeasures:
    """Of all active frames of a pair.

    lsd_db : mean of the frames' log-spectral distances; nan for waveform columns, and without active frames.
    negative_share : part of the frames with a correlation below 0. level_db : energy of all estimate columns against
    that of the reference's. bands, osi_db : exact OSI-SNR of every band, all its cells as one long column.
    """

    n_frames: int
    lsd_db: float
    negative_share: float
    level_db: float
    bands: tuple[FrequencyBand, ...]
    osi_db: tuple[float, ...]


def measure_file(pair: PairAnalysis, cancelled: Cancel | None = None) -> FileMeasures:
    """Walk over a scored pair. Blocking; any thread. Raises LoadError and io's Cancelled."""
    score, key = pair.score, pair.key
    assert score is not None, "only a scored pair is measured"
    assert key is not None, "a scored pair was run"
    facts, framing = score.facts, key.framing
    bands = bands_of(framing, facts.frames.n_bins, facts.frames.grid.bin_hz)
    edges = (*(band.first for band in bands), bands[-1].stop)
    sums, distance, n_active = list[BandSums](), 0.0, facts.n_active
    for s, e in _active_rows(pair, facts, cancelled):
        distance += NAN if is_waveform(framing) else float(log_spectral_distance_db(s.T, e.T).sum())
        sums.append(_pooled(BandSums.of_rows(*spectra_of(s, e, framing), edges)))
    p = facts.frames.projection
    return FileMeasures(
        n_frames=n_active,
        lsd_db=distance / n_active if n_active else NAN,
        negative_share=float(np.mean(p.dot[facts.active] < 0)) if n_active else NAN,
        level_db=_sum_db(p.estimate_db[facts.active]) - _sum_db(p.reference_db[facts.active]),
        bands=bands,
        osi_db=tuple(_pooled(BandSums.joined(sums)).osi_db()[:, 0].tolist()) if sums else (NAN,) * len(bands),
    )


def _active_rows(pair: PairAnalysis, facts: Facts, cancelled: Cancel | None) -> Iterator[tuple[Columns, Columns]]:
    """Both signals' active frames, a block at a time: (n, n_values) each."""
    reader, block = PairReader(pair), max(1, BLOCK_CELLS // facts.frames.n_bins)
    for start in range(0, facts.frames.n_frames, block):
        stop_if(cancelled)
        active = start + np.flatnonzero(facts.active[start : start + block])
        if active.size:
            yield reader.picked(active)


def _pooled(sums: BandSums) -> BandSums:
    """All stretches as one."""
    return sums.pooled(np.array([0]), np.array([sums.dot.shape[1]]))


def _sum_db(decibels: FloatArray) -> float:
    """Level of a sum of energies, from their levels: no square can leave float64's range."""
    if not decibels.size:
        return NAN
    top = float(decibels.max())
    return top + float(10.0 * np.log10(np.sum(10.0 ** ((decibels - top) / 10.0))))
