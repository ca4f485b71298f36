"""Notes: writing one on what is selected, and going to one."""

from __future__ import annotations

import math
from functools import partial

from osisnr_gui.qt.views import Views
from osisnr_gui.session import edits
from osisnr_gui.session.session import Note

CONTEXT = 1.0  # a note is shown with this many times its length on both sides
LEAST_CONTEXT_SECONDS = 0.5


class NoteCommands:
    """What can be done with notes. Holds no state."""

    def __init__(self, views: Views) -> None:
        self._views = views
        views.notes.add_requested.connect(self.add)
        views.notes.go_requested.connect(self.go)

    def add(self) -> None:
        """An empty note on the selection, else at the cursor, else in the middle of what is seen; then type."""
        self._views.notes.finish_typing()
        link = self._views.plots.link
        middle = 0.5 * (link.visible.start + link.visible.stop)
        cursor = link.cursor if math.isfinite(link.cursor) else middle
        note = Note(*(link.selection or (cursor, cursor)))
        if note not in self._views.store.session.notes:
            self._views.store.edit(partial(edits.add_note, note=note))
        self._views.notes.start_typing(note)

    def go(self, start: float, stop: float) -> None:
        """Show a note with what is round it."""
        link = self._views.plots.link
        step = 1.0 if link.unit == "s" else 125.0
        around = max(CONTEXT * (stop - start), LEAST_CONTEXT_SECONDS * step)
        if not (link.visible.start <= start and stop <= link.visible.stop):
            link.set_range(start - around, stop + around, remember=True)
        link.select(start, stop)
        link.set_cursor(start)
