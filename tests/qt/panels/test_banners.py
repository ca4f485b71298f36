"""Banners: order, remedies, hiding, collapsing, progress."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from osisnr_gui.io.errors import Phrase
from osisnr_gui.qt.look.theme import DARK, LIGHT
from osisnr_gui.qt.panels.banners import Banners, in_order, short_form
from osisnr_gui.session import edits
from osisnr_gui.session.analysis import Analysis, analyse, rescore
from osisnr_gui.session.notices.all_notices import Notice, Remedy
from osisnr_gui.session.session import Formula, Session, Source
from osisnr_gui.session.words import joined

NOTES = tuple(Notice("dc", f"note {k}", Source(f"{k}.wav")) for k in range(4))
WARNING = Notice("delay", "late", Source("w.wav"), "warning")


@pytest.fixture
def banners(shown) -> Banners:
    return shown(Banners(DARK), 700, 200)


def with_notices(*notices: Notice, complete: bool = True) -> Analysis:
    return Analysis(Session(), notices=notices, complete=complete)


def messages(banners: Banners) -> list[str]:
    return [banner.notice.message for banner in banners.banners]


def test_warnings_come_first_and_kinds_before_repeats():
    other = Notice("clipping", "x", Source("x.wav"))
    assert in_order((*NOTES[:2], other, WARNING, NOTES[0])) == [WARNING, NOTES[0], other, NOTES[1]]


def test_three_or_more_fold_into_one_line(banners: Banners):
    banners.show_analysis(with_notices(*NOTES[:2]))
    line = banners.height() / 2
    banners.show_analysis(with_notices(*NOTES, WARNING))
    QApplication.processEvents()
    assert messages(banners) == ["late"]
    assert banners.scroller.height() <= line + 1
    assert banners.more.text() == "5 things noticed ▾"
    assert "all notices" in banners.more.toolTip()
    banners.more.click()
    assert messages(banners) == ["late", "note 0", "note 1", "note 2", "note 3"]
    assert banners.more.text() == "5 things noticed ▴"
    banners.more.click()
    assert messages(banners) == ["late"]


def test_a_notice_is_one_line_with_its_sentence_in_the_tooltip(banners: Banners):
    message = Phrase("{name}: {db} dB quieter (RMS {db} dBFS); OSI-SNR does not see level", name="b.wav", db=3)
    assert short_form(message, {"b.wav": "B"}) == "B: 3 dB quieter"
    assert short_form(message, {}) == "b.wav: 3 dB quieter"
    assert short_form("Speakers in another order? A with reference 2", {}) == "Speakers in another order?"
    banners.show_analysis(with_notices(replace(WARNING, message=message)))
    (banner,) = banners.banners
    assert banner.text.shown_text == "b.wav: 3 dB quieter"
    assert "OSI-SNR does not see level" in banner.text.toolTip()
    assert banner.accessibleName() == f"warning: {message}"
    assert banner.height() <= 30


def test_equal_notices_are_one():
    messages = [Phrase("{name}: upside down", name=name) for name in ("a.wav", "b.wav")]
    letters = {"a.wav": "A", "b.wav": "B"}
    assert short_form(joined(messages, "\n"), letters) == "A, B: upside down"
    messages.append(Phrase("{name}: late", name="c.wav"))
    assert short_form(joined(messages, "\n"), letters) == "A: upside down · B: upside down · c.wav: late"


def test_two_need_no_button(banners: Banners):
    banners.show_analysis(with_notices(*NOTES[:2]))
    assert len(banners.banners) == 2
    assert not banners.more.isVisible()
    banners.show_analysis(Analysis(Session()))
    assert banners.banners == []
    assert not banners.scroller.isVisible()


def test_a_remedy_emits_its_edit(banners: Banners, sound: Analysis, edits_of):
    literal = rescore(edits.set_formula(sound.session, Formula.LITERAL), sound)
    banners.show_analysis(literal)
    taken = edits_of(banners, literal.session)
    assert [button.text() for button in banners.banners[0].buttons] == ["Show exact, active frames"]
    assert "Undo (Ctrl+Z)" in banners.banners[0].buttons[0].toolTip()
    banners.banners[0].buttons[0].click()
    assert taken.session.loss.formula is Formula.EXACT
    assert taken.keys == [""]


def test_many_remedies_are_a_menu(banners: Banners, edits_of):
    remedies = tuple(Remedy(f"Channel {k} & more", partial(edits.set_method, method=k)) for k in (1, 2, 3))
    banners.show_analysis(with_notices(replace(WARNING, remedies=remedies)))
    button = banners.banners[0].buttons[0]
    actions = button.menu().actions()
    assert [action.text() for action in actions] == [f"Channel {k} && more" for k in (1, 2, 3)]
    taken = edits_of(banners, Session())
    actions[1].trigger()
    assert taken.session.loss.method == 2


def test_closing_hides_it_until_it_changes(banners: Banners):
    banners.show_analysis(with_notices(WARNING, NOTES[0]))
    banners.banners[0].close_button.click()
    assert messages(banners) == ["note 0"]
    banners.show_analysis(with_notices(WARNING, NOTES[0]))
    assert messages(banners) == ["note 0"], "still the same"
    banners.show_analysis(with_notices(replace(WARNING, message="later"), NOTES[0]))
    assert messages(banners) == ["later", "note 0"]


def test_a_hidden_notice_stays_hidden_while_a_run_has_not_come_to_it_yet(banners: Banners):
    banners.show_analysis(with_notices(WARNING))
    banners.banners[0].close_button.click()
    banners.show_analysis(with_notices(complete=False))
    banners.show_analysis(with_notices(WARNING))
    assert messages(banners) == []
    banners.show_analysis(with_notices())
    banners.show_analysis(with_notices(WARNING))
    assert messages(banners) == ["late"], "gone and come back is a change"


def test_the_same_notices_keep_the_same_widgets(banners: Banners, sound: Analysis):
    banners.show_analysis(sound)
    before = list(banners.banners)
    banners.show_analysis(analyse(sound.session, sound))
    assert banners.banners == before


def test_names_are_text(banners: Banners):
    banners.show_analysis(with_notices(replace(WARNING, message="<img src=x>.wav: late")))
    assert banners.banners[0].text.shown_text == "<img src=x>.wav: late"
    assert "<img" not in banners.banners[0].text.toolTip()
    assert messages(banners) == ["<img src=x>.wav: late"]


def test_long_texts_are_whole_once_unfolded(shown):
    banners = shown(Banners(LIGHT), 420, 300)
    long = [replace(note, message=f"{note.message} " + "told at length " * 9) for note in NOTES]
    banners.show_analysis(with_notices(*long))
    banners.more.click()
    QApplication.processEvents()
    assert len(banners.banners) == 4
    for banner in banners.banners:
        assert banner.text.text() == banner.notice.message
        assert banner.text.height() >= banner.text.heightForWidth(banner.text.width()) > 20
    banners.set_theme(DARK)
    assert not banners.grab().isNull()


def test_progress_can_be_cancelled(banners: Banners, qtbot: QtBot):
    banners.progress.set_progress(0.25, "comparing")
    assert not banners.progress.isVisible(), "short work shows no bar"
    qtbot.waitUntil(banners.progress.isVisible)
    assert banners.progress.label.text() == "comparing 25 %"
    assert banners.progress.bar.value() == 250
    with qtbot.waitSignal(banners.progress.cancel_requested):
        banners.progress.cancel.click()
    banners.progress.set_progress(None, "")
    assert not banners.progress.isVisible()


def test_progress_that_ends_early_is_never_shown(banners: Banners):
    banners.progress.set_progress(0.5, "comparing")
    banners.progress.set_progress(None)
    assert not banners.progress._delay.isActive()
    banners.progress.set_progress(float(7), "comparing")
    assert banners.progress.bar.value() == 1000
    banners.progress.set_progress(None)


def test_banners_that_come_one_at_a_time_are_as_tall_as_they_need(shown):
    banners = shown(Banners(LIGHT), 360, 400)
    banners._expanded = True
    long = tuple(
        replace(note, message=f"{note.message} " + "that is told at length " * k) for k, note in enumerate(NOTES)
    )
    for count in range(1, len(long) + 1):
        banners.show_analysis(with_notices(*long[:count]))
        for _ in range(2):  # before and after the event loop had its turn
            assert banners.scroller.height() >= 20 * count
            QApplication.processEvents()
        assert sum(banner.height() for banner in banners.banners) + count - 1 == banners.scroller.height()
        for banner in banners.banners:
            assert banner.text.height() >= (banner.text.heightForWidth(banner.text.width()) if count > 2 else 14)


def test_a_banner_that_changes_is_measured_again(banners: Banners, qtbot: QtBot):
    banners.show_analysis(with_notices(WARNING, *NOTES[:2]))
    banners.more.click()
    QApplication.processEvents()
    before = banners.scroller.height()
    banners.banners[0].text.setText("a long sentence " * 30)
    qtbot.waitUntil(lambda: banners.scroller.height() > before)


def test_progress_paints_with_everything_else(banners: Banners, qtbot: QtBot):
    """Not at once: that would paint whatever else in the window waits for it, with every step of the progress."""
    banners.progress.set_progress(0.1, "comparing")
    qtbot.waitUntil(banners.progress.isVisible)
    qtbot.wait(30)
    painted = []

    class Watch(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                painted.append(event)
            return False

    watch = Watch()
    banners.progress.bar.installEventFilter(watch)
    for share in (0.3, 0.6, 0.9):
        banners.progress.set_progress(share, "comparing")
    assert not painted
    qtbot.waitUntil(lambda: len(painted) == 1)
