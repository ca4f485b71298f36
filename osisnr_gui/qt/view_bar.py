"""How the pictures are shown: frequency scale, colour map, floor and ceiling, third picture."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSpinBox, QWidget

from osisnr_gui.qt.panels.own_keys import FIELD_KEYS, LIST_KEYS, own_keys
from osisnr_gui.qt.plots.colours import SPECTROGRAM_MAPS
from osisnr_gui.qt.plots.frequency_scale import SCALE_NAMES
from osisnr_gui.qt.plots.spectrogram_plot import DEFAULT_LEVELS_DB

LOWEST_DB, HIGHEST_DB, NARROWEST_DB = -130, 20, 10


class ViewBar(QWidget):
    """A row of small controls for the toolbar. Says what is wanted; the plots do it."""

    scale_changed = Signal(str)
    colours_changed = Signal(str)
    levels_changed = Signal(float, float)
    residual_changed = Signal(bool)
    whole_range_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = _combo(SCALE_NAMES, "Frequency scale of all pictures")
        self._colours = _combo(tuple(SPECTROGRAM_MAPS), "Colour map of the spectrograms (P)")
        self._third = _combo(
            ("difference", "residual"),
            "Third picture: level difference, or the residual that the measure calls noise (D)",
        )
        self._low, self._high = _decibels(DEFAULT_LEVELS_DB[0]), _decibels(DEFAULT_LEVELS_DB[1])
        self._low.setToolTip("Floor: levels from here down get the darkest colour (dB re a full-scale sine)")
        self._high.setToolTip("Ceiling: levels from here up get the brightest colour (dB re a full-scale sine)")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 0)
        layout.setSpacing(6)
        self._to = QLabel("to")
        self._values = _combo(
            ("all values", "0 to 1"),
            "Mask values with the first and the last colour: all there are, or 0 to 1 (−1 to 1 if signed)",
        )
        for widget in (self._scale, self._colours, self._third, self._low, self._to, self._high, self._values):
            layout.addWidget(widget)
        self._scale.currentTextChanged.connect(self.scale_changed)
        self._colours.currentTextChanged.connect(self.colours_changed)
        self._third.currentIndexChanged.connect(lambda index: self.residual_changed.emit(index == 1))
        self._values.currentIndexChanged.connect(lambda index: self.whole_range_changed.emit(index == 0))
        self._low.valueChanged.connect(self._send_levels)
        self._high.valueChanged.connect(self._send_levels)

    @property
    def scale(self) -> str:
        """linear, log or mel."""
        return self._scale.currentText()

    @property
    def colours(self) -> str:
        """Name of the colour map."""
        return self._colours.currentText()

    @property
    def levels(self) -> tuple[float, float]:
        """Floor and ceiling in dB."""
        return float(self._low.value()), float(self._high.value())

    def set_view(self, scale: str, colours: str, low: float, high: float) -> None:
        """Put all controls; signals follow for those that change."""
        self._scale.setCurrentText(scale)
        self._colours.setCurrentText(colours)
        self._low.setValue(round(low))
        self._high.setValue(round(high))

    def set_residual(self, residual: bool) -> None:
        """Choose the third picture."""
        self._third.setCurrentIndex(int(residual))

    def show_masks(self, masks: bool) -> None:
        """Floor and ceiling are in dB: masks have a range of values instead."""
        for widget in (self._low, self._to, self._high):
            widget.setVisible(not masks)
        self._values.setVisible(masks)

    def next_colours(self) -> None:
        """The next colour map."""
        self._colours.setCurrentIndex((self._colours.currentIndex() + 1) % self._colours.count())

    def _send_levels(self) -> None:
        low, high = self._low.value(), self._high.value()
        if high - low < NARROWEST_DB:
            # The control that was not touched gives way.
            other = self._high if self.sender() is self._low else self._low
            other.setValue(low + NARROWEST_DB if other is self._high else high - NARROWEST_DB)
            return
        self.levels_changed.emit(float(low), float(high))


def _combo(names: tuple[str, ...], tip: str) -> QComboBox:
    box = QComboBox()
    box.addItems(list(names))
    box.setToolTip(tip)
    box.setAccessibleName(tip)
    own_keys(box, LIST_KEYS)
    return box


def _decibels(value: float) -> QSpinBox:
    box = QSpinBox()
    box.setRange(LOWEST_DB, HIGHEST_DB)
    box.setSingleStep(5)
    box.setSuffix(" dB")
    box.setValue(round(value))
    box.setKeyboardTracking(False)
    own_keys(box, FIELD_KEYS)
    return box
