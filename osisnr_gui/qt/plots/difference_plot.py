"""One estimate minus another per frame, around the zero line: which of the two is better when."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPainterPath
from PySide6.QtWidgets import QToolButton, QWidget

from osisnr_gui.core.pyramid import Pyramid
from osisnr_gui.core.reduce import is_crowded, is_reduced, polyline, runs_of, summary_per_column
from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, system_font, tabular_font, with_alpha
from osisnr_gui.qt.panels.plain_text import tooltip
from osisnr_gui.qt.plots.axes import LinearScale
from osisnr_gui.qt.plots.bands import Bands
from osisnr_gui.qt.plots.geometry import Mapping
from osisnr_gui.qt.plots.painting import (
    edge_per_column,
    line_and_range,
    line_pen,
    paint_level,
    paint_tag,
    round_up,
    tag_width,
    tint_image,
)
from osisnr_gui.qt.plots.plot_row import PlotRow
from osisnr_gui.qt.plots.safe_arrays import safe_array
from osisnr_gui.qt.plots.stretches import Stretches
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.session.letters import estimate_letter
from osisnr_gui.session.several.difference import Difference, Measure, difference_words, partner_name

#: The axis never shows less than this, both ways: small ripples must not look large.
LEAST = {Measure.OSI: 3.0, Measure.LOSS: 0.05}
LIMITS = {Measure.OSI: 200.0, Measure.LOSS: 1e6}
AXIS = {Measure.OSI: "Δ OSI-SNR (dB)", Measure.LOSS: "Δ loss"}
PERCENTILES = (2.0, 98.0)
SAMPLE_LIMIT = 20_000
TYPICAL_COLUMNS = 1000
#: Above the highest value: room for the title.
TITLE_PIXELS = 24.0
TINT_OPACITY, RANGE_OPACITY = 0.45, 0.14
#: Height of the marks at the edges where only one of the two is perfect.
MARK_PIXELS = 3.0
CORNER_GAP = 5.0
#: Beside the title and the button.
TITLE_MARGIN = 32.0
NOT_OF_MEDIANS = "The median of the differences is not the difference of the medians."
BUTTON = "QToolButton {{ font-size: 11px; padding: 0 4px; background: {ground}; }}"


class DifferenceCurve:
    """A difference ready to be drawn, slow for hours of frames: made on a worker.

    low, high : what most frames have.
    """

    def __init__(self, difference: Difference) -> None:
        self.difference = difference
        values, where = difference.values, (difference.first_time, difference.step)
        self.values = Pyramid(safe_array(values))
        self.above, self.below = (Stretches.of_frames(values == limit, *where) for limit in (np.inf, -np.inf))
        sample = self.values.values[:: max(1, values.size // SAMPLE_LIMIT)]
        sample = sample[np.isfinite(sample)]
        self.low, self.high = map(float, np.percentile(sample, PERCENTILES)) if sample.size else (0.0, 0.0)
        # What the view of everything is made of is made here, too, and not by the first paint.
        stop = difference.first_time + difference.step * values.size
        summary_per_column(self.values, *where, difference.first_time, stop, TYPICAL_COLUMNS)


class Contest(NamedTuple):
    """Estimate number `place` against `partner` (MIXTURE: the mixture); words : the formula in force."""

    place: int
    partner: int
    words: str


class DifferencePlot(PlotRow):
    """A row with one line. Above zero it is tinted as the estimate whose value is higher, below as the other one."""

    def __init__(self, link: TimeLink, theme: Theme, row_id: str = "delta", parent: QWidget | None = None) -> None:
        super().__init__(link, theme, row_id, "Difference of two estimates", parent)
        self.contest: Contest | None = None
        self.curve: DifferenceCurve | None = None
        self.bands = Bands(self)
        self._line = _Line(self)
        self.button = QToolButton(self)
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.hide()
        self.add_layer(self._line)
        self.add_layer(_Better(self), top=True)
        self.set_y_scale(LinearScale(AXIS[Measure.OSI]))
        self.set_theme(theme)
        link.range_changed.connect(lambda _start, _stop: self._show_title())

    def show_contest(self, contest: Contest | None, curve: DifferenceCurve | None) -> None:
        """Draw this difference; None where there is nothing to draw (yet)."""
        if contest == self.contest and curve is self.curve:
            return
        is_new = contest != self.contest or self.curve is None
        new_measure = curve is not None and (self.curve is None or curve.difference.measure != self._measure)
        self.contest, self.curve = contest, curve
        self._line.forget()
        self._show_title()
        if new_measure:
            self.y_by_hand = False
            self.set_y_limits(-LIMITS[self._measure], LIMITS[self._measure])
            self.set_y_scale(LinearScale(AXIS[self._measure]))
        if curve is not None and (self.follows_data or (is_new and not self.y_by_hand)):
            self.fit_y()
        self.refresh()

    def fit_y(self) -> None:
        """Back to the automatic value range: what most frames have, and always 0."""
        self.y_by_hand = False
        if self.curve is None:
            return
        least = LEAST[self._measure]
        low, high = (round_up(max(1.1 * end, least)) for end in (-self.curve.low, self.curve.high))
        height = self.mapping.height
        self.set_y_range(-low, -low + (low + high) * height / max(height - TITLE_PIXELS, height / 2))

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another look."""
        super().set_theme(theme)
        self.button.setStyleSheet(BUTTON.format(ground=theme.background))

    def _resized(self) -> None:
        """The button keeps its corner, and the line below the title."""
        self._show_title()
        if self.follows_data:
            self.fit_y()

    @property
    def _measure(self) -> Measure:
        return Measure.OSI if self.curve is None else self.curve.difference.measure

    def _show_title(self) -> None:
        contest, curve = self.contest, self.curve
        self.button.setVisible(contest is not None)
        if contest is None:
            self.set_title("Difference of two estimates")
            return
        other, name = partner_name(contest.partner), estimate_letter(contest.place)
        self.button.setText(f"against {other} ▾")
        tip = f"What {name} is held against, and by which measure (V: the next one)."
        if curve is None:
            self.set_title(f"{name} minus {other} per frame")
        else:
            long, short = (
                f"{difference_words(curve.difference, *contest[:2], short=short)} · {contest.words}"
                for short in (False, True)
            )
            self.set_title(long if self._has_room(long) else short)
            tip = f"{tip}\n{long}.\n{NOT_OF_MEDIANS}"
        self.button.setToolTip(tooltip(tip))
        self.button.setAccessibleName(f"against {other}: choose another partner")
        self._place_button()

    def _has_room(self, title: str) -> bool:
        metrics = QFontMetricsF(system_font(SMALL_FONT_PIXELS))
        taken = self.button.sizeHint().width() + TITLE_MARGIN
        return metrics.horizontalAdvance(title + self._title_note(self.mapping)) + taken <= self.mapping.width

    def _place_button(self) -> None:
        m = self.mapping
        size = QSize(self.button.sizeHint().width(), 18)
        self.button.setGeometry(int(m.right - size.width() - 4), int(m.top) + 4, size.width(), size.height())

    def _corner_width(self, m: Mapping) -> float:
        return m.right - self.button.geometry().left() + CORNER_GAP if self.button.isVisibleTo(self) else 0.0

    def _title_note(self, m: Mapping) -> str:
        """Says when the line is a mean and not every frame."""
        crowded = self.curve is not None and is_crowded(self.curve.difference.step, m.t0, m.t1, m.columns)
        return " · mean and range per pixel" if crowded else ""


