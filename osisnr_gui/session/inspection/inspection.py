"""Everything known of one frame of a pair: both formulas with its numbers put in, the angle, where the errors are.

With S = <s,s>, E = <e,e>, C = <s,e> of the frame's columns and lam = E/C the formula splits the estimate into the
scaled reference lam*s (its target) and what is left, e - lam*s (its noise). The noise stands upright on e, so the three
are a right-angled triangle with the target as its longest side:

    osi = |lam s|**2 / |e - lam s|**2 = 1 / sin(angle)**2        angle = asin(10**(-osi_db/20))

The literal formula has 1e-10 beside C and 1e-8 beside the noise energy. Every number is computed by the functions of
the pass from the same column, MC-MSE by the direct formula: they equal the per-frame CSV to the last digit.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from osisnr_gui.core import osi_snr
from osisnr_gui.core.bands import BandSums, FrequencyBand, equal_bands, octave_bands
from osisnr_gui.core.loss import EPS_FUSED, NAN, inverse_osi
from osisnr_gui.core.mc_mse import compress, log_spectral_distance_db, mc_mse_blame, mc_mse_per_frame, osi_noise_blame
from osisnr_gui.core.osi_snr import Projection, both_alike, exact_osi_db, project_rows, reference_factor
from osisnr_gui.core.stft import window
from osisnr_gui.core.types import Columns, FloatArray, FrameStatus, Framing, Representation
from osisnr_gui.io.errors import Phrase
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.session import Formula


@dataclass(frozen=True, slots=True, eq=False)
class FrameColumns:
    """Both columns of one frame, as the pass has them: (n_values,) float64 or complex128.

    frame : number on the reference's grid. framing : None for masks, as is sample_rate. bin_hz : Hz from one bin to the
    next, None where it is not known.
    """

    frame: int
    framing: Framing | None
    sample_rate: int | None
    bin_hz: float | None
    reference: Columns
    estimate: Columns


class FormulaTerms(NamedTuple):
    """One of the two formulas with the frame's numbers: lam, |lam s|**2, |e - lam s|**2 and what comes of them.

    counted : whether the frame is in this result's means. Where it is not, the three scores are nan.
    """

    formula: Formula
    counted: bool
    lam: float
    target_energy: float
    noise_energy: float
    osi_db: float
    loss_osi: float
    fused: float


class BandPart(NamedTuple):
    """A band's part of the frame.

    noise_share, reference_share, estimate_share : parts of the energies of e - lam*s, s and e, adding up to 1.
    mc_share : part of the frame's MC-MSE; nan for waveform columns, whose MC-MSE is over samples and not frequencies.
    level_db : level of the estimate against the reference in the band.
    osi_db : exact OSI-SNR of the band's cells alone (bands do not average to the frame's value).
    """

    band: FrequencyBand
    noise_share: float
    mc_share: float
    reference_share: float
    estimate_share: float
    level_db: float
    osi_db: float


class Inspection:
    """One frame that the pass has been over. Energies, levels and ratios are of its columns.

    time : centre, s (frames for masks). mc_mse at the session's alpha; mc_term : gamma times that. leading : the
    formula that leads. angle_deg and correlation : of the columns whatever the frame's status; nan where one of them is
    all zero. target, noise : lam*s and e - lam*s as columns, or None where there is no lam. lsd_db : nan for waveform
    columns. share : of the leading result's whole loss.
    """

    def __init__(self, columns: FrameColumns, pair: PairAnalysis) -> None:
        score = pair.score
        assert score is not None, "a frame can be inspected once it is scored"
        frames, index = score.facts.frames, columns.frame - score.facts.frames.first_frame
        both = both_alike(columns.reference[None], columns.estimate[None])
        s, e = (np.ascontiguousarray(rows).view(np.float64) for rows in both)  # real and imaginary parts side by side
        p, rest = project_rows(s, e)
        cells = columns.reference[:, None], columns.estimate[:, None]
        with np.errstate(all="ignore"):
            self.mc_mse = float(mc_mse_per_frame(*cells, score.loss.alpha)[0])
            correlation = p.dot[0] / np.sqrt(p.reference_energy[0]) / np.sqrt(p.estimate_energy[0])
            self.gain_db = float(20.0 * np.log10(np.abs(p.gain[0])))
            self.angle_deg = float(osi_snr.angle_degrees(exact_osi_db(p))[0])
        self.columns, self.score = columns, score
        self.time, self.in_seconds = frames.grid.first + frames.grid.step * columns.frame, frames.grid.seconds
        self.status, self.active = FrameStatus(int(score.facts.status[index])), bool(score.facts.active[index])
        self.bad = self.active and bool(frames.exact_osi_db[index] < score.bad.threshold_db)
        self.mc_term = score.loss.gamma * self.mc_mse
        self.literal, self.exact = _literal_terms(s, e, p, self.mc_term), _exact_terms(p, self.mc_term, self.active)
        self.leading = self.literal if score.loss.formula is Formula.LITERAL else self.exact
        self.correlation, self.gain = float(np.clip(correlation, -1.0, 1.0)), float(p.gain[0])
        self.si_snr_db, self.snr_db = float(osi_snr.si_snr_db(p)[0]), float(osi_snr.snr_db(p)[0])
        self.reference_energy_db, self.estimate_energy_db = float(p.reference_db[0]), float(p.estimate_db[0])
        self.lsd_db = NAN if is_waveform(columns.framing) else float(log_spectral_distance_db(*cells)[0])
        self.target, self.noise = _split(columns, s, p, rest.view(np.float64))
        self.bands = _bands(columns, score.loss.alpha)

    @property
    def level_db(self) -> float:
        """Level of the estimate's column against the reference's."""
        if self.reference_energy_db == self.estimate_energy_db:  # both all zero, too
            return 0.0
        return self.estimate_energy_db - self.reference_energy_db

    @property
    def share(self) -> float:
        """Part of the leading result's whole loss (method 1's sum); nan where it has no parts."""
        return self.leading.fused / self.score.whole_loss


def bands_of(framing: Framing | None, n_bins: int, bin_hz: float | None) -> tuple[FrequencyBand, ...]:
    """Octaves above 500 Hz where bins have a frequency, else equal parts of them."""
    if bin_hz is None:
        return equal_bands(n_bins)
    return octave_bands(n_bins if framing is None else framing.n_fft // 2 + 1, bin_hz)


def is_waveform(framing: Framing | None) -> bool:
    """Whether columns hold samples over time."""
    return framing is not None and framing.representation is Representation.WAVEFORM


def spectra_of(s: Columns, e: Columns, framing: Framing | None) -> tuple[Columns, Columns]:
    """Rows (n, n_values) of both signals over frequency.

    Samples in time become spectra with the same energies and products (Parseval); other columns are spectra already.
    """
    return (_spectrum(s), _spectrum(e)) if is_waveform(framing) else (s, e)


def _split(
    columns: FrameColumns, s: FloatArray, p: Projection, residual: FloatArray
) -> tuple[Columns | None, Columns | None]:
    """lam*s and e - lam*s as columns; (None, None) where lam is not finite.

    With r the residual of the projection, e - lam*s = r - (R/C) s: that keeps every digit where s and e nearly agree.
    """
    lam = reference_factor(p)[0]
    with np.errstate(all="ignore"):
        tilt = p.residual_energy[0] / p.dot[0] * (p.estimate_scale[0] / p.reference_scale[0])
    if not (math.isfinite(lam) and math.isfinite(tilt) and lam != 0.0) or bool(p.orthogonal[0]):
        return None, None
    with np.errstate(all="ignore"):
        target, noise = lam * s[0], residual[0] - tilt * s[0]
    if np.iscomplexobj(columns.reference) or np.iscomplexobj(columns.estimate):
        return np.ascontiguousarray(target).view(np.complex128), np.ascontiguousarray(noise).view(np.complex128)
    return target, noise


def _literal_terms(s: FloatArray, e: FloatArray, p: Projection, mc_term: float) -> FormulaTerms:
    lam = float(reference_factor(p, osi_snr.EPS_DOT)[0])
    osi_db = osi_snr.literal_osi_db(p)
    with np.errstate(all="ignore"):
        target, noise = lam * s, e - lam * s
        energies = float(np.vecdot(target, target)[0]), float(np.vecdot(noise, noise)[0])
    loss_osi = float(inverse_osi(osi_db, EPS_FUSED)[0])
    return FormulaTerms(Formula.LITERAL, True, lam, *energies, float(osi_db[0]), loss_osi, loss_osi + mc_term)


def _exact_terms(p: Projection, mc_term: float, active: bool) -> FormulaTerms:
    """|e - lam s|**2 = E R / (C**2/S), which keeps its digits where the difference would not."""
    lam = float(reference_factor(p)[0])
    with np.errstate(all="ignore"):
        scale = p.estimate_scale[0] ** 2
        target = float(p.estimate_energy[0] / p.dot[0] * (p.estimate_energy[0] / p.dot[0] * p.reference_energy[0]))
        noise = float(p.estimate_energy[0] * (p.residual_energy[0] / (p.dot[0] * (p.dot[0] / p.reference_energy[0]))))
        energies = float(target * scale), float(noise * scale)
    osi_db = exact_osi_db(p) if active else np.array([NAN])
    loss_osi = float(inverse_osi(osi_db)[0])
    return FormulaTerms(Formula.EXACT, active, lam, *energies, float(osi_db[0]), loss_osi, loss_osi + mc_term)


def _bands(columns: FrameColumns, alpha: float) -> tuple[BandPart, ...]:
    """Every band's part; nan where a frame has none of an energy."""
    bands = bands_of(columns.framing, len(columns.reference), columns.bin_hz)
    s, e = (rows[0] for rows in spectra_of(columns.reference[None], columns.estimate[None], columns.framing))
    edges = (*(band.first for band in bands), bands[-1].stop)
    osi_db = BandSums.of_rows(s[None, :], e[None, :], edges).osi_db()[:, 0]
    with np.errstate(all="ignore"):
        both = s[:, None], e[:, None]
        errors = np.full(len(s), NAN) if is_waveform(columns.framing) else mc_mse_blame(*both, alpha)[:, 0]
        cells = (osi_noise_blame(*both)[:, 0], errors, np.abs(s) ** 2, np.abs(e) ** 2)
        sums = [np.add.reduceat(cell, edges[:-1]) for cell in cells]
        shares = [part / part.sum() for part in sums]
        level_db = 10.0 * (np.log10(sums[3]) - np.log10(sums[2]))
    columns_of = zip(bands, *(values.tolist() for values in (*shares, level_db, osi_db)), strict=True)
    return tuple(BandPart(*values) for values in columns_of)


