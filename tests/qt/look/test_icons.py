"""Every icon is drawn, in the colour asked for, and belongs to one set."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage, QPixmap
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from osisnr_gui.paths import resource_path
from osisnr_gui.qt.look.theme import app_icon, icon

FOLDER = Path(resource_path("icons"))
NAMES = sorted(path.stem for path in FOLDER.glob("*.svg") if path.stem != "osisnr_gui")


def _ink(drawing: QPixmap) -> list[QColor]:
    image = drawing.toImage().convertToFormat(QImage.Format.Format_ARGB32)
    colours = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return [colour for colour in colours if colour.alpha() > 200]


@pytest.mark.parametrize("name", NAMES)
def test_icon_is_drawn_in_the_colour(qapp: object, name: str) -> None:
    ink = _ink(icon(name, "#4ea1ff").pixmap(QSize(24, 24), 1.0))
    assert len(ink) > 5
    assert all(abs(colour.red() - 0x4E) < 8 and abs(colour.blue() - 0xFF) < 8 for colour in ink)


@pytest.mark.parametrize("name", NAMES)
def test_icon_belongs_to_the_set(name: str) -> None:
    root = ElementTree.parse(FOLDER / f"{name}.svg").getroot()
    wanted = {
        "viewBox": "0 0 24 24", "stroke": "currentColor", "stroke-width": "1.75", "stroke-linecap": "round",
        "stroke-linejoin": "round", "fill": "none",
    }  # fmt: skip
    assert {key: root.get(key) for key in wanted} == wanted
    assert all(child.get("stroke-width") is None for child in root)


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0, 3.0])
def test_pixmap_has_the_pixels_of_the_screen(qapp: object, ratio: float) -> None:
    drawing = icon("play", "#ffffff").pixmap(QSize(20, 20), ratio)
    assert drawing.width() == round(20 * ratio)
    assert drawing.deviceIndependentSize().width() == 20


def test_icons_are_cached_and_paler_when_disabled(qapp: object) -> None:
    assert icon("play", "#ffffff") is icon("play", "#ffffff")
    assert icon("play", "#ffffff").pixmap(QSize(20, 20), 2.0).width() == 40
    assert _ink(icon("play", "#ffffff").pixmap(QSize(20, 20), QIcon.Mode.Normal))
    assert not _ink(icon("play", "#ffffff").pixmap(QSize(20, 20), QIcon.Mode.Disabled))


@pytest.mark.parametrize("size", [QSize(0, 16), QSize(0, 0), QSize(-1, 16)])
def test_a_button_without_room_draws_nothing(qtbot: QtBot, size: QSize) -> None:
    """Qt's warnings fail the test."""
    assert icon("play", "#ffffff").pixmap(size).isNull()
    button = QToolButton(icon=icon("play", "#ffffff"), iconSize=size)
    qtbot.addWidget(button)
    button.resize(4, 4)
    button.grab()


def test_app_icon_has_every_size(qapp: object) -> None:
    assert {size.width() for size in app_icon().availableSizes()} == {16, 24, 32, 48, 64, 128, 256}


def test_unknown_icon_is_named(qapp: object) -> None:
    with pytest.raises(FileNotFoundError, match=r"nothing\.svg"):
        icon("nothing", "#ffffff")


def test_program_with_icons_ends_well() -> None:
    script = (
        "from PySide6.QtCore import QTimer; from PySide6.QtWidgets import QApplication, QLabel\n"
        "from osisnr_gui.qt.look.theme import icon\n"
        "app = QApplication([]); label = QLabel(); label.setPixmap(icon('play', '#ffffff').pixmap(24, 24))\n"
        "label.show(); kept = icon('open', '#ffffff'); QTimer.singleShot(0, app.quit); raise SystemExit(app.exec())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
