"""The frame inspector: which frame is wanted, getting it, showing its page, copying it.

Frames and measures of files are read on threads of their own: a slow disk never holds up the window.
"""

import math
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from osisnr_gui.export.csv_files import columns_table, inspection_table
from osisnr_gui.io.errors import FileError
from osisnr_gui.qt.focus import own_keys
from osisnr_gui.qt.jobs import Job, Jobs
from osisnr_gui.qt.look.theme import Theme
from osisnr_gui.qt.panels.frame_page import FramePage
from osisnr_gui.qt.panels.layouts import column_of, scroll_inside
from osisnr_gui.qt.panels.plain_text import MARGIN, plain_label, set_text
from osisnr_gui.qt.plots.time_link import TimeSpan
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.inspection.inspection import Inspection
from osisnr_gui.session.inspection.inspector import FileMeasures, Inspector, find_frame, find_worst, measure_file
from osisnr_gui.session.pairs import PairAnalysis, PairKey
from osisnr_gui.session.segments.bad_segments import Facts
from osisnr_gui.session.session import Session
from osisnr_gui.text.catalogue import _
from osisnr_gui.text.explain import companion_rows

HINT = _("Click a plot, or select a stretch: the frame at the cursor, or the one with the highest loss, is shown here.")


class FrameLoader(Jobs):
    """`request` a frame; `loaded` brings it, or `failed` the reason. Results of pairs no longer wanted are dropped."""

    loaded = Signal(object)  # Inspection

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("inspector", parent)
        self._inspector = Inspector()  # touched by the worker only
        self._wanted: PairKey | None = None
        self.reported.connect(self._take)

    def request(self, pair: PairAnalysis, frame: int) -> None:
        """Ask for a frame of a scored pair; what was asked for before and has not begun is forgotten."""
        self._wanted = pair.key
        self.start(lambda _job: (pair.key, self._inspector.inspect(pair, frame)))

    def forget(self) -> None:
        """Nothing is wanted any more: what is on its way will be dropped, and the files are let go."""
        if self._wanted is not None:
            self._wanted = None
            self.start(lambda _job: self._inspector.close())

    def close(self) -> None:
        """Wait for the worker; afterwards nothing is emitted any more."""
        self._wanted = None
        super().close()
        self._inspector.close()

    def _take(self, found: tuple[PairKey, Inspection]) -> None:
        # A frame of the pair in view is shown though the cursor has moved on: what follows is on its way.
        if self._wanted == found[0]:
            self.loaded.emit(found[1])


