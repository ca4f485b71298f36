"""The numbers of one frame as the inspector shows them: a table of both formulas, lines with numbers put in."""

from __future__ import annotations

import math

from osisnr_gui.core.osi_snr import EPS_DOT, EPS_NOISE
from osisnr_gui.session import words
from osisnr_gui.session.explain import angle_words
from osisnr_gui.session.inspection import Inspection

Row = tuple[str, ...]


def formula_rows(x: Inspection) -> list[Row]:
    """Rows of (what, literal, exact), from lam to the frame's fused loss; "–" where the exact result leaves it out."""
    both = (x.literal, x.exact)
    return [
        ("", "literal", "exact"),
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
    exact = f"exact OSI = −20·log₁₀ sin {angle_words(x.angle_deg)}"
    return [
        f"literal OSI = 10·log₁₀({target} / ({noise} + 10⁻⁸))",
        exact if x.exact.counted else "exact: left out, the frame is not active",
        f"{leading.formula.value} L = 1/{words.number(leading.osi_db, 2)} + {loss.gamma:g} · {words.loss(x.mc_mse)}",
    ]


def companion_rows(x: Inspection) -> list[Row]:
    """Measures beside OSI-SNR: two to a row as (name, value, name, value)."""
    return [
        ("SI-SNR", words.db(x.si_snr_db), "level e/s", words.db(x.level_db)),
        ("SNR", words.db(x.snr_db), "gain C/S", words.db(x.gain_db)),
        ("correlation", correlation_words(x.correlation), "LSD", words.db(x.lsd_db)),
    ]


def correlation_words(value: float) -> str:
    """The cosine between the columns with its sign: "+0.957"; a minus means upside down."""
    text = words.number(value, 3)
    return f"+{text}" if value > 0 else text


def formula_tip() -> str:
    """What the table's rows are."""
    return (
        "s is the reference's column, e the estimate's. λs is the scaled reference (the target) and e − λs is what "
        "OSI-SNR counts as noise; OSI-SNR = 10·log₁₀(|λs|² / |e − λs|²).\n"
        f"literal: with {EPS_DOT:g} beside Σs·e and {EPS_NOISE:g} beside |e − λs|², as a training script computes it.\n"
        "exact: without constants; “–” in frames that are not active."
    )


def companion_tip() -> str:
    """What the companion measures are."""
    return (
        "Of this frame's columns. SI-SNR: without mean removal. SNR: against the reference as it is. Level: energy of "
        "the estimate against the reference's. Gain: the least-squares factor. Correlation: cosine of the angle, with "
        "its sign. LSD, log-spectral distance: root mean square of the bins' level differences, floored 80 dB below "
        "the loudest bin."
    )
