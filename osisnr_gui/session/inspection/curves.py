"""What the inspector draws of a frame's two columns: three curves over frequency, bins or time."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from osisnr_gui.core.mc_mse import compress
from osisnr_gui.core.stft import window
from osisnr_gui.core.types import Columns, FloatArray, Representation
from osisnr_gui.io.phrase import Phrase
from osisnr_gui.session.inspection.inspection import FrameColumns, Inspection


class CurveView(StrEnum):
    """What the curves show: the split OSI-SNR makes, in dB or compressed by alpha, or what MC-MSE compares."""

    LEVEL = "level"
    COMPRESSED = "compressed"
    MC_MSE = "mc_mse"


@dataclass(frozen=True, slots=True, eq=False)
class FrameCurves:
    """Three curves; point i lies at i*step (`unit`: "Hz", "bin" or "ms").

    title : of the value axis, with its unit. in_db : whether values are levels, -inf where there is nothing.
    error : what is left between the other two, empty where the frame has no lam. names : of the three curves.
    """

    step: float
    unit: str
    title: str
    in_db: bool
    reference: FloatArray
    estimate: FloatArray
    error: FloatArray
    names: tuple[str, str, str]


def frame_curves(x: Inspection, view: CurveView) -> FrameCurves:
    """The curves of a frame. Complex values are drawn as magnitudes; samples over time are never levels."""
    columns, alpha = x.columns, x.score.loss.alpha
    step, unit = _axis(columns)
    s, e = columns.reference, columns.estimate
    if view is CurveView.MC_MSE:
        parts = [compress(column, alpha) for column in (s, e)]
        names: tuple[str, str, str] = ("|s|^α", "|e|^α", Phrase("distance"))
        return _curves(step, unit, "|x|^α", [*parts, np.abs(parts[1] - parts[0])], names)
    names = ("s", "e", "") if x.target is None else ("λs", "e", "e − λs")
    shown = (s if x.target is None else x.target, e, np.empty(0) if x.noise is None else x.noise)
    if view is CurveView.COMPRESSED:
        return _curves(step, unit, "|x|^α", [compress(column, alpha) for column in shown], names)
    if unit == "ms":
        return _curves(step, unit, Phrase("sample"), shown, names)
    full_scale = _full_scale(columns)
    with np.errstate(divide="ignore"):
        levels = [20.0 * np.log10(np.abs(column) / full_scale) for column in shown]
    return _curves(step, unit, "dB", levels, names, in_db=True)


def _curves(
    step: float, unit: str, title: str, columns: Sequence[Columns], names: tuple[str, str, str], *, in_db: bool = False
) -> FrameCurves:
    reference, estimate, error = (plain(column) for column in columns)
    return FrameCurves(step, unit, title, in_db, reference, estimate, error, names)


def _axis(columns: FrameColumns) -> tuple[float, str]:
    framing, rate = columns.framing, columns.sample_rate
    if framing is not None and framing.representation is Representation.WAVEFORM and rate:
        return 1000.0 / rate, "ms"
    return (1.0, "bin") if columns.bin_hz is None else (columns.bin_hz, "Hz")


def _full_scale(columns: FrameColumns) -> float:
    """The magnitude that reads 0 dB: of a full-scale sine, as in the pictures; 1 for masks."""
    framing = columns.framing
    return 1.0 if framing is None else 0.5 * float(window(framing.window, framing.n_fft).sum())


def plain(column: Columns) -> FloatArray:
    """Values as they are drawn and copied: magnitudes of complex ones."""
    return np.abs(column) if np.iscomplexobj(column) else np.asarray(column, dtype=np.float64)
