"""The preferences: each is in force at once and at the next start, and all of them can go back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox
from pytestqt.qtbot import QtBot
from window_kit import open_window

from osisnr_gui.qt.commands.action_table import ACTIONS
from osisnr_gui.qt.commands.finding import PREFERENCES
from osisnr_gui.qt.dialogs.preferences import PreferencesDialog
from osisnr_gui.qt.look.theme import DARK, LIGHT, Theme, build_palette, build_style_sheet
from osisnr_gui.qt.main_window import MainWindow
from osisnr_gui.session.sound.listening import Match


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with open_window(qtbot) as window:
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        yield window


def preferences(window: MainWindow) -> PreferencesDialog:
    QTest.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(PreferencesDialog)
    assert dialog.isVisible()
    return dialog


def choose(box: QComboBox, text: str) -> None:
    """Step to an entry as the arrow keys do."""
    box.setFocus()
    while box.currentText() != text:
        QTest.keyClick(box, Qt.Key.Key_Down if box.findText(text) > box.currentIndex() else Qt.Key.Key_Up)


def test_each_is_in_force_at_once(window: MainWindow) -> None:
    dialog, controls = preferences(window), window.findChild(PreferencesDialog).controls
    choose(controls["Theme"], "Light")
    assert window.views.themes.theme.name == "light"
    choose(controls["Colour map"], "magma")
    assert window.views.view_bar.colours == "magma"
    choose(controls["Loudness"], "Same RMS as the reference")
    assert window.views.player.match is Match.RMS
    for name in ("Play bad segments at once", "Words on the toolbar"):
        box = controls[name]
        before = box.isChecked()
        box.setFocus()
        QTest.keyClick(box, Qt.Key.Key_Space)
        assert box.isChecked() is not before
    assert window.actions_by_id.by_id["autoplay"].isChecked()
    assert window.commands.playback._is_on("autoplay")
    dialog.reject()


def test_autoplay_is_off_at_first_and_all_can_go_back(window: MainWindow) -> None:
    dialog = preferences(window)
    assert not dialog.controls["Play bad segments at once"].isChecked()
    first = {name: state(box) for name, box in dialog.controls.items()}
    choose(dialog.controls["Colour map"], "grey")
    choose(dialog.controls["Residual"], "A scale for every frame")
    for name in ("Crosshair", "Overview strip", "Playback bar", "Scroll with the sound", "Play bad segments at once"):
        dialog.controls[name].click()
    assert {name: state(box) for name, box in dialog.controls.items()} != first
    choose(dialog.controls["Theme"], "Light")
    QTest.mouseClick(dialog.reset_button, Qt.MouseButton.LeftButton)
    back = {name: state(box) for name, box in dialog.controls.items()}
    assert back.pop("Theme") == "Follow the system"
    assert {name: back[name] for name in back} == {name: first[name] for name in back}
    dialog.reject()


def state(box: QCheckBox | QComboBox) -> object:
    return box.currentText() if isinstance(box, QComboBox) else box.isChecked()


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_an_empty_check_box_has_an_edge_that_is_seen(qtbot: QtBot, theme: Theme) -> None:
    box = QCheckBox("words")
    qtbot.addWidget(box)
    box.setPalette(build_palette(theme))
    box.setStyleSheet(build_style_sheet(theme))
    image = box.grab().toImage()
    column = [image.pixelColor(0, y).name() for y in range(image.height())]
    assert column.count(theme.faint) >= 10


def test_they_are_there_at_the_next_start(qtbot: QtBot) -> None:
    with open_window(qtbot) as window:
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        dialog = preferences(window)
        choose(dialog.controls["Loudness"], "Same RMS as the reference")
        choose(dialog.controls["Colour map"], "cividis")
        for name in ("Words on the toolbar", "Play bad segments at once"):
            dialog.controls[name].click()
        dialog.reject()
    with open_window(qtbot) as window:
        assert window.views.player.match is Match.RMS
        assert window.views.view_bar.colours == "cividis"
        assert not window.actions_by_id.by_id["toolbar_words"].isChecked()
        assert window.actions_by_id.by_id["autoplay"].isChecked()


def test_every_preference_is_a_row_of_the_action_table() -> None:
    known = {spec.id for spec in ACTIONS} | {spec.group for spec in ACTIONS}
    assert {key for keys in PREFERENCES.values() for key in keys} <= known
