"""The numbers of one frame as the inspector shows them: a table of both formulas, lines with numbers put in."""

import math
from dataclasses import replace

from osisnr_gui.core.osi_snr import EPS_DOT, EPS_NOISE
from osisnr_gui.session import words
from osisnr_gui.session.file_measures import FileMeasures
from osisnr_gui.session.inspection.inspection import Inspection
from osisnr_gui.session.pairs import PairAnalysis
from osisnr_gui.session.session import Formula
from osisnr_gui.text.catalogue import _
from osisnr_gui.text.explain import angle_words, short_band_words

Row = tuple[str, ...]


def formula_rows(x: Inspection) -> list[Row]:
    """Rows of (what, literal, exact), from lam to the frame's fused loss; "–" where the exact result leaves it out."""
    both = (x.literal, x.exact)
    if not _has_literal(x):
        both = (replace(x.literal, osi_db=math.nan, loss_osi=math.nan, fused=math.nan), x.exact)
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
    whole, wait = pair.whole, "…" if measures is None else words.MISSING
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


def formula_tip() -> str:
    """What the table's rows are."""
    return _(
        "s is the reference's column, e the estimate's. λs is the scaled reference (the target) and e − λs is what "
        "OSI-SNR counts as noise; OSI-SNR = 10·log₁₀(|λs|² / |e − λs|²).\n"
        "literal: with {eps_dot:g} beside Σs·e and {eps_noise:g} beside |e − λs|², as a training script computes it.\n"
        "exact: without constants; “–” in frames that are not active."
    ).format(eps_dot=EPS_DOT, eps_noise=EPS_NOISE)


def companion_tip() -> str:
    """What the companion measures are, and over what."""
    return _(
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
