"""The list of sources: rows, roles, how a file is read, and names that are no markup."""

from __future__ import annotations

import html
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from osisnr_gui.qt.look.theme import DARK, LIGHT
from osisnr_gui.qt.panels.plain_text import ElidedLabel, tooltip
from osisnr_gui.qt.panels.source_row import SourceRow
from osisnr_gui.qt.panels.sources_panel import SourcesPanel
from osisnr_gui.session import edits
from osisnr_gui.session.analysis import Analysis
from osisnr_gui.session.session import DOWNMIX, Session

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(shown) -> SourcesPanel:
    return shown(SourcesPanel(DARK))


def texts(panel: SourcesPanel) -> list[tuple[str, str]]:
    return [(row.chip.text(), row.name.text()) for row in panel.rows]


def trigger(row: SourceRow, text: str) -> None:
    menu = row.role_menu()
    next(action for action in menu.actions() if action.text() == text).trigger()
    menu.close()


def test_a_row_for_each_file(panel: SourcesPanel, sound: Analysis):
    panel.show_analysis(sound, 1)
    assert texts(panel) == [
        ("Ref ▾", "2_enhancement_clean.flac"),
        ("A ▾", "2_enhancement_est_dfn3.flac"),
        ("B ▾", "2_enhancement_est_gate.flac"),
        ("Mixture ▾", "2_enhancement_noisy.flac"),
    ]
    details = panel.rows[0].details.text().replace("\u00a0", " ")
    assert details == "6.60 s · 16 kHz · mono · FLAC PCM 16 · −25.5 dBFS"
    panel.show_analysis(Analysis(Session()), 0)
    assert texts(panel) == []


def test_a_click_or_return_on_an_estimate_selects_it(panel: SourcesPanel, sound: Analysis, qtbot: QtBot):
    panel.show_analysis(sound, 0)
    chosen: list[int] = []
    panel.chosen.connect(chosen.append)
    QTest.mouseClick(panel.rows[2], LEFT, pos=QPoint(20, panel.rows[2].height() - 4))
    QTest.mouseClick(panel.rows[0], LEFT, pos=QPoint(20, 4))
    QTest.keyClick(panel.rows[1], Qt.Key.Key_Return)
    assert chosen == [1, 0]


def test_roles_change_with_one_click(panel: SourcesPanel, sound: Analysis, edits_of):
    panel.show_analysis(sound, 0)
    reference, (first, second), noisy = sound.session.reference, sound.session.estimates, sound.session.mixture
    taken = edits_of(panel, sound.session)
    trigger(panel.rows[1], "Reference")
    assert taken.session.references == (first,)
    assert taken.session.estimates == (reference, second)
    assert taken.session.mixture == noisy
    assert taken.keys == [""]


def test_the_role_in_force_is_checked_and_only_estimates_swap(panel: SourcesPanel, sound: Analysis):
    panel.show_analysis(sound, 0)
    for row, checked in zip(panel.rows, ("Reference", "Estimate", "Estimate", "Mixture"), strict=True):
        menu = row.role_menu()
        assert [action.text() for action in menu.actions() if action.isChecked()] == [checked]
        assert ("Swap with the reference" in [action.text() for action in menu.actions()]) is (checked == "Estimate")
        menu.close()


def test_remove_and_swap(panel: SourcesPanel, sound: Analysis, edits_of):
    panel.show_analysis(sound, 1)
    first, second = sound.session.estimates
    taken = edits_of(panel, sound.session)
    panel.swap_button.click()
    assert taken.session.reference == second
    assert taken.session.estimates == (first, sound.session.reference)
    panel.rows[1].remove_button.click()
    assert taken.session.estimates == (sound.session.reference,)
    assert taken.keys == ["", ""]


def test_add_is_a_wish_not_a_deed(panel: SourcesPanel, sound: Analysis, edits_of, qtbot: QtBot):
    taken = edits_of(panel, sound.session)
    with qtbot.waitSignal(panel.add_requested):
        panel.add_button.click()
    assert taken.keys == []


def test_channels_are_picked_and_never_mixed_unasked(panel: SourcesPanel, mixed: Analysis, edits_of):
    panel.show_analysis(mixed, 0)
    box = panel.rows[0].channel
    words = [box.itemText(i) for i in range(box.count())]
    assert words == ["channel 1 (default)", "channel 1 of 2", "channel 2 of 2", "mean of 2 channels"]
    assert box.currentIndex() == 0
    taken = edits_of(panel, mixed.session)
    box.setCurrentIndex(2)
    assert taken.keys == [], "a change from inside asks for nothing"
    box.activated.emit(2)
    assert taken.session.reference.channel == 2
    assert taken.keys == [""]


def test_the_mean_of_all_channels_can_be_chosen(panel: SourcesPanel, mixed: Analysis, edits_of):
    panel.show_analysis(mixed, 0)
    taken = edits_of(panel, mixed.session)
    panel.rows[0].channel.setCurrentIndex(3)
    panel.rows[0].channel.activated.emit(3)
    assert taken.session.reference.channel == DOWNMIX


