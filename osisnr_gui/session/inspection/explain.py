"""One frame in three plain sentences, by rule: its level, where its errors are, what the angle means."""

from __future__ import annotations

import math

import numpy as np

from osisnr_gui.core.frequency_bands import FrequencyBand
from osisnr_gui.core.types import FrameStatus, Representation
from osisnr_gui.session import words
from osisnr_gui.session.inspection.inspection import FormulaTerms, Inspection
from osisnr_gui.session.session import Formula

# Mean exact OSI-SNR of unrelated non-negative columns: Rayleigh-distributed magnitudes, and uniform masks.
CHANCE_FLOOR_DB = {Representation.MAGNITUDE: 4.2, Representation.MASK: 3.6}

MAIN_SHARE = 0.4  # a band with this part of the errors is named alone
BAND_LEVEL_DB = 1.5  # a smaller level difference of a band is not what is wrong with it

_STATUS = {
    FrameStatus.OK: "active",
    FrameStatus.SILENT_BOTH: "both silent",
    FrameStatus.SILENT_REFERENCE: "false activity: only the reference is silent",
    FrameStatus.SILENT_ESTIMATE: "missed: only the estimate is silent",
    FrameStatus.PROPORTIONAL: "active, the same but for its level",
    FrameStatus.ORTHOGONAL: "active, nothing in common",
    FrameStatus.NONFINITE: "holds numbers that are not finite",
}


def status_words(x: Inspection) -> str:
    """The frame's status, whether it is bad, and where the constants decide its literal value."""
    parts = [_STATUS[x.status]]
    if x.bad:
        parts.append(f"under {words.db(x.score.bad.threshold_db)}")
    bias = x.literal.osi_db - x.exact.osi_db
    if x.active and abs(bias) > 0.1 and math.isfinite(bias):
        parts.append(f"literal {words.db(abs(bias))} {'above' if bias > 0 else 'below'} exact (constants)")
    return " · ".join(parts)


def place_words(x: Inspection) -> str:
    """ "frame 293 · 2.360 s", or "frame 293" for masks."""
    frame = f"frame {words.count(x.columns.frame)}"
    return f"{frame} · {words.seconds(x.time)}" if x.in_seconds else frame


def band_words(band: FrequencyBand, in_hertz: bool) -> str:
    """ "under 500 Hz", "0.5–1 kHz"; "bins 0–51" for masks."""
    if not in_hertz:
        return f"bins {band.first}–{band.stop - 1}" if band.stop - band.first > 1 else f"bin {band.first}"
    if band.low == 0.0:
        return f"under {band.high:g} Hz"
    return f"{band.low / 1000:.3g}–{band.high / 1000:.3g} kHz"


def short_band_words(band: FrequencyBand, in_hertz: bool) -> str:
    """ "< 500 Hz", "0.5–1 kHz"; "0–51" for the bins of masks: beside a bar."""
    return band_words(band, in_hertz).replace("under ", "< ").removeprefix("bins ").removeprefix("bin ")


def share_words(x: Inspection) -> str:
    """The frame's part of the whole loss, of which sum, and how it compares with an even share."""
    formula, n_counted = x.score.loss.formula, x.score.n_counted
    counted = words.counted(n_counted, "active frame")
    frames = f"all {words.counted(n_counted, 'frame')}" if formula is Formula.LITERAL else counted
    whole = f"of the sum of 1/OSI + γ·MC-MSE ({formula.value}, {frames})"
    if not x.leading.counted:
        return f"no part {whole}: this frame is left out there"
    if not math.isfinite(x.leading.fused):
        return f"no share {whole}: the frame's loss is not finite"
    if math.isnan(x.share):
        return f"no share {whole}, which is {'not above 0' if math.isfinite(x.score.loss_sum) else 'not finite'}"
    part = 100 * x.share
    shown = "under 0.01 %" if 0 < part < 0.005 else f"{words.number(part, 2)} %"
    return f"{shown} {whole}; {words.number(x.share * n_counted, 1)} × an even share"


