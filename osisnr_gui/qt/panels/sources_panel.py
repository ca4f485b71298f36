"""The files of the comparison: a row each, roles one click away."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from osisnr_gui.qt.look.theme import Theme, Themed, tint
from osisnr_gui.qt.panels.layouts import REST, column_of, push_button, row_of, tool_button
from osisnr_gui.qt.panels.plain_text import GAP, MARGIN, NarrowScroll, plain_label, tooltip
from osisnr_gui.qt.panels.source_row import RowState, SourceRow, SourceSignals
from osisnr_gui.session import edits
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.file_changes import FileChange
from osisnr_gui.session.guess import Role
from osisnr_gui.session.session import Session, Source
from osisnr_gui.session.words import estimate_letter, short_names
from osisnr_gui.text.catalogue import _
from osisnr_gui.text.files import title

#: Of more estimates than this only the one in view says what it is: the list would be longer than the panel.
MOST_IN_FULL = 4
DROP_WORDS = _("Drop files anywhere to add them; with Alt they replace these.")


def row_states(
    analysis: Analysis, selected: int, changes: tuple[FileChange, ...], contents: Mapping[str, str]
) -> list[RowState]:
    """A row for each track, references first, estimates in order, then the mixture."""
    references = analysis.references
    several = tuple(map(title, references)) if len(references) > 1 else ()
    rows = [RowState(track, Role.REFERENCE, k, track.error, references=several) for k, track in enumerate(references)]
    many = len(analysis.pairs) > MOST_IN_FULL
    for index, pair in enumerate(analysis.pairs):
        error, partner = pair.error or pair.estimate.error, analysis.session.partner_of(index)
        count = 1 if pair.reference is None else pair.reference.channels
        shown = index == selected, index in analysis.session.hidden, several, partner, count
        brief = many and index != selected and error is None
        rows.append(RowState(pair.estimate, Role.ESTIMATE, index, error, *shown, brief=brief))
    if analysis.mixture is not None:
        rows.append(RowState(analysis.mixture, Role.MIXTURE, error=analysis.mixture.error))
    changed, paths = {change.path: change for change in changes}, [row.track.source.path for row in rows]
    estimates = [pair.estimate.source.path for pair in analysis.pairs]
    shorts = dict(zip(paths, short_names(paths), strict=True))
    if len(estimates) > 1:
        # What tells estimates apart, not what tells them from the reference as well.
        shorts.update(zip(estimates, short_names(estimates), strict=True))
    return [
        replace(row, change=changed.get(path), content=contents.get(path, ""), short=shorts[path])
        for row, path in zip(rows, paths, strict=True)
    ]


class SourcesPanel(Themed, SourceSignals):
    """Rows, and under them add and swap."""

    add_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._states: list[RowState] = []
        self._estimate: Source | None = None
        self._changes: tuple[FileChange, ...] = ()
        self._contents: Mapping[str, str] = {}
        self._analysis: tuple[Analysis, int] = (Analysis(Session()), 0)
        self.rows: list[SourceRow] = []
        body = QWidget()
        self._column = column_of(REST, owner=body, spacing=0)
        self.hint = plain_label(DROP_WORDS, "muted", wrap=True, small=True, parent=self)
        add = _("Compare one more file with the same reference (Ctrl+I)")
        self.add_button = push_button(_("Add estimate…"), add, self.add_requested.emit, parent=self)
        self.swap_button = tool_button("", "", self._swap, parent=self, accessibleName=_("Swap reference and estimate"))
        self.scroller = NarrowScroll(body, self)
        self.swap_button.setEnabled(False)
        for button, name in ((self.add_button, "add"), (self.swap_button, "swap")):
            button.setIconSize(QSize(16, 16))
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            tint(button, name, theme)
        buttons = row_of((self.add_button, 1), self.swap_button, spacing=GAP)
        bottom = column_of(buttons, self.hint, margins=(MARGIN, GAP, MARGIN, GAP), spacing=GAP)
        column_of((self.scroller, 1), bottom, owner=self, spacing=0)

    def show_analysis(self, analysis: Analysis, selected: int) -> None:
        """Show the files of an analysis."""
        self._analysis = analysis, selected
        self._show_states()

    def _show_states(self) -> None:
        """Rows as things are; nothing is done when they are on screen already."""
        states = row_states(*self._analysis, self._changes, self._contents)
        if states == self._states and (states or self._estimate is None):
            return
        self._states = states
        for row, state in zip(self.rows, states, strict=False):
            row.show_state(state)
        for state in states[len(self.rows) :]:
            row = SourceRow(self._theme, self, state)
            self._column.insertWidget(len(self.rows), row)
            self.rows.append(row)
        while len(self.rows) > len(states):
            # Not deleted at once: the click that removes a file comes from inside its row.
            row = self.rows.pop()
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        current = next((state for state in states if state.selected), None)
        before, self._estimate = self._estimate, None if current is None else current.track.source
        if current is not None and before != self._estimate:
            # Once it is laid out: scroll to it.
            shown = self.rows[states.index(current)]
            QTimer.singleShot(0, shown, partial(self.scroller.ensureWidgetVisible, shown, 0, 0))
        self.swap_button.setEnabled(current is not None and any(state.role is Role.REFERENCE for state in states))
        tip = _("Let the reference and the estimate change places")
        if current is not None:
            tip = _("Let the reference and {name} change places").format(name=estimate_letter(current.index))
        self.swap_button.setToolTip(tooltip(tip))

    def set_changes(self, changes: tuple[FileChange, ...]) -> None:
        """Files that are not as they were read."""
        self._changes = changes
        self._show_states()

    def set_contents(self, contents: Mapping[str, str]) -> None:
        """SHA-256 of the files that were hashed, by path."""
        self._contents = contents
        self._show_states()

    def _swap(self) -> None:
        if self._estimate is not None:
            self.edit_requested.emit(partial(edits.swap, estimate=self._estimate), "")
