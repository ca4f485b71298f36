"""Which curves are drawn. View state: it is not saved with the session, and undo does not know of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from osisnr_gui.session.session import Source


@dataclass(frozen=True, slots=True)
class CurveChoice:
    """hidden : estimates without a curve. mixture : whether the unprocessed mixture has one."""

    hidden: frozenset[Source] = frozenset()
    mixture: bool = False


class ShownCurves(QObject):
    """The choice in force; every change is told."""

    changed = Signal(object)  # CurveChoice

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.choice = CurveChoice()

    def toggle(self, estimate: Source) -> None:
        """Hide an estimate's curve, or show it again."""
        self._set(replace(self.choice, hidden=self.choice.hidden ^ {estimate}))

    def show_all(self) -> None:
        """Every estimate has a curve again."""
        self._set(replace(self.choice, hidden=frozenset()))

    def set_mixture(self, shown: bool) -> None:
        """Show or hide the curve of the unprocessed mixture."""
        self._set(replace(self.choice, mixture=shown))

    def _set(self, choice: CurveChoice) -> None:
        if choice != self.choice:
            self.choice = choice
            self.changed.emit(choice)
