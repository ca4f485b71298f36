"""The readout's fixed fields, and the welcome page."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from osisnr_gui.qt.look.theme import DARK, LIGHT
from osisnr_gui.qt.panels.figure_table import FIELDS, Readout
from osisnr_gui.qt.panels.welcome import TIPS, Welcome
from osisnr_gui.session.demos import DEMOS

pytestmark = pytest.mark.usefixtures("qapp")
POINT = {"time": 2.345, "frame": 293, "frequency": 1250.0, "levels": (-32.1, -40.2), "osi_db": 4.2, "loss": 0.31}


def test_everything_about_a_point_with_units():
    readout = Readout()
    readout.show_point(**POINT, formula="literal")
    assert readout.text == (
        "t 2.345 s · frame 293 · 1.25 kHz · ref −32.1 dB · est −40.2 dB · OSI 4.2 dB · loss 0.310 · literal"
    )
    assert readout.accessibleName() == readout.text
    readout.clear()
    assert readout.text == ""


def test_a_mask_has_bins_and_plain_values():
    readout = Readout()
    readout.show_point(
        time=12.0, unit="frames", frame=12, frequency=7.2, frequency_unit="bin", plain=True, levels=(0.5, 0.25)
    )
    assert readout.text == "frame 12 · bin 7 · ref 0.500 · est 0.250"


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_none_are_shown_as_signs(odd: float):
    readout = Readout()
    readout.show_point(time=1.0, frame=1, frequency=odd, levels=(odd, None), osi_db=odd, loss=odd)
    assert "nan" not in readout.text
    assert "inf" not in readout.text


def test_a_silent_frame_has_no_literal_number():
    readout = Readout()
    readout.show_point(**{**POINT, "osi_db": -math.inf, "loss": 0.02}, formula="literal", more={"kind": "missed"})
    assert "missed" in readout.text
    assert readout.text.endswith("OSI – · loss – · literal")


def test_a_field_stays_where_it_is_whatever_the_others_say(shown):
    readout = shown(Readout(), 1100, 24)

    def ink(**changes) -> QImage:
        readout.show_point(**{**POINT, **changes})
        return readout.grab().toImage()

    one, other = ink(time=2.345), ink(time=1999.999)
    half = one.width() // 2
    assert one != other
    assert one.copy(half, 0, half, one.height()) == other.copy(half, 0, half, one.height())


def test_optional_fields_have_room_while_their_map_is_on(shown):
    readout = shown(Readout(), 1400, 24)
    readout.show_point(**POINT)
    assert "gain" not in readout.shown_fields()
    readout.show_point(**POINT, more={"gain": "gain −3.2 dB", "band": ""})
    assert {"gain", "band"} < set(readout.shown_fields())
    assert "blame" not in readout.shown_fields()
    assert "gain −3.2 dB" in readout.text
    assert " ·  · " not in readout.text


def test_fields_go_one_after_the_other_when_room_is_short(shown):
    readout = shown(Readout(), 1200, 24)
    assert readout.shown_fields() == [field.key for field in FIELDS if not field.optional]
    seen = []
    for width in range(1200, 60, -20):
        readout.resize(width, 24)
        keys = readout.shown_fields()
        assert ("reference" in keys) == ("estimate" in keys)
        seen.append(len(keys))
    assert seen == sorted(seen, reverse=True)
    assert readout.shown_fields() == ["time"]


def test_demo_cards_ask_for_their_demo(shown):
    page = shown(Welcome(DARK), 1100, 700)
    asked: list[str] = []
    opened: list[bool] = []
    page.demo_requested.connect(asked.append)
    page.open_requested.connect(lambda: opened.append(True))
    for card in page.cards:
        QTest.mouseClick(card, Qt.MouseButton.LeftButton)
    QTest.keyClick(page.cards[0], Qt.Key.Key_Space)
    QTest.mouseClick(page.drop.open_button, Qt.MouseButton.LeftButton)
    assert asked == [demo.name for demo in DEMOS] + [DEMOS[0].name]
    assert opened == [True]
    assert len(TIPS) == 3


@pytest.mark.parametrize("width", [440, 700, 1280, 2000])
def test_cards_show_their_whole_sentence_at_every_width(shown, width: int):
    page = shown(Welcome(LIGHT), width, 640)
    QApplication.processEvents()
    for card in page.cards:
        assert card.height() >= card.heightForWidth(card.width())
        assert card.mapTo(page, card.rect().topRight()).x() < width


def test_the_drop_zone_lights_up_and_both_looks_differ(shown):
    page = shown(Welcome(DARK), 800, 640)
    dark = page.drop.grab().toImage()
    page.drop.set_active(True)
    assert page.drop.grab().toImage() != dark
    page.drop.set_active(False)
    page.set_theme(LIGHT)
    assert page.drop.grab().toImage() != dark
