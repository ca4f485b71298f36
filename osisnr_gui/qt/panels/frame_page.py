"""What the inspector shows of a frame: plots, sentences, both formulas, companion measures."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, Themed, tabular_font
from osisnr_gui.qt.panels.figure_table import EstimateMark, FigureTable
from osisnr_gui.qt.panels.layouts import REST, Segmented, column_of, row_of
from osisnr_gui.qt.panels.plain_text import GAP, MARGIN, plain_label, set_text, tooltip
from osisnr_gui.qt.plots.charts.frame_charts import AngleChart, SpectrumChart
from osisnr_gui.session import words
from osisnr_gui.session.inspection.inspection import CurveView, Inspection, frame_curves
from osisnr_gui.session.words import estimate_letter
from osisnr_gui.text import explain
from osisnr_gui.text.catalogue import _

VIEWS = (CurveView.LEVEL, CurveView.COMPRESSED, CurveView.MC_MSE)
VIEW_TIP = _(
    "dB: levels of the scaled reference λs, the estimate e and the noise e − λs (samples over time as they are).\n"
    "|x|^α: the same three, each compressed by the α in force.\n"
    "MC-MSE: what MC-MSE compares: reference and estimate compressed by α, and their distance."
)
#: Of the bars for bands: their height, that of a line, and what is free beside a name.
BAR, LINE, NAME_GAP = 4.0, 15.0, 6.0
BANDS_TIP = _(
    "Part of each band in the frame's errors. Grey: in the energy of e − λs, which OSI-SNR counts as noise. "
    "Blue: in MC-MSE."
)


class BandBars(Themed, QWidget):
    """Bands from low to high, each with its share of OSI-SNR's noise and of MC-MSE."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._bands: tuple[tuple[str, float, float], ...] = ()
        self.setMinimumWidth(110)
        self.setToolTip(tooltip(BANDS_TIP))

    def show_bands(self, bands: Sequence[tuple[str, float, float]]) -> None:
        """(name, share of the noise, share of MC-MSE) of each band; nan draws no bar."""
        shown = tuple(bands)
        if repr(shown) != repr(self._bands):  # nan is never equal to itself
            self._bands = shown
            shares = [(name, words.percent(noise), words.percent(mc)) for name, noise, mc in shown]
            said = _("{band}: noise {noise}, MC-MSE {mc_mse}")
            names = [said.format(band=name, noise=noise, mc_mse=mc_mse) for name, noise, mc_mse in shares]
            self.setAccessibleName("; ".join(names))
            line = _("{band}: {noise} and {mc_mse}")
            lines = [line.format(band=name, noise=noise, mc_mse=mc_mse) for name, noise, mc_mse in reversed(shares)]
            self.setToolTip(tooltip("\n".join((BANDS_TIP, *lines))))
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Names left, bars right; the highest band on top, as in a spectrogram."""
        with QPainter(self) as painter:
            painter.setFont(tabular_font(SMALL_FONT_PIXELS))
            metrics, x = QFontMetricsF(painter.font()), 0.0
            for name, colour in ((_("OSI noise"), self._theme.loss_osi), ("MC-MSE", self._theme.loss_mc)):
                painter.fillRect(QRectF(x, LINE / 2 - 3, 6, 6), QColor(colour))
                painter.setPen(QColor(self._theme.muted))
                width = metrics.horizontalAdvance(name)
                painter.drawText(QRectF(x + 9, 0, width + 1, LINE), Qt.AlignmentFlag.AlignVCenter, name)
                x += width + 17
            if self._bands:
                height = min((self.height() - LINE) / len(self._bands), 20.0)
                left = max(metrics.horizontalAdvance(name) for name, *_shares in self._bands) + NAME_GAP
                for line, band in enumerate(reversed(self._bands)):
                    self._paint_band(painter, QRectF(0, LINE + line * height, self.width(), height), left, band)

    def _paint_band(self, painter: QPainter, box: QRectF, left: float, band: tuple[str, float, float]) -> None:
        name, *shares = band
        painter.setPen(QColor(self._theme.muted))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, box.top(), left - NAME_GAP, box.height()), right, name)
        room, middle = box.width() - left, box.center().y()
        colours = self._theme.loss_osi, self._theme.loss_mc
        for share, colour, y in zip(shares, colours, (middle - BAR, middle), strict=True):
            painter.fillRect(QRectF(left, y, room, BAR - 0.5), QColor(self._theme.hover))
            if math.isfinite(share):
                painter.fillRect(QRectF(left, y, room * share, BAR - 0.5), QColor(colour))


class FramePage(QWidget):
    """Shows inspections one after the other; what stands where does not change from frame to frame."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Inspection, int] | None = None
        self.mark = EstimateMark(theme, self)
        arrows_tip = _("The arrow keys go frame by frame, ten at a time with Shift")
        self.arrows = plain_label("", "muted", small=True, tip=arrows_tip, parent=self)
        self.status = plain_label("", "muted", wrap=True, small=True, parent=self)
        self.view = Segmented(("dB", "|x|^α", "MC-MSE"), _("what the curves show"), VIEW_TIP, self)
        self.spectrum, self.angle = SpectrumChart(theme, self), AngleChart(theme, self)
        self.bands = BandBars(theme, self)
        self.sentences = plain_label(steady=True, parent=self)
        self.formulas = FigureTable(theme, (1.5, 1.0, 1.0), explain.formula_tip(), n_rows=8, parent=self)
        self.lines = plain_label("", "muted", small=True, steady=True, tip=explain.formula_tip(), parent=self)
        self.share = plain_label("", "muted", small=True, steady=True, parent=self)
        self.companions = FigureTable(theme, (1.9, 1.0, 1.0), explain.companion_tip(), n_rows=12, parent=self)
        head = row_of((self.mark, 1), self.arrows), self.status, self.view
        pictures = self.spectrum, row_of((self.angle, 5), (self.bands, 6), spacing=GAP)
        texts = self.sentences, self.formulas, self.lines, self.share, self.companions, REST
        column_of(*head, *pictures, *texts, owner=self, margins=(MARGIN, GAP, MARGIN, GAP), spacing=GAP // 2 + 1)
        self.view.chosen.connect(lambda _index: self._show_curves())

    def show_frame(self, x: Inspection, index: int, chosen: str = "") -> None:
        """Show a frame of estimate `index`; `chosen` says how it was chosen."""
        self._shown = x, index
        self.mark.show_estimate(index, f"{estimate_letter(index)} · {explain.place_words(x)}")
        set_text(self.status, " · ".join(filter(None, (chosen, explain.status_words(x)))))
        self._show_curves()
        angle = f"θ {explain.angle_words(x.angle_deg)}" if math.isfinite(x.angle_deg) else _("no angle")
        osi = words.db(x.exact.osi_db) if x.exact.counted else ""
        self.angle.show_angle(x.angle_deg, angle, osi, colour=index, reversed_=x.correlation < 0)
        in_hertz = x.columns.bin_hz is not None
        self.bands.show_bands(
            [(explain.short_band_words(p.band, in_hertz), p.noise_share, p.mc_share) for p in x.bands]
        )
        set_text(self.sentences, "\n".join(explain.explain(x)))
        self.formulas.show_rows(explain.formula_rows(x))
        set_text(self.lines, "\n".join(explain.formula_lines(x)))
        set_text(self.share, explain.share_words(x))

    def show_arrows(self, shown: bool) -> None:
        """Whether the arrow keys belong to the panel."""
        set_text(self.arrows, _("← → frames") if shown else "")

    def share_height(self, height: int) -> None:
        """Pictures grow with the height there is to see, within limits."""
        self.spectrum.setFixedHeight(min(max(round(0.27 * height), 104), 220))
        for picture in (self.angle, self.bands):
            picture.setFixedHeight(min(max(round(0.22 * height), 88), 112))

    def _show_curves(self) -> None:
        if self._shown is not None:
            x, index = self._shown
            self.spectrum.show_curves(frame_curves(x, VIEWS[self.view.current]), index)
