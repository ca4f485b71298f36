"""What is remembered from one start to the next, on one page. Every change is in force at once."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QSpinBox, QWidget

from osisnr_gui.io.cache_folder import DEFAULT_MAX_BYTES
from osisnr_gui.qt.dialogs.close_dialog import CloseDialog
from osisnr_gui.qt.panels.layouts import REST, column_of, lay_out_settings, push_button, row_of
from osisnr_gui.qt.panels.plain_text import GAP, ElidedLabel, plain_label, tooltip
from osisnr_gui.qt.settings import KEEP_MIB_RANGE, Settings
from osisnr_gui.session.result_cache import ResultCache
from osisnr_gui.text.catalogue import _, ngettext

WHAT = _(
    "The results of compared files are kept, so that opening the same files again takes no computing: curves, numbers "
    "and spectrograms are there at once. A file that changed is compared anew. Your files are never touched."
)
MIB = 1 << 20


def size_text(size: int) -> str:
    """Bytes as a user reads them: "0 MiB", "512 MiB", "1.5 GiB"."""
    return f"{size / (1 << 30):.1f} GiB" if size >= 1 << 30 else f"{-(-size // MIB)} MiB"


class CachePart(QWidget):
    """Room taken, a switch, a limit and Clear. Every change holds at once and for later starts."""

    def __init__(self, cache: ResultCache, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cache, self._settings = cache, settings
        self.taken = plain_label(parent=self)
        self.switch = QCheckBox(_("&Keep results"), self)
        self.switch.setToolTip(tooltip(WHAT))
        self.switch.setChecked(cache.enabled)
        self.switch.toggled.connect(self._set_enabled)
        least, most = KEEP_MIB_RANGE
        self.limit = QSpinBox(self, minimum=least, maximum=most, singleStep=256, suffix=" MiB")
        self.limit.setKeyboardTracking(False)  # 2048 passes through 20, which would empty the cache
        self.limit.setValue(cache.folder.max_bytes // MIB)
        self.limit.setAccessibleName(_("Most room for results, in MiB"))
        self.limit.setToolTip(_("When there is more, what was used longest ago goes first"))
        self.limit.valueChanged.connect(self._set_limit)
        clear_tip = _("Remove all kept results; what is open in this window stays open")
        self.clear_button = push_button(_("Cl&ear"), clear_tip, self._clear, parent=self, autoDefault=False)
        label = plain_label(_("At &most"), parent=self)
        label.setBuddy(self.limit)
        folder = ElidedLabel(cache.folder.path, Qt.TextElideMode.ElideMiddle, muted=True, parent=self)
        controls = row_of(self.switch, REST, label, self.limit, self.clear_button, spacing=GAP)
        column_of(self.taken, folder, controls, owner=self, spacing=GAP)
        self._show()

    def restore_defaults(self) -> None:
        """Keep results, up to the room that is taken at first."""
        self.switch.setChecked(True)
        self.limit.setValue(DEFAULT_MAX_BYTES // MIB)

    def _show(self) -> None:
        folder = self._cache.folder
        count, size = len(folder.names("pair-")), folder.size()
        words = ngettext("{n} result kept, {room} on disk", "{n} results kept, {room} on disk", count)
        if not count:
            words = _("No results are kept, {room} on disk")
        self.taken.setText(words.format(n=count, room=size_text(size)))
        self.clear_button.setEnabled(size > 0)
        self.limit.setEnabled(self._cache.enabled)

    def _set_enabled(self, on: bool) -> None:
        self._cache.enabled = on
        self._settings.put("keep_results", on)
        self._show()

    def _set_limit(self, mib: int) -> None:
        self._cache.folder.max_bytes = mib * MIB
        self._cache.folder.trim()
        self._settings.put("keep_results_mib", mib)
        self._show()

    def _clear(self) -> None:
        self._cache.folder.clear()
        self._show()


class Preference(NamedTuple):
    """A choice between actions, or one action that is a switch. default : the place of the one chosen at first, or
    whether the switch is on then."""

    name: str
    actions: Sequence[QAction]
    default: int


class PreferencesDialog(CloseDialog):
    """Preferences under their headings, the result cache if there is one, and a way back to what they are at first."""

    def __init__(self, sections: Mapping[str, Sequence[Preference]], cache: CachePart | None, parent: QWidget) -> None:
        super().__init__(_("Preferences"), parent)
        self.setFixedWidth(520)
        self.cache, self.controls = cache, dict[str, QCheckBox | QComboBox]()
        self._defaults: list[Callable[[], object]] = []  # each puts a control to what it is at first
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
        for put in self._defaults:
            put()
        if self.cache is not None:
            self.cache.restore_defaults()

    def _grid(self, preferences: Sequence[Preference]) -> QGridLayout:
        lists = [each for each in preferences if len(each.actions) > 1]
        settings = [(one.name, self._list(one), None, one.actions[0].statusTip(), None) for one in lists]
        grid, _names = lay_out_settings(settings)
        for row, each in enumerate((each for each in preferences if each not in lists), len(lists)):
            grid.addWidget(self._switch(each), row, 0, 1, 3)
        return grid

    def _switch(self, preference: Preference) -> QCheckBox:
        (action,) = preference.actions
        box = self.controls[preference.name] = QCheckBox(preference.name, self)
        box.setToolTip(tooltip(action.statusTip()))
        box.setChecked(action.isChecked())
        box.toggled.connect(lambda _on: action.trigger())
        self._defaults.append(partial(box.setChecked, bool(preference.default)))
        return box

    def _list(self, preference: Preference) -> QComboBox:
        box = self.controls[preference.name] = QComboBox(self)
        box.addItems([action.text() for action in preference.actions])
        box.setCurrentIndex([action.isChecked() for action in preference.actions].index(True))
        box.currentIndexChanged.connect(lambda place: preference.actions[place].trigger())
        self._defaults.append(partial(box.setCurrentIndex, preference.default))
        return box
