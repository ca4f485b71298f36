"""How good an estimate is, in one word and with what is wrong with it: codes and numbers, without sentences.

The word follows the angle between the columns, as the median of the exact OSI-SNR over active frames. Frames in which
one of the two is silent have no angle: what is missing or made up counts against the word in its own right, and so do
many frames under the threshold. Frames count as in the list of bad segments (level gate).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from osisnr_gui.core.bands import FrequencyBand, equal_bands, octave_bands
from osisnr_gui.core.types import FloatArray, Framing, Representation
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.result import Analysis
from osisnr_gui.session.scores import PairScore, SegmentTable

#: Mean exact OSI-SNR of unrelated non-negative columns: Rayleigh-distributed magnitudes, and uniform masks.
CHANCE_FLOOR_DB = {Representation.MAGNITUDE: 4.2, Representation.MASK: 3.6}
#: Share of the reference's frames that are not silent from which on a fault other than the angle leads.
NOTABLE_SHARE = 0.05
#: Near the chance level, dB: unrelated recordings lie this close to it, whatever their spectra.
CHANCE_MARGIN_DB = 1.0
#: A band this far under the best one is where errors are; less is the spectrum of any estimate.
NOTABLE_DB = 3.0
#: Painted columns that are looked at for where in frequency errors are: a few milliseconds whatever the length.
MOST_COLUMNS = 512


class Grade(IntEnum):
    """From bad to good."""

    NOTHING = 0  # no active frame
    UNRELATED = 1
    STRONG = 2
    AUDIBLE = 3
    VERY_CLOSE = 4
    SAME_TO_THE_EAR = 5
    SAME = 6


#: Where grades begin, as exact OSI-SNR: 30 dB are an angle of 1.8°, 20 dB 5.7°, 10 dB 18°.
LEAST_DB = {Grade.SAME_TO_THE_EAR: 30.0, Grade.VERY_CLOSE: 20.0, Grade.AUDIBLE: 10.0}


@dataclass(frozen=True, slots=True)
class BandOfErrors:
    """Frequencies from `low` to `high` in Hz (bins without a rate); 0 and inf for the ends of the spectrum."""

    low: float
    high: float
    in_hz: bool = True


class Verdict:
    """One estimate of a scored pair against its reference.

    median_db : exact OSI-SNR, active frames. chance_db : what unrelated signals reach, nan where that is not known.
    missing, made_up, under : silent frames of the estimate, active frames where the reference is silent, and frames
    under the threshold, each as a share of the reference's frames that are not silent. band : where in frequency the
    errors are, None where they are everywhere or not known yet. worst_time : the worst frame of the worst segment,
    where the first row of the list, and so key N, puts the cursor; nan without one.
    """

    def __init__(self, pair: PairAnalysis, chance_db: float = math.nan) -> None:
        score = pair.score
        assert score is not None, "only a scored pair can be judged"
        gate, counts = score.bad.gate, score.bad.counts
        n_reference = int(np.count_nonzero(gate.active | gate.missed))
        self.missing, self.made_up, self.under = (
            min(1.0, n / n_reference if n_reference else n) for n in (counts.missed, counts.made_up, counts.under)
        )
        self.median_db, self.chance_db, grade = score.exact.osi_db_median, chance_db, _grade(score, chance_db)
        self.band = None if grade is Grade.SAME else _painted_band(pair)
        self.of_masks, self.worst_time = pair.sample_rate is None, math.nan
        if len(score.bad.segments):
            table = SegmentTable(score)
            self.worst_time = table.worst_time(*table.span(int(table.worst_first[0])))
        # Something else than the angle may keep the word from being a good one.
        is_faulty = max(self.missing, self.made_up, self.under) > NOTABLE_SHARE
        self.grade = min(grade, Grade.AUDIBLE) if is_faulty else grade


def _grade(score: PairScore, chance_db: float) -> Grade:
    n_active, median = score.facts.n_active, score.exact.osi_db_median
    if not n_active:
        return Grade.NOTHING
    if score.facts.counts["proportional"] == n_active:
        return Grade.SAME
    if median <= chance_db + CHANCE_MARGIN_DB:
        return Grade.UNRELATED
    return next((grade for grade, least in LEAST_DB.items() if median >= least), Grade.STRONG)


def _painted_band(pair: PairAnalysis) -> BandOfErrors | None:
    """Where errors are, by what the pass has painted of the estimate e and the residual r: OSI-SNR = |e|²/|r|²."""
    estimate, residual, frames = pair.pictures.estimate, pair.pictures.residual, pair.frames
    if estimate is None or residual is None or frames is None or not frames.complete:
        return None
    level = (residual.coarse_step // estimate.coarse_step).bit_length() - 1
    of_estimate, of_residual = estimate.coarse(level), residual.coarse(0)
    if of_estimate is None or of_residual is None:
        return None
    n_columns, bin_hz = len(of_residual), frames.grid.bin_hz
    every = slice(0, n_columns, max(1, n_columns // MOST_COLUMNS))
    bands = octave_bands(residual.n_bins, bin_hz) if bin_hz else equal_bands(residual.n_bins)
    explained = estimate.scale.energies(of_estimate[every]).sum(axis=0)
    wrong = residual.scale.energies(of_residual[every]).sum(axis=0)
    starts = [band.first for band in bands]
    with np.errstate(all="ignore"):
        osi_db = 10.0 * np.log10(np.add.reduceat(explained, starts) / np.add.reduceat(wrong, starts))
    band = find_band_of_errors(bands, osi_db)
    return None if band is None else replace(band, in_hz=bool(bin_hz))


def find_band_of_errors(bands: Sequence[FrequencyBand], osi_db: Sequence[float] | FloatArray) -> BandOfErrors | None:
    """The one run of bands with clearly less exact OSI-SNR (dB, one value a band) than the others; None without one."""
    values = np.asarray(osi_db, dtype=float)
    known = values[~np.isnan(values)]
    if known.size < 2 or not math.isfinite(float(known.max())):
        return None
    middle = (float(known.max()) + float(known.min())) / 2
    poor = np.flatnonzero(values < middle)
    if float(np.ptp(known)) < NOTABLE_DB or poor.size == 0 or int(np.ptp(poor)) + 1 != poor.size:
        return None
    first, last = int(poor[0]), int(poor[-1])
    return BandOfErrors(bands[first].low if first else 0.0, bands[last].high if last + 1 < len(bands) else math.inf)


def chance_level_db(framing: Framing | None, *, non_negative: bool) -> float:
    """What unrelated columns reach, exact OSI-SNR; nan where it is not known: of complex values, or of samples.

    framing : None for masks. non_negative : whether all values are real and none is below 0.
    """
    kind = Representation.MASK if framing is None else framing.representation
    return CHANCE_FLOOR_DB.get(kind, math.nan) if non_negative else math.nan


def chance_floor_db(analysis: Analysis, pair: PairAnalysis | None) -> float:
    """The same of the files a pair compares."""
    tracks = () if pair is None else (pair.reference, pair.estimate)
    masks = [track.mask for track in tracks if track is not None and track.mask is not None]
    known = all(not np.iscomplexobj(mask.values) and mask.minimum >= 0 for mask in masks)
    return chance_level_db(analysis.framing, non_negative=known)
