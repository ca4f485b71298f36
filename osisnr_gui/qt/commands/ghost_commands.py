"""Ghosts: what estimates were before their files were read again, drawn, told in a sentence, kept or forgotten."""

import math
import time
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from osisnr_gui.qt.jobs import Job, Jobs
from osisnr_gui.qt.presenters.shown_curves import ShownGhost, ghost_of
from osisnr_gui.qt.views import Views
from osisnr_gui.session import words
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.comparison.ghosts import Change, Ghost, Ghosts, find_change
from osisnr_gui.session.facts import Facts
from osisnr_gui.session.scores import osi_db_of
from osisnr_gui.session.session import Source
from osisnr_gui.text.catalogue import _
from osisnr_gui.text.comparison import change_sentence, ghost_name


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
        self._job = Jobs("ghosts", self)
        self._job.reported.connect(self._take_found)

    @property
    def is_busy(self) -> bool:
        """Whether something about them is being worked out."""
        return self._job.is_busy

    @property
    def in_view(self) -> ShownGhost | None:
        """The ghost of the estimate in view."""
        return ghost_of(self.shown, self._views.selection.index)

    @property
    def is_pinned(self) -> bool:
        """Whether that one stays."""
        return self.in_view is not None and self.in_view.ghost.pinned

    def show_sentence(self, *_: object) -> None:
        """Say beside the numbers what became of the estimate in view."""
        self._views.loss.show_change(self.sentence())

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
        old, new = shown.facts.frames, pair.score.facts.frames
        at, now = (round((when - frames.first_time) / frames.grid.step) for frames in (old, new))
        if not (0 <= at < old.n_frames and 0 <= now < new.n_frames):
            return {"ghost": ""}
        before = float(osi_db_of(shown.facts, pair.score.loss.formula)[at])
        change = float(pair.score.osi_db[now]) - before
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
            self._job.start(partial(_work, missing))
        else:
            self._job.cancel()
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
