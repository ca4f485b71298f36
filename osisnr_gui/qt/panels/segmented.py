"""A switch between two or three named choices, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QWidget

from osisnr_gui.qt.look.theme import SMALL_FONT_PIXELS
from osisnr_gui.qt.panels.layouts import row_of, tool_button
from osisnr_gui.qt.panels.own_keys import own_keys
from osisnr_gui.session.session import Formula

STYLE = f"font-size: {SMALL_FONT_PIXELS}px; padding: 4px 2px"
#: The two named results, in the order of their switch.
FORMULAS = (Formula.EXACT, Formula.LITERAL)


class Segmented(QWidget):
    """Choices with a name and a few words each, e.g. "exact" / "active frames"; one is always in force."""

    chosen = Signal(int)

    def __init__(self, choices: Sequence[tuple[str, str]], name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.current = 0  # index of the choice in force
        self._group = QButtonGroup(self)
        for index, words in enumerate(choices):
            button = tool_button(" · ".join(words), tip, name=f"{name}: {', '.join(words)}", parent=self)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setStyleSheet(STYLE)
            # The space bar and the arrows are the window's.
            own_keys(button, frozenset(), dict.fromkeys((Qt.Key.Key_Return, Qt.Key.Key_Enter), self._choose_next))
            self._group.addButton(button, index)
        row_of(*self._group.buttons(), owner=self, spacing=1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_current(0)
        self._group.idClicked.connect(self._choose)

    def set_current(self, index: int) -> None:
        """Show a choice; nothing is emitted."""
        self.current = index
        self._group.button(index).setChecked(True)

    def _choose(self, index: int) -> None:
        if index != self.current:
            self.set_current(index)
            self.chosen.emit(index)

    def _choose_next(self) -> None:
        index = (self.current + 1) % len(self._group.buttons())
        self._group.button(index).setFocus()
        self._choose(index)

    @classmethod
    def of_formulas(cls, name: str, tip: str, parent: QWidget) -> Segmented:
        """A switch between the two named results."""
        return cls((("exact", "active frames"), ("literal", "all frames")), name, tip, parent)
