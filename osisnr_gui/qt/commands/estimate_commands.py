"""Commands about the estimate in view: moving it in time, and its ghosts, what it was before it was read again."""

import math
import time
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QMainWindow

from osisnr_gui.qt.dialogs.estimate_dialogs import DelayDialog
from osisnr_gui.qt.jobs import Job, Jobs
from osisnr_gui.qt.panels.plain_text import set_text
from osisnr_gui.qt.plots.charts.chart import Chart
from osisnr_gui.qt.presenters.differences import ShownGhost, ghost_of, value_at
from osisnr_gui.qt.views import Views
from osisnr_gui.session import edits, words
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.comparison.difference import Change, Ghost, Ghosts, find_change
from osisnr_gui.session.scores import osi_db_of
from osisnr_gui.session.segments.bad_segments import Facts
from osisnr_gui.session.session import Session, Source
from osisnr_gui.text.catalogue import _
from osisnr_gui.text.comparison import MeasuredDelay, change_sentence, ghost_name, measured_delay


class DelayCommands:
    """Moves the estimate in view; one dialog at a time for any estimate."""

    def __init__(self, window: QMainWindow, views: Views, show_menu: Callable[[QPoint, Chart], None]) -> None:
        """`show_menu` : of a right click on a chart, at a place on the screen."""
        self._window, self._views, self._show_menu = window, views, show_menu
        self.dialog: DelayDialog | None = None
        self._source: Source | None = None
        views.sources.delay_requested.connect(self.open)

    @property
    def can_move(self) -> bool:
        """Whether the estimate in view is sound, and on screen."""
        pairs, source = self._views.store.analysis.pairs, self.in_view
        return source is not None and any(p.source.path == source.path and p.sample_rate for p in pairs)

    @property
    def can_align(self) -> bool:
        """Whether its delay is known for certain, and another than the one that is taken out."""
        source = self.in_view
        shown = self._measured(source) if self.can_move else None
        return source is not None and shown is not None and shown.delay.certain and shown.delay.samples != source.delay

    def open(self, source: Source | None) -> None:
        """Show the dialog for an estimate, if there is one."""
        if source is None:
            return
        if self.dialog is not None and self._source is not None and source.signal != self._source.signal:
            self.dialog.forget()
        self._source = source
        if self.dialog is None:
            self.dialog = dialog = DelayDialog(self._views.themes.theme, self._window)
            dialog.delay_requested.connect(self._set_shown)
            dialog.undo.clicked.connect(self._views.store.undo)
            dialog.redo_requested.connect(self._views.store.redo)
            for chart in dialog.plots:
                chart.context_menu_requested.connect(self._show_menu)
        self.dialog.show()
        self.dialog.activateWindow()
        self.show_analysis()

    @property
    def in_view(self) -> Source | None:
        """The estimate in view."""
        estimates, index = self._views.store.session.estimates, self._views.selection.index
        return estimates[index] if index < len(estimates) else None

    def _measured(self, source: Source | None) -> MeasuredDelay | None:
        store = self._views.store
        return None if source is None else measured_delay(store.session, store.analysis, source)

    def align(self) -> None:
        """Take its measured delay out."""
        shown = self._measured(self.in_view)
        if shown is not None and shown.delay.certain:
            self.change(edits.set_delay, delay=shown.delay.samples)

    def change(self, edit: Callable[..., Session], *, merges: bool = False, **what: int) -> None:
        """Edit what the session says of the estimate in view. merges : a burst of these is one step for undo."""
        if (source := self.in_view) is not None:
            key = f"delay {source.signal}" if merges else ""
            self._views.store.edit(partial(edit, estimate=source, **what), key)

    def _set_shown(self, delay: int) -> None:
        if (source := self._source) is not None:
            edit = partial(edits.set_delay, estimate=source, delay=delay)
            self._views.store.edit(edit, f"delay {source.signal}")

    def show_analysis(self, *_: object) -> None:
        """Show what has become known, while the dialog is open; no dialog without its file."""
        store, shown = self._views.store, self._source
        if self.dialog is None or shown is None or not self.dialog.isVisible():
            return
        source = next((source for source in store.session.estimates if source.signal == shown.signal), None)
        if source is None:
            self.dialog.close()
            return
        previous = store.history.previous
        # Only what moved this estimate is taken back from here.
        can_undo = previous is not None and edits.set_delay(previous, source, source.delay) == store.session
        self.dialog.show_delay(self._measured(source), source.delay, can_undo=can_undo)


