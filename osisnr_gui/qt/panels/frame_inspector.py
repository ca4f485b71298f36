"""The frame inspector: which frame is wanted, getting it, showing its page, copying it.

The page of a frame: plots, sentences, both formulas, companion measures. Frames and measures of files are read on
threads of their own: a slow disk never holds up the window.
"""

import math
from collections.abc import Sequence
from functools import cached_property

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QWidget

from osisnr_gui.export.csv_files import columns_table, inspection_table
from osisnr_gui.qt.focus import own_keys
from osisnr_gui.qt.jobs import Jobs, close_jobs
from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS, Theme, Themed, tabular_font
from osisnr_gui.qt.panels.figure_table import EstimateMark, FigureTable
from osisnr_gui.qt.panels.layouts import REST, Segmented, column_of, row_of, scroll_inside
from osisnr_gui.qt.panels.plain_text import GAP, MARGIN, plain_label, set_text, tooltip
from osisnr_gui.qt.plots.charts.frame_charts import AngleChart, SpectrumChart
from osisnr_gui.qt.plots.time_link import TimeSpan
from osisnr_gui.session import words
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.inspection.inspection import CurveView, FrameCurves, Inspection
from osisnr_gui.session.inspection.inspector import FileMeasures, Inspector, find_frame, find_worst, measure_file
from osisnr_gui.session.pairs import PairAnalysis, PairKey
from osisnr_gui.session.segments.bad_segments import Facts
from osisnr_gui.session.session import Session
from osisnr_gui.text import explain
from osisnr_gui.text.catalogue import _
from osisnr_gui.text.files import error_words

