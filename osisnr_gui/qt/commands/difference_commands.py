"""Commands for the difference of two estimates: what is held against what, by which measure."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from osisnr_gui.qt.commands.row_commands import RowCommands
from osisnr_gui.qt.plot_area import PlotArea
from osisnr_gui.qt.presenters.differences import DELTA

MENU = "Analysis/Difference of two estimates"


class DifferenceCommands:
    """The one menu of the row's button and of the menu bar, with an entry for every partner."""

    def __init__(self, plots: PlotArea, rows: RowCommands) -> None:
        self._plots, self._rows = plots, rows
        self._entries: list[QAction] = []

    def fill(self, menu: QMenu) -> None:
        """Keep this menu filled, and show it at the row's button."""
        menu.addSeparator()
        menu.aboutToShow.connect(partial(self._list_partners, menu))
        self._plots.differences.row.button.setMenu(menu)

    def show_next(self) -> None:
        """The row; the next partner when it is on show."""
        if not self._rows.show_row(DELTA):
            self._plots.differences.next_partner()

    def _list_partners(self, menu: QMenu) -> None:
        """One entry for each partner there is, the one in force checked."""
        differences = self._plots.differences
        for entry in self._entries:
            menu.removeAction(entry)
            entry.deleteLater()
        self._entries = []
        for place, name in differences.option_names():
            entry = menu.addAction(f"Against {name}".replace("&", "&&"), partial(differences.choose, place))
            entry.setCheckable(True)
            entry.setChecked(place == differences.partner)
            self._entries.append(entry)
