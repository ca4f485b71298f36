"""Losses over frames (lower is better) and the two named results every file has.

    loss_osi, method 1 = mean_i 1/(osi_db[i] + eps)      "mean of inverses"
    loss_osi, method 2 = 1/(mean_i osi_db[i] + eps)      "inverse of mean"
    fused              = loss_osi + gamma * mc_mse,      gamma >= 0

**literal** takes all frames and the literal OSI-SNR, constants included: what a training script prints.
**exact** takes active frames and the exact OSI-SNR, no constants: what an inspector can trust.
The two are never mixed in one mean.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from osisnr_gui.core.types import FloatArray, ParameterError

DEFAULT_GAMMA = 15.0
EPS_LOSS = 1e-8
EPS_FUSED = 1e-10
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Scores:
    """What the two named results have in common; nan for what is not known, or of no frame."""

    osi_db_mean: float
    loss_osi_1: float
    loss_osi_2: float
    mc_mse: float = NAN
    fused: float = NAN

    def loss_osi(self, method: int) -> float:
        """loss_osi by method 1 or 2."""
        return self.loss_osi_1 if method == 1 else self.loss_osi_2

    def completed(self, mc_mse: float, gamma: float, method: int) -> Self:
        """A copy with the MC-MSE of the same frames, and the fused loss that follows."""
        total = fused(self.loss_osi(method), mc_mse, gamma)
        return replace(self, mc_mse=mc_mse, fused=total)


class LiteralScores(Scores):
    """Literal OSI-SNR over all frames; eps 1e-10 in loss_osi_1 (as it enters `fused`), 1e-8 in loss_osi_2."""

    __slots__ = ()

    @classmethod
    def of(cls, osi_db: FloatArray) -> "LiteralScores":
        """From the literal OSI-SNR (dB) of all frames; all but what depends on alpha and gamma, see `completed`."""
        return cls(mean_of(osi_db), loss_osi(osi_db, 1, EPS_FUSED), loss_osi(osi_db, 2, EPS_LOSS))


@dataclass(frozen=True, slots=True)
class ExactScores(Scores):
    """Exact OSI-SNR over active frames, without eps; nan when no frame is active."""

    osi_db_median: float = NAN
    osi_db_p05: float = NAN

    @classmethod
    def of(cls, osi_db: FloatArray) -> "ExactScores":
        """From the exact OSI-SNR (dB) of active frames; all but what depends on alpha and gamma, see `completed`."""
        median, p05 = quantile(osi_db, 0.5), quantile(osi_db, 0.05)
        losses = loss_osi(osi_db, 1, 0.0), loss_osi(osi_db, 2, 0.0)
        return cls(mean_of(osi_db), *losses, osi_db_median=median, osi_db_p05=p05)


def check_alpha(alpha: float) -> None:
    """Raise ParameterError unless 0 < alpha <= 1."""
    if not 0.0 < alpha <= 1.0:
        raise ParameterError(f"alpha must be greater than 0 and at most 1, not {alpha:g}")


def check_gamma(gamma: float) -> None:
    """Raise ParameterError unless gamma is finite and not negative."""
    if not 0.0 <= gamma < np.inf:
        raise ParameterError(f"gamma must be a number not below 0, not {gamma:g}")


def inverse_osi(osi_db: FloatArray, eps: float = 0.0) -> FloatArray:
    """1/(osi_db + eps) of every frame; infinite OSI counts 0. The mean is loss_osi by method 1."""
    with np.errstate(divide="ignore"):
        return np.asarray(1.0 / (osi_db + eps))


def loss_osi(osi_db: FloatArray, method: int = 1, eps: float = EPS_LOSS) -> float:
    """loss_osi over the frames given, by method 1 (mean of inverses) or 2 (inverse of mean); nan without frames.

    Raises ParameterError for another method.
    """
    if method not in (1, 2):
        raise ParameterError(f"method must be 1 or 2, not {method}")
    if method == 1:
        return mean_of(inverse_osi(osi_db, eps))
    with np.errstate(divide="ignore"):
        return float(np.divide(1.0, mean_of(osi_db) + eps))


def fused(loss: float, mc_mse: float, gamma: float) -> float:
    """loss_osi + gamma * mc_mse."""
    return loss + gamma * mc_mse


def mean_of(values: FloatArray) -> float:
    """The mean; nan without values."""
    with np.errstate(invalid="ignore"):
        return float(np.mean(values)) if values.size else NAN


def quantile(values: FloatArray, q: float) -> float:
    """Quantile of numbers by linear interpolation that stays right when some are infinite; nan without any."""
    if values.size == 0:
        return float("nan")
    position = q * (values.size - 1)
    low, high = int(np.floor(position)), int(np.ceil(position))
    ordered = np.partition(values, (low, high))
    below, above = float(ordered[low]), float(ordered[high])
    if below == above or low == high or (below == -np.inf and above < np.inf):
        return below
    return below + (position - low) * (above - below)