def _spectrum(samples: Columns) -> Columns:
    spectrum = np.fft.rfft(samples, axis=1, norm="ortho")
    stop = -1 if samples.shape[1] % 2 == 0 else None
    spectrum[:, 1:stop] *= math.sqrt(2.0)  # each of these stands for two bins of the whole spectrum
    return np.asarray(spectrum)


class CurveView(StrEnum):
    """What the curves show: the split OSI-SNR makes, in dB or compressed by alpha, or what MC-MSE compares."""

    LEVEL = "level"
    COMPRESSED = "compressed"
    MC_MSE = "mc_mse"


class FrameCurves:
    """Three curves of a frame; point i lies at i*step (`unit`: "Hz", "bin" or "ms").

    Complex values are drawn as magnitudes; samples over time are never levels. title : of the value axis, with its
    unit. in_db : whether values are levels, -inf where there is nothing. error : what is left between the other two,
    empty where the frame has no lam. names : of the three curves.
    """

    def __init__(self, x: Inspection, view: CurveView) -> None:
        columns, framing, alpha = x.columns, x.columns.framing, x.score.loss.alpha
        self.step, self.unit = (1.0, "bin") if columns.bin_hz is None else (columns.bin_hz, "Hz")
        if is_waveform(framing) and columns.sample_rate:
            self.step, self.unit = 1000.0 / columns.sample_rate, "ms"
        self.title, self.in_db = "|x|^α", False
        self.names: tuple[str, str, str] = ("s", "e", "") if x.target is None else ("λs", "e", "e − λs")
        s, e = columns.reference, columns.estimate
        shown = [s if x.target is None else x.target, e, np.empty(0) if x.noise is None else x.noise]
        if view is CurveView.MC_MSE:
            parts, self.names = [compress(column, alpha) for column in (s, e)], ("|s|^α", "|e|^α", Phrase("distance"))
            shown = [*parts, np.abs(parts[1] - parts[0])]
        elif view is CurveView.COMPRESSED:
            shown = [compress(column, alpha) for column in shown]
        elif self.unit == "ms":
            self.title = Phrase("sample")
        else:
            self.title, self.in_db = "dB", True
            # The magnitude that reads 0 dB: of a full-scale sine, as in the pictures; 1 for masks.
            full_scale = 1.0 if framing is None else 0.5 * float(window(framing.window, framing.n_fft).sum())
            with np.errstate(divide="ignore"):
                shown = [20.0 * np.log10(np.abs(column) / full_scale) for column in shown]
        self.reference, self.estimate, self.error = map(plain, shown)


def plain(column: Columns) -> FloatArray:
    """Values as they are drawn and copied: magnitudes of complex ones."""
    return np.abs(column) if np.iscomplexobj(column) else np.asarray(column, dtype=np.float64)
