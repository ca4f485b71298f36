"""Gain of every frame in dB, which OSI-SNR does not see, and where the polarity is turned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath
from PySide6.QtWidgets import QWidget

from osisnr_gui.core.pyramid import Pyramid
from osisnr_gui.core.reduce import is_crowded, is_reduced, runs_of
from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, tabular_font, with_alpha
from osisnr_gui.qt.plots.axes import LinearScale
from osisnr_gui.qt.plots.bands import Bands
from osisnr_gui.qt.plots.geometry import Mapping
from osisnr_gui.qt.plots.painting import line_and_range, line_pen, paint_level, paint_tag, round_up, tag_width
from osisnr_gui.qt.plots.plot_row import PlotRow
from osisnr_gui.qt.plots.row_overlay import Key
from osisnr_gui.qt.plots.safe_arrays import FloatArray, safe_array
from osisnr_gui.qt.plots.stretches import Stretches
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.session.letters import estimate_letter

#: The axis never shows less than this, both ways: small ripples must not look large.
LEAST_DB = 6.0
LIMIT_DB = 200.0
PERCENTILES = (2.0, 98.0)
SAMPLE_LIMIT = 20_000
#: Above the highest gain: room for the title.
TITLE_PIXELS = 22.0
#: Height of the marks of turned polarity, at the lower edge.
MARK_PIXELS = 4.0
#: Of the range of the frames behind their mean.
RANGE_OPACITY = 0.25
MARK_WORDS = "polarity turned"


class Gain(NamedTuple):
    """One estimate: ``gain_db[i]`` and ``turned[i]`` (negative gain) belong to ``t0 + i * dt``; NaN = no value."""

    t0: float
    dt: float
    gain_db: FloatArray
    turned: npt.NDArray[np.bool_]
    colour: int
    selected: bool = False


class GainPlot(PlotRow):
    """Least-squares gain in dB over time, a line per estimate, around the zero line."""

    def __init__(self, link: TimeLink, theme: Theme, row_id: str = "gain", parent: QWidget | None = None) -> None:
        super().__init__(link, theme, row_id, "Gain per frame", parent)
        self._gains: tuple[Gain, ...] = ()
        self.bands = Bands(self)
        self._lines = _Lines()
        self.set_y_scale(LinearScale("Gain (dB)"))
        self.set_y_limits(-LIMIT_DB, LIMIT_DB)
        self.set_y_range(-LEAST_DB, LEAST_DB)
        self.add_layer(self._lines)
        self.add_layer(_TurnedMarks(self), top=True)

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
        self._lines.show([gain._replace(gain_db=safe_array(gain.gain_db)) for gain in new])
        places = sorted((gain.colour, gain.selected) for gain in new)
        self.overlay.keys = tuple(Key(estimate_letter(place), place, chosen) for place, chosen in places)
        if not same_data and self.follows_data:
            self.fit_y()
        self.refresh()

    def fit_y(self) -> None:
        """Back to the automatic value range: what most frames have, and always 0 dB."""
        self.y_by_hand = False
        samples = [gain.gain_db[:: max(1, gain.gain_db.size // SAMPLE_LIMIT)] for gain in self._gains]
        values = np.concatenate(samples) if samples else np.empty(0)
        values = values[np.isfinite(values)]
        low, high = np.percentile(values, PERCENTILES) if values.size else (0.0, 0.0)
        low, high = -round_up(max(-1.1 * low, LEAST_DB)), round_up(max(1.1 * high, LEAST_DB))
        height = self.mapping.height
        self.set_y_range(low, low + (high - low) * height / max(height - TITLE_PIXELS, height / 2))

    def _resized(self) -> None:
        """The lines keep below the title."""
        if self.follows_data:
            self.fit_y()

    def _title_note(self, m: Mapping) -> str:
        """Says when the line is a mean and not every frame."""
        return " · mean and range per pixel" if any(_crowded(gain, m) for gain in self._gains) else ""


class _Lines:
    """The lines and the zero line, kept as pixel paths for the last mapping."""

    def __init__(self) -> None:
        self._gains: list[tuple[Gain, Pyramid]] = []
        self._paths: list[tuple[QPainterPath, QPainterPath]] = []
        self._mapping: Mapping | None = None

    def show(self, gains: list[Gain]) -> None:
        self._mapping = None
        self._gains = [(gain, Pyramid(gain.gain_db)) for gain in sorted(gains, key=lambda gain: gain.selected)]

    def paint(self, painter: QPainter, m: Mapping, theme: Theme) -> None:
        if m != self._mapping:
            self._mapping = m
            self._paths = [line_and_range(values, gain.t0, gain.dt, m) for gain, values in self._gains]
        if self._gains and m.lo < 0.0 < m.hi:
            paint_level(painter, m, 0.0, line_pen(theme.faint))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for (gain, _), (path, veil) in zip(self._gains, self._paths, strict=True):
            style = theme.estimate(gain.colour)
            strong = gain.selected or len(self._gains) == 1
            if strong and not veil.isEmpty():
                painter.setPen(line_pen(with_alpha(style.colour, RANGE_OPACITY)))
                painter.drawPath(veil)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, not _reduced(gain, m))
            painter.setPen(line_pen(with_alpha(style.colour, 1.0 if strong else 0.5), style.dash))
            painter.drawPath(path)


class _TurnedMarks:
    """At the lower edge: where the estimate in view has the opposite polarity of the reference."""

    def __init__(self, plot: GainPlot) -> None:
        self._plot = plot

    def paint(self, painter: QPainter, m: Mapping, theme: Theme) -> None:
        chosen = next((gain for gain in self._plot.gains if gain.selected), None)
        if chosen is None or not chosen.turned.any():
            return
        starts, stops = runs_of(Stretches.of_frames(chosen.turned, chosen.t0, chosen.dt).coverage(m) > 0)
        if not starts.size:
            return
        pixel, top = m.width / m.columns, m.bottom - MARK_PIXELS
        pairs = zip((m.left + starts * pixel).tolist(), (m.left + stops * pixel).tolist(), strict=True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.warning))
        painter.drawRects([QRectF(a, top, max(b - a, 1.0), MARK_PIXELS) for a, b in pairs])
        height = QFontMetricsF(tabular_font(SMALL_FONT_PIXELS)).height()
        width = tag_width(MARK_WORDS)
        box = QRectF(m.right - width - 4, top - height - 1, width, height)
        paint_tag(painter, box, MARK_WORDS, theme.warning, theme)


def _same(a: Gain, b: Gain) -> bool:
    return a.gain_db is b.gain_db and (a.t0, a.dt, a.colour, a.selected) == (b.t0, b.dt, b.colour, b.selected)


def _reduced(gain: Gain, m: Mapping) -> bool:
    return is_reduced(gain.gain_db.size, gain.t0, gain.dt, m.t0, m.t1, m.columns)


def _crowded(gain: Gain, m: Mapping) -> bool:
    return is_crowded(gain.dt, m.t0, m.t1, m.columns)
