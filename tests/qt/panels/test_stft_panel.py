"""Framing and silence limit: only what can be is asked for."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QValidator
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QStyleOptionComboBox

from osisnr_gui.core.types import Representation
from osisnr_gui.qt.panels.stft_panel import StftPanel
from osisnr_gui.session import edits
from osisnr_gui.session.analysis import Analysis, analyse
from osisnr_gui.session.session import MaskGrid, Session


@pytest.fixture
def panel(shown) -> StftPanel:
    return shown(StftPanel(), 236, 330)


def type_into(field, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_what_is_in_force_and_that_it_is_the_default(panel: StftPanel, sound: Analysis):
    panel.show_analysis(sound, 0)
    assert (panel.n_fft.value(), panel.hop.value()) == (512, 128)
    assert panel.n_fft_note.text() == "32.0\u00a0ms default"
    assert panel.summary.text() == "822 frames compared: 32.0 ms long, one every 8.00 ms, 257 bins each."
    assert panel.representation.currentText() == "magnitude · default"
    assert panel.window_box.currentText() == "hann · default"


def test_a_setting_of_ones_own_is_not_called_default(panel: StftPanel, sound: Analysis):
    own = analyse(edits.set_framing(sound.session, n_fft=256, window="hamming"), sound)
    panel.show_analysis(own, 0)
    assert panel.n_fft_note.text() == "16.0\u00a0ms"
    assert panel.hop_note.text().endswith("default")
    assert panel.window_box.currentText() == "hamming"


@pytest.mark.parametrize("text", ["9" * 5000, "-1", "1e308", "nan", "", "x" * 30_000])
def test_no_text_is_too_long_or_too_strange_for_a_field(panel: StftPanel, text: str):
    for field in (panel.n_fft, panel.hop, panel.silence):
        assert field.validate(text, 0)[0] is QValidator.State.Intermediate
        assert field.validate(field.fixup(text), 0)[0] is QValidator.State.Acceptable


def test_edits(panel: StftPanel, sound: Analysis, edits_of):
    panel.show_analysis(sound, 0)
    taken = edits_of(panel, sound.session)
    type_into(panel.n_fft, "1024")
    type_into(panel.hop, "64")
    panel.representation.activated.emit(1)
    panel.window_box.activated.emit(2)
    type_into(panel.silence, "40")
    session = taken.session
    assert (session.framing.n_fft, session.framing.hop) == (1024, 64)
    assert session.framing.representation is Representation.COMPLEX
    assert session.framing.window == "blackman"
    assert session.silence_db == 40.0
    assert taken.keys == ["", "", "", "", "silence"]
    panel.representation.activated.emit(0)
    assert taken.session.framing.representation is None


@pytest.mark.parametrize(("typed", "value"), [("0", 2), ("1", 2), ("999999999", 105600), ("-5", 2), ("x", 512)])
def test_n_fft_is_held_between_two_and_the_length_of_the_file(
    panel: StftPanel, sound: Analysis, edits_of, typed: str, value: int
):
    panel.show_analysis(sound, 0)
    taken = edits_of(panel, sound.session)
    type_into(panel.n_fft, typed)
    assert panel.n_fft.value() == value
    assert taken.session.framing.n_fft == (None if value == 512 else value)


def test_hop_is_at_most_a_frame(panel: StftPanel, sound: Analysis, edits_of):
    panel.show_analysis(sound, 0)
    taken = edits_of(panel, sound.session)
    type_into(panel.hop, "100000")
    assert taken.session.framing.hop == 512


def test_a_hop_that_no_longer_fits_goes_back_to_its_default(panel: StftPanel, sound: Analysis, edits_of):
    own = analyse(edits.set_framing(sound.session, hop=400), sound)
    panel.show_analysis(own, 0)
    taken = edits_of(panel, own.session)
    type_into(panel.n_fft, "256")
    assert (taken.session.framing.n_fft, taken.session.framing.hop) == (256, None)
    assert analyse(taken.session).framing.hop == 64


def test_arrows_double_and_halve(panel: StftPanel, sound: Analysis):
    panel.show_analysis(sound, 0)
    panel.n_fft.stepBy(1)
    assert panel.n_fft.value() == 1024
    panel.n_fft.setValue(1000)
    panel.n_fft.stepBy(-1)
    assert panel.n_fft.value() == 512
    panel.n_fft.setValue(2)
    panel.n_fft.stepBy(-3)
    assert panel.n_fft.value() == 2


def test_double_click_on_a_name_goes_back_to_the_default(panel: StftPanel, sound: Analysis, edits_of):
    own = analyse(edits.set_silence(edits.set_framing(sound.session, n_fft=256, hop=32), 30.0), sound)
    panel.show_analysis(own, 0)
    taken = edits_of(panel, own.session)
    for name in ("n_fft", "silence"):
        label = panel._names[name]
        QTest.mouseDClick(label, Qt.MouseButton.LeftButton, pos=label.rect().center())
    assert (taken.session.framing.n_fft, taken.session.framing.hop) == (None, None)
    assert taken.session.silence_db == 60.0


def test_the_largest_silence_limit_means_zeros_only(panel: StftPanel, sound: Analysis, edits_of):
    panel.show_analysis(sound, 0)
    taken = edits_of(panel, sound.session)
    panel.silence.setValue(panel.silence.maximum())
    assert taken.session.silence_db == math.inf
    assert panel.silence.text() == "zeros"
    panel.silence.stepBy(-1)
    assert panel.silence.text() == "195.0 dB"
    panel.show_analysis(analyse(edits.set_silence(taken.session, math.inf), sound), 0)
    assert panel.silence.value() == panel.silence.maximum()


def test_masks_have_their_frames_already(panel: StftPanel, masks: Analysis):
    panel.show_analysis(masks, 0)
    assert not any(part.isEnabled() for part in (panel.n_fft, panel.hop, panel.window_box, panel.representation))
    assert panel.silence.isEnabled()
    assert "one column is one frame" in panel.summary.text()
    assert "With rate and hop" in panel.summary.text()
    assert not any(part.isVisible() for part in (panel.n_fft, panel.hop, panel.window_box, panel.representation))
    panel.show_analysis(Analysis(Session()), 0)
    assert "Open a reference" in panel.summary.text()


def test_numbers_come_back_with_the_sound_after_masks(panel: StftPanel, sound: Analysis, masks: Analysis):
    panel.show_analysis(sound, 0)
    panel.show_analysis(masks, 0)
    panel.show_analysis(sound, 0)
    assert (panel.n_fft.text(), panel.hop.text()) == ("512", "128")


def test_what_is_known_of_the_stft_of_masks(panel: StftPanel, sound: Analysis, masks: Analysis, edits_of):
    panel.show_analysis(masks, 0)
    fields = panel.mask_grid
    assert fields.isVisible()
    assert (fields.rate.text(), fields.hop.text(), fields.n_fft.text()) == ("unknown", "unknown", "256")
    assert fields.n_fft_note.text() == "2·(129 − 1)"
    taken = edits_of(panel, masks.session)
    type_into(fields.rate, "16000")
    type_into(fields.hop, "128")
    fields.place.activated.emit(1)
    fields.window_box.activated.emit(2)
    assert taken.session.mask_grid == MaskGrid(16_000, 128, None, True, "blackman")
    panel.show_analysis(replace(masks, session=taken.session), 0)
    assert fields.hop_note.text().replace("\u00a0", " ") == "8.00 ms"
    assert "With rate" not in panel.summary.text()
    type_into(fields.n_fft, "512")
    assert taken.session.mask_grid.n_fft == 512
    for name in ("rate", "hop", "n_fft"):
        label = next(label for label in fields.findChildren(QLabel) if label.text() == name)
        QTest.mouseDClick(label, Qt.MouseButton.LeftButton)
    assert taken.session.mask_grid == MaskGrid(centred=True, window="blackman")
    panel.show_analysis(sound, 0)
    assert not fields.isVisible()
    assert panel.n_fft.isVisible()


def test_arrows_go_through_the_usual_rates(panel: StftPanel, masks: Analysis, edits_of):
    panel.show_analysis(masks, 0)
    rate, taken = panel.mask_grid.rate, edits_of(panel, masks.session)
    for rate_hz in (8000, 11_025, 16_000):
        rate.stepBy(1)
        assert taken.session.mask_grid.rate == rate_hz
    rate.stepBy(-3)
    assert taken.session.mask_grid.rate is None


def test_a_window_is_not_used_for_the_waveform(panel: StftPanel, sound: Analysis):
    panel.show_analysis(analyse(edits.set_framing(sound.session, representation=Representation.WAVEFORM)), 0)
    assert not panel.window_box.isEnabled()
    assert "512 bins" in panel.summary.text()


def test_a_refused_setting_can_be_put_right(panel: StftPanel, sound: Analysis):
    refused = analyse(edits.set_framing(sound.session, n_fft=64, hop=128))
    assert refused.framing is None
    panel.show_analysis(refused, 0)
    assert panel.n_fft.isEnabled()


def test_showing_asks_for_nothing_and_unchanged_does_no_work(
    panel: StftPanel, sound: Analysis, edits_of, monkeypatch: pytest.MonkeyPatch
):
    taken = edits_of(panel, sound.session)
    panel.show_analysis(sound, 0)
    QApplication.processEvents()
    assert taken.keys == []
    calls: list[object] = []
    monkeypatch.setattr(panel, "_show_framing", lambda *args: calls.append(args))
    panel.show_analysis(sound, 0)
    assert calls == []


def test_nothing_is_cut_in_a_narrow_panel(panel: StftPanel, sound: Analysis):
    panel.show_analysis(sound, 0)
    QApplication.processEvents()
    assert panel.width() == 236
    for note in (panel.n_fft_note, panel.hop_note, panel.summary):
        assert note.height() >= note.heightForWidth(note.width())
        assert note.mapTo(panel, note.rect().topRight()).x() < 236


def test_the_mark_of_a_default_gives_way_before_the_name(panel: StftPanel, sound: Analysis):
    panel.show_analysis(sound, 0)
    box = panel.representation
    option = QStyleOptionComboBox()
    for width, text in ((220, "magnitude · default"), (110, "magnitude")):
        box.resize(width, box.height())
        box.initStyleOption(option)
        assert option.currentText == text


def test_masks_leave_no_words_of_the_sound_before(panel: StftPanel, sound: Analysis, masks: Analysis):
    own = analyse(edits.set_framing(sound.session, representation=Representation.WAVEFORM))
    panel.show_analysis(own, 0)
    assert panel.representation.currentText() == "waveform"
    panel.show_analysis(masks, 0)
    assert (panel.representation.currentText(), panel.window_box.currentText(), panel.n_fft.text()) == ("", "", "")
    panel.show_analysis(own, 0)
    assert panel.representation.currentText() == "waveform"
    assert panel.window_box.currentText() == "hann · default"
