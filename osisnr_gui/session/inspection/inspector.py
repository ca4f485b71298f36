"""Frames and files measured once more from their columns: the frame at a time, the worst of a stretch, a whole file.

Measures of a whole file that the pass does not carry (log-spectral distance and OSI-SNR per frequency band) need every
column, in one walk over both files in blocks: a few seconds for an hour of sound.
"""

import math
from dataclasses import dataclass

import numpy as np

from osisnr_gui.core.bands import BandSums, FrequencyBand
from osisnr_gui.core.loss import NAN
from osisnr_gui.core.mc_mse import log_spectral_distance_db
from osisnr_gui.core.types import Columns, FloatArray
from osisnr_gui.io.errors import Cancel, LoadError, stop_if
from osisnr_gui.session.inspection import inspection
from osisnr_gui.session.inspection.inspection import FrameColumns, Inspection
from osisnr_gui.session.pairs import PairAnalysis, PairKey, PairReader, changed_error
from osisnr_gui.session.tracks import stamp_of

# Frames are read in stretches, so that neighbours (arrow keys, playback) come from memory.
STRETCH_SAMPLES = 1 << 14
STRETCH_COLUMNS = 64


def find_frame(pair: PairAnalysis, time: float) -> int | None:
    """Number of the compared frame nearest to a time; None where the time lies outside all of them."""
    frames, key = pair.frames, pair.key
    if frames is None or frames.n_frames == 0 or not math.isfinite(time):
        return None
    grid = frames.grid
    reach = 0.5 if key is None or key.framing is None else max(0.5, 0.5 * key.framing.n_fft / key.framing.hop)
    place = (time - grid.first) / grid.step
    first, last = frames.first_frame, frames.first_frame + frames.n_frames - 1
    if not first - reach - 1e-6 <= place <= last + reach + 1e-6:
        return None
    return int(min(max(round(place), first), last))


def selected_frames(pair: PairAnalysis, start: float, stop: float) -> slice:
    """Entries of the pair's frames whose centres lie in [start, stop]."""
    frames = pair.frames
    if frames is None:
        return slice(0, 0)
    first = math.ceil((start - frames.first_time) / frames.grid.step - 1e-9)
    last = math.floor((stop - frames.first_time) / frames.grid.step + 1e-9) + 1
    return slice(min(max(first, 0), frames.n_frames), min(max(last, 0), frames.n_frames))


def find_worst(pair: PairAnalysis, start: float, stop: float) -> int | None:
    """Number of the frame that adds most to the leading loss among those centred in [start, stop]; None without any."""
    score, chosen = pair.score, selected_frames(pair, start, stop)
    if score is None or chosen.start >= chosen.stop:
        return None
    loss = score.frame_loss(chosen)
    return int(score.facts.frames.first_frame + chosen.start + np.argmax(np.where(np.isnan(loss), -np.inf, loss)))


class Inspector:
    """Reads and inspects frames; keeps the two files of the last pair open. One thread at a time; `close` when done."""

    def __init__(self) -> None:
        self._key: PairKey | None = None
        self._reader: PairReader | None = None
        self._rows: tuple[Columns, Columns] | None = None
        self._first = 0

    def inspect(self, pair: PairAnalysis, frame: int) -> Inspection:
        """Everything known of a scored frame, by its number on the reference's grid.

        Raises LoadError when a file cannot be opened, or is not the one that was analysed any more.
        """
        try:
            return Inspection(self._read(pair, frame), pair)
        except LoadError:
            self.close()
            raise

    def _read(self, pair: PairAnalysis, frame: int) -> FrameColumns:
        if self._reader is None or self._key != pair.key:
            self.close()
            self._key, self._reader = pair.key, PairReader(pair)
        reader, framing = self._reader, self._reader.framing
        for track in reader.tracks:
            if track.kind == "audio" and stamp_of(track.source.path) != track.stamp:
                raise changed_error(track)
        stretch = STRETCH_COLUMNS if framing is None else max(1, STRETCH_SAMPLES // framing.n_fft)
        first = frame // stretch * stretch - reader.frames.first_frame
        if self._rows is None or self._first != first:
            self._rows = None  # until both are read
            with np.errstate(all="ignore"):
                self._rows, self._first = reader.rows(first, first + stretch), first
        s, e = (rows[frame % stretch] for rows in self._rows)
        return FrameColumns(frame, framing, pair.sample_rate, reader.frames.grid.bin_hz, s, e)

    def close(self) -> None:
        """Let go of the files."""
        self._reader = self._rows = None


BLOCK_CELLS = 1 << 16


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
    bands = inspection.bands_of(framing, facts.frames.n_bins, facts.frames.grid.bin_hz)
    edges = (*(band.first for band in bands), bands[-1].stop)
    sums, distance, n_active = list[BandSums](), 0.0, facts.n_active
    reader, block = PairReader(pair), max(1, BLOCK_CELLS // facts.frames.n_bins)
    for start in range(0, facts.frames.n_frames, block):
        stop_if(cancelled)
        active = start + np.flatnonzero(facts.active[start : start + block])
        if active.size:
            s, e = reader.picked(active)
            distance += NAN if inspection.is_waveform(framing) else float(log_spectral_distance_db(s.T, e.T).sum())
            sums.append(_pooled(BandSums.of_rows(*inspection.spectra_of(s, e, framing), edges)))
    p = facts.frames.projection
    return FileMeasures(
        n_frames=n_active,
        lsd_db=distance / n_active if n_active else NAN,
        negative_share=float(np.mean(p.dot[facts.active] < 0)) if n_active else NAN,
        level_db=_sum_db(p.estimate_db[facts.active]) - _sum_db(p.reference_db[facts.active]),
        bands=bands,
        osi_db=tuple(_pooled(BandSums.joined(sums)).osi_db()[:, 0].tolist()) if sums else (NAN,) * len(bands),
    )


def _pooled(sums: BandSums) -> BandSums:
    """All stretches as one."""
    return sums.pooled(np.array([0]), np.array([sums.dot.shape[1]]))


def _sum_db(decibels: FloatArray) -> float:
    """Level of a sum of energies, from their levels: no square can leave float64's range."""
    if not decibels.size:
        return NAN
    top = float(decibels.max())
    return top + float(10.0 * np.log10(np.sum(10.0 ** ((decibels - top) / 10.0))))
