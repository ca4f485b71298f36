"""One frame as text to copy: its row of the per-frame CSV, what the inspector adds, and the sentences."""

import numpy as np

from osisnr_gui.core.types import Representation
from osisnr_gui.export.csv_files import COLUMNS, number_cell
from osisnr_gui.io.errors import printable
from osisnr_gui.session.file_measures import FileMeasures
from osisnr_gui.session.inspection.curves import plain
from osisnr_gui.session.inspection.inspection import FormulaTerms, Inspection
from osisnr_gui.text.catalogue import english
from osisnr_gui.text.explain import band_words, explain

_NAME_LIMIT = 1000


def csv_fields(x: Inspection, path: str) -> dict[str, str]:
    """The frame's row of the per-frame CSV, by column name, every text as it stands there; `path` of the estimate."""
    numbers = {
        f"{terms.formula.value}_{name}": getattr(terms, name)
        for terms in (x.literal, x.exact)
        for name in ("osi_db", "loss_osi", "fused")
    }
    numbers |= {name: getattr(x, name) for name in COLUMNS[COLUMNS.index("mc_mse") : -1]}
    return {
        "frame": str(x.columns.frame),
        "time_s": number_cell(x.time) if x.in_seconds else "",
        "status": x.status.label,
        "active": str(int(x.active)),
        "bad": str(int(x.bad)),
        **{name: number_cell(value) for name, value in numbers.items()},
        "estimate": printable(path, _NAME_LIMIT),
    }


@english()
def inspection_table(x: Inspection, path: str, measures: FileMeasures | None = None) -> str:
    """Lines of "name<tab>value": the CSV's row, then everything else the inspector shows; numbers with all digits.

    measures : of the whole file, where they are known. The sentences at the end are in the user's language.
    """
    rows = _rows(x, path, measures)
    rows |= {f"sentence_{number}": sentence for number, sentence in enumerate(explain(x), start=1)}
    return "".join(f"{name}\t{value}\n" for name, value in rows.items())


@english()
def _rows(x: Inspection, path: str, measures: FileMeasures | None) -> dict[str, str]:
    loss = x.score.loss
    more = {
        "alpha": loss.alpha,
        "gamma": loss.gamma,
        "gamma_mc_mse": x.mc_term,
        "angle_deg": x.angle_deg,
        "correlation": x.correlation,
        "level_difference_db": x.level_db,
        "log_spectral_distance_db": x.lsd_db,
        f"share_of_{loss.formula.value}_loss": x.share,
        **_terms(x.literal),
        **_terms(x.exact),
    }
    rows = {**csv_fields(x, path), **{name: number_cell(value) for name, value in more.items()}}
    for part in x.bands:
        name = band_words(part.band, x.columns.bin_hz is not None)
        rows[f"noise_share {name}"] = number_cell(part.noise_share)
        rows[f"mc_mse_share {name}"] = number_cell(part.mc_share)
        rows[f"level_difference_db {name}"] = number_cell(part.level_db)
        rows[f"exact_osi_db {name}"] = number_cell(part.osi_db)
    if measures is not None:
        rows |= {name: number_cell(value) for name, value in _file(measures, x.columns.bin_hz is not None).items()}
    return rows


def columns_table(x: Inspection) -> str:
    """Both columns, the scaled reference and the noise as tab-separated lines under a header, all digits.

    Complex values as magnitudes; the last two are empty where there is no lam.
    """
    columns, framing = x.columns, x.columns.framing
    name, positions = "bin", np.arange(len(columns.reference), dtype=np.float64)
    if framing is not None and framing.representation is Representation.WAVEFORM and columns.sample_rate:
        name, positions = "time_s", positions / columns.sample_rate
    elif columns.bin_hz is not None:
        name, positions = "frequency_hz", positions * columns.bin_hz
    parts = [plain(part) for part in (columns.reference, columns.estimate, x.target, x.noise) if part is not None]
    names = ("reference", "estimate", "scaled_reference", "noise")[: len(parts)]
    rows = zip(positions.tolist(), *(part.tolist() for part in parts), strict=True)
    lines = ["\t".join((name, *names)), *("\t".join(map(number_cell, row)) for row in rows)]
    return "\n".join(lines) + "\n"


def _terms(terms: FormulaTerms) -> dict[str, float]:
    kind = terms.formula.value
    return {
        f"{kind}_lambda": terms.lam,
        f"{kind}_target_energy": terms.target_energy,
        f"{kind}_noise_energy": terms.noise_energy,
    }


def _file(measures: FileMeasures, in_hertz: bool) -> dict[str, float]:
    bands = zip(measures.bands, measures.osi_db, strict=True)
    return {
        "file_level_difference_db": measures.level_db,
        "file_log_spectral_distance_db": measures.lsd_db,
        "file_negative_correlation_share": measures.negative_share,
        **{f"file_exact_osi_db {band_words(band, in_hertz)}": value for band, value in bands},
    }
