"""What can be done with plots and sound: rows, curves, what is subtracted, cursor, bad segments, notes, loops."""

import math
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt

from osisnr_gui.qt.commands.actions import Entry
from osisnr_gui.qt.commands.export_jobs import ExportJobs
from osisnr_gui.qt.dialogs.estimate_dialogs import SpeakersDialog
from osisnr_gui.qt.panels.bad_segments_panel import BadSegmentsPanel
from osisnr_gui.qt.playback.output import Device, NoOutput
from osisnr_gui.qt.playback.transport_bar import TransportBar
from osisnr_gui.qt.plot_area import DIFFERENCE, REFERENCE
from osisnr_gui.qt.plots.rows import ROWS
from osisnr_gui.qt.plots.time_link import TimeSpan
from osisnr_gui.qt.presenters.differences import DELTA
from osisnr_gui.qt.presenters.estimate_rows import ESTIMATE
from osisnr_gui.qt.presenters.ribbons import BEST, PAIRING
from osisnr_gui.qt.settings import Settings
from osisnr_gui.qt.views import Views
from osisnr_gui.session import edits
from osisnr_gui.session.comparison.speakers import Speakers
from osisnr_gui.session.scores import worst_frame
from osisnr_gui.session.session import AT_LEISURE, Note, Source
from osisnr_gui.session.sound.listening import Sound, SoundKind
from osisnr_gui.session.sound.sound_feed import Band
from osisnr_gui.session.words import estimate_letter
from osisnr_gui.text.catalogue import _

#: The first selection by a key takes this share of the view; each further one is longer, or shorter, by that factor.
FIRST_SHARE, LONGER = 0.1, 1.5
FRAMES_A_SECOND = 125.0  # what "one second" means where there is no sample rate: frames of 8 ms
CONTEXT = 1.5  # a segment is shown with this many times its length on both sides
LEAST_CONTEXT_FRAMES = 60
NOTE_CONTEXT = 1.0  # the same of a note
LEAST_CONTEXT_SECONDS = 0.5


class PlotCommands:
    """What is on show is known to the plots and the session; nothing is kept here."""

    def __init__(self, views: Views) -> None:
        self._views, self._plots, self._link = views, views.plots, views.plots.link
        views.sources.curve_toggled.connect(self.toggle_curve)
        views.inspector.frame_requested.connect(self.go_to_frame)

    def fit(self) -> None:
        """Show everything, in time and in value."""
        self._link.fit()
        self._plots.fit_values()

    def reset_view(self) -> None:
        """Everything in sight, in the usual colours."""
        self.fit()
        self._views.view_bar.reset()

    def restore(self, settings: Settings) -> None:
        """Rows as they were left; a window without any row has them all again."""
        shown = {row.id: settings.flag(f"row_{row.id}", row.shown) for row in ROWS}
        if any(visible for row_id, visible in shown.items() if row_id not in (BEST, PAIRING)):
            self._plots.stack.set_rows_wanted(shown)

    def remember(self, settings: Settings) -> None:
        """Keep them for the next start."""
        for row in ROWS:
            settings.put(f"row_{row.id}", self._plots.stack.places[row.id].is_wanted)

    def toggle_curve(self, estimate: Source | None) -> None:
        """Hide the curve of an estimate, or draw it again."""
        estimates = self._views.store.session.estimates
        if estimate in estimates:
            self._views.store.edit(partial(edits.toggle_curve, place=estimates.index(estimate)))

    def show_speakers(self) -> None:
        """How well every estimate fits every reference."""
        analysis = self._views.store.analysis
        if analysis.matching is not None:
            speakers = Speakers(analysis, analysis.matching)
            dialog = SpeakersDialog(speakers, self._plots.window())
            edit, assign = self._views.store.edit, speakers.assign
            dialog.assign_requested.connect(lambda places: edit(partial(assign, places=places)))
            dialog.open()

    def list_partners(self) -> list[Entry]:
        """What the estimate in view can be held against, for a menu; the one in force is checked."""
        differences, named = self._plots.differences, _("Against {name}")
        return [
            Entry(named.format(name=name), place == differences.partner, partial(differences.choose, place))
            for place, name in differences.option_names()
        ]

    def show_next_partner(self) -> None:
        """The row of differences; the next partner when it is on show."""
        if self._plots.stack.places[DELTA].is_shown:
            self._plots.differences.next_partner()
        else:
            self._plots.stack.set_row_visible(DELTA, True)

    def move(self, seconds: float) -> None:
        """Move the cursor by seconds."""
        self.go(self._link.here + (seconds if self._link.unit == "s" else seconds * FRAMES_A_SECOND))

    def move_frames(self, frames: int) -> None:
        """Move it by frames."""
        pair = self._plots.pair
        if pair is not None and pair.frames is not None:
            grid = pair.frames.grid
            index = round((self._link.here - grid.first) / grid.step)
            self.go(grid.first + (index + frames) * grid.step)

    def select_around(self) -> None:
        """Select a range around the cursor; what is selected already grows."""
        link = self._link
        if link.selection is not None:
            self._select(sum(link.selection) / 2, LONGER * link.selection.length)
        else:
            self._select(link.here, max(FIRST_SHARE * link.visible.length, link.min_span))

    def select_less(self) -> None:
        """Shorten the selection at both ends, down to what the plots can show."""
        selection = self._link.selection
        if selection is not None:
            self._select(sum(selection) / 2, max(selection.length / LONGER, self._link.min_span))

    def _select(self, middle: float, length: float) -> None:
        self._link.select(middle - length / 2, middle + length / 2)

    def go_to_frame(self, number: int) -> None:
        """The cursor on a frame, or on the nearest one that was compared."""
        pair = self._plots.pair
        if pair is not None and pair.frames is not None and pair.frames.n_frames:
            frames = pair.frames
            number = min(max(number, frames.first_frame), frames.first_frame + frames.n_frames - 1)
            self.go(frames.grid.first + number * frames.grid.step)

    def go(self, time: float) -> None:
        """Put the cursor here and keep it in sight."""
        link = self._link
        time = min(max(time, link.extent.start), link.extent.stop)
        link.set_cursor(time)
        if not link.visible.start <= time <= link.visible.stop:
            start = time - 0.5 * link.visible.length
            link.set_range(start, start + link.visible.length)


