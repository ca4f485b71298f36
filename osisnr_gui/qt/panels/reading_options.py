"""How one file is read: which channel, which array, which way round."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from osisnr_gui.io.errors import printable
from osisnr_gui.qt.panels.layouts import REST, column_of, row_of, tool_button
from osisnr_gui.qt.panels.plain_text import tooltip
from osisnr_gui.qt.panels.sample_field import LagField, NarrowBox
from osisnr_gui.session import edits
from osisnr_gui.session.guess import Role
from osisnr_gui.session.session import DOWNMIX
from osisnr_gui.session.tracks import Track


class SourceWidget(QWidget):
    """What asks for something about a file, or passes on what is asked for inside it."""

    edit_requested = Signal(object, str)
    chosen = Signal(int)  # the place of the estimate that is to be in view
    values_requested = Signal()
    curve_toggled = Signal(object)  # Source
    delay_requested = Signal(object)  # Source

    def pass_on(self, inner: SourceWidget) -> None:
        """Ask for all that `inner` asks for."""
        inner.edit_requested.connect(self.edit_requested)
        inner.chosen.connect(self.chosen)
        inner.values_requested.connect(self.values_requested)
        inner.curve_toggled.connect(self.curve_toggled)
        inner.delay_requested.connect(self.delay_requested)


class ReadingOptions(SourceWidget):
    """The pickers a file needs; hidden when it needs none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._track: Track | None = None
        self._role: Role | None = None
        self.channel, self.key = NarrowBox(self), NarrowBox(self)
        self.transpose, self.lag, self.delay = QCheckBox("transpose", self), LagField(self), QWidget(self)
        values = "Histogram of its values, their range and what kind of mask it is (Shift+V)"
        self.values = tool_button("values…", values, self.values_requested.emit, self, name="Mask values")
        self.values.setStyleSheet("padding: 1px 5px")
        delay = "The score at every delay; move the estimate by hand (Ctrl+D)"
        self.delay_button = tool_button("Delay…", delay, self._ask_for_delay, self)
        self.channel.setAccessibleName("Channel")
        self.channel.setToolTip(tooltip("Channel that is compared; channels are never mixed unasked"))
        self.key.setAccessibleName("Array")
        self.key.setToolTip(tooltip("Array of the file that is read"))
        self.transpose.setToolTip(
            tooltip(
                "On: rows of the file are frames. A mask has a row for each bin and a column for each frame; "
                "scores cannot reveal a turned mask."
            )
        )
        row_of(self.lag, self.delay_button, REST, owner=self.delay, spacing=4)
        mask = row_of((self.transpose, 1), self.values)
        column_of(self.channel, self.key, mask, self.delay, owner=self, spacing=4)
        self.lag.valueChanged.connect(self._move)
        # `activated`, not `currentIndexChanged`: only what the user does, never what is shown.
        self.channel.activated.connect(lambda _i: self._ask(channel=self.channel.currentData()))
        self.key.activated.connect(lambda _i: self._ask(key=self.key.currentData()))
        self.transpose.clicked.connect(lambda on: self._ask(transpose=on))

    def show_track(self, track: Track, role: Role | None = None) -> None:
        """Show what can be chosen for a file in one of its roles."""
        self._track, self._role = track, role
        channels, keys = channel_choices(track), key_choices(track)
        _fill(self.channel, channels, track.source.channel)
        _fill(self.key, keys, track.source.key if track.error is not None or track.mask is None else track.mask.key)
        self.transpose.setChecked(track.source.transpose)
        self.channel.setVisible(bool(channels))
        self.key.setVisible(bool(keys))
        self.transpose.setVisible(track.kind == "mask" or track.source.transpose)
        self.values.setVisible(track.mask is not None)
        self.lag.show_value(track.source.delay)
        self.delay.setVisible(role is Role.ESTIMATE and track.kind == "audio" and track.source.delay != 0)
        self.setVisible(not all(w.isHidden() for w in (self.channel, self.key, self.transpose, self.delay)))

    def _move(self, samples: int) -> None:
        if self._track is not None:
            source = self._track.source
            edit = partial(edits.set_delay, estimate=source, delay=samples)
            self.edit_requested.emit(edit, f"delay {source.signal}")

    def _ask_for_delay(self) -> None:
        if self._track is not None:
            self.delay_requested.emit(self._track.source)

    def _ask(self, **changes: object) -> None:
        if self._track is not None:
            self.edit_requested.emit(
                partial(edits.change_source, source=self._track.source, role=self._role, **changes), ""
            )


def channel_choices(track: Track) -> list[tuple[str, object]]:
    """Words and value for every channel; empty for a file with one."""
    chosen = track.source.channel
    if track.channels < 2 and chosen is None:
        return []
    numbered: list[tuple[str, object]] = [(f"channel {k} of {track.channels}", k) for k in range(1, track.channels + 1)]
    return [("channel 1 (default)", None), *numbered, (f"mean of {track.channels} channels", DOWNMIX)]


def key_choices(track: Track) -> list[tuple[str, object]]:
    """Names of the arrays that could be meant; empty when there is no choice."""
    names: list[str] = list(getattr(track.error, "choices", ()))
    if track.mask is not None and track.mask.key is not None:
        names += [track.mask.key, *track.mask.keys]
    names = sorted(set(names))
    choices: list[tuple[str, object]] = [(printable(name, 60), name) for name in names]
    if track.error is not None and choices:
        return [("choose an array…", None), *choices]
    return choices if len(choices) > 1 or track.source.key is not None else []


def _fill(box: QComboBox, choices: list[tuple[str, object]], value: object) -> None:
    shown = [(box.itemText(i), box.itemData(i)) for i in range(box.count())]
    if shown != choices:
        box.clear()
        for text, data in choices:
            box.addItem(text, data)
    values = [data for _, data in choices]
    box.setCurrentIndex(values.index(value) if value in values else -1)
