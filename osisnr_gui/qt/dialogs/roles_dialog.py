"""Asks which file is the reference where no name tells."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QCommandLinkButton, QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from osisnr_gui.qt.panels.plain_text import plain_label
from osisnr_gui.session.guess import Reading, Role
from osisnr_gui.text.files import question, reading_words


class RolesDialog(QDialog):
    """Two likeliest readings as buttons; `roles` is the chosen one, None after Cancel."""

    def __init__(self, paths: Sequence[str], reading: Reading, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title, words = question()
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.roles: tuple[Role, ...] | None = None
        layout = QVBoxLayout(self)
        layout.addWidget(plain_label(words))
        for roles in (reading.roles, reading.other or ()):
            if roles:
                layout.addWidget(self._choice(paths, roles))
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        box.rejected.connect(self.reject)
        layout.addWidget(box)

    def _choice(self, paths: Sequence[str], roles: tuple[Role, ...]) -> QCommandLinkButton:
        reference, others = reading_words(paths, roles)
        button = QCommandLinkButton(reference.replace("&", "&&"), others, self)
        button.setIcon(QIcon())  # the style's arrow is black on dark
        button.clicked.connect(lambda: self._take(roles))
        return button

    def _take(self, roles: tuple[Role, ...]) -> None:
        self.roles = roles
        self.accept()
