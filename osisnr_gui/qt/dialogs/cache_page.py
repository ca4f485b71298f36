"""What is kept of earlier comparisons: how much room it takes, how much it may take, and a way to be rid of it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from osisnr_gui.qt.panels.plain_text import GAP, ElidedLabel, plain_label
from osisnr_gui.qt.settings import KEEP_MIB_RANGE, Settings
from osisnr_gui.session.result_cache import ResultCache

WHAT = (
    "The results of compared files are kept, so that opening the same files again takes no computing: curves, numbers "
    "and spectrograms are there at once. A file that changed is compared anew. Your files are never touched."
)
MIB = 1 << 20


def size_text(size: int) -> str:
    """Bytes as a user reads them: "0 MiB", "512 MiB", "1.5 GiB"."""
    return f"{size / (1 << 30):.1f} GiB" if size >= 1 << 30 else f"{-(-size // MIB)} MiB"


class CacheDialog(QDialog):
    """Room taken, a switch, a limit and Clear. Every change holds at once and for later starts."""

    def __init__(self, cache: ResultCache, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cache, self._settings = cache, settings
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Result cache")
        self.setFixedWidth(480)
        self.taken: QLabel = plain_label(parent=self)
        self.switch = QCheckBox("&Keep results", self)
        self.switch.setChecked(cache.enabled)
        self.switch.toggled.connect(self._set_enabled)
        self.limit = QSpinBox(self)
        self.limit.setRange(*KEEP_MIB_RANGE)
        self.limit.setSingleStep(256)
        self.limit.setSuffix(" MiB")
        self.limit.setValue(cache.folder.max_bytes // MIB)
        self.limit.setAccessibleName("Most room for results, in MiB")
        self.limit.setToolTip("When there is more, what was used longest ago goes first")
        self.limit.setKeyboardTracking(False)  # 2048 passes through 20, which would empty the cache
        self.limit.valueChanged.connect(self._set_limit)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.clear_button: QPushButton = buttons.addButton("Cl&ear", QDialogButtonBox.ButtonRole.ActionRole)
        self.clear_button.setToolTip("Remove all kept results; what is open in this window stays open")
        self.clear_button.clicked.connect(self._clear)
        for button in buttons.buttons():
            button.setAutoDefault(button is buttons.button(QDialogButtonBox.StandardButton.Close))
        buttons.rejected.connect(self.reject)
        self._lay_out(buttons)
        self._show()

    def _lay_out(self, buttons: QDialogButtonBox) -> None:
        label = plain_label("At &most", parent=self)
        label.setBuddy(self.limit)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(self.switch)
        row.addStretch(1)
        row.addWidget(label)
        row.addWidget(self.limit)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(2 * GAP)
        column.addWidget(plain_label(WHAT, "muted", wrap=True, parent=self))
        column.addWidget(self.taken)
        folder = ElidedLabel(self._cache.folder.path, Qt.TextElideMode.ElideMiddle, muted=True, parent=self)
        column.addWidget(folder)
        column.addLayout(row)
        column.addWidget(buttons)

    def _show(self) -> None:
        folder = self._cache.folder
        count, size = len(folder.names("pair-")), folder.size()
        results = "No results are kept" if not count else f"{count} result{'s' if count > 1 else ''} kept"
        self.taken.setText(f"{results}, {size_text(size)} on disk")
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
