"""One frame in words: three plain sentences, by rule (level, place of the errors, the angle), and lines of numbers."""

import math
from collections.abc import Sequence

import numpy as np

from osisnr_gui.core.bands import FrequencyBand
from osisnr_gui.core.osi_snr import EPS_DOT, EPS_NOISE
from osisnr_gui.core.types import FrameStatus
from osisnr_gui.session import words
from osisnr_gui.session.inspection.inspection import Inspection
from osisnr_gui.session.inspection.inspector import FileMeasures
from osisnr_gui.session.notices.pair_notices import LEVEL_DB
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.session import Formula
from osisnr_gui.session.verdict import chance_level_db
from osisnr_gui.text.catalogue import _, ngettext
from osisnr_gui.text.sentences import active_counted

MAIN_SHARE = 0.4  # a band with this part of the errors is named alone
BAND_LEVEL_DB = 1.5  # a smaller level difference of a band is not what is wrong with it

_STATUS = {
    FrameStatus.OK: _("active"),
    FrameStatus.SILENT_BOTH: _("both silent"),
    FrameStatus.SILENT_REFERENCE: _("false activity: only the reference is silent"),
    FrameStatus.SILENT_ESTIMATE: _("missed: only the estimate is silent"),
    FrameStatus.PROPORTIONAL: _("active, the same but for its level"),
    FrameStatus.ORTHOGONAL: _("active, nothing in common"),
    FrameStatus.NONFINITE: _("holds numbers that are not finite"),
}


def status_words(x: Inspection) -> str:
    """The frame's status, whether it is bad, and where the constants decide its literal value."""
    parts = [_STATUS[x.status]]
    if x.bad:
        parts.append(_("under {limit}").format(limit=words.db(x.score.bad.threshold_db)))
    bias = x.literal.osi_db - x.exact.osi_db
    if x.active and abs(bias) > 0.1 and math.isfinite(bias):
        above, below = _("literal {bias} above exact (constants)"), _("literal {bias} below exact (constants)")
        parts.append((above if bias > 0 else below).format(bias=words.db(abs(bias))))
    return " · ".join(parts)


def place_words(x: Inspection) -> str:
    """ "frame 293 · 2.360 s", or "frame 293" for masks."""
    frame = _("frame {frame}").format(frame=words.count(x.columns.frame))
    return f"{frame} · {words.seconds(x.time)}" if x.in_seconds else frame


def band_words(band: FrequencyBand, in_hertz: bool, *, at: bool = False) -> str:
    """ "under 500 Hz", "0.5–1 kHz"; "bins 0–51" for masks. at : with a preposition, "at 0.5–1 kHz", "in bins 0–51"."""
    if in_hertz and band.low == 0.0:
        return _("under {high:g} Hz").format(high=band.high)
    if in_hertz:
        return _("at {span}").format(span=_span(band)) if at else _span(band)
    one, several = (
        (_("in bin {first}"), _("in bins {first}–{last}")) if at else (_("bin {first}"), _("bins {first}–{last}"))
    )
    return (several if band.stop - band.first > 1 else one).format(first=band.first, last=band.stop - 1)


def _at_band(x: Inspection, index: int) -> str:
    return band_words(x.bands[index].band, x.columns.bin_hz is not None, at=True)


def short_band_words(band: FrequencyBand, in_hertz: bool) -> str:
    """ "< 500 Hz", "0.5–1 kHz"; "0–51" for the bins of masks: beside a bar."""
    if in_hertz:
        return f"< {band.high:g} Hz" if band.low == 0.0 else _span(band)
    return f"{band.first}–{band.stop - 1}" if band.stop - band.first > 1 else f"{band.first}"


def _span(band: FrequencyBand) -> str:
    return f"{band.low / 1000:.3g}–{band.high / 1000:.3g} kHz"


