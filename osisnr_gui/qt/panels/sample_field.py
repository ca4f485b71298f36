"""Number fields that never hand on a number outside their range, and say nothing while something is shown."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QValidator, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QWidget,
)

from osisnr_gui.qt.look.theme import tabular_font
from osisnr_gui.qt.panels.own_keys import FIELD_KEYS, LIST_KEYS, own_keys
from osisnr_gui.qt.panels.value_mapping import parse_number
from osisnr_gui.session.session import MAX_DELAY

WIDTH, LAG_WIDTH = 84, 132
DEFAULT_MARK = " · default"


class SampleField(QSpinBox):
    """A count of samples; arrows and wheel double and halve it."""

    chosen = Signal(int)

    def __init__(self, least: int, most: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(least, most)
        _prepare(self)
        self.valueChanged.connect(self.chosen)

    def show_value(self, value: int, most: int) -> None:
        """Show a value and the largest one allowed; nothing is emitted, and what is being typed stays."""
        blocked = self.blockSignals(True)
        if most != self.maximum():
            self.setMaximum(most)
        # An emptied field still has its value: only another one would bring its digits back.
        if value != self.value() or not (self.text() or self.hasFocus()):
            self.setValue(value)
            self.lineEdit().setText(self.textFromValue(value))
        self.blockSignals(blocked)

    def stepBy(self, steps: int) -> None:
        """To the next power of two."""
        value = self.value()
        for _ in range(abs(steps)):
            value = 1 << value.bit_length() if steps > 0 else 1 << max(0, (value - 1).bit_length() - 1)
        self.setValue(value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Only with the focus: a wheel that scrolls the panel must not change what it passes."""
        _wheel_with_focus(self, event, super().wheelEvent)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Anything may stand there while it is typed."""
        value = parse_number(text) if text.strip().isdecimal() else None
        inside = value is not None and self.minimum() <= value <= self.maximum()
        return (QValidator.State.Acceptable if inside else QValidator.State.Intermediate), text, position

    def fixup(self, text: str) -> str:
        """The nearest number that is allowed; the number before when it is none at all."""
        value = parse_number(text)
        wanted = self.value() if value is None else round(value)
        return str(min(max(wanted, self.minimum()), self.maximum()))


class LagField(QSpinBox):
    """A delay in samples, positive for a late file; arrows and wheel go by one, with Ctrl by ten."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.set_reach(MAX_DELAY)
        _prepare(self)
        self.setFixedWidth(LAG_WIDTH)
        self.setAccessibleName("Delay taken out, in samples")
        self.setToolTip("Samples by which the estimate is late; they are taken out. Arrows: one, with Ctrl ten")
        self.valueChanged.connect(self.chosen)

    def set_reach(self, samples: int) -> None:
        """Delays up to this long can be chosen; one that is longer already stays."""
        blocked = self.blockSignals(True)
        reach = max(samples, abs(self.value()))
        self.setRange(-reach, reach)
        self.blockSignals(blocked)

    def show_value(self, samples: int) -> None:
        """Show a delay; nothing is emitted, and what is being typed stays where it is the same."""
        blocked = self.blockSignals(True)
        if abs(samples) > self.maximum():
            self.setRange(-abs(samples), abs(samples))
        if samples != self.value():
            self.setValue(samples)
        self.blockSignals(blocked)

    def textFromValue(self, value: int) -> str:
        """With a true minus sign and the unit."""
        return f"{value} sample{'' if abs(value) == 1 else 's'}".replace("-", "−")

    def valueFromText(self, text: str) -> int:
        """Back from that, or from what was typed."""
        value = parse_number(text.removesuffix("s").removesuffix(" sample").strip())
        return self.value() if value is None else min(max(round(value), self.minimum()), self.maximum())

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Anything may stand there while it is typed."""
        value = parse_number(text.removesuffix("s").removesuffix(" sample").strip())
        inside = value is not None and value == round(value) and self.minimum() <= value <= self.maximum()
        return (QValidator.State.Acceptable if inside else QValidator.State.Intermediate), text, position

    def fixup(self, text: str) -> str:
        """The nearest delay that is allowed; the one before when it is none at all."""
        return self.textFromValue(self.valueFromText(text))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Only with the focus."""
        _wheel_with_focus(self, event, super().wheelEvent)


class DecibelField(QDoubleSpinBox):
    """A level in dB, or another number with its unit."""

    chosen = Signal(float)

    def __init__(
        self,
        least: float,
        most: float,
        step: float,
        parent: QWidget | None = None,
        *,
        suffix: str = " dB",
        decimals: int = 1,
    ) -> None:
        self._maximum_words, self._suffix = "", suffix
        super().__init__(parent)
        self.setRange(least, most)
        self.setSingleStep(step)
        self.setDecimals(decimals)
        _prepare(self)
        self.valueChanged.connect(self.chosen)

    def setSpecialMaximum(self, text: str) -> None:
        """Words instead of the largest number."""
        self._maximum_words = text

    def show_value(self, value: float) -> None:
        """Show a value; nothing is emitted, and what is being typed stays where the value is the same."""
        if round(value, self.decimals()) == self.value():
            return
        blocked = self.blockSignals(True)
        self.setValue(value)
        self.blockSignals(blocked)

    def textFromValue(self, value: float) -> str:
        """The number, or the words for the largest one."""
        if self._maximum_words and value >= self.maximum():
            return self._maximum_words
        return super().textFromValue(value) + self._suffix

    def valueFromText(self, text: str) -> float:
        """Back from what `textFromValue` says, or from what was typed."""
        bare = text.removesuffix(self._suffix).strip()
        if self._maximum_words and bare == self._maximum_words:
            return self.maximum()
        value = parse_number(bare)
        return self.value() if value is None else min(max(value, self.minimum()), self.maximum())

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Anything may stand there while it is typed."""
        bare = text.removesuffix(self._suffix).strip()
        value = parse_number(bare)
        inside = value is not None and self.minimum() <= value <= self.maximum()
        known = inside or (bool(self._maximum_words) and bare == self._maximum_words)
        return (QValidator.State.Acceptable if known else QValidator.State.Intermediate), text, position

    def fixup(self, text: str) -> str:
        """The nearest number that is allowed; the number before when it is none at all."""
        return self.textFromValue(self.valueFromText(text))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Only with the focus."""
        _wheel_with_focus(self, event, super().wheelEvent)


class MarkedBox(QComboBox):
    """A choice whose default is marked in the list, and in the box as far as there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        own_keys(self, LIST_KEYS)

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        """The name alone where the mark does not fit."""
        super().initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self).width()
        if self.fontMetrics().horizontalAdvance(option.currentText) > room - 4:
            option.currentText = option.currentText.removesuffix(DEFAULT_MARK)


def _prepare(field: QAbstractSpinBox) -> None:
    field.setKeyboardTracking(False)
    field.setLocale(QLocale.c())
    field.setFont(tabular_font())
    field.setFixedWidth(WIDTH)
    field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    own_keys(field, FIELD_KEYS)


def _wheel_with_focus(field: QAbstractSpinBox, event: QWheelEvent, handle: object) -> None:
    if field.hasFocus() and callable(handle):
        handle(event)
    else:
        event.ignore()
