"""What this program is, its version, and what it stands on."""

from __future__ import annotations

import platform

import numpy as np
import pyqtgraph
from PySide6 import __version__ as pyside_version
from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from osisnr_gui import __version__
from osisnr_gui.qt.look.icons import app_icon
from osisnr_gui.qt.panels.plain_text import GAP, plain_label

SOURCES = (
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


class AboutDialog(QDialog):
    """Name, versions, sources, licence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("About osisnr_gui")
        self.setFixedWidth(480)
        picture = QLabel(self)
        picture.setPixmap(app_icon().pixmap(64, 64))
        name = plain_label("osisnr_gui", "big", parent=self)
        what = plain_label("See and judge speech separation.", "muted", wrap=True, parent=self)
        titles = QVBoxLayout()
        titles.setSpacing(4)
        titles.addStretch(1)
        titles.addWidget(name)
        titles.addWidget(what)
        titles.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(2 * GAP)
        head.addWidget(picture)
        head.addLayout(titles, 1)
        self.versions: QLabel = plain_label(version_text(), parent=self)
        self.versions.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy_button = buttons.addButton("&Copy versions", QDialogButtonBox.ButtonRole.ActionRole)
        self.copy_button.clicked.connect(lambda: QGuiApplication.clipboard().setText(version_text()))
        for button in buttons.buttons():
            button.setAutoDefault(button is buttons.button(QDialogButtonBox.StandardButton.Close))
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(2 * GAP)
        column.addLayout(head)
        column.addWidget(self.versions)
        column.addWidget(plain_label(SOURCES, "muted", wrap=True, parent=self))
        column.addWidget(plain_label("MIT licence. Licences of what it uses ship with it.", "muted", wrap=True))
        column.addWidget(buttons)
