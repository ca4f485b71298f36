"""Asking how and where to save, so that nothing is replaced unasked, and saying plainly when it did not work."""

import os

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QMessageBox,
    QSpinBox,
    QWidget,
)

from osisnr_gui.io.errors import SaveError, display_name
from osisnr_gui.io.phrase import Phrase
from osisnr_gui.qt.plots.plot_export import MOST_PIXELS
from osisnr_gui.session.session import Session
from osisnr_gui.text.catalogue import _
from osisnr_gui.text.errors import error_words

PNG, CSV = "png", "csv"
FORMATS = {PNG: _("Picture (*.png)"), CSV: _("Numbers in view (*.csv)")}


class PlotDialog(QDialog):
    """What to save of a plot: `format`, a key of FORMATS, and the `pixels` of a picture."""

    def __init__(self, name: str, width: int, parent: QWidget | None = None, *, has_table: bool = True) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Export: {name}").format(name=name))
        self._format, self._width = QComboBox(), QSpinBox()
        for key, words in FORMATS.items():
            if key != CSV or has_table:
                self._format.addItem(words, key)
        self._width.setRange(200, MOST_PIXELS)
        self._width.setValue(2 * width)
        self._width.setSuffix(_(" pixels"))
        self._format.currentIndexChanged.connect(lambda: self._width.setEnabled(self.format == PNG))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form = QFormLayout(self)
        form.addRow(_("Save as"), self._format)
        form.addRow(_("Width"), self._width)
        form.addRow(buttons)

    @property
    def format(self) -> str:
        """The chosen key of FORMATS."""
        return str(self._format.currentData())

    @property
    def pixels(self) -> int:
        """Width of a picture."""
        return self._width.value()


#: A button of its own, or a standard one.
Answer = tuple[str, QMessageBox.ButtonRole] | QMessageBox.StandardButton


def is_open(path: str, session: Session) -> bool:
    """Whether `path` is one of the session's own files, by whatever name: links and other spellings count."""
    for source in session.sources:
        if os.path.realpath(source.path) == os.path.realpath(path):
            return True
        try:
            if os.path.samefile(source.path, path):
                return True
        except OSError:  # one of the two does not exist: not the same file
            continue
    return False


def ask_where(parent: QWidget, folder: str, session: Session, title: str, name: str, kind: str) -> str:
    """Where to save; "" when nothing is to be saved. `name` is the first proposal and gives the ending."""
    ending = os.path.splitext(name)[1]
    path = QFileDialog.getSaveFileName(parent, title, os.path.join(folder, name), kind)[0]
    if path and not os.path.splitext(path)[1]:
        path += ending
        # The dialog has asked about the name as it was typed. Its own default suffix would leave it to each
        # desktop's dialog whether it is added before the question or after.
        question = _("{name} exists already. Replace it?").format(name=display_name(path))
        replaces = _("&Replace"), QMessageBox.ButtonRole.DestructiveRole
        cancels = QMessageBox.StandardButton.Cancel
        if os.path.lexists(path) and ask(parent, _("Replace the file?"), question, replaces, cancels, default=1):
            return ""
    if path and is_open(path, session):
        detail = Phrase("not saved: it is open in this window")
        warn(parent, _("Not saved"), error_words(SaveError(path, detail, Phrase("choose another name"))))
        return ""
    return path


def warn(parent: QWidget, title: str, error: str) -> None:
    """Say what did not work, and why; the window goes on."""
    box = QMessageBox(QMessageBox.Icon.Warning, title, error, QMessageBox.StandardButton.Ok, parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.open()


def ask(parent: QWidget, title: str, question: str, *answers: Answer, default: int = 0) -> int:
    """Which of the answers the user gave; Escape gives the last one. default : the one that Return gives."""
    box = QMessageBox(QMessageBox.Icon.Question, title, question, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    buttons = [box.addButton(*answer) if isinstance(answer, tuple) else box.addButton(answer) for answer in answers]
    box.setDefaultButton(buttons[default])
    box.exec()
    box.deleteLater()
    given = box.clickedButton()
    return buttons.index(given) if given in buttons else len(buttons) - 1
