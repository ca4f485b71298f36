"""Bad segments: one after the other, the one at a place, the worst frame, the table as a file. Notes: write, go to."""

import math
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt

from osisnr_gui.qt.panels.bad_segments_panel import BadSegmentsPanel
from osisnr_gui.qt.views import Views
from osisnr_gui.session import edits
from osisnr_gui.session.segments.segment_table import worst_frame
from osisnr_gui.session.session import Note
from osisnr_gui.text.catalogue import _

CONTEXT = 1.5  # a segment is shown with this many times its length on both sides
LEAST_CONTEXT_FRAMES = 60
NOTE_CONTEXT = 1.0  # the same of a note
LEAST_CONTEXT_SECONDS = 0.5


class SegmentCommands:
    """What can be done with bad segments and notes. Holds no state; `save` asks where and writes bytes."""

    def __init__(self, views: Views, say: Callable[[str], None], save: Callable[[str, str, str, bytes], None]) -> None:
        self._views, self._say, self._save = views, say, save
        panel = views.segments
        views.banners.place_requested.connect(self.go)
        for wanted in (panel.segment_shown, panel.segment_activated):
            wanted.connect(self.go_to_segment)
        panel.export_requested.connect(self.export)
        views.notes.add_requested.connect(self.add_note)
        views.notes.go_requested.connect(self.go_to_note)

    @property
    def _panel(self) -> BadSegmentsPanel:
        """The list as of now: out of sight it follows no slider."""
        panel = self._views.segments
        panel.show_analysis(self._views.store.analysis, self._views.selection.index)
        return panel

    def go(self, start: float, stop: float) -> None:
        """Select a stretch, show it with what is round it, and put the cursor at its start."""
        plots = self._views.plots
        link, pair = plots.link, plots.pair
        step = pair.frames.grid.step if pair is not None and pair.frames is not None else 0.008
        around = max(CONTEXT * (stop - start), LEAST_CONTEXT_FRAMES * step)
        link.select(start, stop)
        link.set_range(start - around, stop + around, remember=True)
        link.set_cursor(start)

    def go_to_segment(self, start: float, stop: float) -> None:
        """The same with the cursor at its worst audible frame and the loop round it: Space plays it."""
        self.go(start, stop)
        table = self._views.segments.model.table
        if table is not None:
            self._views.plots.link.set_cursor(table.worst_time(start, stop))
        if self._views.player.has_sound:
            self._views.player.loop_over(start, stop)

    def go_to_shading(self, time: float, _value: float) -> None:
        """A double click on a plot: to the segment there, if there is one."""
        self._panel.go_to(time)

    def export(self) -> None:
        """Ask where, then save the table."""
        panel = self._panel
        if not panel.is_empty:
            self._save(_("Save the bad segments"), "bad_segments.csv", _("Table (*.csv)"), panel.csv())

    def step(self, direction: int) -> None:
        """To the next (previous) one in the order of the list."""
        self._say(self._panel.step(direction))

    def go_to_worst(self) -> None:
        """To the worst frame."""
        pair = self._views.plots.pair
        if pair is None or pair.score is None or pair.frames is None:
            return
        frame = worst_frame(pair.score)
        if frame is None:
            self._say(_("No frame counts: all are silent, or too quiet for the level gate."))
            return
        step = pair.frames.grid.step
        time = pair.frames.first_time + frame * step
        self.go(time - 0.5 * step, time + 0.5 * step)
        self._views.plots.link.set_cursor(time)

    def show_list(self) -> None:
        """The list to the front, ready for the arrow keys."""
        self._views.docks["bad_segments"].bring()
        self._views.segments.table.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def add_note(self) -> None:
        """An empty note on the selection, else at the cursor, else in the middle of what is seen; then type."""
        self._views.notes.finish_typing()
        link = self._views.plots.link
        middle = 0.5 * (link.visible.start + link.visible.stop)
        cursor = link.cursor if math.isfinite(link.cursor) else middle
        note = Note(*(link.selection or (cursor, cursor)))
        if note not in self._views.store.session.notes:
            self._views.store.edit(partial(edits.add_note, note=note))
        self._views.notes.start_typing(note)

    def go_to_note(self, start: float, stop: float) -> None:
        """Show a note with what is round it."""
        link = self._views.plots.link
        step = 1.0 if link.unit == "s" else 125.0
        around = max(NOTE_CONTEXT * (stop - start), LEAST_CONTEXT_SECONDS * step)
        if not (link.visible.start <= start and stop <= link.visible.stop):
            link.set_range(start - around, stop + around, remember=True)
        link.select(start, stop)
        link.set_cursor(start)
