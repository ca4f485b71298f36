"""Undo: what counts as one step."""

from __future__ import annotations

import pytest

from osisnr_gui.session.edits import set_alpha, set_gamma
from osisnr_gui.session.session import AT_LEISURE, History, Session

START = Session()


@pytest.fixture
def history() -> History:
    return History(START)


def _drag(history: History, *places: tuple[float, float]) -> None:
    """Take the handle of alpha at the first time, move it, let go at the last: (time, alpha)."""
    history.hold(True, places[0][0])
    for now, alpha in places:
        history.push(set_alpha(history.present, alpha), "alpha", now)
    history.hold(False, places[-1][0])


def _steps(history: History) -> int:
    count = 0
    while history.previous is not None:
        history.undo()
        count += 1
    return count


def test_a_drag_with_rests_is_one_step(history: History) -> None:
    _drag(history, (10.0, 0.4), (10.1, 0.5), (25.0, 0.6), (60.0, 0.7))
    assert history.undo() == START
    assert history.previous is None
    assert history.redo().loss.alpha == 0.7


def test_another_drag_later_is_another_step(history: History) -> None:
    _drag(history, (10.0, 0.4), (15.0, 0.5))
    _drag(history, (20.0, 0.6), (25.0, 0.7))
    assert history.undo().loss.alpha == 0.5
    assert history.undo() == START


def test_the_last_place_may_be_told_after_the_handle_was_let_go(history: History) -> None:
    history.hold(True, 10.0)
    history.push(set_alpha(history.present, 0.4), "alpha", 10.0)
    history.hold(False, 30.0)
    history.push(set_alpha(history.present, 0.45), "alpha", 30.01)
    assert _steps(history) == 1


def test_another_value_changed_while_a_handle_is_held_is_a_step_of_its_own(history: History) -> None:
    history.hold(True, 10.0)
    history.push(set_alpha(history.present, 0.4), "alpha", 10.0)
    history.push(set_gamma(history.present, 3.0), "gamma", 12.0)
    history.push(set_alpha(history.present, 0.5), "alpha", 14.0)
    assert _steps(history) == 3


def test_what_is_typed_at_leisure_is_one_step_until_something_else_comes(history: History) -> None:
    for now, alpha in ((10.0, 0.4), (70.0, 0.5)):
        history.push(set_alpha(history.present, alpha), f"{AT_LEISURE}note", now)
    history.push(set_alpha(history.present, 0.6), "", 71.0)
    history.push(set_alpha(history.present, 0.7), f"{AT_LEISURE}note", 72.0)
    assert _steps(history) == 3


def test_without_a_drag_a_second_parts_two_steps(history: History) -> None:
    for now, alpha in ((10.0, 0.4), (10.9, 0.5), (12.0, 0.6)):
        history.push(set_alpha(history.present, alpha), "alpha", now)
    assert _steps(history) == 2
