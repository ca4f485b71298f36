"""One frame in full: its columns, the angle between them, the formulas with its numbers, and three plain sentences."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from osisnr_gui.qt.file_measurer import FileMeasurer
from osisnr_gui.qt.frame_loader import FrameLoader, FrameWish
from osisnr_gui.qt.panels.band_bars import BandBars
from osisnr_gui.qt.panels.estimate_mark import EstimateMark
from osisnr_gui.qt.panels.figure_table import FigureTable
from osisnr_gui.qt.panels.own_keys import own_keys
from osisnr_gui.qt.panels.plain_text import GAP, MARGIN, NarrowScroll, SteadyLabel, plain_label, set_text, tooltip
from osisnr_gui.qt.panels.segmented import Segmented
from osisnr_gui.qt.plots.angle_plot import AnglePlot
from osisnr_gui.qt.plots.frame_spectrum import FrameSpectrum
from osisnr_gui.qt.plots.time_link import TimeSpan
from osisnr_gui.qt.theme import Theme
from osisnr_gui.session import words
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.explain import angle_words, explain, place_words, share_words, short_band_words, status_words
from osisnr_gui.session.inspection import Inspection
from osisnr_gui.session.inspection_curves import CurveView, frame_curves
from osisnr_gui.session.inspection_text import columns_table, inspection_table
from osisnr_gui.session.inspection_words import (
    companion_rows,
    companion_tip,
    formula_lines,
    formula_rows,
    formula_tip,
)
from osisnr_gui.session.inspector import find_frame, find_worst
from osisnr_gui.session.pairs import PairAnalysis

VIEWS = (CurveView.LEVEL, CurveView.COMPRESSED, CurveView.MC_MSE)
PLOT_PART, ANGLE_PART = 0.27, 0.22  # of the panel's height
PLOT_HEIGHTS, ANGLE_HEIGHTS = (104, 220), (88, 112)
HINT = "Click a plot, or select a stretch: the frame at the cursor, or the one with the highest loss, is shown here."
MANY = 10  # frames a step goes with Shift


class FrameInspector(QWidget):
    """Shows the frame at the cursor, or the worst of the selection, whichever was set last.

    Nothing is read while it is out of sight. Left and Right ask for the frames beside the one on show.
    """

    frame_requested = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.loader, self.measurer = FrameLoader(self), FileMeasurer(self)
        self._analysis: Analysis | None = None
        self._selected = 0
        self._place: float | TimeSpan | None = None
        self._shown: Inspection | None = None
        self._asked: FrameWish | None = None
        self._in_sight = True
        self.mark = EstimateMark(theme, self)
        self.status: QLabel = plain_label("", "muted", wrap=True, small=True, parent=self)
        self.message: QLabel = plain_label(HINT, "muted", wrap=True, parent=self)
        self.view = Segmented(
            (("dB", ""), ("|x|^α", ""), ("MC-MSE", "")),
            "what the curves show",
            "dB: levels of the scaled reference λs, the estimate e and the noise e − λs (samples over time as they "
            "are).\n|x|^α: the same three, each compressed by the α in force.\n"
            "MC-MSE: what MC-MSE compares: reference and estimate compressed by α, and their distance.",
            self,
        )
        self.spectrum = FrameSpectrum(theme, self)
        self.angle = AnglePlot(theme, self)
        self.bands = BandBars(theme, self)
        self.formulas = FigureTable(theme, (1.5, 1.0, 1.0), (1, 2), formula_tip(), n_rows=8, head=True, parent=self)
        self.lines = SteadyLabel("muted", small=True, parent=self)
        self.lines.setToolTip(tooltip(formula_tip()))
        self.companions = FigureTable(
            theme, (1.5, 1.0, 1.0), (1, 2), companion_tip(), n_rows=12, head=True, parent=self
        )
        self.share = SteadyLabel("muted", small=True, parent=self)
        self.sentences = SteadyLabel(parent=self)
        self._lay_out()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        own_keys(self, frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right}))
        self.view.chosen.connect(lambda _index: self._show_curves())
        self.loader.loaded.connect(self._take)
        self.loader.failed.connect(self._show_message)
        self.measurer.changed.connect(self._show_companions)
        self._show_message(HINT)

    @property
    def inspection(self) -> Inspection | None:
        """The frame on show."""
        return self._shown

    def is_final(self) -> bool:
        """Whether what is shown is what will be shown."""
        return not self.loader.is_busy and not self.measurer.is_busy

    def show_analysis(self, analysis: Analysis | None, selected: int) -> None:
        """Show the frame of another result; the frame on show is looked at anew only when its numbers changed."""
        self._analysis, self._selected = analysis, selected
        self.measurer.keep_only(analysis.pairs if analysis is not None else ())
        self._ask()

    def show_time(self, time: float) -> None:
        """The cursor is here now."""
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

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another look."""
        parts = (self.mark, self.spectrum, self.angle, self.bands, self.formulas, self.companions)
        for part in parts:
            part.set_theme(theme)

    def copy_numbers(self) -> None:
        """The frame's row of the CSV and all else that is shown, as lines of name and value."""
        if self._shown is not None and self._pair is not None:
            measures = self.measurer.find(self._pair)
            QGuiApplication.clipboard().setText(inspection_table(self._shown, self._pair.source.path, measures))

    def copy_columns(self) -> None:
        """Both columns, the scaled reference and the noise as a table."""
        if self._shown is not None:
            QGuiApplication.clipboard().setText(columns_table(self._shown))

    def close_files(self) -> None:
        """Let go of the files; nothing is read any more."""
        self.loader.close()
        self.measurer.close()

    def event(self, event: QEvent) -> bool:
        """The copy key copies the frame while the panel has the focus, whatever the window uses it for."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _copies(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Frame by frame, ten at a time with Shift; copy."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if _copies(event):
            self.copy_numbers()
        elif step is not None and self._shown is not None:
            many = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.frame_requested.emit(self._shown.columns.frame + step * (MANY if many else 1))
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Copy as text."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy this frame's numbers", self.copy_numbers)
        menu.addAction("Copy its columns as a table", self.copy_columns)
        menu.popup(event.globalPos())

    def showEvent(self, event: QShowEvent) -> None:
        """In sight again: catch up."""
        super().showEvent(event)
        self._ask()

    @property
    def _pair(self) -> PairAnalysis | None:
        pairs = self._analysis.pairs if self._analysis is not None else ()
        return pairs[self._selected] if 0 <= self._selected < len(pairs) else None

    def _ask(self) -> None:
        """Ask for the frame wanted now, unless it is on show or on its way already."""
        if not (self._in_sight and self.isVisible()) or self._analysis is None:
            return
        pair = self._pair
        if pair is None or pair.score is None:
            self._forget("" if pair is None or pair.error is None else str(pair.error))
            return
        place = self._place
        if place is None:
            self._forget(HINT)
            return
        frame = find_worst(pair, *place) if isinstance(place, TimeSpan) else find_frame(pair, place)
        if frame is None:
            nowhere = isinstance(place, float) and math.isnan(place)
            self._forget(HINT if nowhere else "No frame was compared here.")
            return
        asked = self._asked
        if asked is None or (asked.frame, asked.pair.score, asked.pair.key) != (frame, pair.score, pair.key):
            self._asked = FrameWish(pair, frame)
            self.loader.request(self._asked)

    def _forget(self, message: str) -> None:
        self._asked = None
        self.loader.forget()
        self._show_message(message or HINT)

    def _show_message(self, text: str) -> None:
        """Words in place of a frame."""
        self._shown = None
        set_text(self.message, text)
        self._page(False)

    def _take(self, _wish: FrameWish, x: Inspection) -> None:
        self._shown = x
        assert self._analysis is not None
        name = words.estimate_letter(self._selected)
        self.mark.show_estimate(self._selected, f"{name} · {place_words(x)}")
        chosen = "highest loss of the selection · " if isinstance(self._place, TimeSpan) else ""
        set_text(self.status, chosen + status_words(x))
        self._show_curves()
        self.angle.show_angle(
            x.angle_deg,
            f"θ {angle_words(x.angle_deg)}" if math.isfinite(x.angle_deg) else "no angle",
            words.db(x.exact.osi_db) if x.exact.counted else "",
            colour=self._selected,
            reversed_=x.correlation < 0,
        )
        in_hertz = x.columns.framing is not None
        self.bands.show_bands([(short_band_words(p.band, in_hertz), p.noise_share, p.mc_share) for p in x.bands])
        self.formulas.show_rows(formula_rows(x))
        set_text(self.lines, "\n".join(formula_lines(x)))
        self._show_companions()
        set_text(self.share, share_words(x))
        set_text(self.sentences, "\n".join(explain(x)))
        self._page(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Pictures grow with the panel, within limits."""
        super().resizeEvent(event)
        height = event.size().height()
        self.spectrum.setFixedHeight(_within(PLOT_PART * height, PLOT_HEIGHTS))
        for picture in (self.angle, self.bands):
            picture.setFixedHeight(_within(ANGLE_PART * height, ANGLE_HEIGHTS))

    def _show_curves(self) -> None:
        if self._shown is not None:
            self.spectrum.show_curves(frame_curves(self._shown, VIEWS[self.view.current]), self._selected)

    def _show_companions(self) -> None:
        """This frame's and the file's: the latter are measured when somebody looks for the first time."""
        pair = self._pair
        if self._shown is not None and pair is not None:
            self.measurer.want(pair)
            self.companions.show_rows(companion_rows(self._shown, pair, self.measurer.find(pair)))

    def _page(self, frame: bool) -> None:
        """The frame's page, or the message."""
        self.message.setVisible(not frame)
        self._body.setVisible(frame)

    def _lay_out(self) -> None:
        self._body = body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(MARGIN, GAP, MARGIN, GAP)
        column.setSpacing(GAP // 2 + 1)
        pictures = QHBoxLayout()
        pictures.setSpacing(GAP)
        pictures.addWidget(self.angle, 5)
        pictures.addWidget(self.bands, 6)
        for part in (self.mark, self.status, self.view, self.spectrum):
            column.addWidget(part)
        column.addLayout(pictures)
        for part in (self.sentences, self.formulas, self.lines, self.share, self.companions):
            column.addWidget(part)
        column.addStretch(1)
        holder = QWidget()
        rows = QVBoxLayout(holder)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(body)
        self.message.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        rows.addWidget(self.message, 0, Qt.AlignmentFlag.AlignTop)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(NarrowScroll(holder, self))


def _copies(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Copy)


def _within(height: float, limits: tuple[int, int]) -> int:
    return min(max(round(height), limits[0]), limits[1])
