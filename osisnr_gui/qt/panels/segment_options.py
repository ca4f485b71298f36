"""How bad frames become segments, and which of them count: a small form behind a button."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from osisnr_gui.core.bad_frames import DEFAULT_GATE_DB
from osisnr_gui.qt.panels.layouts import Setting, lay_out_settings
from osisnr_gui.qt.panels.plain_text import GAP, MARGIN
from osisnr_gui.qt.panels.sample_field import DecibelField
from osisnr_gui.session import edits
from osisnr_gui.session.session import BadChoice, limits

MS = 1000.0
GATE_OFF = limits(BadChoice, "gate_db")[1]


class SegmentOptions(QWidget):
    """Shortest segment, joined gaps, level gate, window of the running median."""

    edit_requested = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.minimum = _milliseconds("minimum_s", self)
        self.join = _milliseconds("join_s", self)
        self.gate = DecibelField(*limits(BadChoice, "gate_db"), 5.0, self)
        self.gate.setSpecialMaximum("off")
        self.window_field = DecibelField(*limits(BadChoice, "window_s"), 0.25, self, suffix=" s", decimals=2)
        self._lay_out()
        self._connect()
        self.show_choice(BadChoice())

    def show_choice(self, choice: BadChoice) -> None:
        """Show what is in force; nothing is emitted."""
        self.minimum.show_value(choice.minimum_s * MS)
        self.join.show_value(choice.join_s * MS)
        self.gate.show_value(GATE_OFF if choice.gate_db is None else choice.gate_db)
        self.window_field.show_value(choice.window_s)

    def _settings(self) -> tuple[Setting, ...]:
        default = BadChoice()
        least, join, window = default.minimum_s * MS, default.join_s * MS, default.window_s
        window_tip = "A sudden drop is one under the median of this time."
        gate_tip = (
            "Frames count when the reference is within this of its loudest frame, false activity when the estimate is "
            "within this of its own loudest one: so pauses do not drown what matters."
        )
        return (
            _setting("shortest segment", self.minimum, least, "Shorter segments are not listed."),
            _setting("join gaps up to", self.join, join, "Bad frames no further apart than this make one segment."),
            _setting("level gate", self.gate, DEFAULT_GATE_DB, gate_tip),
            _setting("running median", self.window_field, window, window_tip),
        )

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(MARGIN, GAP, MARGIN, GAP)
        lay_out_settings(grid, self._settings(), GAP)
        grid.setHorizontalSpacing(MARGIN)

    def _connect(self) -> None:
        self.minimum.chosen.connect(lambda ms: self._change(minimum_s=ms / MS))
        self.join.chosen.connect(lambda ms: self._change(join_s=ms / MS))
        self.gate.chosen.connect(lambda db: self._change(gate_db=None if db >= GATE_OFF else db))
        self.window_field.chosen.connect(lambda seconds: self._change(window_s=seconds))

    def _change(self, **changes: object) -> None:
        self.edit_requested.emit(partial(edits.set_bad, **changes), "_".join(changes))


def _setting(name: str, field: DecibelField, default: float, tip: str) -> Setting:
    """default : in the unit of the field."""
    whole_tip = f"{tip} Double-click the name for the default, {field.textFromValue(default)}."
    return name, field, None, whole_tip, partial(field.chosen.emit, default)


def _milliseconds(name: str, parent: QWidget) -> DecibelField:
    low, high = limits(BadChoice, name)
    return DecibelField(low * MS, high * MS, 8.0, parent, suffix=" ms", decimals=0)
