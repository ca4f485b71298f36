"""What went wrong, in a sentence, and the details for whoever wants to report it."""

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QWidget

from osisnr_gui.qt.dialogs.about import version_text
from osisnr_gui.qt.dialogs.close_dialog import CloseDialog
from osisnr_gui.qt.panels.plain_text import plain_label
from osisnr_gui.text.catalogue import _, ngettext

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
        self.sentence: QLabel = plain_label(sentence, wrap=True, selectable=True, parent=self)
        self.details = QPlainTextEdit(f"{version_text()}\n\n{details.rstrip()}", self)
        self.details.setReadOnly(True)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setAccessibleName(_("Details of the error"))
        self.details.setMinimumHeight(200)
        self.details.hide()
        self.show_button = self.add_button(_("Show &details"), self._toggle)
        self.show_button.setCheckable(True)
        self.copy_button = self.add_button(_("&Copy details"), self._copy)
        if log_folder:
            url = QUrl.fromLocalFile(log_folder)
            self.add_button(_("&Open log folder"), lambda: QDesktopServices.openUrl(url))
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
        self.setWindowTitle(
            ngettext("{n} unexpected error", "{n} unexpected errors", self._count).format(n=self._count)
        )
        if self._count <= MOST_DETAILS:
            self.details.appendPlainText(f"\n{details}")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(f"{self.sentence.text()}\n\n{self.details.toPlainText()}")

    def _toggle(self) -> None:
        on = self.show_button.isChecked()
        self.details.setVisible(on)
        self.show_button.setText(_("Hide &details") if on else _("Show &details"))
        self.resize(max(self.width(), 640) if on else self.minimumWidth(), self.sizeHint().height())
