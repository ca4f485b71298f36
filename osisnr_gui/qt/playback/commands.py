"""What the playback commands do."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from osisnr_gui.qt.commands.actions import Actions, Handler
from osisnr_gui.qt.playback.output import Device, NoOutput
from osisnr_gui.qt.plot_area import DIFFERENCE, ESTIMATE, REFERENCE
from osisnr_gui.qt.plots.time_link import TimeSpan
from osisnr_gui.qt.views import Views
from osisnr_gui.session.sound.listening import ResidualScale, Sound, SoundKind
from osisnr_gui.session.sound.loudness import Match
from osisnr_gui.session.sound.sound_feed import Band

SPEEDS = {"speed_100": 1.0, "speed_75": 0.75, "speed_50": 0.5}
MATCHES = {f"match_{match.value}": match for match in Match}
SCALES = {f"residual_{scale.value}": scale for scale in ResidualScale}
HEARD = {
    SoundKind.REFERENCE: "hear_reference",
    SoundKind.ESTIMATE: "hear_estimate",
    SoundKind.MIXTURE: "hear_mixture",
    SoundKind.RESIDUAL: "hear_residual",
}
NEED_SOUND = (
    *("play", "stop", "loop", "loop_selection", "loop_start", "loop_stop", "hear_estimate", "band", "play_box"),
    "export_sound",
    *MATCHES,
    *SCALES,
    *SPEEDS,
)
REMEMBERED = {"follow": True, "autoplay": False, "transport": True}
FEWEST_HERTZ = 50.0  # a narrower band is little more than the ringing of its filter


class PlaybackCommands(QObject):
    """Handlers of the Playback menu, its check marks, and what is remembered of it."""

    def __init__(self, views: Views) -> None:
        super().__init__()
        self._views, self._player = views, views.player
        self._link, self._settings = views.plots.link, views.settings
        self._bar: QWidget | None = None
        self._loop: TimeSpan | None = None  # the last one, while the loop is off
        self._heard_at = math.nan  # where the playhead was before

    def attach(self, actions: Actions, show_residual: Callable[[bool], object]) -> None:
        """The actions whose check marks follow; `show_residual` switches the third picture."""
        self._actions, self._show_residual = actions, show_residual
        self._player.changed.connect(self.refresh)
        self._link.loop_changed.connect(self._keep_loop)
        self._link.selection_changed.connect(lambda _span: self.refresh())
        self._link.playhead_changed.connect(self._follow)
        for row_id in (REFERENCE, ESTIMATE, DIFFERENCE):
            self._views.plots.stack.row(row_id).y_range_changed.connect(lambda _low, _high: self._follow_band())
        for name in ("follow", "transport"):
            actions.check(name, True)
        menu = actions.menu("Playback/Sound device")
        menu.aboutToShow.connect(partial(self._list_devices, menu))
        self.refresh()

    def restore(self) -> None:
        """As it was left; called once, before there is anything to hear."""
        player, settings = self._player, self._settings
        player.set_match(Match(settings.text("loudness", Match.OFF.value, tuple(Match))))
        player.set_scale(ResidualScale(settings.text("residual", ResidualScale.WHOLE.value, tuple(ResidualScale))))
        player.device_id = settings.text("sound_device", "")
        for name, default in REMEMBERED.items():
            self._actions.check(name, settings.flag(name, default))
        player.follows = self._is_on("follow")
        self.refresh()

    def remember(self) -> None:
        """Keep it for the next start."""
        player, settings = self._player, self._settings
        settings.put("loudness", player.match.value)
        settings.put("residual", player.scale.value)
        settings.put("sound_device", player.device_id)
        for name in REMEMBERED:
            settings.put(name, self._is_on(name))

    def add_bar(self, bar: QWidget) -> None:
        """The bar that is shown where it is wanted and there is something to hear."""
        self._bar = bar

    def handlers(self) -> dict[str, Handler]:
        """A function for every id of the action table that has to do with sound."""
        player, link = self._player, self._link
        return {
            "play": player.toggle,
            "play_once": self._play_once,
            "stop": player.stop,
            "loop": self._toggle_loop,
            "loop_selection": self._loop_selection,
            "loop_start": lambda: self._loop_edge(self._here(), link.loop.stop if link.loop else link.extent.stop),
            "loop_stop": lambda: self._loop_edge(link.loop.start if link.loop else link.extent.start, self._here()),
            "hear_reference": lambda: player.hear(player.reference),
            "hear_estimate": lambda: self.hear_estimate(self._views.selection.index),
            "hear_mixture": lambda: player.hear(Sound(SoundKind.MIXTURE)),
            "hear_residual": self._toggle_residual,
            "flip": self._flip,
            **{name: partial(player.set_match, match) for name, match in MATCHES.items()},
            **{name: partial(player.set_scale, scale) for name, scale in SCALES.items()},
            **{name: partial(player.set_speed, speed) for name, speed in SPEEDS.items()},
            "band": self._follow_band,
            "play_box": self._play_box,
            "follow": self._set_follow,
            "transport": self.refresh,
            "autoplay": self.refresh,
        }

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
        self._player.set_band(None)
        self._link.clear_loop()
        self._loop = None

    def refresh(self) -> None:
        """Check marks, and which commands make sense."""
        actions, player = self._actions, self._player
        if self._bar is not None:
            self._bar.setVisible(player.has_sound and self._is_on("transport"))
        sounds = player.recipe.sounds
        actions.enable(player.has_sound, *NEED_SOUND)
        actions.enable(player.has_sound and self._link.selection is not None, "play_once", "loop_selection")
        actions.enable(player.reference in sounds, "hear_reference")
        actions.enable(Sound(SoundKind.MIXTURE) in sounds, "hear_mixture")
        actions.enable(self._views.count > 1 or player.has_sound, "flip")
        actions.check(HEARD[player.sound.kind], True)
        actions.check(f"match_{player.match.value}", True)
        actions.check(f"residual_{player.scale.value}", True)
        actions.check(next(name for name, speed in SPEEDS.items() if speed == player.speed), True)
        actions.check("loop", self._link.loop is not None)
        actions.check("band", player.band is not None)

    # ---- loop -----------------------------------------------------------------------------------------

    def _keep_loop(self, loop: TimeSpan | None) -> None:
        self._loop = loop or self._loop
        self.refresh()

    def _toggle_loop(self) -> None:
        link = self._link
        if link.loop is not None:
            link.clear_loop()
        else:
            link.set_loop(*(self._loop or link.selection or link.extent))
        self.refresh()

    def _loop_selection(self) -> None:
        link = self._link
        if link.selection is not None:
            link.set_loop(*link.selection)

    def _loop_edge(self, start: float, stop: float) -> None:
        link = self._link
        if start < stop:
            link.set_loop(start, stop)
        else:  # the new edge lies beyond the other one, which then is in the way
            here = self._here()
            link.set_loop(*((here, link.extent.stop) if here == start else (link.extent.start, here)))

    def _here(self) -> float:
        link = self._link
        return next((time for time in (link.playhead, link.cursor) if math.isfinite(time)), link.visible.start)

    # ---- what is heard ----------------------------------------------------------------------------------

    def _play_once(self) -> None:
        selection = self._link.selection
        if selection is not None:
            self._player.play_range(*selection, loop=False)

    def _toggle_residual(self) -> None:
        """Seen and heard; once it is both, back to the estimate and the level difference."""
        player, index = self._player, self._views.selection.index
        residual = Sound(SoundKind.RESIDUAL, index)
        heard = player.wanted == residual or residual not in player.recipe.sounds
        back = self._is_on("residual") and heard
        self._show_residual(not back)
        player.hear(Sound(SoundKind.ESTIMATE, index) if back else residual)

    def _flip(self) -> None:
        """What was heard before, seen too if it is an estimate; without sound the estimate that was in view before."""
        player, selection, count = self._player, self._views.selection, self._views.count
        if not player.has_sound:
            selection.flip(count)
            return
        player.flip()
        if player.wanted.kind in (SoundKind.ESTIMATE, SoundKind.RESIDUAL):
            selection.select(player.wanted.index, count)

    def _follow_band(self) -> None:
        """The band is what the pictures show; all of it is no band at all."""
        band = None
        if self._is_on("band"):
            row = self._views.plots.spectrograms[0]
            low, high = (row.frequency_at(coordinate) for coordinate in (row.box.lo, row.box.hi))
            if row.box.lo > 0.0 or row.box.hi < 1.0:
                band = Band(low, max(high, low + FEWEST_HERTZ))
        if band != self._player.band:
            self._player.set_band(band)

    def _play_box(self) -> None:
        self._actions.check("band", True)
        self._follow_band()
        self._player.play_range(*self._link.visible)

    # ---- following, devices ------------------------------------------------------------------------------

    def _set_follow(self) -> None:
        self._player.follows = self._is_on("follow")

    def _follow(self, time: float) -> None:
        """Turn the page when the playhead leaves the view; who looks elsewhere is left alone."""
        link, before = self._link, self._heard_at
        self._heard_at = time
        if not self._player.follows or not math.isfinite(time):
            return
        inside = link.visible.start <= time <= link.visible.stop
        was_inside = not math.isfinite(before) or link.visible.start <= before <= link.visible.stop
        if was_inside and not inside:
            link.set_range(time, time + link.visible.length)

    def _list_devices(self, menu: QMenu) -> None:
        """The devices there are now."""
        menu.clear()
        group, player = QActionGroup(menu), self._player
        devices, none = [Device("", "System default")], "No sound device was found"
        try:
            devices += player.devices()
        except NoOutput as reason:
            none = f"No sound: {reason}"
        for device in devices:
            action = group.addAction(device.name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(device.id == player.device_id)
            action.triggered.connect(lambda _on=False, name=device.id: player.set_device(name))
            menu.addAction(action)
        if len(devices) == 1:
            menu.addAction(none).setEnabled(False)

    def _is_on(self, action_id: str) -> bool:
        return self._actions.by_id[action_id].isChecked()
