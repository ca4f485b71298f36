"""What this program is, its version, and what it stands on."""

import platform

import numpy as np
import pyqtgraph
from PySide6 import __version__ as pyside_version
from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QWidget

from osisnr_gui import __version__
from osisnr_gui.qt.dialogs.close_dialog import CloseDialog
from osisnr_gui.qt.look.icons import app_icon
from osisnr_gui.qt.panels.layouts import REST, column_of, row_of
from osisnr_gui.qt.panels.plain_text import GAP, plain_label
from osisnr_gui.text.catalogue import _

SOURCES = _(
    'OSI-SNR: C. Ma, D. Li, X. Jia, "Two-stage model and optimal SI-SNR for monaural multi-speaker speech separation '
    'in noisy environment", 2020.\n'
    'Fusion with a power-law compressed MSE: H. Zhao et al., "A deep hierarchical fusion network for fullband acoustic '
    'echo cancellation", ICASSP 2022.\n'
    "α = 0.3 and γ = 15 are this program's defaults."
)


def version_text() -> str:
    """Versions of everything a report of a fault should name."""
    return (
        f"osisnr_gui {__version__}\n"
        f"Python {platform.python_version()}, Qt {qVersion()}, PySide6 {pyside_version}\n"
        f"pyqtgraph {pyqtgraph.__version__}, NumPy {np.__version__}\n"
        f"{platform.platform(terse=True)}"
    )


class AboutDialog(CloseDialog):
    """Name, versions, sources, licence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("About osisnr_gui"), parent)
        self.setFixedWidth(480)
        picture = QLabel(self)
        picture.setPixmap(app_icon().pixmap(64, 64))
        name = plain_label("osisnr_gui", "big", parent=self)
        what = plain_label(_("See and judge speech separation."), "muted", wrap=True, parent=self)
        head = row_of(picture, (column_of(REST, name, what, REST, spacing=4), 1), spacing=2 * GAP)
        self.versions: QLabel = plain_label(version_text(), selectable=True, parent=self)
        self.copy_button = self.add_button(_("&Copy versions"), self._copy)
        sources = plain_label(SOURCES, "muted", wrap=True, parent=self)
        licence = plain_label(_("MIT licence. Licences of what it uses ship with it."), "muted", wrap=True)
        self.lay_out(head, self.versions, sources, licence)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(version_text())
