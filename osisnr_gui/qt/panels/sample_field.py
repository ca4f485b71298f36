"""Number fields: `valueChanged` comes for what the user enters, never outside the range, not for what is shown."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QLocale, QSignalBlocker, Qt
from PySide6.QtGui import QStatusTipEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QDoubleSpinBox, QStyle, QStyleOptionComboBox, QWidget

from osisnr_gui.io.errors import printable
from osisnr_gui.qt.focus import FIELD_KEYS, UP_DOWN, own_keys
from osisnr_gui.qt.look.theme import tabular_font
from osisnr_gui.session.session import MAX_DELAY
from osisnr_gui.session.words import MINUS
from osisnr_gui.text.catalogue import _, ngettext

WIDTH, LAG_WIDTH = 84, 132
DEFAULT_MARK = _(" · default")
POWERS = tuple(1 << power for power in range(31))
LONGEST = 40  # characters of what was typed that a message repeats


class NumberField(QDoubleSpinBox):
    """A spin box in which any text may be typed; what is taken is the nearest number allowed.

    unit : its suffix. most_words : stand in place of the largest number. more : further properties of Qt.
    """

    def __init__(
        self, least: float, most: float, *, unit: str = " dB", most_words: str = "", width: int = WIDTH, **more: Any
    ) -> None:
        self._unit, self._most_words = unit, most_words
        super().__init__(minimum=least, maximum=most, **{"decimals": 1, "keyboardTracking": False, **more})
        self.setLocale(QLocale.c())
        self.setFont(tabular_font())
        self.setFixedWidth(width)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        own_keys(self, FIELD_KEYS)

    def show_value(self, value: float, most: float | None = None) -> None:
        """Show a value as far as its decimals go, and the largest one allowed; nothing is emitted, and what is being
        typed stays where the value is the same."""
        value = round(value, self.decimals())
        with QSignalBlocker(self):
            if most is not None:
                self.setMaximum(most)
            # An emptied field still has its value: only another one would bring its digits back.
            if value != self.value() or not (self.text() or self.hasFocus()):
                self.setValue(value)
                self.lineEdit().setText(self.textFromValue(value))

    def parse(self, text: str) -> float | None:
        """The number in what `textFromValue` says or as people type it, a comma or a true minus sign included; None
        when there is none. Whole in a field for whole numbers."""
        bare = text.removesuffix(self._unit).strip()
        if self._most_words and bare == self._most_words:
            return self.maximum()
        try:
            value = float(bare.replace(",", ".").replace(MINUS, "-"))
        except ValueError:
            return None
        if not math.isfinite(value):
            return None
        return value if self.decimals() else float(round(value))

    def textFromValue(self, value: float) -> str:
        """The number, or the words for the largest one."""
        if self._most_words and value >= self.maximum():
            return self._most_words
        return super().textFromValue(value) + self._unit

    def valueFromText(self, text: str) -> float:
        """The number typed, held inside the range; the one before when it is none at all."""
        value = self.parse(text)
        return self.value() if value is None else min(max(value, self.minimum()), self.maximum())

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Anything may stand there while it is typed; only a number in the range is taken as it is."""
        value = self.parse(text)
        inside = value is not None and self.minimum() <= value <= self.maximum()
        return (QValidator.State.Acceptable if inside else QValidator.State.Intermediate), text, position

    def fixup(self, text: str) -> str:
        """The nearest number that is allowed, or the number before when it is none at all; with a word about it."""
        value, taken = self.parse(text), self.textFromValue(self.valueFromText(text))
        typed = printable(text.strip(), LONGEST)
        if value is None:
            words = _("“{text}” is no number: {taken} stays").format(text=typed, taken=taken)
        else:
            least, most = self.textFromValue(self.minimum()), self.textFromValue(self.maximum())
            words = _("From {least} to {most}: {text} was set to {taken}")
            words = words.format(least=least, most=most, text=typed, taken=taken)
        if self.isVisible() and typed:
            self.say(words)
        return taken

    def say(self, words: str) -> None:
        """Tell the user, in the status bar: a tooltip goes when the focus moves, and what is entered moves it."""
        QApplication.sendEvent(self, QStatusTipEvent(words))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Only with the focus: a wheel that scrolls the panel must not change what it passes."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class SampleField(NumberField):
    """A count of samples; arrows and wheel go to the next of the usual ones, else double and halve it.

    As every `QDoubleSpinBox` it emits it as float.
    """

    def __init__(self, least: int, most: int, parent: QWidget, usual: Sequence[int] = POWERS) -> None:
        super().__init__(least, most, parent=parent, unit="", decimals=0)
        self._usual = usual

    def stepBy(self, steps: int) -> None:
        """To the next usual count."""
        before = bisect_right(self._usual, self.value()) - 1 if steps > 0 else bisect_left(self._usual, self.value())
        self.setValue(self._usual[min(max(before + steps, 0), len(self._usual) - 1)])


class LagField(NumberField):
    """A delay in samples, positive for a late file; arrows and wheel go by one, with Ctrl by ten."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(-MAX_DELAY, MAX_DELAY, parent=parent, unit="", decimals=0, width=LAG_WIDTH)
        self.setAccessibleName(_("Delay taken out, in samples"))
        self.setToolTip(_("Samples by which the estimate is late; they are taken out. Arrows: one, with Ctrl ten"))

    def set_reach(self, samples: int) -> None:
        """Delays up to this long can be chosen; one that is longer already stays."""
        reach = max(samples, abs(self.value()))
        with QSignalBlocker(self):
            self.setRange(-reach, reach)

    def show_value(self, value: float, most: float | None = None) -> None:
        """Show a delay, however long; nothing is emitted."""
        self.set_reach(int(max(abs(value), self.maximum())))
        super().show_value(value, most)

    def textFromValue(self, value: float) -> str:
        """With a true minus sign and the unit."""
        n = round(value)
        return ngettext("{n} sample", "{n} samples", abs(n)).format(n=n).replace("-", MINUS)

    def parse(self, text: str) -> float | None:
        """Back from that, or from what was typed."""
        for n in (1, 2):
            before, _place, after = ngettext("{n} sample", "{n} samples", n).partition("{n}")
            text = text.removeprefix(before).removesuffix(after)
        return super().parse(text)


class NarrowBox(QComboBox):
    """A choice that takes what room there is, however long its names are."""

    def __init__(self, parent: QWidget | None = None, letters: int = 8, **more: Any) -> None:
        super().__init__(parent, **more)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(letters)
        own_keys(self, UP_DOWN)


class MarkedBox(NarrowBox):
    """A choice whose default is marked in the list, and in the box as far as there is room."""

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        """The name alone where the mark does not fit."""
        super().initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self).width()
        if self.fontMetrics().horizontalAdvance(option.currentText) > room - 4:
            option.currentText = option.currentText.removesuffix(DEFAULT_MARK)
