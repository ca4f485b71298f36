"""OSI-SNR of every frame, literal and exact, and the measures that fall out of the same three numbers.

For a frame with reference s and estimate e (one column each) everything follows from one projection:

    S = <s,s>     C = <s,e>     r = e - (C/S) s     R = <r,r>        then  E = <e,e> = C**2/S + R

Working from R instead of from E*S - C**2 keeps every digit when s and e nearly agree. Complex columns count as
2*n_bins real numbers: <s,e> = Re sum(conj(s)*e).

Literal value, as training scripts compute it (EPS_DOT = 1e-10, EPS_NOISE = 1e-8):

    lam    = E / (C + EPS_DOT)
    osi_db = 10*log10( lam**2 * S / (||e - lam s||**2 + EPS_NOISE) )

Exact value, the same without constants: osi_db = 10*log10(1 + (C**2/S)/R) = -20*log10|sin(angle)|.

Source: C. Ma, D. Li, X. Jia, "Two-stage model and optimal SI-SNR for monaural multi-speaker speech separation in
noisy environment", 2020.
"""

from dataclasses import dataclass, fields

import numpy as np

from osisnr_gui.core.types import BoolArray, Columns, FloatArray, ShapeError

EPS_DOT = 1e-10
EPS_NOISE = 1e-8

# Rounding moves a computed residual by a few units in the last place of e: below that nothing can be told from zero.
PROPORTIONAL_LIMIT = (4 * np.finfo(np.float64).eps) ** 2
ORTHOGONAL_LIMIT = 4 * np.finfo(np.float64).eps

_DB = 10.0 / np.log(10.0)
_SAFE_ENERGY = (2.0**-360, 2.0**360)
_SAFE_EXPONENT = 200  # peaks within 2**±200 can be squared and summed without over- or underflow
_REORTHOGONALISE_BELOW = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """Projection of every estimate column on its reference column; each array is float64 (n_frames,).

    Energies are of the columns divided by `reference_scale` and `estimate_scale`, powers of two that are 1 unless
    squares would leave the range of float64: S = reference_energy * reference_scale**2, and so on.
    """

    reference_energy: FloatArray
    estimate_energy: FloatArray
    dot: FloatArray
    residual_energy: FloatArray
    reference_scale: FloatArray
    estimate_scale: FloatArray

    def __getitem__(self, frames: slice) -> "Projection":
        """The projection of a range of frames (views, not copies)."""
        return Projection(**{field.name: getattr(self, field.name)[frames] for field in fields(self)})

    @classmethod
    def allocate(cls, n_frames: int) -> "Projection":
        """Zeros for `n_frames` frames, to be filled with `put`."""
        return cls(*np.zeros((4, n_frames)), *np.ones((2, n_frames)))

    def put(self, first: int, part: "Projection") -> None:
        """Write `part` at frame `first`."""
        for field in fields(self):
            getattr(self, field.name)[first : first + part.dot.size] = getattr(part, field.name)

    @property
    def reference_db(self) -> FloatArray:
        """10*log10 of the reference energy of each frame; -inf where it is zero."""
        return _energy_db(self.reference_energy, self.reference_scale)

    @property
    def estimate_db(self) -> FloatArray:
        """10*log10 of the estimate energy of each frame; -inf where it is zero."""
        return _energy_db(self.estimate_energy, self.estimate_scale)

    @property
    def gain(self) -> FloatArray:
        """Least-squares gain C/S of each frame; nan where the reference is zero."""
        with np.errstate(all="ignore"):
            return np.asarray(self.dot / self.reference_energy * (self.estimate_scale / self.reference_scale))

    @property
    def proportional(self) -> BoolArray:
        """True where estimate = gain * reference to the last digits."""
        return np.asarray((self.residual_energy <= PROPORTIONAL_LIMIT * self.estimate_energy) & (self.dot != 0))

    @property
    def orthogonal(self) -> BoolArray:
        """True where the columns have nothing in common to the last digits."""
        bound = np.sqrt(self.reference_energy) * np.sqrt(self.estimate_energy)
        return np.asarray(np.abs(self.dot) <= ORTHOGONAL_LIMIT * bound)

    @property
    def finite(self) -> BoolArray:
        """True where every cell of both columns is a finite number."""
        return np.asarray(np.isfinite(self.reference_energy) & np.isfinite(self.estimate_energy))


