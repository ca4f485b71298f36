"""Rows that hold estimates against each other: one minus another, and a ribbon of which of several is best when."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFontMetricsF, QHelpEvent
from PySide6.QtWidgets import QToolButton, QToolTip

from osisnr_gui.core.reduce import Pyramid, is_crowded, summary_per_column
from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, system_font, with_alpha
from osisnr_gui.qt.panels.plain_text import tooltip
from osisnr_gui.qt.plots.axes import ROW_GAP, TIME_AXIS_HEIGHT, FixedScale, LinearScale, Tick
from osisnr_gui.qt.plots.curve_plot import MEAN_NOTE, around_zero, finite_sample, usual_range
from osisnr_gui.qt.plots.items.lines import BetterTags, CurveItem, LevelLine
from osisnr_gui.qt.plots.items.maps import Ribbon, RibbonItem
from osisnr_gui.qt.plots.items.painting import line_pen, safe_array
from osisnr_gui.qt.plots.items.shading import NOWHERE, RunMarks, Shading, Stretches
from osisnr_gui.qt.plots.time_link import TimeLink
from osisnr_gui.qt.plots.time_plot import TimePlot
from osisnr_gui.qt.plots.view_box import PixelViewBox
from osisnr_gui.session.comparison.difference import Difference, Quantity
from osisnr_gui.session.words import estimate_letter
from osisnr_gui.text.catalogue import _, translated
from osisnr_gui.text.comparison import difference_words, partner_name

#: The axis never shows less than this, both ways: small ripples must not look large.
LEAST = {Quantity.OSI: 3.0, Quantity.LOSS: 0.05}
LIMITS = {Quantity.OSI: 200.0, Quantity.LOSS: 1e6}
AXIS = {Quantity.OSI: "Δ OSI-SNR (dB)", Quantity.LOSS: _("Δ loss")}
NOT_OF_MEDIANS = _("The median of the differences is not the difference of the medians.")
BUTTON = "QToolButton {{ font-size: 11px; padding: 0 4px; background: {ground}; }}"
RIBBON_PIXELS = 18


class DifferenceCurve:
    """A difference ready to be drawn, slow for hours of frames: made on a worker.

    low, high : what most frames have.
    """

    def __init__(self, difference: Difference) -> None:
        self.difference = difference
        values, where = difference.values, (difference.first_time, difference.step)
        self.values = Pyramid(safe_array(values))
        self.above, self.below = (Stretches.of_frames(values == limit, *where) for limit in (np.inf, -np.inf))
        self.low, self.high = usual_range(finite_sample(self.values.values))
        # What the view of everything is made of is made here, too, and not by the first paint.
        stop = difference.first_time + difference.step * values.size
        summary_per_column(self.values, *where, difference.first_time, stop, 1000)


class Contest(NamedTuple):
    """Estimate number `place` against `partner` (MIXTURE: the mixture); words : the formula in force."""

    place: int
    partner: int
    words: str


class DifferencePlot(TimePlot):
    """One estimate minus another, tinted above zero as the estimate whose value is higher, below as the other one."""

    def __init__(self, link: TimeLink, theme: Theme, row_id: str) -> None:
        super().__init__(link, theme, row_id, _("Difference of two estimates"))
        self.contest: Contest | None = None
        self.curve: DifferenceCurve | None = None
        self.shading, self._line = Shading(), CurveItem("difference")
        self._zero = LevelLine("muted")
        self._above, self._below = RunMarks(upper=True), RunMarks()
        self._tags = BetterTags(self._lowest_taken)
        self.button = QToolButton(self)
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.hide()
        self.add(self.shading, self._line, self._above, self._below, self._tags)
        self.add_levels(self._zero)
        self.set_y_scale(LinearScale(AXIS[Quantity.OSI]))
        self._dress()
        link.range_changed.connect(lambda _start, _stop: self._show_title())

    def show_contest(self, contest: Contest | None, curve: DifferenceCurve | None) -> None:
        """Draw this difference; None where there is nothing to draw (yet)."""
        if contest == self.contest and curve is self.curve:
            return
        is_new = contest != self.contest or self.curve is None
        new_measure = curve is not None and (self.curve is None or curve.difference.measure != self._measure)
        self.contest, self.curve = contest, curve
        if curve is None:
            self._line.setData(0.0, 1.0, np.empty(0))
        else:
            self._line.t0, self._line.dt = curve.difference.first_time, curve.difference.step
            self._line.set_pyramid(curve.values)
        self._zero.show_level(0.0 if curve is not None else math.nan)
        self._dress_line()
        self._show_title()
        if new_measure:
            self.y_by_hand = False
            self.set_y_limits(-LIMITS[self._measure], LIMITS[self._measure])
            self.set_y_scale(LinearScale(AXIS[self._measure]))
        if curve is not None and (self.follows_data or (is_new and not self.y_by_hand)):
            self.fit_y()
        self.refresh()

    def _fit_values(self) -> None:
        """What most frames have, and always 0."""
        if self.curve is not None:
            self.set_range_under_title(*around_zero(self.curve.low, self.curve.high, LEAST[self._measure]))

    def _dress(self) -> None:
        self.button.setStyleSheet(BUTTON.format(ground=self.theme.background))
        self._dress_line()

    def _dress_line(self) -> None:
        self._line.set_pens(line_pen(self.theme.text), line_pen(with_alpha(self.theme.text, 0.14)))
        self._tags.contestants = ()
        self._above.show_runs(NOWHERE)
        self._below.show_runs(NOWHERE)
        if self.curve is not None and self.contest is not None:
            places = self.contest.place, self.contest.partner
            names = estimate_letter(places[0]), translated(partner_name(places[1]))
            colours = tuple(self.theme.estimate(place).colour for place in places)
            # Above zero is whichever is better there.
            self._tags.contestants = tuple(zip(names, colours, strict=True))[:: self._measure.sign]
            above, below = colours[:: self._measure.sign]
            self._above.show_runs(self.curve.above, above)
            self._below.show_runs(self.curve.below, below)
            self._line.set_tint(with_alpha(above, 0.45), with_alpha(below, 0.45))

    def _lowest_taken(self) -> float:
        top: float = self.box.scenePos().y()
        return max(self.words.title_box.bottom(), self.button.geometry().bottom() - top)

    def _resized(self) -> None:
        """The button keeps its corner."""
        self._show_title()
        super()._resized()

    @property
    def _measure(self) -> Quantity:
        return Quantity.OSI if self.curve is None else self.curve.difference.measure

    def _show_title(self) -> None:
        contest, curve = self.contest, self.curve
        self.button.setVisible(contest is not None)
        if contest is None:
            self.set_title(_("Difference of two estimates"))
            return
        other, name = translated(partner_name(contest.partner)), estimate_letter(contest.place)
        self.button.setText(_("against {other} ▾").format(other=other))
        tip = _("What {name} is held against, and by which measure (V: the next one).").format(name=name)
        if curve is None:
            self.set_title(_("{name} minus {other} per frame").format(name=name, other=other))
        else:
            long, short = (
                translated(difference_words(curve.difference, *contest[:2], short=short)) for short in (False, True)
            )
            long, short = (f"{words} · {translated(contest.words)}" for words in (long, short))
            taken = self.button.sizeHint().width() + 32.0  # with what lies beside title and button
            width = QFontMetricsF(system_font(SMALL_FONT_PIXELS)).horizontalAdvance(long + self._title_note(self.box))
            self.set_title(long if width + taken <= self.box.width() else short)
            tip = f"{tip}\n{long}.\n{NOT_OF_MEDIANS}"
        self.button.setToolTip(tooltip(tip))
        self.button.setAccessibleName(_("against {other}: choose another partner").format(other=other))
        plot, width = self.box.sceneBoundingRect(), self.button.sizeHint().width()
        self.button.setGeometry(int(plot.right()) - width - 4, int(plot.top()) + 4, width, 18)

    def _corner_width(self, _vb: PixelViewBox) -> float:
        taken: float = self.box.sceneBoundingRect().right() - self.button.geometry().left() + 5.0
        return taken if self.button.isVisibleTo(self) else 0.0

    def _title_note(self, vb: PixelViewBox) -> str:
        """Says when the line is a mean and not every frame."""
        crowded = self.curve is not None and is_crowded(self.curve.difference.step, vb.t0, vb.t1, vb.columns)
        return MEAN_NOTE if crowded else ""


class RibbonPlot(TimePlot):
    """A low row with a ribbon. `words_at` : what the tooltip says of a time."""

    def __init__(self, link: TimeLink, theme: Theme, row_id: str, name: str) -> None:
        super().__init__(link, theme, row_id)
        self.words_at: Callable[[float], str] = lambda _time: ""
        self.item = RibbonItem()
        self.set_name(name)
        self.setAccessibleName(name)
        self.add(self.item)
        self.set_time_axis(False)

    def show_ribbon(self, ribbon: Ribbon | None, name: str) -> None:
        """Show this one, or nothing. name : for those who cannot see it."""
        self.setAccessibleName(name)
        if ribbon is not self.item.ribbon:
            self.item.ribbon = ribbon
            self.item.update()

    def set_name(self, name: str) -> None:
        """What stands on the left, half-way up."""
        self.set_y_scale(FixedScale("", (Tick(0.5, name),)))

    def set_time_axis(self, on: bool) -> None:
        """As any row; the ribbon itself is always as high."""
        super().set_time_axis(on)
        self.setFixedHeight(RIBBON_PIXELS + ROW_GAP + (TIME_AXIS_HEIGHT if on else ROW_GAP))

    def zoom_y(self, factor: float, at: float) -> None:
        """There is nothing to zoom."""

    def viewportEvent(self, event: QEvent) -> bool:
        """The tooltip is about the frame under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = self.words_at(self.box.place_of(QPointF(event.pos())).x())
            QToolTip.showText(event.globalPos(), tooltip(words), self)
            return True
        return bool(super().viewportEvent(event))