class _Wish(NamedTuple):
    """What is to be known of a ghost: its facts at a silence limit, and what became of it. now : the present facts."""

    place: int
    source: Source
    ghost: Ghost
    now: Facts | None
    silence_db: float


class GhostCommands(QObject):
    """Follows the store; what takes long at hours of frames is worked out on a thread of its own."""

    changed = Signal()

    def __init__(self, window: QObject, views: Views) -> None:
        super().__init__(window)
        self._views = views
        self._ghosts = Ghosts()
        self._wishes: tuple[_Wish, ...] = ()
        self._found: dict[_Wish, tuple[Facts, Change | None]] = {}
        self.shown: tuple[ShownGhost, ...] = ()
        self.jobs = Jobs("ghosts", self)
        self.jobs.reported.connect(self._take_found)

    @property
    def in_view(self) -> ShownGhost | None:
        """The ghost of the estimate in view."""
        return ghost_of(self.shown, self._views.selection.index)

    def show_sentence(self, *_: object) -> None:
        """Say beside the numbers what became of the estimate in view."""
        set_text(self._views.loss.change, self.sentence(), hides=True)

    def sentence(self) -> str:
        """What became of the estimate in view; empty without a ghost."""
        shown = self.in_view
        if shown is None or shown.change is None:
            return ""
        return change_sentence(shown.place, shown.ghost, shown.change, time.time())

    def readout(self, when: float) -> dict[str, str]:
        """OSI-SNR of the ghost of the estimate in view at a time, by field of the readout, and the difference."""
        shown, pair = self.in_view, self._views.plots.pair
        if shown is None or pair is None or pair.score is None:
            return {}
        values = osi_db_of(shown.facts, pair.score.loss.formula), pair.score.osi_db
        frames = shown.facts.frames, pair.score.facts.frames
        before, now = (value_at(v, f.first_time, f.grid.step, when) for v, f in zip(values, frames, strict=True))
        change = now - before
        if math.isnan(before) or before == -math.inf:  # silent, by the literal formula
            return {"ghost": ""}
        if math.isnan(change) or change == -math.inf:
            return {"ghost": _("was {before}").format(before=words.db(before))}
        signed = f"{'+' if change > 0 else ''}{words.db(change)}"
        return {"ghost": _("was {before} ({change})").format(before=words.db(before), change=signed)}

    def show_analysis(self, analysis: Analysis, _selected: int) -> None:
        """Find out what became of estimates that were read again."""
        self._ghosts.take(analysis, time.time())
        self._follow(analysis)

    def _follow(self, analysis: Analysis) -> None:
        """Work out what is not known yet; what is known is shown at once."""
        session, wishes = analysis.session, []
        for place, pair in enumerate(analysis.pairs):
            ghost = self._ghosts.find(session, pair)
            if ghost is not None:
                done = pair.score is not None and pair.score.facts.frames.complete
                now = pair.score.facts if done and pair.score is not None else None
                wishes.append(_Wish(place, pair.source, ghost, now, session.silence_db))
        if tuple(wishes) == self._wishes:
            return
        self._wishes = tuple(wishes)
        self._found = {wish: found for wish, found in self._found.items() if wish in self._wishes}
        missing = [wish for wish in wishes if wish not in self._found]
        if missing:
            self.jobs.start(partial(_work, missing))
        else:
            self.jobs.cancel()
        self._show()

    def _take_found(self, result: tuple[_Wish, Facts, Change | None]) -> None:
        wish, facts, change = result
        if wish in self._wishes:
            self._found[wish] = facts, change
            self._show()

    def _show(self) -> None:
        now, shown = time.time(), []
        for wish in self._wishes:
            facts, change = self._found.get(wish, (wish.ghost.facts, None))
            name = ghost_name(wish.place, wish.ghost, now)
            shown.append(ShownGhost(wish.place, wish.source, wish.ghost, name, facts, change))
        self.shown = tuple(shown)
        self._views.plots.show_ghosts(self.shown)
        self.show_sentence()
        self.changed.emit()

    def pin(self) -> None:
        """Keep it through further reloads, or no more."""
        shown = self.in_view
        if shown is not None:
            self._ghosts.pin(shown.source, pinned=not shown.ghost.pinned)
            self._follow(self._views.store.analysis)

    def forget(self) -> None:
        """Remove all of them."""
        self._ghosts.forget()
        self._follow(self._views.store.analysis)


def _work(wishes: list[_Wish], job: Job) -> None:
    """On the worker thread."""
    for wish in wishes:
        if job.superseded():
            return
        facts = wish.ghost.facts_at(wish.silence_db)
        job.report((wish, facts, None if wish.now is None else find_change(wish.now, facts)))
