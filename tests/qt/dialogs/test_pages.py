"""Help, about and error pages: text only, nothing fetched."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QTextDocument
from pytestqt.qtbot import QtBot

from osisnr_gui import __version__
from osisnr_gui.qt.dialogs.close_dialog import AboutDialog, ErrorDialog
from osisnr_gui.qt.dialogs.palette import HelpDialog, help_pages


@pytest.mark.parametrize("name", help_pages())
def test_every_page_can_be_read(qtbot: QtBot, name: str):
    dialog = HelpDialog(name)
    qtbot.addWidget(dialog)
    title = help_pages()[name].partition("\n")[0].removeprefix("# ")
    assert dialog.titles.currentItem().text() == title
    assert title in dialog.page.toPlainText()


def test_pages_link_to_each_other_and_unknown_ones_change_nothing(qtbot: QtBot):
    dialog = HelpDialog("no such page")
    qtbot.addWidget(dialog)
    assert dialog.titles.currentRow() == 0
    dialog.page.anchorClicked.emit(QUrl("numbers.md"))
    assert "numbers" in dialog.titles.currentItem().text()


def test_nothing_is_fetched(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    dialog = HelpDialog("numbers")
    qtbot.addWidget(dialog)
    image = QTextDocument.ResourceType.ImageResource.value
    for url in ("https://example.org/x.png", "file:///etc/hostname", "x.png"):
        assert dialog.page.loadResource(image, QUrl(url)) is None
    dialog.page.anchorClicked.emit(QUrl("file:///etc/hostname"))
    dialog.page.anchorClicked.emit(QUrl("javascript:alert(1)"))
    assert opened == []
    dialog.page.anchorClicked.emit(QUrl("https://example.org"))
    assert opened == [QUrl("https://example.org")], "only what the user clicked, in the user's browser"


def test_the_table_after_the_formula_has_no_empty_line(qtbot: QtBot):
    dialog = HelpDialog("numbers")
    qtbot.addWidget(dialog)
    block = dialog.page.document().begin()
    while block.isValid() and block.text() != "angle":
        block = block.next()
    assert block.isValid()
    assert block.previous().text() != ""


def test_about_names_every_version(qtbot: QtBot):
    dialog = AboutDialog()
    qtbot.addWidget(dialog)
    assert __version__ in dialog.versions.text()
    dialog.copy_button.click()
    assert QGuiApplication.clipboard().text() == dialog.versions.text()


def test_an_error_is_a_sentence_with_details_behind_a_button(qtbot: QtBot):
    dialog = ErrorDialog("It broke: <b>x</b>", "Traceback\n<script>")
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.sentence.textFormat() is Qt.TextFormat.PlainText
    assert not dialog.details.isVisible()
    dialog.show_button.click()
    assert dialog.details.isVisible()
    dialog.copy_button.click()
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("It broke: <b>x</b>")
    assert "<script>" in copied
    assert __version__ in copied
