"""The list of bad segments, what makes a frame bad, and which frames carry the loss."""

from functools import partial
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from osisnr_gui.core.bad_frames import LossShares
from osisnr_gui.export.csv_files import segments_csv
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.panels.layouts import Segmented, column_of, row_of, tool_button
from osisnr_gui.qt.panels.plain_text import GAP, MARGIN, plain_label, set_text, tooltip
from osisnr_gui.qt.panels.segments_model import CriterionBar, Listed, SegmentsModel
from osisnr_gui.qt.panels.table import ROW_HEIGHT, CopyTable
from osisnr_gui.qt.plots.charts.panel_charts import ShareChart
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.scores import PairScore, SegmentTable, set_carriers
from osisnr_gui.session.segments.bad_segments import Facts
from osisnr_gui.session.session import Criterion, Session
from osisnr_gui.session.words import estimate_letter
from osisnr_gui.text import segment_words
from osisnr_gui.text.catalogue import _
from osisnr_gui.text.segment_words import other_letter

#: A selection is a segment when it shares at least this part of the time both cover together.
SAME_PART = 0.5
CELL_PADDING = 9
CARRIER_TIP = _(
    "Method 1 is the mean of 1/OSI-SNR (exact, active frames), so a few frames near 0 dB can decide it.\n"
    "Click or drag in the curve: the frames up to there are listed and shaded, however quiet or short they are."
)


