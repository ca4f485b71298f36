"""The bar under the plots: play, loop, what is heard, how loud, where."""

import math
import re
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from osisnr_gui.qt.look.theme import Theme, Themed, icon, tabular_font, tint
from osisnr_gui.qt.panels.layouts import Part, row_of, tool_button
from osisnr_gui.qt.panels.plain_text import ElidedLabel, plain_label, tooltip
from osisnr_gui.qt.panels.value_slider import TickSlider, ValueSpec
from osisnr_gui.qt.playback.player import Player
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.sound.listening import Match, Sound, SoundKind
from osisnr_gui.session.words import estimate_letter, number, signed_db
from osisnr_gui.text import sound_words
from osisnr_gui.text.catalogue import _
from osisnr_gui.text.files import title

HEIGHT, PLAIN_HEIGHT = 34, 50
ICON_SIZE = QSize(18, 18)
MOST_ESTIMATES = 9  # as many as there are digits
# With more than this the bar gets narrow, so that the window needs no more width for them.
MOST_WIDE = 4
NARROW = "padding: 4px 1px"
#: How much narrower that makes a button, at least; and the width of a bar that has room for wide ones and for all,
#: and of one that has room for what the menu offers too.
SPARE, ROOMY, CRAMPED = 12, 720, 600
SPACING = 2
#: Least and most width of the level's slider.
LEVEL_WIDTHS = 38, 64
#: Ends of the output level in dB, and what its slider shows.
LOWEST_DB, HIGHEST_DB = -40.0, 12.0
_LOUD = _("How loud everything is; double click: 0 dB")
LEVEL = ValueSpec("", _("Output level"), _LOUD, LOWEST_DB, HIGHEST_DB, 0.0, most=HIGHEST_DB, step=1.0)
SHORT_NAMES = {SoundKind.REFERENCE: _("Ref"), SoundKind.MIXTURE: _("Mix"), SoundKind.RESIDUAL: _("Res")}
LONG_NAMES = {SoundKind.REFERENCE: _("{key}  Reference"), SoundKind.MIXTURE: _("{key}  Mixture")}
KEYS = {SoundKind.REFERENCE: "0", SoundKind.MIXTURE: "M"}

Actions = dict[str, QAction]
Menus = Callable[[str], QMenu]
Hear = Callable[[int], object]


