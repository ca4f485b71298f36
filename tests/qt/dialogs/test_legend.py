"""The legend: an example of every sign, painted by the plots' own items in the theme in force."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot
from window_kit import open_window

from osisnr_gui.qt.dialogs.legend import SIGNS, LegendDialog, Sample
from osisnr_gui.qt.look.theme import DARK, LIGHT, Theme
from osisnr_gui.qt.plots.overview import Overview

SAME = 12  # of 255, each channel


def pixels(sample: Sample) -> np.ndarray:
    image = sample.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    values = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return values[:, : image.width(), 2::-1].astype(int)


def count(found: np.ndarray, colour: str) -> int:
    wanted = QColor(colour)
    return int((np.abs(found - (wanted.red(), wanted.green(), wanted.blue())).max(axis=2) <= SAME).sum())


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("sign", range(len(SIGNS)), ids=[name for _draw, name, _meaning in SIGNS])
def test_every_example_shows_something_and_follows_the_theme(qtbot: QtBot, theme: Theme, sign: int) -> None:
    sample = Sample(theme, SIGNS[sign][0])
    qtbot.addWidget(sample)
    ground = count(pixels(sample), theme.background)
    assert ground < sample.width() * sample.height() - 20
    other = LIGHT if theme is DARK else DARK
    fresh = Sample(other, SIGNS[sign][0])
    qtbot.addWidget(fresh)
    sample.set_theme(other)
    assert np.array_equal(pixels(sample), pixels(fresh))


def test_the_colours_are_those_of_the_theme(qtbot: QtBot) -> None:
    draws = {name: draw for draw, name, _meaning in SIGNS}
    for name, ink in (("Dashed line", "bad"), ("Marks along the top", "warning"), ("Triangles", "text")):
        sample = Sample(LIGHT, draws[name])
        qtbot.addWidget(sample)
        assert count(pixels(sample), getattr(LIGHT, ink)) > 5, name


def test_it_opens_from_the_menu_and_beside_the_overview(qtbot: QtBot) -> None:
    with open_window(qtbot) as window:
        window.actions_by_id.by_id["legend"].trigger()
        dialog = window.findChild(LegendDialog)
        assert dialog.isVisible()
        words = " ".join(label.text() for label in dialog.findChildren(QLabel))
        assert all(name in words and meaning in words for _draw, name, meaning in SIGNS)
        assert len(dialog.findChildren(Sample)) == len(SIGNS)
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: window.findChild(LegendDialog) is None)
        window.commands.open_demo("enhancement")
        qtbot.waitUntil(window.is_final, timeout=20_000)
        button = window.findChild(Overview).findChild(QToolButton)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert window.findChild(LegendDialog).isVisible()
        window.findChild(LegendDialog).reject()
