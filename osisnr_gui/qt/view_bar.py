"""How the pictures are shown: frequency scale, colour map, floor and ceiling, third picture."""

from functools import partial

import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QComboBox, QWidget

from osisnr_gui.qt.focus import UP_DOWN, own_keys
from osisnr_gui.qt.panels.layouts import row_of
from osisnr_gui.qt.panels.sample_field import NumberField
from osisnr_gui.qt.plots.scales import SCALE_NAMES, SPECTROGRAM_MAPS, colour_map
from osisnr_gui.qt.plots.spectrogram_plot import DEFAULT_LEVELS_DB
from osisnr_gui.text.catalogue import _

LOWEST_DB, HIGHEST_DB, NARROWEST_DB = -130, 20, 10
BAR_HEIGHT, BAR_WIDTHS, FIELD_WIDTH = 20, (60, 150), 64
BAR_TIP = _(
    "Drag a handle to move the floor or the ceiling of the colours, between them: both; double-click: −90 to −10 dB"
)


class LevelBar(pg.GraphicsView):
    """The colours between floor and ceiling, which are dragged by handles; a double click gives the usual ones."""

    reset_requested = Signal()

    def __init__(self) -> None:
        super().__init__(background=None)
        limits = LOWEST_DB, HIGHEST_DB
        self.item = pg.ColorBarItem(
            values=DEFAULT_LEVELS_DB, width=BAR_HEIGHT, limits=limits, orientation="horizontal", colorMapMenu=False
        )
        for side in ("left", "right", "top", "bottom"):
            self.item.hideAxis(side)
        for line, colour in zip(self.item.region.lines, "wk", strict=True):  # all maps grow lighter
            line.setPen(colour, width=2)
            line.setHoverPen(colour, width=4)
        self.item.region.setHoverBrush("#ffffff40")
        self.destroyed.connect(self.item.ctrlMenu.deleteLater)  # else it stays as a window of its own
        self.item.layout.setContentsMargins(0, 0, 0, 0)
        self.setCentralItem(self.item)
        self.setMinimumSize(BAR_WIDTHS[0], BAR_HEIGHT)
        self.setMaximumSize(BAR_WIDTHS[1], BAR_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setToolTip(BAR_TIP)
        self.setAccessibleName(BAR_TIP)

    def sizeHint(self) -> QSize:
        """Between the two widths, whatever it has now (which is what a scene asks for)."""
        return QSize(round(sum(BAR_WIDTHS) / 2), BAR_HEIGHT)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The usual levels."""
        event.accept()
        self.reset_requested.emit()


class ViewBar(QWidget):
    """A row of small controls for the toolbar. Says what is wanted; the plots do it."""

    scale_changed = Signal(str)
    colours_changed = Signal(str)
    levels_changed = Signal(float, float)
    residual_changed = Signal(bool)
    whole_range_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = _combo(SCALE_NAMES, _("Frequency scale of all pictures"))
        self._colours = _combo(SPECTROGRAM_MAPS, _("Colour map of the spectrograms (P)"))
        self._third = _combo(
            (_("difference"), _("residual")),
            _("Third picture: level difference, or the residual that the measure calls noise (D)"),
        )
        low = _("Floor: levels from here down get the darkest colour (dB re a full-scale sine)")
        high = _("Ceiling: levels from here up get the brightest colour (dB re a full-scale sine)")
        bare = NumberField.ButtonSymbols.NoButtons
        field = partial(NumberField, decimals=0, singleStep=5, buttonSymbols=bare, width=FIELD_WIDTH)
        self._low = field(LOWEST_DB, HIGHEST_DB - NARROWEST_DB, toolTip=low)
        self._high = field(LOWEST_DB + NARROWEST_DB, HIGHEST_DB, toolTip=high)
        self._low.setAccessibleName(_("floor of the colours"))
        self._high.setAccessibleName(_("ceiling of the colours"))
        self._bar, self._narrow = LevelBar(), False
        self._values = _combo(
            (_("all values"), _("0 to 1")),
            _("Mask values with the first and the last colour: all there are, or 0 to 1 (−1 to 1 if signed)"),
        )
        parts = self._scale, self._colours, self._third, self._low, self._bar, self._high, self._values
        self._layout = row_of(*parts, owner=self, margins=(8, 0, 8, 0), spacing=6)
        self._scale.currentTextChanged.connect(self.scale_changed)
        self._colours.currentTextChanged.connect(self._show_colours)
        self._third.currentIndexChanged.connect(lambda index: self.residual_changed.emit(index == 1))
        self._values.currentIndexChanged.connect(lambda index: self.whole_range_changed.emit(index == 0))
        self._low.valueChanged.connect(self._send_levels)
        self._high.valueChanged.connect(self._send_levels)
        self._bar.item.sigLevelsChanged.connect(self._take_drag)
        self._bar.item.sigLevelsChangeFinished.connect(lambda bar: bar.setLevels(self.levels))
        self._bar.reset_requested.connect(lambda: self.set_levels(*DEFAULT_LEVELS_DB))
        self._show_colours(self.colours)
        self.set_levels(*DEFAULT_LEVELS_DB)

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
        return self._low.value(), self._high.value()

    def set_view(self, scale: str, colours: str, low: float, high: float) -> None:
        """Put all controls; signals follow for those that change."""
        self._scale.setCurrentText(scale)
        self._colours.setCurrentText(colours)
        self.set_levels(low, high)

    def reset(self) -> None:
        """The first of every choice, and the usual levels."""
        for box in (self._scale, self._colours, self._values):
            box.setCurrentIndex(0)
        self.set_levels(*DEFAULT_LEVELS_DB)

    def set_levels(self, low: float, high: float) -> None:
        """Put floor and ceiling (dB); one signal follows if they change."""
        high = max(high, low + NARROWEST_DB)
        if (low, high) != self.levels:
            self._put(low, high)
            self._bar.item.setLevels(self.levels)

    def set_residual(self, residual: bool) -> None:
        """Choose the third picture."""
        self._third.setCurrentIndex(int(residual))

    def show_masks(self, masks: bool) -> None:
        """Floor and ceiling are in dB: masks have a range of values instead."""
        self._bar.setVisible(not masks)
        self._values.setVisible(masks)
        self.set_narrow(self._narrow)

    def set_narrow(self, narrow: bool) -> None:
        """Leave out the fields of floor and ceiling: the handles between them stay."""
        self._narrow = narrow
        for field in (self._low, self._high):
            field.setVisible(not narrow and not self._bar.isHidden())
        self._layout.activate()  # so that the toolbar's hint is right at once

    def next_colours(self) -> None:
        """The next colour map."""
        self._colours.setCurrentIndex((self._colours.currentIndex() + 1) % self._colours.count())

    def _send_levels(self) -> None:
        # The control that was not touched gives way.
        self._put(*self.levels, keeps_low=self.sender() is self._low)
        self._bar.item.setLevels(self.levels)

    def _take_drag(self, bar: pg.ColorBarItem) -> None:
        """A handle stops where the other one is near."""
        low, high = bar.levels()
        self._put(low, high, keeps_low=high != self.levels[1])

    def _put(self, low: float, high: float, *, keeps_low: bool = True) -> None:
        if high - low < NARROWEST_DB:
            low, high = (low, low + NARROWEST_DB) if keeps_low else (high - NARROWEST_DB, high)
        self._low.show_value(low)
        self._high.show_value(high)
        self.levels_changed.emit(*self.levels)

    def _show_colours(self, name: str) -> None:
        self._bar.item.setColorMap(colour_map(name))
        self.colours_changed.emit(name)


def _combo(names: tuple[str, ...], tip: str) -> QComboBox:
    box = QComboBox()
    box.addItems(list(names))
    box.setToolTip(tip)
    box.setAccessibleName(tip)
    own_keys(box, UP_DOWN)
    return box