class _Line:
    """The line, its range and the tints, kept as pixels for the last mapping."""

    def __init__(self, plot: DifferencePlot) -> None:
        self._plot = plot
        self._key: object = None
        self._path, self._veil, self._tint = QPainterPath(), QPainterPath(), QImage()

    def forget(self) -> None:
        """Another curve."""
        self._key = None

    def paint(self, painter: QPainter, m: Mapping, theme: Theme) -> None:
        curve, contest = self._plot.curve, self._plot.contest
        if curve is None or contest is None:
            return
        difference = curve.difference
        where = (difference.first_time, difference.step, m.t0, m.t1, m.columns)
        reduced = is_reduced(curve.values.size, *where)
        if self._key != (m, theme.name):
            self._key = (m, theme.name)
            self._path, self._veil = line_and_range(curve.values, difference.first_time, difference.step, m)
            times, values = _edge(curve, where, reduced)
            tints = [with_alpha(colour, TINT_OPACITY) for colour in _colours(contest, difference.measure, theme)]
            self._tint = tint_image(m, edge_per_column(m, times, values), 0.0, *tints)
        painter.drawImage(m.rect, self._tint)
        if m.lo < 0.0 < m.hi:
            paint_level(painter, m, 0.0, line_pen(theme.muted))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(line_pen(with_alpha(theme.text, RANGE_OPACITY)))
        painter.drawPath(self._veil)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not reduced)
        painter.setPen(line_pen(theme.text))
        painter.drawPath(self._path)


def _edge(
    curve: DifferenceCurve, where: tuple[float, float, float, float, int], reduced: bool
) -> tuple[np.ndarray, np.ndarray]:
    """What is tinted up to: every frame, or the mean of the frames that share a pixel."""
    if not reduced:
        return polyline(curve.values, *where)
    times, _, _, mean = summary_per_column(curve.values, *where)
    return times, mean


class _Better:
    """Which side is whose, and at the edges where only one of the two is perfect."""

    def __init__(self, plot: DifferencePlot) -> None:
        self._plot = plot

    def paint(self, painter: QPainter, m: Mapping, theme: Theme) -> None:
        curve, contest = self._plot.curve, self._plot.contest
        if curve is None or contest is None:
            return
        upper, lower = _colours(contest, curve.difference.measure, theme)
        _paint_marks(painter, curve.above, m, m.top, upper)
        _paint_marks(painter, curve.below, m, m.bottom - MARK_PIXELS, lower)
        names = [estimate_letter(contest.place), partner_name(contest.partner)][:: curve.difference.measure.sign]
        height, zero = QFontMetricsF(tabular_font(SMALL_FONT_PIXELS)).height(), m.y_of(0.0)
        title = self._plot.overlay.title_box(m).bottom()
        for name, colour, top in ((names[0], upper, zero - height - 1), (names[1], lower, zero + 2)):
            text = f"{name} better"
            width = tag_width(text)
            box = QRectF(m.right - width - 4, top, width, height)
            if m.rect.contains(box) and box.top() > max(title, self._plot.button.geometry().bottom()):
                paint_tag(painter, box, text, colour, theme)


def _colours(contest: Contest, measure: Measure, theme: Theme) -> tuple[str, str]:
    """Above and below zero: the colour of whichever is better there."""
    first, second = (theme.estimate(place).colour for place in (contest.place, contest.partner))
    return (first, second) if measure.sign > 0 else (second, first)


def _paint_marks(painter: QPainter, runs: Stretches, m: Mapping, top: float, colour: str) -> None:
    starts, stops = runs_of(runs.coverage(m) > 0)
    if not starts.size:
        return
    pixel = m.width / m.columns
    pairs = zip((m.left + starts * pixel).tolist(), (m.left + stops * pixel).tolist(), strict=True)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawRects([QRectF(a, top, max(b - a, 1.0), MARK_PIXELS) for a, b in pairs])
