"""The angle between two columns, drawn as what OSI-SNR makes of it: a right-angled triangle.

The scaled reference λs is the longest side and the estimate e one of the others; the noise e − λs, upright on e, is the
third. Whatever the angle, the tip of e moves on the half circle over λs, so the picture never leaves its frame.
"""

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QSizePolicy, QWidget

from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, tabular_font, with_alpha
from osisnr_gui.qt.panels.plain_text import tooltip
from osisnr_gui.qt.plots.axes import NO_SCALE
from osisnr_gui.qt.plots.charts.chart import Chart, Table
from osisnr_gui.text.catalogue import _

SHORT = 0.35  # an estimate's vector with less than this part of the length of λs
ARC = 0.22  # radius of the angle's arc, as a part of λs
SHORTEST_ARROW = 0.12  # a vector without room for its head
TIP = _(
    "The frame as two vectors: the scaled reference λs along the base, the estimate e at the angle θ to it, and the "
    "noise e − λs upright on e. OSI-SNR = |λs|²/|e − λs|² = 1/sin²θ: 0° is the same but for level, 90° has nothing "
    "in common (0 dB)."
)


def tip_of(angle: float) -> tuple[float, float]:
    """Where the estimate ends, with λs from (0, 0) to (1, 0); `angle` in degrees."""
    theta = math.radians(angle)
    return math.cos(theta) ** 2, math.sin(theta) * math.cos(theta)


def _arc(radius: float, degrees: float, centre: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Points of an arc over the base, from its right end upwards."""
    turns = np.radians(np.linspace(0.0, degrees, 64))
    return centre + radius * np.cos(turns), radius * np.sin(turns)


class AngleChart(Chart):
    """The triangle of λs, e and e − λs, with the angle and the OSI-SNR it means."""

    NAME, ZOOMS, SIZE = "angle", False, (140, 105)
    LEAST = (100, 90)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, NO_SCALE, NO_SCALE, parent, top=0)
        self.setBackground(None)
        self.still.hide()
        self._angle = math.nan
        self._colour = 0
        self._words = ("", "", "")
        plot = self.plotItem
        plot.hideAxis("left")
        plot.hideAxis("bottom")
        plot.layout.setContentsMargins(0, 0, 0, 0)
        plot.setAspectLocked(True)
        self._circle, self._arc, self._ray, self._noise, self._reference, self._estimate = (
            pg.PlotCurveItem(antialias=True) for _ in range(6)
        )
        self._heads = tuple(pg.ArrowItem(headLen=8, headWidth=6, pen=None) for _ in range(2))
        self._names = tuple(pg.TextItem(anchor=anchor) for anchor in ((1, 0), (1, 1), (0, 1), (0.5, 1)))
        for text in self._names:
            text.setFont(tabular_font(SMALL_FONT_PIXELS))
            text.textItem.document().setDocumentMargin(1)
        curves = (self._circle, self._arc, self._ray, self._noise, self._reference, self._estimate)
        self._parts = (*curves[1:], *self._heads, *self._names[:3])
        self.add(*curves, *self._heads, *self._names)
        self._circle.setData(*_arc(0.5, 180.0, 0.5))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setToolTip(tooltip(TIP))
        self.fit((-0.08, 1.2), (-0.32, 0.56))
        self._show()

    def show_angle(self, degrees: float, words: str, osi_words: str, *, colour: int, reversed_: bool = False) -> None:
        """Draw an angle (nan: none), named by `words`; the OSI-SNR it means goes below. `reversed_`: λ is below 0."""
        shown = (words, osi_words, "−λs" if reversed_ else "λs")
        if repr((degrees, colour, shown)) != repr((self._angle, self._colour, self._words)):
            self._angle, self._colour, self._words = degrees, colour, shown
            self.setAccessibleName(_("angle {angle}, {osi}").format(angle=words, osi=osi_words))
            self._show()

    def set_theme(self, theme: Theme) -> None:
        """Apply another theme; the ground is that of the panel."""
        self.theme = theme
        self._show()

    def table(self) -> Table | None:
        """The angle and what OSI-SNR makes of it."""
        if not math.isfinite(self._angle):
            return None
        with np.errstate(divide="ignore"):
            osi_db = -20.0 * np.log10(np.sin(np.radians([[self._angle]])))
        return "angle (°)", np.array([self._angle]), ["OSI-SNR (dB)"], osi_db

    def _resized(self) -> None:
        self._show_words()

    def _show(self) -> None:
        theme, angle = self.theme, self._angle
        self._circle.setPen(pg.mkPen(theme.grid))
        for item in self._parts:
            item.setVisible(math.isfinite(angle))
        self._show_words()
        if not math.isfinite(angle):
            return
        x, y = tip_of(angle)
        turn = math.radians(angle)
        estimate = theme.estimate(self._colour).colour
        self._noise.setData([1.0, x], [0.0, y], pen=pg.mkPen(theme.bad, width=1.6, style=Qt.PenStyle.DashLine))
        self._reference.setData([0.0, 1.0], [0.0, 0.0], pen=pg.mkPen(theme.text, width=2))
        self._estimate.setData([0.0, x], [0.0, y], pen=pg.mkPen(estimate, width=2))
        # So short beside λs that its direction is hard to see: a ray shows it.
        self._ray.setVisible(math.cos(turn) < SHORT)
        self._ray.setData([0.0, 0.5 * math.cos(turn)], [0.0, 0.5 * math.sin(turn)])
        self._ray.setPen(pg.mkPen(estimate, dash=[2.0, 3.0]))
        self._arc.setData(*_arc(ARC, angle), pen=pg.mkPen(with_alpha(theme.text, 0.7)))
        for head, at, degrees, colour in zip(
            self._heads, ((1.0, 0.0), (x, y)), (0.0, angle), (theme.text, estimate), strict=True
        ):
            head.setStyle(angle=180.0 - degrees, brush=pg.mkBrush(colour))
            head.setPos(*at)
        self._heads[1].setVisible(math.hypot(x, y) > SHORTEST_ARROW)
        self._show_names(x, y)

    def _show_names(self, x: float, y: float) -> None:
        reference, estimate, noise, _ = self._names
        reference.setText(self._words[2], color=self.theme.text)
        reference.setPos(1.0, -0.04)  # below the head of the arrow
        estimate.setText("e", color=self.theme.estimate(self._colour).colour)
        estimate.setPos(0.62 * x, max(0.62 * y, 0.03))
        noise.setText("e − λs", color=self.theme.bad)
        # Right of the leg where it is steep, over it where it lies flat.
        noise.setAnchor((0, 0.5) if x > 0.5 else (0, 1))
        noise.setPos(min(x + 0.45 * (1 - x) + 0.03, 0.85), 0.55 * y)
        noise.setVisible(y > 0.12)

    def _show_words(self) -> None:
        words = " · ".join(filter(None, self._words[:2]))
        if QFontMetricsF(tabular_font(SMALL_FONT_PIXELS)).horizontalAdvance(words) > self.width() - 4:
            words = self._words[0]
        self._names[3].setText(words, color=self.theme.text)
        self._names[3].setPos((self.box.t0 + self.box.t1) / 2, self.box.lo)
