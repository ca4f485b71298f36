"""Where things are on a row: the margins all rows share, and data <-> pixel arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRect, QRectF

from osisnr_gui.qt.plots.safe_arrays import FloatArray

#: Every row keeps these, so that plot edges are aligned to the pixel whatever the labels are.
LEFT_AXIS_WIDTH = 64
RIGHT_MARGIN = 12
TIME_AXIS_HEIGHT = 24
ROW_GAP = 3  # empty pixels above and below the plot of a row


def plot_rect(width: int, height: int, *, time_axis: bool) -> QRect:
    """The plot area inside a row of this size (at least one pixel)."""
    bottom = TIME_AXIS_HEIGHT if time_axis else ROW_GAP
    return QRect(
        LEFT_AXIS_WIDTH,
        ROW_GAP,
        max(width - LEFT_AXIS_WIDTH - RIGHT_MARGIN, 1),
        max(height - ROW_GAP - bottom, 1),
    )


@dataclass(frozen=True)
class Mapping:
    """A plot area in pixels and the data range it shows.

    Equal mappings give equal pictures, so layers keep what they computed for the last one.
    """

    left: float
    top: float
    width: float
    height: float
    t0: float
    t1: float
    lo: float
    hi: float
    pixel_ratio: float = 1.0

    @property
    def right(self) -> float:
        """Right edge in pixels."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Bottom edge in pixels."""
        return self.top + self.height

    @property
    def rect(self) -> QRectF:
        """The plot area."""
        return QRectF(self.left, self.top, self.width, self.height)

    @property
    def columns(self) -> int:
        """Columns of physical pixels across the plot: the finest detail worth computing."""
        return max(round(self.width * self.pixel_ratio), 1)

    def x_of(self, time: float) -> float:
        """Pixel of a time."""
        return self.left + (time - self.t0) / (self.t1 - self.t0) * self.width

    def x_at(self, time: float) -> int | None:
        """Whole pixel of a time; None outside the plot."""
        return round(self.x_of(time)) if self.t0 <= time <= self.t1 else None

    def y_of(self, value: float) -> float:
        """Pixel of a value."""
        return self.bottom - (value - self.lo) / (self.hi - self.lo) * self.height

    def time_at(self, x: float) -> float:
        """Time at a pixel."""
        return self.t0 + (x - self.left) / self.width * (self.t1 - self.t0)

    def value_at(self, y: float) -> float:
        """Value at a pixel."""
        return self.lo + (self.bottom - y) / self.height * (self.hi - self.lo)

    def xs_of(self, times: FloatArray) -> FloatArray:
        """Pixels of many times."""
        return self.left + (times - self.t0) * (self.width / (self.t1 - self.t0))

    def ys_of(self, values: FloatArray) -> FloatArray:
        """Pixels of many values, kept within one plot height of the plot.

        A painter clips, but not without arithmetic on what it clips: far values are brought near.
        """
        ys = self.bottom - (values - self.lo) * (self.height / (self.hi - self.lo))
        return np.clip(ys, self.top - self.height, self.bottom + self.height)