class SegmentCommands:
    """What can be done with bad segments and notes. Holds no state."""

    def __init__(self, views: Views, exports: ExportJobs) -> None:
        self._views, self._exports = views, exports
        panel = views.segments
        views.banners.place_requested.connect(self.go)
        for wanted in (panel.segment_shown, panel.segment_activated):
            wanted.connect(self.go_to_segment)
        panel.table.addAction(_("Save those of the estimate in view as CSV…"), self.export)
        views.notes.add_button.clicked.connect(self.add_note)
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
        csv = self._panel.csv()
        if csv is not None:
            name = f"bad_segments_{estimate_letter(self._views.selection.index)}.csv"
            self._exports.save_parts(_("Save the bad segments"), name, _("Table (*.csv)"), lambda _ending: [csv])

    def step(self, direction: int) -> None:
        """To the next (previous) one in the order of the list."""
        self._exports.say(self._panel.step(direction))

    def go_to_worst(self) -> None:
        """To the worst single frame, which need not lie in the worst segment."""
        pair = self._views.plots.pair
        if pair is None or pair.score is None or pair.frames is None:
            return
        frame = worst_frame(pair.score)
        if frame is None:
            self._exports.say(_("No frame counts: all are silent, or too quiet for the level gate."))
            return
        step = pair.frames.grid.step
        time = pair.frames.first_time + frame * step
        self.go(time - 0.5 * step, time + 0.5 * step)
        self._views.plots.link.set_cursor(time)
        self._exports.say(_("The worst single frame; N goes to the worst segment: most beyond the limit in all."))

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
            self._views.store.edit(partial(edits.add_note, note=note), f"{AT_LEISURE}{note.start}:{note.stop}")
        self._views.docks["notes"].bring()
        self._views.notes.start_typing(note)

    def go_to_note(self, start: float, stop: float) -> None:
        """Show a note with what is round it."""
        link = self._views.plots.link
        step = 1.0 if link.unit == "s" else FRAMES_A_SECOND
        around = max(NOTE_CONTEXT * (stop - start), LEAST_CONTEXT_SECONDS * step)
        if not (link.visible.start <= start and stop <= link.visible.stop):
            link.set_range(start - around, stop + around, remember=True)
        link.select(start, stop)
        link.set_cursor(start)


FEWEST_HERTZ = 50.0  # a narrower band is little more than the ringing of its filter


