"""Gain of every frame in dB, which OSI-SNR does not see, and where the polarity is turned."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PySide6.QtWidgets import QWidget

from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.plots.axes import LinearScale
from osisnr_gui.qt.plots.curve_plot import Curve, CurvesPlot
from osisnr_gui.qt.plots.items.level_line import LevelLine
from osisnr_gui.qt.plots.items.painting import round_up
from osisnr_gui.qt.plots.items.run_marks import RunMarks
from osisnr_gui.qt.plots.items.shading import Shading
from osisnr_gui.qt.plots.safe_arrays import FloatArray
from osisnr_gui.qt.plots.stretches import NOWHERE, Stretches
from osisnr_gui.qt.plots.time_link import TimeLink

#: The axis never shows less than this, both ways: small ripples must not look large.
LEAST_DB = 6.0
LIMIT_DB = 200.0
PERCENTILES = (2.0, 98.0)
#: Above the highest gain: room for the title.
TITLE_PIXELS = 22.0
MARK_WORDS = "polarity turned"


class Gain(NamedTuple):
    """One estimate: ``gain_db[i]`` and ``turned[i]`` (negative gain) belong to ``t0 + i * dt``; NaN = no value."""

    t0: float
    dt: float
    gain_db: FloatArray
    turned: npt.NDArray[np.bool_]
    colour: int
    selected: bool = False


class GainPlot(CurvesPlot):
    """Least-squares gain in dB over time, a line per estimate, around the zero line."""

    def __init__(self, link: TimeLink, theme: Theme, row_id: str = "gain", parent: QWidget | None = None) -> None:
        super().__init__(link, theme, row_id, "Gain per frame", parent)
        self._gains: tuple[Gain, ...] = ()
        self.shading, self._turned = Shading(), RunMarks("warning", words=MARK_WORDS)
        self._zero = LevelLine("faint")
        self.set_y_scale(LinearScale("Gain (dB)"))
        self.set_y_limits(-LIMIT_DB, LIMIT_DB)
        self.set_y_range(-LEAST_DB, LEAST_DB)
        self.add(self.shading, self._turned)
        self.add_levels(self._zero)

    @property
    def gains(self) -> tuple[Gain, ...]:
        """What is drawn."""
        return self._gains

    def show_gains(self, gains: Sequence[Gain]) -> None:
        """Draw these estimates; the selected one comes last and stronger."""
        new = tuple(gains)
        if len(new) == len(self._gains) and all(map(_same, new, self._gains)):
            return
        same_data = len(new) == len(self._gains) and all(a[2] is b[2] for a, b in zip(new, self._gains, strict=True))
        self._gains = new
        self._show_items(
            [
                Curve(gain.t0, gain.dt, gain.gain_db, gain.colour, gain.selected)
                for gain in sorted(new, key=lambda g: g.selected)
            ]
        )
        self._zero.show_level(0.0 if new else math.nan)
        chosen = next((gain for gain in new if gain.selected), None)
        self._turned.show_runs(NOWHERE if chosen is None else Stretches.of_frames(chosen.turned, chosen.t0, chosen.dt))
        if not same_data and self.follows_data:
            self.fit_y()

    def fit_y(self) -> None:
        """Back to the automatic value range: what most frames have, and always 0 dB."""
        self.y_by_hand = False
        values = self._sample()
        low, high = np.percentile(values, PERCENTILES) if values.size else (0.0, 0.0)
        low, high = -round_up(max(-1.1 * low, LEAST_DB)), round_up(max(1.1 * high, LEAST_DB))
        height = self.box.height()
        self.set_y_range(low, low + (high - low) * height / max(height - TITLE_PIXELS, height / 2))

    def _resized(self) -> None:
        """The lines keep below the title."""
        if self.follows_data:
            self.fit_y()


def _same(a: Gain, b: Gain) -> bool:
    return a.gain_db is b.gain_db and (a.t0, a.dt, a.colour, a.selected) == (b.t0, b.dt, b.colour, b.selected)