def share_words(x: Inspection) -> str:
    """The frame's part of the whole loss, of which sum, and how it compares with an even share."""
    n = x.score.n_counted
    if x.score.loss.formula is Formula.LITERAL:
        frames = ngettext("(literal, all {n} frame)", "(literal, all {n} frames)", n).format(n=words.count(n))
    else:
        frames = _("(exact, {frames})").format(frames=active_counted(n))
    whole = _("of the sum of 1/OSI + γ·MC-MSE {frames}").format(frames=frames)
    if not x.leading.counted:
        return _("no part {whole}: this frame is left out there").format(whole=whole)
    if not math.isfinite(x.leading.fused):
        return _("no share {whole}: the frame's loss is not finite").format(whole=whole)
    if math.isnan(x.share):
        not_above, infinite = _("no share {whole}, which is not above 0"), _("no share {whole}, which is not finite")
        return (not_above if math.isfinite(x.score.loss_sum) else infinite).format(whole=whole)
    part, even = 100 * x.share, words.number(x.share * n, 1)
    if 0 < part < 0.005:
        return _("under 0.01 % {whole}; {even} × an even share").format(whole=whole, even=even)
    return _("{part} % {whole}; {even} × an even share").format(part=words.number(part, 2), whole=whole, even=even)


def explain(x: Inspection) -> tuple[str, str, str]:
    """Level, place of the errors, and meaning of the angle, one sentence each."""
    match x.status:
        case FrameStatus.NONFINITE:
            return _not_finite(x)
        case FrameStatus.SILENT_BOTH | FrameStatus.SILENT_ESTIMATE | FrameStatus.SILENT_REFERENCE:
            return *_silent(x), _silent_angle(x.literal.osi_db)
        case FrameStatus.PROPORTIONAL:
            gain = words.number(x.gain, 3)
            errors = _("There are no errors: the estimate is {gain} times the reference.").format(gain=gain)
            angle = _("Both point the same way here (0°): OSI-SNR is infinite and 1/OSI is 0, whatever the level.")
        case FrameStatus.ORTHOGONAL:
            place = _place(x, [part.estimate_share for part in x.bands])
            errors = _("All of the estimate is error; it lies {place}.").format(place=place)
            angle = _("Both stand here at 90°, with nothing in common: OSI-SNR is 0 dB and 1/OSI is infinite.")
        case _:
            errors, angle = _noise_and_mc_mse(x), _angle(x)
    return _level_difference(x), errors, angle


def _not_finite(x: Inspection) -> tuple[str, str, str]:
    columns = x.columns.reference, x.columns.estimate
    bad = [int(np.count_nonzero(~np.isfinite(column))) for column in columns]
    errors = _(
        "Not finite are {reference} of the reference's and {estimate} of the estimate's {n} values, or their squares."
    )
    return (
        _("This frame holds numbers that are not finite, so no level can be given."),
        errors.format(reference=bad[0], estimate=bad[1], n=len(columns[0])),
        _("Without an angle there is no OSI-SNR, and the literal mean of the file is no number either."),
    )


def _silent(x: Inspection) -> tuple[str, str]:
    """Level, and where what there is lies, where one of the two is silent, or both."""
    if x.status is FrameStatus.SILENT_BOTH:
        level = _("Both signals are silent here (each is {limit}).").format(limit=_silence_words(x))
        return level, _("There is nothing to compare, and so there are no errors to place.")
    if x.status is FrameStatus.SILENT_ESTIMATE:
        level, below = _("The estimate is silent here ({below}): the reference is missed."), -x.level_db
        template, lies = _("{limit}; {level} below the reference"), _("What is missing lies {place}.")
        shares = [part.reference_share for part in x.bands]
    else:
        level = _("The reference is silent here ({below}): what the estimate holds is false activity.")
        template, lies, below = _("{limit}; {level} below the estimate"), _("It lies {place}."), x.level_db
        shares = [part.estimate_share for part in x.bands]
    limit = _("all zero") if below == math.inf else template.format(limit=_silence_words(x), level=words.db(below))
    return level.format(below=limit), lies.format(place=_place(x, shares))


