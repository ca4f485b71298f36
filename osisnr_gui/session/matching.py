"""How well every estimate fits every reference, where there are several speakers, and the assignment that follows."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np

from osisnr_gui.core.several import Assignment, find_assignment, mean_score_db
from osisnr_gui.core.types import Columns, FloatArray
from osisnr_gui.io.errors import Cancel, Phrase, stop_if
from osisnr_gui.session.delays import MOST_SCORE_DB
from osisnr_gui.session.readers import AudioSignal
from osisnr_gui.session.session import Source
from osisnr_gui.session.tracks import Stamp, Track
from osisnr_gui.session.words import estimate_letter, joined

BLOCK = 1 << 16

MatchKey = tuple[tuple[Source, Stamp | None, bool], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Matching:
    """si_snr_db : (n_references, n_estimates), whole-signal SI-SNR; nan where two files cannot be compared.

    best : the assignment with the highest mean of these. key : the files it was found for.
    """

    si_snr_db: FloatArray
    best: Assignment
    key: MatchKey

    def gain_db(self, places: tuple[int, ...]) -> float:
        """By how much the best assignment's mean SI-SNR is above that of `places`."""
        return self.best.mean_db - mean_score_db(self.si_snr_db, places)


def match_key(references: Sequence[Track], estimates: Sequence[Track]) -> MatchKey:
    """What a matching depends on."""
    return tuple((track.source, track.stamp, track.error is None) for track in (*references, *estimates))


def order_words(places: Sequence[int]) -> Phrase:
    """ "A with reference 2, B with reference 1"."""
    pairs = enumerate(places)
    parts = [Phrase("{name} with reference {n}", name=estimate_letter(index), n=place + 1) for index, place in pairs]
    return joined(parts, ", ")


def find_matching(references: Sequence[Track], estimates: Sequence[Track], cancelled: Cancel | None = None) -> Matching:
    """Compare every estimate with every reference, over the stretch both have.

    Audio is compared in time, at the reference's rate, masks cell by cell: SI-SNR = rho**2 / (1 - rho**2) with the
    correlation rho of the whole signals. Two files of a kind or shape that do not fit are not compared.

    Raises LoadError and io's Cancelled.
    """
    scores = np.full((len(references), len(estimates)), np.nan)
    for row, reference in enumerate(references):
        fitting = [i for i, estimate in enumerate(estimates) if _fits(reference, estimate)]
        if fitting and reference.kind == "audio":
            sources = [estimates[i].source for i in fitting]
            sums = product_sums(reference.source, sources, reference.sample_rate, cancelled)
            scores[row, fitting] = [_si_snr_db(*row) for row in sums]
        else:
            scores[row, fitting] = [_mask_score(reference, estimates[i]) for i in fitting]
    return Matching(scores, find_assignment(scores), match_key(references, estimates))


def _fits(reference: Track, estimate: Track) -> bool:
    if reference.error is not None or estimate.error is not None or reference.kind != estimate.kind:
        return False
    if reference.mask is None or estimate.mask is None:
        return True
    return bool(reference.mask.values.shape[0] == estimate.mask.values.shape[0])


def product_sums(reference: Source, others: Sequence[Source], rate: int | None, cancelled: Cancel | None) -> FloatArray:
    """<s,s>, <x,x> and <s,x> of a whole reference s and each other file x, at one rate (None: the reference's).

    (n_others, 3), over the stretch both have. Raises LoadError and io's Cancelled.
    """
    sums = np.zeros((len(others), 3))
    with ExitStack() as stack:
        s = stack.enter_context(AudioSignal(reference, rate))
        signals = [stack.enter_context(AudioSignal(source, s.rate)) for source in others]
        for start in range(0, s.n_samples, BLOCK):
            stop_if(cancelled)
            block = s.read(start, min(BLOCK, s.n_samples - start))
            for k, signal in enumerate(signals):
                count = min(len(block), max(0, signal.n_samples - start))
                _add(sums[k], block[:count], signal.read(start, count))
    return sums


def _mask_score(reference: Track, estimate: Track) -> float:
    values = [track.mask.values for track in (reference, estimate) if track.mask is not None]
    count = min(value.shape[1] for value in values)
    s, e = (value[:, :count].astype(np.complex128).ravel() for value in values)
    sums = np.zeros(3)
    _add(sums, s, e)
    return _si_snr_db(*sums)


def _add(sums: FloatArray, s: Columns, e: Columns) -> None:
    """Add <s,s>, <e,e> and the real part of <s,e>."""
    with np.errstate(all="ignore"):  # infinite samples: the check of every sample refuses the file
        sums += (np.vdot(s, s).real, np.vdot(e, e).real, np.vdot(s, e).real)


def _si_snr_db(s: float, e: float, c: float) -> float:
    if not (s > 0 and e > 0):
        return float("nan")
    with np.errstate(all="ignore"):
        share = np.minimum(np.square(c / np.sqrt(s) / np.sqrt(e)), 1.0)
        return float(np.clip(10 * np.log10(share / (1 - share)), -MOST_SCORE_DB, MOST_SCORE_DB))