def explain(x: Inspection) -> tuple[str, str, str]:
    """Level, place of the errors, and meaning of the angle, one sentence each."""
    return _level(x), _errors(x), _angle(x)


def _level(x: Inspection) -> str:
    silence = x.score.facts.silence_db
    limit = "all zero"
    if not math.isinf(silence):
        limit += f" or at least {words.number(silence, 0)} dB below its loudest frame"
    match x.status:
        case FrameStatus.NONFINITE:
            return "This frame holds numbers that are not finite, so no level can be given."
        case FrameStatus.SILENT_BOTH:
            return f"Both signals are silent here (each is {limit})."
        case FrameStatus.SILENT_ESTIMATE:
            return f"The estimate is silent here ({_below(x.level_db, limit, 'reference')}): the reference is missed."
        case FrameStatus.SILENT_REFERENCE:
            return (
                f"The reference is silent here ({_below(-x.level_db, limit, 'estimate')}): "
                "what the estimate holds is false activity."
            )
    turned = ""
    if not x.correlation >= 0:
        turned = "out of phase and " if np.iscomplexobj(x.columns.reference) else "upside down and "
    if abs(x.level_db) < words.LEVEL_DB:
        return f"The estimate is {turned}as loud as the reference here ({_signed(x.level_db)})."
    louder = "louder" if x.level_db > 0 else "quieter"
    return (
        f"The estimate is {turned}{words.db(abs(x.level_db))} {louder} than the reference here; "
        "OSI-SNR does not count that, MC-MSE does."
    )


def _below(level_db: float, limit: str, other: str) -> str:
    """How far the silent one of two is under the other."""
    return "all zero" if level_db == -math.inf else f"{limit}; {words.db(-level_db)} below the {other}"


def _errors(x: Inspection) -> str:
    match x.status:
        case FrameStatus.NONFINITE:
            columns = x.columns
            bad = [int(np.count_nonzero(~np.isfinite(c))) for c in (columns.reference, columns.estimate)]
            where = f"{bad[0]} of the reference's and {bad[1]} of the estimate's {len(columns.reference)} values"
            return f"Not finite are {where}, or their squares."
        case FrameStatus.SILENT_BOTH:
            return "There is nothing to compare, and so there are no errors to place."
        case FrameStatus.SILENT_ESTIMATE:
            return f"What is missing lies {_place(x, [part.reference_share for part in x.bands])}."
        case FrameStatus.SILENT_REFERENCE:
            return f"It lies {_place(x, [part.estimate_share for part in x.bands])}."
        case FrameStatus.PROPORTIONAL:
            return f"There are no errors: the estimate is {words.number(x.gain, 3)} times the reference."
        case FrameStatus.ORTHOGONAL:
            return f"All of the estimate is error; it lies {_place(x, [part.estimate_share for part in x.bands])}."
    noise, compressed = [part.noise_share for part in x.bands], [part.mc_share for part in x.bands]
    if not np.isfinite(compressed).all():  # a waveform's MC-MSE is over samples
        return f"OSI-SNR's noise lies {_place(x, noise)}{_level_there(x, noise)}."
    if int(np.argmax(noise)) == int(np.argmax(compressed)) and min(max(noise), max(compressed)) >= MAIN_SHARE:
        shares = f"{words.percent(max(noise))} and {words.percent(max(compressed))}"
        place = _at(_name(x, noise))
        return f"OSI-SNR's noise and MC-MSE lie mostly {place} ({shares}){_level_there(x, noise)}."
    return f"OSI-SNR's noise lies {_place(x, noise)}; MC-MSE lies {_place(x, compressed)}{_level_there(x, compressed)}."


def _place(x: Inspection, shares: list[float]) -> str:
    """ "mostly at 2–4 kHz (62 %)", or the two strongest bands where none stands out."""
    order = sorted(range(len(shares)), key=lambda k: -shares[k])
    if not np.isfinite(shares).all():
        return "nowhere"
    if shares[order[0]] >= MAIN_SHARE:
        return f"mostly {_at(_name(x, shares))} ({words.percent(shares[order[0]])})"
    named = [f"{words.percent(shares[k])} {_at(_band_name(x, k))}" for k in order[:2]]
    return f"in many bands ({', '.join(named)})"


