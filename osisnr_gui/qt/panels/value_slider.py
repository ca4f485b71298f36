"""A slider and a number field for one value: live while dragged, exact when typed."""

import math
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QPointF, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QSlider, QStyle, QStyleOptionSlider, QWidget

from osisnr_gui.core.loss import DEFAULT_GAMMA
from osisnr_gui.core.mc_mse import DEFAULT_ALPHA
from osisnr_gui.qt.focus import own_keys
from osisnr_gui.qt.panels.layouts import ResetLabel, row_of
from osisnr_gui.qt.panels.plain_text import tooltip
from osisnr_gui.qt.panels.sample_field import NumberField
from osisnr_gui.text.catalogue import _

PLACES = 10_000
FIELD_WIDTH, DECIMALS = 80, 3
NOTCH = 120  # eighths of a degree in one notch of a wheel
_STEP_KEYS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_PageDown: -10,
    Qt.Key.Key_PageUp: 10,
}


class ValueSpec(NamedTuple):
    """What a value slider shows: low + (high - low) * place**power.

    power : 1 is linear, 3 gives small values most of the way. most : the largest that may be typed; the slider itself
    ends at `high`. coarse : from this value on the fine step and the rounding are ten times larger (inf: never).
    """

    symbol: str
    name: str
    what: str
    low: float
    high: float
    default: float
    most: float
    step: float
    power: float = 1.0
    coarse: float = math.inf

    def value_at(self, place: float) -> float:
        """The value at a place of 0 to 1."""
        return self.low + (self.high - self.low) * math.pow(min(max(place, 0.0), 1.0), self.power)

    def place_of(self, value: float) -> float:
        """The place of a value; values outside the range are at its ends."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return math.pow(share, 1.0 / self.power)

    def text(self, value: float) -> str:
        """The value as the field shows it: as many decimals as it needs, but those of the step at least."""
        shown = f"{value:.{DECIMALS}f}".rstrip("0")
        least = max(0, -math.floor(math.log10(self.step))) if value < 1000 else 0
        whole, _, fraction = shown.partition(".")
        return f"{whole}.{fraction.ljust(least, '0')}" if least or fraction else whole

    def clamp(self, value: float) -> float:
        """The nearest value that is allowed, on the field's grid."""
        return round(min(max(value, self.low), self.most), DECIMALS)

    def step_at(self, value: float) -> float:
        """The fine step at a value."""
        return self.step if value < self.coarse else 10 * self.step

    @property
    def explanation(self) -> str:
        """For the tooltip: what it is, its range, its default, how to move it."""
        ends = _("From {low} to {high}. A number outside is set to the nearest end.")
        if self.most > self.high:
            ends = _("From {low} to {high}; up to {most:g} may be typed. A number outside is set to the nearest end.")
        keys = _("Wheel and arrow keys: steps of {step:g}; with Shift {fine:g}.")
        low, high = self.text(self.low), self.text(self.high)
        lines = (
            _("{symbol} ({name}): {what}").format(symbol=self.symbol, name=self.name, what=self.what),
            ends.format(low=low, high=high, most=self.most),
            _("Default {default}: double-click, or the tick under the slider.").format(default=self.text(self.default)),
            keys.format(step=self.step, fine=self.step / 10),
        )
        return "\n".join(lines)


_EXPONENT = _("exponent of the power-law compression in MC-MSE. Small values lift quiet cells, 1 compresses nothing.")
_WEIGHT = _("weight of MC-MSE in the fused loss L = L_OSI + γ·MC-MSE. 0 leaves L_OSI alone.")
ALPHA = ValueSpec("α", _("alpha"), _EXPONENT, 0.01, 1.0, DEFAULT_ALPHA, most=1.0, step=0.01)
GAMMA = ValueSpec("γ", _("gamma"), _WEIGHT, 0.0, 200.0, DEFAULT_GAMMA, most=1e6, step=0.1, power=3.0, coarse=10.0)