def _silence_words(x: Inspection) -> str:
    """What makes a frame silent."""
    silence = x.score.facts.silence_db
    if math.isinf(silence):
        return _("all zero")
    template = _("all zero or at least {limit} dB below its loudest frame")
    return template.format(limit=words.number(silence, 0))


def _level_difference(x: Inspection) -> str:
    """How loud the estimate is against the reference, and whether it is turned."""
    is_even = abs(x.level_db) < LEVEL_DB
    if is_even:
        text = words.db(x.level_db)
        signed = text if text.startswith(words.MINUS) else f"+{text}"
        level = _("as loud as the reference here ({level})").format(level=signed)
    elif x.level_db > 0:
        level = _("{level} louder than the reference here").format(level=words.db(x.level_db))
    else:
        level = _("{level} quieter than the reference here").format(level=words.db(-x.level_db))
    if not x.correlation >= 0:
        is_complex = np.iscomplexobj(x.columns.reference)
        turned = _("out of phase and {level}") if is_complex else _("upside down and {level}")
        level = turned.format(level=level)
    counted = _("The estimate is {level}; OSI-SNR does not count that, MC-MSE does.")
    return (_("The estimate is {level}.") if is_even else counted).format(level=level)


def _noise_and_mc_mse(x: Inspection) -> str:
    """Where in frequency the two measures find errors."""
    noise, compressed = [part.noise_share for part in x.bands], [part.mc_share for part in x.bands]
    if not np.isfinite(compressed).all():  # a waveform's MC-MSE is over samples
        return _ended(_("OSI-SNR's noise lies {place}").format(place=_place(x, noise)), x, noise)
    if int(np.argmax(noise)) == int(np.argmax(compressed)) and min(max(noise), max(compressed)) >= MAIN_SHARE:
        sentence = _("OSI-SNR's noise and MC-MSE lie mostly {band} ({noise} and {mc_mse})").format(
            band=_at_band(x, int(np.argmax(noise))),
            noise=words.percent(max(noise)),
            mc_mse=words.percent(max(compressed)),
        )
        return _ended(sentence, x, noise)
    template = _("OSI-SNR's noise lies {place}; MC-MSE lies {other}")
    return _ended(template.format(place=_place(x, noise), other=_place(x, compressed)), x, compressed)


def _place(x: Inspection, shares: Sequence[float]) -> str:
    """ "mostly at 2–4 kHz (62 %)", or the two strongest bands where none stands out."""
    order = sorted(range(len(shares)), key=lambda k: -shares[k])
    if not np.isfinite(shares).all():
        return _("nowhere")
    if shares[order[0]] >= MAIN_SHARE:
        template = _("mostly {band} ({share})")
        return template.format(band=_at_band(x, order[0]), share=words.percent(shares[order[0]]))
    named = ", ".join(f"{words.percent(shares[k])} {_at_band(x, k)}" for k in order[:2])
    return _("in many bands ({bands})").format(bands=named)


def _ended(sentence: str, x: Inspection, shares: Sequence[float]) -> str:
    """A sentence with the levels in the band that stands out, where one does, and its full stop."""
    part = x.bands[int(np.argmax(shares))]
    if not np.isfinite(shares).all() or max(shares) < MAIN_SHARE or math.isnan(part.level_db):
        template = _("{sentence}.")
    elif part.level_db == -math.inf:
        template = _("{sentence}, where the estimate holds nothing.")
    elif part.level_db == math.inf:
        template = _("{sentence}, where the reference holds nothing.")
    elif abs(part.level_db) < BAND_LEVEL_DB:
        template = _("{sentence}, where the levels agree but the details do not.")
    elif part.level_db > 0:
        template = _("{sentence}, where the estimate is {level} above the reference.")
    else:
        template = _("{sentence}, where the estimate is {level} below the reference.")
    return template.format(sentence=sentence, level=words.db(abs(part.level_db)))


