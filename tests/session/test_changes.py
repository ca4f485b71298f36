"""What differs between two analyses, and that a slider leaves the rest alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from osisnr_gui.session import edits
from osisnr_gui.session.analysis import Analysis, analyse, rescore
from osisnr_gui.session.changes import Changed, find_changes
from osisnr_gui.session.demos import demo_session
from osisnr_gui.session.session import Criterion, Formula, Lengths, Note, Session


@pytest.fixture(scope="module")
def sound() -> Analysis:
    return analyse(demo_session("enhancement"))


def _changes(analysis: Analysis, edit: Callable[[Session], Session]) -> Changed:
    after = rescore(edit(analysis.session), analysis)
    assert after is not None
    return find_changes(analysis, after)


def test_what_each_cheap_edit_changes(sound: Analysis) -> None:
    edit_of = {
        Changed.NONE: lambda s: s,
        Changed.LOSS: lambda s: edits.set_alpha(s, 0.4),
        Changed.BAD: lambda s: edits.set_threshold(s, 9.0),
        Changed.NOTES: lambda s: edits.add_note(s, Note(1.0, 2.0)),
    }
    assert {part: _changes(sound, edit) for part, edit in edit_of.items()} == {part: part for part in edit_of}
    assert _changes(sound, lambda s: edits.set_gamma(s, 15.1)) == Changed.LOSS
    assert _changes(sound, lambda s: edits.set_method(s, 2)) == Changed.LOSS


def test_the_limit_of_losses_follows_alpha(sound: Analysis) -> None:
    by_loss = rescore(edits.set_bad(sound.session, criterion=Criterion.LOSS), sound)
    assert by_loss is not None
    assert _changes(by_loss, lambda s: edits.set_alpha(s, 0.4)) == Changed.LOSS | Changed.BAD


def test_another_result_leads(sound: Analysis) -> None:
    changed = _changes(sound, lambda s: edits.set_formula(s, Formula.LITERAL))
    assert Changed.LEADING | Changed.LOSS in changed
    assert not changed & (Changed.FILES | Changed.FRAMES | Changed.BAD)


def test_another_silence_limit_changes_the_frames(sound: Analysis) -> None:
    changed = _changes(sound, lambda s: edits.set_silence(s, 15.0))
    assert Changed.FRAMES | Changed.LOSS | Changed.BAD in changed
    assert Changed.FILES not in changed


@pytest.mark.parametrize(
    "edit",
    [
        lambda s: replace(s, estimates=s.estimates[:1]),
        lambda s: replace(s, estimates=s.estimates[::-1]),
        lambda s: replace(s, mixture=None),
        lambda s: Session(),
    ],
)
def test_other_files(sound: Analysis, edit: Callable[[Session], Session]) -> None:
    after = analyse(edit(sound.session), sound)
    assert Changed.FILES in find_changes(sound, after)
    assert Changed.FILES in find_changes(after, sound)


def test_other_settings_of_the_pass(sound: Analysis) -> None:
    for edit in (lambda s: replace(s, lengths=Lengths.PAD), lambda s: replace(s, same_rate_only=True)):
        assert Changed.FRAMES in find_changes(sound, analyse(edit(sound.session), sound))
    assert Changed.FRAMES in find_changes(sound, replace(sound, complete=False))


def test_the_same_files_again_are_no_change_but_of_notices(sound: Analysis) -> None:
    again = analyse(sound.session, sound)
    assert find_changes(sound, again) in (Changed.NONE, Changed.NOTICES)


def test_notices_are_those_of_an_analysis_from_nothing_whatever_the_slider_says() -> None:
    """That about the order of the estimates depends on the loss: it comes and goes with gamma."""
    session = demo_session("enhancement")
    quiet = replace(session.estimates[0], gain=0.2)
    shown = whole = analyse(replace(session, estimates=(quiet, session.estimates[1])))
    orders = set()
    for alpha in (0.05, 0.3, 1.0):
        for gamma in (0.0, *np.geomspace(0.1, 1e6, 8)):
            moved = edits.set_gamma(edits.set_alpha(shown.session, alpha), float(gamma))
            shown = rescore(moved, shown)
            assert shown is not None
            assert [n.message for n in shown.notices] == [n.message for n in analyse(moved, whole).notices]
            orders.add(next((n.message for n in shown.notices if n.code == "order"), ""))
    assert len(orders) > 1