class TickSlider(QSlider):
    """A slider: a click goes where it was made, the default has a tick, a double click goes there.

    `shown` is the value on screen; `marks` have ticks above the groove.
    """

    chosen = Signal(float)  # a value, by the user

    def __init__(self, spec: ValueSpec, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._spec, self.shown = spec, spec.default
        self.marks: tuple[float, ...] = ()  # further places, 0 to 1
        self._wheel = 0
        self.setRange(0, PLACES)
        self.setMinimumSize(80, 24)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        own_keys(self, frozenset(_STEP_KEYS))
        self.show_value(spec.default)
        self.valueChanged.connect(self._take_place)

    def show_value(self, value: float) -> None:
        """Show a value; nothing is emitted. A slider in the hand stays under the pointer, also between two rounded
        values."""
        self.shown = value
        if not self.isSliderDown():
            with QSignalBlocker(self):
                self.setValue(round(self._spec.place_of(value) * PLACES))

    def step(self, steps: int, finer: bool = False) -> None:
        """So many fine steps from the value on screen, or finer ones."""
        step = self._spec.step_at(self.shown) / (10 if finer else 1)
        self.chosen.emit(self._spec.clamp(round(self.shown / step + steps) * step))

    def _take_place(self, place: int) -> None:
        value = self._spec.value_at(place / PLACES)
        grid = self._spec.step_at(value) / 10
        value = self._spec.clamp(round(value / grid) * grid)
        # A value typed beyond the slider's end stays until the handle really leaves that end.
        if place < PLACES or self.shown <= value:
            self.chosen.emit(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows: fine steps; PageUp and PageDown: ten of them."""
        held = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        steps = 0 if held else _STEP_KEYS.get(Qt.Key(event.key()), 0)
        if steps:
            self.step(steps, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A fine step for each notch; touch pads add up their small moves."""
        self._wheel += event.angleDelta().y() or event.angleDelta().x()
        steps = int(self._wheel / NOTCH)
        self._wheel -= steps * NOTCH
        if steps:
            self.step(steps, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the handle, wherever the click was."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.mouseMoveEvent(event)
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        if self.isSliderDown():
            left, span = self._span()
            self.setValue(round(min(max((event.position().x() - left) / span, 0.0), 1.0) * PLACES))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to the default."""
        self.setSliderDown(False)
        self.chosen.emit(self._spec.default)
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The style's slider, and a tick under the groove at the default."""
        super().paintEvent(event)
        with QPainter(self) as painter:
            tick = QColor(self.palette().color(QPalette.ColorRole.WindowText))
            tick.setAlphaF(0.6)
            painter.setPen(QPen(tick, 1.5))
            left, span = self._span()
            x = left + span * self._spec.place_of(self._spec.default)
            painter.drawLine(QPointF(x, self.height() - 5), QPointF(x, self.height() - 1))
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 1.5))
            for x in (left + span * mark for mark in self.marks):
                painter.drawLine(QPointF(x, 1), QPointF(x, 5))

    def _span(self) -> tuple[float, float]:
        """Left end and length of the way the handle's centre can go."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        part = QStyle.SubControl.SC_SliderHandle
        handle = self.style().subControlRect(QStyle.ComplexControl.CC_Slider, option, part, self).width()
        return handle / 2, max(1.0, self.width() - handle)


class _Field(NumberField):
    """The number beside a slider."""

    def __init__(self, spec: ValueSpec, slider: TickSlider, parent: QWidget) -> None:
        self._spec, self._slider = spec, slider
        super().__init__(spec.low, spec.most, parent=parent, unit="", decimals=DECIMALS, width=FIELD_WIDTH)
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFocusPolicy(Qt.FocusPolicy.WheelFocus)

    def textFromValue(self, value: float) -> str:
        """Decimals that count."""
        return self._spec.text(value)

    def stepBy(self, steps: int) -> None:
        """Arrow keys and wheel: fine steps."""
        self._slider.step(steps)


class ValueSlider(QWidget):
    """Label, slider and field of one value."""

    value_changed = Signal(float)

    def __init__(self, spec: ValueSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spec, self.value = spec, spec.default  # the latter: what is on screen
        self._label = ResetLabel(spec.symbol, partial(self._take, spec.default), self)
        self._label.setFixedWidth(16)
        self.slider = TickSlider(spec, self)
        self.field = _Field(spec, self.slider, self)
        row_of(self._label, self.slider, self.field, owner=self, spacing=8)
        for widget in (self._label, self.slider, self.field, self):
            widget.setToolTip(tooltip(spec.explanation))
        self.slider.setAccessibleName(_("{name} slider").format(name=spec.name))
        self.field.setAccessibleName(spec.name)
        self.setFocusProxy(self.slider)
        # One signal per turn of the event loop: a fast mouse sends several moves in one turn.
        self._pending = QTimer(self, singleShot=True)
        self._pending.timeout.connect(lambda: self.value_changed.emit(self.value))
        for part in (self.slider.chosen, self.field.valueChanged):
            part.connect(self._take)
        self._show_value()

    def set_value(self, value: float) -> None:
        """Show a value from outside; nothing is emitted. What the user holds or types is left alone."""
        is_typed = self.field.hasFocus() and self.field.lineEdit().text() != self._spec.text(self.field.value())
        if value != self.value and not (self.slider.isSliderDown() or self._pending.isActive() or is_typed):
            self.value = value
            self._show_value()

    def set_marks(self, values: tuple[float, ...], meaning: str) -> None:
        """Ticks above the slider at these values, as far as it goes; `meaning` joins its tooltip."""
        spec = self._spec
        marks = tuple(spec.place_of(value) for value in values if spec.low <= value <= spec.high)
        if marks != self.slider.marks:
            self.slider.marks = marks
            self.slider.setToolTip(tooltip(f"{spec.explanation}\n{meaning}" if marks else spec.explanation))
            self.slider.update()

    def _take(self, value: float) -> None:
        """A value the user gave."""
        if value != self.value:
            self.value = value
            self._pending.start(0)
        self._show_value()

    def _show_value(self) -> None:
        self.slider.show_value(self.value)
        with QSignalBlocker(self.field):
            self.field.setValue(self.value)