class TransportBar(Themed, QWidget):
    """Says what is wanted; the player and the commands do it."""

    def __init__(
        self, player: Player, actions: Actions, menu: Menus, hear: Hear, theme: Theme, *, plain: bool, has_keys: bool
    ) -> None:
        """`menu` gives the menu of a path such as "playback/speed", `hear` shows and plays an estimate.

        plain : long names with their keys, and nothing but them. has_keys : False leaves the keys out of the names.
        """
        super().__init__(theme)
        self._player, self._link, self._actions, self._menu = player, player.link, actions, menu
        self.hear, self._is_plain, self._has_keys = hear, plain, has_keys
        self._names: tuple[str, ...] = ()
        self._is_narrow = False
        self._estimates: list[SoundButton] = []
        self._time = plain_label("", tip=_("Where the sound is, and how long everything is, in seconds"), parent=self)
        names = {k: self._label(name, KEYS.get(k)) for k, name in (LONG_NAMES if plain else SHORT_NAMES).items()}
        self._buttons = {kind: self._sound_button(kind, name) for kind, name in names.items()}
        self._match = self._menu_button("match", "playback/loudness", _("Loudness: as the files are, or equally loud"))
        self._note = ElidedLabel("", muted=True, parent=self)
        self._louder = self._action_button("residual_louder")
        self._level = self._level_slider()
        self._clip = tool_button(run=player.clear_clip, parent=self, iconSize=QSize(14, 14), styleSheet="padding: 0")
        self._speed = self._menu_button("", "playback/speed", _("Speed, at the same pitch"))
        self.play_button, loop, self._band = map(self._action_button, ("play", "loop", "band"))
        where: tuple[Part, ...] = self.play_button, loop, 4, self._time, 6, *self._buttons.values(), self._louder, 6
        how: tuple[Part, ...] = self._match, (self._note, 1), self._level, 4, self._clip, self._band, self._speed
        self._row = row_of(*where, *how, owner=self, margins=(8, 2, 12, 2), spacing=SPACING)
        self._first_estimate = self._row.indexOf(self._buttons[SoundKind.REFERENCE]) + 1
        for part in (loop, self._time, self._match):
            part.setVisible(not plain)
        self._fit()
        self.setFixedHeight(PLAIN_HEIGHT if plain else HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        player.changed.connect(self._show_state)
        for moved in (player.link.playhead_changed, player.link.cursor_changed, player.link.extent_changed):
            moved.connect(self._show_time)
        self._dress_play()

    def show_analysis(self, analysis: Analysis, selected: int) -> None:
        """One button for every estimate; nothing at all where there is nothing to hear."""
        names = tuple(title(pair.estimate) for pair in analysis.pairs[:MOST_ESTIMATES])
        if names != self._names:
            self._names = names
            for button in self._estimates:
                self._row.removeWidget(button)
                button.deleteLater()
            self._estimates = []
            text = "{key}  {letter}" if self._is_plain else "{letter}"
            if self._is_plain and len(names) <= MOST_WIDE:
                text = _("{key}  Estimate {letter}")
            for index, name in enumerate(self._names):
                words = {"letter": estimate_letter(index), "name": name, "key": index + 1}
                button = SoundButton(self._label(text, **words), self._theme, index)
                _describe(button, _("Hear and show estimate {letter}, {name} ({key})").format(**words))
                button.clicked.connect(partial(self.hear, index))
                self._row.insertWidget(self._first_estimate + index, button)
                self._estimates.append(button)
            self._fit()
        self._show_state()

    def _label(self, template: str, key: object = "", **words: object) -> str:
        return template.format(key=key if self._has_keys else "", **words).strip()

    def set_theme(self, theme: Theme) -> None:
        """Apply `theme` to the icon of the play action too."""
        super().set_theme(theme)
        self._dress_play()

    def minimumSizeHint(self) -> QSize:
        """Room for narrow buttons: they are made so once there is no more."""
        hint = super().minimumSizeHint()
        spare = 0 if self._is_narrow else SPARE * (len(SHORT_NAMES) + len(self._names))
        shown = [button for button in self._estimates if not button.isHidden()]
        taken = _widths([*shown[MOST_WIDE - 1 :], self._band, self._speed, self._louder, self._level])
        return hint - QSize(spare + taken, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wide or narrow buttons for the new width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Wide buttons while they are few and the bar is wide; in a narrow one not all of them."""
        hears_residual, room = self._player.sound.kind is SoundKind.RESIDUAL, 0 if self._is_plain else self.width()
        for button in (self._band, self._speed):
            button.setVisible(room >= CRAMPED)
        self._level.setVisible(room >= CRAMPED and not self._player.problem)
        self._louder.setVisible(room >= (CRAMPED if hears_residual else ROOMY))
        narrow = len(self._names) > MOST_WIDE or self.width() < ROOMY
        for button in (*self._buttons.values(), self._louder, *self._estimates):
            button.setStyleSheet(NARROW if narrow else "")
        self._is_narrow = narrow
        self._fit_estimates()

    def _fit_estimates(self) -> None:
        """Buttons of as many estimates as there is room for, the one that is heard among them; digits hear them all."""
        taken = super().minimumSizeHint().width() - _widths(self._estimates)
        for button in sorted(self._estimates, key=lambda button: not button.isChecked()):
            taken += button.minimumSizeHint().width() + SPACING
            button.setVisible(taken <= self.width())

    def _show_state(self) -> None:
        player = self._player
        sound, sounds = player.sound, player.recipe.sounds
        for kind, button in self._buttons.items():
            button.setChecked(sound.kind is kind)
            button.setEnabled(any(other.kind is kind for other in sounds))
        for index, button in enumerate(self._estimates):
            button.setChecked(sound == Sound(SoundKind.ESTIMATE, index))
            button.setEnabled(Sound(SoundKind.ESTIMATE, index) in sounds)
        louder = self._actions["residual_louder"]
        louder.setIconText("+20")
        louder.setChecked(player.residual_is_louder)
        self._fit()
        self._show_clip()
        self._level.show_value(player.level_db)
        tip = _("Output level: {level}; double click: 0 dB").format(level=signed_db(player.level_db))
        self._level.setToolTip(tooltip(tip))
        self._speed.setText(f"{player.speed:g}×")
        self._show_words()
        self._dress_play()
        self._show_time()

    def _show_clip(self) -> None:
        """A ring that is filled once a sample went beyond full scale; a click puts it out."""
        is_lit = self._player.is_clipped
        tint(self._clip, "clip-on" if is_lit else "clip-off", self._theme, "bad" if is_lit else "muted", 14)
        tip = _("Clip light: no sample was beyond full scale")
        if is_lit:
            tip = _("Too loud: after all gains a sample was beyond full scale, and all was lowered; click: off")
        _describe(self._clip, tip)
        self._clip.setVisible(not self._player.problem and not self._is_plain)

    def _show_words(self) -> None:
        """What there is to know of what is heard, or why nothing can be heard."""
        player = self._player
        if player.problem:
            tip = _("Nothing can be heard: {reason}.").format(reason=player.problem)
            self._note.set_text(_("No sound device: silent"), tip=tip, shorter=_("silent"))
            return
        if self._is_plain:
            self._note.set_text("")
            return
        sound = player.sound
        parts = [] if player.match is Match.OFF else [sound_words.match_words(sound, player.match, player.loudness)]
        shorter = list(parts)
        if sound.kind is SoundKind.RESIDUAL:
            long, short = sound_words.residual_words(player.recipe, sound.index)
            parts, shorter = [*parts, long], [*shorter, short]
        elif masked := sound_words.masked_words(player.recipe, sound):
            parts, shorter = [masked[0]], [masked[1]]
        extra = [_("20 dB louder")] if player.is_louder else []
        if player.uses_default:
            extra.append(_("default device"))
        if player.level_db:
            extra.append(_("level {gain}").format(gain=signed_db(player.level_db)))
        parts, shorter = [*parts, *extra], [*extra, *shorter]
        if player.band is not None:
            low, high = (number(frequency / 1000, 2) for frequency in (player.band.low, player.band.high))
            for words in (parts, shorter):
                words.append(_("{low} to {high} kHz").format(low=low, high=high))
        if lowered := sound_words.lowered_words(player.deck.engine.lowered * player.loudness.lowered):
            parts, shorter = [*parts, lowered[0]], [lowered[1], *shorter]
        n_references = sum(other.kind is SoundKind.REFERENCE for other in player.recipe.sounds)
        tip = _("Heard: {what}.").format(what=", ".join([sound_words.sound_name(sound, n_references), *parts]))
        self._note.set_text(" · ".join(parts), tip=tip, shorter=" · ".join(shorter))

    def _show_time(self, *_where: object) -> None:
        link = self._link
        here = next((time for time in (link.playhead, link.cursor) if math.isfinite(time)), link.extent.start)
        length = link.extent.stop
        now, end = (sound_words.clock_time(time, length) for time in (here, length))
        text = f"{now} / {end}{' s' if length < 60 else ''}"
        if text != self._time.text():
            self._time.setText(text)
            # As wide as the longest it will get: the buttons beside it must not move while it counts.
            widest = QFontMetrics(tabular_font()).horizontalAdvance(re.sub(r"\d", "8", text)) + 2
            self._time.setMinimumWidth(max(self._time.minimumWidth(), widest))

    def _dress_play(self) -> None:
        """The button shows what it will do."""
        action, playing = self._actions["play"], self._player.is_playing
        action.setText(_("Pause") if playing else _("Play"))
        action.setIcon(icon("pause" if playing else "play", self._theme.text))

    def _action_button(self, action_id: str) -> QToolButton:
        action, style = self._actions[action_id], Qt.ToolButtonStyle
        looks = style.ToolButtonTextBesideIcon if self._is_plain else style.ToolButtonIconOnly
        button = tool_button(parent=self, toolButtonStyle=looks, iconSize=ICON_SIZE, accessibleName=action.text())
        button.setDefaultAction(action)
        return button

    def _sound_button(self, kind: SoundKind, name: str) -> "SoundButton":
        action = self._actions[f"hear_{kind.value}"]
        button = SoundButton(name, self._theme)
        _describe(button, action.toolTip())
        button.clicked.connect(action.trigger)
        button.clicked.connect(self._show_state)  # nothing may come of it: no button stays pressed by a click alone
        return button

    def _level_slider(self) -> TickSlider:
        slider = TickSlider(LEVEL, self)
        slider.chosen.connect(lambda level_db: self._player.choose(level_db=level_db))
        slider.setMinimumWidth(LEVEL_WIDTHS[0])
        slider.setMaximumWidth(LEVEL_WIDTHS[1])
        slider.setAccessibleName(LEVEL.name)
        slider.setStatusTip(LEVEL.what)
        return slider

    def _menu_button(self, icon_name: str, menu: str, tip: str) -> QToolButton:
        button = tool_button(parent=self, menu=self._menu(menu), iconSize=ICON_SIZE)
        if icon_name:
            tint(button, icon_name, self._theme)
        _describe(button, tip)
        return button


class SoundButton(Themed, QToolButton):
    """A short name, underlined in the colour of its estimate."""

    def __init__(self, text: str, theme: Theme, index: int | None = None) -> None:
        super().__init__(theme)
        self._index = index
        self.setText(text)
        self.setCheckable(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The button, and the line."""
        super().paintEvent(event)
        if self._index is not None:
            with QPainter(self) as painter:
                painter.setOpacity(1.0 if self.isEnabled() else 0.4)
                line = QRectF(6, self.height() - 5, self.width() - 12, 2)
                painter.fillRect(line, QColor(self._theme.estimate(self._index).colour))


def _widths(parts: Sequence[QWidget]) -> int:
    """What those that are shown take of the bar, at least."""
    return sum(max(p.minimumSizeHint().width(), p.minimumWidth()) + SPACING for p in parts if not p.isHidden())


def _describe(button: QToolButton, tip: str) -> None:
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setToolTip(tooltip(tip))
    button.setStatusTip(tip)
    button.setAccessibleName(tip)
