"""What is kept of earlier comparisons: how much room it takes, how much it may take, and a way to be rid of it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QSpinBox, QWidget

from osisnr_gui.io.cache_folder import DEFAULT_MAX_BYTES
from osisnr_gui.qt.panels.layouts import REST, column_of, push_button, row_of
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
        self.taken: QLabel = plain_label(parent=self)
        self.switch = QCheckBox(_("&Keep results"), self)
        self.switch.setToolTip(tooltip(WHAT))
        self.switch.setChecked(cache.enabled)
        self.switch.toggled.connect(self._set_enabled)
        self.limit = QSpinBox(self)
        self.limit.setRange(*KEEP_MIB_RANGE)
        self.limit.setSingleStep(256)
        self.limit.setSuffix(" MiB")
        self.limit.setValue(cache.folder.max_bytes // MIB)
        self.limit.setAccessibleName(_("Most room for results, in MiB"))
        self.limit.setToolTip(_("When there is more, what was used longest ago goes first"))
        self.limit.setKeyboardTracking(False)  # 2048 passes through 20, which would empty the cache
        self.limit.valueChanged.connect(self._set_limit)
        clear_tip = _("Remove all kept results; what is open in this window stays open")
        self.clear_button = push_button(_("Cl&ear"), clear_tip, self._clear, self)
        self.clear_button.setAutoDefault(False)
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
        room = size_text(size)
        words = ngettext("{n} result kept, {room} on disk", "{n} results kept, {room} on disk", count)
        if not count:
            words = _("No results are kept, {room} on disk")
        self.taken.setText(words.format(n=count, room=room))
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
