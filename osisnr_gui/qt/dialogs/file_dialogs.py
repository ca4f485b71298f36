"""Asking for files: two folders or a list of pairs, which one is the reference, and how and where to save."""

import os
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QCheckBox, QComboBox, QCommandLinkButton, QFileDialog, QLineEdit, QMessageBox, QWidget

from osisnr_gui.batch.pair_list import PAIRING
from osisnr_gui.export.html_report import LARGE_BYTES
from osisnr_gui.export.report_audio import AudioChoice, audio_bytes
from osisnr_gui.io.errors import Phrase, SaveError, display_name
from osisnr_gui.qt.dialogs.close_dialog import ButtonRole, Buttons, CloseDialog
from osisnr_gui.qt.panels.layouts import Setting, lay_out_settings, push_button
from osisnr_gui.qt.panels.plain_text import GAP, plain_label
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.guess import Reading, Role
from osisnr_gui.session.session import Session
from osisnr_gui.text.catalogue import _, ngettext
from osisnr_gui.text.files import error_words, reading_words

LIST_FILTER = _("List of pairs (*.csv *.json);;All files (*)")
LIST_WORDS = _(
    "A list is a .csv with the columns reference and estimate (and name, if you like), one pair a line, or a .json "
    "list of such objects; paths are relative to it."
)
#: Title of a folder, what it holds, and the name of the button that asks for it.
_SLOTS = (
    (_("References"), _("Folder of what was wanted"), _("Choose the folder of the references")),
    (_("Estimates"), _("Folder of what came out"), _("Choose the folder of the estimates")),
)


class FolderDialog(CloseDialog):
    """`paths` : both folders, or the list, once it was accepted."""

    return_closes, is_kept, leave = False, True, Buttons.Cancel

    def __init__(self, folder: str, paths: tuple[str, ...] = (), parent: QWidget | None = None) -> None:
        super().__init__(_("Open folders"), parent)
        self.setMinimumWidth(620)
        self._folder = folder
        self.paths: tuple[str, ...] = ()
        self.fields = [QLineEdit(self, placeholderText=hint) for _title, hint, _name in _SLOTS]
        rows: list[Setting] = []
        for row, (title, _hint, name) in enumerate(_SLOTS):
            button = push_button(_("Choose…"), "", partial(self._choose, row), parent=self, accessibleName=name)
            rows.append((title, self.fields[row], button, "", None))
            self.fields[row].textChanged.connect(self._check)
        self.accept_button = self.add_button(_("&Compare"), self._accept_paths, role=ButtonRole.AcceptRole)
        list_tip = _("Open a CSV or JSON file that names the pairs instead")
        self.add_button(_("Open a &list…"), self._choose_list, list_tip)
        self.swap_button = self.add_button(_("&Swap"), self._swap, _("Let the two folders change places"))
        grid, _names = lay_out_settings(rows)
        grid.setSpacing(GAP)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 0)
        self.lay_out(grid, *(plain_label(text, "muted", wrap=True, parent=self) for text in (PAIRING, LIST_WORDS)))
        for field, path in zip(self.fields, paths if len(paths) == 2 else (), strict=False):
            field.setText(path)
        self._check()

    def _choose(self, row: int) -> None:
        """Ask for a folder, and for the other one if it is still missing."""
        start = self.fields[row].text() or os.path.dirname(self.fields[1 - row].text()) or self._folder
        path = QFileDialog.getExistingDirectory(self, _SLOTS[row][1], start)
        if path:
            self.fields[row].setText(path)
            if not self.fields[1 - row].text():
                self._choose(1 - row)
            else:
                self.accept_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose_list(self) -> None:
        path = QFileDialog.getOpenFileName(self, _("Open a list of pairs"), self._folder, LIST_FILTER)[0]
        if path:
            self._accept_paths(path)

    def _accept_paths(self, *listed: str) -> None:
        paths = listed or [field.text() for field in self.fields]
        self.paths = tuple(os.path.abspath(os.path.expanduser(path)) for path in paths)
        self.accept()

    def _swap(self) -> None:
        for field, text in zip(self.fields, [field.text() for field in reversed(self.fields)], strict=True):
            field.setText(text)

    def _check(self, *_text: str) -> None:
        texts = [field.text() for field in self.fields]
        self.accept_button.setEnabled(all(text and os.path.isdir(os.path.expanduser(text)) for text in texts))
        self.swap_button.setEnabled(any(texts))