class BadSegmentsPanel(QWidget):
    """Follows the threshold live while it is in sight; out of sight it works out its table when that is asked for."""

    edit_requested = Signal(object, str)
    chosen = Signal(int)  # bring it into view: a segment of it was chosen
    segment_shown = Signal(float, float)  # go there: select and zoom
    segment_activated = Signal(float, float)  # and listen to it

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._analysis, self._selected = Analysis(Session()), 0
        self._shown: object = None
        self._shares: tuple[Facts, LossShares] | None = None
        self._span: tuple[float, float] | None = None
        self._seen, self._curve_chosen = True, False
        self._arrived = -1  # the row that was gone to by becoming the current one
        self.model = SegmentsModel()
        self.criterion = CriterionBar(theme, self.edit_requested.emit, self)
        scope_tip = _("Whose segments are listed; one of another estimate brings that into view")
        self.scope = Segmented((_("this estimate"), _("all estimates")), _("Bad segments"), scope_tip, self)
        self.sentence = plain_label("", "muted", wrap=True, small=True, parent=self)
        self.table = CopyTable(self.model, _("Bad segments"), self)
        self.carriers = plain_label("", "muted", wrap=True, small=True, tip=CARRIER_TIP, parent=self)
        self.plot = ShareChart(theme, self)
        curve_tip = _("Show or hide which frames carry the loss, as a curve")
        right, beside = Qt.ArrowType.RightArrow, Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        looks: dict[str, Any] = {"parent": self, "checkable": True, "arrowType": right, "toolButtonStyle": beside}
        self.curve = tool_button(_("curve"), curve_tip, partial(setattr, self, "_curve_chosen", True), **looks)
        self.plot.setToolTip(tooltip(CARRIER_TIP))
        self._set_up_table()
        self._lay_out()
        self.scope.chosen.connect(self._refresh)
        self.plot.frames_requested.connect(self._take_carriers)
        self._refresh()

    def show_analysis(self, analysis: Analysis, selected: int) -> None:
        """Show the segments of one estimate; nothing is done when they are on screen already."""
        self.scope.setVisible(len(analysis.pairs) > 1)
        self._analysis, self._selected = analysis, selected
        self.criterion.show_session(analysis.session, selected)
        if self._seen:
            self._refresh()

    def set_seen(self, seen: bool) -> None:
        """Whether the panel is in sight."""
        self._seen = seen
        if seen:
            self._refresh()

    def show_selection(self, span: tuple[float, float] | None) -> None:
        """Mark the segment that is selected on the plots, if it is one."""
        self._span = span
        if self._seen:
            self._mark()

    def step(self, direction: int) -> str:
        """To the next (previous) segment in the order of the rows, round the ends; what to say about it."""
        self._refresh()
        n_rows = self.model.rowCount()
        if not n_rows:
            shown = self.model.shown
            return segment_words.no_segment_words(*(None, "") if shown is None else (shown.table, shown.other))
        place = self._place_of_selection()
        before = -1 if direction > 0 else n_rows
        row = ((before if place is None else self.model.row(place)) + direction) % n_rows
        self._show_row(row)
        return _("Bad segment {k} of {n}, {order}").format(k=row + 1, n=n_rows, order=self.model.order_words)

    def go_to(self, time: float) -> bool:
        """Go to the segment at a time; False where there is none."""
        self._refresh()
        place = self.model.place_of(None if self.model.table is None else self.model.table.place_at(time))
        if place is not None:
            self._show_row(self.model.row(place))
        return place is not None

    def csv(self) -> bytes | None:
        """Those of the estimate in view in the order of the rows; None where there is nothing to save."""
        self._refresh()
        shown = self.model.shown
        if shown is None:
            return None
        order = [place for of, place in map(self.model.at, self.model.order.tolist()) if of is shown]
        pair = self._analysis.pairs[self._selected]
        names = "" if pair.reference is None else pair.reference.source.path, pair.source.path
        return segments_csv(shown.table, order, shown.notes, names, shown.other)

    def _refresh(self) -> None:
        """Make the table that of the score in view, or of all of them."""
        session, pairs, pair = self._analysis.session, self._analysis.pairs, self._analysis.pair_at(self._selected)
        score = None if pair is None else pair.score
        places = [place for place in range(len(pairs)) if self.scope.current == 1 or place == self._selected]
        found = [(place, each, other_letter(session, place)) for place in places if (each := pairs[place].score)]
        shown = found, session.notes
        if score is not None and self._shown == shown and self.model.in_view == self._selected:
            return
        self.model.in_view = self._selected
        if shown != self._shown:  # else the rows stay where they are
            self._shown = shown
            self._show_lists([(place, SegmentTable(each), other) for place, each, other in found])
        of, template = self.model.shown, _("{n} in all. {letter}: {sentence}") if len(found) > 1 else "{sentence}"
        said = "" if of is None else segment_words.counts_sentence(of.table, of.other)
        values = {"n": self.model.n_places(), "letter": estimate_letter(self._selected), "sentence": said}
        set_text(self.sentence, said and template.format(**values))
        self.sentence.setToolTip("" if of is None else tooltip(segment_words.counts_tip(of.table, of.other)))
        self._show_shares(score)
        self._mark()

    def _show_lists(self, tables: list[tuple[int, SegmentTable, str]]) -> None:
        notes = self._analysis.session.notes
        self.model.show_lists([Listed(place, table, table.notes_of(notes), other) for place, table, other in tables])
        for key in ("worst", "estimate"):
            self.table.setColumnHidden(self.model.section(key), not self.model.has(key))
        # Room for the longest time of this file.
        section, n_rows = self.model.section("start"), self.model.n_places()
        column = self.model.columns[section]
        longest = self.model.text(n_rows - 1, column) if n_rows else ""
        self.table.fit_column(section, self.model.title(column), longest, CELL_PADDING)

    def _show_shares(self, score: PairScore | None) -> None:
        if score is None:
            self._shares = None
        elif self._shares is None or self._shares[0] is not score.facts:
            facts = score.facts
            self._shares = facts, LossShares(facts.frames.exact_osi_db, facts.active)
        shares = None if self._shares is None else self._shares[1]
        self.criterion.score = score
        self.criterion.presets.setEnabled(score is not None)
        set_text(self.carriers, "" if shares is None else segment_words.carriers_sentence(shares))
        by_osi = score is not None and score.bad.choice.criterion is Criterion.OSI
        self.plot.show_shares(shares, score.bad.n_under if score is not None and by_osi else 0)

    def _take_carriers(self, n_frames: int) -> None:
        if self._shares is not None:
            self.edit_requested.emit(partial(set_carriers, shares=self._shares[1], n_frames=n_frames), "threshold")

    def _place_of_selection(self) -> int | None:
        """The segment that the selected stretch is, give or take a moved limit."""
        table, span = self.model.table, self._span
        if table is None or span is None:
            return None
        place = table.place_like(*span)
        if place is None:
            return None
        start, stop = table.span(place)
        shared = min(stop, span[1]) - max(start, span[0])
        is_same = shared >= SAME_PART * (max(stop, span[1]) - min(start, span[0]))
        return self.model.place_of(place) if is_same else None

    def _mark(self) -> None:
        """Make the row of the selected segment the current one; none when no segment is selected."""
        row = self.model.row(self._place_of_selection())
        if row == self.table.chosen_row:
            return
        if row < 0:
            self.table.selectionModel().clear()
        else:
            self.table.choose_row(row)

    def _show_row(self, row: int, *, plays: bool = False) -> None:
        of, place = self.model.at(self.model.place(row))
        if of.estimate != self._selected:
            self.chosen.emit(of.estimate)
            self.show_analysis(self._analysis, of.estimate)
        (self.segment_activated if plays else self.segment_shown).emit(*of.table.span(place))

    def _take_row(self, row: int) -> None:
        self._arrived = row
        self._show_row(row)

    def _take_click(self, index: QModelIndex) -> None:
        """A click on the row that is current already goes there again; on any other the row change did."""
        if index.row() != self._arrived:
            self._show_row(index.row())
        self._arrived = -1

    def _set_up_table(self) -> None:
        table = self.table
        table.setMinimumHeight(4 * ROW_HEIGHT)
        header = table.horizontalHeader()
        header.setMinimumSectionSize(24)
        header.setStyleSheet("QHeaderView::section { padding: 4px; }")
        table.fit_columns(CELL_PADDING)
        header.resizeSection(self.model.section("note"), 90)
        header.setStretchLastSection(True)
        header.moveSection(self.model.section("estimate"), 1)
        table.clicked.connect(self._take_click)
        table.activated.connect(lambda index: self._show_row(index.row(), plays=True))
        table.row_chosen.connect(self._take_row)
        table.add_copy_menu()

    def _lay_out(self) -> None:
        arrows = Qt.ArrowType
        self.curve.toggled.connect(lambda on: self.curve.setArrowType(arrows.DownArrow if on else arrows.RightArrow))
        self.curve.toggled.connect(self.plot.setVisible)
        self.plot.hide()
        inset = (MARGIN, 0, MARGIN, 0)
        above = column_of(self.criterion, self.scope, self.sentence, margins=inset, spacing=GAP)
        below = column_of(row_of((self.carriers, 1), self.curve), self.plot, margins=inset, spacing=GAP)
        column_of(above, (self.table, 1), below, owner=self, margins=(0, GAP, 0, GAP), spacing=GAP)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The curve is there where the list keeps enough rows; until the user decides."""
        super().resizeEvent(event)
        if not self._curve_chosen:
            self.curve.setChecked(self.height() >= 560)
