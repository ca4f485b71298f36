"""Looks at files: what is told, and when."""

from __future__ import annotations

import time

from osisnr_gui.session.file_changes import Fate, FileChange, FileChanges
from osisnr_gui.text.files import changes_sentence

OLD, NEW, NEWER = (10, 1), (12, 2), (14, 3)


def _watched(stamp: tuple[int, int] | None = OLD) -> FileChanges:
    changes = FileChanges(quiet_seconds=0.5)
    changes.expect({"/x/e.wav": stamp})
    return changes


def _look(changes: FileChanges, stamp: tuple[int, int] | None, now: float) -> bool:
    return changes.look({"/x/e.wav": stamp}, now, 1000.0 + now)


def test_a_file_as_it_was_read_is_no_change() -> None:
    changes = _watched()
    assert not _look(changes, OLD, 0.0)
    assert changes.found == ()


def test_a_change_counts_once_it_is_at_rest_and_says_when_it_was_first_seen() -> None:
    changes = _watched()
    assert _look(changes, NEW, 1.0)
    assert _look(changes, NEW, 1.4), "not quiet long enough"
    assert changes.found == ()
    assert not _look(changes, NEW, 1.5)
    assert changes.found == (FileChange("/x/e.wav", Fate.CHANGED, NEW, 1001.0),)
    assert not _look(changes, NEW, 9.0)
    assert changes.found[0].seen == 1001.0


def test_a_file_that_grows_is_told_of_once() -> None:
    changes = _watched()
    assert all(_look(changes, (size, size), 0.3 * size) for size in range(100, 120))
    assert changes.found == ()
    assert not _look(changes, (119, 119), 36.3)
    assert [change.stamp for change in changes.found] == [(119, 119)]


def test_a_gone_file_that_comes_back_as_it_was_is_no_change() -> None:
    changes = _watched()
    _look(changes, None, 0.0)
    _look(changes, None, 0.5)
    assert [change.fate for change in changes.found] == [Fate.GONE]
    assert not changes.found[0].can_be_read
    assert not _look(changes, OLD, 0.7)
    assert changes.found == ()


def test_a_gone_file_that_comes_back_otherwise_is_offered() -> None:
    changes = _watched()
    for stamp, now in ((None, 0.0), (None, 0.5), (NEW, 0.7)):
        _look(changes, stamp, now)
    assert [change.fate for change in changes.found] == [Fate.GONE], "not at rest yet"
    assert not _look(changes, NEW, 1.2)
    assert [(change.fate, change.stamp) for change in changes.found] == [(Fate.BACK, NEW)]


def test_a_file_renamed_into_place_is_never_gone() -> None:
    changes = _watched()
    assert _look(changes, None, 0.0)
    assert _look(changes, NEW, 0.1)
    assert not _look(changes, NEW, 0.6)
    assert [change.fate for change in changes.found] == [Fate.CHANGED]


def test_one_that_was_never_there_is_offered_when_it_comes() -> None:
    changes = _watched(None)
    assert not _look(changes, None, 0.0)
    assert changes.found == ()
    _look(changes, NEW, 1.0)
    _look(changes, NEW, 1.5)
    assert [change.fate for change in changes.found] == [Fate.BACK]


def test_what_was_read_again_is_no_change_any_more() -> None:
    changes = _watched()
    _look(changes, NEW, 0.0)
    _look(changes, NEW, 0.5)
    assert not changes.expect({"/x/e.wav": OLD}), "nothing new"
    assert changes.found
    assert changes.expect({"/x/e.wav": NEW})
    assert changes.found == ()
    _look(changes, NEWER, 0.6)
    changes.expect({})
    assert not _look(changes, NEWER, 9.0)
    assert changes.found == ()


def test_a_change_during_the_reload_is_told_after_it() -> None:
    changes = _watched()
    for now in (0.0, 0.5):
        _look(changes, NEW, now)
    for now in (0.6, 1.1):
        _look(changes, NEWER, now)
    changes.expect({"/x/e.wav": NEW})
    assert [change.stamp for change in changes.found] == [NEWER]


def test_the_sentence_names_files_times_and_what_stays() -> None:
    noon = time.mktime((2024, 5, 6, 14, 3, 22, 0, 0, -1))
    changed = [FileChange(f"/x/{name}.wav", Fate.CHANGED, NEW, noon) for name in "abcde"]
    gone = FileChange("/x/<b>.wav", Fate.GONE, None, noon)
    assert changes_sentence(changed[:1]) == "a.wav changed on disk 14:03:22"
    assert changes_sentence(changed) == "a.wav, b.wav, c.wav and 2 more changed on disk 14:03:22"
    both = "a.wav changed on disk 14:03:22; <b>.wav gone from the disk since 14:03:22; what was read of it stays"
    assert changes_sentence([gone, changed[0]]) == both