HINT = _("Click a plot, or select a stretch: the frame at the cursor, or the one with the highest loss, is shown here.")
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
        self._bands: Sequence[tuple[str, float, float]] = []
        self.setMinimumWidth(110)
        self.setToolTip(tooltip(BANDS_TIP))

    def show_bands(self, bands: Sequence[tuple[str, float, float]]) -> None:
        """(name, share of the noise, share of MC-MSE) of each band; nan draws no bar."""
        if repr(bands) != repr(self._bands):  # nan is never equal to itself
            self._bands = bands
            line, percent = _("{band}: noise {noise}, MC-MSE {mc_mse}"), words.percent
            lines = [line.format(band=name, noise=percent(noise), mc_mse=percent(mc)) for name, noise, mc in bands]
            self.setAccessibleName("; ".join(lines))
            self.setToolTip(tooltip("\n".join((BANDS_TIP, *reversed(lines)))))
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Names left, bars right; the highest band on top, as in a spectrogram."""
        with QPainter(self) as painter:
            painter.setFont(tabular_font(SMALL_FONT_PIXELS))
            metrics, x = painter.fontMetrics(), 0.0
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
        self.formulas = FigureTable(theme, (1.5, 1.0, 1.0), explain.FORMULA_TIP, n_rows=8, parent=self)
        self.lines = plain_label("", "muted", small=True, steady=True, tip=explain.FORMULA_TIP, parent=self)
        self.share = plain_label("", "muted", small=True, steady=True, parent=self)
        self.companions = FigureTable(theme, (1.9, 1.0, 1.0), explain.COMPANION_TIP, n_rows=12, parent=self)
        head = row_of((self.mark, 1), self.arrows), self.status, self.view
        pictures = self.spectrum, row_of((self.angle, 5), (self.bands, 6), spacing=GAP)
        texts = self.sentences, self.formulas, self.lines, self.share, self.companions, REST
        column_of(*head, *pictures, *texts, owner=self, margins=(MARGIN, GAP, MARGIN, GAP), spacing=GAP // 2 + 1)
        self.view.chosen.connect(lambda _index: self._show_curves())

    def show_frame(self, x: Inspection, index: int, chosen: str = "") -> None:
        """Show a frame of estimate `index`; `chosen` says how it was chosen."""
        self._shown = x, index
        self.mark.show_estimate(index, f"{words.estimate_letter(index)} · {explain.place_words(x)}")
        set_text(self.status, " · ".join(filter(None, (chosen, explain.status_words(x)))))
        self._show_curves()
        angle = f"θ {explain.angle_words(x.angle_deg)}" if math.isfinite(x.angle_deg) else _("no angle")
        osi = words.db(x.exact.osi_db) if x.exact.counted else ""
        self.angle.show_angle(x.angle_deg, angle, osi, colour=index, reversed_=x.correlation < 0)
        in_hertz = x.columns.bin_hz is not None
        bands = [(explain.short_band_words(p.band, in_hertz), p.noise_share, p.mc_share) for p in x.bands]
        self.bands.show_bands(bands)
        set_text(self.sentences, "\n".join(explain.explain(x)))
        self.formulas.show_rows(explain.formula_rows(x))
        set_text(self.lines, "\n".join(explain.formula_lines(x)))
        set_text(self.share, explain.share_words(x))

    def fit_height(self, height: int) -> None:
        """Pictures grow with the height there is to see, within limits."""
        self.spectrum.setFixedHeight(min(max(round(0.27 * height), 104), 220))
        for picture in (self.angle, self.bands):
            picture.setFixedHeight(min(max(round(0.22 * height), 88), 112))

    def _show_curves(self) -> None:
        if self._shown is not None:
            x, index = self._shown
            self.spectrum.show_curves(FrameCurves(x, tuple(CurveView)[self.view.current]), index)


class FrameInspector(Themed, QWidget):
    """Shows the frame at the cursor, or the worst of the selection, whichever was set last.

    Nothing is read while it is out of sight. Left and Right ask for the frames beside the one on show.
    """

    frame_requested = Signal(int)
    page_made = Signal(QWidget)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.loader, self._measuring = Jobs("inspector", self), Jobs("measures", self)
        self._wanted: Facts | None = None  # what is being measured: the last wish only
        self._measures: dict[Facts, FileMeasures] = {}
        self._inspector = Inspector()  # touched by the worker only
        self._analysis = Analysis(Session())
        self._selected = 0
        self._place: float | TimeSpan = math.nan
        self.inspection: Inspection | None = None  # the frame on show
        self._asked: tuple[PairAnalysis, int] | None = None  # a pair, and the number of a frame on its reference's grid
        self._in_sight = True
        self.message = plain_label(HINT, "muted", wrap=True, parent=self)
        self.message.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        self._body = column_of(self.message)
        self._body.setAlignment(self.message, Qt.AlignmentFlag.AlignTop)
        scroll_inside(self, self._body)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.addAction(_("Copy this frame's numbers"), self.copy_numbers)
        self.addAction(_("Copy this frame as a table"), self.copy_columns)
        arrows = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right})
        own_keys(self, arrows, {QKeySequence.StandardKey.Copy: self.copy_numbers})
        self.loader.reported.connect(self._take)
        self.loader.failed.connect(self._fail)
        self._measuring.reported.connect(self._take_measures)
        self._show_message(HINT)

    def show_analysis(self, analysis: Analysis, selected: int) -> None:
        """Show the frame of another result; the frame on show is looked at anew only when its numbers changed."""
        self._analysis, self._selected = analysis, selected
        kept = {pair.score.facts for pair in analysis.pairs if pair.score is not None}
        # Facts hold whole files of frames.
        self._measures = {facts: measures for facts, measures in self._measures.items() if facts in kept}
        if self._wanted not in kept:
            self._wanted = None
            self._measuring.cancel()
        self._ask()

    def show_time(self, time: float) -> None:
        """The cursor is here now; nan: nowhere."""
        self._place = time
        self._ask()

    def show_selection(self, span: TimeSpan | None) -> None:
        """A stretch was selected: its worst frame."""
        if span is not None:
            self._place = span
            self._ask()

    def set_in_sight(self, in_sight: bool) -> None:
        """Whether it can be seen: behind another tab a widget counts as visible all the same."""
        self._in_sight = in_sight
        self._ask()

    def copy_numbers(self) -> None:
        """The frame's row of the CSV and all else that is shown, as lines of name and value."""
        if self.inspection is not None and self._pair is not None:
            table = inspection_table(self.inspection, self._pair.source.path, self.measures_of(self._pair))
            QApplication.clipboard().setText(table)

    def copy_columns(self) -> None:
        """Both columns, the scaled reference and the noise as a table."""
        if self.inspection is not None:
            QApplication.clipboard().setText(columns_table(self.inspection))

    def close_files(self) -> None:
        """Let go of the files; nothing is read any more."""
        self._asked = None
        close_jobs(self)
        self._inspector.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Frame by frame, ten at a time with Shift."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None and self.inspection is not None:
            many = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.frame_requested.emit(self.inspection.columns.frame + step * (10 if many else 1))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Say whose the arrow keys are: with the focus they are not the window's."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            set_text(self.page.arrows, _("← → frames") if event.type() == QEvent.Type.FocusIn else "")
        return super().event(event)

    def showEvent(self, event: QShowEvent) -> None:
        """In sight again: catch up."""
        super().showEvent(event)
        self._ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell the page how much there is to see of it."""
        super().resizeEvent(event)
        for page in self.findChildren(FramePage):
            page.fit_height(event.size().height())

    @cached_property
    def page(self) -> FramePage:
        """Made when there is a frame to show: no window waits for its plots to appear."""
        page = FramePage(self._theme, self)
        page.fit_height(self.height())
        page.hide()  # until it has a frame
        self._body.insertWidget(0, page)
        self.page_made.emit(page)
        return page

    @property
    def _pair(self) -> PairAnalysis | None:
        return self._analysis.pair_at(self._selected)

    def _ask(self) -> None:
        """Ask for the frame wanted now, unless it is on show or on its way already."""
        if not (self._in_sight and self.isVisible()):
            return
        pair, place = self._pair, self._place
        if pair is None or pair.score is None:
            self._forget(HINT if pair is None or pair.error is None else error_words(pair.error))
            return
        frame = find_worst(pair, *place) if isinstance(place, TimeSpan) else find_frame(pair, place)
        if frame is None:
            self._forget(HINT if isinstance(place, float) and math.isnan(place) else _("No frame was compared here."))
            return
        asked, number = self._asked or (None, -1)
        if asked is None or (number, asked.score, asked.key) != (frame, pair.score, pair.key):
            self._asked = pair, frame
            # What was asked for before and has not begun is forgotten.
            self.loader.start(lambda _job: (pair.key, self._inspector.inspect(pair, frame)))

    def _forget(self, message: str) -> None:
        """Nothing is wanted any more: what is on its way will be dropped, and the files are let go."""
        if self._asked is not None:
            self._asked = None
            self.loader.start(lambda _job: self._inspector.close())
        self._show_message(message)

    def _show_message(self, text: str) -> None:
        """Words in place of a frame."""
        self.inspection = None
        set_text(self.message, text)
        self.message.show()
        for page in self.findChildren(FramePage):
            page.hide()

    def _fail(self, words: str, details: str) -> None:
        template = _("The frame could not be read ({reason}).")
        self._show_message(template.format(reason=details.splitlines()[-1]) if details else words)

    def _take(self, found: tuple[PairKey, Inspection]) -> None:
        # A frame of the pair in view is shown though the cursor has moved on: what follows is on its way.
        if self._asked is None or self._asked[0].key != found[0]:
            return
        self.inspection = x = found[1]
        chosen = _("highest loss of the selection") if isinstance(self._place, TimeSpan) else ""
        self.page.show_frame(x, self._selected, chosen)
        self._show_companions()
        self.message.hide()
        self.page.show()

    def _show_companions(self) -> None:
        """This frame's and the file's: the latter are measured when somebody looks for the first time."""
        pair = self._pair
        if self.inspection is not None and pair is not None:
            self._measure(pair)
            self.page.companions.show_rows(explain.companion_rows(self.inspection, pair, self.measures_of(pair)))

    def measures_of(self, pair: PairAnalysis) -> FileMeasures | None:
        """The measures of a scored pair, where they are known."""
        return None if pair.score is None else self._measures.get(pair.score.facts)

    def _measure(self, pair: PairAnalysis) -> None:
        """Measure a pair whose pass is done, unless that has been tried or is under way; nothing else matters now."""
        facts = None if pair.score is None else pair.score.facts
        if facts is not None and facts.frames.complete and facts is not self._wanted and facts not in self._measures:
            self._wanted = facts
            # A file that cannot be read has no measures: the frame itself says why.
            self._measuring.start(lambda job: (facts, measure_file(pair, job.superseded)))

    def _take_measures(self, found: tuple[Facts, FileMeasures]) -> None:
        if found[0] is self._wanted:
            self._wanted = None
            self._measures[found[0]] = found[1]
            self._show_companions()
