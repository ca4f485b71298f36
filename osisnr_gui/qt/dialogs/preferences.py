"""What is remembered from one start to the next, on one page. Every change is in force at once."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QWidget

from osisnr_gui.qt.dialogs.cache_page import CachePart
from osisnr_gui.qt.dialogs.close_dialog import CloseDialog
from osisnr_gui.qt.panels.layouts import lay_out_settings
from osisnr_gui.qt.panels.plain_text import GAP, plain_label, tooltip
from osisnr_gui.text.catalogue import _

WIDTH = 520


class Preference(NamedTuple):
    """A choice between actions, or one action that is a switch. default : the place of the one chosen at first, or
    whether the switch is on then."""

    name: str
    actions: Sequence[QAction]
    default: int


class PreferencesDialog(CloseDialog):
    """Preferences under their headings, the result cache if there is one, and a way back to what they are at first."""

    def __init__(
        self, sections: Mapping[str, Sequence[Preference]], cache: CachePart | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(_("Preferences"), parent)
        self.setFixedWidth(WIDTH)
        self.cache, self.controls = cache, dict[str, QCheckBox | QComboBox]()
        self._defaults: list[QAction] = []
        self._switches: list[tuple[QAction, bool]] = []
        parts: list[QWidget | QGridLayout] = []
        for heading, preferences in sections.items():
            parts += [plain_label(heading, "heading", parent=self), self._grid(preferences)]
        if cache is not None:
            parts += [plain_label(_("Result cache"), "heading", parent=self), cache]
        tip = _("All of these as at the first start; kept results stay")
        self.reset_button = self.add_button(_("&Restore defaults"), self.restore_defaults, tip)
        self.lay_out(*parts, spacing=GAP)

    def restore_defaults(self) -> None:
        """Everything on this page as at the first start."""
        for action in (*self._defaults, *(switch for switch, on in self._switches if switch.isChecked() != on)):
            action.trigger()
        if self.cache is not None:
            self.cache.restore_defaults()

    def _grid(self, preferences: Sequence[Preference]) -> QGridLayout:
        grid = QGridLayout()
        lists = [each for each in preferences if len(each.actions) > 1]
        lay_out_settings(
            grid, [(each.name, self._list(each), None, each.actions[0].statusTip(), None) for each in lists]
        )
        for row, each in enumerate((each for each in preferences if each not in lists), len(lists)):
            grid.addWidget(self._switch(each), row, 0, 1, 3)
        return grid

    def _switch(self, preference: Preference) -> QCheckBox:
        (action,) = preference.actions
        box = self.controls[preference.name] = QCheckBox(preference.name, self)
        box.setToolTip(tooltip(action.statusTip()))
        box.setChecked(action.isChecked())
        box.clicked.connect(lambda _on: action.trigger())
        action.toggled.connect(box.setChecked)
        self._switches.append((action, bool(preference.default)))
        return box

    def _list(self, preference: Preference) -> QComboBox:
        box = self.controls[preference.name] = QComboBox(self)
        for place, action in enumerate(preference.actions):
            box.addItem(action.text())
            action.toggled.connect(partial(self._follow, box, place))
            self._follow(box, place, action.isChecked())
        box.activated.connect(lambda place: preference.actions[place].trigger())
        self._defaults.append(preference.actions[preference.default])
        return box

    @staticmethod
    def _follow(box: QComboBox, place: int, on: bool) -> None:
        if on:
            box.setCurrentIndex(place)