class RolesDialog(CloseDialog):
    """Two likeliest readings as buttons; `roles` is the chosen one, None after Cancel."""

    leave = Buttons.Cancel

    def __init__(self, paths: Sequence[str], reading: Reading, parent: QWidget | None = None) -> None:
        super().__init__(_("Which file is the reference?"), parent)
        words = _("The names of these files do not tell which one the others are held against.")
        self.roles: tuple[Role, ...] | None = None
        buttons = []
        for roles in filter(None, (reading.roles, reading.other)):
            reference, others = reading_words(paths, roles)
            buttons.append(QCommandLinkButton(reference.replace("&", "&&"), others, self))
            buttons[-1].setIcon(QIcon())  # the style's arrow is black on dark
            buttons[-1].clicked.connect(partial(self._take, roles))
        self.lay_out(plain_label(words), *buttons, margins=None, spacing=GAP)

    def _take(self, roles: tuple[Role, ...], _on: bool = False) -> None:
        self.roles = roles
        self.accept()


_SOUNDS = {
    AudioChoice.ALL: _("All, about {size} MB"),
    AudioChoice.WORST: _("The five worst places, about {size} MB"),
    AudioChoice.NONE: _("None"),
}
_HOLDS = _(
    "One HTML file that works without a network and without this program: numbers, pictures, curves, bad segments and "
    "the sounds of {names}. Files are named by their base names and hashes; no folder is named."
)


class ReportDialog(CloseDialog):
    """What goes into a report, with what it will hold: `audio`, and `notes` where they are to go in."""

    return_closes, is_kept, leave = False, True, Buttons.Save | Buttons.Cancel

    def __init__(self, analysis: Analysis, parent: QWidget | None = None) -> None:
        super().__init__(_("Report"), parent)
        self.box.accepted.connect(self.accept)
        self.setMinimumWidth(440)
        n_notes, names = len(analysis.session.notes), ", ".join(track.name for track in analysis.tracks)
        notes = ngettext("with the {n} note I wrote", "with the {n} notes I wrote", n_notes).format(n=n_notes)
        self._audio, self.notes = QComboBox(), QCheckBox(notes, self)
        self.notes.setVisible(n_notes > 0)
        for choice, text in _SOUNDS.items():
            size = audio_bytes(analysis, choice)
            if size or choice is AudioChoice.NONE:
                self._audio.addItem(text.format(size=max(1, round(size / 1e6))), choice)
            if choice is AudioChoice.WORST and audio_bytes(analysis, AudioChoice.ALL) > LARGE_BYTES:
                self._audio.setCurrentIndex(self._audio.count() - 1)
        grid, _names = lay_out_settings([(_("Sound"), self._audio, None, "", None)])
        holds = plain_label(_HOLDS.format(names=names), "muted", wrap=True, parent=self)
        self.lay_out(holds, grid, self.notes, margins=None)

    @property
    def audio(self) -> AudioChoice:
        """How much sound."""
        return AudioChoice(self._audio.currentData())


#: A button of its own, or a standard one.
Answer = tuple[str, QMessageBox.ButtonRole] | QMessageBox.StandardButton


def is_open(path: str, session: Session) -> bool:
    """Whether `path` is one of the session's own files, by whatever name: links and other spellings count."""
    for source in session.sources:
        with suppress(OSError):  # one of the two does not exist: not the same file
            if os.path.realpath(source.path) == os.path.realpath(path) or os.path.samefile(source.path, path):
                return True
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
