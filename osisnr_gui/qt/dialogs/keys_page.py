"""Every key and what the mouse does, from the table the menus are made of."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from osisnr_gui.qt.dialogs.close_dialog import CloseDialog
from osisnr_gui.qt.panels.plain_text import GAP, NarrowScroll, plain_label
from osisnr_gui.text.catalogue import _

KeyRow = tuple[str, str, str]


class KeysDialog(CloseDialog):
    """Rows of (group, what it does, keys), with a field to look for one."""

    def __init__(self, rows: Sequence[KeyRow], parent: QWidget | None = None) -> None:
        super().__init__(_("Keys and mouse"), parent)
        self.resize(560, 640)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(_("Look for a command or a key"))
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(_("Look for a command or a key"))
        self.search.textChanged.connect(self._filter)
        self.nothing: QLabel = plain_label(_("No command is called that."), "muted", parent=self)
        self.nothing.hide()
        self._headings: dict[str, QLabel] = {}
        self._rows: list[tuple[str, QLabel, QLabel]] = []
        self.lay_out(self.search, self.nothing, (NarrowScroll(self._table(rows), self), 1), margins=None, spacing=GAP)

    def _table(self, rows: Sequence[KeyRow]) -> QWidget:
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(4, 0, GAP, 0)
        grid.setHorizontalSpacing(3 * GAP)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        line = 0
        for group in dict.fromkeys(row[0] for row in rows):
            heading = self._headings[group] = plain_label(group, "heading", parent=body)
            heading.setContentsMargins(0, GAP, 0, 0)
            grid.addWidget(heading, line, 0, 1, 2)
            line += 1
            for text, keys in (row[1:] for row in rows if row[0] == group):
                key_label, text_label = plain_label(keys, parent=body), plain_label(text, wrap=True, parent=body)
                grid.addWidget(key_label, line, 0, Qt.AlignmentFlag.AlignTop)
                grid.addWidget(text_label, line, 1)
                self._rows.append((group, text_label, key_label))
                line += 1
        grid.setRowStretch(line, 1)
        return body

    def _filter(self, wanted: str) -> None:
        shown_groups = set()
        for group, text, keys in self._rows:
            shown = wanted.strip().casefold() in f"{group} {text.text()} {keys.text()}".casefold()
            text.setVisible(shown)
            keys.setVisible(shown)
            if shown:
                shown_groups.add(group)
        for group, heading in self._headings.items():
            heading.setVisible(group in shown_groups)
        self.nothing.setVisible(not shown_groups)