class PlaybackCommands(QObject):
    """What the Playback menu does beside what the player can do alone."""

    def __init__(self, views: Views, show_residual: Callable[[bool], object], is_on: Callable[[str], bool]) -> None:
        """`show_residual` switches the third picture; `is_on` : whether the action with an id is checked."""
        super().__init__()
        self._views, self._player, self._show_residual = views, views.player, show_residual
        self._link, self._is_on = views.plots.link, is_on
        #: Given once the actions are there; shown where it is wanted and there is something to hear.
        self.bar: TransportBar
        self.hears_band: bool = False  # only the frequencies in sight
        self._loop: TimeSpan | None = None  # the last one, while the loop is off
        self._heard_at = math.nan  # where the playhead was before
        self._player.changed.connect(self.show_bar)
        self._link.loop_changed.connect(self._keep_loop)
        self._link.playhead_changed.connect(self._follow)
        for row_id in (REFERENCE, ESTIMATE, DIFFERENCE):
            views.plots.stack.row(row_id).y_range_changed.connect(lambda _low, _high: self._follow_band())

    def hear_band(self, on: bool) -> None:
        """Hear only the frequencies in sight, or all."""
        self.hears_band = on
        self._follow_band()

    def hear_estimate(self, index: int) -> None:
        """Show and hear an estimate."""
        if 0 <= index < self._views.count:
            self._player.hear(Sound(SoundKind.ESTIMATE, index))
            self._views.selection.select(index, self._views.count)

    def autoplay(self, start: float, stop: float) -> None:
        """A segment was gone to: loop and play it, if that is wanted."""
        if self._is_on("autoplay"):
            self._player.play_range(start, stop)

    def escape(self) -> bool:
        """Stop the sound; False when there was none."""
        sounding = self._player.is_playing or self._player.is_paused
        self._player.stop()
        return sounding

    def forget(self) -> None:
        """Other files: a loop in the old ones means nothing in them."""
        self._player.stop()
        self.hear_band(False)
        self._link.clear_loop()
        self._loop = None

    def show_bar(self) -> None:
        """Show the bar of playback, or hide it."""
        self.bar.setVisible(self._player.has_sound and self._is_on("transport"))

    def _keep_loop(self, loop: TimeSpan | None) -> None:
        self._loop = loop or self._loop

    def toggle_loop(self) -> None:
        """The loop there was last, the selection or everything; off."""
        link = self._link
        if link.loop is not None:
            link.clear_loop()
        else:
            link.set_loop(*(self._loop or link.selection or link.extent))

    def put_loop_edge(self, *, begins: bool) -> None:
        """The loop begins, or ends, at the playhead, or at the cursor."""
        link, here = self._link, self._link.here
        old = link.loop or link.extent
        start, stop = (here, old.stop) if begins else (old.start, here)
        if start >= stop:  # the new edge lies beyond the other one, which then is in the way
            start, stop = (here, link.extent.stop) if begins else (link.extent.start, here)
        link.set_loop(start, stop)

    def toggle_residual(self) -> None:
        """Seen and heard; once it is both, back to the estimate and the level difference."""
        player, index = self._player, self._views.selection.index
        residual = Sound(SoundKind.RESIDUAL, index)
        heard = player.wanted == residual or residual not in player.recipe.sounds
        back = self._views.plots.shows_residual and heard
        self._show_residual(not back)
        player.hear(Sound(SoundKind.ESTIMATE, index) if back else residual)

    def flip(self) -> None:
        """What was heard before, seen too if it is an estimate; without sound the estimate that was in view before."""
        player, selection, count = self._player, self._views.selection, self._views.count
        if not player.has_sound:
            selection.select(selection.before, count)
            return
        player.flip()
        if player.wanted.kind in (SoundKind.ESTIMATE, SoundKind.RESIDUAL):
            selection.select(player.wanted.index, count)

    def _follow_band(self) -> None:
        """The band is what the pictures show; all of it is no band at all."""
        band = None
        if self.hears_band:
            row = self._views.plots.spectrograms[0]
            low, high = (row.frequency_at(coordinate) for coordinate in (row.box.lo, row.box.hi))
            if row.box.lo > 0.0 or row.box.hi < 1.0:
                band = Band(low, max(high, low + FEWEST_HERTZ))
        if band != self._player.band:
            self.hears_band = band is not None
            self._player.choose(band=band)

    def play_box(self) -> None:
        """Loop the time and the frequencies in sight."""
        self.hear_band(True)
        self._player.play_range(*self._link.visible)

    def _follow(self, time: float) -> None:
        """Turn the page when the playhead leaves the view; who looks elsewhere is left alone."""
        link, before = self._link, self._heard_at
        self._heard_at = time
        if not self._is_on("follow") or not math.isfinite(time):
            return
        inside = link.visible.start <= time <= link.visible.stop
        was_inside = not math.isfinite(before) or link.visible.start <= before <= link.visible.stop
        if was_inside and not inside:
            link.set_range(time, time + link.visible.length)

    def list_devices(self) -> list[Entry]:
        """The devices there are now, for a menu; or why there is none."""
        player = self._player
        devices, none = [Device("", _("System default"))], _("No sound device was found")
        try:
            devices += player.deck.system.devices()
        except NoOutput as reason:
            none = _("No sound: {reason}").format(reason=reason)
        entries = [Entry(d.name, d.id == player.device_id, partial(player.set_device, d.id)) for d in devices]
        return entries if len(devices) > 1 else [*entries, Entry(none, False, None)]
