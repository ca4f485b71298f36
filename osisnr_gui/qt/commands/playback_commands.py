"""What the playback commands do."""

import math
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from osisnr_gui.qt.commands.actions import Entry
from osisnr_gui.qt.playback.output import Device, NoOutput
from osisnr_gui.qt.plot_area import DIFFERENCE, REFERENCE
from osisnr_gui.qt.plots.time_link import TimeSpan
from osisnr_gui.qt.presenters.estimate_rows import ESTIMATE
from osisnr_gui.qt.views import Views
from osisnr_gui.session.sound.listening import Sound, SoundKind
from osisnr_gui.session.sound.sound_feed import Band
from osisnr_gui.text.catalogue import _

FEWEST_HERTZ = 50.0  # a narrower band is little more than the ringing of its filter


class PlaybackCommands(QObject):
    """What the Playback menu does beside what the player can do alone."""

    def __init__(self, views: Views, show_residual: Callable[[bool], object], is_on: Callable[[str], bool]) -> None:
        """`show_residual` switches the third picture; `is_on` : whether the action with an id is checked."""
        super().__init__()
        self._views, self._player, self._show_residual = views, views.player, show_residual
        self._link, self._is_on = views.plots.link, is_on
        #: Shown where it is wanted and there is something to hear.
        self.bar: QWidget | None = None
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
        if self.bar is not None:
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
