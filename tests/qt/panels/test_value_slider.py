"""The value slider: drag, type, wheel, keys, default; one signal a turn; nothing when it is only shown."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from osisnr_gui.qt.panels.sample_field import NumberField
from osisnr_gui.qt.panels.value_slider import ALPHA, GAMMA, ValueSlider, ValueSpec

LEFT = Qt.MouseButton.LeftButton


def make(shown, spec: ValueSpec = ALPHA) -> tuple[ValueSlider, list[float]]:
    slider = shown(ValueSlider(spec), 280, 32)
    values: list[float] = []
    slider.value_changed.connect(values.append)
    return slider, values


def wheel(slider: ValueSlider, angle: int, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    centre = QPointF(slider.slider.rect().center())
    event = QWheelEvent(
        centre,
        centre,
        QPoint(),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(slider.slider, event)


@pytest.mark.parametrize("mapping", [ALPHA, GAMMA, ALPHA._replace(low=-3.0, high=7.0, power=2.0)])
def test_places_and_values_are_each_others_inverse(mapping: ValueSpec):
    for place in (0.0, 0.1, 0.37, 0.5, 0.99, 1.0):
        assert mapping.place_of(mapping.value_at(place)) == pytest.approx(place, abs=1e-9)
    assert mapping.value_at(0.0) == mapping.low
    assert mapping.place_of(1e9) == 1.0


def test_gamma_reaches_zero_and_gives_small_values_most_of_the_way():
    assert GAMMA.value_at(0.0) == 0.0
    assert GAMMA.place_of(15.0) > 0.3


def test_numbers_as_people_type_them(qtbot: QtBot):
    field = NumberField(-1e9, 1e9, unit=" s")
    qtbot.addWidget(field)
    parse = field.parse
    assert parse(" 0,25 ") == parse("0.25 s") == 0.25
    assert parse("\u22123") == -3.0
    assert parse("1e6") == 1e6
    assert parse("nan") is None
    assert parse("x") is None


def test_text_has_the_decimals_that_count():
    assert ALPHA.text(0.3) == "0.30"
    assert ALPHA.text(0.125) == "0.125"
    assert GAMMA.text(15.0) == "15.0"
    assert GAMMA.text(1e6) == "1000000"
    assert GAMMA.text(0.0) == "0.0"


def test_several_moves_in_one_turn_are_one_signal_with_the_last_value(shown, qtbot: QtBot):
    slider, values = make(shown)
    for place in (2000, 4000, 6000):
        slider.slider.setValue(place)
    assert values == []
    qtbot.waitUntil(lambda: bool(values))
    assert values == [slider.value]
    assert slider.value == pytest.approx(ALPHA.value_at(0.6), abs=0.001)


def test_a_click_goes_where_it_was_made(shown, qtbot: QtBot):
    slider, values = make(shown)
    track = slider.slider
    QTest.mouseClick(track, LEFT, pos=QPoint(track.width() - 2, track.height() // 2))
    qtbot.waitUntil(lambda: values == [1.0])
    assert slider.field.text() == "1.00"


@pytest.mark.parametrize("where", ["slider", "_label"])
def test_double_click_resets(shown, qtbot: QtBot, where: str):
    slider, values = make(shown)
    slider.set_value(0.9)
    target = getattr(slider, where)
    QTest.mouseDClick(target, LEFT, pos=target.rect().center())
    qtbot.waitUntil(lambda: bool(values))
    assert values[-1] == ALPHA.default
    assert slider.value == ALPHA.default


@pytest.mark.parametrize(
    ("typed", "value"),
    [("0.125", 0.125), ("0,5", 0.5), ("7", 1.0), ("0", 0.01), ("-3", 0.01)],
)
def test_typing_takes_what_is_allowed_and_the_nearest_end_otherwise(
    shown, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, typed: str, value: float
):
    said: list[str] = []
    monkeypatch.setattr(NumberField, "say", lambda _field, words: said.append(words))
    slider, values = make(shown)
    slider.field.setFocus()
    slider.field.selectAll()
    QTest.keyClicks(slider.field, typed)
    assert values == []
    QTest.keyClick(slider.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(values))
    assert values == [value]
    assert slider.field.text() == ALPHA.text(value)
    assert bool(said) is (typed in ("7", "0", "-3")), "a number that was moved is explained"
    assert all(f"was set to {ALPHA.text(value)}" in text for text in said)


def test_typing_nonsense_keeps_the_value_and_is_told(shown, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    said: list[str] = []
    monkeypatch.setattr(NumberField, "say", lambda _field, words: said.append(words))
    slider, values = make(shown)
    slider.field.setFocus()
    slider.field.selectAll()
    QTest.keyClicks(slider.field, "what")
    QTest.keyClick(slider.field, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert values == []
    assert slider.field.text() == "0.30"
    assert len(said) == 1
    assert "“what” is no number: 0.30 stays" in said[0]


def test_gamma_may_be_typed_beyond_the_slider_and_stays_there(shown, qtbot: QtBot):
    slider, values = make(shown, GAMMA)
    slider.field.setFocus()
    slider.field.selectAll()
    QTest.keyClicks(slider.field, "1e6")
    QTest.keyClick(slider.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: values == [1e6])
    assert slider.slider.value() == slider.slider.maximum()
    slider.slider.setValue(slider.slider.maximum())
    assert slider.value == 1e6


def test_the_range_and_the_default_are_in_the_tooltip():
    assert "0.01 to 1.00" in ALPHA.explanation
    assert "Default 0.30" in ALPHA.explanation
    assert "up to 1e+06 may be typed" in GAMMA.explanation


def test_wheel_and_arrows_step_finely_and_shift_finer(shown, qtbot: QtBot):
    slider, values = make(shown)
    wheel(slider, 120)
    qtbot.waitUntil(lambda: values == [0.31])
    QTest.keyClick(slider.slider, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: values[-1] == 0.3)
    QTest.keyClick(slider.slider, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: values[-1] == 0.301)
    wheel(slider, -60)
    assert slider.value == 0.301, "half a notch is not a step yet"
    wheel(slider, -60)
    assert slider.value == pytest.approx(0.29)


def test_steps_stop_at_the_ends(shown, qtbot: QtBot):
    slider, _ = make(shown, GAMMA)
    slider.set_value(0.0)
    QTest.keyClick(slider.slider, Qt.Key.Key_PageDown)
    assert slider.value == 0.0


def test_a_value_from_outside_is_shown_and_not_emitted(shown):
    slider, values = make(shown)
    slider.set_value(0.75)
    QApplication.processEvents()
    assert values == []
    assert slider.field.value() == 0.75
    assert slider.slider.value() == round(ALPHA.place_of(0.75) * slider.slider.maximum())


def test_a_slider_in_the_hand_is_left_alone(shown):
    slider, _ = make(shown)
    slider.slider.setSliderDown(True)
    slider.slider.setValue(8000)
    QApplication.processEvents()
    held = slider.value
    slider.set_value(0.3)
    assert slider.value == held
    slider.slider.setSliderDown(False)
    slider.set_value(0.3)
    assert slider.value == 0.3


def test_what_is_being_typed_is_left_alone(shown, qtbot: QtBot):
    slider, _ = make(shown)
    slider.activateWindow()
    slider.field.setFocus()
    qtbot.waitUntil(slider.field.hasFocus)
    slider.field.selectAll()
    QTest.keyClicks(slider.field, "0.7")
    slider.set_value(0.5)
    assert slider.field.text() == "0.7"


def test_every_part_has_a_name_and_a_tooltip(shown):
    slider, _ = make(shown)
    assert slider.field.accessibleName() == "alpha"
    assert slider.slider.accessibleName() == "alpha slider"
    assert "Default 0.30" in slider.field.toolTip()
    assert math.isfinite(slider.value)
