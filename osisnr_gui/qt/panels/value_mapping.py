"""From a slider's place (0 to 1) to a value and back, and what a value slider is about."""

from __future__ import annotations

import math
from dataclasses import dataclass

from osisnr_gui.core.loss import DEFAULT_GAMMA
from osisnr_gui.core.mc_mse import DEFAULT_ALPHA
from osisnr_gui.session.words import MINUS


@dataclass(frozen=True, slots=True)
class PowerMapping:
    """value = low + (high - low) * place**power: 1 is linear, 3 gives small values most of the way."""

    low: float
    high: float
    power: float = 1.0

    def value_at(self, place: float) -> float:
        """The value at a place of 0 to 1."""
        return self.low + (self.high - self.low) * min(max(place, 0.0), 1.0) ** self.power

    def place_of(self, value: float) -> float:
        """The place of a value; values outside the range are at its ends."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return float(share ** (1.0 / self.power))


@dataclass(frozen=True, slots=True)
class ValueSpec:
    """What a value slider shows.

    least, most : what may be typed; the slider itself covers the mapping's range. coarse : from this value on the fine
    step and the rounding are ten times larger (inf: never).
    """

    symbol: str
    name: str
    what: str
    mapping: PowerMapping
    default: float
    least: float
    most: float
    step: float
    decimals: int
    coarse: float = math.inf

    def text(self, value: float) -> str:
        """The value as the field shows it: as many decimals as it needs, but those of the step at least."""
        shown = f"{value:.{self.decimals}f}".rstrip("0")
        least = max(0, -math.floor(math.log10(self.step))) if value < 1000 else 0
        whole, _, fraction = shown.partition(".")
        return f"{whole}.{fraction.ljust(least, '0')}" if least or fraction else whole

    def clamp(self, value: float) -> float:
        """The nearest value that is allowed, on the field's grid."""
        return round(min(max(value, self.least), self.most), self.decimals)

    def step_at(self, value: float) -> float:
        """The fine step at a value."""
        return self.step if value < self.coarse else 10 * self.step

    def rounded(self, value: float) -> float:
        """A value from the slider, rounded to a tenth of the fine step."""
        grid = self.step_at(value) / 10
        return self.clamp(round(value / grid) * grid)

    @property
    def explanation(self) -> str:
        """For the tooltip: what it is, its range, its default, how to move it."""
        low, high = self.text(self.mapping.low), self.text(self.mapping.high)
        beyond = f"; up to {self.most:g} may be typed" if self.most > self.mapping.high else ""
        return (
            f"{self.symbol} ({self.name}): {self.what}\n"
            f"From {low} to {high}{beyond}. A number outside is set to the nearest end.\n"
            f"Default {self.text(self.default)}: double-click, or the tick under the slider.\n"
            f"Wheel and arrow keys: steps of {self.step:g}; with Shift {self.step / 10:g}."
        )


ALPHA = ValueSpec(
    symbol="α",
    name="alpha",
    what="exponent of the power-law compression in MC-MSE. Small values lift quiet cells, 1 compresses nothing.",
    mapping=PowerMapping(0.01, 1.0),
    default=DEFAULT_ALPHA,
    least=0.01,
    most=1.0,
    step=0.01,
    decimals=3,
)
GAMMA = ValueSpec(
    symbol="γ",
    name="gamma",
    what="weight of MC-MSE in the fused loss L = L_OSI + γ·MC-MSE. 0 leaves L_OSI alone.",
    mapping=PowerMapping(0.0, 200.0, 3.0),
    default=DEFAULT_GAMMA,
    least=0.0,
    most=1e6,
    step=0.1,
    decimals=3,
    coarse=10.0,
)


def parse_number(text: str) -> float | None:
    """A number as people type it, a comma or a true minus sign included; None when it is none."""
    try:
        value = float(text.strip().replace(",", ".").replace(MINUS, "-"))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
