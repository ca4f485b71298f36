"""Commands for the difference of two estimates: what is held against what, by which measure."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QAction

from osisnr_gui.qt.commands.actions import Actions, CommandGroup, Handler
from osisnr_gui.qt.commands.row_commands import RowCommands
from osisnr_gui.qt.plot_area import PlotArea
from osisnr_gui.qt.presenters.differences import DELTA
from osisnr_gui.qt.settings import Settings
from osisnr_gui.session.comparison.difference import Quantity

MENU = "Analysis/Difference of two estimates"
ACTIONS = {Quantity.OSI: "difference_osi", Quantity.LOSS: "difference_loss"}


class DifferenceCommands(CommandGroup):
    """Handlers, and the one menu of the row's button and of the menu bar, with an entry for every partner."""

    def __init__(self, plots: PlotArea, rows: RowCommands) -> None:
        self._plots, self._rows = plots, rows
        self._entries: list[QAction] = []

    def attach(self, actions: Actions) -> None:
        """The menu and the check marks that follow."""
        super().attach(actions)
        menu = actions.menu(MENU)
        menu.addSeparator()
        menu.aboutToShow.connect(self._fill)
        self._plots.differences.row.button.setMenu(menu)

    def handlers(self) -> dict[str, Handler]:
        """A function for every action of these."""
        measures = {name: partial(self.set_measure, measure) for measure, name in ACTIONS.items()}
        return {"next_partner": self._next, **measures}

    def set_measure(self, measure: Quantity) -> None:
        """Subtract this."""
        self._plots.differences.set_measure(measure)
        self.refresh()

    def refresh(self) -> None:
        """Which of them make sense now, and check marks."""
        differences = self._plots.differences
        self._enable(bool(differences.options), "next_partner")
        self._check(ACTIONS[differences.measure], True)

    def restore(self, settings: Settings) -> None:
        """The measure as it was left."""
        self.set_measure(Quantity(settings.text("difference", Quantity.OSI, tuple(Quantity))))

    def remember(self, settings: Settings) -> None:
        """Keep that for the next start."""
        settings.put("difference", self._plots.differences.measure.value)

    def _next(self) -> None:
        if not self._rows.show_row(DELTA):
            self._plots.differences.next_partner()

    def _fill(self) -> None:
        """One entry for each partner there is, the one in force checked."""
        assert self._actions is not None, "only an attached menu is shown"
        menu, differences = self._actions.menu(MENU), self._plots.differences
        for entry in self._entries:
            menu.removeAction(entry)
            entry.deleteLater()
        self._entries = []
        for place, name in differences.option_names():
            entry = menu.addAction(f"Against {name}".replace("&", "&&"), partial(differences.choose, place))
            entry.setCheckable(True)
            entry.setChecked(place == differences.partner)
            self._entries.append(entry)
