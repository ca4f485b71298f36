"""Dialogs with a Close button: what they share, what the program is, and what went wrong in it."""

import platform

import numpy as np
import pyqtgraph
from PySide6 import __version__ as pyside_version
from PySide6.QtCore import Qt, QUrl, qVersion
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QPushButton, QWidget

from osisnr_gui import __version__
from osisnr_gui.qt.look.theme import app_icon
from osisnr_gui.qt.panels.layouts import REST, Margins, Part, Run, column_of, row_of
from osisnr_gui.qt.panels.plain_text import GAP, plain_label, tooltip
from osisnr_gui.text.catalogue import _, ngettext

ButtonRole = QDialogButtonBox.ButtonRole
Buttons = QDialogButtonBox.StandardButton
PAGE_MARGINS = (24, 24, 24, 16)


class CloseDialog(QDialog):
    """A dialog with a row of buttons, one of them Close."""

    #: Whether Return presses Close though another button has the focus.
    return_closes = True
    #: Whether it outlives its being closed, and the button that closes it.
    is_kept, leave = False, Buttons.Close

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, not self.is_kept)
        self.setWindowTitle(title)
        self.box = QDialogButtonBox(self.leave)
        self.box.rejected.connect(self.reject)

    def add_button(self, text: str, run: Run, tip: str = "", role: ButtonRole = ButtonRole.ActionRole) -> QPushButton:
        """A further button."""
        button: QPushButton = self.box.addButton(text, role)
        button.setToolTip(tooltip(tip))
        button.setAutoDefault(not self.return_closes)
        button.clicked.connect(lambda _on=False: run())
        return button

    def lay_out(self, *parts: Part, margins: Margins | None = PAGE_MARGINS, spacing: int = 2 * GAP) -> None:
        """Parts one under the other, the buttons last."""
        column_of(*parts, self.box, owner=self, margins=margins, spacing=spacing)


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
        self.versions = plain_label(version_text(), selectable=True, parent=self)
        clipboard = QGuiApplication.clipboard()
        self.copy_button = self.add_button(_("&Copy versions"), lambda: clipboard.setText(version_text()))
        licence = plain_label(_("MIT licence. Licences of what it uses ship with it."), "muted", wrap=True)
        self.lay_out(head, self.versions, plain_label(SOURCES, "muted", wrap=True), licence)


# A loop of different errors must not grow the dialog without end.
MOST_DETAILS = 20


class ErrorDialog(CloseDialog):
    """A sentence; details behind a button, so that nobody has to look at a traceback. Later errors may be added.

    log_folder : what a further button opens, if any.
    """

    return_closes = False

    def __init__(self, sentence: str, details: str, parent: QWidget | None = None, *, log_folder: str = "") -> None:
        super().__init__(_("Unexpected error"), parent)
        self.setMinimumWidth(480)
        self._count = 1
        self.sentence = plain_label(sentence, wrap=True, selectable=True, parent=self)
        self.details = QPlainTextEdit(f"{version_text()}\n\n{details.rstrip()}", self, readOnly=True)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setAccessibleName(_("Details of the error"))
        self.details.setMinimumHeight(200)
        self.details.hide()
        self.show_button = self.add_button(_("Show &details"), self._toggle)
        self.show_button.setCheckable(True)
        self.copy_button = self.add_button(_("&Copy details"), self._copy)
        if log_folder:
            self.add_button(_("&Open log folder"), lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(log_folder)))
        self.lay_out(self.sentence, (self.details, 1), margins=(16, 16, 16, 16))

    @classmethod
    def show_once(cls, sentence: str, details: str, parent: QWidget | None = None) -> None:
        """Open the dialog, unless one that says the same sentence is open: an error that comes back does not pile up.

        What the open one shows stays: the first error is the one to report.
        """
        others = (widget for widget in QApplication.topLevelWidgets() if isinstance(widget, cls))
        if not any(other.isVisible() and other.sentence.text() == sentence for other in others):
            cls(sentence, details, parent).open()

    def add(self, details: str) -> None:
        """One more error, while the first is still on screen."""
        self._count += 1
        title = ngettext("{n} unexpected error", "{n} unexpected errors", self._count)
        self.setWindowTitle(title.format(n=self._count))
        if self._count <= MOST_DETAILS:
            self.details.appendPlainText(f"\n{details}")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(f"{self.sentence.text()}\n\n{self.details.toPlainText()}")

    def _toggle(self) -> None:
        on = self.show_button.isChecked()
        self.details.setVisible(on)
        self.show_button.setText(_("Hide &details") if on else _("Show &details"))
        self.resize(max(self.width(), 640) if on else self.minimumWidth(), self.sizeHint().height())
