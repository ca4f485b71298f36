"""The loss panel: what it says, what it asks for, and what it leaves undone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from window_kit import show_parts

from osisnr_gui.qt.look.theme import DARK, LIGHT
from osisnr_gui.qt.panels.loss_panel import LossPanel
from osisnr_gui.session import edits, words
from osisnr_gui.session.analysis import Analysis, analyse, rescore
from osisnr_gui.session.changes import find_changes
from osisnr_gui.session.scores import PairScore
from osisnr_gui.session.session import Formula, Session
from osisnr_gui.text import sentences

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(shown) -> LossPanel:
    return shown(LossPanel(DARK))


def test_the_number_is_named_exactly(panel: LossPanel, sound: Analysis):
    show_parts(panel, sound, 0)
    score = sound.pairs[0].score
    assert score is not None
    which = f"exact, {score.facts.n_active} active frames, method 1"
    assert panel.headline.text == f"fused loss L = {score.exact.fused:.3f} ({which})"
    literal = rescore(edits.set_formula(sound.session, Formula.LITERAL), sound)
    show_parts(panel, literal, 0)
    assert (
        panel.headline.text
        == f"fused loss L = {score.literal.fused:.3f} (literal, all 822 frames, 129 silent, method 1)"
    )
    exact = rescore(edits.set_method(sound.session, 2), sound)
    show_parts(panel, exact, 1)
    score = exact.pairs[1].score
    which = f"exact, {score.facts.n_active} active frames, method 2"
    assert panel.headline.text == f"fused loss L = {score.exact.fused:.3f} ({which})"
    assert panel.bar.shares == pytest.approx([term / score.exact.fused for term in score.shares])


def test_a_literal_number_that_silence_touched_says_so(panel: LossPanel, sound: Analysis):
    show_parts(panel, sound, 0)
    assert "silence counts as perfect" not in panel.headline.toolTip()
    show_parts(panel, rescore(edits.set_formula(sound.session, Formula.LITERAL), sound), 0)
    assert "silence counts as perfect" in panel.headline.toolTip()


def test_a_literal_number_that_is_none_says_so_in_its_place(panel: LossPanel, sound: Analysis):
    literal = edits.set_method(edits.set_formula(sound.session, Formula.LITERAL), 2)
    show_parts(panel, rescore(literal, sound), 0)
    assert panel.headline.text == "fused loss L = not defined (literal, all 822 frames, 129 silent, method 2)"
    assert "not finite" not in panel.headline.text
    assert panel.bar.shares is None
    show_parts(panel, rescore(edits.set_method(sound.session, 2), sound), 0)
    assert "Literal, all frames: not defined: 129 silent frames" in panel.headline.toolTip()
    show_parts(panel, sound, 0)
    assert f"Literal, all frames: {sound.pairs[0].score.literal.fused:.3f}" in panel.headline.toolTip()


def test_what_a_remedy_did_stands_under_the_verdict(panel: LossPanel, sound: Analysis):
    show_parts(panel, sound, 1)
    assert not panel.effect.isVisible()
    louder = analyse(edits.change_source(sound.session, sound.pairs[1].source, gain=4.0), sound)
    show_parts(panel, louder, 1)
    before, now = (analysis.pairs[1].score.exact.fused for analysis in (sound, louder))
    assert panel.effect.isVisible()
    assert f"fused loss {before:.3f} → {now:.3f}, SI-SNR" in panel.effect.text()
    moved = rescore(edits.set_gamma(louder.session, 3.0), louder)
    show_parts(panel, moved, 1, find_changes(louder, moved))
    assert not panel.effect.isVisible(), "the numbers above are others now"


def test_a_refused_estimate_and_an_empty_window(panel: LossPanel, mixed: Analysis):
    show_parts(panel, mixed, 0)
    assert "cannot be compared" in panel.headline.text
    assert "broken" in panel.mark.name.text()
    show_parts(panel, Analysis(Session()), 0)
    assert "nothing to compare yet" in panel.headline.text
    show_parts(panel, Analysis(Session()), 0)
    assert panel.bar.shares is None


def test_silence_and_masks_do_not_break_it(panel: LossPanel, mixed: Analysis, masks: Analysis):
    for index in range(len(mixed.pairs)):
        for formula in Formula:
            show_parts(panel, rescore(edits.set_formula(mixed.session, formula), mixed), index)
            assert not panel.grab().isNull()
    show_parts(panel, masks, 0)
    score = masks.pairs[0].score
    assert score is not None
    assert f"exact, {score.facts.n_active} active frames" in panel.headline.text
    show_parts(panel, rescore(edits.set_formula(masks.session, Formula.LITERAL), masks), 0)
    assert "686 frames" in panel.headline.text


def test_sliders_ask_with_their_merge_key(panel: LossPanel, sound: Analysis, edits_of, qtbot: QtBot):
    show_parts(panel, sound, 0)
    taken = edits_of(panel, sound.session)
    panel.alpha.slider.setValue(panel.alpha.slider.maximum())
    qtbot.waitUntil(lambda: taken.session.loss.alpha == 1.0)
    panel.gamma.slider.setValue(0)
    qtbot.waitUntil(lambda: taken.session.loss.gamma == 0.0)
    assert taken.keys == ["alpha", "gamma"]


def test_switches_are_their_own_undo_steps(panel: LossPanel, sound: Analysis, edits_of):
    show_parts(panel, sound, 0)
    taken = edits_of(panel, sound.session)
    for switch in (panel.method, panel.formula):
        QTest.mouseClick(switch.childAt(switch.width() - 10, 10), LEFT)
    assert taken.session.loss.method == 2
    assert taken.session.loss.formula is Formula.LITERAL
    assert taken.keys == ["", ""]
    QTest.mouseClick(panel.formula.childAt(10, 10), LEFT)
    assert taken.session.loss.formula is Formula.EXACT
    QTest.keyClick(panel.method.childAt(panel.method.width() - 10, 10), Qt.Key.Key_Return)
    assert taken.session.loss.method == 1


def test_a_click_on_the_curve_asks_for_that_alpha(panel: LossPanel, sound: Analysis, edits_of):
    show_parts(panel, sound, 0)
    taken = edits_of(panel, sound.session)
    panel.plot.alpha_requested.emit(5.0)
    assert taken.session.loss.alpha == 1.0
    assert taken.keys == ["alpha"]


def test_showing_a_session_asks_for_nothing(panel: LossPanel, sound: Analysis, edits_of):
    taken = edits_of(panel, sound.session)
    session = edits.set_method(edits.set_gamma(edits.set_alpha(sound.session, 0.7), 90.0), 2)
    show_parts(panel, rescore(edits.set_formula(session, Formula.LITERAL), sound), 0)
    QApplication.processEvents()
    assert taken.keys == []
    assert (panel.alpha.value, panel.gamma.value) == (0.7, 90.0)
    assert (panel.method.current, panel.formula.current) == (1, 1)


def test_a_slider_makes_no_new_sentence(panel: LossPanel, sound: Analysis, monkeypatch: pytest.MonkeyPatch):
    show_parts(panel, sound, 0)
    calls: list[object] = []
    monkeypatch.setattr(sentences, "estimate_names", lambda *args: calls.append(args))
    moved = rescore(edits.set_gamma(sound.session, 3.0), sound)
    show_parts(panel, moved, 0, find_changes(sound, moved))
    assert calls == []
    assert panel.gamma.value == 3.0


def test_curves_are_computed_for_new_facts_or_another_formula_only(
    panel: LossPanel, sound: Analysis, monkeypatch: pytest.MonkeyPatch
):
    calls: list[float] = []
    real = PairScore.mc_mse_at
    monkeypatch.setattr(PairScore, "mc_mse_at", lambda self, alpha: calls.append(alpha) or real(self, alpha))
    show_parts(panel, sound, 0)
    first = len(calls)
    assert first > 0
    moved = rescore(edits.set_alpha(edits.set_gamma(sound.session, 3.0), 0.9), sound)
    show_parts(panel, moved, 0)
    assert len(calls) == first
    show_parts(panel, rescore(edits.set_formula(moved.session, Formula.LITERAL), moved), 0)
    assert len(calls) == 2 * first


def test_nothing_moves_while_a_slider_does(panel: LossPanel, sound: Analysis):
    show_parts(panel, sound, 0)
    QApplication.processEvents()
    parts = (panel.headline, panel.bar, panel.alpha, panel.gamma, panel.plot, panel.sentence)
    before = [part.geometry() for part in parts]
    for gamma in (0.0, 0.1, 77.7, 1e6):
        show_parts(panel, rescore(edits.set_gamma(sound.session, gamma), sound), 0)
        QApplication.processEvents()
        assert [part.geometry() for part in parts] == before


def test_a_narrow_panel_shows_all_of_its_width(shown, sound: Analysis):
    panel = shown(LossPanel(LIGHT), 280, 700)
    show_parts(panel, sound, 1)
    QApplication.processEvents()
    assert panel.width() == 280
    for part in (panel.method, panel.formula, panel.alpha, panel.bar):
        right = part.mapTo(panel, QPoint(part.width(), 0)).x()
        assert right <= 280
        assert part.width() >= part.minimumSizeHint().width()


def test_how_good_it_is_stands_over_the_number(panel: LossPanel, sound: Analysis) -> None:
    show_parts(panel, sound, 0)
    median = words.db(sound.pairs[0].score.exact.osi_db_median)
    assert panel.verdict.text() == f"errors audible · median {median} (exact)"
    assert "No listening test" in panel.verdict.toolTip()
    assert "errors are audible" in panel.sentence.text()
    show_parts(panel, sound, 1)
    assert panel.verdict.text().startswith("strong errors")


def test_the_scale_has_a_mark_for_what_lies_above_chance(panel: LossPanel, sound: Analysis, masks: Analysis) -> None:
    show_parts(panel, sound, 0)
    assert panel.scale.marks == {k: pair.score.exact.osi_db_median for k, pair in enumerate(sound.pairs)}
    assert panel.scale.height() == panel.scale.heightForWidth(panel.scale.width())
    picture, ink = panel.scale.grab().toImage(), QColor(DARK.estimate(0).colour)
    ratio = picture.devicePixelRatio()
    assert any(picture.pixelColor(x, round(5 * ratio)) == ink for x in range(picture.width()))
    show_parts(panel, masks, 0)
    assert masks.pairs[0].score.exact.osi_db_median < 3.6
    assert panel.scale.isVisible()
    assert panel.scale.marks == {}
    assert panel.scale.at_chance == [0]
    assert "not above: A 3.2 dB" in panel.scale.toolTip()
    picture = panel.scale.grab().toImage()
    panel.scale.at_chance = []
    assert panel.scale.grab().toImage() != picture, "a mark at the left end"
    assert "No listening test" in panel.scale.toolTip()