def _angle(x: Inspection) -> str:
    template = _(
        "Reference and estimate are {angle} apart (0° the same, 90° nothing in common), {osi} exact OSI-SNR: {along} "
        "% of the estimate's energy follows the reference"
    )
    if x.correlation < 0:
        template = _(
            "Reference and estimate are {angle} apart, polarity aside (0° the same, 90° nothing in common), {osi} "
            "exact OSI-SNR: {along} % of the estimate's energy follows the reference"
        )
    along = words.number(100 * math.cos(math.radians(x.angle_deg)) ** 2, 1 if x.angle_deg < 26 else 0)
    sentence = template.format(angle=angle_words(x.angle_deg), osi=words.db(x.exact.osi_db), along=along)
    chance = frame_chance_db(x)
    if x.exact.osi_db < chance:
        template = _("{sentence}, no better than something unrelated, which reaches about {chance}.")
        return template.format(sentence=sentence, chance=words.db(chance))
    return _("{sentence}.").format(sentence=sentence)


def _silent_angle(literal_db: float) -> str:
    """How the two results count a silent frame."""
    if math.isnan(literal_db):
        return _(
            "The angle means nothing here: the exact result leaves the frame out, and the literal one is no number "
            "because of it."
        )
    template = _(
        "The angle means nothing here: the exact result leaves the frame out, and the literal one counts {osi}."
    )
    if literal_db == -math.inf:
        template = _(
            "The angle means nothing here: the exact result leaves the frame out, and the literal one, which is not "
            "defined for silence, counts it as if it were perfect."
        )
    return template.format(osi=words.db(literal_db))


def angle_words(degrees: float) -> str:
    """An angle with the digits that count: "0.012°", "14.3°"."""
    if math.isnan(degrees):
        return words.MISSING
    decimals = 1 if degrees >= 1.0 or degrees == 0.0 else 2 if degrees >= 0.1 else 4
    return f"{words.number(degrees, decimals)}°"


def frame_chance_db(x: Inspection) -> float:
    """What unrelated columns would reach in place of these; nan where it is not known."""
    columns = x.columns.reference, x.columns.estimate
    are_positive = not any(np.iscomplexobj(column) or column.min(initial=0.0) < 0.0 for column in columns)
    return chance_level_db(x.columns.framing, non_negative=are_positive)


Row = tuple[str, ...]


def formula_rows(x: Inspection) -> list[Row]:
    """Rows of (what, literal, exact), from lam to the frame's fused loss; "–" where the exact result leaves it out."""
    both = (x.literal, x.exact)
    if not _has_literal(x):
        both = (x.literal._replace(osi_db=math.nan, loss_osi=math.nan, fused=math.nan), x.exact)
    return [
        ("", _("literal"), _("exact")),
        ("λ = Σe² / Σs·e", *(words.loss(terms.lam) for terms in both)),
        ("|λs|²", *(words.loss(terms.target_energy) for terms in both)),
        ("|e − λs|²", *(words.loss(terms.noise_energy) for terms in both)),
        ("OSI-SNR", *(words.db(terms.osi_db, 3) for terms in both)),
        ("1/OSI", *(words.loss(terms.loss_osi) for terms in both)),
        ("γ·MC-MSE", *(words.loss(x.mc_term if terms.counted else math.nan) for terms in both)),
        ("L = 1/OSI + γ·MC", *(words.loss(terms.fused) for terms in both)),
    ]


def formula_lines(x: Inspection) -> list[str]:
    """The formulas with this frame's numbers put in: both OSI-SNRs, and the loss of the leading one."""
    loss, literal, leading = x.score.loss, x.literal, x.leading
    target, noise = words.loss(literal.target_energy), words.loss(literal.noise_energy)
    exact = _("exact OSI = −20·log₁₀ sin {angle}").format(angle=angle_words(x.angle_deg))
    is_literal = leading.formula is Formula.LITERAL
    fused = (
        _("literal L = 1/{osi} + {gamma:g} · {mc_mse}") if is_literal else _("exact L = 1/{osi} + {gamma:g} · {mc_mse}")
    )
    fused = fused.format(osi=words.number(leading.osi_db, 2), gamma=loss.gamma, mc_mse=words.loss(x.mc_mse))
    if is_literal and not _has_literal(x):
        fused = _("literal L: not defined, the frame is silent")
    return [
        _("literal OSI = 10·log₁₀({target} / ({noise} + 10⁻⁸))").format(target=target, noise=noise),
        exact if x.exact.counted else _("exact: left out, the frame is not active"),
        fused,
    ]