class FileMeasurer(Jobs):
    """`want` a pair's measures; `changed` says that there are new ones to `find`. Only the last wish is worked on."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("measures", parent)
        self._wanted: Facts | None = None
        self._known: dict[Facts, FileMeasures | None] = {}
        self.reported.connect(self._take)

    def find(self, pair: PairAnalysis) -> FileMeasures | None:
        """The measures of a scored pair, where they are known."""
        return None if pair.score is None else self._known.get(pair.score.facts)

    def want(self, pair: PairAnalysis) -> None:
        """Measure a pair whose pass is done, unless that has been tried or is under way; nothing else matters now."""
        facts = None if pair.score is None else pair.score.facts
        if facts is not None and facts.frames.complete and facts is not self._wanted and facts not in self._known:
            self._wanted = facts
            self.start(partial(_measure, pair, facts))

    def keep_only(self, pairs: Sequence[PairAnalysis]) -> None:
        """Forget all but these: facts hold whole files of frames."""
        kept = {pair.score.facts for pair in pairs if pair.score is not None}
        self._known = {facts: measures for facts, measures in self._known.items() if facts in kept}
        if self._wanted not in kept:
            self._wanted = None
            self.cancel()

    def _take(self, found: tuple[Facts, FileMeasures | None]) -> None:
        if found[0] is self._wanted:
            self._wanted = None
            self._known[found[0]] = found[1]
            self.changed.emit()


def _measure(pair: PairAnalysis, facts: Facts, job: Job) -> tuple[Facts, FileMeasures | None]:
    """On the worker thread. A file that cannot be read has no measures: the frame itself says why."""
    try:
        return facts, measure_file(pair, job.superseded)
    except FileError:
        return facts, None


class FrameInspector(QWidget):
    """Shows the frame at the cursor, or the worst of the selection, whichever was set last.

    Nothing is read while it is out of sight. Left and Right ask for the frames beside the one on show.
    """

    frame_requested = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.loader, self.measurer = FrameLoader(self), FileMeasurer(self)
        self._analysis = Analysis(Session())
        self._selected = 0
        self._place: float | TimeSpan = math.nan
        self.inspection: Inspection | None = None  # the frame on show
        self._asked: tuple[PairAnalysis, int] | None = None  # a pair, and the number of a frame on its reference's grid
        self._in_sight = True
        self.page = FramePage(theme, self)
        self.message = plain_label(HINT, "muted", wrap=True, parent=self)
        self.message.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        body = column_of(self.page, self.message)
        body.setAlignment(self.message, Qt.AlignmentFlag.AlignTop)
        scroll_inside(self, body)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.addAction(_("Copy this frame's numbers"), self.copy_numbers)
        self.addAction(_("Copy this frame as a table"), self.copy_columns)
        arrows = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right})
        own_keys(self, arrows, {QKeySequence.StandardKey.Copy: self.copy_numbers})
        self.loader.loaded.connect(self._take)
        self.loader.failed.connect(self._fail)
        self.measurer.changed.connect(self._show_companions)
        self._show_message(HINT)

    def is_final(self) -> bool:
        """Whether what is shown is what will be shown."""
        return not self.loader.is_busy and not self.measurer.is_busy

    def show_analysis(self, analysis: Analysis, selected: int) -> None:
        """Show the frame of another result; the frame on show is looked at anew only when its numbers changed."""
        self._analysis, self._selected = analysis, selected
        self.measurer.keep_only(analysis.pairs)
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
            measures = self.measurer.find(self._pair)
            QGuiApplication.clipboard().setText(inspection_table(self.inspection, self._pair.source.path, measures))

    def copy_columns(self) -> None:
        """Both columns, the scaled reference and the noise as a table."""
        if self.inspection is not None:
            QGuiApplication.clipboard().setText(columns_table(self.inspection))

    def close_files(self) -> None:
        """Let go of the files; nothing is read any more."""
        self.loader.close()
        self.measurer.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Frame by frame, ten at a time with Shift."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None and self.inspection is not None:
            many = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.frame_requested.emit(self.inspection.columns.frame + step * (10 if many else 1))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Say whose the arrow keys are."""
        super().focusInEvent(event)
        self.page.show_arrows(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """They are the window's again."""
        super().focusOutEvent(event)
        self.page.show_arrows(False)

    def showEvent(self, event: QShowEvent) -> None:
        """In sight again: catch up."""
        super().showEvent(event)
        self._ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Pictures grow with the panel."""
        super().resizeEvent(event)
        self.page.share_height(event.size().height())

    @property
    def _pair(self) -> PairAnalysis | None:
        return self._analysis.pair_at(self._selected)

    def _ask(self) -> None:
        """Ask for the frame wanted now, unless it is on show or on its way already."""
        if not (self._in_sight and self.isVisible()):
            return
        pair, place = self._pair, self._place
        if pair is None or pair.score is None:
            self._forget(HINT if pair is None or pair.error is None else str(pair.error))
            return
        frame = find_worst(pair, *place) if isinstance(place, TimeSpan) else find_frame(pair, place)
        if frame is None:
            nowhere = isinstance(place, float) and math.isnan(place)
            self._forget(HINT if nowhere else _("No frame was compared here."))
            return
        asked, number = self._asked or (None, -1)
        if asked is None or (number, asked.score, asked.key) != (frame, pair.score, pair.key):
            self._asked = pair, frame
            self.loader.request(pair, frame)

    def _forget(self, message: str) -> None:
        self._asked = None
        self.loader.forget()
        self._show_message(message)

    def _show_message(self, text: str) -> None:
        """Words in place of a frame."""
        self.inspection = None
        set_text(self.message, text)
        self.message.show()
        self.page.hide()

    def _fail(self, words: str, details: str) -> None:
        template = _("The frame could not be read ({reason}).")
        self._show_message(template.format(reason=details.splitlines()[-1]) if details else words)

    def _take(self, x: Inspection) -> None:
        self.inspection = x
        chosen = _("highest loss of the selection") if isinstance(self._place, TimeSpan) else ""
        self.page.show_frame(x, self._selected, chosen)
        self._show_companions()
        self.message.hide()
        self.page.show()

    def _show_companions(self) -> None:
        """This frame's and the file's: the latter are measured when somebody looks for the first time."""
        pair = self._pair
        if self.inspection is not None and pair is not None:
            self.measurer.want(pair)
            self.page.companions.show_rows(companion_rows(self.inspection, pair, self.measurer.find(pair)))