def test_a_refused_file_says_why_and_offers_its_arrays(panel: SourcesPanel, mixed: Analysis, edits_of, qtbot: QtBot):
    panel.show_analysis(mixed, 0)
    broken, two = panel.rows[1], panel.rows[2]
    qtbot.waitUntil(broken.problem.isVisible)
    assert "header" in broken.problem.text()
    assert not broken.options.isVisible()
    box = two.key
    assert [box.itemText(i) for i in range(box.count())] == ["choose an array…", "a", "b"]
    taken = edits_of(panel, mixed.session)
    box.setCurrentIndex(2)
    box.activated.emit(2)
    assert taken.session.estimates[1].key == "b"


def test_transpose_is_always_in_view_for_masks(
    panel: SourcesPanel, masks: Analysis, sound: Analysis, edits_of, qtbot: QtBot
):
    panel.show_analysis(masks, 0)
    qtbot.waitUntil(lambda: all(row.transpose.isVisible() for row in panel.rows))
    taken = edits_of(panel, masks.session)
    panel.rows[1].transpose.click()
    assert taken.session.estimates[0].transpose
    panel.show_analysis(sound, 0)
    assert not any(row.transpose.isVisible() for row in panel.rows)


def test_a_hostile_name_is_text(panel: SourcesPanel, mixed: Analysis):
    panel.show_analysis(mixed, 2)
    row = panel.rows[3]
    assert row.name.text() == "<img src=x onerror=y>&amp;.wav"
    assert "<img" not in row.name.toolTip()
    assert html.escape("<img src=x onerror=y>&amp;.wav") in row.name.toolTip()
    for label in (row.details, row.problem):
        assert label.textFormat() is Qt.TextFormat.PlainText


def test_unchanged_rows_do_no_work(panel: SourcesPanel, sound: Analysis, monkeypatch: pytest.MonkeyPatch):
    panel.show_analysis(sound, 0)
    shown: list[str] = []
    real = SourceRow.show_state
    monkeypatch.setattr(SourceRow, "show_state", lambda row, state: shown.append(state.chip) or real(row, state))
    panel.show_analysis(sound, 0)
    assert shown == []
    panel.show_analysis(sound, 1)
    assert shown == ["Ref", "A", "B", "Mixture"]


def test_twelve_estimates_scroll(panel: SourcesPanel, many: Analysis, qtbot: QtBot):
    panel.show_analysis(many, 11)
    assert len(panel.rows) == 14
    assert panel.rows[12].chip.text() == "L ▾"
    qtbot.waitUntil(lambda: panel.scroller.verticalScrollBar().maximum() > 0)
    assert panel.height() == 640


def test_text_is_never_cut_in_a_narrow_panel(shown, sound: Analysis):
    panel = shown(SourcesPanel(LIGHT), 236, 600)
    panel.show_analysis(sound, 0)
    QApplication.processEvents()
    assert panel.width() == 236
    for row in panel.rows:
        assert row.width() <= 236
        assert row.details.height() >= row.details.heightForWidth(row.details.width())
        assert row.name.fontMetrics().horizontalAdvance(row.name.shown_text) <= row.name.width()


def test_where_room_is_short_a_name_loses_what_all_names_begin_with(shown, sound: Analysis):
    panel = shown(SourcesPanel(LIGHT), 236, 600)
    panel.show_analysis(sound, 0)
    QApplication.processEvents()
    assert [row.name.shown_text for row in panel.rows] == ["clean", "dfn3", "gate", "noisy"]
    panel.resize(600, 600)
    QApplication.processEvents()
    assert panel.rows[1].name.shown_text == "2_enhancement_est_dfn3.flac"


def test_an_elided_label_loses_its_middle_and_says_all_in_the_tooltip(shown):
    label: ElidedLabel = shown(ElidedLabel("a" * 20 + "<b>" + "z" * 20, Qt.TextElideMode.ElideMiddle), 120, 20)
    assert label.shown_text.startswith("aa")
    assert label.shown_text.endswith("zz")
    assert "…" in label.shown_text
    assert "&lt;b&gt;" in label.toolTip()
    label.resize(900, 20)
    assert label.shown_text == label.text()
    assert label.toolTip() == ""


def test_tooltips_are_escaped():
    assert tooltip("") == ""
    assert "<i>" not in tooltip("<i>x</i>")


def test_both_themes_can_be_worn(panel: SourcesPanel, sound: Analysis):
    panel.show_analysis(sound, 0)
    panel.set_theme(LIGHT)
    assert not panel.grab().isNull()
    assert texts(panel)[1][0] == "A ▾"


def test_an_eye_for_each_estimate(panel: SourcesPanel, sound: Analysis):
    panel.show_analysis(sound, 0)
    asked: list[object] = []
    panel.curve_toggled.connect(asked.append)
    assert [row.eye.isHidden() for row in panel.rows] == [True, False, False, True]
    QTest.mouseClick(panel.rows[2].eye, LEFT)
    assert asked == [sound.pairs[1].source]
    sound = replace(sound, session=edits.toggle_curve(sound.session, 1))
    panel.show_analysis(sound, 0)
    assert "Show its curve" in panel.rows[2].eye.toolTip()
    assert "Hide its curve" in panel.rows[1].eye.toolTip()
    assert "(H)" in panel.rows[1].eye.toolTip(), "the key is for the estimate in view"
    panel.show_analysis(sound, 1)
    assert "Show its curve" in panel.rows[2].eye.toolTip()