def _has_literal(x: Inspection) -> bool:
    """Whether the literal formula gives this frame a number: silence has none."""
    return math.isfinite(x.literal.osi_db)


def companion_rows(x: Inspection, pair: PairAnalysis, measures: FileMeasures | None) -> list[Row]:
    """Rows of (measure, this frame, whole file), bands from high to low. `measures`: None while they are not known."""
    whole, wait = pair.whole, "…"
    in_hertz = x.columns.bin_hz is not None
    rows: list[Row] = [
        ("", _("this frame"), _("whole file")),
        ("SI-SNR", words.db(x.si_snr_db), words.MISSING if whole is None else words.db(whole.si_snr_db)),
        ("SNR", words.db(x.snr_db), words.MISSING if whole is None else words.db(whole.snr_db)),
        (_("gain C/S"), words.db(x.gain_db), words.MISSING if whole is None else words.db(whole.gain_db)),
        (_("level e/s"), words.db(x.level_db), wait if measures is None else words.db(measures.level_db)),
        (_("log-spectral"), words.db(x.lsd_db), wait if measures is None else words.db(measures.lsd_db)),
        (_("correlation"), correlation_words(x.correlation), wait if measures is None else negative_words(measures)),
    ]
    of_file = [wait] * len(x.bands) if measures is None else [words.db(value) for value in measures.osi_db]
    for part, file in reversed(list(zip(x.bands, of_file, strict=True))):
        rows.append((f"OSI {short_band_words(part.band, in_hertz)}", words.db(part.osi_db), file))
    return rows


def negative_words(measures: FileMeasures) -> str:
    """How many active frames are upside down: "− in 3 %", or "always +"."""
    share = measures.negative_share
    if math.isnan(share):
        return words.MISSING
    if share == 0.0:
        return _("always +")
    return _("{minus} in {share}").format(minus=words.MINUS, share=words.percent(share))


def correlation_words(value: float) -> str:
    """The cosine between the columns with its sign: "+0.957"; a minus means upside down."""
    text = words.number(value, 3)
    return f"+{text}" if value > 0 else text


#: What the table's rows are.
FORMULA_TIP = _(
    "s is the reference's column, e the estimate's. λs is the scaled reference (the target) and e − λs is what "
    "OSI-SNR counts as noise; OSI-SNR = 10·log₁₀(|λs|² / |e − λs|²).\n"
    "literal: with {eps_dot:g} beside Σs·e and {eps_noise:g} beside |e − λs|², as a training script computes it.\n"
    "exact: without constants; “–” in frames that are not active."
).format(eps_dot=EPS_DOT, eps_noise=EPS_NOISE)
#: What the companion measures are, and over what.
COMPANION_TIP = _(
    "This frame: of its values alone. Whole file: SI-SNR, SNR and gain of the whole signals in time; all else over "
    "the active frames.\n"
    "SI-SNR: without mean removal. SNR: against the reference as it is. Gain: the least-squares factor. Level: "
    "energy of the estimate against the reference's.\n"
    "Log-spectral distance: root mean square of the bins' level differences, floored 80 dB below the loudest; "
    "for the file the mean over frames.\n"
    "Correlation: cosine of the angle with its sign, − is upside down; for the file how many frames are.\n"
    "OSI: exact OSI-SNR of a band's cells alone; for the file all of them as one column. Bands do not average to "
    "the whole, and narrow ones flatter."
)