def _energy_db(energy: FloatArray, scale: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore"):
        return np.asarray(10.0 * np.log10(energy) + 20.0 * np.log10(scale))


def check_pair(reference: Columns, estimate: Columns) -> None:
    """Raise ShapeError unless both are (n_bins, n_frames) with the same shape and at least one bin."""
    if reference.ndim != 2 or reference.shape != estimate.shape or reference.shape[0] == 0:
        raise ShapeError(f"reference {reference.shape} and estimate {estimate.shape} must be equal (n_bins, n_frames)")


def rows_of(columns: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> Columns:
    """(n_bins, n_frames) as contiguous float64 or complex128 rows, one frame a row."""
    if np.iscomplexobj(columns):
        return np.ascontiguousarray(columns.T, dtype=np.complex128)
    return np.ascontiguousarray(columns.T, dtype=np.float64)


def both_alike(s: Columns, e: Columns) -> tuple[Columns, Columns]:
    """Both as they are, or both complex where one of them is."""
    if np.iscomplexobj(s) != np.iscomplexobj(e):
        return s.astype(np.complex128), e.astype(np.complex128)
    return s, e


def project_rows(s: Columns, e: Columns) -> tuple[Projection, Columns]:
    """Project rows (n_frames, n_values), one frame a row, float64 or complex128; the residual r has the same layout.

    The residual is what the difference picture shows.
    """
    s, e = both_alike(s, e)
    is_complex = np.iscomplexobj(s)
    s, e = (np.ascontiguousarray(rows).view(np.float64) for rows in (s, e))
    with np.errstate(all="ignore"):
        energies = np.vecdot(s, s), np.vecdot(e, e)
        a, b = _scale(s, energies[0]), _scale(e, energies[1])
        if np.any(a != 1.0) or np.any(b != 1.0):
            s, e = s / a[:, None], e / b[:, None]
            energies = np.vecdot(s, s), np.vecdot(e, e)
        projection, r = _project_rows(s, e, energies, (a, b))
        if np.any(b != 1.0):
            r = r * b[:, None]
    return projection, r.view(np.complex128) if is_complex else r


def _scale(rows: FloatArray, energy: FloatArray) -> FloatArray:
    """A power of two for each row: 1, or its peak's exponent where squares could over- or underflow."""
    scale = np.ones(len(energy))
    # With an energy between these no peak can be extreme; the others, silence most of all, are looked at again.
    doubtful = np.flatnonzero(~((energy > _SAFE_ENERGY[0]) & (energy < _SAFE_ENERGY[1])))
    if doubtful.size:
        peak = np.abs(rows[doubtful]).max(axis=1)
        _, exponent = np.frexp(peak)
        extreme = (np.abs(exponent) > _SAFE_EXPONENT) & np.isfinite(peak) & (peak > 0)
        scale[doubtful[extreme]] = np.ldexp(1.0, np.clip(exponent[extreme], -1021, 1022))
    return scale


def _project_rows(
    s: FloatArray, e: FloatArray, energies: tuple[FloatArray, FloatArray], scales: tuple[FloatArray, FloatArray]
) -> tuple[Projection, FloatArray]:
    (energy_s, energy_e), dot = energies, np.vecdot(s, e)
    factor = np.where(energy_s > 0, dot / energy_s, 0.0)
    r = factor[:, None] * s
    np.subtract(e, r, out=r)
    energy_r = np.vecdot(r, r)
    # Where s and e agree to more than 120 dB the rounding of C/S shows in r: take out what is left along s.
    close = np.flatnonzero((energy_r < _REORTHOGONALISE_BELOW * energy_e) & (energy_s > 0))
    if close.size:
        rest = r[close] - (np.vecdot(s[close], r[close]) / energy_s[close])[:, None] * s[close]
        r[close] = rest
        energy_r[close] = np.vecdot(rest, rest)
    return Projection(energy_s, energy_e, dot, energy_r, *scales), r


def reference_factor(p: Projection, eps: float = 0.0) -> FloatArray:
    """lam = E / (C + eps) of every frame: the scaled reference of the formula is lam*s. Not finite where C + eps = 0.

    eps = EPS_DOT is the literal one. Not the least-squares gain C/S: the two agree where estimate = gain * reference.
    """
    with np.errstate(all="ignore"):
        a, b = p.reference_scale, p.estimate_scale
        if eps == 0.0:
            return np.asarray(p.estimate_energy / p.dot * (b / a))
        return np.asarray(p.estimate_energy * b * b / (p.dot * a * b + eps))


def literal_osi_db(p: Projection) -> FloatArray:
    """OSI-SNR in dB with both constants, for every frame: float64 (n_frames,).

    -inf where reference or estimate is zero, nan at the pole <s,e> = -EPS_DOT. With c = C/S and d = C + EPS_DOT the
    literal noise splits along and across s: ||e - lam s||**2 = R + ((R - c*EPS_DOT)/d)**2 * S.
    """
    with np.errstate(all="ignore"):
        # Products of two scales may leave float64's range; beyond 2**±500 the constants decide nothing any more.
        log2_ab = np.log2(p.reference_scale) + np.log2(p.estimate_scale)
        ab = np.exp2(np.clip(log2_ab, -1000, 500))
        b = p.estimate_scale
        d = p.dot * ab + EPS_DOT
        c = np.where(p.reference_energy > 0, p.dot / p.reference_energy, 0.0)
        tilt = (p.residual_energy * ab - c * EPS_DOT) / d
        noise = p.residual_energy + tilt**2 * p.reference_energy
        if np.all(p.reference_scale == 1.0) and np.all(b == 1.0):
            lam = p.estimate_energy / d
            return np.asarray(10.0 * np.log10(lam**2 * p.reference_energy / (noise + EPS_NOISE)))
        log_d = np.log10(np.abs(d)) + np.maximum(log2_ab - 500, 0.0) * np.log10(2.0)
        log_lam = np.log10(p.estimate_energy) + 2.0 * np.log10(b) - log_d
        target_db = 20.0 * log_lam + _energy_db(p.reference_energy, p.reference_scale)
        noise_db = 10.0 * np.log10(noise + EPS_NOISE / b**2) + 20.0 * np.log10(b)
        return np.asarray(target_db - np.where(b >= 1.0, noise_db, 10.0 * np.log10(noise * b**2 + EPS_NOISE)))


def exact_osi_db(p: Projection) -> FloatArray:
    """OSI-SNR in dB without constants, for every frame: float64 (n_frames,), never negative.

    inf where the estimate is a multiple of the reference, nan where either is zero or not finite.
    """
    with np.errstate(all="ignore"):
        osi: FloatArray = _DB * np.log1p(p.dot * (p.dot / p.reference_energy) / p.residual_energy)
    osi[p.proportional] = np.inf
    osi[(p.reference_energy == 0) | (p.estimate_energy == 0) | ~p.finite] = np.nan
    return osi


def si_snr_db(p: Projection) -> FloatArray:
    """SI-SNR without mean removal, 10*log10((C**2/S)/R), of every frame; OSI = 1 + SI-SNR as power ratios."""
    with np.errstate(all="ignore"):
        ratio = np.where(p.proportional, np.inf, p.dot * (p.dot / p.reference_energy) / p.residual_energy)
        return np.asarray(10.0 * np.log10(ratio))


def snr_db(p: Projection) -> FloatArray:
    """SNR 10*log10(S / ||s - e||**2) of every frame, with ||s - e||**2 = (1 - C/S)**2 S + R."""
    with np.errstate(all="ignore"):
        k = p.estimate_scale / p.reference_scale
        error = (1.0 - k * p.dot / p.reference_energy) ** 2 * p.reference_energy + k**2 * p.residual_energy
        return np.asarray(10.0 * np.log10(p.reference_energy / error))


def angle_degrees(osi_db: FloatArray) -> FloatArray:
    """Angle between the two columns, asin(10**(-osi_db/20)): 0 identical, 90 nothing in common."""
    return np.asarray(np.degrees(np.arcsin(np.power(10.0, -np.maximum(osi_db, 0.0) / 20.0))))


def merge(first: Projection, second: Projection) -> Projection:
    """Projection of the concatenation of two signals from the projections of its parts.

    The residuals add, plus what the change of the common gain costs:
    R = R1 + R2 + (C1/S1 - C2/S2)**2 * S1*S2/(S1+S2).
    """
    a = _larger_scale(first.reference_energy, first.reference_scale, second.reference_energy, second.reference_scale)
    b = _larger_scale(first.estimate_energy, first.estimate_scale, second.estimate_energy, second.estimate_scale)
    first, second = _rescaled(first, a, b), _rescaled(second, a, b)
    energy_s = first.reference_energy + second.reference_energy
    with np.errstate(all="ignore"):
        step = first.dot / first.reference_energy - second.dot / second.reference_energy
        cost = step**2 * first.reference_energy * (second.reference_energy / energy_s)
    both = (first.reference_energy > 0) & (second.reference_energy > 0)
    energy_e, dot = first.estimate_energy + second.estimate_energy, first.dot + second.dot
    residual = first.residual_energy + second.residual_energy + np.where(both, cost, 0.0)
    return Projection(energy_s, energy_e, dot, residual, a, b)


def _larger_scale(energy: FloatArray, scale: FloatArray, other_energy: FloatArray, other: FloatArray) -> FloatArray:
    """The larger of two scales, leaving out that of silence."""
    found = np.maximum(np.where(energy > 0, scale, 0.0), np.where(other_energy > 0, other, 0.0))
    return np.where(found > 0, found, 1.0)


def _rescaled(p: Projection, a: FloatArray, b: FloatArray) -> Projection:
    """The same with other scales; tiny energies become 0."""
    with np.errstate(all="ignore"):
        # Silence has energy 0 at any scale; its own scale may be larger than the new one.
        u = np.where(p.reference_energy > 0, p.reference_scale / a, 0.0)
        v = np.where(p.estimate_energy > 0, p.estimate_scale / b, 0.0)
        return Projection(
            p.reference_energy * u * u, p.estimate_energy * v * v, p.dot * u * v, p.residual_energy * v * v, a, b
        )