def _name(x: Inspection, shares: list[float]) -> str:
    return _band_name(x, int(np.argmax(shares)))


def _band_name(x: Inspection, index: int) -> str:
    return band_words(x.bands[index].band, x.columns.bin_hz is not None)


def _at(name: str) -> str:
    return f"in {name}" if name.startswith("bin") else name if name.startswith("under") else f"at {name}"


def _level_there(x: Inspection, shares: list[float]) -> str:
    """The levels in the band that stands out; empty where none does."""
    part = x.bands[int(np.argmax(shares))]
    if not np.isfinite(shares).all() or max(shares) < MAIN_SHARE or math.isnan(part.level_db):
        return ""
    if part.level_db == -math.inf:
        return ", where the estimate holds nothing"
    if part.level_db == math.inf:
        return ", where the reference holds nothing"
    if abs(part.level_db) < BAND_LEVEL_DB:
        return ", where the levels agree but the details do not"
    side = "above" if part.level_db > 0 else "below"
    return f", where the estimate is {words.db(abs(part.level_db))} {side} the reference"


def _angle(x: Inspection) -> str:
    match x.status:
        case FrameStatus.NONFINITE:
            return "Without an angle there is no OSI-SNR, and the literal mean of the file is no number either."
        case FrameStatus.SILENT_BOTH | FrameStatus.SILENT_ESTIMATE | FrameStatus.SILENT_REFERENCE:
            return f"The angle means nothing here: the exact result leaves the frame out, {_literal(x.literal)}."
        case FrameStatus.PROPORTIONAL:
            return "The two columns point the same way (0°): OSI-SNR is infinite and 1/OSI is 0, whatever the level."
        case FrameStatus.ORTHOGONAL:
            return "The two columns stand at 90°, with nothing in common: OSI-SNR is 0 dB and 1/OSI is infinite."
    along = words.number(100 * math.cos(math.radians(x.angle_deg)) ** 2, 1 if x.angle_deg < 26 else 0)
    aside = ", polarity aside" if x.correlation < 0 else ""
    sentence = (
        f"The columns are {angle_words(x.angle_deg)} apart{aside} (0° the same, 90° nothing in common), "
        f"{words.db(x.exact.osi_db)} exact OSI-SNR: {along} % of the estimate's energy follows the reference"
    )
    chance = chance_floor_db(x)
    if x.exact.osi_db < chance:
        return f"{sentence}, no better than unrelated columns, which reach about {words.db(chance)}."
    return f"{sentence}."


def _literal(terms: FormulaTerms) -> str:
    """How the literal result counts a silent frame."""
    if math.isnan(terms.osi_db):
        return "and the literal one is no number because of it"
    if terms.osi_db == -math.inf:
        return f"and the literal one counts {words.db(terms.osi_db)} as 1/OSI = {MINUS_ZERO}, as if it were perfect"
    return f"and the literal one counts {words.db(terms.osi_db)}"


MINUS_ZERO = f"{words.MINUS}0"


def angle_words(degrees: float) -> str:
    """An angle with the digits that count: "0.012°", "14.3°"."""
    if math.isnan(degrees):
        return words.MISSING
    decimals = 1 if degrees >= 1.0 or degrees == 0.0 else 2 if degrees >= 0.1 else 4
    return f"{words.number(degrees, decimals)}°"


def chance_floor_db(x: Inspection) -> float:
    """Mean exact OSI-SNR of unrelated columns; -inf where it is not known (columns that are not all above 0)."""
    framing, columns = x.columns.framing, (x.columns.reference, x.columns.estimate)
    kind = Representation.MASK if framing is None else framing.representation
    if any(np.iscomplexobj(c) or c.min(initial=0.0) < 0.0 for c in columns):
        return -math.inf
    return CHANCE_FLOOR_DB.get(kind, -math.inf)


def _signed(level_db: float) -> str:
    text = words.db(level_db)
    return text if text.startswith(words.MINUS) else f"+{text}"
